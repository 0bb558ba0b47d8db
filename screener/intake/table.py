"""Intake as CSV: clean pieces go to Arrow as they are, in parallel; the others are sorted record by record first."""

from __future__ import annotations

import codecs
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv

from screener.intake.blocks import Block, Intake, block
from screener.intake.encoding import Utf8
from screener.intake.heading import SEPARATORS, read_heading
from screener.intake.pieces import LONGEST, pieces
from screener.intake.records import Form, is_text, reject_lines, sort_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screener.intake.source import Source

_AHEAD = 2  # pieces that are parsed while one is used: Arrow does not hold the GIL


class _Clean(NamedTuple):
    """The good rows of a piece in which each line is a record, and which of its lines, from 0, are not good."""

    cells: pa.RecordBatch
    bad: list[int]


class Table(Intake):
    """An open CSV."""

    def __init__(self, source: Source, block_size: int) -> None:
        """Read the header. Raises InputError."""
        self._source = source
        self._utf8 = Utf8(source.chunks(block_size))
        self._pieces = pieces(self._utf8)
        heading = read_heading(self._pieces, source.name)
        self.header = heading.header
        self._separator = heading.separator
        self._rest, self._line = heading.rest, heading.line

    @property
    def notes(self) -> tuple[str, ...]:
        """How the file is written, where that is not UTF-8 with commas."""
        notes = [] if self._utf8.encoding == "UTF-8" else [f"read as {self._utf8.encoding}"]
        if self._separator != b",":
            notes.append(f"columns are separated by {SEPARATORS[self._separator]}")
        return tuple(notes)

    def close(self) -> None:
        """Close the file."""
        self._source.close()

    def blocks(self) -> Iterator[Block]:
        """Read the rows."""
        rest, done = b"", self._source.done
        with ThreadPoolExecutor(_AHEAD) as pool:
            try:
                for data, done, future in self._parsed(pool):
                    whole = rest + data
                    found, rest = self._block(whole, self._clean(whole) if rest else future.result(), done)
                    yield found
                if rest:
                    yield self._sorted(rest, done, final=True)[0]
            finally:
                pool.shutdown(cancel_futures=True)

    def _parsed(self, pool: ThreadPoolExecutor) -> Iterator[tuple[bytes, float, Future[_Clean | None]]]:
        """Pieces, how far the file had been read for them, and their cells as if each began with a record."""
        waiting: deque[tuple[bytes, float, Future[_Clean | None]]] = deque()
        for data in chain([self._rest] if self._rest else [], self._pieces):
            waiting.append((data, self._source.done, pool.submit(self._clean, data)))
            if len(waiting) > _AHEAD:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()

    def _clean(self, data: bytes) -> _Clean | None:
        """The cells of a piece in which each line is a record; None if that is not sure."""
        if b"\0" in data or data.count(b"\r") != data.count(b"\r\n") or _may_be_too_long(data):
            return None
        bad: list[int] = []
        try:
            cells = self._parse(data)
        except pa.ArrowInvalid:
            if not is_text(data):
                return None
            try:
                cells = self._parse(data, bad)
            except pa.ArrowInvalid:
                return None
        rows = cells.num_rows
        if rows + len(bad) != data.count(b"\n"):
            return None  # a record has several lines, or a line is blank
        if rows and cells.column(-1)[-1].as_py().endswith("\n"):
            return None  # Arrow closes an open quote at the end of the data
        return _Clean(cells, bad)

    def _block(self, data: bytes, clean: _Clean | None, done: float) -> tuple[Block, bytes]:
        """The block of a piece, and what of it may go on in the next piece."""
        rejects = reject_lines(data, clean.bad, self._line, self._form) if clean and clean.bad else []
        if clean is None or rejects is None:
            return self._sorted(data, done, final=False)
        count = clean.cells.num_rows + len(clean.bad)
        lines = np.delete(np.arange(self._line, self._line + count, dtype=np.int64), clean.bad)
        self._line += count
        return block(clean.cells, lines, rejects, done), b""

    def _sorted(self, data: bytes, done: float, *, final: bool) -> tuple[Block, bytes]:
        """The same, record by record."""
        found = sort_records(data, self._line, self._form, final=final)
        self._line += found.passed
        cells = self._parse(b"\n".join([*found.good, b""]))
        if cells.num_rows != len(found.good):
            raise AssertionError("records were read otherwise than they were sorted")
        return block(cells, np.array(found.lines, dtype=np.int64), found.rejects, done), found.rest

    @property
    def _form(self) -> Form:
        return Form(self._separator, self.header, self._utf8.encoding)

    def _parse(self, data: bytes, bad: list[int] | None = None) -> pa.RecordBatch:
        """The cells of records. Raises ArrowInvalid: they do not have the columns of the header, or are not UTF-8.

        With `bad` given, records with other columns are left out if they are few, and their places from 0 put there;
        all must be UTF-8 then.
        """

        def leave_out(row: pa.csv.InvalidRow) -> str:
            left_out.append(row.number - 1)
            return "skip" if len(left_out) < 10 + row.number / 10 else "error"  # sorting all is faster

        left_out = [] if bad is None else bad
        names = [f"c{place}" for place in range(len(self.header))]
        schema = pa.schema([(name, pa.string()) for name in names])
        if not data:
            return pa.RecordBatch.from_pylist([], schema)
        if data.startswith(codecs.BOM_UTF8):
            data = codecs.BOM_UTF8 + data  # Arrow drops one
        table = pa.csv.read_csv(
            pa.BufferReader(data),
            pa.csv.ReadOptions(column_names=names, block_size=len(data) + 1, use_threads=False),
            pa.csv.ParseOptions(
                delimiter=self._separator.decode(), invalid_row_handler=None if bad is None else leave_out
            ),
            pa.csv.ConvertOptions(column_types=schema, strings_can_be_null=False),
        )
        found = table.combine_chunks().to_batches()
        return found[0] if found else pa.RecordBatch.from_pylist([], schema)


def _may_be_too_long(data: bytes) -> bool:
    """Whether somewhere in half of LONGEST no line ends: any line that is too long has such a stretch in it."""
    half = LONGEST // 2
    return any(data.find(b"\n", at, at + half) < 0 for at in range(0, len(data) - half, half))
