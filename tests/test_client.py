"""A registry that fails in every way: each failure has a message that says what to do, the code 69, and no more tries
than are polite. Nothing leaves the machine but what was searched for.
"""

from __future__ import annotations

import gzip
import json
import re
import ssl
import tracemalloc
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
import trustme
from hypothesis import given
from hypothesis import strategies as st

from screener import __version__
from screener.errors import CONTROL, ExitCode, UsageError
from screener.registry.address import BASE
from screener.registry.client import Client, Limits
from screener.registry.faults import NetworkError, UnknownStudyError
from screener.registry.pace import GAP, LONGEST, Pace, asked_wait
from tests.fault_server import (
    Clock,
    FaultServer,
    cut,
    cut_chunks,
    declared,
    drip,
    dripping,
    endless,
    no_answer,
    redirect,
    silence,
    text,
    value,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.fault_server import Answer, Asked

SHARED = Path(__file__).parents[2] / "shared"
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "requests_ca_bundle", "curl_ca_bundle", "netrc")
NCT = "NCT01234567"
OTHER = "NCT07654321"
QUICK = Limits(silence=0.2, attempts=2)
SMALL = Limits(size=100_000)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def client(server: FaultServer, clock: Clock | None = None, limits: Limits | None = None) -> Client:
    clock = clock or Clock()
    return Client(server.url, clock=clock, sleep=clock.sleep, random=lambda: 0.0, limits=limits)


def record(nct_id: str = NCT, *aliases: str) -> dict[str, Any]:
    return {"protocolSection": {"identificationModule": {"nctId": nct_id, "nctIdAliases": list(aliases)}}}


def page(*records: object, then: object = None) -> Answer:
    return value({"studies": list(records), **({} if then is None else {"nextPageToken": then})})


def failure(server: FaultServer, clock: Clock | None = None, limits: Limits | None = None) -> NetworkError:
    """How a search fails."""
    with client(server, clock, limits) as asking, pytest.raises(NetworkError) as caught:
        list(asking.studies({"query.cond": "mesothelioma"}))
    return as_it_should_be(caught.value)


def as_it_should_be(error: NetworkError) -> NetworkError:
    assert int(error.exit_code) == 69
    assert all(problem.message and problem.remedy for problem in error.problems)
    assert not CONTROL.search(str(error))
    return error


# --- what is asked -----------------------------------------------------------


def test_pages_follow_their_tokens_and_repeat_every_parameter() -> None:
    with FaultServer(page(record(), then="t 1&x=y"), page(then="t2"), page(record(OTHER))) as server:
        found = list(client(server).studies({"query.intr": '"CAR T" OR TCR & more', "pageSize": "5000"}))
    assert found == [record(), record(OTHER)]
    same = {"query.intr": '"CAR T" OR TCR & more', "pageSize": "1000"}
    assert server.queries == [same, {**same, "pageToken": "t 1&x=y"}, {**same, "pageToken": "t2"}]


def test_recorded_pages_of_the_registry_page_through() -> None:
    folder = SHARED / "registry" / "pages"
    if not folder.is_dir():
        pytest.skip("needs ../shared/registry/pages")
    first, second = (
        (folder / f"biomcp_search_phelan_{name}_20260811.json").read_bytes() for name in ("limit5", "next")
    )
    pages = [json.loads(data) for data in (first, second)]
    token = pages[0]["nextPageToken"]
    pages[1].pop("nextPageToken", None)  # the recording ends here
    with FaultServer(text(first), value(pages[1])) as server:
        found = list(client(server).studies({}))
    assert found == pages[0]["studies"] + pages[1]["studies"]
    assert [query.get("pageToken") for query in server.queries] == [None, token]


def test_requests_are_a_second_apart_and_the_first_one_waits_for_nothing() -> None:
    clock = Clock()
    with FaultServer(page(then="a"), page(then="b"), page()) as server:
        assert list(client(server, clock).studies({})) == []
    assert clock.slept == [GAP, GAP]


@pytest.mark.parametrize("size", ["0", "-1", "x", "", "१", "1" * 5000])
def test_a_page_size_is_a_number(size: str) -> None:
    with FaultServer(page()) as server, pytest.raises(UsageError, match="is not a page size"):
        list(client(server).studies({"pageSize": size}))
    assert not server.paths


@pytest.mark.parametrize(
    "nct_id", ["", "NCT1", "nct01234567", "NCT01234567\n", "NCT0123456१", "NCT01234567/../../x", "NCT012345678"]
)
def test_only_numbers_of_studies_are_asked_for(nct_id: str) -> None:
    with FaultServer(value(record())) as server, pytest.raises(UsageError, match="not the number of a study") as caught:
        client(server).study(nct_id)
    assert caught.value.exit_code == ExitCode.USAGE
    assert not server.paths


def test_a_study_and_the_version() -> None:
    with FaultServer(
        value(record()), value({"apiVersion": "2.0.5\x1b[2J", "dataTimestamp": "2026-03-25T09:00:05"})
    ) as s:
        asking = client(s)
        assert asking.study(NCT) == (NCT, record())
        assert asking.version() == ("2.0.5\N{REPLACEMENT CHARACTER}[2J", "2026-03-25T09:00:05")
    assert s.paths == [f"/api/v2/studies/{NCT}", "/api/v2/version"]


def test_a_merged_study_has_its_new_number() -> None:
    with FaultServer(redirect(f"/api/v2/studies/{OTHER}"), value(record(OTHER))) as server:
        assert client(server).study(NCT) == (OTHER, record(OTHER))
    with FaultServer(value(record(OTHER, NCT))) as server:
        assert client(server).study(NCT) == (OTHER, record(OTHER, NCT))


def test_the_record_of_another_study_is_not_taken() -> None:
    with FaultServer(value(record(OTHER))) as server, pytest.raises(NetworkError, match=f"another study, {OTHER}"):
        client(server).study(NCT)


@pytest.mark.parametrize("answer", [[], None, {}, {"protocolSection": []}, record("NCT\x1b[2J"), {"studies": []}])
def test_what_is_no_record_is_not_taken(answer: object) -> None:
    with FaultServer(value(answer)) as server, pytest.raises(NetworkError, match="not a record of a study") as caught:
        client(server).study(NCT)
    as_it_should_be(caught.value)


@pytest.mark.parametrize("answer", [[], None, {}, {"apiVersion": 2, "dataTimestamp": "x"}, {"apiVersion": "2"}])
def test_a_version_is_two_texts(answer: object) -> None:
    with FaultServer(value(answer)) as server, pytest.raises(NetworkError, match="does not tell the version") as caught:
        client(server).version()
    as_it_should_be(caught.value)


def test_a_study_that_is_not_there_is_a_failure_of_its_own() -> None:
    with FaultServer(text("no such\x1b]0;x", 404, "text/plain")) as server, pytest.raises(UnknownStudyError) as caught:
        client(server).study(NCT)
    assert "(404): no such\N{REPLACEMENT CHARACTER}]0;x" in str(as_it_should_be(caught.value))
    assert len(server.paths) == 1


# --- pages -------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer", [[], 1, "x", None, {}, {"studies": {}}, {"studies": None}, {"studies": [1]}, {"studies": [[]]}]
)
def test_what_is_no_page_is_not_taken(answer: object) -> None:
    with FaultServer(value(answer)) as server:
        assert "is not a page of studies" in str(failure(server))


@pytest.mark.parametrize("token", ["", 7, ["a"], {"a": 1}, "x" * 5000, False])
def test_a_token_is_a_short_text(token: object) -> None:
    with FaultServer(page(then=token)) as server:
        assert "does not name its next page" in str(failure(server))
    assert len(server.paths) == 1


def test_a_token_that_comes_again_ends_the_search() -> None:
    with FaultServer(page(then="a"), page(then="b"), page(then="a")) as server:
        assert "the same page again" in str(failure(server))
    assert len(server.paths) == 3


def test_pages_without_end_come_to_an_end() -> None:
    def another(asked: Asked) -> None:
        page(then=f"t{len(asked.told.paths)}")(asked)

    with FaultServer(another) as server:
        assert "gives more than 4 pages" in str(failure(server, limits=Limits(pages=4)))
    assert len(server.paths) == 4
    assert Limits().pages <= 1000


# --- failures that pass ------------------------------------------------------


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_failure_that_passes_is_waited_for(status: int) -> None:
    clock = Clock()
    broken = text("busy", status, "text/plain")
    with FaultServer(broken, broken, page(record())) as server:
        assert list(client(server, clock).studies({"a": "b"})) == [record()]
    assert len({*server.paths}) == 1
    assert clock.slept == [0.5, 0.5, 1.0]  # a wait, what is missing to a second, a longer wait


@pytest.mark.parametrize(("status", "message"), [(429, "is asked too often (429)"), (500, "is out of order (500)")])
def test_a_failure_that_does_not_pass_ends_after_five_attempts(status: int, message: str) -> None:
    clock = Clock()
    with FaultServer(text("<html>busy</html>", status, "text/html")) as server:
        error = str(failure(server, clock))
    assert f"{message} (5 attempts)" in error
    assert "--input saved.json" in error
    assert "html" not in error
    assert len(server.paths) == 5
    assert sum(clock.slept) < 60


@pytest.mark.parametrize("answer", [cut, cut_chunks, no_answer], ids=["length", "chunks", "nothing"])
def test_a_connection_that_is_cut_is_made_again(answer: Answer) -> None:
    with FaultServer(answer, page(record())) as server:
        assert list(client(server).studies({})) == [record()]
    with FaultServer(answer) as server:
        assert "the connection was cut before the answer was complete (5 attempts)" in str(failure(server))
    assert len(server.paths) == 5


def test_silence_is_waited_for_and_asked_again() -> None:
    with FaultServer(silence) as server:
        assert "does not answer in time (2 attempts)" in str(failure(server, limits=QUICK))
    assert len(server.paths) == 2


def test_silence_in_mid_body_is_as_good_as_none() -> None:
    with FaultServer(drip) as server:
        assert "does not answer in time (2 attempts)" in str(failure(server, limits=QUICK))


def test_the_wait_that_is_asked_for_is_kept() -> None:
    clock = Clock()
    with FaultServer(text("", 429, headers={"Retry-After": "17"}), page()) as server:
        list(client(server, clock).studies({}))
    assert clock.slept == [17.0]
    clock = Clock()
    now = datetime(2026, 3, 25, 9, 0, 5, tzinfo=UTC)

    def answer(asked: Asked) -> None:
        asked.send_response_only(503)
        asked.send_header("Date", format_datetime(now, usegmt=True))
        asked.send_header("Retry-After", format_datetime(now + timedelta(seconds=42), usegmt=True))
        asked.send_header("Content-Length", "0")
        asked.end_headers()

    with FaultServer(answer, page()) as server:
        list(client(server, clock).studies({}))
    assert clock.slept == [42.0]


@pytest.mark.parametrize("wait", ["3600", "9" * 4000])
def test_who_is_asked_to_wait_for_an_hour_does_not_come_back_earlier(wait: str) -> None:
    clock = Clock()
    with FaultServer(text("", 429, headers={"Retry-After": wait})) as server:
        error = str(failure(server, clock))
    assert ("asks to wait 3600 seconds" in error) == (wait == "3600")
    assert len(server.paths) == 1
    assert clock.slept == []


@pytest.mark.parametrize("wait", ["", "soon", "-5", "1e9", "Wed, 99 Mar 2026 00:00:00 GMT", "२"])
def test_a_wait_that_says_nothing_is_none(wait: str) -> None:
    assert asked_wait(wait, "Wed, 25 Mar 2026 09:00:05 GMT") is None


@given(st.text(max_size=40), st.text(max_size=40) | st.just("Wed, 25 Mar 2026 09:00:05 GMT"))
def test_no_header_breaks_the_wait(wait: str, date: str) -> None:
    found = asked_wait(wait, date)
    assert found is None or found >= 0


@given(st.integers(1, 60), st.none() | st.floats(0, 1e9), st.floats(0, 1, exclude_max=True))
def test_a_wait_is_bounded_and_no_less_than_asked(failures: int, asked: float | None, chance: float) -> None:
    clock = Clock()
    Pace(clock, clock.sleep, lambda: chance).back_off(failures, asked)
    assert min(asked or 0, LONGEST) <= clock.slept[0] <= LONGEST + 1


def test_clients_that_failed_together_come_back_apart() -> None:
    waits = []
    for chance in (0.0, 0.5, 0.9):
        clock = Clock()
        Pace(clock, clock.sleep, iter([chance, chance]).__next__).back_off(3, 10.0 if chance else None)
        waits.append(clock.slept[0])
    assert waits == [2.0, 10.5, 10.9]


# --- failures that stay ------------------------------------------------------


def test_the_words_of_a_400_are_shown_clean_and_cut() -> None:
    with FaultServer(text("bad \x1b[31mquery\u202e\n" + "x" * 9000, 400, "text/plain;charset=utf-8")) as server:
        error = str(failure(server))
    assert "does not accept the request (400): bad �[31mquery� xxx" in error
    assert len(error) < 700
    assert len(server.paths) == 1


def test_the_words_of_a_400_may_be_packed_or_endless_or_unreadable() -> None:
    packed = text(gzip.compress(b"bad query"), 400, "text/plain", {"Content-Encoding": "gzip"})
    with FaultServer(packed) as server:
        assert "(400): bad query" in str(failure(server))
    damaged = text(b"bad query", 400, "text/plain", {"Content-Encoding": "gzip"})
    with FaultServer(damaged) as server:
        assert "does not accept the request (400)\n" in str(failure(server))

    def words(asked: Asked) -> None:
        asked.send_response(400)
        asked.send_header("Content-Type", "text/plain")
        asked.end_headers()
        asked.hang_up()
        while not asked.told.left.is_set():
            asked.body(b"no " * 1000)

    with FaultServer(words) as server:
        assert "(400): no no no" in str(failure(server))


REFUSED = text("<html><script>x</script>", 403, "text/html")


def test_a_403_is_asked_once_more_on_a_fresh_connection() -> None:
    clock = Clock()
    with FaultServer(page(then="a"), REFUSED, page(record())) as server:
        assert list(client(server, clock).studies({})) == [record()]
    assert server.paths[1] == server.paths[2]
    assert server.connections == ["", ""]  # the first is used again until it is refused
    assert clock.slept == [GAP, GAP]


def test_a_403_names_the_way_on() -> None:
    with FaultServer(REFUSED) as server:
        error = str(failure(server))
    assert "refuses this program or this network (403) (2 attempts)\n" in error
    assert "from another network, or with SCREENER_TLS=1.2, or open https://" in error
    assert "/api/v2/studies?query.term=" in error, "the version, which is asked first, is no answer to save"
    assert "pageSize=1000" in error, "else ten studies would be saved"
    assert "--input saved.json" in error
    assert "script" not in error
    assert len(server.connections) == len(server.paths) == 2
    assert b"Mozilla" not in server.received


def test_each_request_may_be_refused_once() -> None:
    with FaultServer(REFUSED, page(then="a"), REFUSED, page(record())) as server:
        assert list(client(server).studies({})) == [record()]
    assert len(server.paths) == 4


def test_where_tls_1_2_is_refused_too_it_is_not_proposed() -> None:
    with FaultServer(REFUSED) as server, pytest.raises(NetworkError) as caught:
        Client(server.url, tls="1.2", sleep=lambda _: None).version()
    assert "SCREENER_TLS" not in str(as_it_should_be(caught.value))
    assert "--input saved.json" in str(caught.value)


@pytest.mark.parametrize("status", [204, 206, 304, 401, 418, 501])
def test_any_other_status_is_a_failure(status: int) -> None:
    with FaultServer(text("", status)) as server:
        assert f"({status})" in str(failure(server))
    assert len(server.paths) == 1


@pytest.mark.parametrize(
    "kind", ["text/html", "text/html; charset=utf-8", "", "text/plain", "x\x1b[2J", "application/jsonp"]
)
def test_an_answer_of_another_kind_is_a_failure_whatever_its_status(kind: str) -> None:
    with FaultServer(text("<html>Please sign in</html>", kind=kind)) as server:
        error = str(failure(server))
    assert "not application/json" in error
    assert "sign-in page" in error
    assert len(server.paths) == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not valid JSON (line 1, column 1)"),
        (b'{"studies": [}', "not valid JSON (line 1, column 14)"),
        (b'{"studies": []} more', "not valid JSON"),
        (b'{"studies": [{"a": NaN}]}', "JSON that cannot be used"),
        (b'{"studies": [{"a": ' + b"9" * 5000 + b"}]}", "JSON that cannot be used"),
        (b"[" * 90_000, "JSON that cannot be used"),
        (b'{"studies": [{"a": "\\ud800"}]}', "half a character"),
        ('{"studies": ["Klinikum Köln"]}'.encode("latin-1"), "not UTF-8 (byte 25)"),
        ('{"studies": []}'.encode("utf-16"), "not UTF-8 (byte 1)"),
    ],
)
def test_what_is_no_json_in_utf_8_is_a_failure(data: bytes, message: str) -> None:
    with FaultServer(text(data)) as server:
        assert message in str(failure(server))
    assert len(server.paths) == 1


def test_another_encoding_is_refused_by_name_and_utf_8_is_taken_however_it_is_written() -> None:
    with FaultServer(text('{"studies": []}', kind="application/json; charset=ISO-8859-1")) as server:
        assert "not in UTF-8 but in iso-8859-1" in str(failure(server))
    pair = b'{"studies": [{"a": "\\ud83d\\ude00"}]}'
    with FaultServer(text(b"\xef\xbb\xbf" + pair, kind='Application/JSON;Charset="UTF-8"')) as server:
        assert list(client(server).studies({})) == [{"a": "\N{GRINNING FACE}"}]


# --- size and time -----------------------------------------------------------


def test_ten_declared_gigabytes_are_refused_before_they_come() -> None:
    for size in (str(10 << 30), "9" * 4000):
        with FaultServer(declared(size)) as server:
            assert "the answer is larger than 67,108,864 bytes" in str(failure(server))
        assert len(server.paths) == 1
        assert server.sent == 0


@pytest.mark.parametrize("size", ["9" * 5000, "many"])
def test_a_size_that_cannot_be_read_is_a_failure(size: str) -> None:
    with FaultServer(declared(size)) as server:
        failure(server, limits=QUICK)


def test_bytes_without_end_are_refused_early() -> None:
    with FaultServer(endless) as server:
        assert "larger than 100,000 bytes" in str(failure(server, limits=SMALL))
    assert len(server.paths) == 1
    assert server.sent < 50_000_000  # what the buffers of the connection hold


def packed(data: bytes) -> Answer:
    return text(data, headers={"Content-Encoding": "gzip"})


def test_an_answer_may_be_packed() -> None:
    data = gzip.compress(json.dumps({"studies": [record()]}).encode())
    with FaultServer(packed(data)) as server:
        assert list(client(server).studies({})) == [record()]
    with FaultServer(packed(data[:-9]), packed(data)) as server:
        assert list(client(server).studies({})) == [record()]
    assert len(server.paths) == 2
    with FaultServer(packed(b"x" + data)) as server:
        assert "cannot be unpacked" in str(failure(server))
    with FaultServer(text("", headers={"Content-Encoding": "br"})) as server:
        assert "not asked for: br" in str(failure(server))


def test_a_bomb_does_not_go_off() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    tracemalloc.start()
    with FaultServer(packed(bomb)) as server:
        assert "larger than 100,000 bytes" in str(failure(server, limits=SMALL))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10_000_000


def test_a_slow_drip_ends_although_no_pause_is_long() -> None:
    """After the first byte nothing comes: only a client that looks at every byte gives up by the clock."""
    with FaultServer(drip) as server:
        error = str(failure(server, Clock(step=400.0)))
    assert "takes longer than 300 seconds" in error
    assert not server.outwaited
    assert len(server.paths) == 1


OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LATE = "takes longer than 300 seconds"


@pytest.mark.parametrize(
    ("head", "drop", "message"),
    [
        (b"HTTP/1.1 200 ", b"O", LATE),
        (OK_HEAD + b"X-Slow: ", b"a", LATE),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n", LATE),
        (OK_HEAD + b"Content-Length: 1000000\r\n\r\n", b" ", LATE),
        (OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0", LATE),
        (b"HTTP/1.1 400 Bad\r\nContent-Type: text/plain\r\n\r\n", b"no", "does not accept the request (400)"),
    ],
    ids=["status", "header", "continue", "body", "size of a chunk", "words of an error"],
)
def test_a_drip_in_any_part_of_an_answer_ends(head: bytes, drop: bytes, message: str) -> None:
    """The clock goes two minutes for each read, so that a few drops are enough."""
    with FaultServer(dripping(head, drop)) as server:
        assert message in str(failure(server, Clock(step=120.0)))
    assert not server.outwaited
    assert len(server.paths) == 1


def test_an_answer_may_take_its_time() -> None:
    """The clock goes a minute for each read: the deadline is of one answer and not of the search."""
    with FaultServer(page(then="a"), page(then="b"), page(then="c"), page(record())) as server:
        assert list(client(server, Clock(step=60.0)).studies({})) == [record()]


# --- places ------------------------------------------------------------------


def test_redirects_in_a_circle_end() -> None:
    with FaultServer(redirect("/api/v2/studies", 302)) as server:
        assert "redirects more than 5 times" in str(failure(server))
    assert len(server.paths) == 6


@pytest.mark.parametrize(
    "to",
    [
        "https://example.org/x", "//example.org/x", "https://127.0.0.1/x", "http://localhost/x", "ftp://127.0.0.1/x",
        "file:///etc/passwd", "http://[::1", "http://u:p@{host}/x", "http://127.0.0.1:1/x", "http://{host}x/",
        "http://example.org\x1b[2J/", "http://127.0.0.1:x/", "",
    ],
)  # fmt: skip
def test_a_redirect_to_another_place_is_not_followed(to: str) -> None:
    with FaultServer(page()) as server:
        server.answers = [redirect(to.replace("{host}", server.host)), page()]
        assert "redirects to another place" in str(failure(server))
    assert len(server.paths) == 1


def test_the_body_of_a_redirect_is_not_read() -> None:
    def answer(asked: Asked) -> None:
        asked.head(301, {"Location": "/api/v2/version", "Content-Length": str(10 << 30)})
        silence(asked)

    with FaultServer(answer, page(record())) as server:
        assert list(client(server).studies({})) == [record()]


def test_a_redirect_does_not_repeat_the_parameters() -> None:
    with FaultServer(redirect("studies?a=c", 308), page()) as server:
        list(client(server).studies({"a": "b"}))
    assert server.paths == ["/api/v2/studies?a=b&pageSize=100", "/api/v2/studies?a=c"]


@pytest.mark.parametrize(
    "base",
    [
        "http://clinicaltrials.gov/api/v2", "http://example.org", "ftp://127.0.0.1", "clinicaltrials.gov", "", "https://",
        "https://[::1", "https://a b/", "https://u:secret@example.org", "http://127.0.0.1@example.org", "https://x/?a=b",
        "https://x/#a", "http://127.0.0.1\\@example.org", "https://x\x1b[2J", "https://x:y", "http://128.0.0.1",
        "http://localhost.example.org", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_the_registry_is_asked_securely_or_on_this_machine(base: str) -> None:
    with pytest.raises(UsageError, match="the address of the registry") as caught:
        Client(base)
    assert "secret" not in str(caught.value)
    assert not CONTROL.search(str(caught.value))


@pytest.mark.parametrize("base", [BASE, f"{BASE}/", "http://localhost:8080/api", "http://[::1]:1", "http://127.0.0.1"])
def test_addresses_that_are_taken(base: str) -> None:
    with Client(base):
        pass


def test_where_nothing_listens_is_said_at_once() -> None:
    with FaultServer(page()) as server:
        pass
    clock = Clock()
    assert "cannot be reached" in str(failure(server, clock))
    assert clock.slept == []


# --- certificates and proxies ------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))


def secure(authority: trustme.CA, name: str = "127.0.0.1", age: int = 0) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    until = datetime.now(UTC) + timedelta(days=1 - age)
    authority.issue_cert(name, not_before=until - timedelta(days=9), not_after=until).configure_cert(context)
    return context


@pytest.mark.usefixtures("trusted")
def test_certificates(authority: trustme.CA) -> None:
    with FaultServer(page(record()), tls=secure(authority)) as server:
        assert list(client(server).studies({})) == [record()]
    with FaultServer(page(), tls=secure(authority, age=2)) as server:
        error = str(failure(server))
    assert "the certificate cannot be trusted: certificate has expired" in error
    assert "check the date of this machine" in error
    assert not server.paths
    with FaultServer(page(), tls=secure(authority, name="example.org")) as server:
        assert "the certificate cannot be trusted: " in str(failure(server))
    assert not server.paths


def test_a_certificate_of_nobody_known(authority: trustme.CA) -> None:
    with FaultServer(page(), tls=secure(authority)) as server:
        error = str(failure(server))
    assert "the certificate cannot be trusted: " in error
    assert "REQUESTS_CA_BUNDLE" in error


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(("tls", "version"), [("", "TLSv1.3"), ("1.2", "TLSv1.2")])
def test_tls_1_2_alone_is_spoken_where_it_is_asked_for(authority: trustme.CA, tls: str, version: str) -> None:
    with FaultServer(value(record()), tls=secure(authority)) as server, Client(server.url, tls=tls) as asking:
        assert asking.study(NCT) == (NCT, record())
    assert server.connections == [version]


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(("name", "age"), [("127.0.0.1", 2), ("example.org", 0)], ids=["expired", "of another"])
def test_tls_1_2_verifies_certificates_too(authority: trustme.CA, name: str, age: int) -> None:
    with FaultServer(value(record()), tls=secure(authority, name, age)) as server:
        asking = Client(server.url, tls="1.2")
        with pytest.raises(NetworkError, match="cannot be trusted"):
            asking.version()
    assert not server.paths


def test_tls_1_2_trusts_nobody_unknown(authority: trustme.CA) -> None:
    with FaultServer(value(record()), tls=secure(authority)) as server:
        asking = Client(server.url, tls="1.2")
        with pytest.raises(NetworkError, match="cannot be trusted"):
            asking.version()


@pytest.mark.parametrize("tls", ["1.3", "1.0", "tls1.2", "\x1b[2J"])
def test_no_other_version_of_tls_is_to_be_chosen(tls: str) -> None:
    with pytest.raises(UsageError, match=r"SCREENER_TLS out, or set it to 1\.2") as caught:
        Client(tls=tls)
    assert not CONTROL.search(str(caught.value))


def test_a_registry_that_speaks_no_tls() -> None:
    with FaultServer(page()) as server:
        clock = Clock()
        asking = Client(server.url.replace("http:", "https:"), clock=clock, sleep=clock.sleep)
        with pytest.raises(NetworkError, match="no secure connection can be made") as caught:
            asking.version()
        asking.close()
    as_it_should_be(caught.value)


def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer(page(record())) as proxy:
        monkeypatch.setenv("http_proxy", f"http://{proxy.host}")
        with Client("http://127.0.0.1:1/api") as asking:
            assert list(asking.studies({})) == [record()]
    assert proxy.paths == ["http://127.0.0.1:1/api/studies?pageSize=100"]


@pytest.mark.parametrize(
    ("proxy", "message"),
    [("http://user:secret@{host}", "through the proxy"), ("socks9://user:secret@{host}", "proxy")],
)
def test_a_proxy_that_fails_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, proxy: str, message: str
) -> None:
    with FaultServer(text("", 407)) as server:
        monkeypatch.setenv("https_proxy", proxy.replace("{host}", server.host))
        with Client("https://127.0.0.1:1") as asking, pytest.raises(NetworkError, match=message) as caught:
            asking.version()
    assert "secret" not in str(as_it_should_be(caught.value))
    assert caught.value.__cause__ is None


# --- what leaves the machine -------------------------------------------------


def sent(path: str, host: str) -> bytes:
    """A whole request as it may be: nothing is missing and nothing more is in it."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        f"User-Agent: screener/{__version__} (pre-screening aid for clinical trials)",
        "Accept: application/json",
        "Accept-Encoding: gzip",
        "Connection: keep-alive",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def chatty() -> requests.Session:
    session = requests.Session()
    session.headers["X-Machine"] = "ward-7"
    session.cookies.set("old", "cookie", domain="127.0.0.1")
    return session


@pytest.mark.parametrize("session", [None, chatty()], ids=["own", "given"])
def test_only_search_words_leave_the_machine(
    session: requests.Session | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login anna password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("LANG", "de_CH.UTF-8")
    cookie = {"Set-Cookie": "visitor=1; Path=/; Max-Age=9999"}
    clock = Clock()

    def body(data: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
        return text(json.dumps(data), status, headers={**cookie, **(headers or {})})

    with (
        FaultServer(
            body({"studies": [], "nextPageToken": "t"}),
            body({"studies": []}),
            body({}, 500),
            body({}, 301, {"Location": f"/api/v2/studies/{OTHER}"}),
            body(record(OTHER)),
            body({"apiVersion": "2", "dataTimestamp": "x"}),
        ) as server,
        Client(server.url, session=session, clock=clock, sleep=clock.sleep) as asking,
    ):
        list(asking.studies({"query.cond": "mesothelioma"}))
        asking.study(NCT)
        asking.version()
    asked = [
        "studies?query.cond=mesothelioma&pageSize=100",
        "studies?query.cond=mesothelioma&pageSize=100&pageToken=t",
        f"studies/{NCT}",
        f"studies/{NCT}",
        f"studies/{OTHER}",
        "version",
    ]
    # Headers have no order: they are compared line by line, and nothing may be left.
    requests_sent = bytes(server.received).split(b"\r\n\r\n")
    assert requests_sent.pop() == b""
    for found, path in zip(requests_sent, asked, strict=True):
        expected = sent(f"/api/v2/{path}", server.host).strip().split(b"\r\n")
        assert found.split(b"\r\n")[0] == expected[0]
        assert sorted(found.split(b"\r\n")) == sorted(expected)


@pytest.mark.parametrize(
    "word",
    ['a&b=c#d?e/f%2e"', "../../version", "x\r\nCookie: a=b", "Klinikum Köln", "\N{GRINNING FACE}", " "],
)
def test_search_words_stay_in_their_place(word: str) -> None:
    with FaultServer(page()) as server:
        list(client(server).studies({"query.term": word}))
    assert server.queries == [{"query.term": word, "pageSize": "100"}]
    assert re.fullmatch(r"/api/v2/studies\?query\.term=[\w.%+~-]+&pageSize=100", server.paths[0], re.ASCII)
    assert bytes(server.received).count(b"\r\n") == 7
