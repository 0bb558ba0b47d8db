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
    """Best verdict first, inside it the higher score. Studies that took no new patients when last seen come after all
    others, and profiles, which are no study, at the end.
    """
    order = list(Verdict)

    def rank(result: TrialResult) -> tuple[bool, bool, int, Fraction | int, str]:
        score = result.total.score.value if result.total.score else 0
        trial = result.trial
        return trial.is_profile, trial.takes_no_patients, order.index(result.verdict), -score, trial.id

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


def cautions(result: TrialResult) -> list[str]:
    """What a reader of the verdict must know first."""
    trial = result.trial
    found = []
    if trial.takes_no_patients:
        found.append("This study took no new patients when its status was last seen.")
    if trial.registry and trial.registry.abbreviated:
        manual = result.total.counts[Outcome.MANUAL]
        found.append(
            f"What is public leaves numbers to the protocol: {manual} criteria are for the trial team, and the verdict "
            "speaks of the others only."
        )
    return found


def counts_text(result: TrialResult) -> str:
    """How many criteria have each outcome, those that occur."""
    counts = result.total.counts
    return ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in Outcome if counts[outcome])
