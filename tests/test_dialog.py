"""What people can do at the prompts of an interview, and one whole interview at a plain terminal."""

from __future__ import annotations

import json
import re
import stat
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from screener.catalog import criteria_folder, load_dictionary
from screener.model import Number, Treatments
from screener.patient import compile_patient
from screener.source import load
from tests.program import Call, Program, Ran
from tests.rule_text import TODAY
from tests.test_interview import BESIDE, Terminal, answers, events, lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from screener.model import Patient

SIGNS = [f"sign_{number}" for number in range(1, 13)]
ASKED = {"why": "It matters.", "where": "Chart.", "who": ["chart"], "burden": "ask", "source": "made up for tests"}
FACTS: dict[str, dict[str, Any]] = {
    "age": {"name": "Age", "type": "quantity", "units": {"years": 1}, "range": [0, 120]},
    "extent": {
        "name": "Extent",
        "type": "choice",
        "choices": {"local": {"means": "In one place"}, "advanced": {"means": "Spread to distant places"}},
    },
    "tumor_type": {"name": "Tumor type", "type": "tumor_type"},
    "prior_therapies": {"name": "Earlier treatment", "type": "therapies"},
    "platelets": {"name": "Platelets", "type": "quantity", "units": {"K/uL": 1}, "range": [0, 3000]},
    "hemoglobin": {
        "name": "Hemoglobin",
        "type": "quantity",
        "units": {"g/dL": 1},
        "range": [1, 25],
        "aliases": ["hgb"],
    },
    "ast": {"name": "AST", "type": "quantity", "units": {"U/L": 1}, "range": [0, 10000], "limits": True},
    "understands_investigational": {"name": "Understanding", "type": "boolean"},
    **{sign: {"name": f"Sign {sign[5:]}", "type": "boolean"} for sign in SIGNS},
}
DICTIONARY = {
    "panels": {"report": {"name": "Blood report", "dated": True, "facts": ["platelets", "hemoglobin", "ast"]}},
    "facts": {name: {"question": f"What of {fact['name']}?", **fact, **ASKED} for name, fact in FACTS.items()},
}
TUMOR_TYPES = """\
code\tname\tparent\tnci
TISSUE\tTissue\t\t
PLMESO\tPleural Mesothelioma\tTISSUE\t
PLBMESO\tPleural Mesothelioma, Biphasic Type\tPLMESO\t
PEMESO\tPeritoneal Mesothelioma\tTISSUE\t
TMESO\tTesticular Mesothelioma\tTISSUE\t
"""
CLASSES = {"chemotherapy": {"name": "Chemotherapy"}, "checkpoint_inhibitor": {"name": "Checkpoint inhibitor"}}
AGENTS = {
    "cisplatin": {"classes": ["chemotherapy"]},
    "nivolumab": {"classes": ["checkpoint_inhibitor"], "aliases": ["Opdivo"]},
    "pembrolizumab": {"classes": ["checkpoint_inhibitor"], "aliases": ["Keytruda"]},
    "pemetrexed": {"classes": ["chemotherapy"], "aliases": ["Alimta"]},
}
REPORT, ILLNESS, TALK, SIGNED = "NCT00000001", "NCT00000002", "NCT00000003", "NCT00000004"
RULES = {
    REPORT: ["platelets >= 100 K/uL", "hemoglobin >= 9 g/dL", "ast <= 2.5 ULN"],
    ILLNESS: [
        "extent is advanced",
        "tumor_type in {PLMESO, PEMESO, TMESO}",
        "days from last(checkpoint_inhibitor) to screening >= 42",
    ],
    TALK: ["age >= 18", "age >= 19", "age >= 20", "age >= 21", "age <= 90", "understands_investigational"],
    SIGNED: SIGNS,
}
REGISTRY = {
    "as_of": "2026-01-02",
    "eligibility_sha256": "pending",
    "abbreviated": False,
    "status": "recruiting",
    "status_as_of": "2026-01-02",
    "status_source": "made up for tests",
}
POINTS = [
    {
        "id": name,
        "say": f"Say what is {name}.",
        "ask": f"What is {name}?",
        "listen_for": f"That it is {name}.",
        "source": "made up for tests",
    }
    for name in ("new", "open")
]
FITS = [*("2026-11-10", "180", "12.5", "28", "40")]  # the report's date and all that the first trial asks


def criterion(number: int, rule: str) -> dict[str, Any]:
    return {
        "id": f"INC-{number}",
        "text": f"Requirement {number}",
        "source": {"section": "inclusion", "item": str(number)},
        "factor": "other",
        "include": rule,
    }


def write_criteria(folder: Path) -> Path:
    """A criteria folder with a panel, a choice, a teach-back and four trials; JSON is YAML."""
    for name in ("trials", "vocabulary"):
        (folder / name).mkdir(parents=True)
    source = {"source": "made up for tests"}
    for name, content in (
        ("facts", DICTIONARY),
        ("teach_back", {"points": POINTS}),
        ("vocabulary/tumor_types", source),
        ("vocabulary/therapies", {"classes": CLASSES, "agents": AGENTS, **source}),
    ):
        (folder / f"{name}.yaml").write_text(json.dumps(content), encoding="utf-8")
    (folder / "vocabulary" / "oncotree.tsv").write_text(TUMOR_TYPES, encoding="utf-8")
    for trial, rules in RULES.items():
        criteria = [criterion(number, rule) for number, rule in enumerate(rules, start=1)]
        text = {"trial": trial, "title": "Made up for tests", "registry": REGISTRY, "criteria": criteria}
        (folder / "trials" / f"{trial}.yaml").write_text(json.dumps(text), encoding="utf-8")
    return folder


TALKED = ["61", "it is new", "yes", "it is open", "yes", "jd"]
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
    "panel one by one": (REPORT, FITS),
    "panel in one line": (REPORT, ["2026-11-10", "180; hgb 12.5 g/dL; ast 28 U/L, ULN 40"]),
    "bad part": (REPORT, ["2026-11-10", "platelets 180; hgb 98765; ast 28 U/L, ULN 40", "12.5", "."]),
    "part without a name": (REPORT, ["2026-11-10", "180; 12.5; 28", "."]),
    "doubled result": (REPORT, ["2026-11-10", "180; platelets 99; hgb 12.5", "."]),
    "one line without a limit": (REPORT, ["2026-11-10", "180; hgb 12.5 g/dL; ast 28", "40"]),
    "date not known": (REPORT, ["", "98765", *FITS[1:]]),
    "day to come": (REPORT, ["2027-01-05", *FITS]),
    "skips of a panel": (REPORT, ["2026-11-10", "-", "--", "---"]),
    "left in a panel": (REPORT, ["2026-11-10", "180", "."]),
    "left in a panel after a skip": (REPORT, ["2026-11-10", "-", "."]),
    "back in a panel": (REPORT, ["2026-11-10", "180", "12.5", "<", "<", "2026-11-12", "190", "13", "28", "40"]),
    "limit left out": (REPORT, ["2026-11-10", "180", "12.5", "28", "-"]),
    "implausible": (REPORT, ["2026-11-10", "98765", "180", "."]),
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
    "talked": (TALK, TALKED),
    "talked without initials": (TALK, [*TALKED[:-1], "j", "J.D.", "12", "jd"]),
    "not understood": (TALK, ["61", "it is new", "yes", "no idea", "no", "JD"]),
    "not talked": (TALK, ["61", "it is new", "yes", "-"]),
    "plain yes": (TALK, ["61", "yes"]),
    "plain no": (TALK, ["61", "no"]),
    "plain y": (TALK, ["61", "y"]),
    "back in the talk": (TALK, ["61", "it is new", "no", "<", "it is quite new", "yes", *TALKED[3:]]),
    "back out of the talk": (TALK, ["61", "<", "62", *TALKED[1:]]),
    "back from the initials": (TALK, [*TALKED[:-1], "<", "it is quite open", "yes", "jd"]),
    "back from the hearing": (TALK, ["61", "it is", "<", *TALKED[1:]]),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dialog")


@pytest.fixture(scope="module")
def program(home: Path) -> Program:
    return Program(home, write_criteria(home / "criteria"))


def interview(name: str, trial: str, *words: str) -> list[str]:
    return ["interview", "-t", trial, "--session", f"{name}.jsonl", "-o", f"{name}.yaml", *words, *BESIDE]


@pytest.fixture(scope="module")
def held(program: Program) -> dict[str, Ran]:
    """The interviews, each with a session and a patient file of its name."""
    return program.run_all(
        {name: Call(interview(name, trial), lines(*typed)) for name, (trial, typed) in SPOKEN.items()}
    )


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
def later(held: dict[str, Ran], home: Path, program: Program) -> dict[str, Ran]:
    """What is done with the files of the interviews, and some more interviews."""
    assert held
    calls: dict[str, Call] = {}
    for name, trial in (("panel one by one", REPORT), ("talked", TALK)):
        calls[f"screen {name}"] = Call(["screen", f"{name}.yaml", "-t", trial])
    for name in ("left in a panel", "left in a panel after a skip"):
        calls[name] = Call(interview(name, REPORT), lines("2026-11-10", "12.5", "28", "40"))
    calls["left after going back"] = Call(interview("left after going back", TALK), lines("<", "62", "yes"))
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


def last(home: Path, name: str, fact: str) -> dict[str, Any]:
    """The event with the answer to a fact, without its kind."""
    found = [event for event in events(home / f"{name}.jsonl") if event.get("fact") == fact]
    return {key: value for key, value in found[-1].items() if key not in {"event", "fact"}}


def patient(home: Path, name: str) -> Patient:
    """The patient file that an interview wrote."""
    return compile_patient(load(home / f"{name}.yaml"), load_dictionary(home / "criteria"), today=TODAY)


def one_line(text: str) -> str:
    return " ".join(text.split())


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


# ---------------------------------------------------------------- one report, entered in one go


def test_the_header_of_a_panel_names_all_results_that_are_wanted(held: dict[str, Ran]) -> None:
    assert held["panel one by one"].err.count("Blood report: Platelets; Hemoglobin; AST") == 1


@pytest.mark.parametrize("name", ["panel one by one", "panel in one line"])
def test_the_date_of_a_report_is_asked_once_and_kept_with_each_result(
    held: dict[str, Ran], home: Path, name: str
) -> None:
    assert held[name].err.count("date of the report") == 1
    assert [event["tested"] for event in events(home / f"{name}.jsonl")[1:]] == ["2026-11-10"] * 3
    assert (held[name].code, f"{REPORT}  match" in held[name].out) == (0, True)


def test_several_results_may_stand_in_one_line(held: dict[str, Ran], home: Path) -> None:
    assert answers(home, "panel in one line") == {
        "platelets": "180",
        "hemoglobin": "12.5 g/dL",
        "ast": "28 U/L, ULN 40",
    }
    assert held["panel in one line"].out.replace("in one line", "one by one") == held["panel one by one"].out


def test_the_date_of_a_report_stands_in_the_patient_file(
    held: dict[str, Ran], later: dict[str, Ran], home: Path
) -> None:
    for fact in ("platelets", "hemoglobin", "ast"):
        value = patient(home, "panel one by one").get(fact)
        assert isinstance(value, Number)
        assert str(value.tested) == "2026-11-10"
    assert later["screen panel one by one"] == Ran(0, held["panel one by one"].out, "")


def test_a_part_that_cannot_be_read_is_refused_by_its_own_name(held: dict[str, Ran]) -> None:
    assert "Hemoglobin lies outside the plausible range, 1 to 25 g/dL" in one_line(held["bad part"].err)
    assert "98765" not in held["bad part"].err


def test_the_parts_before_one_that_cannot_be_read_are_kept_and_that_one_is_asked_next(
    held: dict[str, Ran], home: Path
) -> None:
    assert held["bad part"].code == 3
    assert answers(home, "bad part") == {"platelets": "180", "hemoglobin": "12.5"}
    assert last(home, "bad part", "platelets")["tested"] == "2026-11-10"
    assert len(events(home / "bad part.jsonl")) == 3  # nothing was answered twice


def test_a_part_without_a_name_is_only_the_first(held: dict[str, Ran], home: Path) -> None:
    assert "a part of this line names no result of the report" in held["part without a name"].err
    assert answers(home, "part without a name").keys() <= {"platelets"}  # the others are not guessed by their order


def test_a_result_that_stands_twice_in_a_line_is_said(held: dict[str, Ran]) -> None:
    assert "twice" in held["doubled result"].err


def test_a_limit_that_is_wanted_is_asked_for_after_one_line_of_several_results_too(
    held: dict[str, Ran], home: Path
) -> None:
    assert last(home, "one line without a limit", "ast") == {"raw": "28", "uln": "40", "tested": "2026-11-10"}
    assert f"{REPORT}  match" in held["one line without a limit"].out


def test_the_date_of_a_report_may_be_unknown_and_is_not_asked_again(held: dict[str, Ran], home: Path) -> None:
    assert answers(home, "date not known") == {"platelets": "180", "hemoglobin": "12.5", "ast": "28"}
    assert "tested" not in last(home, "date not known", "platelets")
    assert held["date not known"].err.count("date of the report") == 1


def test_a_report_of_a_day_to_come_is_refused(held: dict[str, Ran], home: Path) -> None:
    assert "this is not one day that has come" in held["day to come"].err
    assert last(home, "day to come", "platelets")["tested"] == "2026-11-10"


def test_results_of_a_report_may_be_unknown_not_done_or_declined(held: dict[str, Ran], home: Path) -> None:
    reasons = {"platelets": "dont_know", "hemoglobin": "not_done", "ast": "declined"}
    assert held["skips of a panel"].code == 0
    assert answers(home, "skips of a panel") == reasons
    written = (home / "skips of a panel.yaml").read_text(encoding="utf-8")
    assert re.findall(r"^  (\w+): \{missing: (\w+)\}$", written, re.MULTILINE) == list(reasons.items())


@pytest.mark.parametrize("name", ["left in a panel", "left in a panel after a skip"])
def test_a_report_that_was_left_goes_on_with_its_date(
    held: dict[str, Ran], later: dict[str, Ran], home: Path, name: str
) -> None:
    assert (held[name].code, later[name].code) == (3, 0)
    assert last(home, name, "hemoglobin") == {"raw": "12.5", "tested": "2026-11-10"}
    assert last(home, name, "ast") == {"raw": "28", "uln": "40", "tested": "2026-11-10"}


def test_the_date_of_a_report_that_stands_in_the_session_is_not_asked_again(later: dict[str, Ran]) -> None:
    assert "Going on from left in a panel.jsonl: 1 answer so far." in later["left in a panel"].err
    assert "date of the report" not in later["left in a panel"].err


def test_going_back_to_the_first_result_asks_for_the_date_anew(held: dict[str, Ran], home: Path) -> None:
    assert held["back in a panel"].code == 0
    assert answers(home, "back in a panel") == {"platelets": "190", "hemoglobin": "13", "ast": "28"}
    assert {last(home, "back in a panel", fact)["tested"] for fact in ("platelets", "ast")} == {"2026-11-12"}


def test_a_limit_that_is_not_printed_leaves_the_value_and_the_comparison_unknown(
    held: dict[str, Ran], home: Path
) -> None:
    assert last(home, "limit left out", "ast") == {"raw": "28", "tested": "2026-11-10"}
    assert f"{REPORT}  undecided" in held["limit left out"].out


def test_an_implausible_result_is_asked_again_with_the_reason(held: dict[str, Ran], home: Path) -> None:
    assert "Platelets lies outside the plausible range, 0 to 3000 K/uL" in one_line(held["implausible"].err)
    assert "98765" not in held["implausible"].err
    assert answers(home, "implausible") == {"platelets": "180"}


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


def test_a_refused_value_is_never_repeated(held: dict[str, Ran]) -> None:
    for name in ("bad part", "implausible", "date not known", "day to come"):
        assert not re.search(r"98765|2027-01-05", held[name].err)


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


# ---------------------------------------------------------------- the teach-back


def test_each_point_is_said_and_asked_back(held: dict[str, Ran]) -> None:
    err = one_line(held["talked"].err)
    assert "Teach-back in 2 points" in err
    for number, point in enumerate(POINTS, start=1):
        said = f"{number}/2 Say: {point['say']} Ask: {point['ask']} Listen for: {point['listen_for']}"
        assert err.count(said) == 1


RETOLD = [
    {"point": "new", "words": "it is new", "understood": True},
    {"point": "open", "words": "it is open", "understood": True},
]


@pytest.mark.parametrize("name", ["talked", "talked without initials"])
def test_the_words_of_the_patient_are_kept_with_the_initials_of_the_navigator(
    held: dict[str, Ran], home: Path, name: str
) -> None:
    told = {"initials": "JD", "points": RETOLD}
    assert last(home, name, "understands_investigational") == {"raw": "yes", "teach_back": told}
    assert (held[name].code, f"{TALK}  match" in held[name].out) == (0, True)
    assert held[name].err.count("two to four letters") == SPOKEN[name][1].index("jd") - 5


def test_the_teach_back_stands_in_the_patient_file(held: dict[str, Ran], later: dict[str, Ran], home: Path) -> None:
    read = patient(home, "talked").teach_back
    assert read is not None
    assert (read.initials, read.answer) == ("JD", "yes")
    assert [(item.point, item.words) for item in read.retold] == [("new", "it is new"), ("open", "it is open")]
    assert later["screen talked"] == Ran(0, held["talked"].out, "")


def test_one_point_that_was_not_understood_is_a_no(held: dict[str, Ran], home: Path) -> None:
    told = last(home, "not understood", "understands_investigational")
    assert (told["raw"], [point["understood"] for point in told["teach_back"]["points"]]) == ("no", [True, False])
    assert f"{TALK}  no match" in held["not understood"].out


def test_a_teach_back_that_is_skipped_leaves_the_answer_unknown(held: dict[str, Ran], home: Path) -> None:
    assert last(home, "not talked", "understands_investigational") == {"reason": "dont_know"}
    assert (held["not talked"].code, f"{TALK}  undecided" in held["not talked"].out) == (0, True)


@pytest.mark.parametrize(
    ("name", "answer", "verdict"),
    [("plain yes", "yes", "match"), ("plain y", "yes", "match"), ("plain no", "no", "no match")],
)
def test_a_pipe_may_answer_a_teach_back_plainly(
    held: dict[str, Ran], home: Path, name: str, answer: str, verdict: str
) -> None:
    assert last(home, name, "understands_investigational") == {"raw": answer}
    assert f"{TALK}  {verdict}" in held[name].out


def test_going_back_in_a_teach_back_asks_the_point_before_again(held: dict[str, Ran], home: Path) -> None:
    told = last(home, "back in the talk", "understands_investigational")
    assert [point["words"] for point in told["teach_back"]["points"]] == ["it is quite new", "it is open"]
    assert told["raw"] == "yes"
    assert held["back in the talk"].err.count("Say what is new.") == 2
    assert answers(home, "back in the talk")["age"] == "61"


def test_going_back_from_the_first_point_asks_the_question_before_it(held: dict[str, Ran], home: Path) -> None:
    assert held["back out of the talk"].err.count("What of Age?") == 2
    assert answers(home, "back out of the talk") == {"age": "62", "understands_investigational": "yes"}


def test_going_back_from_the_initials_asks_the_last_point_again(held: dict[str, Ran], home: Path) -> None:
    told = last(home, "back from the initials", "understands_investigational")
    assert [point["words"] for point in told["teach_back"]["points"]] == ["it is new", "it is quite open"]
    assert answers(home, "back from the initials")["age"] == "61"
    assert held["back from the initials"].code == 0


def test_going_back_from_whether_a_point_was_understood_asks_for_its_words_again(
    held: dict[str, Ran], home: Path
) -> None:
    told = last(home, "back from the hearing", "understands_investigational")
    assert [point["words"] for point in told["teach_back"]["points"]] == ["it is new", "it is open"]
    assert held["back from the hearing"].err.count("What of Age?") == 1


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


# ---------------------------------------------------------------- a terminal of 80 columns and 24 lines

TRIAL = "NCT05568680"  # as it ships
TOLD = {
    "age": "61",
    "tumor_type": "pleural mesothelioma",
    "histology": "epithelioid",
    "stage_extent": "unresectable",
    "pathology_confirmed": "yes",
    "measurable_disease": "yes",
    "ecog": "1",
    "prior_systemic_lines": "2",
    "prior_gene_engineered_t_cells": "no",
    "hematologic_malignancy": "none",
    "second_malignancy": "none",
    "autoimmune_disease": "none",
    "immunodeficiency": "no",
    "hiv": "negative",
    "hbv": "negative",
    "hcv": "negative",
}
KILLED_AFTER = (3, 7, 12)


@pytest.fixture(scope="module")
def questions() -> dict[str, str]:
    """The fact that each question asks for."""
    facts = load_dictionary(criteria_folder()).facts.values()
    return {one_line(fact.question): fact.id for fact in facts}


def fact_of(said: str, questions: Mapping[str, str]) -> str | None:
    text = one_line(said)
    found = [fact for question, fact in questions.items() if question in text]
    return found[0] if found else None


def hold(terminal: Terminal, questions: Mapping[str, str], keys: tuple[str, ...] = ()) -> Iterator[str]:
    """Answer question after question, each after these keys, and give the fact that is asked for before answering."""
    while (said := terminal.await_prompt()) is not None:
        fact = fact_of(said, questions)
        if fact is None:
            assert "Every verdict is settled" in said
            terminal.process.sendline("")
            continue
        yield fact
        for key in keys:
            terminal.process.sendline(key)
            assert terminal.await_prompt()
        terminal.process.sendline(TOLD.get(fact, "-"))


def at_terminal(folder: Path) -> Terminal:
    words = ("interview", "-t", TRIAL, "--session", "s.jsonl", "-o", "s.yaml", *BESIDE)
    return Terminal(folder, *words, criteria=None)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, questions: dict[str, str]) -> tuple[Path, Terminal]:
    """A whole interview, with the help and the board at every question, and the folder of its files."""
    folder = tmp_path_factory.mktemp("whole")
    terminal = at_terminal(folder)
    asked = list(hold(terminal, questions, ("?", "!")))
    assert terminal.end() == 0
    assert len(asked) == len(set(asked)) == len(answers(folder, "s"))
    return folder, terminal


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory, questions: dict[str, str]) -> tuple[Path, Terminal]:
    """The same interview, killed after some answers and gone on with each time, and its last part."""
    folder = tmp_path_factory.mktemp("killed")
    kept, pending = b"", ""
    for number in KILLED_AFTER:
        terminal = at_terminal(folder)
        for fact in hold(terminal, questions):
            assert pending in {"", fact}  # the question that was open is asked again
            pending = ""
            if len(events(folder / "s.jsonl")) == number + 1:
                pending = fact
                terminal.process.kill(9)
                terminal.process.expect(pexpect.EOF)
                break
        left = (folder / "s.jsonl").read_bytes()
        assert left.startswith(kept)
        kept = left
        assert kept.count(b"\n") == number + 1
    terminal = at_terminal(folder)
    assert next(iter(hold(terminal, questions))) == pending
    terminal.process.sendline(TOLD[pending])
    list(hold(terminal, questions))
    assert terminal.end() == 0
    return folder, terminal


def test_a_whole_interview_fits_into_80_columns_without_escape_sequences(whole: tuple[Path, Terminal]) -> None:
    _, terminal = whole
    assert TRIAL in terminal.shown
    assert "\x1b" not in terminal.shown
    assert [line for line in terminal.shown.splitlines() if len(line) > 80] == []


def test_help_and_board_answer_at_every_question(whole: tuple[Path, Terminal], questions: dict[str, str]) -> None:
    folder, terminal = whole
    asked = len(answers(folder, "s"))
    assert len(re.findall(r"^  Why: ", terminal.shown, re.MULTILINE)) == asked
    assert len(re.findall(rf"^  {TRIAL} undecided", terminal.shown, re.MULTILINE)) == asked
    assert set(answers(folder, "s")) <= set(questions.values())


def test_the_patient_file_of_a_whole_interview_gives_the_same_result(whole: tuple[Path, Terminal]) -> None:
    folder, terminal = whole
    ran = Program(folder, variables={"COLUMNS": "80"}).run("screen", "s.yaml", "-t", TRIAL)
    assert (ran.code, ran.err) == (0, "")
    assert f"{TRIAL}  match" in ran.out
    assert ran.out in terminal.shown.replace("\r\n", "\n")


def test_a_kill_after_any_answer_loses_nothing(whole: tuple[Path, Terminal], killed: tuple[Path, Terminal]) -> None:
    assert answers(killed[0], "s") == answers(whole[0], "s")
    assert list(answers(killed[0], "s")) == list(answers(whole[0], "s"))  # in the same order
    assert f"Going on from s.jsonl: {KILLED_AFTER[-1]} answers so far." in killed[1].shown
    result = killed[1].shown[killed[1].shown.index("Patient s, screened as of") :]
    assert result in whole[1].shown


def test_a_person_at_a_terminal_types_words_not_a_plain_yes_into_a_teach_back(program: Program, home: Path) -> None:
    terminal = Terminal(home, *interview("at the terminal", TALK), criteria=program.criteria)
    for asked, typed in (
        ("What of Age?", "61"),
        ("Say what is new.", "yes"),
        ("Write what the patient said, in the patient's words.", "it is new"),
        ("understood? yes or no", "yes"),
        ("Say what is open.", "it is open"),
        ("understood? yes or no", "yes"),
        ("initials of the navigator", "jd"),
        ("Every verdict is settled", ""),
    ):
        said = terminal.await_prompt()
        assert said is not None
        assert asked in one_line(said)
        terminal.process.sendline(typed)
    assert terminal.end() == 0
    assert answers(home, "at the terminal")["understands_investigational"] == "yes"
    assert all(len(line) <= 80 for line in terminal.shown.splitlines())
