"""Calendar days, partly known: a partial date or "3 weeks ago" is every day that it may mean."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from screener.errors import BadAnswer

_YEARS = (1900, 2200)  # outside these a year is a slip of the pen
_LAST_MONTH = 12
_FORMS = "write 2026-10-01, 2026-10, 2026 or '3 weeks ago'"
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
# English whatever the machine's language, in full or cut short; three letters tell the months apart.
_MONTHS = {
    month[:letters]: number
    for number, month in enumerate(
        [
            *("january", "february", "march", "april", "may", "june"),
            *("july", "august", "september", "october", "november", "december"),
        ],
        start=1,
    )
    for letters in range(len(month), 2, -1)
}
_NAME = rf"(?P<name>{'|'.join(_MONTHS)})"
_GAP = "[ ,./-]"
_TIME = (
    r"(?:[t ](?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?"
    r"(?: ?[ap]m)?(?: ?(?:z|utc|gmt|[+-]\d{2}:?\d{2}))?)?"
)
# Year, month (or its name) and day of a date as it is written; one and two are day and month in either order. A time
# of day is taken and dropped.
_WRITTEN = [
    re.compile(form)
    for form in (
        rf"(?P<year>\d{{4}})(?P<gap>[-/])(?P<month>\d{{1,2}})(?P=gap)(?P<day>\d{{1,2}}){_TIME}",  # 2026-11-22
        r"(?P<year>\d{4})[-/](?P<month>\d{1,2})",  # 2026-11
        r"(?P<year>\d{4})",
        r"(?P<month>\d{1,2})/(?P<year>\d{4})",  # 11/2026
        rf"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d){_TIME}",  # 20261122
        rf"(?P<one>\d{{1,2}})(?P<gap>[./-])(?P<two>\d{{1,2}})(?P=gap)(?P<year>\d{{4}}){_TIME}",  # 22.11.2026
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_GAP}{{,2}}{_NAME}{_GAP}{{,2}}(?P<year>\d{{4}}){_TIME}",  # 22-Nov-2026
        rf"{_NAME}{_GAP}{{,2}}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_GAP}{{1,2}}(?P<year>\d{{4}}){_TIME}",  # Nov 22, 2026
        rf"{_NAME}{_GAP}{{,2}}(?P<year>\d{{4}})",  # Nov 2026
    )
]
_SHORT_YEAR = re.compile(  # 11/22/26, 22-Nov-26, Nov 22
    rf"(?:\d{{1,2}}([./-])\d{{1,2}}\1\d\d|(?:\d{{1,2}}{_GAP}{{,2}})?{_NAME}(?:{_GAP}{{,2}}\d{{1,2}}){{,2}}){_TIME}"
)
_AGO = re.compile(r"(?:about |around |~ ?)?(\d{1,4}|an?|one|two|three|four|five|six) (day|week|month|year)s? ago")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_SERIAL_DAYS = (date(1950, 1, 1), date(2100, 1, 1))  # other numbers of five digits are no dates of a patient
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
    return _on(*(int(part) for part in found.groups()))


def parse_date(text: str, as_of: date) -> DateSpan:
    """A whole or partial date, or a time ago counted from `as_of`. Raises BadAnswer.

    Dates are taken as charts and spreadsheets write them (2026-11-22, 11/22/2026, 22 Nov 2026, Nov 2026), but only
    where they can mean one day or month alone: 03/04/2026 and years of two digits are refused.

    A time ago is as exact as its unit: "3 weeks ago" is 18 to 24 days before, "2 months ago" a month centered on
    the same day two months before, "2 years ago" a year so centered; "10 days ago" is that day.
    """
    text = " ".join(text.casefold().split())
    for form in _WRITTEN:
        if found := form.fullmatch(text):
            return _days(found.groupdict())
    if text in {"today", "yesterday"}:
        return DateSpan.on(as_of - timedelta(days=1 if text == "yesterday" else 0))
    if found := _AGO.fullmatch(text):
        number = found[1]
        return _ago(as_of, _WORDS[number] if number in _WORDS else int(number), Period(found[2] + "s"))
    if _SHORT_YEAR.fullmatch(text):
        raise BadAnswer("the year is not written with four digits", _FORMS)
    raise BadAnswer("this is not a date", _FORMS)


def excel_day(text: str) -> date | None:
    """The day that a spreadsheet kept as a serial number, 46348 for 2026-11-22; None for any other text.

    Only for cells of a file: from a person, five digits are a slip. The 1900 date system counts a 29 February 1900
    that never was, so its days run from 1899-12-30; a fraction is the time of day.
    """
    found = _SERIAL.fullmatch(text.strip())
    day = date(1899, 12, 30) + timedelta(days=int(found[1])) if found else None
    return day if day and _SERIAL_DAYS[0] <= day <= _SERIAL_DAYS[1] else None


def past_day(text: str, as_of: date) -> date:
    """One whole day that has come: a date, or a time ago exact to the day. Raises BadAnswer."""
    span = parse_date(text, as_of)
    if span.first is None or span.first != span.last or span.first > as_of:
        raise BadAnswer("this is not one day that has come", "write it as 2026-10-01")
    return span.first


def _days(parts: dict[str, str]) -> DateSpan:
    """The day, or every day of the month or the year, that the parts of a date name."""
    number = {part: int(text) for part, text in parts.items() if part not in {"gap", "name"}}
    if "name" in parts:
        number["month"] = _MONTHS[parts["name"]]
    if "one" in number:
        number["day"], number["month"] = _told_apart(number["one"], number["two"])
    year = number["year"]
    if "day" in number:
        return DateSpan.on(_on(year, number["month"], number["day"]))
    _check_year(year)
    if "month" not in number:
        return DateSpan(date(year, 1, 1), date(year, 12, 31))
    month = number["month"]
    if not 1 <= month <= _LAST_MONTH:
        raise BadAnswer("there is no such month", _FORMS)
    return DateSpan(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _told_apart(one: int, two: int) -> tuple[int, int]:
    """Day and month, where only one order is possible or both mean the same."""
    if one != two and max(one, two) <= _LAST_MONTH:
        raise BadAnswer("day and month cannot be told apart in this date", _FORMS)
    return (one, two) if one > _LAST_MONTH else (two, one)


def _on(year: int, month: int, day: int) -> date:
    try:
        parsed = date(year, month, day)
    except ValueError:
        raise BadAnswer("there is no such day in the calendar", "check the day and the month") from None
    _check_year(year)
    return parsed


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
