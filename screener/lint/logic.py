"""Whether a criterion can be met and can fail, and whether two of them can be met together."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from screener.expr import And, Expression, Not, Or
from screener.lint.finding import Check, Finding
from screener.lint.satisfiable import may_hold, quantities
from screener.lint.thresholds import has_implausible_threshold
from screener.model import Band, Criterion, Dictionary, Rule, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator


def logic_findings(trial: Trial, dictionary: Dictionary) -> Iterator[Finding]:
    """What follows from the rules alone, whoever the patient is.

    A criterion with an implausible threshold is left out: that finding says it already.
    """
    sound = []
    for criterion in trial.criteria:
        if has_implausible_threshold(criterion, dictionary):
            continue
        found = list(_alone(f"{trial.id} {criterion.id}", criterion, dictionary))
        yield from found
        if not found:
            sound.append(criterion)
    for one, other in combinations(sound, 2):
        if _contradict(one, other, dictionary):
            yield Check.CONTRADICTION.at(f"{trial.id} {other.id}", f"no patient can meet both this and {one.id}")


def _alone(where: str, criterion: Criterion, dictionary: Dictionary) -> Iterator[Finding]:
    """What a criterion comes to by itself, for the patients to whom it applies."""
    if criterion.when is not None and not may_hold(criterion.when, dictionary):
        yield Check.NEVER_APPLIES.at(where, "its `when` holds for no patient, so it never applies")
        return
    met, not_met = _met(criterion), _not_met(criterion)
    if met is not None and not may_hold(_applied(criterion, met), dictionary):
        yield Check.NEVER_MET.at(where, "no patient to whom it applies can meet it")
    elif not_met is not None and not may_hold(_applied(criterion, not_met), dictionary):
        yield Check.NEVER_NOT_MET.at(where, "no patient to whom it applies can fail it")


def _applied(criterion: Criterion, test: Expression) -> Expression:
    return test if criterion.when is None else And((criterion.when, test))


def _met(criterion: Criterion) -> Expression | None:
    match criterion.test:
        case Rule(expression, exclude):
            return Not(expression) if exclude else expression
        case Band(fits):
            return fits
        case None:
            return None


def _not_met(criterion: Criterion) -> Expression | None:
    match criterion.test:
        case Rule(expression, exclude):
            return expression if exclude else Not(expression)
        case Band(fits, rarely):  # what fits is met, even where `rarely` holds too
            return None if rarely is None else And((Not(fits), rarely))
        case None:
            return None


def _contradict(one: Criterion, other: Criterion, dictionary: Dictionary) -> bool:
    """Whether each is asked of the same patients at the same gate, and nobody can meet both."""
    if not (isinstance(one.test, Rule) and isinstance(other.test, Rule)):
        return False
    if one.gate is not other.gate or one.when != other.when or not _share_cohort(one, other):
        return False
    both = [expression for expression in (one.when, _met(one), _met(other)) if expression is not None]
    if not quantities(Or(one.expressions)) & quantities(Or(other.expressions)):
        return False
    return not may_hold(And(tuple(both)), dictionary)


def _share_cohort(one: Criterion, other: Criterion) -> bool:
    """A criterion that names no cohort counts for all of them."""
    return not one.cohorts or not other.cohorts or bool(set(one.cohorts) & set(other.cohorts))
