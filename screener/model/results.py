"""What screening says: an outcome for each criterion, a verdict and a score for each trial."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from fractions import Fraction

    from screener.model.trial import Cohort, Criterion, Factor, Trial


class Outcome(Enum):
    """Of a criterion."""

    MET = "met"
    NOT_MET = "not met"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"
    MANUAL = "manual"


class Verdict(Enum):
    """Of a trial, best first."""

    MATCH = "match"
    UNDECIDED = "undecided"
    NOT_YET = "not yet"
    NO_MATCH = "no match"


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """The outcome of a criterion, why, and which facts are missing for it.

    `met_from` is the first day on which time alone has surely made it met, where time can.
    """

    criterion: Criterion
    outcome: Outcome
    why: str
    missing: tuple[str, ...] = ()
    met_from: date | None = None
    time_bound: bool = False
    band: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """Percent, 0 to 100: `low` counts unknown as not met, `high` as met."""

    value: Fraction
    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class Tally:
    """How many criteria have each outcome, and the score; None where nothing is decidable."""

    counts: Mapping[Outcome, int]
    score: Score | None


@dataclass(frozen=True, slots=True)
class NearestSite:
    """The site to go to: one that recruits if there is any, else one that may. Miles in a straight line, from to.

    The status is the registry's word for this site in small letters, "" where none is stated; `as_of` is the day of the
    data, "" if it is not known.
    """

    name: str
    where: str
    status: str
    miles: tuple[float, float] | None
    as_of: str


@dataclass(frozen=True, slots=True)
class Travel:
    """What a patient's place means for a trial: the nearest site, and the outcome if the patient states a limit."""

    nearest: NearestSite | None
    judged: CriterionResult | None


@dataclass(frozen=True)
class TrialResult:
    """The verdict of a trial for one patient, from its best open cohort."""

    trial: Trial
    verdict: Verdict
    criteria: tuple[CriterionResult, ...]
    total: Tally
    factors: Mapping[Factor, Tally]
    eligible_from: date | None = None
    cohort: Cohort | None = None
    cohort_verdicts: tuple[tuple[Cohort, Verdict, date | None], ...] = ()
    travel: Travel | None = None

    @property
    def missing_facts(self) -> tuple[str, ...]:
        """The facts whose answers could decide what is unknown, each once."""
        unknown = (result for result in self.criteria if result.outcome is Outcome.UNKNOWN)
        return tuple(dict.fromkeys(fact for result in unknown for fact in result.missing))
