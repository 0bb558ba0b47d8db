"""Whether a number that a rule compares with is one that a patient can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.expr import Compare
from screener.expr.show import exact_decimal
from screener.lint.finding import Check, Finding
from screener.model import Criterion, Dictionary, FactType, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator


def threshold_findings(trial: Trial, dictionary: Dictionary) -> Iterator[Finding]:
    """Thresholds that are implausible, or lie between the steps of a scale."""
    for criterion in trial.criteria:
        where = f"{trial.id} {criterion.id}"
        for leaf in _comparisons(criterion):
            shown = f"{exact_decimal(leaf.number)} {leaf.unit or ''}".strip()
            if is_implausible(leaf, dictionary):
                message = f"the threshold {shown} lies outside the plausible range of {leaf.fact}"
                yield Check.IMPLAUSIBLE_THRESHOLD.at(where, message)
            elif step := _missed_step(leaf, dictionary):
                message = f"the threshold {shown} is no step of {leaf.fact}, which goes in steps of {step}"
                yield Check.OFF_STEP.at(where, message)


def is_implausible(leaf: Compare, dictionary: Dictionary) -> bool:
    """Whether the threshold lies outside the plausible range; multiples of a limit of normal have none."""
    fact = dictionary.facts[leaf.fact]
    if leaf.unit in {"ULN", "LLN"} or fact.plausible is None:
        return False
    low, high = fact.plausible
    return not low <= dictionary.canonical(fact, leaf.number, leaf.unit) <= high


def has_implausible_threshold(criterion: Criterion, dictionary: Dictionary) -> bool:
    """Whether any threshold of the criterion is implausible, so that no other reasoning about it is worth reading."""
    return any(is_implausible(leaf, dictionary) for leaf in _comparisons(criterion))


def _comparisons(criterion: Criterion) -> tuple[Compare, ...]:
    """Each comparison once, however often the criterion makes it."""
    return tuple(dict.fromkeys(leaf for leaf in criterion.leaves if isinstance(leaf, Compare)))


def _missed_step(leaf: Compare, dictionary: Dictionary) -> int | None:
    """The step of the scale, if the threshold does not stand on one."""
    fact = dictionary.facts[leaf.fact]
    if fact.type is not FactType.SCALE or fact.plausible is None:
        return None
    step = fact.step or 1
    return step if (leaf.number - fact.plausible[0]) % step else None
