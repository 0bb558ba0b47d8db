"""The one or two facts that stand between a patient and a trial that is ruled out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from screener.evaluate import Context, judge, screen_trial, sources_of
from screener.model import Missing, Outcome, Verdict
from screener.travel import LIMIT

if TYPE_CHECKING:
    from screener.model import Criterion, CriterionResult, Dictionary, Fact, Patient, TrialResult

_MOST = 2
_MOST_FAILING = 6  # criteria: beyond these no trial is nearly missed


@dataclass(frozen=True, slots=True)
class Obstacles:
    """The facts, and the criteria that are not met because of them."""

    facts: tuple[Fact, ...]
    failing: tuple[CriterionResult, ...]


def obstacles(result: TrialResult, patient: Patient, dictionary: Dictionary) -> Obstacles | None:
    """The fewest facts, at most two, without whose answers nothing would rule the trial out; None if there are more.

    Of several such sets, one whose answers may change comes first. Where a trial has cohorts, the nearest one counts.
    """
    if result.verdict is not Verdict.NO_MATCH:
        return None
    if result.travel and result.travel.judged and _fails(result.travel.judged):
        return _with_travel(result, result.travel.judged, patient, dictionary)
    return _of_trial(result, patient, dictionary)


def _with_travel(
    result: TrialResult, judged: CriterionResult, patient: Patient, dictionary: Dictionary
) -> Obstacles | None:
    """The patient's own limit is an obstacle; with it at most one more."""
    limit = dictionary.facts[LIMIT]
    without = screen_trial(result.trial, patient, dictionary)
    if without.verdict is not Verdict.NO_MATCH:
        return Obstacles((limit,), (judged,))
    rest = _of_trial(without, patient, dictionary)
    if rest is None or len(rest.facts) == _MOST:
        return None
    return Obstacles((*rest.facts, limit), (*rest.failing, judged))


def _of_trial(result: TrialResult, patient: Patient, dictionary: Dictionary) -> Obstacles | None:
    context = Context.today(patient, dictionary)
    judged = [judge(criterion, context) for criterion in result.trial.criteria]
    nearest: Obstacles | None = None
    for cohort in result.trial.open_cohorts or (None,):
        of_cohort = [item for item in judged if item.criterion.counts_for(cohort)]
        found = _of_cohort(of_cohort, patient, dictionary)
        if found and (nearest is None or _distance(found.facts) < _distance(nearest.facts)):
            nearest = found
    return nearest


def _of_cohort(judged: list[CriterionResult], patient: Patient, dictionary: Dictionary) -> Obstacles | None:
    failing = tuple(item for item in judged if _fails(item))
    if len(failing) > _MOST_FAILING:
        return None
    names = dict.fromkeys(name for item in failing for fact in item.criterion.facts for name in sources_of(fact))
    known = [dictionary.facts[name] for name in names if not isinstance(patient.get(name), Missing)]
    failing_first = [item.criterion for item in sorted(judged, key=lambda item: not _fails(item))]
    for size in range(1, _MOST + 1):
        found = [facts for facts in combinations(known, size) if _lets_pass(failing_first, facts, patient, dictionary)]
        if found:
            return Obstacles(min(found, key=_distance), failing)
    return None


def _lets_pass(criteria: list[Criterion], facts: tuple[Fact, ...], patient: Patient, dictionary: Dictionary) -> bool:
    """Whether nothing fails for good any more if these facts were not known."""
    without = {fact.id for fact in facts}
    other = replace(patient, facts={name: value for name, value in patient.facts.items() if name not in without})
    context = Context.today(other, dictionary)
    return not any(_fails(judge(criterion, context)) for criterion in criteria)


def _fails(item: CriterionResult) -> bool:
    return item.outcome is Outcome.NOT_MET and not item.time_bound


def _distance(facts: tuple[Fact, ...]) -> tuple[int, int]:
    """How far away: first what will not change, then how much."""
    return sum(not fact.recoverable for fact in facts), len(facts)
