"""What the reading of an intake file gives: blocks of text cells, and the rows that could not be read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

RECORD_SHOWN = 2_000  # characters of a rejected row


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that cannot be read.

    `line` is the physical line of the file on which it begins, from 1 (in a workbook the number of the row), `column`
    the header of the cell to blame, empty for a whole row. The reason never repeats what is in the row; `record` is the
    row as far as it was read, cut at RECORD_SHOWN characters: a patient's, and for the rejects file alone.
    """

    line: int
    column: str
    reason: str
    record: str


@dataclass(frozen=True)
class Block:
    """A stretch of the file: the good rows, and the rejected ones.

    `cells` has one utf8 column per column of the header, in its order, named c0, c1, ...: untrimmed, and an empty cell
    is "", never null. `lines` has the line of each of its rows. `done` is the fraction of the input that had been read,
    0 to 1; 0 where its size is not known.
    """

    lines: NDArray[np.int64]
    cells: pa.RecordBatch
    rejects: tuple[Reject, ...]
    done: float


class Intake(ABC):
    """An open intake file whose header has been read. A context manager: it closes what was opened for it."""

    header: tuple[str, ...]

    @property
    @abstractmethod
    def notes(self) -> tuple[str, ...]:
        """What a person should know about how the file was read; may grow while blocks are read."""

    @abstractmethod
    def blocks(self) -> Iterator[Block]:
        """Read the rows, once, in the order of the file. Raises InputError where the file cannot be read on."""

    @abstractmethod
    def close(self) -> None:
        """Close the file."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def block(cells: pa.RecordBatch, lines: NDArray[np.int64], rejects: Sequence[Reject], done: float) -> Block:
    """Make a block, without the rows whose every cell is blank: they are no rows."""
    blank = None
    for column in cells.columns:
        empty = pc.equal(pc.ascii_trim_whitespace(column), "")
        blank = empty if blank is None else pc.and_(blank, empty)
        if not pc.any(blank).as_py():
            break
    else:
        if blank is not None:
            kept = pc.invert(blank)
            cells, lines = cells.filter(kept), lines[kept.to_numpy(zero_copy_only=False)]
    return Block(lines, cells, tuple(rejects), done)
