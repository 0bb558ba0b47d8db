"""What is known of one patient: a value for each fact that was answered, as exact as the answer was."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from screener.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from screener.dates import DateSpan
    from screener.errors import Problem
    from screener.interval import Interval
    from screener.model.talk import TeachBack
    from screener.places import Place


class MissingReason(Enum):
    """Why there is no value; the value is how it is said."""

    NOT_ASKED = "not asked"
    DONT_KNOW = "not known"
    NOT_DONE = "not done"
    DECLINED = "declined"
    PENDING = "result pending"
    BAD_VALUE = "bad value"


@dataclass(frozen=True, slots=True)
class Missing:
    """No value. `detail` says what was wrong with a bad one."""

    reason: MissingReason
    detail: str = ""

    def __str__(self) -> str:
        """Say why."""
        return f"{self.reason.value}: {self.detail}" if self.detail else self.reason.value


@dataclass(frozen=True, slots=True)
class Number:
    """A number in the fact's canonical unit, with the limits of normal printed beside it, in the same unit."""

    interval: Interval
    shown: str
    uln: Interval | None = None
    lln: Interval | None = None
    tested: DateSpan | None = None


@dataclass(frozen=True, slots=True)
class Coded:
    """A choice, a yes or no, or a tumor type: all that it may be, given the answer."""

    options: frozenset[str]
    shown: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A day; None means it never happened."""

    span: DateSpan | None

    def __str__(self) -> str:
        """Give the day, or `never`."""
        return "never" if self.span is None else str(self.span)


@dataclass(frozen=True, slots=True)
class Treatment:
    """One treatment: its classes for sure, those it may have (None: any), and its days.

    An ongoing treatment has a last day on or after the day of screening.
    """

    agent: str
    surely: frozenset[str]
    possibly: frozenset[str] | None
    last: DateSpan
    start: DateSpan | None = None
    ongoing: bool = False
    half_life_days: Interval | None = None

    def belongs(self, therapy_class: str) -> Truth:
        """Whether the treatment is of this class."""
        if therapy_class in self.surely:
            return Truth.TRUE
        return Truth.UNKNOWN if self.possibly is None or therapy_class in self.possibly else Truth.FALSE


@dataclass(frozen=True, slots=True)
class Treatments:
    """All treatments so far; a class that is not among them was not received."""

    items: tuple[Treatment, ...]


@dataclass(frozen=True, slots=True)
class Residence:
    """Where somebody lives, as exactly as it was said."""

    place: Place
    shown: str


_NOT_ASKED = Missing(MissingReason.NOT_ASKED)
Value = Number | Coded | Moment | Treatments | Residence


@dataclass(frozen=True)
class Patient:
    """The answers for one patient on one day. `problems` are answers that could not be read; `teach_back` is how the
    patient's understanding was asked for.
    """

    id: str
    as_of: date
    facts: Mapping[str, Value | Missing]
    problems: tuple[Problem, ...] = field(default=())
    teach_back: TeachBack | None = None

    def get(self, fact: str) -> Value | Missing:
        """The value of a fact, or why there is none."""
        return self.facts.get(fact, _NOT_ASKED)
