"""A fault in a rule file does not go unnoticed: mutants of every shipped trial fail a case or a lint check."""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING

import pytest

from benchmarks.mutants import DEMANDED, EQUIVALENT, Fault, Mutant, Watch, mutants, survivors
from screener.cases import compile_cases
from screener.catalog import Catalog, criteria_folder, load_catalog
from screener.expr import Compare, Elapsed, show
from screener.source import Text, load_text
from tests.rule_text import criterion_text, trial_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from screener.model import Dictionary

SEED = 20261122
SAMPLE = 150
ENOUGH = 0.85  # of the other faults, gates left out


@cache
def shipped() -> Catalog:
    return load_catalog(criteria_folder())


@cache
def watch(trial: str) -> Watch:
    [rules] = shipped().choose([trial])
    return Watch.over(rules, shipped())


@cache
def all_mutants(trial: str) -> tuple[Mutant, ...]:
    [rules] = shipped().choose([trial])
    return tuple(mutants(rules, shipped().dictionary))


TRIALS = [trial.id for trial in shipped().trials]


@pytest.mark.parametrize("trial", TRIALS)
@pytest.mark.parametrize("fault", DEMANDED, ids=lambda fault: fault.name.lower())
def test_every_polarity_threshold_and_deletion_is_noticed(trial: str, fault: Fault) -> None:
    left, _, _ = survivors((mutant for mutant in all_mutants(trial) if mutant.fault is fault), watch(trial))
    assert not [str(mutant) for mutant in left]


def test_most_other_faults_are_noticed(record_property: Callable[[str, object], None]) -> None:
    others = [
        mutant
        for trial in TRIALS
        for mutant in all_mutants(trial)
        if mutant.fault not in {*DEMANDED, Fault.GATE} and not mutant.equivalent
    ]
    sample = random.Random(SEED).sample(others, SAMPLE)  # noqa: S311 - a sample, no secret
    left = [str(mutant) for mutant in sample if not watch(mutant.trial.id).notices(mutant)]
    record_property("noticed", f"{SAMPLE - len(left)} of {SAMPLE}")
    assert len(left) <= (1 - ENOUGH) * SAMPLE, left


def test_there_are_mutants_of_every_fault() -> None:
    assert {mutant.fault for trial in TRIALS for mutant in all_mutants(trial)} == set(Fault)


def test_what_is_said_to_be_equivalent_is_a_mutant_that_nothing_notices() -> None:
    claimed = [mutant for trial in TRIALS for mutant in all_mutants(trial) if mutant.equivalent]
    assert {(mutant.trial.id, mutant.change) for mutant in claimed} == set(EQUIVALENT)
    assert not [str(mutant) for mutant in claimed if watch(mutant.trial.id).notices(mutant)]


RULES = (
    criterion_text("include: age >= 18 and kps >= 70", name="INC-1"),
    criterion_text("exclude: weeks from last_live_vaccine to infusion <= 8", name="EXC-1"),
    criterion_text(
        "when: sex is female",
        "include: days from last(chemotherapy since 6 months before enrollment) to infusion"
        " >= longer of (14, 5 half-lives)",
        name="INC-2",
    ),
    criterion_text("include: at least 2 of (hiv is negative, hbv is negative, hcv is negative)", name="INC-3"),
    criterion_text("exclude: count(car_t) > 1 or creatinine > 1.5 ULN", name="EXC-2"),
)


def changes(dictionary: Dictionary, fault: Fault) -> set[str]:
    return {mutant.change for mutant in mutants(trial_of(dictionary, *RULES), dictionary) if mutant.fault is fault}


def test_every_threshold_is_moved_by_a_step_of_its_own_both_ways(dictionary: Dictionary) -> None:
    found = {change.split(" -> ")[1] for change in changes(dictionary, Fault.THRESHOLD)}
    washout = (
        "days from last(chemotherapy since {} months before enrollment) to infusion >= longer of ({}, {} half-lives)"
    )
    assert found == {
        "age >= 17",
        "age >= 19",
        "kps >= 60",
        "kps >= 80",
        "days from last_live_vaccine to infusion <= 55",
        "days from last_live_vaccine to infusion <= 57",
        washout.format(6, 13, 5),
        washout.format(6, 15, 5),
        washout.format(6, 14, 4),
        washout.format(6, 14, 6),
        washout.format(5, 14, 5),
        washout.format(7, 14, 5),
        "at least 1 of (hiv is negative, hbv is negative, hcv is negative)",
        "at least 3 of (hiv is negative, hbv is negative, hcv is negative)",
        "count(car_t) > 0",
        "count(car_t) > 2",
        "creatinine > 1.4 ULN",
        "creatinine > 1.6 ULN",
    }


def test_each_mutant_differs_from_the_rule_in_one_place(dictionary: Dictionary) -> None:
    trial = trial_of(dictionary, *RULES)
    for mutant in mutants(trial, dictionary):
        same = [criterion for criterion in trial.criteria if criterion in mutant.trial.criteria]
        assert len(same) == len(trial.criteria) - 1
        assert mutant.criterion is None or mutant.criterion in mutant.trial.criteria


CASES = """\
trial: NCT00000000
as_of: 2026-11-22
patient: {age: 61}
cases:
  - case: on the threshold
    set: {age: 18}
    expect: {INC-1: met}
"""


@pytest.mark.parametrize(("below", "noticed"), [("", 1), ("set: {age: 17}", 2)])
def test_a_threshold_is_noticed_by_cases_on_both_sides_of_it_alone(
    dictionary: Dictionary, below: str, noticed: int
) -> None:
    trial = trial_of(dictionary, criterion_text("include: age >= 18"))
    more = f"  - case: a year short\n    {below}\n    expect: {{verdict: no match}}\n" if below else ""
    cases = compile_cases(load_text(Text("cases.yaml", CASES + more)), trial, dictionary)
    steps = [mutant for mutant in mutants(trial, dictionary) if mutant.fault is Fault.THRESHOLD]
    left, found, tried = survivors(steps, Watch(trial, cases, dictionary))
    assert (found.total(), tried.total(), len(left)) == (noticed, 2, 2 - noticed)


def test_a_deletion_is_noticed_by_a_case_that_expects_the_criterion(dictionary: Dictionary) -> None:
    trial = trial_of(
        dictionary, criterion_text("include: age >= 18"), criterion_text("include: ecog <= 1", name="INC-2")
    )
    cases = compile_cases(load_text(Text("cases.yaml", CASES)), trial, dictionary)
    deletions = [mutant for mutant in mutants(trial, dictionary) if mutant.fault is Fault.DELETION]
    left, _, _ = survivors(deletions, Watch(trial, cases, dictionary))
    assert [mutant.name for mutant in left] == ["INC-2"]


def test_leaves_with_an_edge_have_it_turned() -> None:
    for trial in TRIALS:
        leaves = [leaf for criterion in watch(trial).trial.criteria for leaf in criterion.leaves]
        edged = {show(leaf) for leaf in leaves if isinstance(leaf, Compare | Elapsed)}
        turned = {mutant.change for mutant in all_mutants(trial) if mutant.fault is Fault.EDGE}
        assert len(turned) >= len(edged)
