"""The columns of an intake that hold one result: the value, its limits of normal, and the day of the test.

Results are few numbers on many days, so numbers and days are read apart from each other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from screener.batch.texts import SEPARATOR, FaultyError, Known, Remembered, distinct, split_day, together
from screener.batch.typed import TYPES
from screener.errors import BadAnswer
from screener.intake.cells import cell_parts, day_text
from screener.intake.headers import Part
from screener.model import Missing
from screener.patient import read_answer, read_test_date

if TYPE_CHECKING:
    from datetime import date

    from screener.batch.texts import Faults
    from screener.intake.headers import Column
    from screener.sql import Columns

_NUMBER_PARTS = (Part.VALUE, Part.ULN, Part.LLN)
_DAY_AT_THE_END = re.compile(rb"[^\s,;(-], \d{4}-\d{2}-\d{2}")
_DAY, _END = len("2026-11-22"), len("L, 2026-11-22")


class ResultColumn:
    """The columns of one result."""

    def __init__(self, columns: dict[Part, Column], typed: Columns, day: date) -> None:
        """Take the columns; `day` is that of screening where rows have none of their own."""
        self._columns = columns
        self._fact = columns[Part.VALUE].fact
        self.header = columns[Part.VALUE].header
        self._typed = typed
        self._day = day
        self._has_days = False
        self._parts = [part.value for part in _NUMBER_PARTS if part in columns]
        self._units = {part.value: column.unit for part, column in columns.items() if column.unit}
        self._reads_date = typed.reads_date_of(self._fact.id)
        self._limited = Remembered(self._with_limits)
        kinds = [TYPES[column.kind] for column in typed.of(self._fact.id)]
        self._numbers = Known([*kinds, pa.string(), pa.bool_()], self._read)  # and its own day, and whether it is one
        self._tested = Known([pa.date32(), pa.date32()], self._read_tested)

    def _read(self, text: str) -> tuple[Any, ...]:
        """The result without its day, the day as text if it stands in the same cell, and that there is a result."""
        each = text.split(SEPARATOR) if len(self._parts) > 1 else [text]
        texts = dict(zip(self._parts, each, strict=True))
        parts = cell_parts(self._fact, texts, self._units)
        if isinstance(parts, Missing):
            return (*self._typed.cells(self._fact.id, parts), None, False)
        limits = (parts.get("uln"), parts.get("lln"))
        try:
            number = self._limited(parts["value"], *limits)
        except BadAnswer:
            self._blame_limits(parts["value"], *limits)
            raise
        return (*number, parts.get("date"), True)

    def _blame_limits(self, value: str, uln: str | None, lln: str | None) -> None:
        """Raise FaultyError if a limit cannot be read, BadAnswer if the value itself cannot."""
        self._limited(value, None, None)
        for part, limits in ((Part.ULN, (uln, None)), (Part.LLN, (None, lln))):
            try:
                self._limited(value, *limits)
            except BadAnswer as bad:
                raise FaultyError(bad, self._header_of(part)) from None

    def _with_limits(self, value: str, uln: str | None, lln: str | None) -> tuple[Any, ...]:
        limits = {name: text for name, text in (("uln", uln), ("lln", lln)) if text is not None}
        number = read_answer(self._fact, value, self._typed.dictionary, self._day, limits)
        return self._typed.cells(self._fact.id, number)

    def _read_tested(self, text: str | None) -> tuple[Any, ...]:
        """The first and the last day that the test may have been on."""
        if text is None:
            return None, None
        text, day = split_day(text) if self._has_days else (text, self._day)
        if not text.strip():
            return None, None
        try:
            tested = read_test_date(day_text(text.strip()), day)
        except BadAnswer as bad:
            raise FaultyError(bad, self._header_of(Part.DATE)) from None
        return tested.first, tested.last

    def _header_of(self, part: Part) -> str:
        return self._columns[part].header if part in self._columns else self.header

    def typed(self, cells: pa.RecordBatch, days: pa.Array | None) -> tuple[list[pa.Array], Faults]:
        """The typed columns, and for each fault the rows that have it."""
        self._has_days = days is not None

        def given(*parts: Part) -> list[pa.Array]:
            return [cells.column(self._columns[part].index) for part in parts if part in self._columns]

        values, cut = without_day(*given(Part.VALUE))
        (*number, own, is_number), faults = self._numbers.typed(together([values, *given(Part.ULN, Part.LLN)]))
        columns = number[:-2] if self._reads_date else number
        dates = [texts for texts in (own, cut, *given(Part.DATE)) if texts.null_count < len(texts)]
        if not dates:
            return number, faults
        texts = pc.if_else(is_number, pc.coalesce(*dates), None)
        read, more = self._tested.typed(texts if days is None else together([texts, days]))
        columns = [*columns, *read] if self._reads_date else columns
        for fault, rows in more.items():  # a result of a day that cannot be read is not known
            faults[fault] = faults.get(fault, False) | rows
            columns = [pc.if_else(pa.array(rows), None, column) for column in columns]
        return columns, faults


def without_day(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Results without the day at their end, and that day; NULL where they end otherwise.

    `34 U/L, ULN 40, 2026-11-10` is read as `34 U/L, ULN 40` with a day of its own.
    """
    data = texts.cast(pa.binary())
    tails, rows = distinct(pc.binary_slice(data, -_END, None))
    ends = np.array([_DAY_AT_THE_END.fullmatch(tail) is not None for tail in tails], bool)[rows]
    if not ends.any():
        return texts, pa.nulls(len(texts), pa.string())
    heads = pc.binary_slice(data, 0, -_DAY - 2)
    ends &= ~pc.match_substring(heads, "-").to_numpy(zero_copy_only=False)  # of two dates another may be meant
    has_day = pa.array(ends)
    days = pc.if_else(has_day, pc.binary_slice(data, -_DAY, None), None)
    return pc.if_else(has_day, heads, data).cast(pa.string()), days.cast(pa.string())
