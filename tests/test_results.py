"""A result with its day at the end of the cell is read as the result and the day, each apart from the other."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from screener.batch.results import without_day
from screener.patient import split_result

PIECES = st.lists(
    st.sampled_from(
        [
            "34 U/L",
            "5",
            "<0.1",
            "ULN 40",
            "lln: 1,5",
            "on",
            "date:",
            "(",
            ")",
            ",",
            ";",
            " ",
            ", ",
            "-",
            "2026-11",
            "x",
            "2026-11-10",
            "2026-1-2",
            "9999-99-99",
            ", 2026-11-22",
            " 2026-11-22",
            "é",
            "",
        ]
    ),
    max_size=7,
).map("".join)


@given(st.lists(PIECES, min_size=1))
@example(["34 U/L, ULN 40, 2026-11-10"])
@example(["5 2026-11-01, 2026-11-10"])
@example(["5 on, 2026-11-10"])
def test_a_day_cut_off_is_the_day_that_is_read(texts: list[str]) -> None:
    heads, days = without_day(pa.array(texts, pa.string()))
    for text, head, day in zip(texts, heads.to_pylist(), days.to_pylist(), strict=True):
        if day is None:
            assert head == text
        else:
            assert split_result(head) | {"date": day} == split_result(text)


@given(st.integers(0, 10**6), st.sampled_from(["K/uL", "U/L, ULN 40", "%", "g/dL, LLN 12.5 g/dL"]), st.dates())
def test_days_as_they_are_usually_written_are_cut_off(number: int, unit: str, day: object) -> None:
    heads, days = without_day(pa.array([f"{number} {unit}, {day}"]))
    assert heads.to_pylist() == [f"{number} {unit}"]
    assert days.to_pylist() == [str(day)]
