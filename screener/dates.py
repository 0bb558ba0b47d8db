"""Calendar days, partly known: a partial date or "3 weeks ago" is every day that it may mean."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from screener.errors import BadAnswer

_YEARS = (1900, 2200)  # outside these a year is a slip of the pen
_FORMS = "write 2026-10-01, 2026-10, 2026 or '3 weeks ago'"
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_YEAR = re.compile(r"\d{4}")
_AGO = re.compile(
    r"(?:about |around |~ ?)?(\d{1,4}|an?|one|two|three|four|five|six) (day|week|month|year)s? ago", re.IGNORECASE
)
_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


class Period(Enum):
    """Spans of the calendar that rules count in."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A day that lies between `first` and `last`, both included; None is unbounded."""

    first: date | None
    last: date | None

    def __post_init__(self) -> None:
        """Refuse a span that holds no day."""
        if self.first and self.last and self.first > self.last:
            message = "a date span must hold at least one day"
            raise ValueError(message)

    @classmethod
    def on(cls, day: date) -> DateSpan:
        """Exactly this day."""
        return cls(day, day)

    def __str__(self) -> str:
        """Give the day, or the first and the last."""
        if self.first == self.last:
            return "unknown date" if self.first is None else self.first.isoformat()
        if self.first is None:
            return f"{self.last} or earlier"
        if self.last is None:
            return f"{self.first} or later"
        return f"{self.first} to {self.last}"


def add(day: date, amount: int, period: Period) -> date:
    """The day `amount` periods later (earlier if negative). Months and years end on the month's last day where
    the day does not exist: 31 August and six months is 28 February.
    """
    match period:
        case Period.DAYS:
            return day + timedelta(days=amount)
        case Period.WEEKS:
            return day + timedelta(weeks=amount)
        case Period.MONTHS:
            months = day.year * 12 + day.month - 1 + amount
        case Period.YEARS:
            months = (day.year + amount) * 12 + day.month - 1
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def parse_day(text: str) -> date:
    """One whole day, `2026-10-01`. Raises BadAnswer."""
    found = _DAY.fullmatch(text.strip())
    if not found:
        raise BadAnswer("this is not a whole date", "write it as 2026-10-01")
    year, month, day = (int(part) for part in found.groups())
    try:
        parsed = date(year, month, day)
    except ValueError:
        raise BadAnswer("there is no such day in the calendar", "check the day and the month") from None
    _check_year(year)
    return parsed


def parse_date(text: str, as_of: date) -> DateSpan:
    """A whole or partial date, or a time ago counted from `as_of`. Raises BadAnswer.

    A time ago is as exact as its unit: "3 weeks ago" is 18 to 24 days before, "2 months ago" a month centered on
    the same day two months before, "2 years ago" a year so centered; "10 days ago" is that day.
    """
    text = " ".join(text.split())
    if text.lower() in {"today", "yesterday"}:
        return DateSpan.on(as_of - timedelta(days=1 if text.lower() == "yesterday" else 0))
    if _DAY.fullmatch(text):
        return DateSpan.on(parse_day(text))
    if found := _MONTH.fullmatch(text):
        year, month = int(found[1]), int(found[2])
        _check_year(year)
        if not 1 <= month <= 12:  # noqa: PLR2004 - months
            raise BadAnswer("there is no such month", _FORMS)
        return DateSpan(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
    if _YEAR.fullmatch(text):
        _check_year(int(text))
        return DateSpan(date(int(text), 1, 1), date(int(text), 12, 31))
    if found := _AGO.fullmatch(text):
        number = found[1].lower()
        return _ago(as_of, _WORDS[number] if number in _WORDS else int(number), Period(found[2].lower() + "s"))
    if re.fullmatch(r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}", text):
        raise BadAnswer("day and month cannot be told apart in this date", _FORMS)
    raise BadAnswer("this is not a date", _FORMS)


def past_day(text: str, as_of: date) -> date:
    """One whole day that has come: a date, or a time ago exact to the day. Raises BadAnswer."""
    span = parse_date(text, as_of)
    if span.first is None or span.first != span.last or span.first > as_of:
        raise BadAnswer("this is not one day that has come", "write it as 2026-10-01")
    return span.first


def _check_year(year: int) -> None:
    if not _YEARS[0] <= year <= _YEARS[1]:
        raise BadAnswer(
            "the year lies outside {first} to {last}", "check the year", first=str(_YEARS[0]), last=str(_YEARS[1])
        )


def _ago(as_of: date, amount: int, period: Period) -> DateSpan:
    slack = {Period.DAYS: 0, Period.WEEKS: 3, Period.MONTHS: 15, Period.YEARS: 182}[period]
    try:
        middle = add(as_of, -amount, period)
    except (ValueError, OverflowError):
        raise BadAnswer("this lies too far back", _FORMS) from None
    _check_year(middle.year)
    return DateSpan(middle - timedelta(days=slack), min(as_of, middle + timedelta(days=slack)))
