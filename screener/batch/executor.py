"""What Spark's executors do with a stretch of an intake. Each call is a task of its own, and may be made again.

First all stretches are surveyed: how many lines they have, where their last record ends, and which ids stand in them.
Ids leave their task as fingerprints with a key of the run. Then each is screened as a batch of its own, by the same
function as on one machine, and told which of its ids stand in stretches before it.
"""

from __future__ import annotations

import hashlib
import pickle
import socket
import traceback
from dataclasses import dataclass, replace
from itertools import starmap
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa

from screener.batch.rows import RowReader
from screener.batch.run import run
from screener.errors import InputError, NoInputError, Problem
from screener.intake.blocks import Block, Intake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from screener.batch.account import Account
    from screener.batch.folder import Folder
    from screener.batch.run import Job
    from screener.batch.stretches import Part, SharedIntake, Stretch

T = TypeVar("T")
_LINE_BITS = 40  # a row is a number: that of its stretch, then its line there, from 1
_DIGEST = 16  # bytes
_ID = np.dtype([("one", "<u8"), ("two", "<u8"), ("row", "<i8")])


@dataclass(frozen=True)
class Failure:
    """Why a task failed. What Python says of a fault of ours may hold a patient's value: only its place is told."""

    error: InputError | None
    fault: str = ""


class Surveyed(NamedTuple):
    """A stretch: its number, rows with an id, lines passed, bytes that are left at its end, and notes on the file."""

    number: int
    rows: int
    passed: int
    left: int
    notes: tuple[str, ...]


class Again(NamedTuple):
    """A row whose id stands already in a row of an earlier stretch: the numbers of both."""

    row: int
    first: int


@dataclass(frozen=True)
class Survey:
    """Reads the ids of stretches. `key` is the run's secret; ids are told apart in so many `buckets`."""

    intake: SharedIntake
    job: Job
    key: bytes
    buckets: int

    def of(self, number: int, stretch: Stretch) -> Iterator[tuple[int, bytes]]:
        """The ids of a stretch by bucket, and in bucket -1 what was found besides: a pickle of Surveyed or Failure."""
        found = _guarded(lambda: self._read(number, stretch))
        if isinstance(found, Failure):
            yield -1, pickle.dumps(found)
            return
        surveyed, ids = found
        yield -1, pickle.dumps(surveyed)
        places = ids["one"] % self.buckets
        for bucket in range(self.buckets):
            chosen = ids[places == bucket]
            if len(chosen):
                yield bucket, chosen.tobytes()

    def _read(self, number: int, stretch: Stretch) -> tuple[Surveyed, NDArray[np.void]]:
        part = self.intake.read(replace(stretch, line=1))
        try:
            reader = RowReader(part.header, self.job.layout, self.job.day)
            found = [np.empty(0, _ID)]
            for block in part.blocks():
                rows = reader.rows(block)
                ids = np.empty(len(rows.lines), _ID)
                digests = (self._digest(text) for text in rows.ids.to_pylist())
                ids["one"], ids["two"] = np.frombuffer(b"".join(digests), "<u8").reshape(-1, 2).T
                ids["row"] = (number << _LINE_BITS) + rows.lines
                found.append(ids)
            ids = np.concatenate(found)
            return Surveyed(number, len(ids), part.passed, part.left, part.notes), ids
        finally:
            part.close()

    def _digest(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode(), digest_size=_DIGEST, key=self.key).digest()


def met_again(bucket: int, found: Iterable[bytes]) -> Iterator[bytes]:
    """Of the ids of a bucket the pickled pairs of Again; what is in bucket -1 as it is."""
    if bucket < 0:
        yield from found
        return
    ids = np.concatenate([np.frombuffer(data, _ID) for data in found])
    ids = ids[np.lexsort((ids["row"], ids["two"], ids["one"]))]
    is_first = np.ones(len(ids), bool)
    is_first[1:] = (ids["one"][1:] != ids["one"][:-1]) | (ids["two"][1:] != ids["two"][:-1])
    first = ids["row"][is_first][np.cumsum(is_first) - 1]
    pairs = zip(ids["row"][~is_first].tolist(), first[~is_first].tolist(), strict=True)
    yield pickle.dumps(list(starmap(Again, pairs)))


def lines_again(pairs: Iterable[Again], stretches: Sequence[Stretch]) -> dict[int, dict[int, int]]:
    """By number of stretch: the lines whose ids stand in stretches before, and the lines where these stand first."""

    def line(row: int) -> int:
        number, relative = row >> _LINE_BITS, row & ((1 << _LINE_BITS) - 1)
        return stretches[number].line + relative - 1

    found: dict[int, dict[int, int]] = {}
    for pair in pairs:
        found.setdefault(pair.row >> _LINE_BITS, {})[line(pair.row)] = line(pair.first)
    return found


@dataclass(frozen=True)
class Screening:
    """Screens stretches, each into files of its own in the folder."""

    intake: SharedIntake
    job: Job
    folder: Folder

    def of(self, number: int, stretch: Stretch, again: dict[int, int]) -> bytes:
        """A pickle of the Account of a stretch, or of a Failure. An earlier attempt may have written its files."""
        job, folder = self.job, self.folder
        own = replace(
            job,
            output=folder.part(number, job.form),
            rejects=job.rejects and folder.aside("rejects", number),
            issues=job.issues and folder.aside("issues", number),
            summary=None,
        )

        def work() -> Account:
            with _Later(self.intake.read(stretch), job, again) as part:
                return run(own, part, lambda _: None, lambda _done, _rows: None)

        return pickle.dumps(_guarded(work))


class _Later(Intake):
    """A stretch as intake. Rows whose ids stand in `again` of stretches before are rejected, as on one machine."""

    def __init__(self, part: Part, job: Job, again: dict[int, int]) -> None:
        self._part, self._job, self._again = part, job, again
        self.header = part.header

    @property
    def notes(self) -> tuple[str, ...]:
        return self._part.notes

    def close(self) -> None:
        self._part.close()

    def blocks(self) -> Iterator[Block]:
        if not self._again:
            yield from self._part.blocks()
            return
        reader = RowReader(self.header, self._job.layout, self._job.day)
        again = np.fromiter(self._again, np.int64, len(self._again))
        for block in self._part.blocks():
            known = np.isin(block.lines, again)
            if known.any():
                reader.rows(self._earlier(block, known))
            rows = reader.rows(block)
            yield Block(rows.lines, rows.cells, (*block.rejects, *rows.rejects), block.done)

    def _earlier(self, block: Block, known: NDArray[np.bool_]) -> Block:
        """The rows where the ids of some rows stand first, as far as a reader of ids looks at them."""
        lines = np.array([self._again[line] for line in block.lines[known].tolist()], np.int64)
        chosen = block.cells.filter(pa.array(known))
        empty = pa.array([""] * len(lines), pa.string())
        columns = [
            chosen.column(place) if place == self._job.layout.id else empty for place in range(chosen.num_columns)
        ]
        return Block(lines, pa.RecordBatch.from_arrays(columns, chosen.schema.names), (), 0.0)


def _guarded(work: Callable[[], T]) -> T | Failure:
    """The result, or why there is none: what is raised in a task ends in Spark's log with all that is said in it."""
    try:
        return work()
    except NoInputError as error:
        remedy = "all machines of the cluster need it mounted at the same place"
        found = [Problem(f"on {socket.gethostname()}: {problem.message}", remedy) for problem in error.problems]
        return Failure(NoInputError(*found))
    except InputError as error:
        return Failure(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not reach the log
        last = traceback.extract_tb(error.__traceback__)[-1]
        return Failure(None, f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}")
