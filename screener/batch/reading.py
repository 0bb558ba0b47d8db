"""Blocks of an intake as typed rows, with the cells that could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from screener.batch.results import ResultColumn
from screener.batch.texts import Known, split_day, together
from screener.batch.treatments import TreatmentColumn
from screener.batch.typed import TYPES, typed_schema
from screener.intake.cells import read_cell
from screener.intake.headers import Part
from screener.model import FactType

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from screener.batch.texts import Faults
    from screener.intake.headers import Column, Layout
    from screener.sql import Columns


@dataclass(frozen=True, slots=True)
class Issue:
    """A cell that could not be read, so that nothing is known of the fact."""

    line: int
    patient: str
    column: str
    reason: str
    remedy: str


class FactColumn:
    """The column of an intake that answers one fact, other than results and treatments."""

    def __init__(self, column: Column, typed: Columns, day: date) -> None:
        """Take the column; `day` is that of screening where rows have none of their own."""
        self.header = column.header
        self._index = column.index
        self._fact = column.fact
        self._typed = typed
        self._day = day
        self._has_days = False
        self._known = Known([TYPES[each.kind] for each in typed.of(self._fact.id)], self._read)

    def _read(self, text: str) -> tuple[Any, ...]:
        text, day = split_day(text) if self._has_days else (text, self._day)
        return self._typed.cells(self._fact.id, read_cell(self._fact, {"value": text}, self._typed.dictionary, day))

    def typed(self, cells: pa.RecordBatch, days: pa.Array | None) -> tuple[list[pa.Array], Faults]:
        """The typed columns, and for each fault the rows that have it."""
        self._has_days = days is not None and self._fact.type is FactType.DATE
        texts = cells.column(self._index)
        return self._known.typed(together([texts, days] if self._has_days else [texts]))


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
        self._readers: dict[str, FactColumn | ResultColumn | TreatmentColumn] = {}
        for name in typed.facts:
            given = parts.get(name, {})
            match given[Part.VALUE].fact.type if Part.VALUE in given else None:
                case None:
                    continue
                case FactType.THERAPIES:
                    self._readers[name] = TreatmentColumn(given[Part.VALUE], typed, day)
                case FactType.QUANTITY:
                    self._readers[name] = ResultColumn(given, typed, day)
                case _:
                    self._readers[name] = FactColumn(given[Part.VALUE], typed, day)

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
        nothing = {kind: pa.nulls(len(lines), kind) for kind in {field.type for field in self._schema}}
        batch = pa.RecordBatch.from_arrays(
            [
                columns[field.name].cast(field.type) if field.name in columns else nothing[field.type]
                for field in self._schema
            ],
            schema=self._schema,
        )
        return batch, sorted(issues, key=lambda issue: (issue.line, issue.column))

    def _judged_on(self, size: int, days: pa.Array | None) -> pa.Array:
        if days is None or self._judge_on_day:
            return pa.array([self._day] * size, pa.date32())
        return days.cast(pa.date32())
