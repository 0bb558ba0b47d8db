"""Lists of treatments with one course near a threshold of time, or as many courses as a count asks for.

Each list stands with its side of the threshold (-1, 0, 1) and with how people would write what was put into it.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from screener.dates import Period, add
from screener.evaluate import Context
from screener.expr.nodes import TREATMENTS
from screener.interval import decimal_text
from screener.model import Treatment, Treatments
from screener.patient import read_treatment
from screener.truth import Truth, all_of, any_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from screener.expr import Count, Elapsed, HalfLives, Selection
    from screener.model import Dictionary, Patient

_SIDES = (-1, 0, 1)
_LONG_AGO = 5  # years: outside most washouts
Side = tuple[int, Treatments, str]


def listed(patient: Patient) -> tuple[Treatment, ...]:
    """The patient's treatments; none where the list is missing."""
    given = patient.get(TREATMENTS)
    return given.items if isinstance(given, Treatments) else ()


def unselected(selection: Selection, patient: Patient) -> Treatments:
    """The patient's list without the treatments of the classes selected, whatever their days."""
    return Treatments(tuple(item for item in listed(patient) if _chosen(selection, item) is Truth.FALSE))


def timed_courses(leaf: Elapsed, selection: Selection, patient: Patient, dictionary: Dictionary) -> Iterator[Side]:
    """A course whose last dose lies on the limit, a day later (too short a time), and a day earlier."""
    anchor, _ = Context.today(patient, dictionary).anchor(leaf.anchor)
    if anchor.first is None:
        return
    for amount, half_life in _limits(leaf.limit):
        on = day_before(anchor.first, amount, leaf.period)
        for side in _SIDES:
            yield from _with_course(side, selection, add(on, -side, Period.DAYS), patient, dictionary, half_life)


def window_courses(selection: Selection, patient: Patient, dictionary: Dictionary) -> Iterator[Side]:
    """A course of one day on each bound of the window, a day before it and a day after it."""
    if selection.window is None:
        return
    context = Context.today(patient, dictionary)
    for bound in (selection.window.start, selection.window.end):
        day = context.bound(bound).first if bound else None
        for side in _SIDES if day else ():
            if day:
                yield from _with_course(side, selection, add(day, side, Period.DAYS), patient, dictionary)


def counted_courses(leaf: Count, patient: Patient, dictionary: Dictionary) -> Iterator[Side]:
    """One course fewer than the count, just as many, and one more; all on one day inside the window."""
    window = leaf.selection.window
    start = Context.today(patient, dictionary).bound(window.start).first if window else None
    day = start or add(patient.as_of, -_LONG_AGO, Period.YEARS)
    others = unselected(leaf.selection, patient).items
    course = _course(leaf.selection, day, patient, dictionary) if day <= patient.as_of else None
    for side in _SIDES:
        number = leaf.number + side
        if course and number >= 0:
            shown = f"{number} x {course.agent} {day}" if number else "none"
            yield side, Treatments((*others, *[course] * number)), shown
    yield from window_courses(leaf.selection, patient, dictionary)


def long_ago(selection: Selection, patient: Patient, dictionary: Dictionary) -> Iterator[Side]:
    """A course five years ago, as a treatment received whose washouts are over."""
    yield from _with_course(0, selection, add(patient.as_of, -_LONG_AGO, Period.YEARS), patient, dictionary)


def day_before(anchor: date, amount: int, period: Period) -> date:
    """The last day from which so many periods are over by the anchor: months end early where the day is missing."""
    on = add(anchor, -amount, period)
    while add(add(on, 1, Period.DAYS), amount, period) <= anchor:
        on = add(on, 1, Period.DAYS)
    return on


def _limits(limit: int | HalfLives) -> Iterator[tuple[int, Fraction | None]]:
    """Amounts of time that are the limit, with the half-life for which they are: of half-lives, both ways."""
    if isinstance(limit, int):
        yield limit, None
        return
    short = max(Fraction(1, 10), Fraction(limit.days * 5 // limit.half_lives, 10))  # half of the days, in half-lives
    long = Fraction(limit.days + 1)
    for half_life in (short, long):
        by_half_lives = math.ceil(half_life * limit.half_lives)
        yield (max if limit.longer else min)(limit.days, by_half_lives), half_life


def _with_course(
    side: int,
    selection: Selection,
    day: date,
    patient: Patient,
    dictionary: Dictionary,
    half_life: Fraction | None = None,
) -> Iterator[Side]:
    course = _course(selection, day, patient, dictionary, half_life) if day <= patient.as_of else None
    if course:
        note = f" (half-life {decimal_text(half_life)} days)" if half_life else ""
        yield side, Treatments((*listed(patient), course)), f"{course.agent} {day}{note}"


def _course(
    selection: Selection, day: date, patient: Patient, dictionary: Dictionary, half_life: Fraction | None = None
) -> Treatment | None:
    """A course of the plainest agent that is selected for sure, else of a class; None if none is."""
    therapies = dictionary.therapies
    more = {"half_life_days": decimal_text(half_life)} if half_life else {}
    for name in selection.classes:
        agents = [agent for agent in therapies.agents.values() if name in therapies.above(*agent.classes)]
        agents.sort(key=lambda agent: len(therapies.above(*agent.classes)))
        ways = [{"agent": agent.id} for agent in agents] + [{"class": name}]
        for way in ways:
            course = read_treatment(way | more | {"last_dose": day.isoformat()}, dictionary, patient.as_of)
            if _chosen(selection, course) is Truth.TRUE:
                return course
    return None


def _chosen(selection: Selection, item: Treatment) -> Truth:
    """Whether a treatment is of the classes selected and of none excepted, whatever its days."""
    return all_of(
        (
            any_of(item.belongs(name) for name in selection.classes),
            ~any_of(item.belongs(name) for name in selection.excepting),
        )
    )
