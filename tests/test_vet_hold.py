"""What a page says of a trial, held against its record."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from screener.registry.cache import Stamp
from screener.registry.read import read_study
from screener.registry.records import Record
from screener.truth import Truth
from screener.vet import hold as hold_module
from screener.vet.about import About, abouts
from screener.vet.account import Held, Point
from screener.vet.hold import NO_SUCH_STUDY, hold
from screener.vet.numbers import registrations

VET = Path(__file__).parent / "vet"
STAMP = Stamp("2.0", "2026-11-20T09:00:00", datetime(2026, 11, 20, tzinfo=UTC))
TEXTS = [
    entry
    for entry in yaml.safe_load((VET / "expected.yaml").read_text(encoding="utf-8"))["texts"]
    if not entry["file"].startswith("seeds/")
]


def _record(path: Path) -> Record:
    return Record(read_study(json.loads(path.read_text(encoding="utf-8"))), STAMP)


RECORDS = {path.stem: _record(path) for path in sorted((VET / "records").glob("*.json"))}
SYNKIR = "NCT05568680"  # Verismo, SynKIR-110, STAR-101, mesothelin, recruiting, Philadelphia
SHIELD = "NCT04577326"  # Memorial Sloan Kettering, M28z1XXPD1DNR, active, not recruiting, New York
PENN = "NCT03054298"  # University of Pennsylvania, huCART-meso, completed, Philadelphia
STOMACH = "NCT04581473"  # no sponsor, status or sites
UNTOLD = "NCT00000000"


def _hold(text: str, records: dict[str, Record] = RECORDS) -> tuple[Held, ...]:
    return hold(text, registrations(text), records.get)


def _points(text: str, records: dict[str, Record] = RECORDS) -> dict[str, Point]:
    (held,) = _hold(text, records)
    return {point.what: point for point in held.points}


def _truth(text: str, what: str, records: dict[str, Record] = RECORDS) -> Truth | None:
    point = _points(text, records).get(what)
    return point.agrees if point else None


def _changed(number: str, **fields: Any) -> dict[str, Record]:
    record = RECORDS[number]
    return {number: replace(record, study=replace(record.study, **fields))}


def _text(path: Path) -> str:
    """The page nearly as it is seen: a line for each block, a tab between cells."""
    page = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        page = re.sub(r"(?s)<(head|script|style)\b.*?</\1>|<p style.*?</p>|<div hidden>.*?</div>", "", page)
        page = re.sub(r"</?t[dh]>", "\t", re.sub(r"\s+", " ", page))
        page = re.sub(r"</?(?:p|h[1-6]|tr|li|ul|div|nav|table|br|dt|dd)\b[^>]*>", "\n", page)
        page = re.sub(r"<[^>]*>|&\w+;", "", page)
    return page


@pytest.mark.parametrize("entry", TEXTS, ids=lambda entry: entry["file"])
def test_what_is_expected_of_the_texts(entry: dict[str, Any]) -> None:
    text = _text(VET / entry["file"])
    differing = {
        (held.nct_id, point.what): point for held in _hold(text) for point in held.points if point.agrees is Truth.FALSE
    }
    assert differing.keys() == {(told["trial"], told["what"]) for told in entry["contradicted"]}
    for told in entry["contradicted"]:
        point = differing[told["trial"], told["what"]]
        assert point.quote is not None
        assert told["says"] in point.quote.text
        assert told["record"].replace("_", " ") in point.record


# --- whether it exists


def test_a_study_of_which_the_registry_knows_nothing() -> None:
    (held,) = hold("See NCT99999999.", registrations("See NCT99999999."), lambda _: NO_SUCH_STUDY)
    assert held.exists is Truth.FALSE
    assert held.record is None
    assert [(point.what, point.agrees) for point in held.points] == [("exists", Truth.FALSE)]


def test_a_record_that_is_not_at_hand_is_no_study_that_is_not_there() -> None:
    assert _hold(f"See {UNTOLD}.") == (Held(UNTOLD, Truth.UNKNOWN, None),)


def test_each_trial_once_and_other_numbers_not_at_all() -> None:
    text = f"{SYNKIR}, {SHIELD}, NCI-2020-08021, nct 0556 8680, NCT1234567"
    asked: list[str] = []
    held = hold(text, registrations(text), asked.append)
    assert [one.nct_id for one in held] == asked == [SYNKIR, SHIELD]


# --- sponsor


@pytest.mark.parametrize(
    "text",
    [
        f"SynKIR-110, developed by Nkarta, is tested in {SYNKIR}.",
        f"SynKIR-110 ({SYNKIR}) is developed by Nkarta.",
        f"SynKIR-110 is a CAR-T therapy developed by Nkarta. Trial: {SYNKIR}",
        f"{SYNKIR} is sponsored by Nkarta, Inc. and is for adults.",
        f"The study {SYNKIR} is run by Northgate Research Institute in Oslo.",
        f"Trial: {SYNKIR}\nSponsor: Nkarta Therapeutics\nPhase: 1",
        f"Trial\t{SYNKIR}\nSponsor\tNkarta Therapeutics\nPhase\t1",
        f"Nkarta's SynKIR-110 is in a phase 1 trial, {SYNKIR}.",
        f"SynKIR-110 from Nkarta, in {SYNKIR}.",
        f"SynKIR-110 by Nkarta is in {SYNKIR}.",
        f"Nkarta sponsors this trial ({SYNKIR}).",
        f"The trial ({SYNKIR}) was developed by Ultra Gene University.",
        f"STAR-101 ({SYNKIR}), sponsored by the Institute of Cellular Medicine (Basel), is new.",
    ],
)
def test_another_sponsor(text: str) -> None:
    point = _points(text)["sponsor"]
    assert point.agrees is Truth.FALSE
    assert point.record == "Verismo Therapeutics"
    assert point.quote is not None
    assert point.page in point.quote.text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (f"SynKIR-110, developed by Verismo, is tested in {SYNKIR}.", SYNKIR),
        (f"{SYNKIR} is sponsored by Verismo Therapeutics, Inc.", SYNKIR),
        (f"{SYNKIR} | VERISMO THERAPEUTICS | recruiting\nSponsor: Verismo Therapeutics Ltd.", SYNKIR),
        (f"{SHIELD} is run by MSK.", SHIELD),
        (f"{SHIELD} is run by Sloan Kettering.", SHIELD),
        (f"{SHIELD} is sponsored by Atara Biotherapeutics.", SHIELD),
        (f"{SHIELD} is sponsored by Atara.", SHIELD),
        (f"{PENN} is sponsored by UPenn.", PENN),
        (f"{PENN} is sponsored by the University of Pennsylvania in Philadelphia.", PENN),
        ("NCT06885697 is run by the NIH.", "NCT06885697"),
        ("NCT06885697 is run by the National Cancer Institute.", "NCT06885697"),
    ],
)
def test_the_same_sponsor(text: str, number: str) -> None:
    point = _points(text)["sponsor"]
    assert (point.agrees, point.record.split(";")[0]) == (Truth.TRUE, RECORDS[number].study.sponsor)


@pytest.mark.parametrize(
    "text",
    [
        f"The trial {SYNKIR} uses a companion test developed by Roche.",
        f"{SYNKIR} is led by Dr. Amara Quill.",
        f"{SYNKIR} is led by Amara Quill.",
        f"{SYNKIR} is run by Quill and colleagues.",
        f"{SYNKIR} was developed by Chinese researchers.",
        f"{SYNKIR} is developed by GSK.",
        f"{SYNKIR} is run by the University of Pennsylvania.",
        f"{SYNKIR} is developed by scientists at Nkarta.",
        f"Kymriah is a CAR-T therapy developed by Novartis.\n\nA study of another product is {SYNKIR}.",
        f"{SYNKIR} is for mesothelioma.\n\nKeytruda, made by Merck, is a drug. Yervoy is developed by Bristol.",
        f"Sponsor | Where | Status\n{SYNKIR} | Philadelphia | recruiting",
        f"{SYNKIR} is run in the United States by volunteers.",
        f"{SYNKIR} is conducted by Parexel.",
        f"{SYNKIR} is run by Parexel on behalf of Verismo Therapeutics.",
        f"SynKIR-110 by IV infusion, {SYNKIR}.",
    ],
)
def test_no_claim_that_differs_surely(text: str) -> None:
    assert _truth(text, "sponsor") is not Truth.FALSE


def test_a_record_without_a_sponsor_contradicts_none() -> None:
    assert _truth(f"{STOMACH} is sponsored by Nkarta.", "sponsor") is None


def test_the_institution_of_an_official_is_no_contradiction() -> None:
    text = f"{SYNKIR} is sponsored by Harborview Hospital."
    assert _truth(text, "sponsor") is Truth.FALSE
    site = replace(RECORDS[SYNKIR].study.sites[0], facility="Harborview Medical Center")
    assert _truth(text, "sponsor", _changed(SYNKIR, sites=(site,))) is Truth.UNKNOWN


# --- target


@pytest.mark.parametrize(
    "words",
    [
        "targets GPC3",
        "are aimed at claudin 18.2",
        "are CLDN18.2-directed",
        "are anti-HER2 cells",
        "carry a CD19 CAR",
        "are directed against the EGFR protein",
    ],
)
def test_another_target(words: str) -> None:
    text = f"The cells of {SYNKIR} {words}."
    point = _points(text)["target"]
    assert (point.agrees, point.record) == (Truth.FALSE, "mesothelin")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (f"{SYNKIR} is a CAR-T against MSLN.", SYNKIR),
        (f"{SYNKIR}: Mesothelin\u2011positive tumors, HER2 or not.", SYNKIR),
        (f"{STOMACH} targets CLDN18.2.", STOMACH),
        (f"{STOMACH} targets Claudin\u00a018.2 and not HER2.", STOMACH),
    ],
)
def test_the_same_target(text: str, number: str) -> None:
    assert number in text
    assert _truth(text, "target") is Truth.TRUE


@pytest.mark.parametrize(
    "words",
    [
        "is not for HER2-positive tumors",
        "is not aimed at CD19",
        "takes people after EGFR drugs",
        "is for HER2-negative",
    ],
)
def test_a_molecule_that_is_named_is_no_target(words: str) -> None:
    assert _truth(f"{SYNKIR} {words}.", "target") is None


def test_a_record_without_a_target_contradicts_none() -> None:
    assert _truth("NCT99000102 targets GPC3.", "target") is None


# --- status


@pytest.mark.parametrize(
    "words",
    [
        "is recruiting",
        "is now enrolling patients",
        "is open to new patients",
        "is currently accepting participants",
        "| Recruiting |",
        "| Enrolling now",
        "is now open",
        "(status: recruiting)",
        "is actively recruiting",
        "is looking for volunteers",
    ],
)
def test_said_to_be_open(words: str) -> None:
    for number, agrees in ((SYNKIR, Truth.TRUE), (SHIELD, Truth.FALSE), (PENN, Truth.FALSE)):
        assert _truth(f"The trial {number} {words}.", "status") is agrees


@pytest.mark.parametrize(
    "words",
    [
        "is no longer recruiting",
        "is not recruiting",
        "is closed to new patients",
        "has stopped enrolling",
        "is active, not recruiting",
        "| Closed",
        ": enrollment is closed",
        ": accrual has been completed",
        "is not currently accepting patients",
    ],
)
def test_said_to_be_closed(words: str) -> None:
    for number, agrees in ((SYNKIR, Truth.FALSE), (SHIELD, Truth.TRUE), (PENN, Truth.TRUE)):
        assert _truth(f"The trial {number} {words}.", "status") is agrees


def test_over_and_closed() -> None:
    assert _truth(f"{PENN}. The trial has been completed.", "status") is Truth.TRUE
    assert _truth(f"{SHIELD}. The trial has been completed.", "status") is Truth.UNKNOWN
    assert _truth(f"{SYNKIR}. The trial was terminated.", "status") is Truth.FALSE


@pytest.mark.parametrize(("number", "agrees"), [(SYNKIR, Truth.FALSE), (SHIELD, Truth.FALSE)])
def test_said_to_be_not_yet_open(number: str, agrees: Truth) -> None:
    assert _truth(f"{number} is not yet recruiting.", "status") is agrees
    assert _truth(f"{number} | Not yet recruiting", "status") is agrees
    soon = _changed(number, status="NOT_YET_RECRUITING")
    assert _truth(f"{number} is not yet recruiting.", "status", soon) is Truth.TRUE


@pytest.mark.parametrize(
    "text",
    [
        f"{SHIELD} was recruiting in 2021.",
        f"Is {SHIELD} recruiting?",
        f"Ask whether {SHIELD} is recruiting.",
        f"Some websites still show {SHIELD} as open.",
        f"{SHIELD} will open other doors.",
        f"{SHIELD} is an open-label study.",
        f"{SHIELD} is of 2020. Newer trials are recruiting.",
        f"{SHIELD} is open to adults with mesothelioma.",
        f"{SHIELD} is old. Our support group is open to new participants.",
        f"{SHIELD} took years. Our club is open till midnight.",
    ],
)
def test_no_word_on_the_status_of_today(text: str) -> None:
    assert _truth(text, "status") is None


def test_a_page_that_says_both_is_held_against_nothing() -> None:
    assert _truth(f"{SHIELD} is recruiting. {SHIELD} is closed to new patients.", "status") is Truth.UNKNOWN


def test_a_status_that_the_registry_does_not_know_contradicts_none() -> None:
    assert _truth(f"{STOMACH} is recruiting.", "status") is None
    assert _truth(f"{SHIELD} is recruiting.", "status", _changed(SHIELD, status="UNKNOWN")) is None


def test_the_record_says_when_its_status_was_verified() -> None:
    point = _points(f"{SHIELD} is recruiting.", _changed(SHIELD, status_verified="2026-08"))["status"]
    assert point.record == "ACTIVE NOT RECRUITING, verified 2026-08"


# --- sites


@pytest.mark.parametrize(
    "words",
    [
        "takes place at Bayfront Hospital in Houston, Texas",
        "is offered at the Bayfront Hospital, Houston, Texas",
        "is recruiting in Zurich, Switzerland",
        "is run in China",
        "is for adults.\nWhere: Bayfront Hospital, Houston, TX",
    ],
)
def test_another_place(words: str) -> None:
    point = _points(f"The trial {SHIELD} {words}.")["sites"]
    assert (point.agrees, point.record) == (Truth.FALSE, "Memorial Sloan Kettering Cancer Center, New York")


@pytest.mark.parametrize(
    "words",
    [
        "takes place at MSK",
        "is run in New York",
        "is offered at Memorial Sloan Kettering Cancer Center",
        "is for adults.\nWhere: New York, NY",
    ],
)
def test_the_same_place(words: str) -> None:
    assert _truth(f"The trial {SHIELD} {words}.", "sites") is Truth.TRUE


@pytest.mark.parametrize(
    "words",
    [
        "is not offered in Houston, Texas",
        "was run in Houston, Texas",
        "is offered at Bayfront Hospital",
        "is offered in Newark, New Jersey",  # across the river: a suburb may be meant
        "is run in Nowhereville, Texas",
        "was discussed by doctors in Houston, Texas",
        "is offered in Springfield",
    ],
)
def test_no_place_that_is_surely_another(words: str) -> None:
    assert _truth(f"{SHIELD} {words}.", "sites") is None


def test_sites_that_cannot_be_found_on_the_map_are_not_elsewhere() -> None:
    text = f"{SHIELD} is run at Bayfront Hospital in Houston, Texas."
    site = replace(RECORDS[SHIELD].study.sites[0], facility="Site 12", city="Smallville")
    assert _truth(text, "sites", _changed(SHIELD, sites=(site,))) is None
    assert _truth(text, "sites", _changed(SHIELD, sites=())) is None


# --- title


@pytest.mark.parametrize(
    "text",
    [
        f"The trial, also called EVEREST-2, is {SYNKIR}.",
        f"The EVEREST-2 trial ({SYNKIR}) is for adults.",
        f"{SYNKIR} (EVEREST-2) is for adults.",
        f'{SYNKIR}, titled "Laser treatment of knee arthritis in elderly dogs".',
    ],
)
def test_another_title(text: str) -> None:
    assert _truth(text, "title") is Truth.FALSE


@pytest.mark.parametrize(
    "text",
    [
        f"The STAR-101 trial ({SYNKIR}) is for adults.",
        f"{SYNKIR}, titled \u201cSynKIR-110 cells against tumors that carry mesothelin\u201d.",
    ],
)
def test_the_same_title(text: str) -> None:
    assert _truth(text, "title") is Truth.TRUE


@pytest.mark.parametrize(
    "text",
    [f"The CART trial ({SYNKIR}).", f"The mesothelioma trial ({SYNKIR}).", f"The KIR-CAR trial ({SYNKIR})."],
)
def test_what_is_no_title(text: str) -> None:
    assert _truth(text, "title") is None


def test_without_an_acronym_in_the_record_another_may_be_right() -> None:
    assert _truth(f"The EVEREST-2 trial ({SHIELD}) is for adults.", "title") is None


# --- which words are about which trial


def _words(text: str) -> dict[str, str]:
    numbers = {one.number: RECORDS[one.number].study for one in registrations(text)}
    found = abouts(text, registrations(text), numbers)
    return {number: "".join(about.text[start:end] for start, end in about.spans) for number, about in found.items()}


def test_a_paragraph_of_one_trial_is_about_it() -> None:
    text = f"A page.\n\nFirst. {SYNKIR} is one. Its rest.\n\nNothing.\n\n{SHIELD} is two. So is\nthis.\n\nThe end."
    assert _words(text) == {
        SYNKIR: f"First. {SYNKIR} is one. Its rest.\n\n",
        SHIELD: f"{SHIELD} is two. So is\nthis.\n\n",
    }


def test_a_paragraph_of_two_trials_is_shared_out_by_sentences() -> None:
    text = f"Here: {SYNKIR} is one. SynKIR-110 is new. And {SHIELD} is two. Both {SYNKIR} and {SHIELD} are trials."
    assert _words(text) == {SYNKIR: f"Here: {SYNKIR} is one. SynKIR-110 is new. ", SHIELD: f"And {SHIELD} is two. "}


def test_rows_are_about_one_trial_each() -> None:
    text = f"Trial\tStatus\n{SYNKIR}\tRecruiting\n{SHIELD}\tClosed\nAll of them are experimental."
    assert _words(text) == {SYNKIR: f"{SYNKIR}\tRecruiting\n", SHIELD: f"{SHIELD}\tClosed\n"}


def test_a_status_of_one_row_is_not_that_of_another() -> None:
    text = f"{SYNKIR} | Recruiting\n{SHIELD} | Closed\n{PENN}\n\n- {SYNKIR}: recruiting\n- {SHIELD}: not recruiting\n"
    for held in _hold(text):
        assert {point.agrees for point in held.points if point.what == "status"} <= {Truth.TRUE}


def test_a_line_that_was_broken_for_its_length_is_read_as_one() -> None:
    line = f"The trial of which the whole neighborhood has spoken, {SYNKIR}, is sponsored by the Northgate"
    wrapped = (
        f"A page.\n\n{line}\nResearch Institute, as far as anybody in the neighborhood has been able to find out.\n"
    )
    point = _points(wrapped + "\nThe end." * 200)["sponsor"]
    assert (point.agrees, point.page) == (Truth.FALSE, "Northgate Research Institute")


def test_long_rows_are_not_read_as_one_line() -> None:
    rows = f"{SYNKIR}\t{'a long name of a product ' * 4}\tRecruiting\n{SHIELD}\t{'and another one ' * 4}\tClosed\n"
    text = f"All trials.\n\n{rows}\nAll of them are experimental."
    told = {held.nct_id: [point.agrees for point in held.points if point.what == "status"] for held in _hold(text)}
    assert told == {SYNKIR: [Truth.TRUE], SHIELD: [Truth.TRUE]}


def test_the_words_of_a_trial_are_bounded() -> None:
    text = f"{SYNKIR} " + "word " * 100_000
    (about,) = abouts(text, registrations(text), {SYNKIR: None}).values()
    assert sum(end - start for start, end in about.spans) == 200_000


# --- hostile texts


PIECES = (
    *(SYNKIR, SHIELD, "SynKIR-110", " developed by ", "Sponsor: ", "Nkarta", "\n", "\n\n", ". ", "|", "\t", "Where: "),
    *(
        "Houston, Texas",
        " recruiting ",
        "now ",
        'titled "',
        "targets GPC3",
        " is run at ",
        "A",
        "(",
        ")",
        "'s ",
        "\u00a0",
    ),
)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_order_of_words_gives_quotes_of_the_page(text: str) -> None:
    for held in _hold(text):
        assert [point.what for point in held.points] == sorted(
            (point.what for point in held.points),
            key=["exists", "title", "sponsor", "target", "status", "sites"].index,
        )
        for point in held.points:
            assert point.quote is not None
            assert text[point.quote.start : point.quote.end] == point.quote.text


@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    for held in _hold(f"{text} {SYNKIR} {text}"):
        assert held.exists is Truth.TRUE or held.nct_id != SYNKIR


def test_stretches_never_overlap_so_that_the_work_grows_with_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def _spied(*given: Any) -> dict[str, About]:
        found = abouts(*given)
        read.append(sum(end - start for about in found.values() for start, end in about.spans))
        return found

    monkeypatch.setattr(hold_module, "abouts", _spied)
    page = "".join(f"NCT{number:08d} is recruiting. It is open. " for number in range(1_000))
    for text in (page, page * 2, page.replace(". ", " | "), page.replace(". ", "\n\n")):
        held = hold(text, registrations(text), lambda _: RECORDS[SYNKIR])
        assert len(held) == 1_000
        assert read.pop() <= len(text)


@pytest.mark.parametrize(
    "piece",
    ["A", "A ", "Nkarta ", "now ", "not ", "(", "\n", " ", "\t", "|", "-", "'s ", "A-", ". ", "Where: ", "X, ", '"'],
    ids=repr,
)
def test_a_page_of_one_piece_over_and_over(piece: str) -> None:
    """Half a second of work; if it grew with the square of the page, minutes."""
    text = f"{SYNKIR} is sponsored by " + piece * (50_000 // len(piece))
    begun = time.process_time()
    (held,) = _hold(text)
    assert held.exists is Truth.TRUE
    assert time.process_time() - begun < 10
