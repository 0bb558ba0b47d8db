"""Kept records beside the rule files: which is the newest of a study, and what `trials list|show` say of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from screener.errors import CONTROL
from screener.registry.cache import Cache, Stamp, study_name
from screener.registry.read import read_saved
from screener.registry.records import Record, entries, entry_of, kept_records
from screener.render.catalog import render_entry, render_list
from tests.program import SMALL_CRITERIA, Program, Ran

if TYPE_CHECKING:
    from screener.catalog import Catalog

SHARED = Path(__file__).parents[2] / "shared"
RULED, OTHER, FORMER = "NCT00000001", "NCT00000002", "NCT00000003"  # the first has rules in the small criteria
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def record(nct_id: str, day: str = "2026-02-24", status: str = "RECRUITING", **modules: Any) -> dict[str, Any]:
    """A record of a study of CAR T cells, kept here or not."""
    sections = {
        "identificationModule": {"nctId": nct_id, "briefTitle": "CAR T cells for mesothelioma"},
        "statusModule": {"overallStatus": status, "statusVerifiedDate": "2026-01"},
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "A center"}, "collaborators": [{"name": "A firm"}]},
        "designModule": {"phases": ["PHASE1", "PHASE2"], "enrollmentInfo": {"count": 40}},
        "conditionsModule": {"conditions": ["Mesothelioma"]},
        "eligibilityModule": {
            "sex": "ALL",
            "minimumAge": "18 Years",
            "maximumAge": "99 Years",
            "eligibilityCriteria": "Inclusion Criteria:\n\n* Made up\n  * ANC \\>= 1.0",
        },
    }
    return {"protocolSection": sections | modules, "derivedSection": {"miscInfoModule": {"versionHolder": day}}}


SITES = {
    "centralContacts": [{"name": "Ann Who", "phone": "555-0100", "phoneExt": "7", "email": "ann@example.org"}],
    "locations": [
        {"facility": "First hall", "city": "Ghent", "country": "Belgium", "status": "COMPLETED"},
        {"facility": "Second hall", "city": "Lyon", "country": "France", "status": "RECRUITING"},
        *({"facility": f"Hall {number}", "city": "Bern", "country": "Switzerland"} for number in range(3, 8)),
    ],
}
MERGED = {"nctId": RULED, "nctIdAliases": [FORMER], "briefTitle": "CAR T cells", "orgStudyIdInfo": {"id": "X-1"}}


def keep(folder: Path, *records: dict[str, Any], name: str = "", now: datetime = NOON, api: str = "2.0.5") -> Cache:
    """A cache that holds these, each under its own number or all under one."""
    cache = Cache(folder)
    for body in records:
        number = name or body["protocolSection"]["identificationModule"]["nctId"]
        cache.keep(study_name(number), {}, body, Stamp(api, "", now))
    return cache


def run(folder: Path, *words: object, **variables: str) -> Ran:
    return Program(folder, SMALL_CRITERIA).run("trials", *words, SCREENER_CACHE=str(folder), **variables)


def folded(text: str) -> str:
    return " ".join(text.split())


def days(cache: Cache) -> dict[str, str]:
    return {name: each.data_day for name, each in kept_records(cache).items()}


def test_the_newest_record_counts_whichever_answer_it_came_in(tmp_path: Path) -> None:
    cache = keep(tmp_path, record(RULED, "2026-02-24"), record(OTHER, "2026-02-24"))
    body = {"a query": [record(RULED, "2026-02-25"), record(OTHER, "2026-02-23"), {"no": "record"}], "broken": 7}
    cache.keep(f"search-{'0' * 32}.json", {}, body, Stamp("2.0.5", "2026-03-01T09:00:05", NOON))
    assert days(cache) == {RULED: "2026-02-25", OTHER: "2026-02-24"}


def test_without_a_day_of_its_own_a_record_has_that_of_its_answer(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for number, (own, answer) in enumerate([("", "2026-03-01T09"), ("9999", "2026-03-01T09"), ("", "soon"), ("", "")]):
        cache.keep(study_name(f"NCT0000000{number}"), {}, record(f"NCT0000000{number}", own), Stamp("", answer, NOON))
    assert list(days(cache).values()) == ["2026-03-01", "2026-03-01", "", ""]


def test_of_two_records_of_one_day_the_one_fetched_later_counts(tmp_path: Path) -> None:
    cache = keep(tmp_path, record(RULED, status="COMPLETED"))
    later = {"a query": [record(RULED)]}
    cache.keep(f"search-{'0' * 32}.json", {}, later, Stamp("2.0.5", "", NOON + timedelta(seconds=0.5)))
    assert kept_records(cache)[RULED].study.status == "RECRUITING"


def test_a_study_is_found_by_every_number_it_has_had(tmp_path: Path) -> None:
    cache = keep(tmp_path, record(RULED, identificationModule=MERGED))
    keep(tmp_path, record(OTHER), name="NCT00000009")  # the registry led on to it without an alias in the record
    found = kept_records(cache)
    assert {name: each.study.nct_id for name, each in found.items()} == {
        **dict.fromkeys([RULED, FORMER], RULED),
        **dict.fromkeys([OTHER, "NCT00000009"], OTHER),
    }
    listed, left_out = entries([], found)
    assert ([entry.name for entry in listed], left_out) == ([RULED, OTHER], 0)


def test_with_nothing_kept_the_list_is_that_of_the_rule_files(tmp_path: Path, catalog: Catalog) -> None:
    listed, left_out = entries(catalog.trials, {})
    assert [entry.name for entry in listed] == [trial.id for trial in catalog.trials]
    text = render_list(listed, left_out, width=80, color=False)
    assert not [words for words in ("record of", "sites", "no rules here") if f"\n  {words}" in text]
    assert run(tmp_path, "list").out == (
        "NCT00000001 A trial made up for tests\n"
        "  phase 1, TEST-1, target mesothelin\n"
        "  status recruiting as of 2026-01-02: made up for tests\n"
    )


@pytest.mark.parametrize(
    ("day", "status", "expected"),
    [
        (
            "2026-02-24",
            "TERMINATED",
            [
                "status terminated, verified 2026-01 (registry record of 2026-02-24)",
                "in the rule file: status recruiting as of 2026-01-02: made up for tests",
            ],
        ),
        (
            "2026-01-01",
            "TERMINATED",
            [
                "in the rule file: status recruiting as of 2026-01-02: made up for tests",
                "status terminated, verified 2026-01 (registry record of 2026-01-01)",
            ],
        ),
        (
            "2026-02-24",
            "RECRUITING",
            [
                "status recruiting, verified 2026-01 (registry record of 2026-02-24),",
                "as in the rule file on 2026-01-02",
            ],
        ),
        (
            "",
            "SOME_NEW_WORD",
            [
                "in the rule file: status recruiting as of 2026-01-02: made up for tests",
                "status some new word, verified 2026-01 (undated record, fetched 2026-11-22)",
            ],
        ),
    ],
    ids=["record newer", "rule file newer", "the same", "undated"],
)
def test_where_rule_file_and_record_differ_both_are_shown_the_newer_first(
    tmp_path: Path, day: str, status: str, expected: list[str]
) -> None:
    keep(tmp_path, record(RULED, day, status))
    ran = run(tmp_path, "list", COLUMNS="100")
    assert (ran.code, ran.err) == (0, "")
    lines = [line.strip() for line in ran.out.splitlines()]
    assert lines[1:3] == ["phase 1, TEST-1, target mesothelin", "phase 1/2 in the record"]
    assert folded(" ".join(lines[3:])) == f"{' '.join(expected)} no sites in the record"


def test_a_study_without_rules_is_listed_if_it_matters_and_says_so(tmp_path: Path) -> None:
    tablets = {"nctId": FORMER, "briefTitle": "Tablets for mesothelioma"}
    keep(tmp_path, record(OTHER, contactsLocationsModule=SITES), record(FORMER, identificationModule=tablets))
    out = run(tmp_path, "list").out
    assert out.splitlines()[3:] == [
        "NCT00000002 CAR T cells for mesothelioma",
        "  phase 1/2; A center",
        "  status recruiting, verified 2026-01 (registry record of 2026-02-24)",
        "  no rules here: screened on age, sex and conditions only",
        "  7 sites: 1 recruiting, 5 with no status stated, 1 completed",
        "1 more record is kept, of a study that `trials fetch` drops: its --all tells why",
    ]


def test_the_list_as_json(tmp_path: Path) -> None:
    keep(tmp_path, record(RULED, status="TERMINATED"), record(OTHER, "", "", contactsLocationsModule=SITES))
    said = json.loads(run(tmp_path, "list", "-f", "json").out)
    nothing = {"profile": False, "fetched": "2026-11-22T12:00:00+00:00", "sponsor": "A center"}
    assert said == {
        "schema": 1,
        "trials": [
            {
                "trial": RULED,
                "title": "A trial made up for tests",
                "rules": True,
                "registry_number": RULED,
                "phase": "1",
                "status": "terminated",
                "status_verified": "2026-01",
                "rule_file_status": "recruiting",
                "rule_file_status_as_of": "2026-01-02",
                "sites": 0,
                "recruiting_sites": 0,
                "data_day": "2026-02-24",
                **nothing,
            },
            {
                "trial": OTHER,
                "title": "CAR T cells for mesothelioma",
                "rules": False,
                "registry_number": OTHER,
                "phase": "1/2",
                "status": None,
                "status_verified": "2026-01",
                "rule_file_status": None,
                "rule_file_status_as_of": None,
                "sites": 7,
                "recruiting_sites": 1,
                "data_day": None,
                **nothing,
            },
        ],
    }


def test_a_trial_is_shown_with_its_record_and_then_its_criteria(tmp_path: Path) -> None:
    dates = {
        "overallStatus": "UNKNOWN",
        "lastKnownStatus": "RECRUITING",
        "whyStopped": "Money",
        "startDateStruct": {"date": "2024-05"},
        "completionDateStruct": {"date": "2029"},
    }
    body = record(RULED, statusModule=dates, contactsLocationsModule=SITES, identificationModule=MERGED)
    files = [{"filename": "Prot_000.pdf", "label": "Study Protocol", "date": "2025-03-01"}]
    body["documentSection"] = {"largeDocumentModule": {"largeDocs": files}}
    keep(tmp_path, body, api="")
    shown = run(tmp_path, "show", RULED.lower()).out
    text = folded(shown)
    for words in (
        "status unknown (last known: recruiting), day of verification not stated (registry record of 2026-02-24)",
        "sponsor: A center; with A firm",
        "enrollment 40, start 2024-05, completion 2029",
        "why stopped: Money",
        "conditions: Mesothelioma",
        "age: at least 18 years; all sexes",
        "earlier numbers: NCT00000003",
        "other ids: X-1 (organization)",
        "7 sites: 1 recruiting, 5 with no status stated, 1 completed Second hall, Lyon, France: recruiting Hall 3, ",
        "and 2 more: screener trials sites NCT00000001",
        "contact: Ann Who, 555-0100 ext. 7, ann@example.org",
        "Study Protocol, 2025-03-01 https://cdn.clinicaltrials.gov/large-docs/01/NCT00000001/Prot_000.pdf",
        "https://clinicaltrials.gov/study/NCT00000001",
        "registry record of 2026-02-24, saved 2026-11-22",
        "INC-1 Aged 18 or older",
    ):
        assert words in text
    assert "Made up" not in text
    with_text = run(tmp_path, "show", RULED, "--text").out
    assert with_text == shown + (
        "Eligibility text, registry record of 2026-02-24:\n  Inclusion Criteria:\n\n  * Made up\n    * ANC >= 1.0\n"
    )


def test_a_study_without_rules_is_shown_with_its_text(tmp_path: Path) -> None:
    site = {"facility": "A hall", "contacts": [{"name": "Bo Who", "phone": "555-0101"}]}
    keep(tmp_path, record(OTHER, contactsLocationsModule={"locations": [site]}))
    text = folded(run(tmp_path, "show", OTHER).out)
    assert "no rules here: screened on age, sex and conditions only" in text
    assert "contact at A hall: Bo Who, 555-0101" in text
    assert text.endswith("Inclusion Criteria: * Made up * ANC >= 1.0")
    keep(tmp_path, {"protocolSection": {"identificationModule": {"nctId": OTHER}}}, now=NOON + timedelta(1))
    text = folded(run(tmp_path, "show", OTHER).out)
    assert text == (
        "NCT00000002 no phase "
        "status not stated, day of verification not stated (undated record, fetched 2026-11-23) "
        "no rules here: screened on age, sex and conditions only no sites in the record "
        "https://clinicaltrials.gov/study/NCT00000002 undated record, fetched 2026-11-23 "
        "The record holds no eligibility text."
    )


@pytest.mark.parametrize("asked", [RULED, OTHER])
def test_rules_under_a_former_number_are_found_by_either(tmp_path: Path, asked: str) -> None:
    names = {"nctId": OTHER, "nctIdAliases": [RULED], "briefTitle": "CAR T cells"}
    keep(tmp_path, record(OTHER, identificationModule=names))
    text = folded(run(tmp_path, "show", asked).out)
    assert text.startswith("NCT00000001 A trial made up for tests")
    assert "the registry keeps NCT00000001 as NCT00000002" in text
    assert "INC-1 Aged 18 or older" in text
    said = json.loads(run(tmp_path, "list", "-f", "json").out)["trials"]
    assert [(each["trial"], each["registry_number"]) for each in said] == [(RULED, OTHER)]


def test_what_is_not_known_says_how_to_fetch_it(tmp_path: Path) -> None:
    ran = run(tmp_path, "show", "nct00000008")
    assert (ran.code, ran.out) == (2, "")
    assert "there are no rules for a trial `NCT00000008`, and no record of it is kept" in ran.err
    assert "; or fetch its record: screener trials fetch NCT00000008" in ran.err
    ran = run(tmp_path, "show", RULED, "--text")
    assert (ran.code, ran.out) == (66, "")
    assert "no record of NCT00000001 is kept" in ran.err
    assert "screener trials fetch NCT00000001" in ran.err


def test_a_damaged_cache_is_told_and_hides_no_rules(tmp_path: Path) -> None:
    cache = keep(tmp_path, record(RULED))
    path = cache.folder / study_name(RULED)
    path.write_bytes(path.read_bytes()[:-1])
    ran = run(tmp_path, "list")
    assert (ran.code, ran.out.count("NCT")) == (0, 1)
    assert ran.err.startswith("Note: ")
    (cache.folder / study_name(RULED)).symlink_to("elsewhere")  # is never followed
    ran = run(tmp_path, "show", RULED)
    assert (ran.code, "INC-1" in ran.out) == (0, True)
    assert "cannot be read" in ran.err


def test_text_of_a_record_is_harmless_on_a_terminal(tmp_path: Path) -> None:
    hostile = "\x1b[31m[red]\u202e<b>\nstatus recruiting\x9b2J"
    names = {"nctId": OTHER, "briefTitle": f"{hostile} CAR T cells for mesothelioma"}
    eligibility = {"eligibilityCriteria": f"{' ' * 500}far {hostile}\n" + "x" * 300}
    site = {"facility": hostile, "status": hostile, "contacts": [{"name": hostile, "email": hostile}]}
    body = record(
        OTHER, identificationModule=names, eligibilityModule=eligibility, contactsLocationsModule={"locations": [site]}
    )
    keep(tmp_path, body)
    for words in (["list"], ["show", OTHER], ["list", "-f", "json"]):
        ran = Program(tmp_path, SMALL_CRITERIA).run("--color", "always", "trials", *words, SCREENER_CACHE=str(tmp_path))
        assert ran.code == 0
        assert "[red]" in ran.out
        assert "\x1b[31m" not in ran.out
        assert not CONTROL.search(ran.out.replace("\x1b[", ""))
        assert "\nstatus recruiting" not in ran.out


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/registry is not here")
@pytest.mark.parametrize("width", [40, 80])
def test_every_real_record_is_shown(width: int) -> None:
    shown = 0
    for path in sorted((SHARED / "registry" / "records").glob("*.json")):
        for study in read_saved(path.read_text(encoding="utf-8"), path.name):
            entry = entry_of(study.nct_id, [], {study.nct_id: Record(study, Stamp("", "", NOON))})
            assert entry
            text = render_entry(entry, width=width, color=False, text=True)
            assert folded(study.eligibility)[-20:] in folded(text) or width == 40
            assert max(map(len, text.splitlines())) <= width
            assert not CONTROL.search(text)
            shown += 1
    assert shown
