"""The case that the program was asked for: one man with pleural mesothelioma, whose verdicts are known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.program import EXAMPLE, Program, changed

if TYPE_CHECKING:
    from pathlib import Path

TRIAL = "NCT04577326"
PATIENT = EXAMPLE.read_text(encoding="utf-8")
PERCENT = "  mesothelin_percent: 60 %\n"
LAST_NIVOLUMAB = "last_dose: 2026-10-25"
HTLV = "htlv: {missing: not_done}"

VARIANTS = {
    "as he is": (PATIENT, "2026-11-22"),
    "eight days earlier": (PATIENT, "2026-11-14"),
    "the day before the wait is over": (PATIENT, "2026-12-05"),
    "the day on which the wait is over": (PATIENT, "2026-12-06"),
    "sarcomatoid": (changed(PATIENT, ("histology: epithelioid", "histology: sarcomatoid")), "2026-11-22"),
    "without mesothelin": (changed(PATIENT, (PERCENT, "")), "2026-11-22"),
    "without mesothelin, wait over": (
        changed(PATIENT, (PERCENT, ""), (LAST_NIVOLUMAB, "last_dose: 2026-10-11"), (HTLV, "htlv: negative")),
        "2026-11-22",
    ),
    "with mesothelin, wait over": (
        changed(PATIENT, (LAST_NIVOLUMAB, "last_dose: 2026-10-11"), (HTLV, "htlv: negative")),
        "2026-11-22",
    ),
    "kidneys judged by clearance alone": (
        changed(
            PATIENT, ("creatinine: {value: 1.1 mg/dL, uln: 1.2 mg/dL, date", "creatinine: {value: 1.1 mg/dL, date")
        ),
        "2026-11-22",
    ),
}


@pytest.fixture(scope="module")
def screened(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Each variant's trial as `screen -f json` gives it."""
    program = Program(tmp_path_factory.mktemp("real"))
    calls = {}
    for number, (name, (text, day)) in enumerate(VARIANTS.items()):
        path = program.write(f"{number}.yaml", text)
        calls[name] = ["screen", path, "-t", TRIAL, "-f", "json", "--as-of", day]
    found = {}
    for name, ran in program.run_all(calls).items():
        [trial] = json.loads(ran.out)["trials"]
        assert trial["trial"] == TRIAL
        found[name] = trial
    return found


def criterion(trial: dict[str, Any], wanted: str) -> dict[str, Any]:
    [found] = [item for item in trial["criteria"] if item["id"] == wanted]
    return dict(found)


def outcomes(trial: dict[str, Any], outcome: str) -> list[str]:
    return [item["id"] for item in trial["criteria"] if item["outcome"] == outcome]


def test_he_must_wait_and_the_first_day_and_its_arithmetic_are_given(screened: dict[str, dict[str, Any]]) -> None:
    trial = screened["as he is"]
    assert (trial["verdict"], trial["eligible_from"]) == ("not yet", "2026-12-06")
    assert outcomes(trial, "not met") == ["INC-7.1b"]
    why = criterion(trial, "INC-7.1b")["why"]
    assert "nivolumab 2026-10-25 + 42 days = 2026-12-06" in why
    assert "infusion has no planned date, judged on 2026-11-22" in why
    assert criterion(trial, "INC-7.1b")["met_from"] == "2026-12-06"


def test_eight_days_earlier_neither_checkpoint_wait_is_over(screened: dict[str, dict[str, Any]]) -> None:
    trial = screened["eight days earlier"]
    assert (trial["verdict"], trial["eligible_from"]) == ("not yet", "2026-12-06")
    assert outcomes(trial, "not met") == ["INC-6a", "INC-7.1b"]
    assert "nivolumab 2026-10-25 + 21 days = 2026-11-15" in criterion(trial, "INC-6a")["why"]
    assert criterion(trial, "INC-6a")["gate"] == "leukapheresis"
    assert criterion(trial, "INC-7.1b")["gate"] == "infusion"


def test_the_wait_is_over_on_the_day_named_and_not_a_day_before(screened: dict[str, dict[str, Any]]) -> None:
    assert screened["the day before the wait is over"]["verdict"] == "not yet"
    over = screened["the day on which the wait is over"]
    assert criterion(over, "INC-7.1b")["outcome"] == "met"
    assert over["verdict"] == "undecided"  # the HTLV test is not done
    assert over["missing_facts"] == ["htlv"]


def test_a_sarcomatoid_tumor_is_no_match_and_only_the_histology_has_changed(
    screened: dict[str, dict[str, Any]],
) -> None:
    trial = screened["sarcomatoid"]
    assert (trial["verdict"], trial["eligible_from"]) == ("no match", None)
    assert outcomes(trial, "not met") == ["INC-3.1a", "INC-7.1b"]
    assert "sarcomatoid" in criterion(trial, "INC-3.1a")["why"]


def test_a_missing_mesothelin_result_is_named_and_he_must_still_wait(screened: dict[str, dict[str, Any]]) -> None:
    trial = screened["without mesothelin"]
    assert (trial["verdict"], trial["eligible_from"]) == ("not yet", "2026-12-06")
    assert "mesothelin_percent" in trial["missing_facts"]
    assert criterion(trial, "INC-3.1b")["outcome"] == "unknown"


def test_a_missing_mesothelin_result_never_passes(screened: dict[str, dict[str, Any]]) -> None:
    trial = screened["without mesothelin, wait over"]
    assert trial["verdict"] == "undecided"
    assert trial["missing_facts"] == ["mesothelin_percent"]
    assert screened["with mesothelin, wait over"]["verdict"] == "match"


def test_the_creatinine_clearance_is_derived_and_says_so(screened: dict[str, dict[str, Any]]) -> None:
    trial = screened["kidneys judged by clearance alone"]
    found = criterion(trial, "INC-12c")
    assert found["outcome"] == "met"
    # (140 - 61) x 78 / (72 x 1.1) = 77.8
    assert "by Cockcroft-Gault from age 61 years, weight 78 kg, creatinine 1.1 mg/dL, male: 77.8 mL/min" in found["why"]


def test_what_only_the_trial_team_can_judge_is_listed_and_never_met(screened: dict[str, dict[str, Any]]) -> None:
    for trial in screened.values():
        assert trial["manual"] == ["EXC-13b", "EXC-14", "EXC-15"]
        assert not {"EXC-13b", "EXC-14", "EXC-15"} & set(outcomes(trial, "met"))


def test_the_example_is_the_patient_of_the_request() -> None:
    for line in (
        "age: 61",
        "sex: male",
        "ecog: 1",
        "kps: 80",
        "histology: epithelioid",
        "mesothelin_percent: 60 %",
        "mesothelin_intensity: 2",
        "platelets: {value: 180 K/uL,",
        "creatinine: {value: 1.1 mg/dL,",
        "weight: 78 kg",
        "lvef: 58 %",
        "spo2_room_air: 95 %",
        "distance_to_site: 90 mi",
        "caregiver: yes",
        "{agent: cisplatin, start: 2026-06-15, last_dose: 2026-09-20}",  # nine weeks before 2026-11-22
        "{agent: pemetrexed, start: 2026-06-15, last_dose: 2026-09-20}",
        "{agent: nivolumab, start: 2026-10-11, last_dose: 2026-10-25}",  # four weeks before
    ):
        assert line in PATIENT


def test_an_earlier_day_of_screening_leaves_the_answers_of_the_file_as_they_are(tmp_path: Path) -> None:
    program = Program(tmp_path)
    ran = program.run("screen", str(EXAMPLE), "-t", "NCT04577326", "--as-of", "2026-11-01", "-f", "json")
    assert ran.code == 0
    outcomes = {item["id"]: item["outcome"] for item in json.loads(ran.out)["trials"][0]["criteria"]}
    assert (outcomes["INC-6a"], outcomes["INC-7.1b"], outcomes["INC-11b"]) == ("not met", "not met", "met")
