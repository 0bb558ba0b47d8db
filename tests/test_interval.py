from __future__ import annotations

import operator
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.interval import Interval, Relation, decimal_text, interval_text
from screener.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Callable

HOLDS: dict[Relation, Callable[[int, int], bool]] = {
    Relation.LT: operator.lt,
    Relation.LE: operator.le,
    Relation.GT: operator.gt,
    Relation.GE: operator.ge,
    Relation.EQ: operator.eq,
    Relation.NE: operator.ne,
}
# Ends lie four apart and numbers one: between two ends there are three, enough to be below, above and equal.
ENDS = [None, -8, -4, 0, 4, 8]
SAMPLES = range(-11, 12)


def interval_or_none(low: int | None, high: int | None, *, low_open: bool, high_open: bool) -> Interval | None:
    try:
        return Interval(low, high, low_open, high_open)
    except ValueError:
        return None


EVERY = [
    interval
    for low in ENDS
    for high in ENDS
    for low_open in ((False, True) if low is not None else (False,))
    for high_open in ((False, True) if high is not None else (False,))
    if (interval := interval_or_none(low, high, low_open=low_open, high_open=high_open)) is not None
]
intervals = st.sampled_from(EVERY)


def holds(interval: Interval, number: int) -> bool:
    above = interval.low is None or number > interval.low or (number == interval.low and not interval.low_open)
    below = interval.high is None or number < interval.high or (number == interval.high and not interval.high_open)
    return above and below


MEMBERS = {interval: [number for number in SAMPLES if holds(interval, number)] for interval in EVERY}


@pytest.mark.parametrize("relation", Relation)
def test_a_comparison_says_what_all_pairs_of_numbers_say(relation: Relation) -> None:
    compare = HOLDS[relation]
    for left, right in product(EVERY, EVERY):
        said = {compare(one, other) for one in MEMBERS[left] for other in MEMBERS[right]}
        expected = Truth.UNKNOWN if len(said) == 2 else Truth.TRUE if True in said else Truth.FALSE
        assert left.compare(relation, right) is expected, (left, right)


@given(st.sampled_from(Relation), intervals, intervals, st.sampled_from([Fraction(1, 2), Fraction(1, 8)]))
def test_halves_and_eighths_compare_as_whole_numbers_do(
    relation: Relation, left: Interval, right: Interval, factor: Fraction
) -> None:
    assert left.scaled(factor).compare(relation, right.scaled(factor)) is left.compare(relation, right)


@given(intervals, intervals)
def test_a_relation_and_its_opposite_never_agree(left: Interval, right: Interval) -> None:
    for relation, opposite in [
        (Relation.LT, Relation.GE),
        (Relation.GT, Relation.LE),
        (Relation.EQ, Relation.NE),
    ]:
        assert left.compare(relation, right) is ~left.compare(opposite, right)


@given(intervals, intervals)
def test_a_relation_reads_the_same_from_the_other_side(left: Interval, right: Interval) -> None:
    for relation, mirrored in [
        (Relation.LT, Relation.GT),
        (Relation.LE, Relation.GE),
        (Relation.EQ, Relation.EQ),
        (Relation.NE, Relation.NE),
    ]:
        assert left.compare(relation, right) is right.compare(mirrored, left)


@pytest.mark.parametrize(
    ("low", "high", "low_open", "high_open"),
    [(2, 1, False, False), (1, 1, True, False), (1, 1, False, True), (1, 1, True, True)],
)
def test_an_interval_with_nothing_in_it_is_refused(low: int, high: int, low_open: bool, high_open: bool) -> None:  # noqa: FBT001 - a table
    with pytest.raises(ValueError, match="at least one number"):
        Interval(low, high, low_open, high_open)


def test_only_a_point_is_exact() -> None:
    assert Interval.point(Fraction(3, 2)).exact == Fraction(3, 2)
    assert Interval.point(0).exact == 0
    assert Interval(1, 2).exact is None
    assert Interval(None, None).exact is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(5), "5"),
        (Fraction(3, 2), "1.5"),
        (Fraction(1, 10), "0.1"),
        (Fraction(1), "1"),
        (Fraction(100), "100"),
        (Fraction(133 * 100, 8842), "1.5042"),
        (Fraction(2, 3), "0.6667"),
    ],
)
def test_a_number_is_written_without_needless_zeros(value: Fraction, text: str) -> None:
    assert decimal_text(value) == text


def test_a_number_is_rounded_to_the_places_asked_for() -> None:
    assert decimal_text(Fraction(648148, 10000), 1) == "64.8"
    assert decimal_text(Fraction(1999, 1000), 1) == "2"


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (Interval.point(5), "5"),
        (Interval.point(0), "0"),
        (Interval(60, 70), "60 to 70"),
        (Interval(None, Fraction(1, 10), high_open=True), "<0.1"),
        (Interval(None, 5), "<=5"),
        (Interval(5, None, low_open=True), ">5"),
        (Interval(5, None), ">=5"),
        (Interval(None, None), "any value"),
    ],
)
def test_an_interval_is_written_as_people_write_it(interval: Interval, text: str) -> None:
    assert interval_text(interval) == text
