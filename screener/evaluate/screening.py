"""From criteria to a verdict: outcomes, the first day on which time has mended them, and the score."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from screener.evaluate.context import Context
from screener.evaluate.expression import evaluate
from screener.evaluate.finding import Finding
from screener.evaluate.time import turning_days, window_days
from screener.expr import Count, Elapsed, First, Last, Received, TestDate
from screener.model import (
    Band,
    Cohort,
    Criterion,
    CriterionResult,
    Dictionary,
    Factor,
    Outcome,
    Patient,
    Rule,
    Score,
    Tally,
    Travel,
    Trial,
    TrialResult,
    Verdict,
)
from screener.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
_OUTCOMES = {Truth.TRUE: Outcome.MET, Truth.FALSE: Outcome.NOT_MET, Truth.UNKNOWN: Outcome.UNKNOWN}
_PASSED = {Outcome.MET, Outcome.NOT_APPLICABLE}
_BEST_FIRST = list(Verdict)

FITS, DEPENDS, RARELY = "fits most trials", "depends on the trial", "rarely fits"


def screen_trial(trial: Trial, patient: Patient, dictionary: Dictionary, travel: Travel | None = None) -> TrialResult:
    """Judge a trial for a patient, from the best of its open cohorts.

    `travel` is what the patient's place means for this trial; where it is judged, it counts as one criterion more.
    """
    context = Context.today(patient, dictionary)
    judged = {criterion.id: judge(criterion, context) for criterion in trial.criteria}
    beside = (travel.judged,) if travel and travel.judged else ()
    results = [_of_cohort(trial, cohort, judged, beside, context) for cohort in trial.open_cohorts or (None,)]
    best = min(results, key=lambda result: (_BEST_FIRST.index(result.verdict), result.eligible_from or date.max))
    verdicts = tuple((result.cohort, result.verdict, result.eligible_from) for result in results if result.cohort)
    return replace(best, cohort_verdicts=verdicts, travel=travel)


def _of_cohort(
    trial: Trial,
    cohort: Cohort | None,
    judged: dict[str, CriterionResult],
    beside: tuple[CriterionResult, ...],
    context: Context,
) -> TrialResult:
    of_trial = (judged[criterion.id] for criterion in trial.criteria if criterion.counts_for(cohort))
    results = (*of_trial, *beside)
    verdict = _verdict(results)
    if trial.unruled and verdict is Verdict.MATCH:
        verdict = Verdict.UNDECIDED  # its eligibility text was not looked at
    eligible_from = _eligible_from(results, context) if verdict is Verdict.NOT_YET else None
    by_factor: dict[Factor, list[CriterionResult]] = {}
    for result in results:
        by_factor.setdefault(result.criterion.factor, []).append(result)
    factors = {factor: _tally(by_factor[factor]) for factor in Factor if factor in by_factor}
    total = _tally(results)
    if trial.unruled:
        total = replace(total, score=None)  # of two or three fields it would pass for a fit
    return TrialResult(trial, verdict, results, total, factors, eligible_from, cohort)


def _verdict(results: tuple[CriterionResult, ...]) -> Verdict:
    not_met = [result for result in results if result.outcome is Outcome.NOT_MET]
    if any(not result.time_bound for result in not_met):
        return Verdict.NO_MATCH
    if not_met:
        return Verdict.NOT_YET
    if any(result.outcome is Outcome.UNKNOWN for result in results):
        return Verdict.UNDECIDED
    return Verdict.MATCH


def _eligible_from(results: tuple[CriterionResult, ...], context: Context) -> date | None:
    """The first day on which nothing is not met: not only are all washouts over, nothing else has run out meanwhile.

    None if there is no such day. The age of a result does not count: a test can be repeated.
    """
    first = max(result.met_from for result in results if result.met_from and result.time_bound)
    moving = [result.criterion for result in results if result.time_bound or _runs_out(result.criterion)]
    days = {day for criterion in moving for day in _turning_days(criterion, context) if day > first}
    for day in sorted({first, *days}):
        later = context.on(day)
        if all(_outcome(criterion, later).outcome is not Outcome.NOT_MET for criterion in moving):
            return day
    return None


def _runs_out(criterion: Criterion) -> bool:
    """Whether time alone may turn the criterion for the worse."""
    return any(isinstance(leaf, Elapsed) and not isinstance(leaf.point, TestDate) for leaf in criterion.leaves) or any(
        isinstance(leaf, Received | Count) and leaf.selection.window for leaf in criterion.leaves
    )


def judge(criterion: Criterion, context: Context) -> CriterionResult:
    """The outcome on the day of screening, and the first day on which time alone mends it."""
    result = _outcome(criterion, context)
    if result.outcome not in {Outcome.NOT_MET, Outcome.UNKNOWN}:
        return result
    mended = passed = None
    for day in sorted({day for day in _turning_days(criterion, context) if day > context.day}):
        later = _outcome(criterion, context.on(day)).outcome
        if later is not Outcome.NOT_MET:
            mended = mended or day
        if later in _PASSED:
            passed = day
            break
    if result.outcome is Outcome.UNKNOWN and passed is None:
        return result
    met_from = passed or mended
    if met_from is None:
        return result
    not_met = result.outcome is Outcome.NOT_MET
    said = "time alone mends it from" if not_met else "surely met from"
    why = f"{result.why}; {said} {met_from}"
    return CriterionResult(criterion, result.outcome, why, result.missing, met_from, not_met, result.band)


def _turning_days(criterion: Criterion, context: Context) -> Iterator[date]:
    """The days on which time alone may turn the criterion round; none for most."""
    leaves = [leaf for leaf in criterion.leaves if isinstance(leaf, Elapsed | Received | Count)]
    if not leaves:
        return
    ahead = context.on(context.day)
    for leaf in leaves:
        if isinstance(leaf, Elapsed):
            yield from turning_days(leaf, ahead)
        match leaf:
            case Elapsed(point=Last(selection) | First(selection)) | Received(selection) | Count(selection):
                if selection.window:
                    yield from window_days(selection.window, ahead)
            case Elapsed():
                pass


def _outcome(criterion: Criterion, context: Context) -> CriterionResult:
    applies = Finding(Truth.TRUE, ()) if criterion.when is None else evaluate(criterion.when, context)
    if applies.truth is Truth.FALSE:
        return CriterionResult(criterion, Outcome.NOT_APPLICABLE, f"does not apply: {'; '.join(applies.reasons)}")
    if criterion.test is None:
        return CriterionResult(criterion, Outcome.MANUAL, criterion.manual)
    band = ""
    match criterion.test:
        case Rule(expression, exclude):
            finding = evaluate(expression, context)
            truth = ~finding.truth if exclude else finding.truth
        case Band():
            finding, truth, band = _band(criterion.test, context)
    if applies.truth is Truth.UNKNOWN:
        why = f"not known whether it applies: {'; '.join(applies.reasons)}"
        missing = dict.fromkeys((*applies.missing, *finding.missing))
        return CriterionResult(criterion, Outcome.UNKNOWN, why, tuple(missing))
    why = "; ".join(finding.reasons)
    if band == DEPENDS:
        why += f"; {DEPENDS}: {_seen_text(criterion)}" if criterion.seen else f"; {DEPENDS}"
    missing_facts = finding.missing if truth is Truth.UNKNOWN else ()
    return CriterionResult(criterion, _OUTCOMES[truth], why, missing_facts, band=band)


def _band(test: Band, context: Context) -> tuple[Finding, Truth, str]:
    fits = evaluate(test.fits, context)
    if fits.truth is Truth.TRUE:
        return fits, Truth.TRUE, FITS
    rarely = Finding(Truth.FALSE, ()) if test.rarely is None else evaluate(test.rarely, context)
    if rarely.truth is Truth.TRUE:
        return rarely, Truth.FALSE, RARELY
    if fits.truth is Truth.FALSE and rarely.truth is Truth.FALSE:
        return fits, Truth.UNKNOWN, DEPENDS
    return (fits if fits.truth is Truth.UNKNOWN else rarely), Truth.UNKNOWN, ""


def _seen_text(criterion: Criterion) -> str:
    return ", ".join(f"{seen.says} ({seen.trial})" for seen in criterion.seen)


def _tally(results: Iterable[CriterionResult]) -> Tally:
    """Count outcomes and weigh the score: met over all applicable decidable criteria.

    So `value` equals `low`; `high` counts what is unknown as met.
    """
    listed = list(results)
    outcomes = [result.outcome for result in listed]
    counts = {outcome: outcomes.count(outcome) for outcome in Outcome}
    weight = {
        outcome: sum(result.criterion.weight for result in listed if result.outcome is outcome)
        for outcome in (Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN)
    }
    whole = sum(weight.values())
    if not whole:
        return Tally(counts, None)
    met = Fraction(100 * weight[Outcome.MET]) / whole
    return Tally(counts, Score(met, met, met + Fraction(100 * weight[Outcome.UNKNOWN]) / whole))
