"""What stands on a checklist, whatever it is printed as. Texts are in the sheet's language; none of them is markup."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


class Mark(Enum):
    """What is marked in a row. Nothing unknown is ever ticked: it is said in words, and the boxes stay empty."""

    OPEN = "open"  # nothing is known yet: the boxes are empty
    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "n/a"
    NOT_KNOWN = "not known"  # only on a filled sheet


@dataclass(frozen=True, slots=True)
class Entry:
    """A value to write, or as it is known: `value` is empty where a line is left for it.

    `unit` is printed behind the line; `wants_limit` leaves room for the upper limit of normal, `wants_date` for the day
    of the test.
    """

    name: str
    value: str = ""
    unit: str = ""
    limit: str = ""
    date: str = ""
    wants_limit: bool = False
    wants_date: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion. `good` is the mark that speaks for the patient; `why` why it does not apply or is not known."""

    id: str
    text: str
    place: str  # in the registry text, as `inclusion 6.a`
    when: str  # by when it has to hold, as `before leukapheresis`
    good: Mark
    mark: Mark = Mark.OPEN
    investigator: bool = False
    entries: tuple[Entry, ...] = ()
    why: str = ""
    source: str = ""  # where the answer is found


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one kind at one gate, with a line on how to read the boxes."""

    title: str
    reading: str
    rows: tuple[Row, ...]


class WaitState(Enum):
    """Whether a washout is over on the day it is counted to."""

    OVER = "over"
    RUNNING = "running"
    NOT_KNOWN = "not known"
    BLANK = "blank"  # to be filled in by hand


@dataclass(frozen=True, slots=True)
class Wait:
    """One washout: what was given, when last, counted to which day, the arithmetic, and the first day on which it is
    over. Texts are empty where a line is left for them; the days are there for the picture, where they are known.
    """

    criterion: str
    rule: str
    what: str
    last: str
    anchor: str
    arithmetic: str
    earliest: str
    state: WaitState
    first_day: date | None = None  # of the last dose, at the earliest
    last_day: date | None = None  # of the last dose, at the latest
    over_day: date | None = None  # on which it is surely over


@dataclass(frozen=True, slots=True)
class Planned:
    """A day on the calendar strip: today, or the planned day of an anchor."""

    name: str
    day: date


@dataclass(frozen=True, slots=True)
class FactorScore:
    """The fit score of a factor in percent: what is met, and what could be if all that is unknown were met."""

    name: str
    low: float
    high: float
    text: str


@dataclass(frozen=True, slots=True)
class Summary:
    """One page for the chart."""

    verdict: str
    meaning: str
    score: str
    reasons: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]  # the name of each fact, and who can supply it
    manual: tuple[str, ...]
    factors: tuple[FactorScore, ...]


@dataclass(frozen=True)
class Sheet:
    """A whole checklist. `words` are the fixed words of the page in the sheet's language, by their English."""

    language: str
    title: str
    trial: str
    about: tuple[tuple[str, str], ...]  # label and value, of the protocol and of this sheet; empty values are lines
    head: str  # what every page repeats: protocol, rule version, patient
    sections: tuple[Section, ...]
    waits: tuple[Wait, ...]
    planned: tuple[Planned, ...]
    foot: tuple[tuple[str, tuple[str, ...]], ...]  # who signs, and the lines that each fills in
    conclusion: tuple[str, ...]  # boxes to choose from
    disclaimer: str
    notes: tuple[str, ...] = ()
    summary: Summary | None = None
    filled: bool = False
    words: dict[str, str] = field(default_factory=dict)

    def word(self, english: str) -> str:
        """A fixed word of the page."""
        return self.words.get(english, english)
