"""Blocks of an intake as typed rows, with the cells that could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from screener.batch.texts import SEPARATOR, FaultyError, Known, Remembered, distinct, together
from screener.batch.treatments import TreatmentColumn
from screener.batch.typed import TYPES, typed_schema
from screener.dates import parse_day
from screener.errors import BadAnswer
from screener.intake.cells import cell_parts
from screener.intake.headers import Part
from screener.model import FactType, Missing
from screener.patient import read_answer, read_test_date

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from screener.batch.texts import Fault
    from screener.intake.headers import Column, Layout
    from screener.sql import Columns

_DATED = {FactType.DATE, FactType.QUANTITY}  # what "3 weeks ago" means depends on the day of screening


@dataclass(frozen=True, slots=True)
class Issue:
    """A cell that could not be read, so that nothing is known of the fact."""

    line: int
    patient: str
    column: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class Days:
    """The day of screening: one for all rows, or that of each row, as text."""

    day: date
    texts: pa.Array | None = None


class FactColumn:
    """The columns of an intake that answer one fact: the value and, of a result, its limits and date."""

    def __init__(self, columns: dict[Part, Column], typed: Columns, day: date) -> None:
        """Take the columns, and what the rules read of the fact; `day` is that of screening where rows have none."""
        self._columns = columns
        self.fact = columns[Part.VALUE].fact
        self.header = columns[Part.VALUE].header
        self._typed = typed
        self._day = day
        self._parts = [part.value for part in Part if part in columns]
        self._units = {part.value: column.unit for part, column in columns.items() if column.unit}
        self._numbers, self._tested = Remembered(self._number), Remembered(read_test_date)
        self._is_joined = False
        self._known = Known([TYPES[column.kind] for column in typed.of(self.fact.id)], self._read)

    def _read(self, text: str) -> tuple[Any, ...]:
        texts = text.split(SEPARATOR) if self._is_joined else [text]
        day = parse_day(texts[-1]) if len(texts) > len(self._parts) else self._day
        parts = cell_parts(self.fact, dict(zip(self._parts, texts, strict=False)), self._units)
        if isinstance(parts, Missing):
            return self._typed.cells(self.fact.id, parts)
        if self.fact.type is not FactType.QUANTITY:
            return self._typed.cells(self.fact.id, read_answer(self.fact, parts["value"], self._typed.dictionary, day))
        number = self._limited(parts)
        if "date" not in parts:
            return number
        try:
            tested = self._tested(parts["date"], day)
        except BadAnswer as bad:
            raise FaultyError(bad, self._header_of("date")) from None
        return (*number[:-2], tested.first, tested.last) if self._typed.reads_date_of(self.fact.id) else number

    def _limited(self, parts: dict[str, str]) -> tuple[Any, ...]:
        """The number and its limits of normal; a limit that cannot be read is to blame itself."""
        try:
            return self._numbers(parts["value"], parts.get("uln"), parts.get("lln"))
        except BadAnswer:
            self._numbers(parts["value"], None, None)
            for name, limits in (("uln", (parts.get("uln"), None)), ("lln", (None, parts.get("lln")))):
                try:
                    self._numbers(parts["value"], *limits)
                except BadAnswer as bad:
                    raise FaultyError(bad, self._header_of(name)) from None
            raise

    def _header_of(self, part: str) -> str:
        column = self._columns.get(Part(part))
        return column.header if column else self.header

    def _number(self, value: str, uln: str | None, lln: str | None) -> tuple[Any, ...]:
        """A result without its date; many results differ in that alone."""
        limits = {name: text for name, text in (("uln", uln), ("lln", lln)) if text is not None}
        number = read_answer(self.fact, value, self._typed.dictionary, self._day, limits)
        return self._typed.cells(self.fact.id, number)

    def typed(
        self, cells: pa.RecordBatch, days: pa.Array | None
    ) -> tuple[list[pa.Array], dict[Fault, NDArray[np.bool_]]]:
        """The typed columns, and for each fault the rows that have it."""
        texts = [cells.column(self._columns[part].index) for part in Part if part in self._columns]
        if days is not None and self.fact.type in _DATED:
            texts.append(days)
        self._is_joined = len(texts) > 1
        words, rows = distinct(together(texts))
        places = self._known.places(words)
        columns = [column.take(pa.array(places)).take(pa.array(rows)) for column in self._known.columns()]
        faults: dict[Fault, NDArray[np.bool_]] = {}
        for number, place in enumerate(places):
            if fault := self._known.faults.get(int(place)):
                faults[fault] = faults.get(fault, False) | (rows == number)
        return columns, faults


class Reading:
    """Reads blocks of one intake."""

    def __init__(self, layout: Layout, typed: Columns, day: date, *, judge_on_day: bool) -> None:
        """Take the meaning of the columns. `day` is that of screening; for rows that have one of their own it holds
        only where `judge_on_day` says so, and then only for judging.
        """
        self._typed = typed
        self._day = day
        self._judge_on_day = judge_on_day
        self._schema = typed_schema(typed)
        parts: dict[str, dict[Part, Column]] = {}
        for column in layout.columns:
            parts.setdefault(column.fact.id, {})[column.part] = column
        self._readers: dict[str, FactColumn | TreatmentColumn] = {}
        for name in typed.facts:
            given = parts.get(name, {})
            if Part.VALUE in given:
                is_list = given[Part.VALUE].fact.type is FactType.THERAPIES
                self._readers[name] = (
                    TreatmentColumn(given[Part.VALUE], typed, day) if is_list else FactColumn(given, typed, day)
                )

    def typed(
        self, cells: pa.RecordBatch, ids: pa.Array, lines: NDArray[np.int64], days: pa.Array | None
    ) -> tuple[pa.RecordBatch, list[Issue]]:
        """Rows as the rules read them; `days` are the days of screening as ISO texts, where rows have their own."""
        columns: dict[str, pa.Array] = {"patient_id": ids, "as_of": self._judged_on(len(lines), days)}
        issues = []
        for name, reader in self._readers.items():
            arrays, faults = reader.typed(cells, days)
            columns |= zip((column.name for column in self._typed.of(name)), arrays, strict=True)
            for fault, rows in faults.items():
                places = np.flatnonzero(rows)
                people = ids.take(pa.array(places)).to_pylist()
                issues += [
                    Issue(int(line), person, fault.header or reader.header, fault.reason, fault.remedy)
                    for line, person in zip(lines[places], people, strict=True)
                ]
        nothing = {field.name: pa.nulls(len(lines), field.type) for field in self._schema if field.name not in columns}
        batch = pa.RecordBatch.from_arrays(
            [(columns | nothing)[field.name].cast(field.type) for field in self._schema], schema=self._schema
        )
        return batch, sorted(issues, key=lambda issue: (issue.line, issue.column))

    def _judged_on(self, size: int, days: pa.Array | None) -> pa.Array:
        if days is None or self._judge_on_day:
            return pa.array([self._day] * size, pa.date32())
        return days.cast(pa.date32())
