"""Typed rows in, results out: the SQL from the rules in DuckDB, chunk by chunk, in the order of the rows.

Two queries are planned once and run on each chunk: the first judges and gives codes, the second writes what the codes
say. DuckDB works on all cores while the next chunk is read; whatever the number of rows, only some are in memory.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

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
_CHUNK = 15_000  # rows that are judged at once
_SLICE = 4_096  # rows of a chunk that one core takes at a time
_LINES, _FEWEST_ROWS = 60_000, 2_048  # lines and, however many trials there are, rows of one batch of results
_PATIENCE = 0.1  # seconds between looks whether all is over


class Engine:
    """Screens rows for some trials. `verdicts` and `blocking` count what came out so far."""

    def __init__(self, trials: Iterable[Trial], dictionary: Dictionary, form: str, threads: int | None = None) -> None:
        """Write the queries. `form` is csv, jsonl or parquet; without `threads` all cores are used."""
        self._query = Query(trials, dictionary, DIALECTS["duckdb"])
        self.columns = self._query.columns
        self._table = CodeTable(self._query)
        self._lines = Lines(self._table, form)
        self._threads = threads
        listed = self._table.trials
        self.verdicts = {trial.trial: np.zeros(len(VERDICTS), np.int64) for trial in listed}
        self._blocking = {trial.trial: np.zeros((len(trial.blocking), 1 << BITS), np.int64) for trial in listed}
        self._places = {id(code): place + 1 for place, code in enumerate(self._table.codes)}

    def results(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Batches of `lines`, the text of all lines of a patient, or of rows for parquet. What reading the batches
        raises is raised here.
        """
        size = max(_FEWEST_ROWS, _LINES // len(self._table.trials))
        with duckdb.connect(":memory:") as connection, Ahead(_chunks(batches)) as chunks:
            connection.execute("SET temp_directory = ''")  # nothing is written to disk
            if self._threads:
                connection.execute(f"SET threads = {self._threads:d}")
            judge = Prepared(connection, "intake", typed_schema(self.columns), self._table.sql("intake"))
            write = Prepared(connection, "spelled", self._lines.schema, self._lines.sql("spelled"))
            for chunk in chunks:
                codes = [self._spelled(batch) for batch in judge.run(chunk, size)]
                yield from write.run(pa.Table.from_batches(codes, self._lines.schema), size)

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


class Prepared:
    """A query that is planned once and run on many tables.

    (One long run over a stream of batches would plan once too,
    but branches of the plan that are seldom taken keep the last batch they saw, so memory would grow with the rows.)
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, source: str, schema: pa.Schema, sql: str) -> None:
        """Plan the query, which reads a table called `source`."""
        self._connection = connection
        self._source = source
        self._table = schema.empty_table()
        connection.register(source, self)
        connection.execute(f"PREPARE over_{source} AS {sql}")

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:  # noqa: ANN401 - Arrow's own protocol
        """The table as it is now."""
        return self._table.__arrow_c_stream__(requested_schema)

    def run(self, table: pa.Table, size: int) -> Iterator[pa.RecordBatch]:
        """The results over a table, in batches of so many rows."""
        self._table = table
        yield from self._connection.sql(f"EXECUTE over_{self._source}").to_arrow_reader(size)


def _chunks(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Batches put together to chunks, and cut for the cores."""
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        waiting += [batch.slice(start, _SLICE) for start in range(0, len(batch), _SLICE)]
        rows += len(batch)
        if rows >= _CHUNK:
            yield pa.Table.from_batches(waiting)
            waiting, rows = [], 0
    if waiting:
        yield pa.Table.from_batches(waiting)


class Ahead(Generic[T]):
    """Reads an iterable in a thread of its own, one item ahead. A context manager: on leaving, the thread has ended."""

    def __init__(self, items: Iterable[T]) -> None:
        """Begin to read."""
        self._items = items
        self._queue: queue.Queue[T | None] = queue.Queue(1)
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
        except BaseException as error:  # noqa: BLE001 - it is raised again where the items are taken
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
        """Give the items. Raises what reading them raised."""
        while (item := self._queue.get()) is not None:
            yield item
        if self._raised is not None:
            raise self._raised

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopped.set()
        self._thread.join()
