"""The verdict of a trial in SQL, from its best open cohort, with the day, the score and the ids behind it."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from screener.model import Verdict
from screener.sql.dialect import FAR_OFF
from screener.sql.layers import Flags

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from screener.model import Trial
    from screener.sql.dialect import Dialect
    from screener.sql.judgment import Judgment, Judgments
    from screener.sql.layers import Layers

VERDICTS = tuple(Verdict)  # best first; a verdict's number is its place
_MATCH, _UNDECIDED, _NOT_YET, _NO_MATCH = range(len(VERDICTS))


class TrialColumns:
    """The columns of the result for one trial; each is an expression over the last layer."""

    def __init__(self, trial: Trial, judgments: Judgments, dialect: Dialect, layers: Layers) -> None:
        """Judge the criteria, and name what comes of them in the layers."""
        self.trial = trial
        self._judgments, self._dialect, self._layers = judgments, dialect, layers
        self._items = [judgments.of(criterion) for criterion in trial.criteria if criterion.test is not None]
        self._cohorts = [
            [item.criterion.counts_for(cohort) for item in self._items] for cohort in trial.open_cohorts or (None,)
        ]
        self.ids = [item.criterion.id for item in self._items]
        self.facts = list(dict.fromkeys(fact for item in self._items for fact, _ in item.missing))
        met, not_met, unknown = Flags.of_outcomes([item.truths for item in self._items], layers, dialect)
        self._not_met, self._unknown = not_met, unknown
        missing = [Flags.of(self._missing(among), layers.flags) for among in self._cohorts]
        verdicts = [layers.verdicts.name(self._verdict(among)) for among in self._cohorts]
        days = [self._eligible_from(among, verdict) for among, verdict in zip(self._cohorts, verdicts, strict=True)]
        if len(self._cohorts) == 1:
            self.verdict, self.eligible_from = verdicts[0], days[0]
            self.met, self.not_met, self.unknown = (flags.only(self._cohorts[0]) for flags in (met, not_met, unknown))
            self.missing = missing[0]
            return
        choice = layers.chosen.name(self._best(verdicts, days))
        self.verdict, self.eligible_from = (layers.judged.name(_chosen(choice, each)) for each in (verdicts, days))
        self.met, self.not_met, self.unknown = (
            flags.masked(choice, self._cohorts, layers.judged) for flags in (met, not_met, unknown)
        )
        codes = zip(*(flags.codes for flags in missing), strict=True)
        self.missing = Flags(tuple(layers.judged.name(_chosen(choice, each)) for each in codes), len(self.facts))

    # ------------------------------------------------------------ verdict and day

    def _verdict(self, among: Sequence[bool]) -> str:
        mended = Flags.of(
            [f"{item.mended} IS NOT NULL" if item.mended else "FALSE" for item in self._items], self._layers.flags
        )
        lasting = Flags(
            tuple(f"({one} - {other})" for one, other in zip(self._not_met.codes, mended.codes, strict=True)),
            len(self._items),
        )
        return (
            f"CASE WHEN {lasting.any(among)} THEN {_NO_MATCH} WHEN {self._not_met.any(among)} THEN {_NOT_YET} "
            f"WHEN {self._unknown.any(among)} THEN {_UNDECIDED} ELSE {_MATCH} END"
        )

    def _eligible_from(self, among: Sequence[bool], verdict: str) -> str:
        """The first day on which nothing is not met, nothing else having run out meanwhile."""
        items = [item for item, counts in zip(self._items, among, strict=True) if counts]
        waited = [item.mended for item in items if item.mended]
        moving = [item for item in items if item.mended]
        if not waited:
            return self._layers.dated.name("CAST(NULL AS DATE)")
        first = self._layers.verdicts.name(f"GREATEST({', '.join(waited)})" if len(waited) > 1 else waited[0])
        days = self._dialect.joined([self._turning_days(item) for item in moving])
        spoiled = [item for item in moving if not item.improves]  # only these may have run out meanwhile
        if not spoiled:
            return self._layers.dated.name(f"CASE WHEN {verdict} = {_NOT_YET} THEN {first} END")
        later = self._dialect.least(self._judgments.days_after(days, first, self._nothing_fails(spoiled, "d")))
        at_once = self._nothing_fails(spoiled, first)
        return self._layers.dated.name(
            f"CASE WHEN {verdict} = {_NOT_YET} THEN CASE WHEN {at_once} THEN {first} ELSE {later} END END"
        )

    def _turning_days(self, item: Judgment) -> str:
        days = self._judgments.turning_days(item.criterion)
        return days if item.runs_out else f"CASE WHEN {item.mended} IS NOT NULL THEN {days} END"

    def _nothing_fails(self, moving: Iterable[Judgment], day: str) -> str:
        """What time alone cannot spoil counts only where it has to be waited for: a test can be repeated."""
        tests = []
        for item in moving:
            fails = self._judgments.later(item.criterion, day).is_not_met
            tests.append(
                f"COALESCE(NOT ({fails if item.runs_out else f'{item.mended} IS NOT NULL AND {fails}'}), TRUE)"
            )
        return f"({' AND '.join(dict.fromkeys(tests))})"

    def _best(self, verdicts: Sequence[str], days: Sequence[str]) -> str:
        """The number of the first cohort that none beats."""
        far = self._dialect.day(FAR_OFF)
        cases = []
        for number, (verdict, day) in enumerate(zip(verdicts, days, strict=True)):
            others = [
                f"({verdict} < {other} OR {verdict} = {other}"
                f" AND COALESCE({day}, {far}) <= COALESCE({other_day}, {far}))"
                for place, (other, other_day) in enumerate(zip(verdicts, days, strict=True))
                if place != number
            ]
            cases.append(f"WHEN {' AND '.join(others)} THEN {number}")
        return f"CASE {' '.join(cases)} END"

    def _missing(self, among: Sequence[bool]) -> list[str]:
        """For each fact, whether some criterion that is unknown asks for it."""
        asked: dict[str, dict[str, None]] = {fact: {} for fact in self.facts}
        for item, counts in zip(self._items, among, strict=True):
            for fact, condition in item.missing if counts else ():
                asked[fact][f"({condition})"] = None
        return [" OR ".join(conditions) or "FALSE" for conditions in asked.values()]

    # ------------------------------------------------------------ what is said

    @cached_property
    def _weights(self) -> list[int]:
        weights = [Fraction(item.criterion.weight) for item in self._items]
        common = math.lcm(*(weight.denominator for weight in weights))
        return [int(weight * common) for weight in weights]

    @property
    def weight(self) -> int:
        """The weight of all criteria together."""
        return sum(self._weights)

    def weighed(self) -> tuple[str, str, str]:
        """The weight of what is met, not met and unknown."""
        met, not_met, unknown = (
            flags.count(self._weights, self._dialect) for flags in (self.met, self.not_met, self.unknown)
        )
        return met, not_met, unknown

    def tenths(self) -> tuple[str, str]:
        """The least and the greatest score, in tenths of a percent, half to even; NULL where nothing is decidable."""
        met, not_met, unknown = self.weighed()
        whole = self._layers.weighed.name(f"NULLIF({met} + {not_met} + {unknown}, 0)")
        ends = []
        for sql in (met, f"{met} + {unknown}"):
            double = f"(2000 * {self._layers.weighed.name(sql)} + {whole})"
            rounded = self._layers.rounded.name(self._dialect.whole(double, f"(2 * {whole})"))
            is_tie = f"{double} % (2 * {whole}) = 0 AND {rounded} % 2 = 1"
            ends.append(self._layers.scored.name(f"{rounded} - CASE WHEN {is_tie} THEN 1 ELSE 0 END"))
        return ends[0], ends[1]

    def counted(self) -> tuple[str, str, str]:
        """How many criteria are met, not met and unknown."""
        ones = [1] * len(self._items)
        met, not_met, unknown = (flags.count(ones, self._dialect) for flags in (self.met, self.not_met, self.unknown))
        return met, not_met, unknown


def _chosen(choice: str, each: Iterable[str]) -> str:
    return f"CASE {choice} {' '.join(f'WHEN {number} THEN {sql}' for number, sql in enumerate(each))} END"
