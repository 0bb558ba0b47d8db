"""`trials fetch` and `trials check` from the user's side, and what is kept of a search."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import pty
import subprocess
import termios
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from screener.registry.cache import Cache, Stamp, before_name, study_name
from screener.registry.client import Client
from screener.registry.faults import NetworkError
from screener.registry.fetch import Source, keep_saved
from screener.registry.queries import Search, queries
from screener.registry.read import read_study
from tests.fault_server import FaultServer, text, value
from tests.program import COMMAND, Program

if TYPE_CHECKING:
    from pathlib import Path

    from screener.registry.fetch import Found
    from tests.fault_server import Answer

VERSION = {"apiVersion": "2.0.5", "dataTimestamp": "2026-11-20T09:00:05"}
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TRIAL = "NCT05451849"


def record(nct_id: str, title: str, status: str = "RECRUITING", **modules: Any) -> dict[str, Any]:
    sections = {
        "identificationModule": {"nctId": nct_id, "briefTitle": title},
        "statusModule": {"overallStatus": status, "statusVerifiedDate": "2026-10"},
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "A center"}},
        "designModule": {"phases": ["PHASE1", "PHASE2"]},
        "conditionsModule": {"conditions": ["Mesothelioma"]},
        "eligibilityModule": {"sex": "ALL"},
    }
    return {"protocolSection": sections | modules}


CELLS = record("NCT00000001", "CAR T cells for mesothelioma")
TABLETS = record("NCT00000002", "Tablets for mesothelioma")
HOSTILE = record("NCT00000003", "=HYPERLINK(1)\u202e\x1b[31m[red]<b>CAR T cells for mesothelioma")


def page(*records: object) -> dict[str, object]:
    return {"studies": list(records)}


def source(folder: Path, server: FaultServer | None, now: datetime = NOON) -> Source:
    client = Client(server.url, sleep=lambda _: None) if server else None
    return Source(Cache(folder), client, now=lambda: now)


def of_day(record: dict[str, Any], day: str) -> dict[str, Any]:
    return {**record, "derivedSection": {"miscInfoModule": {"versionHolder": day}}}


def labels(found: Found) -> dict[str, list[str]]:
    return {label: [study.nct_id for study in studies] for label, studies in found.studies.items()}


def test_a_search_is_kept_whole_and_answered_from_the_cache_while_it_is_fresh(tmp_path: Path) -> None:
    asked = queries(Search())
    with FaultServer(value(VERSION), value(page(CELLS)), value(page(CELLS, TABLETS)), value(page())) as server:
        first = source(tmp_path, server).search(asked)
        again = source(tmp_path, server, NOON + timedelta(hours=23)).search(asked)
        assert len(server.paths) == 1 + len(asked)
        later = source(tmp_path, server, NOON + timedelta(hours=25))
        with pytest.raises(NetworkError):
            later.search(asked)  # the server has nothing but pages left, and no version
    assert labels(first) == labels(again)
    assert list(labels(first).values())[:2] == [["NCT00000001"], ["NCT00000001", "NCT00000002"]]
    assert labels(source(tmp_path, None, NOON + timedelta(days=400)).search(asked)) == labels(first)


def test_half_a_search_is_not_kept(tmp_path: Path) -> None:
    asked = queries(Search())
    with (
        FaultServer(value(VERSION), value(page(CELLS)), text("no", 400, "text/plain")) as server,
        pytest.raises(NetworkError),
    ):
        source(tmp_path, server).search(asked)
    with pytest.raises(NetworkError, match="nothing is kept"):
        source(tmp_path, None).search(asked)


def test_a_record_that_cannot_be_read_is_told_and_hides_no_other(tmp_path: Path) -> None:
    asked = queries(Search("mesothelin cells"))
    broken = record("NCT00000004", "CAR T", conditionsModule={"conditions": 7})
    with FaultServer(value(VERSION), value(page(broken, CELLS))) as server:
        found = source(tmp_path, server).search(asked)
    assert list(labels(found).values()) == [["NCT00000001"]]
    assert any("NCT00000004" in problem.message for problem in found.skipped)


@pytest.mark.parametrize("total", [-1, True, "3", 3.5, None])
def test_how_far_a_search_has_come_is_told_with_the_total_if_there_is_one(tmp_path: Path, total: object) -> None:
    first = {**page(CELLS, TABLETS), "totalCount": 3, "nextPageToken": "more"}
    answers = [value(VERSION), value(first), value(page(HOSTILE)), value({**page(CELLS), "totalCount": total})]
    told: list[tuple[str, int, int | None]] = []
    with FaultServer(*answers) as server:
        source(tmp_path, server).search(queries(Search())[:2], lambda *words: told.append(words))
    one, two = dict.fromkeys(label for label, _, _ in told)
    assert told == [(one, 0, None), (one, 1, 3), (one, 2, 3), (one, 3, 3), (two, 0, None), (two, 1, None)]


def test_progress_is_shown_on_a_terminal_and_nowhere_else(tmp_path: Path) -> None:
    answers = value({**page(CELLS), "totalCount": 7})
    words = [*COMMAND, "trials", "fetch", "gavo-cel", "--refresh"]
    shown, quiet, dumb = (
        on_a_terminal(tmp_path, answers, [*words, *more], term)
        for more, term in (([], "xterm"), (["-q"], "xterm"), ([], "dumb"))
    )
    assert "1/7" in shown
    assert "your own words" in shown
    assert (quiet, dumb.strip()) == ("", "")


def on_a_terminal(folder: Path, answer: Answer, words: list[str], term: str) -> str:
    """What a command says on standard error, which is a terminal."""
    ours, its = pty.openpty()
    termios.tcsetwinsize(its, (24, 80))
    said = b""
    with FaultServer(value(VERSION), answer) as server:
        variables = {"SCREENER_REGISTRY": server.url, "TERM": term}
        environment = Program(folder).environment | variables
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=its, env=environment) as process:
            os.close(its)
            with contextlib.suppress(OSError):  # the end of a terminal
                while piece := os.read(ours, 1 << 16):  # at once: a full terminal makes the program wait
                    said += piece
        assert process.returncode == 0
    os.close(ours)
    return said.decode()


def test_a_saved_record_is_kept_as_it_came_with_the_time_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "saved.json"
    unknown = {**of_day(CELLS, "2026-02-24"), "later": {"field": [1, None]}}
    path.write_text(json.dumps(unknown))
    os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    ran = Program(tmp_path).run("trials", "fetch", "--input", path, SCREENER_CACHE=str(tmp_path))
    assert (ran.code, ran.err) == (0, "Kept 1 of 1 records for later\n")
    kept = Cache(tmp_path).get(study_name("NCT00000001"))
    assert kept
    assert kept.body == unknown
    assert kept.stamp == Stamp("", "2026-02-24", NOON)


def test_a_record_from_standard_input_is_kept_as_of_now(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    ran = Program(tmp_path).run(
        "trials", "fetch", "--input", "-", stdin=json.dumps(CELLS), SCREENER_CACHE=str(tmp_path)
    )
    kept = Cache(tmp_path).get(study_name("NCT00000001"))
    assert ran.code == 0
    assert kept
    assert kept.stamp.data_timestamp == ""
    assert before <= kept.stamp.fetched <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("kept", "saved", "stays"),
    [
        ("2026-02-24", "2026-02-25", "saved"),
        ("2026-02-24", "2026-02-24", "saved"),  # the file is of later
        ("2026-02-24", "2026-02-23", "kept"),
        ("2026-02-24", "", "kept"),
        ("2026-02-24", "tomorrow", "kept"),
        ("", "2026-02-23", "saved"),
        ("", "", "saved"),
    ],
)
def test_a_saved_record_never_takes_the_place_of_a_newer_one(tmp_path: Path, kept: str, saved: str, stays: str) -> None:
    cache, name = Cache(tmp_path), study_name("NCT00000001")
    cache.keep(name, {}, of_day(CELLS, kept), Stamp("2.0.5", kept, NOON))
    replaced = stays == "saved"
    later = of_day(CELLS, saved)
    numbers = keep_saved(cache, [(read_study(later), later)], NOON + timedelta(hours=1))
    now = cache.get(name)
    assert now
    assert numbers == ({"NCT00000001"} if replaced else set())
    assert now.body == (later if replaced else of_day(CELLS, kept))
    assert now.stamp.data_timestamp == (saved if replaced else kept)


def test_the_words_of_before_are_kept_when_a_saved_record_has_others(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    texts = [record("NCT00000001", "CAR T", eligibilityModule={"eligibilityCriteria": text}) for text in ("one", "two")]
    for number, body in enumerate(texts):
        keep_saved(cache, [(read_study(body), body)], NOON + timedelta(hours=number))
    now, before = cache.get(study_name("NCT00000001")), cache.get(before_name("NCT00000001"))
    assert [kept.body for kept in (before, now) if kept] == texts


def test_a_cache_that_cannot_be_written_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "saved.json").write_text(json.dumps(CELLS))
    (tmp_path / "file").write_text("")
    ran = Program(tmp_path).run("trials", "fetch", "--input", "saved.json", SCREENER_CACHE=str(tmp_path / "file"))
    assert ran.code == 0
    assert ran.err.startswith("Note: the cache ")
    assert "1 kept" in ran.out


def test_fetch_tells_why_each_study_is_kept_or_not(tmp_path: Path) -> None:
    (tmp_path / "saved.json").write_text(json.dumps(page(CELLS, TABLETS)))
    ran = Program(tmp_path).run("trials", "fetch", "--input", "saved.json", "--all")
    assert (ran.code, ran.err) == (0, "Kept 2 of 2 records for later\n")
    assert "NCT00000001 CAR T cells for mesothelioma" in ran.out
    assert "recruiting, verified 2026-10; phase 1/2; A center" in ran.out
    assert "Dropped: " in ran.out
    assert "2 found by: saved in saved.json" in ran.out
    assert "1 kept" in ran.out
    assert "1 not a cell therapy" in ran.out
    assert "NCT00000002" not in Program(tmp_path).run("trials", "fetch", "--input", "saved.json").out


def test_fetch_asks_the_registry_with_the_words_given_and_nothing_else(tmp_path: Path) -> None:
    with FaultServer(value(VERSION), value(page(CELLS))) as server:
        words = ("trials", "fetch", "gavo-cel", "--status", "recruiting", "-f", "json")
        ran = Program(tmp_path).run(*words, SCREENER_REGISTRY=server.url, SCREENER_CACHE=str(tmp_path / "kept"))
    assert (ran.code, ran.err) == (0, "")
    said = json.loads(ran.out)
    assert said["data_timestamp"] == VERSION["dataTimestamp"]
    assert said["funnel"]["found"] == {"your own words": 1}
    assert [study["nct_id"] for study in said["studies"]] == ["NCT00000001"]
    assert set(server.queries[1]) <= {"query.term", "filter.overallStatus", "pageSize", "countTotal", "format"}
    assert server.queries[1]["filter.overallStatus"] == "RECRUITING"
    kept = list((tmp_path / "kept" / "registry").iterdir())
    assert [path.stat().st_mode & 0o777 for path in kept] == [0o600]
    offline = Program(tmp_path).run(*words, "--offline", SCREENER_CACHE=str(tmp_path / "kept"))
    assert offline.out == ran.out


def test_hostile_text_reaches_neither_terminal_nor_spreadsheet(tmp_path: Path) -> None:
    (tmp_path / "saved.json").write_text(json.dumps(page(HOSTILE)))
    shown = Program(tmp_path).run("--color", "always", "trials", "fetch", "--input", "saved.json", "--all").out
    assert "[red]<b>CAR T" in shown
    assert "\u202e" not in shown
    assert "\x1b[31m[red]" not in shown
    ((_, line),) = [tuple(csv.reader(io.StringIO(Program(tmp_path).run(*FETCH_CSV).out)))]
    assert line[7].startswith("'=HYPERLINK")


FETCH_CSV = ("trials", "fetch", "--input", "saved.json", "-f", "csv")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("fetch", "--offline"), 69, "nothing is kept"),
        (("fetch", "--offline", "--refresh"), 2, "exclude each other"),
        (("fetch", "--input", "saved.json", "--offline"), 2, "asks nobody"),
        (("fetch", "--input", "none.json"), 66, "none.json"),
        (("fetch", "--status", "recruting"), 2, "did you mean RECRUITING?"),
        (("check", "--input", "saved.json"), 66, "holds no record of these trials"),
        (("check", TRIAL, "--offline"), 69, "nothing is kept"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, words: tuple[str, ...], code: int, says: str) -> None:
    (tmp_path / "saved.json").write_text(json.dumps(page(CELLS)))
    ran = Program(tmp_path).run("trials", *words)
    assert (ran.code, ran.out) == (code, "")
    assert says in ran.err


def test_check_finds_another_status_and_ends_with_1(tmp_path: Path) -> None:
    (tmp_path / "saved.json").write_text(json.dumps(record(TRIAL, "TC-510", "TERMINATED")))
    ran = Program(tmp_path).run("trials", "check", TRIAL, "--input", "saved.json")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.splitlines()[0] == f"{TRIAL} 1 finding"
    assert "is terminated; it takes no new patients" in ran.out
    said = json.loads(Program(tmp_path).run("trials", "check", "--input", "saved.json", "-f", "json").out)
    assert [(each["trial"], [found["kind"] for found in each["findings"]]) for each in said["trials"]] == [
        (TRIAL, ["status"])
    ]
    (tmp_path / "saved.json").write_text(json.dumps(record(TRIAL, "TC-510", "UNKNOWN")))
    ran = Program(tmp_path).run("trials", "check", TRIAL, "--input", "saved.json")
    assert (ran.code, ran.out) == (0, f"{TRIAL} unchanged\n")


def test_check_says_when_the_registry_has_no_record(tmp_path: Path) -> None:
    with FaultServer(value(VERSION), text("Study not found", 404, "text/plain")) as server:
        ran = Program(tmp_path).run("trials", "check", TRIAL, SCREENER_REGISTRY=server.url)
    assert ran.code == 1
    assert f"no record of {TRIAL} was found" in ran.out
