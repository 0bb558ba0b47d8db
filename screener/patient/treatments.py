"""Read treatments: agents, classes and days. What cannot be read is refused with the reason, never guessed."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from screener.dates import DateSpan, parse_date
from screener.errors import BadAnswer
from screener.interval import Interval
from screener.model import Dictionary, Treatment, Treatments, word_key
from screener.units import normal_unit, parse_quantity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

_MAX_HALF_LIFE_DAYS = 1000
_NO_NAMES = {"na", "notapplicable", "unknown", "notknown", "pending"}  # as a drug they would be one of any class


def read_treatments(text: str, dictionary: Dictionary, as_of: date) -> Treatments:
    """Treatments in one line, `agent: last dose; agent: last dose`; `none` is none at all. Raises BadAnswer."""
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
    if word_key(agent) in _NO_NAMES:
        raise BadAnswer("this names no treatment", "write `none` if there was none, or leave it out if it is not known")
    named = therapies.find(agent) if agent else None
    given = [therapies.find(word) or "" for word in fields["class"].split(",")] if "class" in fields else []
    if not set(given) <= set(therapies.classes):
        raise BadAnswer("this therapy class is not known", "write one of: {words}", words=", ".join(therapies.classes))
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
    last, ongoing = read_last_dose(fields.get("last_dose"), as_of, start)
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


def read_last_dose(text: str | None, as_of: date, start: DateSpan | None = None) -> tuple[DateSpan, bool]:
    """The day of the last dose, None for one that is not told, and whether doses go on. Raises BadAnswer."""
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
