"""`trials fetch` as a process of its own: the registry fails, the process is killed, others run at the same time.

Whatever happens, the cache holds what it held before or a whole new answer, and a failure ends with 69 and words.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import ssl
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from screener.errors import CONTROL
from screener.registry.cache import Cache
from screener.registry.client import Client
from screener.registry.fetch import Source
from screener.registry.queries import Search, queries
from tests.fault_server import (
    PATIENCE,
    FaultServer,
    cut,
    cut_chunks,
    declared,
    drip,
    endless,
    no_answer,
    redirect,
    silence,
    text,
    value,
)
from tests.program import COMMAND, REPOSITORY, Call, Program, Ran

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.fault_server import Answer, Asked

VERSION = value({"apiVersion": "2.0.5", "dataTimestamp": "2026-11-20T09:00:05"})
BEFORE = datetime(2026, 11, 1, tzinfo=UTC)
FETCH = ("trials", "fetch", "--refresh", "-f", "json")
NARROW = ("trials", "fetch", "gavo-cel", "-f", "json")
# The program with a clock that nobody waits for. With KILLED_AT it is killed at that step of its work on the cache.
FAST = """
import os, signal, sys, time
from functools import partial

time.sleep = lambda seconds: None
steps = 0

def step(event, arguments):
    global steps
    last, folder = os.environ.get("KILLED_AT"), os.environ.get("SCREENER_CACHE")
    if last and any(isinstance(each, (str, bytes, os.PathLike)) and folder in os.fsdecode(each) for each in arguments):
        steps += 1
        if steps == int(last):
            os.kill(os.getpid(), signal.SIGKILL)

import screener.registry.client as client
client.Limits = partial(client.Limits, silence=0.3, answer=1.0)
sys.addaudithook(step)

def stepped(work):  # no audit event tells of these; before them a file is empty, or not yet safe
    def wrapped(*arguments, **options):
        step(work.__name__, [os.environ.get("SCREENER_CACHE", "")])
        return work(*arguments, **options)
    return wrapped

os.fdopen, os.fsync = stepped(os.fdopen), stepped(os.fsync)
"""


def studies(*numbers: int, length: int = 0) -> dict[str, Any]:
    return {"studies": [record(number, length) for number in numbers]}


def record(number: int, length: int = 0) -> dict[str, Any]:
    modules: dict[str, Any] = {
        "identificationModule": {"nctId": f"NCT{number:08}", "briefTitle": "CAR T cells for mesothelioma"},
        "statusModule": {"overallStatus": "RECRUITING"},
    }
    return {"protocolSection": modules, "resultsSection": "a" * length}  # kept, and not looked at


PAGE = value(studies(1, 2))


def registry(asked: Asked) -> None:
    """Always the same, and much of it."""
    (VERSION if "/version" in asked.path else LONG)(asked)


LONG = value(studies(*range(1, 31), length=30_000))


def steady_drip(asked: Asked) -> None:
    """A byte now and then, without a pause that is long."""
    asked.head(headers={"Content-Length": "1000"})
    while not asked.told.left.wait(0.05):
        asked.body(b" ")


def pages_without_end(asked: Asked) -> None:
    value({"studies": [], "nextPageToken": str(len(asked.told.paths))})(asked)


FAULTS: dict[str, tuple[Answer, str]] = {
    "silence": (silence, "does not answer in time (5 attempts)"),
    "slow drip": (drip, "does not answer in time (5 attempts)"),
    "steady drip": (steady_drip, "the answer takes longer than"),
    "cut in mid-body": (cut, "the connection was cut before the answer was complete (5 attempts)"),
    "cut in mid-chunk": (cut_chunks, "the connection was cut before the answer was complete (5 attempts)"),
    "no answer": (no_answer, "the connection was cut before the answer was complete (5 attempts)"),
    "429": (text("too many", 429, "text/plain"), "is asked too often (429): too many (5 attempts)"),
    "429 with an hour to wait": (
        text("too many", 429, "text/plain", {"Retry-After": "3600"}),
        "is asked too often (429): too many; it asks to wait 3600 seconds\n",
    ),
    "500": (text("oh", 500, "text/html"), "is out of order (500) (5 attempts)"),
    "403": (text("no", 403, "text/html"), "refuses this program or this network (403)"),
    "400": (text("mismatched \x1b[31minput", 400, "text/plain"), "does not accept the request (400): mismatched"),
    "pages without end": (pages_without_end, "gives more than 100 pages"),
    "a page that comes again": (value({"studies": [], "nextPageToken": "a"}), "gives the same page again and again"),
    "ten gigabytes": (declared(str(10 << 30)), "the answer is larger than 67,108,864 bytes"),
    "a body without end": (endless, "the answer is larger than 67,108,864 bytes"),
    "invalid JSON": (text('{"studies": ['), "the answer is not valid JSON"),
    "wrong encoding": (text(b'{"studies": ["\xe9"]}'), "the answer is not UTF-8"),
    "another encoding": (text("{}", kind="application/json; charset=latin-1"), "is not in UTF-8 but in latin-1"),
    "a web page": (text("<html>", kind="text/html"), "the answer is text/html, not application/json"),
    "no page of studies": (value([]), "the answer is not a page of studies"),
    "redirects in a circle": (redirect("/api/v2/studies"), "redirects more than 5 times"),
    "a redirect elsewhere": (redirect("https://example.org/"), "redirects to another place: https://example.org/"),
}
AT_ONCE = {
    "expired certificate": "the certificate cannot be trusted: certificate has expired",
    "nobody listens": "cannot be reached",
}
PASSING: dict[str, tuple[Answer, ...]] = {
    "500 then 200": (text("oh", 500, "text/plain"),),
    "429 then 200": (text("oh", 429, "text/plain", {"Retry-After": "7"}), text("oh", 429, "text/plain")),
    "cut, silent, then 200": (cut, silence),
}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    folder = tmp_path_factory.mktemp("program")
    (folder / "sitecustomize.py").write_text(FAST)
    return Program(folder, variables={"PYTHONPATH": f"{folder}{os.pathsep}{REPOSITORY}"})


def filled(folder: Path) -> Path:
    """A cache that holds an earlier answer to the default search, and a rest that a killed process left."""
    with FaultServer(VERSION, PAGE) as server:
        Source(Cache(folder), Client(server.url, sleep=lambda _: None), now=lambda: BEFORE).search(queries(Search()))
    (folder / "registry" / ".search-0.json.abc").write_bytes(b"{")
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def whole(folder: Path) -> dict[str, int]:
    """How many studies each kept answer holds; all of them are whole."""
    cache = Cache(folder)
    kept = {each.name: sum(map(len, each.body.values())) for each in cache.every() if isinstance(each.body, dict)}
    assert cache.problems == []
    assert set(kept) == set(cache.names())
    return kept


def result(ran: Ran) -> dict[str, Any]:
    """What a search found, without the minute in which it was asked."""
    assert (ran.code, ran.err) == (0, "")
    said: dict[str, Any] = json.loads(ran.out)
    assert said.pop("fetched")
    return said


@dataclass(frozen=True)
class Failed:
    ran: Ran
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]


@pytest.fixture(scope="module")
def failed(program: Program, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Failed]:
    """Every fault after a good beginning, over a cache that was filled before."""
    scratch, authority = tmp_path_factory.mktemp("faults"), trustme.CA()
    authority.cert_pem.write_to_path(str(scratch / "ca.pem"))
    expired = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    past = datetime.now(UTC) - timedelta(days=1)
    authority.issue_cert("127.0.0.1", not_before=past - timedelta(days=9), not_after=past).configure_cert(expired)
    with ExitStack() as stack:
        servers = {name: FaultServer(VERSION, PAGE, answer) for name, (answer, _) in FAULTS.items()}
        servers["expired certificate"] = FaultServer(VERSION, PAGE, tls=expired)
        servers |= {name: FaultServer(VERSION, PAGE, *answers, PAGE) for name, answers in PASSING.items()}
        addresses = {name: stack.enter_context(server).url for name, server in servers.items()}
        addresses["nobody listens"] = "http://127.0.0.1:1/api/v2"
        old = filled(scratch / "old")
        caches = {name: shutil.copytree(old, scratch / name) for name in addresses}
        before = {name: content(folder) for name, folder in caches.items()}
        calls = {
            name: Call(FETCH, variables=variables(caches[name], addresses[name], scratch / "ca.pem"))
            for name in addresses
        }
        ran = program.run_all(calls)
    return {name: Failed(ran[name], before[name], content(caches[name])) for name in addresses}


def variables(cache: Path, address: str, authority: Path | None = None) -> dict[str, str]:
    trusted = {"REQUESTS_CA_BUNDLE": str(authority)} if authority else {}
    return {"SCREENER_CACHE": str(cache), "SCREENER_REGISTRY": address, **trusted}


@pytest.mark.parametrize("name", [*FAULTS, *AT_ONCE])
def test_a_fault_ends_with_69_and_words_and_leaves_the_cache_as_it_was(name: str, failed: dict[str, Failed]) -> None:
    one = failed[name]
    says = AT_ONCE.get(name) or FAULTS[name][1]
    assert (one.ran.code, one.ran.out) == (69, "")
    assert says in one.ran.err
    assert one.ran.err.startswith("Error: http")
    assert one.ran.err.count("\n  Fix: ") == 1
    assert "Traceback" not in one.ran.err
    assert not CONTROL.search(one.ran.err)
    assert len(one.before) == 2
    assert one.after == one.before


@pytest.mark.parametrize("name", PASSING)
def test_a_fault_that_passes_is_not_seen(name: str, failed: dict[str, Failed]) -> None:
    one = failed[name]
    said = result(one.ran)
    assert [each["nct_id"] for each in said["studies"]] == ["NCT00000001", "NCT00000002"]
    assert list(said["funnel"]["found"].values()) == [2, 2, 2, 2]
    assert one.after.keys() == one.before.keys()
    assert one.after != one.before


def test_killed_at_every_step_of_its_work_on_the_cache(program: Program, tmp_path: Path) -> None:
    numbers = range(1, 25)
    with FaultServer(registry) as server:
        old = filled(tmp_path / "old")
        caches = {str(number): shutil.copytree(old, tmp_path / str(number)) for number in numbers}
        fetch = {name: Call(FETCH, variables=variables(folder, server.url)) for name, folder in caches.items()}
        killed = program.run_all(
            {name: Call(FETCH, variables={**call.variables, "KILLED_AT": name}) for name, call in fetch.items()}
        )
        steps = [killed[name].code for name in caches].index(0)
        assert steps >= 8, "at least: look, make, open, write, rename"
        assert {killed[name].code for name in list(caches)[:steps]} == {-signal.SIGKILL}
        undisturbed = result(killed[str(steps + 1)])
        left = [whole(folder) for folder in caches.values()]
        (name,) = {name for kept in left for name in kept}
        assert [kept[name] for kept in left] == sorted(kept[name] for kept in left), "first the old, then the new"
        assert {kept[name] for kept in left} == {4 * 2, 4 * 30}
        again = program.run_all({name: fetch[name] for name in list(caches)[:steps]})
    assert all(result(ran) == undisturbed for ran in again.values())
    assert all(whole(folder) == {name: 4 * 30} for folder in caches.values())


def test_killed_at_random_moments(program: Program, tmp_path: Path) -> None:
    moments, begun = random.Random(7), threading.Event()  # noqa: S311 - moments, no secrets

    def answer(asked: Asked) -> None:
        begun.set()
        registry(asked)

    cache = filled(tmp_path / "kept")
    (name,) = whole(cache)
    codes = []
    with FaultServer(answer) as server:
        for _ in range(8):
            begun.clear()
            process = start(program, FETCH, variables(cache, server.url))
            assert begun.wait(PATIENCE)
            try:
                process.communicate(timeout=moments.uniform(0, 0.6))
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
            codes.append(process.returncode)
            assert whole(cache)[name] in {4 * 2, 4 * 30}
        again = program.run(*FETCH, **variables(cache, server.url))
        undisturbed = program.run(*FETCH, **variables(tmp_path / "new", server.url))
    assert -signal.SIGKILL in codes
    assert result(again) == result(undisturbed)
    assert whole(cache) == whole(tmp_path / "new")


@pytest.mark.parametrize("other", [FETCH, NARROW], ids=["the same search", "another search"])
def test_two_processes_at_once(program: Program, tmp_path: Path, other: tuple[str, ...]) -> None:
    """Both have their last answer held back until both wait for it, and then write at the same time."""
    together = threading.Barrier(2, timeout=PATIENCE)

    def answer(asked: Asked) -> None:
        if not alone and ("solid+tumor" in asked.path or "gavo" in asked.path):
            together.wait()
        registry(asked)

    alone = False
    cache = filled(tmp_path / "kept")
    with FaultServer(answer) as server:
        processes = [start(program, words, variables(cache, server.url)) for words in (FETCH, other)]
        with ThreadPoolExecutor(2) as both:
            ran = [
                Ran(process.returncode, *told)
                for process, told in zip(processes, both.map(ended, processes), strict=True)
            ]
        alone = True
        undisturbed = [program.run(*words, **variables(tmp_path / "new", server.url)) for words in (FETCH, other)]
    assert [result(each) for each in ran] == [result(each) for each in undisturbed]
    assert whole(cache) == whole(tmp_path / "new")
    assert set(content(cache)) == {*content(tmp_path / "new"), "registry/.search-0.json.abc"}


def start(program: Program, words: tuple[str, ...], places: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=program.folder,
        env=program.environment | dict(places),
    )


def ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    return process.communicate(timeout=PATIENCE)
