"""The list of treatments in one cell, `agent: last dose; agent: last dose`, for many rows at once.

Nearly every patient's list is another one, but few treatments are: lists are cut at their semicolons, and each
distinct treatment is read once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from screener.batch.texts import Fault, Known, distinct, split_day, together
from screener.batch.typed import TYPES, treatment_type
from screener.intake.cells import read_cell
from screener.model import Missing, Treatments
from screener.patient import read_treatment

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from screener.intake.headers import Column
    from screener.sql import Columns

    Numbers = NDArray[np.int64]

_SHORT = 12  # characters: `n; o` is `no`, so short lists are read whole


class TreatmentColumn:
    """The column of an intake that lists treatments."""

    def __init__(self, column: Column, typed: Columns, day: date) -> None:
        """Take the column, and what the rules read of treatments."""
        self.header = column.header
        self._column = column
        self._typed = typed
        self._day = day
        self._has_days = False
        self._fields = treatment_type(typed)
        kinds = [TYPES[kind] for _, kind in typed.treatment_fields]
        self._items = Known(kinds, self._read_item)
        self._wholes = Known([pa.bool_(), pa.bool_()], self._read_whole)  # whether a list is known, and not empty

    def _read_item(self, text: str) -> tuple[Any, ...]:
        """One treatment, as the reader of lists reads it."""
        text, day = split_day(text) if self._has_days else (text, self._day)
        agent, _, last = text.partition(":")
        fields = {"agent": agent.strip()} | ({"last_dose": last.strip()} if last.strip() else {})
        return tuple(self._typed.treatment(read_treatment(fields, self._typed.dictionary, day)).values())

    def _read_whole(self, text: str) -> tuple[bool, bool]:
        """A text that is no list of several: whether it tells the treatments, and whether there are any."""
        text, day = split_day(text) if self._has_days else (text, self._day)
        value = read_cell(self._column.fact, {"value": text}, self._typed.dictionary, day)
        if isinstance(value, Missing):
            return False, False
        if not isinstance(value, Treatments):
            raise TypeError(self._column.fact.id)
        return True, bool(value.items)

    def typed(
        self, cells: pa.RecordBatch, days: pa.Array | None
    ) -> tuple[list[pa.Array], dict[Fault, NDArray[np.bool_]]]:
        """The lists, and for each fault the rows that have it. One treatment that cannot be read spoils its list."""
        texts = pc.utf8_trim_whitespace(cells.column(self._column.index))
        self._has_days = days is not None
        size = len(texts)
        parts = pc.split_pattern(texts, ";")
        row_of_part = pc.list_parent_indices(parts).to_numpy()
        parts = pc.utf8_trim_whitespace(parts.flatten())
        filled = pc.not_equal(parts, "").to_numpy(zero_copy_only=False)
        parts, row_of_part = parts.filter(pa.array(filled)), row_of_part[filled]
        counts = np.bincount(row_of_part, minlength=size)
        is_whole = (counts <= 1) | (pc.utf8_length(texts).to_numpy() <= _SHORT)

        faulty: dict[Fault, NDArray[np.bool_]] = {}
        is_known, has_items = ~is_whole, ~is_whole
        rows = np.flatnonzero(is_whole)
        words, each = distinct(_of(texts, days, rows))
        places = self._wholes.places(words)
        known, some = (
            column.fill_null(value).to_numpy(zero_copy_only=False)[places]
            for column, value in zip(self._wholes.columns(), (False, False), strict=True)
        )
        is_known[rows], has_items[rows] = known[each], some[each]
        _blame(faulty, self._wholes, places, each, rows, size)

        listed = has_items[row_of_part]
        parts, row_of_part = parts.filter(pa.array(listed)), row_of_part[listed]
        words, each = distinct(_of(parts, days, row_of_part, taken=True))
        places = self._items.places(words)
        _blame(faulty, self._items, places, each, row_of_part, size)
        for rows_at_fault in faulty.values():
            is_known &= ~rows_at_fault
        kept = is_known[row_of_part]
        items = places[each][kept]
        lengths = np.bincount(row_of_part[kept], minlength=size)
        offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())
        fields = [column.take(pa.array(items)) for column in self._items.columns()]
        structs = pa.StructArray.from_arrays(fields, fields=list(self._fields))
        return [pa.ListArray.from_arrays(offsets, structs, mask=pa.array(~is_known))], faulty


def _of(texts: pa.Array, days: pa.Array | None, rows: Numbers, *, taken: bool = False) -> pa.Array:
    """The texts of some rows, each with its day of screening where rows have their own."""
    some = texts if taken else texts.take(pa.array(rows))
    return some if days is None else together([some, days.take(pa.array(rows))])


def _blame(
    faulty: dict[Fault, NDArray[np.bool_]],
    known: Known,
    places: NDArray[np.int32],
    each: NDArray[np.int32],
    rows: Numbers,
    size: int,
) -> None:
    """Note the rows whose text could not be read; the first fault of a row counts."""
    if not known.faults:
        return
    blamed = np.zeros(size, bool)
    for rows_at_fault in faulty.values():
        blamed |= rows_at_fault
    for number, place in enumerate(places):
        if fault := known.faults.get(int(place)):
            at_fault = np.zeros(size, bool)
            at_fault[rows[each == number]] = True
            at_fault &= ~blamed
            blamed |= at_fault
            faulty[fault] = faulty[fault] | at_fault if fault in faulty else at_fault
