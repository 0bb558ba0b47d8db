"""What an expression may still come to: which truths further answers can give it, and how likely each is.

Leaves are taken as independent of each other, so what is said to be possible may turn out impossible; never the other
way round.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.expr import And, AtLeast, Not, Or

if TYPE_CHECKING:
    from collections.abc import Callable

    from screener.expr import Expression, Leaf

# Bits of `may`.
TRUE, FALSE, UNKNOWN = 1, 2, 4
ANY = TRUE | FALSE | UNKNOWN


@dataclass(frozen=True, slots=True)
class Prospect:
    """The truths still possible (bits), the chance of true and of false, and the facts to ask for, first things first.

    With nothing to ask for, one truth is left, or UNKNOWN for good.
    """

    may: int
    true: float
    false: float
    asks: tuple[str, ...] = ()


SURELY = Prospect(TRUE, 1, 0)
NEVER = Prospect(FALSE, 0, 1)
FOR_GOOD = Prospect(UNKNOWN, 0, 0)  # no answer is left that could decide it


def prospect(expression: Expression, of_leaf: Callable[[Leaf], Prospect]) -> Prospect:
    """Give the prospect of an expression from those of its leaves."""
    match expression:
        case Not(item):
            return opposite(prospect(item, of_leaf))
        case And(items):
            return _all([prospect(item, of_leaf) for item in items])
        case Or(items):
            return opposite(_all([opposite(prospect(item, of_leaf)) for item in items]))
        case AtLeast(count, items):
            return _at_least(count, [prospect(item, of_leaf) for item in items])
        case _:
            return of_leaf(expression)


def opposite(item: Prospect) -> Prospect:
    """The prospect of the negation."""
    may = (TRUE if item.may & FALSE else 0) | (FALSE if item.may & TRUE else 0) | item.may & UNKNOWN
    return Prospect(may, item.false, item.true, item.asks)


def _all(items: list[Prospect]) -> Prospect:
    if any(item.may == FALSE for item in items):
        return NEVER
    true = math.prod(item.true for item in items)
    false = 1 - math.prod(1 - item.false for item in items)
    may = 0
    if all(item.may & TRUE for item in items):
        may |= TRUE
    if any(item.may & FALSE for item in items):
        may |= FALSE
    if any(item.may & UNKNOWN for item in items) and all(item.may & ~FALSE for item in items):
        may |= UNKNOWN
    return Prospect(may, true, false, _asks(may, items))


def _at_least(count: int, items: list[Prospect]) -> Prospect:
    can_be_true = sum(bool(item.may & TRUE) for item in items)
    surely_true = sum(item.may == TRUE for item in items)
    surely_false = sum(item.may == FALSE for item in items)
    if surely_true >= count:
        return SURELY
    if len(items) - surely_false < count:
        return NEVER
    may = TRUE if can_be_true >= count else 0
    if sum(bool(item.may & FALSE) for item in items) > len(items) - count:
        may |= FALSE
    if any(item.may & UNKNOWN for item in items):
        may |= UNKNOWN
    true = _chance_of(count, [item.true for item in items])
    false = _chance_of(len(items) - count + 1, [item.false for item in items])
    return Prospect(may, true, false, _asks(may, items))


def _chance_of(count: int, chances: list[float]) -> float:
    """The chance that at least `count` independent things happen."""
    exactly = [1.0] + [0.0] * len(chances)
    for chance in chances:
        for number in range(len(chances), 0, -1):
            exactly[number] = exactly[number] * (1 - chance) + exactly[number - 1] * chance
        exactly[0] *= 1 - chance
    return sum(exactly[count:])


def _asks(may: int, items: list[Prospect]) -> tuple[str, ...]:
    """The facts of the parts that could still move the whole, of which only the truths `may` are left."""
    if may in {TRUE, FALSE, UNKNOWN}:
        return ()
    moving = may & (TRUE | FALSE)
    return tuple(dict.fromkeys(fact for item in items if item.may & moving for fact in item.asks))
