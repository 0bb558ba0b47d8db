"""Typed rows in, results out: the SQL from the rules in DuckDB, streaming, in the order of the rows.

Two plans run one after the other: the first judges and gives codes, the second writes what the codes say. Both work
on all cores, and whatever the number of rows only some batches are under way.
"""

from __future__ import annotations

import queue
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, Self, TypeVar

import duckdb
import numpy as np
import pyarrow as pa

from screener.batch.codes import CodeTable
from screener.batch.lines import Lines
from screener.batch.typed import typed_schema
from screener.sql import DIALECTS, Query
from screener.sql.dialect import BITS
from screener.sql.verdict import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from screener.batch.codes import Code
    from screener.model import Dictionary, Trial

T = TypeVar("T")
_LINES, _FEWEST_ROWS = 60_000, 2_048  # lines and, however many trials there are, rows of one batch of results
_UNDER_WAY = 2  # batches read ahead
_PATIENCE = 0.1  # seconds between looks whether all is over


class Engine:
    """Screens rows for some trials. `verdicts` and `blocking` count what came out so far."""

    def __init__(self, trials: Iterable[Trial], dictionary: Dictionary, form: str, threads: int | None = None) -> None:
        """Write the queries. `form` is csv, jsonl or parquet; without `threads` all cores are used."""
        self.query = Query(trials, dictionary, DIALECTS["duckdb"])
        self.columns = self.query.columns
        self._table = CodeTable(self.query)
        self._lines = Lines(self._table, form)
        self._threads = threads
        self.verdicts = {trial.trial: np.zeros(len(VERDICTS), np.int64) for trial in self._table.trials}
        self._blocking = {
            trial.trial: np.zeros((len(trial.blocking), 1 << BITS), np.int64) for trial in self._table.trials
        }
        self._places = {id(code): place + 1 for place, code in enumerate(self._table.codes)}

    def results(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Batches of `lines`, the text of all lines of a patient, or of rows for parquet. What reading the batches
        raises is raised here.
        """
        with connected(self._threads) as judging, connected(self._threads) as writing, Ahead(batches) as typed:
            judging.register("intake", pa.RecordBatchReader.from_batches(typed_schema(self.columns), typed))
            rows = max(_FEWEST_ROWS, _LINES // len(self._table.trials))
            with Ahead(judging.sql(self._table.sql("intake")).to_arrow_reader(rows)) as codes:
                spelled = pa.RecordBatchReader.from_batches(self._lines.schema, map(self._spelled, codes))
                writing.register("spelled", spelled)
                yield from writing.sql(self._lines.sql("spelled")).to_arrow_reader(rows)
                typed.check()
                codes.check()

    def _spelled(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        for trial in self._table.trials:
            self.verdicts[trial.trial] += np.bincount(self._numbers(batch, trial.verdict), minlength=len(VERDICTS))
            for count, code in zip(self._blocking[trial.trial], trial.blocking, strict=True):
                np.add(count, np.bincount(self._numbers(batch, code), minlength=1 << BITS), out=count)
        return self._lines.spelled(batch)

    def _numbers(self, batch: pa.RecordBatch, code: Code) -> NDArray[np.int32]:
        numbers: NDArray[np.int32] = batch.column(self._places[id(code)]).to_numpy()
        return numbers

    @property
    def blocking(self) -> dict[str, int]:
        """How many trials of patients each missing fact leaves undecided, most first."""
        counts: dict[str, int] = {}
        for trial in self._table.trials:
            for place, fact in enumerate(trial.facts):
                code, bit = divmod(place, BITS)
                has_bit = np.arange(1 << BITS) >> bit & 1 == 1
                counts[fact] = counts.get(fact, 0) + int(self._blocking[trial.trial][code][has_bit].sum())
        return {fact: count for fact, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if count}


@contextmanager
def connected(threads: int | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of its own in memory, that writes nothing to disk."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET temp_directory = ''")
        connection.execute("SET preserve_insertion_order = true")
        if threads:
            connection.execute(f"SET threads = {threads:d}")
        yield connection


class Ahead(Generic[T]):
    """Reads an iterable in a thread of its own, a little ahead. What it raises ends it, and `check` raises it again:
    so it does not pass through others' code, which might say what was in the data. A context manager: on leaving, the
    thread has ended.
    """

    def __init__(self, items: Iterable[T]) -> None:
        """Begin to read."""
        self._items = items
        self._queue: queue.Queue[T | None] = queue.Queue(_UNDER_WAY)
        self._raised: BaseException | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            for item in self._items:
                self._put(item)
                if self._stopped.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 - it is raised again where the results are read
            self._raised = error
        self._put(None)

    def _put(self, item: T | None) -> None:
        while not self._stopped.is_set():
            try:
                self._queue.put(item, timeout=_PATIENCE)
            except queue.Full:
                continue
            return

    def __iter__(self) -> Iterator[T]:
        """Give the items."""
        while not self._stopped.is_set():
            try:
                item = self._queue.get(timeout=_PATIENCE)
            except queue.Empty:
                continue
            if item is None:
                return
            yield item

    def check(self) -> None:
        """Raise what was raised in reading."""
        if self._raised is not None:
            raise self._raised

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopped.set()
        self._thread.join()
