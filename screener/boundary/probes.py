"""The answers that lie on a threshold, and one step to either side of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, assert_never

from screener.boundary.courses import counted_courses, day_before, timed_courses, window_courses
from screener.dates import DateSpan, Period, add
from screener.evaluate import Context
from screener.expr import ANCHORS, Compare, Count, Elapsed, First, Flag, In, Is, Last, OnDate, Received, TestDate
from screener.expr.nodes import TREATMENTS
from screener.interval import Interval, decimal_text
from screener.model import Coded, Dictionary, Fact, FactType, Moment, Number, Patient, Treatments, Value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from screener.expr import Leaf

_TENTH = Fraction(1, 10)
_SMALL = 10  # below this, laboratories print a decimal place
_COUNTED = {"years", "months", "days", "%"}  # people say these in whole numbers
_LIMITS = {"ULN", "LLN"}


class Stands(Enum):
    """Where an answer stands: before, on or past a threshold; of choices, whether the rule names it.

    `wider` is a tumor type that takes in the one named and others beside it. Of a time, `below` is a day too short.
    """

    BELOW = "below"
    ON = "on"
    ABOVE = "above"
    NAMED = "named"
    OTHER = "not named"
    WIDER = "wider"


SIDES = ((Stands.BELOW, -1), (Stands.ON, 0), (Stands.ABOVE, 1))


@dataclass(frozen=True, slots=True)
class Probe:
    """An answer to one fact near a threshold, as people would write it."""

    fact: str
    value: Value
    shown: str
    stands: Stands


def step(fact: Fact, leaf: Compare) -> Fraction:
    """One step of the threshold, in the unit that it is written in (or in multiples of the limit of normal).

    The fact's own step on a scale; one where people say whole numbers; else one canonical unit if the threshold is a
    whole number of them from ten up, and a tenth of one if not; in another unit the power of ten just below that.
    """
    if fact.type is FactType.SCALE:
        return Fraction(fact.step or 1)
    if leaf.unit in _LIMITS:
        return _TENTH
    if fact.unit in _COUNTED:
        return Fraction(1)
    per_canonical = (fact.per_canonical(leaf.unit) if leaf.unit else None) or Fraction(1)
    number = leaf.number / per_canonical
    canonical = Fraction(1) if number >= _SMALL and number.denominator == 1 else _TENTH
    return _power_of_ten(canonical * per_canonical)


def _power_of_ten(number: Fraction) -> Fraction:
    power = Fraction(1)
    while power > number:
        power /= 10
    while power * 10 <= number:
        power *= 10
    return power


def probes(leaf: Leaf, patient: Patient, dictionary: Dictionary) -> Iterator[Probe]:
    """The answers near the threshold of a leaf that this patient could have; none for a plain yes or no."""
    match leaf:
        case Flag():
            return
        case Is(fact, term):
            yield from _choices(fact, (term,), dictionary)
        case In(fact, terms):
            yield from _choices(fact, terms, dictionary)
        case Compare():
            yield from _numbers(leaf, patient, dictionary)
        case Received(selection):
            yield from _listed(window_courses(selection, patient, dictionary))
        case Count():
            yield from _listed(counted_courses(leaf, patient, dictionary))
        case Elapsed():
            yield from _times(leaf, patient, dictionary)
        case _:
            assert_never(leaf)


def _times(leaf: Elapsed, patient: Patient, dictionary: Dictionary) -> Iterator[Probe]:
    match leaf.point:
        case OnDate(fact):
            if dictionary.facts[fact].never_began:  # no time has passed at all
                yield Probe(fact, Moment(None), "never", Stands.BELOW)
            for stands, day in _days(leaf, patient, dictionary):
                if day <= patient.as_of or fact in ANCHORS:
                    yield Probe(fact, Moment(DateSpan.on(day)), f"{day}", stands)
        case TestDate(fact):
            result = patient.get(fact)
            for stands, day in _days(leaf, patient, dictionary):
                if isinstance(result, Number) and day <= patient.as_of:
                    yield Probe(fact, replace(result, tested=DateSpan.on(day)), f"measured {day}", stands)
        case Last(selection) | First(selection):
            yield from _listed(timed_courses(leaf, selection, patient, dictionary))
            yield from _listed(window_courses(selection, patient, dictionary))


def _listed(courses: Iterator[tuple[int, Treatments, str]]) -> Iterator[Probe]:
    """Lists of treatments, each with its side of the threshold."""
    stands = {side: name for name, side in SIDES}
    for side, treatments, shown in courses:
        yield Probe(TREATMENTS, treatments, shown, stands[side])


def _choices(name: str, terms: tuple[str, ...], dictionary: Dictionary) -> Iterator[Probe]:
    fact = dictionary.facts[name]
    if fact.type is FactType.TUMOR_TYPE:
        yield from _tumor_types(terms, dictionary)
        return
    named = frozenset().union(*(dictionary.options(fact, term) or () for term in terms))
    for choice in dictionary.choices(fact):
        stands = Stands.NAMED if choice.id in named else Stands.OTHER
        yield Probe(name, Coded(frozenset({choice.id}), choice.id), choice.id, stands)


def _tumor_types(terms: tuple[str, ...], dictionary: Dictionary) -> Iterator[Probe]:
    types = dictionary.tumor_types
    wider = dict.fromkeys(above for term in terms for above in types.parents.get(term, ()) if above in types.names)
    named = frozenset().union(*(types.below(term) for term in terms))
    apart = [code for code in types.names if not types.below(code) & named]
    other = max(apart, key=lambda code: len(types.below(code)), default=None)
    for code, stands in (
        *((term, Stands.NAMED) for term in terms),
        *((above, Stands.WIDER) for above in wider if not types.below(above) <= named),
        *((code, Stands.OTHER) for code in (other,) if code),
    ):
        shown = f"{types.names[code]} ({code})"
        yield Probe("tumor_type", Coded(types.below(code), shown), shown, stands)


def _numbers(leaf: Compare, patient: Patient, dictionary: Dictionary) -> Iterator[Probe]:
    fact = dictionary.facts[leaf.fact]
    given = patient.get(leaf.fact)
    known = given if isinstance(given, Number) else Number(Interval.point(0), "", *_any_limits(fact))
    if leaf.unit in _LIMITS:
        limit = known.uln if leaf.unit == "ULN" else known.lln
        exact = limit.exact if limit is not None else None
        if exact is None:
            return
        unit, per_canonical, middle = fact.unit or "", Fraction(1), exact * leaf.number
        one = _TENTH if middle < _SMALL else Fraction(1)
        note = f" ({leaf.unit} {decimal_text(exact)})"
    else:
        unit = leaf.unit or fact.unit or ""
        per_canonical = (fact.per_canonical(unit) if unit else None) or Fraction(1)
        middle, one, note = leaf.number, step(fact, leaf), ""
    low, high = fact.plausible or (middle - one, middle + one)
    for stands, side in SIDES:
        written = middle + side * one
        if low <= written / per_canonical <= high:
            text = f"{decimal_text(written)} {'' if unit == 'ratio' else unit}".strip()
            value = replace(known, interval=Interval.point(written / per_canonical), shown=text)
            yield Probe(leaf.fact, value, f"{text}{note}", stands)


def _any_limits(fact: Fact) -> tuple[Interval | None, Interval | None]:
    """Limits of normal for a result that the patient lacks: any printed one shows the multiple."""
    one = Interval.point(1) if fact.has_limits else None
    return one, one


def _days(leaf: Elapsed, patient: Patient, dictionary: Dictionary) -> Iterator[tuple[Stands, date]]:
    """The day on which just so much time has passed, and the days beside it: the later, the less has passed."""
    anchor, _ = Context.today(patient, dictionary).anchor(leaf.anchor)
    if anchor.first is None or not isinstance(leaf.limit, int):
        return
    on = day_before(anchor.first, leaf.limit, leaf.period)
    for stands, side in SIDES:
        yield stands, add(on, -side, Period.DAYS)
