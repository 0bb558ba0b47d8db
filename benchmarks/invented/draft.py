"""A patient being drawn, and the ways in which answers are drawn and written."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from benchmarks.invented.shares_health import SI

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping
    from datetime import date

    from benchmarks.invented.shares_kinds import Kind


Raw = str | list[dict[str, str]]  # an answer as typed in an interview; treatments field by field
Drawn = TypeVar("Drawn")
MONTH, YEAR = 30, 365
WEEKS, EXACT, RECENT = 14, 60, 500  # days from which some count weeks, to which most know the day, and the month


@dataclass
class Draft:
    """A patient being drawn: what is answered so far, and the few things that answers do not say."""

    chance: random.Random
    as_of: date
    kind: Kind
    answers: dict[str, Raw] = field(default_factory=dict)
    cell_type: str = ""
    age: int = 0
    ecog: int = 0
    lines: int = 0
    idle: int = 0  # days since the last treatment, 0 while it goes on
    chemo: int | None = None  # days since the last chemotherapy
    checkpoint: bool = False
    drawn_ago: int = 0  # days since the blood was drawn
    si_units: bool = False

    @property
    def male(self) -> bool:
        """Whether the patient is a man."""
        return self.said("sex", "male")

    def odds(self, chance: float) -> bool:
        """Draw true with a chance."""
        return self.chance.random() < chance

    def pick(self, table: Mapping[Drawn, float]) -> Drawn:
        """Draw one of a table by its shares."""
        return self.chance.choices(list(table), list(table.values()))[0]

    def normal(self, mean: float, deviation: float, low: float, high: float) -> float:
        """Draw from a normal distribution, held between two ends."""
        return min(max(self.chance.gauss(mean, deviation), low), high)

    def skewed(self, median: float, sigma: float, low: float, high: float) -> float:
        """Draw from a log-normal distribution, held between two ends."""
        return min(max(self.chance.lognormvariate(math.log(median), sigma), low), high)

    def put(self, fact: str, shares_or_answer: Mapping[str, float] | str) -> str:
        """Answer a fact with a text, or with one drawn from a table."""
        answer = shares_or_answer if isinstance(shares_or_answer, str) else self.pick(shares_or_answer)
        self.answers[fact] = answer
        return answer

    def yes(self, fact: str, chance: float) -> bool:
        """Answer a fact yes with a chance, else no."""
        return self.put(fact, "yes" if self.odds(chance) else "no") == "yes"

    def said(self, fact: str, *answers: str) -> bool:
        """Whether a fact has one of these answers."""
        return self.answers.get(fact) in answers

    def day(self, ago: float) -> str:
        """A past day as people write it: less exact, the longer it is ago."""
        day = self.as_of - timedelta(days=round(ago))
        if WEEKS <= ago <= EXACT and self.odds(0.15):
            return f"{round(ago / 7)} weeks ago"
        if ago <= EXACT or (ago <= RECENT and self.odds(0.45)):
            return day.isoformat()
        if ago <= RECENT and self.odds(0.2):
            return f"{round(ago / MONTH)} months ago"
        return f"{day:%Y-%m}" if ago <= RECENT or self.odds(0.4) else f"{day:%Y}"

    def result(self, fact: str, value: float, unit: str, digits: int, uln: float | None = None) -> None:
        """A laboratory result as it is printed: with its unit, upper limit of normal and day."""
        factor = 1.0
        if self.si_units and fact in SI:
            unit, factor, digits = SI[fact]
        limit = "" if uln is None else f", ULN {round(uln * factor, max(digits, 1)):g}"
        day = self.as_of - timedelta(days=self.drawn_ago)
        self.put(fact, f"{value * factor:.{digits}f} {unit}".strip() + f"{limit}, {day}")

    def past(self, median: float, low: float = 1, high: float = 30 * YEAR) -> str:
        """A past day about so many days ago."""
        return self.day(self.skewed(median, 0.9, low, high))
