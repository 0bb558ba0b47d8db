"""Near misses: the one or two facts that stand between a patient and a trial."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from screener.catalog import criteria_folder, load_catalog
from screener.evaluate import Context, judge, screen_trial
from screener.model import Missing, Outcome, Patient, Verdict
from screener.model.derived import INPUTS, RECEIVED
from screener.obstacles import obstacles
from tests.rule_text import HEAD, criterion_text, patient_of, trial_of
from tests.test_invented import DAY, invented, read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screener.model import Fact, Trial, TrialResult

CATALOG = load_catalog(criteria_folder())
DICTIONARY = CATALOG.dictionary
HEART, SALTS, PLATELETS = "lvef >= 50 %", "albumin >= 3 g/dL", "platelets >= 100 K/uL"
POORLY = "lvef: 40 %\nalbumin: 2 g/dL\nplatelets: 50 K/uL"
TWO_COHORTS = 'cohorts:\n  - {id: "1", title: one}\n  - {id: "2", title: two}\ncriteria:\n'


def in_the_way(result: TrialResult, patient: Patient) -> tuple[Fact, ...]:
    found = obstacles(result, patient, DICTIONARY)
    return found.facts if found else ()


def including(*rules: str) -> Trial:
    """A trial of these inclusion criteria."""
    lines = (criterion_text(f"include: {rule}", name=f"INC-{number}") for number, rule in enumerate(rules, 1))
    return trial_of(DICTIONARY, *lines)


def screened(trial: Trial, facts: str) -> tuple[TrialResult, Patient]:
    patient = patient_of(DICTIONARY, facts)
    assert not patient.problems
    return screen_trial(trial, patient, DICTIONARY), patient


def between(trial: Trial, facts: str) -> set[str]:
    """The facts that stand between this patient and this trial."""
    return {fact.id for fact in in_the_way(*screened(trial, facts))}


def without(patient: Patient, facts: Iterable[str]) -> Patient:
    gone = set(facts)
    return replace(patient, facts={name: value for name, value in patient.facts.items() if name not in gone})


def test_nothing_stands_between_a_patient_and_an_open_trial() -> None:
    washout = including(PLATELETS, "days from last_live_vaccine to screening >= 30")
    verdicts = {
        "platelets: 180 K/uL\nlast_live_vaccine: never": Verdict.MATCH,
        "platelets: 180 K/uL\nlast_live_vaccine: 2026-11-20": Verdict.NOT_YET,
        "platelets: 180 K/uL": Verdict.UNDECIDED,
    }
    for facts, verdict in verdicts.items():
        assert screened(washout, facts)[0].verdict is verdict
        assert between(washout, facts) == set()


@pytest.mark.parametrize(
    ("rules", "facts"),
    [
        ((HEART,), {"lvef"}),
        ((HEART, "lvef >= 45 %"), {"lvef"}),
        ((HEART, PLATELETS), {"lvef", "platelets"}),
        ((f"{HEART} and {PLATELETS}",), {"lvef", "platelets"}),
        ((HEART, SALTS, PLATELETS), set()),
        ((HEART, SALTS, f"not {PLATELETS}"), {"lvef", "albumin"}),
    ],
)
def test_one_or_two_facts_are_near_and_three_are_not(rules: tuple[str, ...], facts: set[str]) -> None:
    assert between(including(*rules), POORLY) == facts


def test_a_scale_that_another_is_derived_from_stands_in_its_place() -> None:
    karnofsky = including("kps >= 80")
    assert between(karnofsky, "ecog: 3") == {"ecog"}
    assert between(karnofsky, "kps: 60") == {"kps"}
    assert between(karnofsky, "ecog: 3\nkps: 60") == {"ecog", "kps"}


def test_a_clearance_by_formula_rests_on_any_one_of_its_answers() -> None:
    frail = "age: 80\nsex: female\nweight: 50 kg\ncreatinine: 1.4 mg/dL"
    assert between(including("creatinine_clearance >= 60 mL/min"), frail) == {"creatinine"}
    assert [fact for fact in INPUTS["creatinine_clearance"] if DICTIONARY.facts[fact].recoverable] == ["creatinine"]


@pytest.mark.parametrize("rule", ["lvef < 50 % and platelets < 100 K/uL", "platelets < 100 K/uL and lvef < 50 %"])
def test_of_two_facts_that_would_do_the_one_that_may_change_is_named(rule: str) -> None:
    assert DICTIONARY.facts["platelets"].recoverable
    assert not DICTIONARY.facts["lvef"].recoverable
    assert between(including(f"not ({rule})"), POORLY) == {"platelets"}


def test_fewer_facts_come_before_facts_that_may_change() -> None:
    assert DICTIONARY.facts["albumin"].recoverable
    assert between(including(f"{HEART} or {PLATELETS} and {SALTS}"), POORLY) == {"lvef"}


def test_what_time_mends_is_no_obstacle() -> None:
    trial = including(PLATELETS, "days from last_live_vaccine to screening >= 30")
    result, patient = screened(trial, "platelets: 50 K/uL\nlast_live_vaccine: 2026-11-20")
    assert [fact.id for fact in in_the_way(result, patient)] == ["platelets"]
    assert screen_trial(trial, without(patient, ["platelets"]), DICTIONARY).verdict is Verdict.NOT_YET


def test_an_answer_that_says_why_there_is_none_is_no_obstacle() -> None:
    assert between(including(f"{HEART} and {PLATELETS}"), "lvef: 40 %\nplatelets: {missing: pending}") == {"lvef"}


def test_a_criterion_that_does_not_apply_is_no_obstacle_and_what_makes_it_apply_may_be_one() -> None:
    trial = trial_of(DICTIONARY, criterion_text("when: sex is female", "exclude: pregnant"))
    assert between(trial, "sex: male\npregnant: yes") == set()
    assert between(trial, "sex: female\npregnant: yes") == {"pregnant"}
    assert DICTIONARY.facts["pregnant"].recoverable
    assert not DICTIONARY.facts["sex"].recoverable


CELLS = "prior_therapies: [{agent: icasp9m28z, last_dose: 2025-01-01}]"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [(CELLS, {"prior_therapies"}), (f"prior_car_t: yes\n{CELLS}", {"prior_therapies", "prior_car_t"})],
)
def test_the_list_of_treatments_that_answers_for_earlier_cells_is_an_obstacle(facts: str, expected: set[str]) -> None:
    assert "prior_car_t" in RECEIVED
    assert between(trial_of(DICTIONARY, criterion_text("exclude: prior_car_t")), facts) == expected


def test_of_several_cohorts_the_nearest_counts() -> None:
    trial = trial_of(
        DICTIONARY,
        *(
            criterion_text(f"include: {rule}", 'cohorts: ["1"]', name=f"INC-{number}")
            for number, rule in enumerate((HEART, SALTS, PLATELETS), 1)
        ),
        criterion_text("include: spo2_room_air >= 92 %", 'cohorts: ["2"]', name="INC-4"),
        head=HEAD.replace("criteria:\n", TWO_COHORTS),
    )
    facts = f"{POORLY}\nspo2_room_air: 90 %"
    result, patient = screened(trial, facts)
    assert result.verdict is Verdict.NO_MATCH
    assert screen_trial(trial, without(patient, ["spo2_room_air"]), DICTIONARY).verdict is Verdict.UNDECIDED
    assert between(trial, facts) == {"spo2_room_air"}


def test_an_answer_whose_loss_brings_out_a_worse_one_is_not_enough() -> None:
    trial = including("histology in {biphasic, sarcomatoid}", "not histology is biphasic")
    result, patient = screened(trial, "histology: epithelioid\ntumor_type: PLBMESO")
    found = {fact.id for fact in in_the_way(result, patient)}
    assert screen_trial(trial, without(patient, found), DICTIONARY).verdict is not Verdict.NO_MATCH


# ---------------------------------------------------------------- the law, over invented patients and shipped trials


@cache
def people() -> tuple[Patient, ...]:
    return tuple(Patient(f"S-{number}", DAY, read(one, DICTIONARY)) for number, one in enumerate(invented()[:12]))


def ruled_out(patient: Patient) -> list[TrialResult]:
    results = [screen_trial(trial, patient, DICTIONARY) for trial in CATALOG.trials]
    return [result for result in results if result.verdict is Verdict.NO_MATCH]


def is_opened(result: TrialResult, patient: Patient, facts: Iterable[str]) -> bool:
    """Whether nothing rules out the trial any more without these answers; what fails is looked at first."""
    other = without(patient, facts)
    context = Context.today(other, DICTIONARY)
    failing = [item.criterion for item in result.criteria if item.outcome is Outcome.NOT_MET and not item.time_bound]
    for criterion in () if result.trial.cohorts else failing:
        found = judge(criterion, context)
        if found.outcome is Outcome.NOT_MET and not found.time_bound:
            return False
    return screen_trial(result.trial, other, DICTIONARY).verdict is not Verdict.NO_MATCH


def answered(patient: Patient, facts: Iterable[str]) -> list[str]:
    """The facts that have an answer, and those that they may be derived from."""
    whole = [other for fact in facts for other in (fact, *INPUTS.get(fact, ()))]
    listed = ["prior_therapies" for fact in whole if fact in RECEIVED]
    return [name for name in dict.fromkeys([*whole, *listed]) if not isinstance(patient.get(name), Missing)]


def test_without_the_facts_named_no_trial_is_ruled_out() -> None:
    sizes = set()
    for patient in people():
        for result in ruled_out(patient):
            found = [fact.id for fact in in_the_way(result, patient)]
            sizes.add(len(found))
            assert not found or is_opened(result, patient, found), (patient.id, result.trial.id, found)
    assert sizes == {0, 1, 2}


def test_no_smaller_set_would_do_nor_one_of_the_same_size_that_may_rather_change() -> None:
    for patient in people():
        for result in ruled_out(patient):
            found = in_the_way(result, patient)
            alone = [fact for fact in answered(patient, result.trial.facts) if is_opened(result, patient, [fact])]
            if len(found) == 1:
                assert found[0].recoverable == any(DICTIONARY.facts[fact].recoverable for fact in alone)
            else:
                assert alone == [], (patient.id, result.trial.id, found)


def test_a_trial_is_not_near_only_where_no_two_facts_would_do() -> None:
    far = 0
    for patient in people()[:6]:
        for result in ruled_out(patient):
            if in_the_way(result, patient):
                continue
            far += 1
            failed = [item.criterion for item in result.criteria if item.outcome is Outcome.NOT_MET]
            facts = [fact for criterion in failed for fact in criterion.facts]
            for pair in combinations(answered(patient, facts), 2):
                assert not is_opened(result, patient, pair), (patient.id, result.trial.id, pair)
    assert far
