"""The one page for the chart: verdict, reasons, what is missing and who supplies it, the score by factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.checklist.entries import derived_of, entries_of
from screener.checklist.sheet import FactorScore, Summary
from screener.checklist.words import FACTORS
from screener.model import Outcome
from screener.words import meaning_in, score_text, verdict_in, who_text

if TYPE_CHECKING:
    from screener.checklist.order import Order
    from screener.language import Language
    from screener.model import CriterionResult, Patient, Tally, TrialResult


def summary_of(result: TrialResult, patient: Patient, order: Order) -> Summary:
    """Sum up what screening says of the patient."""
    facts = [order.dictionary.facts[name] for name in result.missing_facts]
    of_outcome = {outcome: [item for item in result.criteria if item.outcome is outcome] for outcome in Outcome}
    scores = [_factor(factor.value, tally, order.language) for factor, tally in result.factors.items()]
    return Summary(
        verdict=verdict_in(result, order.language),
        meaning=meaning_in(result, order.language),
        score=score_text(result.total.score, order.language),
        reasons=tuple(_reason(item, patient, order) for item in of_outcome[Outcome.NOT_MET]),
        missing=tuple((order.name_of(fact), who_text(fact.who[:1], order.language)) for fact in facts),
        manual=tuple(_numbered(item, order) for item in of_outcome[Outcome.MANUAL]),
        factors=tuple(score for score in scores if score),
    )


def _numbered(item: CriterionResult, order: Order) -> str:
    return f"{item.criterion.id} {order.text_of(item.criterion)}"


def _reason(item: CriterionResult, patient: Patient, order: Order) -> str:
    """The requirement, what is known of it, and from when on time has mended it."""
    text = _numbered(item, order)
    if item.time_bound and item.met_from:
        text += f" ({order.language.word('not before {day}').format(day=item.met_from)})"
    known = [f"{entry.name}: {entry.value}" for entry in entries_of(item.criterion, patient, order) if entry.value]
    known += derived_of(item.criterion, patient, order)
    return f"{text}: {'; '.join(known)}" if known else text


def _factor(name: str, tally: Tally, language: Language) -> FactorScore | None:
    if tally.score is None:
        return None
    title = language.word(FACTORS.get(name, name.replace("_", " ")))
    return FactorScore(title, float(tally.score.low), float(tally.score.high), score_text(tally.score, language))
