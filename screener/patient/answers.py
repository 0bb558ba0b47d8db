"""Read one answer to one fact. What cannot be read is refused with the reason, never guessed.

Reasons name the fact's units and range, never the answer: it is a patient's.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from screener.dates import DateSpan, parse_date
from screener.errors import BadAnswer
from screener.expr import ANCHORS
from screener.interval import Interval, decimal_text, interval_text
from screener.model import (
    Coded,
    Dictionary,
    Fact,
    FactType,
    MissingReason,
    Moment,
    Number,
    Residence,
    Value,
    word_key,
)
from screener.patient.treatments import read_treatments
from screener.places import find_place
from screener.units import parse_quantity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

MISSING_WORDS = {
    "dont_know": MissingReason.DONT_KNOW,
    "not_done": MissingReason.NOT_DONE,
    "declined": MissingReason.DECLINED,
    "pending": MissingReason.PENDING,
    "not_asked": MissingReason.NOT_ASKED,
}
_PARTS = {
    "date": re.compile(r"[,;(\s]\s*(?:date|on)?\s*:?\s*(\d{4}-\d{1,2}(?:-\d{1,2})?)\)?", re.IGNORECASE),
    "uln": re.compile(r"[,;(\s]\s*uln\s*[:=]?\s*(\d[\d.,]*(?:\s*[^\s,;()]+)?)\)?", re.IGNORECASE),
    "lln": re.compile(r"[,;(\s]\s*lln\s*[:=]?\s*(\d[\d.,]*(?:\s*[^\s,;()]+)?)\)?", re.IGNORECASE),
}
_YES_NO = {"y": "yes", "true": "yes", "n": "no", "false": "no"}
_MAX_LENGTH = 300
_SUGGESTIONS = 5


def read_answer(
    fact: Fact, text: str, dictionary: Dictionary, as_of: date, more: Mapping[str, str] | None = None
) -> Value:
    """Give the value of an answer. `more` may hold `uln`, `lln` and `date` of a result. Raises BadAnswer.

    Therapies are read as one line each, `agent: last dose`, separated by semicolons; `none` is none at all.
    """
    if len(text) > _MAX_LENGTH and fact.type is not FactType.THERAPIES:
        raise BadAnswer("the answer is too long", "give the value alone")
    match fact.type:
        case FactType.QUANTITY:
            return _quantity(fact, text, as_of, more or {})
        case FactType.SCALE:
            return _scale(fact, text)
        case FactType.BOOLEAN | FactType.CHOICE:
            return _choice(fact, text, dictionary)
        case FactType.TUMOR_TYPE:
            return _tumor_type(text, dictionary)
        case FactType.DATE:
            return _moment(fact, text, as_of)
        case FactType.PLACE:
            return _residence(text)
        case FactType.THERAPIES:
            return read_treatments(text, dictionary, as_of)


def split_result(text: str) -> dict[str, str]:
    """Split `34 U/L, ULN 40, 2026-11-10` into `value`, `uln`, `lln` and `date`, those that stand there."""
    fields: dict[str, str] = {}
    rest = text
    lower = text.lower()
    for name, pattern in _PARTS.items():
        if ("-" if name == "date" else name) in lower and (found := pattern.search(rest)):  # most texts have no limits
            fields[name] = found[1].strip()
            rest = rest[: found.start()] + " " + rest[found.end() :]
    return {"value": rest.strip(" ,;()")} | fields


def read_test_date(text: str, as_of: date) -> DateSpan:
    """The day on which a result was measured. Raises BadAnswer."""
    tested = parse_date(text, as_of)
    if tested.first and tested.first > as_of:
        raise BadAnswer("the date of the result lies in the future", "check the date, or the day of screening")
    return tested


def _quantity(fact: Fact, text: str, as_of: date, more: Mapping[str, str]) -> Number:
    numbers, unit = parse_quantity(text)
    interval, unit = _in_canonical(fact, numbers, unit)
    limits = {name: _limit(fact, name, more[name], unit) for name in ("uln", "lln") if name in more}
    tested = read_test_date(more["date"], as_of) if "date" in more else None
    return Number(interval, _shown(fact, interval, unit), limits.get("uln"), limits.get("lln"), tested)


def _limit(fact: Fact, name: str, text: str, unit_of_value: str) -> Interval:
    """A limit of normal, in the canonical unit; without a unit of its own it has that of the value."""
    if not fact.has_limits:
        raise BadAnswer("{fact} has no `{limit}`", "remove `{limit}`", fact=fact.name, limit=name)
    numbers, unit = parse_quantity(text)
    limit, _ = _in_canonical(fact, numbers, unit or unit_of_value)
    if not limit.exact:
        raise BadAnswer(
            "`{limit}` is one number above zero", "write the `{limit}` printed beside the result", limit=name
        )
    return limit


def _in_canonical(fact: Fact, numbers: list[Interval], unit: str | None) -> tuple[Interval, str]:
    """The one reading of the number that is plausible, in the canonical unit, and the unit it was given in."""
    canonical = fact.unit or ""
    units = dict(fact.units)
    if unit is not None and unit not in units:
        raise BadAnswer(
            "{fact} does not come in this unit", "use one of: {units}", fact=fact.name, units=", ".join(units)
        )
    bounds = fact.plausible if unit is not None or len(units) == 1 else fact.typical or fact.plausible
    readings: dict[Interval, str] = {}
    for number in numbers:
        for name in [unit] if unit is not None else units:
            reading = number.scaled(1 / units[name])
            if _plausible(reading, bounds) or (reading.exact == 0 and _plausible(reading, fact.plausible)):
                readings.setdefault(reading, name)
    if len(readings) > 1 and unit is not None:  # `1,500 /uL`: the decimal comma is possible, but not usual
        readings = {
            reading: name for reading, name in readings.items() if _plausible(reading, fact.typical)
        } or readings
    if len(readings) == 1:
        return next(iter(readings.items()))
    low, high = fact.plausible or (Fraction(0), Fraction(0))
    if readings:
        raise BadAnswer(
            "{fact}: several readings are plausible without a unit",
            "write the unit: {units}",
            fact=fact.name,
            units=", ".join(units),
        )
    if (
        unit is None
        and len(units) > 1
        and any(_plausible(n.scaled(1 / units[u]), fact.plausible) for n in numbers for u in units)
    ):
        raise BadAnswer(
            "{fact}: the unit cannot be told from the number",
            "write the unit: {units}",
            fact=fact.name,
            units=", ".join(units),
        )
    raise BadAnswer(
        "{fact} lies outside the plausible range, {low} to {high} {unit}",
        "check the number and its unit",
        fact=fact.name,
        low=decimal_text(low),
        high=decimal_text(high),
        unit=canonical,
    )


def _plausible(reading: Interval, bounds: tuple[Fraction, Fraction] | None) -> bool:
    if bounds is None:
        return True
    low, high = bounds
    ends = [end for end in (reading.low, reading.high) if end is not None]
    return all(low <= end <= high for end in ends)


def _shown(fact: Fact, interval: Interval, unit: str) -> str:
    given = interval.scaled(dict(fact.units)[unit])
    suffix = "" if unit == "ratio" else unit
    text = f"{interval_text(given)} {suffix}".strip()
    return text if unit == fact.unit else f"{text} ({interval_text(interval)} {fact.unit})"


def _scale(fact: Fact, text: str) -> Number:
    found = re.fullmatch(r"\s*(<=|>=|<|>|≤|≥)?\s*(\d{1,4})\s*%?\s*", text)
    low, high = fact.plausible or (Fraction(0), Fraction(0))
    ends = {"fact": fact.name, "low": decimal_text(low), "high": decimal_text(high)}
    if not found:
        if numbers := re.fullmatch(r"\s*(\d{1,4})\s*(?:-|to)\s*(\d{1,4})\s*", text):
            first, second = int(numbers[1]), int(numbers[2])
            if low <= first <= second <= high:
                interval = Interval(first, second)
                return Number(interval, interval_text(interval))
        raise BadAnswer("{fact} is a whole number from {low} to {high}", "write the number alone", **ends)
    value = int(found[2])
    if not low <= value <= high:
        raise BadAnswer("{fact} lies outside the scale, {low} to {high}", "check the number", **ends)
    if fact.step and (value - low) % fact.step:
        remedy = "check the number"
        raise BadAnswer(
            "{fact} lies outside the scale: it goes in steps of {step}", remedy, step=str(fact.step), **ends
        )
    numbers_read, _ = parse_quantity(f"{found[1] or ''}{value}")
    return Number(numbers_read[0], interval_text(numbers_read[0]))


def _choice(fact: Fact, text: str, dictionary: Dictionary) -> Coded:
    key = word_key(text)
    key = _YES_NO.get(key, key)
    for choice in dictionary.choices(fact):
        if key in {word_key(word) for word in (choice.id, *choice.aliases)}:
            return Coded(frozenset({choice.id}), choice.id)
    for word, members in fact.general:
        if key == word_key(word):
            return Coded(frozenset(members), word)
    words = [choice.id for choice in dictionary.choices(fact)] + [word for word, _ in fact.general]
    if key == "yes" and len(fact.choices) > 1:
        raise BadAnswer(
            "{fact} has several kinds of yes", "write one of: {words}", fact=fact.name, words=", ".join(words)
        )
    raise BadAnswer("this is no answer to {fact}", "write one of: {words}", fact=fact.name, words=", ".join(words))


def _tumor_type(text: str, dictionary: Dictionary) -> Coded:
    types = dictionary.tumor_types
    found = sorted(types.find(text))
    if len(found) == 1:
        return Coded(types.below(found[0]), f"{types.names[found[0]]} ({found[0]})")
    if found:
        raise BadAnswer("several tumor types are called so", "write one of the codes: {codes}", codes=", ".join(found))
    key = word_key(text)
    near = [name for code, name in types.names.items() if len(key) > 2 and key in word_key(name)]  # noqa: PLR2004 - letters
    hint = f"Near: {'; '.join(near[:_SUGGESTIONS])}" if near else ""
    raise BadAnswer("this tumor type is not known", "write an OncoTree code or name, such as PLMESO", hint)


def _residence(text: str) -> Residence:
    places = find_place(text)
    if len(places) > 1:
        raise BadAnswer(
            "several places are called so",
            "write the state or the country too, such as `Springfield, IL`, or a US ZIP code of five digits",
        )
    return Residence(places[0], str(places[0]))


def _moment(fact: Fact, text: str, as_of: date) -> Moment:
    """A day: planned, for an anchor; else one that has come, so a partial date ends on the day of screening."""
    if word_key(text) in {"never", "none"}:
        return Moment(None)
    span = parse_date(text, as_of)
    if fact.id in ANCHORS:
        return Moment(span)
    if span.first and span.first > as_of:
        raise BadAnswer("{fact} lies in the future", "check the date, or the day of screening", fact=fact.name)
    return Moment(DateSpan(span.first, min(span.last or as_of, as_of)))
