"""Numbers as whole numbers, so that SQL compares them exactly.

A number is written as twice its size in a unit so small that every number of the rules is whole in it: an even code is
that number itself, an odd one lies strictly between two neighbors. So `< 0.1` ends one below the code of 0.1, and a
number with more digits than the unit has still stands on the right side of every number that a rule names.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screener.interval import Exact, Interval

DECIMALS = 10_000  # four decimals of any unit are exact, also after conversion
WIDEST = 4 * 10**18  # no bound: beyond every code, and below the largest BIGINT


@dataclass(frozen=True, slots=True)
class Scale:
    """`parts` of the smallest unit make one canonical unit."""

    parts: int

    @classmethod
    def fitting(cls, numbers: Iterable[Exact], conversions: Iterable[Fraction] = ()) -> Scale:
        """The scale in which these numbers of rules are whole; `conversions` say how many of each unit make one."""
        per_unit = math.lcm(*(factor.numerator for factor in conversions))
        return cls(math.lcm(DECIMALS * per_unit, *(Fraction(number).denominator for number in numbers)))

    def of(self, number: Exact) -> int:
        """The code of a number."""
        whole, rest = divmod(number * self.parts, 1)
        return min(max(2 * int(whole) + (1 if rest else 0), -WIDEST), WIDEST)

    def ends(self, interval: Interval) -> tuple[int, int]:
        """The codes of the least and the greatest number that it may be."""
        low = -WIDEST if interval.low is None else self.of(interval.low)
        high = WIDEST if interval.high is None else self.of(interval.high)
        if interval.low is not None and interval.low_open and not low % 2:
            low += 1
        if interval.high is not None and interval.high_open and not high % 2:
            high -= 1
        return low, high
