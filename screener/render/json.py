"""Results for programs: the document that screener/schema/screen.schema.json describes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from screener.errors import CONTROL
from screener.model import Outcome
from screener.words import DISCLAIMER

if TYPE_CHECKING:
    from fractions import Fraction

    from screener.model import CriterionResult, Patient, Score, Tally, Travel, TrialResult

SCHEMA_VERSION = 1


def render_json(patient: Patient, results: tuple[TrialResult, ...]) -> str:
    """The whole document, indented."""
    return _dumps(document(patient, results), indent=2) + "\n"


def render_jsonl(patient: Patient, results: tuple[TrialResult, ...]) -> str:
    """One line per trial, each a document with that trial alone."""
    lines = [_dumps(document(patient, (result,))) for result in results]
    return "".join(f"{line}\n" for line in lines)


def _dumps(data: dict[str, Any], indent: int | None = None) -> str:
    """JSON that a terminal can show: control and direction characters are escaped."""
    text = json.dumps(data, indent=indent, ensure_ascii=False)
    return CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def document(patient: Patient, results: tuple[TrialResult, ...]) -> dict[str, Any]:
    """The document as plain data."""
    return {
        "schema": SCHEMA_VERSION,
        "patient": patient.id,
        "as_of": patient.as_of.isoformat(),
        "trials": [_trial(result) for result in results],
        "disclaimer": DISCLAIMER,
    }


def _trial(result: TrialResult) -> dict[str, Any]:
    trial = result.trial
    registry = trial.registry
    return {
        "trial": trial.id,
        "profile": trial.is_profile,
        "unruled": trial.unruled,
        "title": trial.title,
        "verdict": result.verdict.value,
        "eligible_from": _day(result.eligible_from),
        "score": _score(result.total.score),
        "factors": {factor.value: _tally(tally) for factor, tally in result.factors.items()},
        "cohort": result.cohort.id if result.cohort else None,
        "cohorts": [
            {"cohort": cohort.id, "verdict": verdict.value, "eligible_from": _day(day)}
            for cohort, verdict, day in result.cohort_verdicts
        ],
        "criteria": [_criterion(item) for item in result.criteria],
        "missing_facts": list(result.missing_facts),
        "manual": [item.criterion.id for item in result.criteria if item.outcome is Outcome.MANUAL],
        "travel": _travel(result.travel),
        "status": None
        if registry is None
        else {"value": registry.status, "as_of": _day(registry.status_as_of), "source": registry.status_source},
        "rule_file": {
            "sha256": trial.file_sha256,
            "registry_as_of": _day(registry.as_of) if registry else None,
        },
    }


def _travel(travel: Travel | None) -> dict[str, Any] | None:
    """The nearest site and the outcome of the patient's own limit; null where the place says nothing."""
    if travel is None:
        return None
    nearest = travel.nearest
    low, high = (round(end, 1) for end in nearest.miles) if nearest and nearest.miles else (None, None)
    return {
        "outcome": travel.judged.outcome.value if travel.judged else None,
        "nearest_site": nearest and (nearest.name or nearest.where),
        "where": nearest and nearest.where,
        "site_status": nearest and (nearest.status or None),
        "miles_low": low,
        "miles_high": high,
        "sites_as_of": nearest and (nearest.as_of or None),
    }


def _criterion(item: CriterionResult) -> dict[str, Any]:
    criterion = item.criterion
    return {
        "id": criterion.id,
        "kind": criterion.kind.value,
        "factor": criterion.factor.value,
        "gate": criterion.gate.value,
        "outcome": item.outcome.value,
        "text": criterion.text,
        "why": item.why,
        "facts": list(criterion.facts),
        "missing_facts": list(item.missing),
        "met_from": _day(item.met_from),
        "band": item.band or None,
        "source": {"section": criterion.source.section, "item": criterion.source.item},
    }


def _tally(tally: Tally) -> dict[str, Any]:
    counts = {outcome.value.replace(" ", "_"): count for outcome, count in tally.counts.items()}
    return {**_score(tally.score), **counts}


def _score(score: Score | None) -> dict[str, float | None]:
    """Percent to one decimal; null where nothing is decidable."""
    if score is None:
        return {"value": None, "low": None, "high": None}
    return {"value": _percent(score.value), "low": _percent(score.low), "high": _percent(score.high)}


def _percent(number: Fraction) -> float:
    return float(round(number, 1))


def _day(day: object) -> str | None:
    return None if day is None else str(day)
