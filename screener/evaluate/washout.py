"""Washouts one by one: what was given, when last, and the first day on which the wait after it is surely over.

The evaluator judges whole criteria; a worksheet shows each treatment with its arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from screener.dates import DateSpan, Period, add
from screener.evaluate.time import members_of, over_day
from screener.expr import Anchor, And, AtLeast, Count, Elapsed, First, HalfLives, Last, Not, OnDate, Or, Received
from screener.interval import Relation
from screener.model import Missing, Moment, Rule
from screener.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from screener.evaluate.context import Context
    from screener.expr import Expression, Leaf, Selection
    from screener.model import Criterion, Treatment

_WAITS = {False: {Relation.GE, Relation.GT}, True: {Relation.LT, Relation.LE}}  # of what must hold, and must not
_STRICTLY_LONGER = {Relation.GT, Relation.LE}


@dataclass(frozen=True, slots=True)
class Washout:
    """One wait. `classes` or `fact` say what is waited after; `agent` what was given, empty where nothing was.

    `last` is None where it is not known; `over` the first day on which the wait is over, None where it never began
    (`never`) or cannot be told. `known` is false where nobody has said what was given. `later` are the days that it
    takes beyond the limit, since a wait of `more than 14 days` is over on the fifteenth.
    """

    criterion: Criterion
    anchor: Anchor
    limit: int | HalfLives
    period: Period
    classes: tuple[str, ...] = ()
    fact: str = ""
    agent: str = ""
    known: bool = False
    last: DateSpan | None = None
    over: DateSpan | None = None
    ongoing: bool = False
    later: int = 0


def washouts(criterion: Criterion, context: Context) -> Iterator[Washout]:
    """The waits that a criterion asks for; one that nothing is known of stands there all the same, to be filled in."""
    if not isinstance(criterion.test, Rule):
        return
    for leaf, barred in _signed(criterion.test.expression, barred=criterion.test.exclude):
        match leaf:
            case Elapsed(point=Last(selection) | First(selection), relation=relation):
                if relation in _WAITS[barred]:
                    yield from _of_treatments(criterion, leaf, selection, context)
            case Elapsed(point=OnDate(fact), relation=relation):
                if relation in _WAITS[barred]:
                    yield _of_date(criterion, leaf, fact, context)
            case Received(selection) | Count(selection):
                if _is_barred(leaf, barred=barred) and selection.window and selection.window.end is None:
                    yield from _of_treatments(criterion, leaf, selection, context)
            case _:
                pass


def _signed(expression: Expression, *, barred: bool) -> Iterator[tuple[Leaf, bool]]:
    """Each leaf, and whether it must not hold."""
    match expression:
        case Not(item):
            yield from _signed(item, barred=not barred)
        case And(items) | Or(items) | AtLeast(_, items):
            for item in items:
                yield from _signed(item, barred=barred)
        case _:
            yield expression, barred


def _is_barred(leaf: Received | Count, *, barred: bool) -> bool:
    """Whether treatments in the window stand against the patient."""
    if isinstance(leaf, Count):
        return leaf.relation in ({Relation.GE, Relation.GT} if barred else {Relation.LE, Relation.LT})
    return barred


def _of_treatments(criterion: Criterion, leaf: Leaf, selection: Selection, context: Context) -> Iterator[Washout]:
    anchor, limit, period, later = _terms(leaf, selection)
    blank = Washout(criterion, anchor, limit, period, selection.classes)
    listed = context.treatments()
    if isinstance(listed, Missing):
        yield blank
        return
    given = [
        item for item, truth in members_of(_without_window(selection), listed, context) if truth is not Truth.FALSE
    ]
    if not given:
        yield Washout(criterion, anchor, limit, period, selection.classes, known=True)
    for item in given:
        last = context.last_day(item)
        over = _over(last, leaf, limit, period, item, later=later)
        yield Washout(
            criterion,
            anchor,
            limit,
            period,
            selection.classes,
            agent=item.agent,
            known=True,
            last=last,
            over=over,
            ongoing=item.ongoing,
            later=later,
        )


def _of_date(criterion: Criterion, leaf: Elapsed, fact: str, context: Context) -> Washout:
    value = context.patient.get(fact)
    later = 1 if leaf.relation in _STRICTLY_LONGER else 0
    if not isinstance(value, Moment):
        return Washout(criterion, leaf.anchor, leaf.limit, leaf.period, fact=fact)
    over = None if value.span is None else _over(value.span, leaf, leaf.limit, leaf.period, None, later=later)
    return Washout(criterion, leaf.anchor, leaf.limit, leaf.period, fact=fact, known=True, last=value.span, over=over)


def _terms(leaf: Leaf, selection: Selection) -> tuple[Anchor, int | HalfLives, Period, int]:
    """Anchor, limit, its period, and how many days more it takes."""
    if isinstance(leaf, Elapsed):
        return leaf.anchor, leaf.limit, leaf.period, 1 if leaf.relation in _STRICTLY_LONGER else 0
    if selection.window is None:
        raise TypeError(leaf)
    start = selection.window.start
    return start.anchor, -start.offset, start.period, 1


def _over(
    last: DateSpan, leaf: Leaf, limit: int | HalfLives, period: Period, item: Treatment | None, *, later: int
) -> DateSpan:
    if isinstance(leaf, Elapsed):
        over = over_day(last, leaf, item)
        return DateSpan(*(None if day is None else add(day, later, Period.DAYS) for day in (over.first, over.last)))
    whole = limit if isinstance(limit, int) else limit.days
    return DateSpan(*(None if day is None else _outside(day, whole, period) for day in (last.first, last.last)))


def _outside(day: date, amount: int, period: Period) -> date:
    """The first day whose window, so long before it, no longer holds the given day. Months end early where the day
    does not exist, so some days more may still look back to it.
    """
    first = add(day, amount, period)
    while add(first, -amount, period) <= day:
        first = add(first, 1, Period.DAYS)
    return first


def _without_window(selection: Selection) -> Selection:
    """The same treatments, whenever they were given: the worksheet shows those whose wait is long over, too."""
    return replace(selection, window=None)
