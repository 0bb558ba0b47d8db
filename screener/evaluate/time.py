"""Treatments and days: washouts, windows and counts over the patient's list of treatments."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, assert_never

from screener.dates import DateSpan, Period, add
from screener.evaluate.finding import Finding
from screener.expr import Count, Elapsed, First, HalfLives, Last, OnDate, Selection, TestDate
from screener.expr.nodes import TREATMENTS
from screener.interval import Interval, Relation
from screener.model import Missing, Moment, Number, Treatment
from screener.truth import Truth, all_of, any_of, truth_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from screener.evaluate.context import Context
    from screener.expr import Window

_MONTH_END_SLACK = 4
_AT_LEAST = {Relation.GE, Relation.GT}


@dataclass(frozen=True, slots=True)
class _Step:
    """The comparison for one point in time."""

    truth: Truth
    reason: str


def received(selection: Selection, context: Context) -> Finding:
    """Whether some selected treatment was given."""
    treatments = context.treatments()
    if isinstance(treatments, Missing):
        return _no_list(treatments, context)
    members = list(members_of(selection, treatments, context))
    truth = any_of(truth for _, truth in members)
    return _about_members(selection, members, truth, context)


def count(leaf: Count, context: Context) -> Finding:
    """Whether so many selected treatments were given."""
    treatments = context.treatments()
    if isinstance(treatments, Missing):
        return _no_list(treatments, context)
    members = list(members_of(leaf.selection, treatments, context))
    sure = sum(truth is Truth.TRUE for _, truth in members)
    possible = sure + sum(truth is Truth.UNKNOWN for _, truth in members)
    truth = Interval(sure, possible).compare(leaf.relation, Interval.point(leaf.number))
    if sure == possible:
        return Finding(truth, (f"{_selection_text(leaf.selection, context)}: {sure} among the treatments listed",))
    return _about_members(leaf.selection, members, truth, context)


def elapsed(leaf: Elapsed, context: Context) -> Finding:
    """Whether enough time (or too little) lies between a point and an anchor."""
    match leaf.point:
        case OnDate(fact):
            value = context.patient.get(fact)
            name = context.dictionary.facts[fact].name
            if isinstance(value, Missing):
                return Finding(Truth.UNKNOWN, (f"{name}: {value}",), (fact,))
            if not isinstance(value, Moment):
                raise TypeError(fact)
            return _one(fact, name, value, leaf, context)
        case TestDate(fact):
            result = context.patient.get(fact)
            name = f"{context.dictionary.facts[fact].name}, date of the result"
            if not isinstance(result, Number) or result.tested is None:
                return Finding(Truth.UNKNOWN, (f"{name}: not given",), (fact,))
            return _one(fact, name, Moment(result.tested), leaf, context)
        case Last(selection) | First(selection):
            treatments = context.treatments()
            if isinstance(treatments, Missing):
                return _no_list(treatments, context)
            return _over(selection, treatments, leaf, context)
        case _:
            assert_never(leaf.point)


def turning_days(leaf: Elapsed, context: Context) -> Iterator[date]:
    """The days on which time alone may turn the comparison round."""
    spans: list[tuple[DateSpan | None, Treatment | None]] = []
    match leaf.point:
        case OnDate(fact):
            value = context.patient.get(fact)
            spans = [(value.span, None)] if isinstance(value, Moment) else []
        case TestDate(fact):
            result = context.patient.get(fact)
            spans = [(result.tested, None)] if isinstance(result, Number) else []
        case Last() | First():
            spans = [(context.last_day(item), item) for item in _listed(context)]
    for span, treatment in spans:
        over = over_day(span, leaf, treatment) if span else None
        if over and over.last:
            yield over.last
            yield add(over.last, 1, Period.DAYS)


def window_days(window: Window, context: Context) -> Iterator[date]:
    """The days on which time alone may move an end of a window past a treatment.

    Months end early where the day does not exist, so up to four days after the reckoned one may be the day.
    """
    bounds = [bound for bound in (window.start, window.end) if bound]
    for item in _listed(context):
        spans = [span for span in (item.start, context.last_day(item)) if span]
        ends = {day for span in spans for day in (span.first, span.last) if day}
        for bound in bounds:
            for end in ends:
                reckoned = add(end, -bound.offset, bound.period)
                yield from (add(reckoned, later, Period.DAYS) for later in range(_MONTH_END_SLACK + 1))


def _listed(context: Context) -> tuple[Treatment, ...]:
    treatments = context.treatments()
    return () if isinstance(treatments, Missing) else treatments


def _over(selection: Selection, treatments: tuple[Treatment, ...], leaf: Elapsed, context: Context) -> Finding:
    """`last(…) >= n` holds when it holds for every treatment selected; `last(…) < n` when for some; `first(…)` the
    other way round. So none at all has waited long enough.
    """
    members = [(item, truth) for item, truth in members_of(selection, treatments, context) if truth is not Truth.FALSE]
    if not members:
        truth = truth_of((leaf.relation in _AT_LEAST) == isinstance(leaf.point, Last))
        return Finding(truth, (f"no {_selection_text(selection, context)} among the treatments listed",))
    for_every = (leaf.relation in _AT_LEAST) == isinstance(leaf.point, Last)
    steps = []
    for item, member in members:
        step = _step(item.agent, context.last_day(item), leaf, context, item)
        truth = any_of((~member, step.truth)) if for_every else all_of((member, step.truth))
        unsure = "" if member is Truth.TRUE else f" ({item.agent}: its class is not known)"
        steps.append((_Step(truth, step.reason + unsure), context.last_day(item)))
    truth = (all_of if for_every else any_of)(step.truth for step, _ in steps)
    deciding = [(step, span) for step, span in steps if step.truth is truth]
    latest = max(deciding, key=lambda pair: pair[1].last or pair[1].first or context.day)
    reasons = [latest[0].reason] if truth is not Truth.UNKNOWN else [step.reason for step, _ in deciding]
    missing = (TREATMENTS,) if truth is Truth.UNKNOWN else ()
    return Finding(truth, tuple(reasons), missing)


def _one(fact: str, name: str, moment: Moment, leaf: Elapsed, context: Context) -> Finding:
    if moment.span is None:
        never_began = context.dictionary.facts[fact].never_began
        return Finding(truth_of((leaf.relation in _AT_LEAST) is not never_began), (f"{name}: never",))
    step = _step(name, moment.span, leaf, context)
    return Finding(step.truth, (step.reason,), (fact,) if step.truth is Truth.UNKNOWN else ())


def _step(name: str, span: DateSpan, leaf: Elapsed, context: Context, treatment: Treatment | None = None) -> _Step:
    """Compare the anchor's day with the day on which the span is over, and say the arithmetic."""
    over = over_day(span, leaf, treatment)
    anchor, planned = context.anchor(leaf.anchor)
    truth = _days(anchor).compare(leaf.relation, _days(over))
    limit = _limit_text(leaf.limit, leaf.period)
    ongoing = treatment is not None and treatment.ongoing
    day = "still being given" if ongoing else str(span)
    sum_text = f"{name} {day}" if ongoing else f"{name} {day} + {limit} = {over}"
    if ongoing:
        sum_text += f" ({limit} count from its last dose)"
    judged = f"{leaf.anchor.value} planned for {anchor}" if planned else f"judged on {context.day}"
    if not planned and leaf.anchor.value not in {"screening", "enrollment"}:
        judged = f"{leaf.anchor.value} has no planned date, {judged}"
    return _Step(truth, f"{sum_text}; {judged}")


def over_day(span: DateSpan, leaf: Elapsed, treatment: Treatment | None) -> DateSpan:
    """The day on which the limit has run since the span, as far as both are known."""
    if isinstance(leaf.limit, int):
        least: int = leaf.limit
        most: int | None = leaf.limit
    else:
        least, most = _half_life_days(leaf.limit, treatment.half_life_days if treatment else None)
    first = None if span.first is None else add(span.first, least, leaf.period)
    last = None if span.last is None or most is None else add(span.last, most, leaf.period)
    return DateSpan(first, last)


def _half_life_days(limit: HalfLives, half_life: Interval | None) -> tuple[int, int | None]:
    """Fewest and most whole days that the limit may be."""
    low = Fraction(0) if half_life is None or half_life.low is None else Fraction(half_life.low)
    high = None if half_life is None or half_life.high is None else Fraction(half_life.high)
    fewest = math.ceil(low * limit.half_lives)
    most = None if high is None else math.ceil(high * limit.half_lives)
    if limit.longer:
        return max(limit.days, fewest), None if most is None else max(limit.days, most)
    return min(limit.days, fewest), limit.days if most is None else min(limit.days, most)


def _limit_text(limit: int | HalfLives, period: Period) -> str:
    if isinstance(limit, int):
        return f"{limit} {period.value}"
    which = "longer" if limit.longer else "shorter"
    return f"the {which} of {limit.days} days and {limit.half_lives} half-lives"


def _days(span: DateSpan) -> Interval:
    return Interval(span.first.toordinal() if span.first else None, span.last.toordinal() if span.last else None)


def members_of(
    selection: Selection, treatments: tuple[Treatment, ...], context: Context
) -> Iterator[tuple[Treatment, Truth]]:
    """Each treatment, and whether it is selected."""
    for item in treatments:
        chosen = any_of(item.belongs(name) for name in selection.classes)
        excepted = any_of(item.belongs(name) for name in selection.excepting)
        truth = all_of((chosen, ~excepted))
        if selection.window and truth is not Truth.FALSE:
            truth = all_of((truth, _in_window(item, selection.window, context)))
        yield item, truth


def _in_window(item: Treatment, window: Window, context: Context) -> Truth:
    """Whether some day of the treatment lies in the window."""
    last = context.last_day(item)
    truth = _days(last).compare(Relation.GE, _days(context.bound(window.start)))
    if window.end is None:
        return truth
    begin = item.start or last
    return all_of((truth, _days(begin).compare(Relation.LE, _days(context.bound(window.end)))))


def _about_members(
    selection: Selection, members: list[tuple[Treatment, Truth]], truth: Truth, context: Context
) -> Finding:
    text = _selection_text(selection, context)
    if truth is Truth.UNKNOWN:
        unsure = ", ".join(item.agent for item, member in members if member is Truth.UNKNOWN)
        return Finding(truth, (f"{unsure}: not known whether it counts as {text}",), (TREATMENTS,))
    given = ", ".join(f"{item.agent} ({context.last_day(item)})" for item, member in members if member is Truth.TRUE)
    return Finding(truth, (f"{text}: {given}" if given else f"no {text} among the treatments listed",))


def _selection_text(selection: Selection, context: Context) -> str:
    classes = context.dictionary.therapies.classes
    text = " or ".join(classes[name].name.lower() for name in selection.classes)
    if selection.excepting:
        text += f" (except {' or '.join(classes[name].name.lower() for name in selection.excepting)})"
    if selection.window:
        text += f" since {context.bound(selection.window.start)}"
    return text


def _no_list(missing: Missing, context: Context) -> Finding:
    name = context.dictionary.facts[TREATMENTS].name
    return Finding(Truth.UNKNOWN, (f"{name}: {missing}",), (TREATMENTS,))
