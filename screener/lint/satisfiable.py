"""Whether an expression can hold for any patient of whom everything is known.

The answer errs on one side only: what is called impossible is impossible, what is not may still be. Each quantity that
the leaves speak of is taken by itself, as though any value of one could go with any value of another. So it is not seen

- that an absolute value and a multiple of its limit of normal, or multiples of the two limits, belong together;
- that days, weeks, months and years from one day to another belong together, or that two anchors have an order;
- that therapy classes contain one another, or that one selection's window lies inside another's;
- that one fact follows from another (performance scales, clearance, a histology in the tumor type);
- what half-lives come to: such a comparison may be true or false as it likes.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise, product
from typing import TYPE_CHECKING

from screener.dates import Period
from screener.expr import (
    And,
    AtLeast,
    Compare,
    Count,
    Elapsed,
    Expression,
    Flag,
    HalfLives,
    In,
    Is,
    Leaf,
    Not,
    Or,
    Received,
    leaves,
)
from screener.interval import Interval, Relation
from screener.model import Dictionary, FactType
from screener.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from screener.interval import Exact

MOST_CELLS = 20_000  # a quarter of a second; what would take longer is not decided

Row = tuple[bool, ...]  # the truth of each leaf about one quantity, for one of its values


def may_hold(expression: Expression, dictionary: Dictionary) -> bool:
    """Whether some values of its facts, each in its plausible range, make it true; also true if that is not known."""
    groups = [(about, _rows(about, dictionary)) for about in _by_quantity(expression)]
    if math.prod(len(rows) for _, rows in groups) > MOST_CELLS:
        return True
    abouts = [leaf for about, _ in groups for leaf in about]
    cells = product(*(rows for _, rows in groups))
    return any(_holds(expression, dict(zip(abouts, (t for row in cell for t in row), strict=True))) for cell in cells)


def quantities(expression: Expression) -> frozenset[Hashable]:
    """What the leaves speak of; expressions that share none cannot contradict each other."""
    return frozenset(_quantity(leaf) for leaf in leaves(expression))


def _quantity(leaf: Leaf) -> Hashable:
    """What the leaf speaks of: leaves about the same quantity are true and false together."""
    match leaf:
        case Flag(fact) | Is(fact) | In(fact):
            return fact
        case Compare(fact, unit=unit):
            return (fact, unit) if unit in {"ULN", "LLN"} else fact
        case Received(selection) | Count(selection):
            return selection
        case Elapsed(limit=HalfLives()):
            return leaf
        case Elapsed():
            return leaf.period, leaf.point, leaf.anchor


def _by_quantity(expression: Expression) -> list[tuple[Leaf, ...]]:
    groups: dict[Hashable, dict[Leaf, None]] = {}
    for leaf in leaves(expression):
        groups.setdefault(_quantity(leaf), {})[leaf] = None
    return [tuple(group) for group in groups.values()]


def _holds(expression: Expression, truths: Mapping[Leaf, bool]) -> bool:
    match expression:
        case Not(item):
            return not _holds(item, truths)
        case And(items):
            return all(_holds(item, truths) for item in items)
        case Or(items):
            return any(_holds(item, truths) for item in items)
        case AtLeast(count, items):
            return sum(_holds(item, truths) for item in items) >= count
        case _:
            return truths[expression]


def _rows(about: tuple[Leaf, ...], dictionary: Dictionary) -> set[Row]:
    """The ways in which leaves about one quantity can be true and false, over all its values."""
    match about[0]:
        case Flag(fact) | Is(fact) | In(fact):
            asked = [_options(leaf, dictionary) for leaf in about]
            return {tuple(option in options for options in asked) for option in _every_option(fact, dictionary)}
        case Elapsed(limit=HalfLives()):
            return {(True,), (False,)}
        case first:
            limits = [_limit(leaf, dictionary) for leaf in about]
            values = _values(first, sorted({number for _, number in limits}), dictionary)
            return {tuple(_compares(value, *limit) for limit in limits) for value in values}


def _options(leaf: Leaf, dictionary: Dictionary) -> frozenset[str]:
    match leaf:
        case Flag():
            return frozenset({"yes"})
        case Is(fact, term):
            terms: tuple[str, ...] = (term,)
        case In(fact, terms):
            pass
        case _:
            raise TypeError(leaf)
    declared = dictionary.facts[fact]
    return frozenset().union(*(dictionary.options(declared, term) or () for term in terms))


def _every_option(name: str, dictionary: Dictionary) -> tuple[str, ...]:
    fact = dictionary.facts[name]
    if fact.type is FactType.TUMOR_TYPE:
        return tuple(dictionary.tumor_types.names)
    return tuple(choice.id for choice in dictionary.choices(fact))


def _limit(leaf: Leaf, dictionary: Dictionary) -> tuple[Relation, Fraction]:
    """The number that the leaf compares its quantity with."""
    match leaf:
        case Compare(fact, relation, number, unit):
            multiple = unit in {"ULN", "LLN"}
            return relation, number if multiple else dictionary.canonical(dictionary.facts[fact], number, unit)
        case Count(_, relation, number):
            return relation, Fraction(number)
        case Received():
            return Relation.GE, Fraction(1)
        case Elapsed(relation=relation, limit=int(limit)):
            return relation, Fraction(limit)
        case _:
            raise TypeError(leaf)


def _values(leaf: Leaf, thresholds: list[Fraction], dictionary: Dictionary) -> Iterator[Exact]:
    """Values of the leaf's quantity: one for each way to lie to the thresholds.

    Whole days and counts lie on a threshold or next to it. Time may be negative, for a plan may lie before its point,
    and without end, for what never happened.
    """
    match leaf:
        case Compare(fact, unit="ULN" | "LLN"):
            yield from _between(thresholds, Fraction(0), None)
        case Compare(fact):
            declared = dictionary.facts[fact]
            low, high = declared.plausible or (None, None)
            if declared.type is FactType.SCALE and low is not None and high is not None:
                yield from range(math.ceil(low), math.floor(high) + 1, declared.step or 1)
            else:
                yield from _between(thresholds, low, high)
        case Received() | Count():
            yield from {value for number in thresholds for value in (number - 1, number, number + 1) if value >= 0}
        case Elapsed(period=Period.DAYS):
            yield from {value for number in thresholds for value in (number - 1, number, number + 1)}
        case _:
            yield from _between(thresholds, None, None)


def _between(thresholds: list[Fraction], low: Fraction | None, high: Fraction | None) -> Iterator[Fraction]:
    """The thresholds within the range, its ends, and a number in each gap between and beyond them."""
    ends = {end for end in (low, high) if end is not None}
    inside = {number for number in thresholds if (low is None or low <= number) and (high is None or number <= high)}
    points = sorted(inside | ends)
    yield from points
    yield from ((one + other) / 2 for one, other in pairwise(points))
    if low is None:
        yield points[0] - 1
    if high is None:
        yield points[-1] + 1


def _compares(value: Exact, relation: Relation, number: Fraction) -> bool:
    return Interval.point(value).compare(relation, Interval.point(number)) is Truth.TRUE
