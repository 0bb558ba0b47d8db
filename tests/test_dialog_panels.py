"""What people can do at the prompts of an interview where one report answers several questions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from screener.model import Number
from tests.program import Call, Program, Ran
from tests.talks import FITS, REPORT, converse, interview, last, one_line, patient, write_criteria
from tests.test_interview import answers, events, lines

if TYPE_CHECKING:
    from pathlib import Path

SPOKEN: dict[str, tuple[str, list[str]]] = {  # what is typed into interviews, each for one trial
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
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("panels")


@pytest.fixture(scope="module")
def program(home: Path) -> Program:
    return Program(home, write_criteria(home / "criteria"))


@pytest.fixture(scope="module")
def held(program: Program) -> dict[str, Ran]:
    return converse(program, SPOKEN)


@pytest.fixture(scope="module")
def later(held: dict[str, Ran], program: Program) -> dict[str, Ran]:
    """What is done with the files of the interviews."""
    assert held
    calls = {"screen panel one by one": Call(["screen", "panel one by one.yaml", "-t", REPORT])}
    for name in ("left in a panel", "left in a panel after a skip"):
        calls[name] = Call(interview(name, REPORT), lines("2026-11-10", "12.5", "28", "40"))
    return program.run_all(calls)


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


def test_a_refused_value_is_never_repeated(held: dict[str, Ran]) -> None:
    for name in ("bad part", "implausible", "date not known", "day to come"):
        assert not re.search(r"98765|2027-01-05", held[name].err)
