"""The list of treatments in one cell, `agent: last dose; agent: last dose`, for many rows at once.

Nearly every patient's list is another one, but agents are few and so are days: lists are cut at their semicolons and
treatments at their colon, and each distinct agent and each distinct last dose is read once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from screener.batch.texts import Known, mask, split_day, together
from screener.batch.typed import treatment_type
from screener.intake.cells import read_cell
from screener.model import Missing, Treatment, Treatments
from screener.patient import read_last_dose, read_treatment

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from screener.batch.texts import Faults
    from screener.intake.headers import Column
    from screener.sql import Columns

    Numbers = NDArray[np.int64]

_SHORT = 12  # characters: `n; o` is `no`, so short lists are read whole
_OF_LAST_DOSE = ("first_day", "last_day", "ongoing")  # the fields that the agent does not tell


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
        self._agents = Known([field.type for field in self._fields], self._read_agent)
        self._lasts = Known([self._fields.field(name).type for name in _OF_LAST_DOSE], self._read_last)
        self._wholes = Known([pa.bool_(), pa.bool_()], self._read_whole)  # whether a list is known, and not empty

    def _read_agent(self, text: str) -> tuple[Any, ...]:
        """A treatment without its last dose."""
        item = read_treatment({"agent": text.strip()}, self._typed.dictionary, self._day)
        return tuple(self._typed.treatment(item).values())

    def _read_last(self, text: str | None) -> tuple[Any, ...]:
        """The fields of a last dose."""
        text, day = split_day(text or "") if self._has_days else (text or "", self._day)
        last, ongoing = read_last_dose(text.strip() or None, day)
        fields = self._typed.treatment(Treatment("", frozenset(), frozenset(), last, ongoing=ongoing))
        return tuple(fields[name] for name in _OF_LAST_DOSE)

    def _read_whole(self, text: str) -> tuple[bool, bool]:
        """A text that is no list of several: whether it tells the treatments, and whether there are any."""
        text, day = split_day(text) if self._has_days else (text, self._day)
        value = read_cell(self._column.fact, {"value": text}, self._typed.dictionary, day)
        if isinstance(value, Missing):
            return False, False
        if not isinstance(value, Treatments):
            raise TypeError(self._column.fact.id)
        return True, bool(value.items)

    def typed(self, cells: pa.RecordBatch, days: pa.Array | None) -> tuple[list[pa.Array], Faults]:
        """The lists, and for each fault the rows that have it: the first of a row. It spoils the list."""
        texts = pc.utf8_trim_whitespace(cells.column(self._column.index))
        self._has_days = days is not None
        size = len(texts)
        parts, row_of_part = _split(texts)
        is_whole = (np.bincount(row_of_part, minlength=size) <= 1) | (pc.utf8_length(texts).to_numpy() <= _SHORT)
        is_known, has_items = ~is_whole, ~is_whole
        rows = np.flatnonzero(is_whole)
        columns, found = self._wholes.typed(self._dated(texts.take(pa.array(rows)), days, rows))
        is_known[rows], has_items[rows] = (mask(column) for column in columns)
        faults: Faults = {}
        _blame(faults, found, rows, size)

        listed = np.flatnonzero(has_items[row_of_part])
        parts, row_of_part = parts.take(pa.array(listed)), row_of_part[listed]
        agents, lasts = _cut(parts)
        fields, found = self._agents.typed(agents)
        days_of_last, more = self._lasts.typed(self._dated(lasts, days, row_of_part))
        _blame(faults, {fault: at & ~_any(found, len(parts)) for fault, at in more.items()} | found, row_of_part, size)

        is_known &= ~_any(faults, size)
        kept = is_known[row_of_part]
        named = dict(zip((field.name for field in self._fields), fields, strict=True))
        named |= zip(_OF_LAST_DOSE, days_of_last, strict=True)
        structs = pa.StructArray.from_arrays(list(named.values()), fields=list(self._fields)).filter(pa.array(kept))
        offsets = np.concatenate([[0], np.cumsum(np.bincount(row_of_part[kept], minlength=size))])
        return [pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), structs, mask=pa.array(~is_known))], faults

    def _dated(self, texts: pa.Array, days: pa.Array | None, rows: Numbers) -> pa.Array:
        """Texts, each with the day of screening of its row where rows have their own."""
        return texts if days is None else together([texts, days.take(pa.array(rows))])


def _split(texts: pa.Array) -> tuple[pa.Array, Numbers]:
    """The treatments of lists, and the row of each."""
    lists = pc.split_pattern(texts, ";")
    rows = pc.list_parent_indices(lists).to_numpy()
    parts = pc.utf8_trim_whitespace(lists.flatten())
    filled = mask(pc.not_equal(parts, ""))
    return parts.filter(pa.array(filled)), rows[filled]


def _cut(parts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """The agents of treatments, and their last doses, "" where there is none."""
    pieces = pc.split_pattern(parts, ":", max_splits=1)
    offsets = pieces.offsets.to_numpy()
    texts = pieces.flatten()
    last = pa.array(offsets[1:] - 1)
    return texts.take(pa.array(offsets[:-1])), pc.if_else(pa.array(np.diff(offsets) > 1), texts.take(last), "")


def _blame(faults: Faults, found: Faults, rows: Numbers, size: int) -> None:
    """Note the rows of what could not be read; of a row the first counts."""
    if not found:
        return
    reasons = list(found)
    which = np.full(len(rows), -1)
    for number, fault in enumerate(reasons):
        which[found[fault]] = number
    wrong = np.flatnonzero(which >= 0)
    blamed, first = np.unique(rows[wrong], return_index=True)
    for number, fault in enumerate(reasons):
        at = np.zeros(size, bool)
        at[blamed[which[wrong[first]] == number]] = True
        faults[fault] = faults.get(fault, False) | at


def _any(faults: Faults, size: int) -> NDArray[np.bool_]:
    return np.logical_or.reduce(list(faults.values())) if faults else np.zeros(size, bool)
