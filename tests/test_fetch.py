"""`trials fetch` and `trials check` from the user's side, and what is kept of a search."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from screener.registry.cache import Cache
from screener.registry.client import Client
from screener.registry.faults import NetworkError
from screener.registry.fetch import Source
from screener.registry.queries import Search, queries
from tests.fault_server import FaultServer, text, value
from tests.program import Program

if TYPE_CHECKING:
    from pathlib import Path

    from screener.registry.fetch import Found

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


def test_fetch_tells_why_each_study_is_kept_or_not(tmp_path: Path) -> None:
    (tmp_path / "saved.json").write_text(json.dumps(page(CELLS, TABLETS)))
    ran = Program(tmp_path).run("trials", "fetch", "--input", "saved.json", "--all")
    assert (ran.code, ran.err) == (0, "")
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
