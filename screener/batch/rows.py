"""Which rows of an intake can be screened: they have an id of their own, and a day of screening that can be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from screener.batch.texts import distinct, mask
from screener.dates import parse_date
from screener.errors import BadAnswer
from screener.intake.blocks import RECORD_SHOWN, Reject
from screener.intake.cells import day_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from numpy.typing import NDArray

    from screener.intake.blocks import Block
    from screener.intake.headers import Layout

_LONGEST_ID = 200
# What is no letter: control characters, line and tab among them, and those that turn the direction of text.
_ODD = r"[\x00-\x1f\x7f-\x{9f}\x{61c}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{2069}\x{feff}]"


@dataclass(frozen=True)
class Rows:
    """Rows to screen: their cells, ids, lines, and days of screening as ISO texts where the intake gives them."""

    cells: pa.RecordBatch
    ids: pa.Array
    lines: NDArray[np.int64]
    days: pa.Array | None
    rejects: tuple[Reject, ...]


class RowReader:
    """Takes the rows of an intake that can be screened, and says why of the others."""

    def __init__(self, header: tuple[str, ...], layout: Layout, day: date) -> None:
        """Take the meaning of the columns; `day` is that of screening where a row has none."""
        self._header = header
        self._layout = layout
        self._day = day
        self._seen = SeenIds()

    def rows(self, block: Block) -> Rows:
        """The rows of a block."""
        rejects: list[Reject] = []
        ids = pc.utf8_trim_whitespace(block.cells.column(self._layout.id))
        kept = np.ones(len(ids), bool)

        def refuse(wrong: NDArray[np.bool_], column: int, reason: Callable[[int], str]) -> None:
            for place in np.flatnonzero(wrong & kept):
                record = ",".join(column[int(place)].as_py() for column in block.cells.columns)
                rejects.append(
                    Reject(int(block.lines[place]), self._header[column], reason(int(place)), record[:RECORD_SHOWN])
                )
            kept[wrong] = False

        id_column = self._layout.id
        refuse(mask(pc.equal(ids, "")), id_column, lambda _: "the row has no id")
        refuse(mask(pc.greater(pc.utf8_length(ids), _LONGEST_ID)), id_column, lambda _: "the id is too long")
        odd = mask(pc.match_substring_regex(ids, _ODD))
        refuse(odd, id_column, lambda _: "the id holds control characters")
        days = None
        if self._layout.as_of is not None:
            days, unread = self._days(block.cells.column(self._layout.as_of))
            refuse(unread, self._layout.as_of, lambda _: "the day of screening is no whole date")
        first = np.zeros(len(ids), np.int64)
        places = np.flatnonzero(kept)
        first[places] = self._seen.first_lines(ids.take(pa.array(places)).to_pylist(), block.lines[places])
        refuse(first > 0, id_column, lambda place: f"the id stands already in line {first[place]}")
        if kept.all():
            return Rows(block.cells, ids, block.lines, days, tuple(rejects))
        good = pa.array(kept)
        return Rows(
            block.cells.filter(good),
            ids.filter(good),
            block.lines[kept],
            None if days is None else days.filter(good),
            tuple(sorted(rejects, key=lambda reject: reject.line)),
        )

    def _days(self, texts: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]]:
        """The day of each row as an ISO text, and the rows whose day cannot be read."""
        words, rows = distinct(pc.utf8_trim_whitespace(texts))
        days = [self._day_of(word) for word in words]
        unread = np.array([day is None for day in days], bool)
        return pa.array([day or self._day.isoformat() for day in days]).take(pa.array(rows)), unread[rows]

    def _day_of(self, text: str) -> str | None:
        if not text:
            return self._day.isoformat()
        try:
            span = parse_date(day_text(text), self._day)
        except BadAnswer:
            return None
        return span.first.isoformat() if span.first and span.first == span.last else None


class SeenIds:
    """The ids so far, in 24 bytes each: two fingerprints of 64 bits and the line.

    Fingerprints are Python's own, keyed anew for each run. Sorted runs are merged when they are of one size, so a new
    block is looked up in few of them.
    """

    def __init__(self) -> None:
        """Nothing is seen yet."""
        self._runs: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]] = []

    def first_lines(self, ids: list[str], lines: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each id the line on which it stood before, 0 if it is new; the new ones are seen from now on."""
        one = np.fromiter((hash(name) for name in ids), np.int64, len(ids))
        two = np.fromiter((hash(name + "+") for name in ids), np.int64, len(ids))
        order = np.lexsort((lines, two, one))
        one, two, ordered = one[order], two[order], lines[order]
        found = np.zeros(len(ids), np.int64)
        for run_one, run_two, run_lines in self._runs:
            places = np.minimum(np.searchsorted(run_one, one), len(run_one) - 1)  # one after the other: all in order
            same = (run_one[places] == one) & (run_two[places] == two)
            found[same] = run_lines[places[same]]
        for place in np.flatnonzero((one[1:] == one[:-1]) & (two[1:] == two[:-1])) + 1:
            found[place] = found[place] or found[place - 1] or ordered[place - 1]
        fresh = found == 0
        if fresh.any():
            self._add(one[fresh], two[fresh], ordered[fresh])
        result = np.empty_like(found)
        result[order] = found
        return result

    def _add(self, one: NDArray[np.int64], two: NDArray[np.int64], lines: NDArray[np.int64]) -> None:
        while self._runs and len(self._runs[-1][0]) <= 2 * len(one):
            old_one, old_two, old_lines = self._runs.pop()
            one, two, lines = (
                np.concatenate([old_one, one]),
                np.concatenate([old_two, two]),
                np.concatenate([old_lines, lines]),
            )
            order = np.argsort(one, kind="stable")
            one, two, lines = one[order], two[order], lines[order]
        self._runs.append((one, two, lines))
