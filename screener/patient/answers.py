"""Read one answer to one fact. What cannot be read is refused with the reason, never guessed.

Reasons name the fact's units and range, never the answer: it is a patient's.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from screener.dates import DateSpan, parse_date
from screener.errors import BadAnswer
from screener.expr import Anchor
from screener.interval import Interval, decimal_text, interval_text
from screener.model import (
    Coded,
    Dictionary,
    Fact,
    FactType,
    MissingReason,
    Moment,
    Number,
    Treatment,
    Treatments,
    Value,
    word_key,
)
from screener.units import normal_unit, parse_quantity

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
_ANCHORS = {anchor.value for anchor in Anchor}
_YES_NO = {"y": "yes", "true": "yes", "n": "no", "false": "no"}
_MAX_LENGTH = 300
_MAX_HALF_LIFE_DAYS = 1000
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
        case FactType.THERAPIES:
            return _treatments(text, dictionary, as_of)


def split_result(text: str) -> dict[str, str]:
    """Split `34 U/L, ULN 40, 2026-11-10` into `value`, `uln`, `lln` and `date`, those that stand there."""
    fields: dict[str, str] = {}
    rest = text
    for name, pattern in _PARTS.items():
        if found := pattern.search(rest):
            fields[name] = found[1].strip()
            rest = rest[: found.start()] + " " + rest[found.end() :]
    return {"value": rest.strip(" ,;()")} | fields


def _quantity(fact: Fact, text: str, as_of: date, more: Mapping[str, str]) -> Number:
    numbers, unit = parse_quantity(text)
    interval, unit = _in_canonical(fact, numbers, unit)
    limits = {name: _limit(fact, name, more[name], unit) for name in ("uln", "lln") if name in more}
    tested = parse_date(more["date"], as_of) if "date" in more else None
    if tested and tested.first and tested.first > as_of:
        raise BadAnswer("the date of the result lies in the future", "check the date, or the day of screening")
    return Number(interval, _shown(fact, interval, unit), limits.get("uln"), limits.get("lln"), tested)


def _limit(fact: Fact, name: str, text: str, unit_of_value: str) -> Interval:
    """A limit of normal, in the canonical unit; without a unit of its own it has that of the value."""
    if not fact.has_limits:
        raise BadAnswer(f"{fact.name} has no `{name}`", f"remove `{name}`")
    numbers, unit = parse_quantity(text)
    limit, _ = _in_canonical(fact, numbers, unit or unit_of_value)
    if not limit.exact:
        raise BadAnswer(f"`{name}` is one number above zero", f"write the `{name}` printed beside the result")
    return limit


def _in_canonical(fact: Fact, numbers: list[Interval], unit: str | None) -> tuple[Interval, str]:
    """The one reading of the number that is plausible, in the canonical unit, and the unit it was given in."""
    canonical = fact.unit or ""
    units = dict(fact.units)
    if unit is not None and unit not in units:
        raise BadAnswer(f"{fact.name} does not come in this unit", f"use one of: {', '.join(units)}")
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
    between = f"{decimal_text(low)} to {decimal_text(high)} {canonical}"
    if readings:
        raise BadAnswer(
            f"{fact.name}: several readings are plausible without a unit", f"write the unit: {', '.join(units)}"
        )
    if (
        unit is None
        and len(units) > 1
        and any(_plausible(n.scaled(1 / units[u]), fact.plausible) for n in numbers for u in units)
    ):
        raise BadAnswer(f"{fact.name}: the unit cannot be told from the number", f"write the unit: {', '.join(units)}")
    raise BadAnswer(f"{fact.name} lies outside the plausible range, {between}", "check the number and its unit")


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
    allowed = f"{decimal_text(low)} to {decimal_text(high)}" + (f" in steps of {fact.step}" if fact.step else "")
    if not found:
        if numbers := re.fullmatch(r"\s*(\d{1,4})\s*(?:-|to)\s*(\d{1,4})\s*", text):
            first, second = int(numbers[1]), int(numbers[2])
            if low <= first <= second <= high:
                interval = Interval(first, second)
                return Number(interval, interval_text(interval))
        raise BadAnswer(f"{fact.name} is a whole number from {allowed}", "write the number alone")
    value = int(found[2])
    if not low <= value <= high or (fact.step and (value - low) % fact.step):
        raise BadAnswer(f"{fact.name} lies outside the scale, {allowed}", "check the number")
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
        raise BadAnswer(f"{fact.name} has several kinds of yes", f"write one of: {', '.join(words)}")
    raise BadAnswer(f"this is no answer to {fact.name}", f"write one of: {', '.join(words)}")


def _tumor_type(text: str, dictionary: Dictionary) -> Coded:
    types = dictionary.tumor_types
    found = sorted(types.find(text))
    if len(found) == 1:
        return Coded(types.below(found[0]), f"{types.names[found[0]]} ({found[0]})")
    if found:
        raise BadAnswer("several tumor types are called so", f"write one of the codes: {', '.join(found)}")
    key = word_key(text)
    near = [name for code, name in types.names.items() if len(key) > 2 and key in word_key(name)]  # noqa: PLR2004 - letters
    hint = f"Near: {'; '.join(near[:_SUGGESTIONS])}" if near else ""
    raise BadAnswer("this tumor type is not known", "write an OncoTree code or name, such as PLMESO", hint)


def _moment(fact: Fact, text: str, as_of: date) -> Moment:
    """A day: planned, for an anchor; else one that has come, so a partial date ends on the day of screening."""
    if word_key(text) in {"never", "none"}:
        return Moment(None)
    span = parse_date(text, as_of)
    if fact.id in _ANCHORS:
        return Moment(span)
    if span.first and span.first > as_of:
        raise BadAnswer(f"{fact.name} lies in the future", "check the date, or the day of screening")
    return Moment(DateSpan(span.first, min(span.last or as_of, as_of)))


def _treatments(text: str, dictionary: Dictionary, as_of: date) -> Treatments:
    if word_key(text) in {"none", "no", "never"}:
        return Treatments(())
    items = []
    for part in text.split(";"):
        if part.strip():
            agent, _, last = part.partition(":")
            fields = {"agent": agent.strip()} | ({"last_dose": last.strip()} if last.strip() else {})
            items.append(read_treatment(fields, dictionary, as_of))
    if not items:
        raise BadAnswer("no treatment is named", "write `none`, or `agent: last dose; agent: last dose`")
    return Treatments(tuple(items))


def read_treatment(fields: Mapping[str, str], dictionary: Dictionary, as_of: date) -> Treatment:
    """Give one treatment from `agent`, `class`, `start`, `last_dose`, `half_life_days`. Raises BadAnswer.

    An agent that the vocabulary does not know may be of any class unless `class` says which. Without a last dose, the
    last day is any day up to `as_of`.
    """
    therapies = dictionary.therapies
    agent = fields.get("agent", "").strip()
    named = therapies.find(agent) if agent else None
    given = [therapies.find(word) or "" for word in fields["class"].split(",")] if "class" in fields else []
    if not set(given) <= set(therapies.classes):
        raise BadAnswer("this therapy class is not known", f"write one of: {', '.join(therapies.classes)}")
    if not agent and not given:
        raise BadAnswer("a treatment needs its agent or its class", "write `agent:` or `class:`")
    of_agent = therapies.agents[named].classes if named and named in therapies.agents else ()
    general = [*given, named] if named and named in therapies.classes else given
    surely = therapies.above(*of_agent, *general)
    possibly = (
        None if named is None and not given else surely | (therapies.possible(*general) if not of_agent else set())
    )
    start = parse_date(fields["start"], as_of) if "start" in fields else None
    if start and start.first and start.first > as_of:
        raise BadAnswer("the treatment starts in the future", "leave out what is only planned")
    last, ongoing = _last_dose(fields.get("last_dose"), start, as_of)
    return Treatment(
        agent=_agent_name(agent, named, given),
        surely=surely,
        possibly=None if possibly is None else frozenset(possibly),
        last=last,
        start=start,
        ongoing=ongoing,
        half_life_days=_half_life(fields.get("half_life_days"), dictionary, named),
    )


def _agent_name(agent: str, named: str | None, given: list[str]) -> str:
    if named:
        return named.replace("_", " ")
    return agent or ", ".join(name.replace("_", " ") for name in given)


def _last_dose(text: str | None, start: DateSpan | None, as_of: date) -> tuple[DateSpan, bool]:
    if text is None:
        return DateSpan(start.first if start else None, as_of), False
    if word_key(text) in {"ongoing", "current", "continuing"}:
        return DateSpan(as_of, None), True
    last = parse_date(text, as_of)
    if last.first and last.first > as_of:
        raise BadAnswer("the last dose lies in the future", "write `ongoing` for a treatment still being given")
    last = DateSpan(last.first, min(last.last, as_of)) if last.last else last
    if start and start.first and last.last and last.last < start.first:
        raise BadAnswer("the last dose lies before the start", "check the two dates")
    return last, False


def _half_life(text: str | None, dictionary: Dictionary, named: str | None) -> Interval | None:
    if text is not None:
        numbers, unit = parse_quantity(text)
        days = numbers[0].exact
        if (unit and normal_unit(unit) != "days") or days is None or not 0 < days <= _MAX_HALF_LIFE_DAYS:
            raise BadAnswer("a half-life is a number of days", "write it as 2.5")
        return numbers[0]
    agent = dictionary.therapies.agents.get(named) if named else None
    return Interval.point(Fraction(str(agent.half_life_days))) if agent and agent.half_life_days else None
