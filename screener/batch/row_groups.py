"""An intake as Parquet, one file or a folder of them as Spark writes it: its row groups are read as text.

Rows are numbered from 1, in the order of the files' names, for there are no lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from screener.batch.stretches import Part, SharedIntake, Stamp, Stretch, look, open_again
from screener.errors import InputError, NoInputError, Problem
from screener.intake.blocks import block
from screener.intake.heading import checked_header

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from screener.intake.blocks import Block

_ROWS = 20_000  # of a block
_DAMAGED = "write or copy the file again"


@dataclass(frozen=True, slots=True)
class Group:
    """A row group: its file, its number there, its bytes and rows."""

    file: Path
    number: int
    size: int
    rows: int


@dataclass(frozen=True)
class SharedParquet(SharedIntake):
    """Row groups of files that have the same columns. Stretches count them."""

    groups: tuple[Group, ...]
    stamps: Mapping[Path, Stamp]

    @property
    def size(self) -> int:
        """Bytes of all row groups, unpacked."""
        return sum(group.size for group in self.groups)

    def stretches(self, size: int) -> list[Stretch]:
        """Row groups in a row."""
        found: list[Stretch] = []
        begin, line, rows, taken = 0, 1, 0, 0
        for place, group in enumerate(self.groups, start=1):
            rows, taken = rows + group.rows, taken + group.size
            if taken >= size or place == len(self.groups):
                found.append(Stretch(begin, place, line, place == len(self.groups)))
                begin, line, rows, taken = place, line + rows, 0, 0
        return found or [Stretch(0, 0, 1, is_last=True)]

    def read(self, stretch: Stretch) -> Part:
        """Open a stretch."""
        for path in {group.file for group in self.groups[stretch.begin : stretch.end]}:
            open_again(path, self.stamps[path]).close()
        return _Groups(self, stretch)


class _Groups:
    """Some row groups as intake."""

    notes: tuple[str, ...] = ()
    left = 0

    def __init__(self, shared: SharedParquet, stretch: Stretch) -> None:
        self.header = shared.header
        self._groups = shared.groups[stretch.begin : stretch.end]
        self._line = stretch.line
        self.passed = 0

    def close(self) -> None:
        """Nothing is open."""

    def blocks(self) -> Iterator[Block]:
        """Read the rows."""
        size = sum(group.rows for group in self._groups)
        for group in self._groups:
            try:
                with pq.ParquetFile(group.file) as file:
                    for batch in file.iter_batches(_ROWS, [group.number], use_threads=False):
                        first = self._line + self.passed
                        self.passed += len(batch)
                        lines = np.arange(first, first + len(batch), dtype=np.int64)
                        yield block(self._texts(batch), lines, (), self.passed / size)
            except (pa.ArrowException, OSError):
                raise InputError(Problem(f"{group.file} is damaged: a row group cannot be read", _DAMAGED)) from None

    def _texts(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        columns = [pc.fill_null(_text(column), "") for column in batch.columns]
        return pa.RecordBatch.from_arrays(columns, [f"c{place}" for place in range(len(columns))])


def _text(column: pa.Array) -> pa.Array:
    """Cells as a person would write them: dates as ISO, yes and no."""
    kind = column.type
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "yes", "no")
    if pa.types.is_timestamp(kind):
        return pc.strftime(column, "%Y-%m-%d")
    return pc.cast(column, pa.string())


def share_parquet(path: Path) -> SharedIntake:
    """Look at Parquet files. Raises NoInputError, InputError: they are none, or their columns cannot be text."""
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not files:
        raise NoInputError(Problem(f"{path} is a folder without .parquet files", "name one file, or such a folder"))
    stamps = {file: look(file)[1] for file in files}
    groups: list[Group] = []
    schema: pa.Schema = None
    for file in files:
        try:
            with pq.ParquetFile(file) as opened:
                data, found = opened.metadata, opened.schema_arrow
        except (pa.ArrowException, OSError):
            raise InputError(Problem(f"{file} is damaged, or no Parquet file", _DAMAGED)) from None
        schema = schema if schema is not None else found
        if found.names != schema.names:
            raise InputError(Problem(f"{file} has other columns than {files[0]}", "give each kind a run of its own"))
        for number in range(data.num_row_groups):
            group = data.row_group(number)
            groups.append(Group(file, number, group.total_byte_size, group.num_rows))
    header = checked_header(schema.names, str(path))
    problems = [
        Problem(f"{path}: column {place + 1}, `{header[place]}`, holds no single values", "write it as text")
        for place, field in enumerate(schema)
        if pa.types.is_nested(field.type)
    ]
    if problems:
        raise InputError(*problems)
    return SharedParquet(path, header, (), tuple(groups), stamps)
