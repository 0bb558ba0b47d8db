from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.dates import DateSpan, Period, add, parse_date, parse_day
from screener.errors import BadAnswer

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
        ("10.11.26", "cannot be told apart"),
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


@pytest.mark.parametrize("text", ["2026-10", "2026", "3 weeks ago", "tomorrow", "2026-02-30"])
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
