"""From tree to text: the inverse of parse."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, assert_never

from screener.expr.nodes import (
    And,
    AtLeast,
    Bound,
    Compare,
    Count,
    Elapsed,
    Expression,
    First,
    Flag,
    HalfLives,
    In,
    Is,
    Last,
    Leaf,
    Not,
    OnDate,
    Or,
    Point,
    Received,
    Selection,
    TestDate,
)

if TYPE_CHECKING:
    from fractions import Fraction


def show(expression: Expression) -> str:
    """Write an expression so that parse gives it back."""
    match expression:
        case Or(items):
            return " or ".join(_grouped(item, (Or,)) for item in items)
        case And(items):
            return " and ".join(_grouped(item, (Or, And)) for item in items)
        case AtLeast(count, items):
            return f"at least {count} of ({', '.join(show(item) for item in items)})"
        case Not(Is(fact, term)):
            return f"{fact} is not {term}"
        case Not(In(fact, terms)):
            return f"{fact} not in {{{', '.join(terms)}}}"
        case Not(item):
            return f"not {_grouped(item, (Or, And))}"
        case _:
            return _show_leaf(expression)


def _show_leaf(leaf: Leaf) -> str:
    match leaf:
        case Flag(fact):
            return fact
        case Is(fact, term):
            return f"{fact} is {term}"
        case In(fact, terms):
            return f"{fact} in {{{', '.join(terms)}}}"
        case Compare(fact, relation, number, unit):
            amount = exact_decimal(number)
            return f"{fact} {relation.value} {amount} {unit}" if unit else f"{fact} {relation.value} {amount}"
        case Received(selection):
            return f"any({show_selection(selection)})"
        case Count(selection, relation, number):
            return f"count({show_selection(selection)}) {relation.value} {number}"
        case Elapsed(period, point, anchor, relation, limit):
            span = f"{period.value} from {_show_point(point)} to {anchor.value}"
            return f"{span} {relation.value} {_show_limit(limit)}"
        case _:
            assert_never(leaf)


@cache
def exact_decimal(number: Fraction) -> str:
    """All the digits of a number that has finitely many."""
    places = 0
    while (number * 10**places).denominator != 1:
        places += 1
    digits = str(int(number * 10**places)).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def show_selection(selection: Selection) -> str:
    """Write a selection as it stands between the brackets."""
    text = " or ".join(selection.classes)
    if selection.excepting:
        text += f" except {' or '.join(selection.excepting)}"
    match selection.window:
        case None:
            return text
        case window if window.end is None:
            return f"{text} since {_show_bound(window.start)}"
        case window:
            return f"{text} from {_show_bound(window.start)} to {_show_bound(window.end)}"


def _grouped(expression: Expression, bracketed: tuple[type, ...]) -> str:
    return f"({show(expression)})" if isinstance(expression, bracketed) else show(expression)


def _show_bound(bound: Bound) -> str:
    if not bound.offset:
        return bound.anchor.value
    side = "before" if bound.offset < 0 else "after"
    return f"{abs(bound.offset)} {bound.period.value} {side} {bound.anchor.value}"


def _show_point(point: Point) -> str:
    match point:
        case Last(selection):
            return f"last({show_selection(selection)})"
        case First(selection):
            return f"first({show_selection(selection)})"
        case OnDate(fact):
            return fact
        case TestDate(fact):
            return f"date of {fact}"
        case _:
            assert_never(point)


def _show_limit(limit: int | HalfLives) -> str:
    if isinstance(limit, int):
        return str(limit)
    which = "longer" if limit.longer else "shorter"
    return f"{which} of ({limit.days}, {limit.half_lives} half-lives)"
