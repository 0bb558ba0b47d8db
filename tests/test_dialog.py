"""What people can do at the prompts of an interview: choices and names, keys, the offer to stop, files beside it."""

from __future__ import annotations

import json
import re
import stat
from typing import TYPE_CHECKING, Any

import pytest

from screener.catalog import criteria_folder, load_dictionary
from screener.model import Treatments
from screener.patient import compile_patient
from screener.source import load
from tests.program import Call, Program, Ran
from tests.rule_text import TODAY
from tests.talks import (
    FITS,
    ILLNESS,
    REPORT,
    SIGNED,
    SIGNS,
    TALK,
    converse,
    interview,
    one_line,
    patient,
    write_criteria,
)
from tests.test_interview import BESIDE, answers, events, lines

if TYPE_CHECKING:
    from pathlib import Path

SPOKEN: dict[str, tuple[str, list[str]]] = {  # what is typed into interviews, each for one trial
    "choice by number": (ILLNESS, ["2", "."]),
    "choice by word": (ILLNESS, ["advanced", "."]),
    "choice by meaning": (ILLNESS, ["spread to distant places", "."]),
    "no such number": (ILLNESS, ["3", "1", "."]),
    "tumor by letters": (ILLNESS, ["2", "pleural m", "1", "."]),
    "tumor typed again": (ILLNESS, ["2", "pleural m", "peritoneal mesothelioma", "."]),
    "one tumor near": (ILLNESS, ["2", "testicular meso", ".", "1"]),
    "whole tumor": (ILLNESS, ["2", "pleural mesothelioma", "."]),
    "drug by letters": (ILLNESS, ["2", "PLMESO", "pem", "2", "2026-10-01", ""]),
    "drug kept as typed": (ILLNESS, ["2", "PLMESO", "pem", "0", "chemotherapy", "2026-10-01", ""]),
    "brand": (ILLNESS, ["2", "PLMESO", "Keytruda", "2026-10-01", ""]),
    "one drug near": (ILLNESS, ["2", "PLMESO", "nivolumb", "1", "2026-10-01", ""]),
    "one drug near and left": (ILLNESS, ["2", "PLMESO", "nivolumb", "."]),
    "dash for a drug": (ILLNESS, ["2", "PLMESO", "nivolumb", "-", "-", "", "", "", ""]),
    "first to last": (ILLNESS, ["2", "PLMESO", "cisplatin", "2026-01 to 2026-05-30", "nivolumab", "ongoing", ""]),
    "last before first": (ILLNESS, ["2", "PLMESO", "cisplatin", "2026-05 to 2026-01-30", "2026-05-30", ""]),
    "why": (TALK, ["?", "61", "?", "."]),
    "board at every prompt": (REPORT, ["!", "2026-11-10", "!", "180", "12.5", "28", "!", "40", "!", ""]),
    "board of treatments": (ILLNESS, ["2", "PLM", "!", "1", "pem", "!", "0", "!", "", "!", "ongoing", "!", ""]),
    "board of a teach-back": (TALK, ["61", "!", "it is new", "!", "yes", "it is open", "yes", "!", "JD"]),
    "board of what is ruled out": (TALK, ["17", "!", ""]),
    "ten back": (SIGNED, [*["yes"] * 11, *["<"] * 10, *["-"] * 10, "no"]),
    "stop": (TALK, ["17", ""]),
    "back from the offer": (TALK, ["17", "<", "61", "."]),
    "left after going back": (TALK, ["17", "<", "61", "."]),
    "more": (TALK, ["17", "+", "it is new", "yes", "it is open", "yes", "jd"]),
    "nothing more": (REPORT, [*FITS, "+"]),
}


SCRIPTS = [  # scripts with a value that is refused, and its line
    ("age: 98765\n", 1),
    ("platelets: 180\n\nhemoglobin: 98765\n", 3),
    ("tumor_type: Xanthippe\n", 1),
    ("extent: Xanthippe\n", 1),
    ("prior_therapies: cisplatin: 2098-01-05\n", 1),
    ("understands_investigational: Xanthippe\n", 1),
    ("Xanthippe\n", 1),
]
PAGES = [("page.html", "<!doctype html>"), ("page.HTM", "<!doctype html>"), ("page.md", "# ")]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dialog")


@pytest.fixture(scope="module")
def program(home: Path) -> Program:
    return Program(home, write_criteria(home / "criteria"))


@pytest.fixture(scope="module")
def held(program: Program) -> dict[str, Ran]:
    return converse(program, SPOKEN)


@pytest.fixture(scope="module")
def later(held: dict[str, Ran], home: Path, program: Program) -> dict[str, Ran]:
    """What is done with the files of the interviews, and some more interviews."""
    assert held
    calls = {"left after going back": Call(interview("left after going back", TALK), lines("<", "62", "yes"))}
    for name, _ in PAGES:
        calls[name] = Call(interview(f"for {name}", TALK, "--hand-out", name), lines("61", "-"))
    for place, mode in (("shared", 0o755), ("own", 0o700)):
        (home / place).mkdir()
        (home / place).chmod(mode)
        calls[place] = Call(["interview", "-t", TALK, "--session", f"{place}/s.jsonl", *BESIDE], lines("61", "yes"))
    for number, (script, _) in enumerate(SCRIPTS):
        program.write(f"script {number}.txt", script)
        words = ["interview", "--answers", f"script {number}.txt", "--session", f"script {number}.jsonl", *BESIDE]
        calls[f"script {number}"] = Call(words)
    return program.run_all(calls)


# ---------------------------------------------------------------- choices and names


@pytest.mark.parametrize("name", ["choice by number", "choice by word", "choice by meaning"])
def test_a_choice_is_saved_by_its_id_however_it_is_typed(held: dict[str, Ran], home: Path, name: str) -> None:
    assert "1 local: In one place" in held[name].err
    assert "2 advanced: Spread to distant places" in held[name].err
    assert answers(home, name) == {"extent": "advanced"}


def test_a_number_that_no_choice_has_is_refused(held: dict[str, Ran], home: Path) -> None:
    assert "this is no answer to Extent: write one of: local, advanced" in held["no such number"].err
    assert answers(home, "no such number") == {"extent": "local"}


def test_a_tumor_type_is_chosen_by_number_among_those_that_begin_with_what_was_typed(
    held: dict[str, Ran], home: Path
) -> None:
    assert "1 Pleural Mesothelioma (PLMESO)" in held["tumor by letters"].err
    assert "2 Pleural Mesothelioma, Biphasic Type (PLBMESO)" in held["tumor by letters"].err
    assert answers(home, "tumor by letters")["tumor_type"] == "PLMESO"


def test_another_name_may_be_typed_in_place_of_a_number(held: dict[str, Ran], home: Path) -> None:
    assert held["tumor typed again"].err.count("Which one is meant?") == 1
    assert patient(home, "tumor typed again").get("tumor_type") == patient_of_type(home, "PEMESO")


def patient_of_type(home: Path, code: str) -> object:
    path = home / f"{code}.json"
    path.write_text(json.dumps({"patient": code, "facts": {"tumor_type": code}}), encoding="utf-8")
    return compile_patient(load(path), load_dictionary(home / "criteria"), today=TODAY).get("tumor_type")


def test_a_tumor_type_that_is_the_only_one_near_is_asked_about_and_never_taken(
    held: dict[str, Ran], home: Path
) -> None:
    assert "Which one is meant?" in held["one tumor near"].err
    assert "1 Testicular Mesothelioma (TMESO)" in held["one tumor near"].err
    assert "tumor_type" not in answers(home, "one tumor near")


def test_a_whole_name_is_not_asked_about(held: dict[str, Ran]) -> None:
    assert "Which one is meant?" not in held["whole tumor"].err
    assert "= Pleural Mesothelioma (PLMESO)" in held["whole tumor"].err


def treatments(home: Path, name: str) -> Any:
    return answers(home, name)["prior_therapies"]


def test_letters_of_a_drug_offer_every_drug_that_begins_so(held: dict[str, Ran], home: Path) -> None:
    offered = re.findall(r"^    \d .*$", held["drug by letters"].err, re.MULTILINE)
    assert offered == ["    1 pembrolizumab", "    2 pemetrexed", "    0 none of these: keep what was typed"]
    assert treatments(home, "drug by letters") == [{"agent": "pemetrexed", "last_dose": "2026-10-01"}]


@pytest.mark.parametrize(
    ("typed", "meant"), [("Keytruda", "pembrolizumab"), ("OPDIVO", "nivolumab"), ("alimta", "pemetrexed")]
)
def test_the_names_that_ship_take_brands_at_once_and_letters_as_a_choice(typed: str, meant: str) -> None:
    therapies = load_dictionary(criteria_folder()).therapies
    assert therapies.find(typed) == meant
    assert therapies.find(meant[:3]) is None
    assert {"pem": {"pembrolizumab", "pemetrexed"}, "niv": {"nivolumab"}}[meant[:3]] <= set(therapies.near(meant[:3]))


def test_none_of_the_drugs_near_keeps_what_was_typed(held: dict[str, Ran], home: Path) -> None:
    assert "0 none of these: keep what was typed" in held["drug kept as typed"].err
    assert "This name is not in the vocabulary." in held["drug kept as typed"].err
    assert treatments(home, "drug kept as typed") == [
        {"agent": "pem", "class": "chemotherapy", "last_dose": "2026-10-01"}
    ]


def test_a_brand_name_is_known_at_once_and_its_generic_name_said(held: dict[str, Ran], home: Path) -> None:
    assert "Which one is meant?" not in held["brand"].err
    assert "not in the vocabulary" not in held["brand"].err
    assert "= pembrolizumab" in held["brand"].err
    value = patient(home, "brand").get("prior_therapies")
    assert isinstance(value, Treatments)
    assert [(item.agent, str(item.last)) for item in value.items] == [("pembrolizumab", "2026-10-01")]


def test_a_drug_that_is_the_only_one_near_is_asked_about_and_never_taken(held: dict[str, Ran], home: Path) -> None:
    assert "1 nivolumab" in held["one drug near"].err
    assert treatments(home, "one drug near") == [{"agent": "nivolumab", "last_dose": "2026-10-01"}]
    assert "1 nivolumab" in held["one drug near and left"].err
    assert "prior_therapies" not in answers(home, "one drug near and left")


def test_a_dash_is_never_kept_as_the_name_of_a_drug(held: dict[str, Ran], home: Path) -> None:
    assert held["dash for a drug"].code in {0, 3}
    kept = answers(home, "dash for a drug").get("prior_therapies", [])
    assert "-" not in [item["agent"] for item in kept if isinstance(item, dict)]


def test_a_treatment_may_be_given_from_its_first_to_its_last_day(held: dict[str, Ran], home: Path) -> None:
    assert treatments(home, "first to last") == [
        {"agent": "cisplatin", "start": "2026-01", "last_dose": "2026-05-30"},
        {"agent": "nivolumab", "last_dose": "ongoing"},
    ]
    assert "not yet" in held["first to last"].out


def test_a_last_day_before_the_first_is_asked_again_and_the_drug_is_not_lost(held: dict[str, Ran], home: Path) -> None:
    assert "the last dose lies before the start: check the two dates" in held["last before first"].err
    assert treatments(home, "last before first") == [{"agent": "cisplatin", "last_dose": "2026-05-30"}]


# ---------------------------------------------------------------- the keys of every prompt


def test_a_question_mark_names_the_criteria_that_wait(held: dict[str, Ran]) -> None:
    first, second = held["why"].err.split("Why: It matters.")[1:]
    assert "Where: Chart." in first
    assert "Who: chart" in first
    assert [f"{TALK} INC-{number}: Requirement {number}" in first for number in range(1, 5)] == [True] * 3 + [False]
    assert "and 2 more criteria" in first
    assert f"{TALK} INC-6: Requirement 6" in second  # the teach-back knows why it is held, too
    assert "more criteri" not in second


def test_the_board_shows_at_any_prompt_what_is_still_needed(held: dict[str, Ran], home: Path) -> None:
    board = re.compile(rf"^  {REPORT} (\w+)\n(?:      still needs: (.*)\n)?", re.MULTILINE)
    boards = board.findall(held["board at every prompt"].err)
    assert boards == [
        ("undecided", "Platelets; Hemoglobin; AST"),
        ("undecided", "Platelets; Hemoglobin; AST"),
        ("undecided", "AST"),
        ("match", ""),
    ]
    assert answers(home, "board at every prompt") == {"platelets": "180", "hemoglobin": "12.5", "ast": "28"}


@pytest.mark.parametrize(("name", "trial"), [("board of treatments", ILLNESS), ("board of a teach-back", TALK)])
def test_the_board_loses_nothing_of_what_is_being_typed(
    held: dict[str, Ran], home: Path, name: str, trial: str
) -> None:
    shown = SPOKEN[name][1].count("!")
    assert held[name].err.count(f"  {trial} undecided") == shown
    kept = answers(home, name)
    if trial == ILLNESS:
        assert kept["prior_therapies"] == [{"agent": "pem", "last_dose": "ongoing"}]
    else:
        assert kept["understands_investigational"] == "yes"


def test_the_board_names_what_rules_a_trial_out(held: dict[str, Ran]) -> None:
    err = held["board of what is ruled out"].err
    assert f"  {TALK} no match\n      x INC-1 Requirement 1\n" in err
    assert "still needs" not in err


def test_ten_answers_in_a_row_can_be_taken_back_and_given_anew(held: dict[str, Ran], home: Path) -> None:
    written = events(home / "ten back.jsonl")[1:]
    assert [event["event"] for event in written] == ["answer"] * 11 + ["back"] * 10 + ["skip"] * 10 + ["answer"]
    assert answers(home, "ten back") == dict(zip(SIGNS, ["yes", *["dont_know"] * 10, "no"], strict=True))
    assert held["ten back"].err.count("What of Sign 2?") == 2  # at first, and when all ten were taken back
    assert f"{SIGNED}  no match" in held["ten back"].out


def test_going_back_works_on_what_was_answered_before_the_session_was_left(later: dict[str, Ran], home: Path) -> None:
    assert "Going on from left after going back.jsonl: 1 answer so far." in later["left after going back"].err
    assert answers(home, "left after going back") == {"age": "62", "understands_investigational": "yes"}
    assert [event["event"] for event in events(home / "left after going back.jsonl")].count("back") == 2


# ---------------------------------------------------------------- the offer to stop


def test_when_all_verdicts_are_settled_the_interview_offers_to_stop(held: dict[str, Ran], home: Path) -> None:
    assert "Every verdict is settled: no answer that is still missing could change one." in held["stop"].err
    assert "+ go on: 1 answer is still missing and would complete the picture" in one_line(held["stop"].err)
    assert (held["stop"].code, answers(home, "stop")) == (0, {"age": "17"})


def test_going_back_from_the_offer_asks_the_last_question_again(held: dict[str, Ran], home: Path) -> None:
    assert held["back from the offer"].err.count("What of Age?") == 2
    assert answers(home, "back from the offer") == {"age": "61"}


def test_a_plus_asks_for_what_would_complete_the_picture_and_then_ends(held: dict[str, Ran], home: Path) -> None:
    assert answers(home, "more") == {"age": "17", "understands_investigational": "yes"}
    assert held["more"].err.count("Every verdict is settled") == 1
    assert (held["more"].code, f"{TALK}  no match" in held["more"].out) == (0, True)


def test_where_nothing_is_missing_no_more_is_offered(held: dict[str, Ran]) -> None:
    assert "Every verdict is settled" in held["nothing more"].err
    assert "go on" not in held["nothing more"].err
    assert held["nothing more"].code == 0


# ---------------------------------------------------------------- files beside the interview


@pytest.mark.parametrize(("name", "begins"), PAGES)
def test_the_hand_out_is_written_for_its_reader_alone(
    later: dict[str, Ran], home: Path, name: str, begins: str
) -> None:
    text = (home / name).read_text(encoding="utf-8")
    assert (later[name].code, stat.S_IMODE((home / name).stat().st_mode)) == (0, 0o600)
    assert text.lower().startswith(begins)
    assert TALK in text


def test_a_session_in_a_folder_that_all_can_list_is_cautioned_about_and_goes_on(
    later: dict[str, Ran], home: Path
) -> None:
    assert "Anyone on this machine can list the folder shared." in one_line(later["shared"].err)
    assert "Anyone on this machine" not in later["own"].err
    assert (later["shared"].code, later["own"].code) == (0, 0)
    assert stat.S_IMODE((home / "shared" / "s.jsonl").stat().st_mode) == 0o600
    assert answers(home, "shared/s") == {"age": "61", "understands_investigational": "yes"}


@pytest.mark.parametrize("number", range(len(SCRIPTS)))
def test_an_error_names_the_line_of_a_script_and_never_its_value(later: dict[str, Ran], number: int) -> None:
    ran = later[f"script {number}"]
    assert (ran.code, ran.out) == (65, "")
    assert f"Error: script {number}.txt:{SCRIPTS[number][1]}: " in ran.err
    assert not re.search("98765|Xanthippe|2098", ran.err)
