from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.dates import DateSpan, Period, add, excel_day, parse_date, parse_day
from screener.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]
TODAY = date(2026, 11, 22)
days = st.dates(date(1950, 1, 1), date(2150, 12, 31))
amounts = st.integers(-600, 600)
periods = st.sampled_from(Period)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-10-01", date(2026, 10, 1), date(2026, 10, 1)),
        ("2026-2-3", date(2026, 2, 3), date(2026, 2, 3)),
        ("2026-09", date(2026, 9, 1), date(2026, 9, 30)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025-02", date(2025, 2, 1), date(2025, 2, 28)),
        ("2100-02", date(2100, 2, 1), date(2100, 2, 28)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026/11", date(2026, 11, 1), date(2026, 11, 30)),
        ("11/2026", date(2026, 11, 1), date(2026, 11, 30)),
        ("Nov 2026", date(2026, 11, 1), date(2026, 11, 30)),
        ("Nov-2026", date(2026, 11, 1), date(2026, 11, 30)),
        ("sept. 2026", date(2026, 9, 1), date(2026, 9, 30)),
        ("February, 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("today", TODAY, TODAY),
        ("Yesterday", date(2026, 11, 21), date(2026, 11, 21)),
        ("10 days ago", date(2026, 11, 12), date(2026, 11, 12)),
        ("0 days ago", TODAY, TODAY),
        ("3 weeks ago", date(2026, 10, 29), date(2026, 11, 4)),
        ("  about   three weeks ago ", date(2026, 10, 29), date(2026, 11, 4)),
        ("a week ago", date(2026, 11, 12), date(2026, 11, 18)),
        ("2 months ago", date(2026, 9, 7), date(2026, 10, 7)),
        ("2 years ago", date(2024, 5, 24), date(2025, 5, 23)),
    ],
)
def test_a_date_is_every_day_that_it_may_mean(text: str, first: date, last: date) -> None:
    assert parse_date(text, TODAY) == DateSpan(first, last)


@pytest.mark.parametrize(
    "text",
    [
        "11/22/2026",
        "22/11/2026",
        "22.11.2026",
        "22-11-2026",
        "11-22-2026",
        "2026/11/22",
        "20261122",
        "22 Nov 2026",
        "22-Nov-2026",
        "22-NOV-2026",
        "22NOV2026",
        "22/Nov/2026",
        "Nov 22, 2026",
        "Nov. 22, 2026",
        "November 22 2026",
        "22 November 2026",
        "22nd novem 2026",
        "November 22nd, 2026",
        "2026-11-22T00:00:00",
        "2026-11-22 00:00",
        "2026-11-22 00:00:00",
        "2026-11-22 23:59:59.999",
        "2026-11-22T13:30:00.000Z",
        "2026-11-22T00:00:00+01:00",
        "20261122 09:30",
        "11/22/2026 0:00",
        "11/22/2026 12:00:00 AM",
        "22.11.2026 9:05",
        "Nov 22, 2026 1:05 pm",
        "\u00a022\u00a0Nov\u00a02026\u00a0",
    ],
)
def test_a_day_is_taken_as_charts_and_spreadsheets_write_it(text: str) -> None:
    assert parse_date(text, TODAY) == DateSpan.on(TODAY)


def test_where_day_and_month_are_the_same_number_their_order_does_not_matter() -> None:
    for text in ("10/10/2026", "10.10.2026", "10-10-2026"):
        assert parse_date(text, TODAY) == DateSpan.on(date(2026, 10, 10))
    assert parse_date("5/05/2026", TODAY) == DateSpan.on(date(2026, 5, 5))


@given(days, st.sampled_from("/.-"))
def test_a_day_in_numbers_is_read_as_that_day_or_refused_never_as_another(day: date, sign: str) -> None:
    for order in (f"%d{sign}%m{sign}%Y", f"%m{sign}%d{sign}%Y"):
        if day.day > 12 or day.day == day.month:
            assert parse_date(format(day, order), TODAY) == DateSpan.on(day)
        else:
            with pytest.raises(BadAnswer, match="cannot be told apart"):
                parse_date(format(day, order), TODAY)


@given(
    days, st.integers(3, 9), st.sampled_from([" ", "-", "/", ". ", ""]), st.sampled_from([str.upper, str.lower, str])
)
def test_a_month_by_its_name_however_short_is_read_back(
    day: date, letters: int, gap: str, case: Callable[[str], str]
) -> None:
    name = case(NAMES[day.month - 1][:letters])
    assert parse_date(f"{day.day}{gap}{name}{gap}{day.year}", TODAY) == DateSpan.on(day)
    assert parse_date(f"{name} {day.day}, {day.year}", TODAY) == DateSpan.on(day)
    assert parse_date(f"{name}{gap}{day.year}", TODAY) == parse_date(f"{day:%Y-%m}", TODAY)


@given(st.text("0123456789/.- :,tTzZ", max_size=20) | st.text(max_size=20))
def test_any_text_is_a_date_of_the_years_taken_or_refused(text: str) -> None:
    try:
        span = parse_date(text, TODAY)
    except BadAnswer:
        return
    assert span.first is not None
    assert span.last is not None
    assert date(1899, 7, 1) <= span.first <= span.last <= date(2200, 12, 31)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("46348", TODAY),
        ("46348.0", TODAY),
        (" 46348.5 ", TODAY),
        ("18264", date(1950, 1, 1)),
        ("73051", date(2100, 1, 1)),
        ("18263", None),
        ("73052", None),
        ("9999", None),
        ("460000", None),
        ("-46348", None),
        ("46,348", None),
        ("46348.", None),
        ("4634a", None),
        ("2026-11-22", None),
        ("", None),
    ],
)
def test_a_serial_number_of_a_spreadsheet_is_a_day(text: str, day: date | None) -> None:
    assert excel_day(text) == day


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-02-30", "no such day"),
        ("2025-02-29", "no such day"),
        ("2026-04-31", "no such day"),
        ("2026-13-01", "no such day"),
        ("2026-13", "no such month"),
        ("2026-00", "no such month"),
        ("1026-10-01", "year lies outside"),
        ("20260", "not a date"),
        ("2206", "year lies outside"),
        ("10/11/2026", "cannot be told apart"),
        ("10/11/2026 00:00", "cannot be told apart"),
        ("03-04-2026", "cannot be told apart"),
        ("1.2.2026", "cannot be told apart"),
        ("22/13/2026", "no such day"),
        ("31/04/2026", "no such day"),
        ("02/30/2026", "no such day"),
        ("0/13/2026", "no such day"),
        ("31 Nov 2026", "no such day"),
        ("Feb 29, 2025", "no such day"),
        ("20261322", "no such day"),
        ("20112026", "no such day"),
        ("22/11/1026", "year lies outside"),
        ("22 Nov 2206", "year lies outside"),
        ("13/2026", "no such month"),
        ("10.11.26", "four digits"),
        ("11/22/26", "four digits"),
        ("26-11-22", "four digits"),
        ("11/22/26 12:00 AM", "four digits"),
        ("22-Nov-26", "four digits"),
        ("Nov 22, 26", "four digits"),
        ("Nov-26", "four digits"),
        ("22 Nov", "four digits"),
        ("22/11.2026", "not a date"),
        ("2026-11/22", "not a date"),
        ("2026-11-22 24:00", "not a date"),
        ("2026-11-22 noon", "not a date"),
        ("22112026", "not a date"),
        ("11222026", "not a date"),
        ("46348", "not a date"),
        ("46348.0", "not a date"),
        ("22 Noviembre 2026", "not a date"),
        ("22 No 2026", "not a date"),
        ("Novem 2026 2026", "not a date"),
        ("Nov 12026", "not a date"),
        ("maybe 2026", "not a date"),
        ("declined", "not a date"),
        ("300 years ago", "year lies outside"),
        ("9999 years ago", "too far back"),
        ("soon", "not a date"),
        ("", "not a date"),
        ("1.2", "not a date"),
    ],
)
def test_what_is_no_date_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(BadAnswer) as refused:
        parse_date(text, TODAY)
    assert reason in refused.value.reason
    assert refused.value.remedy


@pytest.mark.parametrize("text", ["2026-10", "2026", "3 weeks ago", "tomorrow", "2026-02-30", "22 Nov 2026"])
def test_where_a_whole_day_is_wanted_nothing_less_will_do(text: str) -> None:
    with pytest.raises(BadAnswer):
        parse_day(text)


def test_a_leap_day_exists_in_leap_years_only() -> None:
    assert parse_day("2024-02-29") == date(2024, 2, 29)
    assert parse_day("2000-02-29") == date(2000, 2, 29)
    with pytest.raises(BadAnswer):
        parse_day("2100-02-29")


@given(st.integers(0, 50), periods)
def test_a_time_ago_never_reaches_past_today(amount: int, period: Period) -> None:
    span = parse_date(f"{amount} {period.value} ago", TODAY)
    assert span.first is not None
    assert span.last is not None
    assert span.first <= add(TODAY, -amount, period) <= span.last <= TODAY


@given(days)
def test_a_whole_date_reads_back_as_itself(day: date) -> None:
    assert parse_date(day.isoformat(), TODAY) == DateSpan.on(day)


@given(days)
def test_a_partial_date_holds_every_day_of_its_month_and_year(day: date) -> None:
    month, year = parse_date(f"{day:%Y-%m}", TODAY), parse_date(f"{day:%Y}", TODAY)
    assert month.first is not None
    assert month.last is not None
    assert month.first <= day <= month.last
    assert (month.last - month.first).days + 1 == calendar.monthrange(day.year, day.month)[1]
    assert year == DateSpan(date(day.year, 1, 1), date(day.year, 12, 31))


@pytest.mark.parametrize(
    ("day", "amount", "period", "expected"),
    [
        (date(2026, 8, 31), 6, Period.MONTHS, date(2027, 2, 28)),
        (date(2023, 8, 31), 6, Period.MONTHS, date(2024, 2, 29)),
        (date(2026, 1, 31), 1, Period.MONTHS, date(2026, 2, 28)),
        (date(2026, 3, 31), -1, Period.MONTHS, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, Period.MONTHS, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, Period.MONTHS, date(2025, 12, 15)),
        (date(2024, 2, 29), 1, Period.YEARS, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, Period.YEARS, date(2028, 2, 29)),
        (date(2026, 11, 22), 3, Period.WEEKS, date(2026, 12, 13)),
        (date(2026, 12, 31), 1, Period.DAYS, date(2027, 1, 1)),
        (date(2024, 2, 28), 1, Period.DAYS, date(2024, 2, 29)),
    ],
)
def test_periods_are_added_by_the_calendar(day: date, amount: int, period: Period, expected: date) -> None:
    assert add(day, amount, period) == expected


@given(days, st.integers(0, 400), amounts, periods)
def test_a_later_day_stays_no_earlier_whatever_is_added(day: date, later: int, amount: int, period: Period) -> None:
    if period is Period.YEARS:
        amount //= 10
    assert add(day, amount, period) <= add(day + timedelta(days=later), amount, period)


@given(days, st.integers(0, 40), st.integers(0, 40), periods)
def test_more_periods_end_later(day: date, fewer: int, more: int, period: Period) -> None:
    if more:
        assert add(day, fewer, period) < add(day, fewer + more, period)
    assert add(day, 0, period) == day


@given(days, st.integers(-60, 60))
def test_a_year_is_twelve_months_and_a_week_seven_days(day: date, amount: int) -> None:
    assert add(day, amount, Period.YEARS) == add(day, 12 * amount, Period.MONTHS)
    assert add(day, amount, Period.WEEKS) == add(day, 7 * amount, Period.DAYS)


def test_a_span_that_holds_no_day_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        DateSpan(date(2026, 1, 2), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (DateSpan.on(date(2026, 10, 1)), "2026-10-01"),
        (DateSpan(date(2026, 9, 1), date(2026, 9, 30)), "2026-09-01 to 2026-09-30"),
        (DateSpan(None, date(2026, 9, 30)), "2026-09-30 or earlier"),
        (DateSpan(date(2026, 9, 1), None), "2026-09-01 or later"),
        (DateSpan(None, None), "unknown date"),
    ],
)
def test_a_span_is_written_as_its_ends(span: DateSpan, text: str) -> None:
    assert str(span) == text
