"""Every shipped case comes true, and every threshold has a case that stands on it and one on its other side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pytest

from screener.cases import Case, compile_cases, run_case
from screener.catalog import Catalog, criteria_folder, load_catalog
from screener.dates import add
from screener.evaluate import Context, evaluate
from screener.expr import Compare, Elapsed, First, HalfLives, Last, OnDate, leaves, show
from screener.expr import TestDate as ResultDate
from screener.model import Moment, Number, Treatments
from screener.source import load
from screener.truth import Truth, all_of, any_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from screener.dates import DateSpan
    from screener.model import Criterion, Treatment, Trial


@cache
def shipped() -> Catalog:
    return load_catalog(criteria_folder())


@cache
def cases_of(trial: str) -> tuple[Case, ...]:
    [found] = shipped().choose([trial])
    return compile_cases(load(shipped().cases_path(found)), found, shipped().dictionary)


TRIALS = [trial.id for trial in shipped().trials]


@pytest.mark.parametrize(
    ("trial", "case"),
    [pytest.param(trial, case, id=f"{trial}: {case.name}") for trial in TRIALS for case in cases_of(trial)],
)
def test_every_expectation_of_a_case_comes_true(trial: str, case: Case) -> None:
    [rules] = shipped().choose([trial])
    failures = run_case(case, rules, shipped().dictionary)
    assert not [f"{it.about} is {it.found}, expected {it.expected}: {it.why}" for it in failures]


@dataclass(frozen=True)
class Threshold:
    """A number or a time that a rule compares with."""

    trial: Trial
    criterion: Criterion
    leaf: Compare | Elapsed

    def __str__(self) -> str:
        return f"{self.trial.id} {self.criterion.id}: {show(self.leaf)}"


def thresholds() -> Iterator[Threshold]:
    for trial in shipped().trials:
        for criterion in trial.criteria:
            found = {show(leaf): leaf for expression in criterion.expressions for leaf in leaves(expression)}
            for leaf in found.values():
                if isinstance(leaf, Compare | Elapsed):
                    yield Threshold(trial, criterion, leaf)


def stands_on(leaf: Compare | Elapsed, context: Context) -> bool:
    """Whether the patient has exactly the number, or exactly so much time has passed."""
    return _on_number(leaf, context) if isinstance(leaf, Compare) else _on_time(leaf, context)


def _on_number(leaf: Compare, context: Context) -> bool:
    dictionary = context.dictionary
    for number, _ in context.numbers(leaf.fact):
        limit = {"ULN": number.uln, "LLN": number.lln}.get(leaf.unit or "")
        if leaf.unit in {"ULN", "LLN"}:
            threshold = None if limit is None or limit.exact is None else limit.exact * leaf.number
        else:
            threshold = dictionary.canonical(dictionary.facts[leaf.fact], leaf.number, leaf.unit)
        if threshold is not None and number.interval.exact == threshold:
            return True
    return False


def _on_time(leaf: Elapsed, context: Context) -> bool:
    anchor, _ = context.anchor(leaf.anchor)
    days = [(day, treatment) for span, treatment in _points(leaf, context) if (day := _one_day(span))]
    return any(
        anchor.first == anchor.last == add(day, amount, leaf.period)
        for day, treatment in days
        for amount in _amounts(leaf, treatment)
    )


def _points(leaf: Elapsed, context: Context) -> list[tuple[DateSpan | None, Treatment | None]]:
    match leaf.point:
        case OnDate(fact):
            value = context.patient.get(fact)
            return [(value.span, None)] if isinstance(value, Moment) else []
        case ResultDate(fact):
            result = context.patient.get(fact)
            return [(result.tested, None)] if isinstance(result, Number) else []
        case Last(selection) | First(selection):
            given = context.patient.get("prior_therapies")
            return [
                (context.last_day(item), item)
                for item in (given.items if isinstance(given, Treatments) else ())
                if all_of(
                    (
                        any_of(item.belongs(name) for name in selection.classes),
                        ~any_of(item.belongs(name) for name in selection.excepting),
                    )
                )
                is Truth.TRUE
            ]


def _one_day(span: DateSpan | None) -> date | None:
    return span.first if span is not None and span.first == span.last else None


def _amounts(leaf: Elapsed, treatment: Treatment | None) -> list[int]:
    """The limit; of half-lives, whichever of the two counts for this treatment, in whole days."""
    if not isinstance(leaf.limit, HalfLives):
        return [leaf.limit]
    half_life = treatment.half_life_days.exact if treatment and treatment.half_life_days else None
    if half_life is None:
        return []
    by_half_lives = -int(-half_life * leaf.limit.half_lives // 1)  # a day begun counts whole
    return [(max if leaf.limit.longer else min)(leaf.limit.days, by_half_lives)]


THRESHOLDS = list(thresholds())


def judging(threshold: Threshold) -> list[Context]:
    """The cases that expect something of the threshold's criterion, as the rules see them."""
    return [
        Context.today(case.patient, shipped().dictionary)
        for case in cases_of(threshold.trial.id)
        if threshold.criterion.id in case.expect
    ]


@pytest.mark.parametrize("threshold", THRESHOLDS, ids=str)
def test_a_case_stands_exactly_on_the_threshold(threshold: Threshold) -> None:
    assert any(stands_on(threshold.leaf, context) for context in judging(threshold))


@pytest.mark.parametrize("threshold", THRESHOLDS, ids=str)
def test_a_case_lies_on_either_side_of_the_threshold(threshold: Threshold) -> None:
    truths = {evaluate(threshold.leaf, context).truth for context in judging(threshold)}
    assert truths >= {Truth.TRUE, Truth.FALSE}


def test_there_are_thresholds_of_both_kinds_and_in_multiples_of_the_limit_of_normal() -> None:
    assert {type(threshold.leaf) for threshold in THRESHOLDS} == {Compare, Elapsed}
    assert any(isinstance(item.leaf, Compare) and item.leaf.unit == "ULN" for item in THRESHOLDS)
