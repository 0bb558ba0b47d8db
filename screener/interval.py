"""Intervals of numbers: what is known of a value that is not known exactly ("<0.1", a partial date)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from screener.truth import Truth, any_of, truth_of

Exact = Fraction | int


class Relation(Enum):
    """The six ways to compare two numbers; the value is how it is written."""

    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    EQ = "="
    NE = "!="


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from `low` to `high`; None is unbounded, an open end is not itself included."""

    low: Exact | None
    high: Exact | None
    low_open: bool = False
    high_open: bool = False

    def __post_init__(self) -> None:
        """Refuse an interval with nothing in it."""
        if self.low is None or self.high is None:
            return
        if self.low > self.high or (self.low == self.high and (self.low_open or self.high_open)):
            message = "an interval must hold at least one number"
            raise ValueError(message)

    @classmethod
    def point(cls, value: Exact) -> Interval:
        """Exactly this number."""
        return cls(value, value)

    @property
    def exact(self) -> Exact | None:
        """The number, where there is just one."""
        return self.low if self.low == self.high else None

    def scaled(self, factor: Exact) -> Interval:
        """Every number times a positive factor."""
        low = None if self.low is None else self.low * factor
        high = None if self.high is None else self.high * factor
        return Interval(low, high, self.low_open, self.high_open)

    def compare(self, relation: Relation, other: Interval) -> Truth:
        """Whether the relation holds for the true values, wherever in the two intervals they lie."""
        match relation:
            case Relation.LT:
                return _less(self, other)
            case Relation.LE:
                return ~_less(other, self)
            case Relation.GT:
                return _less(other, self)
            case Relation.GE:
                return ~_less(self, other)
            case Relation.EQ:
                return ~_differ(self, other)
            case Relation.NE:
                return _differ(self, other)


def _less(left: Interval, right: Interval) -> Truth:
    if left.high is not None and right.low is not None:
        touching = left.high == right.low and (left.high_open or right.low_open)
        if left.high < right.low or touching:
            return Truth.TRUE
    if left.low is not None and right.high is not None and left.low >= right.high:
        return Truth.FALSE
    return Truth.UNKNOWN


def _differ(left: Interval, right: Interval) -> Truth:
    if left.exact is not None and right.exact is not None:
        return truth_of(left.exact != right.exact)
    apart = any_of((_less(left, right), _less(right, left)))
    return apart if apart is Truth.TRUE else Truth.UNKNOWN


def decimal_text(value: Exact, places: int = 4) -> str:
    """The number as people write it: no needless zeros, rounded to `places` decimals."""
    rounded = round(Fraction(value), places)
    if rounded.denominator == 1:
        return str(rounded.numerator)
    return f"{float(rounded):.{places}f}".rstrip("0")


def interval_text(interval: Interval) -> str:
    """The interval as people write it: `5`, `<5`, `60 to 70`, `any value`."""
    if interval.low is not None and interval.exact is not None:
        return decimal_text(interval.low)
    low = None if interval.low is None else decimal_text(interval.low)
    high = None if interval.high is None else decimal_text(interval.high)
    if low is None:
        return "any value" if high is None else f"{'<' if interval.high_open else '<='}{high}"
    if high is None:
        return f"{'>' if interval.low_open else '>='}{low}"
    return f"{low} to {high}"
