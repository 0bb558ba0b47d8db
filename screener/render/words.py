"""What every output says: the disclaimer and the short texts shared by all formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.interval import decimal_text
from screener.model import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from screener.model import Score, TrialResult

DISCLAIMER = (
    "Pre-screening aid only. It does not say that a patient is eligible: the trial team decides, on the current "
    "protocol and the medical record. These treatments are investigational."
)


def ranked(results: Iterable[TrialResult]) -> list[TrialResult]:
    """Best verdict first, inside it the higher score; profiles, which are no study, at the end."""
    order = list(Verdict)

    def rank(result: TrialResult) -> tuple[bool, int, Fraction | int, str]:
        score = result.total.score.value if result.total.score else 0
        return result.trial.is_profile, order.index(result.verdict), -score, result.trial.id

    return sorted(results, key=rank)


def score_text(score: Score | None) -> str:
    """The score as `93 (93 to 97)`: value, then low and high."""
    if score is None:
        return "no score"
    return f"{decimal_text(score.value, 0)} ({decimal_text(score.low, 0)} to {decimal_text(score.high, 0)})"


def verdict_text(result: TrialResult) -> str:
    """The verdict, with the first day of a `not yet`."""
    since = f" (not before {result.eligible_from})" if result.eligible_from else ""
    return f"{result.verdict.value}{since}"


def status_text(result: TrialResult) -> str:
    """The study's status as last seen, with its date and source."""
    registry = result.trial.registry
    if registry is None:
        return "general factors of no one study"
    return f"{registry.status.replace('_', ' ')} as of {registry.status_as_of} ({registry.status_source})"


def counts_text(result: TrialResult) -> str:
    """How many criteria have each outcome, those that occur."""
    counts = result.total.counts
    return ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in Outcome if counts[outcome])
