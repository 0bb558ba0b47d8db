"""Typed rows in, results out: the SQL from the rules in DuckDB, chunk by chunk, in the order of the rows.

Two queries are planned once and run on each chunk: the first judges and gives codes, the second writes what the codes
say. Several workers take chunks in turn while the next ones are read; whatever the number of rows, only some are in
memory.
"""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import local
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
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from screener.batch.codes import Code
    from screener.model import Dictionary, Trial

S = TypeVar("S")
T = TypeVar("T")
_SOURCES = ("intake", "spelled")
_FIRST_CHUNK, _CHUNK = 5_000, 40_000  # rows that are judged at once: to run a plan at all costs as much as 3,000 rows
_MOST_WORKERS = 4  # each takes some 150 MB
_LINES, _FEWEST_ROWS = 60_000, 2_048  # lines and, however many trials there are, rows of one batch of results
_PATIENCE = 0.1  # seconds between looks whether all is over


class Engine:
    """Screens rows for some trials. `verdicts` and `blocking` count what came out so far."""

    def __init__(self, trials: Iterable[Trial], dictionary: Dictionary, form: str, threads: int | None = None) -> None:
        """Write the queries. `form` is csv, jsonl or parquet; `threads` the number of workers, else that of cores, up
        to four.
        """
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
        raises is raised here, and Ctrl-C, which DuckDB has an error of its own for.
        """
        try:
            yield from self._results(batches)
        except (duckdb.Error, RuntimeError) as error:
            stopped = isinstance(error.__context__, KeyboardInterrupt)  # and a worker was still busy
            if stopped or "nterrupt" in str(error):  # in planning it is a RuntimeError
                raise KeyboardInterrupt from None
            raise

    def _results(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        number = self._threads or min(os.cpu_count() or 1, _MOST_WORKERS)
        workers = Workers(self._table, self._lines, typed_schema(self.columns))
        pool = ThreadPoolExecutor(number)
        try:
            with Ahead(_chunks(batches)) as chunks:
                for codes in _in_order(pool, workers.judge, chunks, number):
                    for batch in codes:
                        self._count(batch)
                    # Some rows at a time: lines are far longer than codes.
                    for lines in _in_order(pool, workers.write, codes, number):
                        yield from lines
        except BaseException:
            workers.interrupt()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
            workers.close()

    def _count(self, batch: pa.RecordBatch) -> None:
        for trial in self._table.trials:
            self.verdicts[trial.trial] += np.bincount(self._numbers(batch, trial.verdict), minlength=len(VERDICTS))
            for count, code in zip(self._blocking[trial.trial], trial.blocking, strict=True):
                np.add(count, np.bincount(self._numbers(batch, code), minlength=1 << BITS), out=count)

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


class Workers:
    """What threads need to judge and to write, each on plans of its own: DuckDB reads a stream on one core."""

    def __init__(self, table: CodeTable, lines: Lines, intake: pa.Schema) -> None:
        """Take the queries, and what the typed intake looks like."""
        self._table, self._lines, self._intake = table, lines, intake
        self._size = max(_FEWEST_ROWS, _LINES // len(table.trials))
        self._own = local()
        self._connections: list[duckdb.DuckDBPyConnection] = []

    def judge(self, chunk: pa.Table) -> list[pa.RecordBatch]:
        """The codes of a chunk."""
        return list(self._plan("judge").run(chunk, self._size))

    def write(self, codes: pa.RecordBatch) -> list[pa.RecordBatch]:
        """What codes say, as lines or rows."""
        spelled = pa.Table.from_batches([self._lines.spelled(codes)], self._lines.schema)
        return list(self._plan("write").run(spelled, self._size))

    def _plan(self, name: str) -> Prepared:
        own = self._own
        if not hasattr(own, name):
            connection = duckdb.connect(":memory:")
            self._connections.append(connection)
            connection.execute("SET temp_directory = ''")  # nothing is written to disk
            connection.execute("SET threads = 1")
            own.judge = Prepared(connection, _SOURCES[0], self._intake, self._table.sql(_SOURCES[0]))
            own.write = Prepared(connection, _SOURCES[1], self._lines.schema, self._lines.sql(_SOURCES[1]))
        plan: Prepared = getattr(own, name)
        return plan

    def interrupt(self) -> None:
        """Stop what is under way."""
        for connection in self._connections:
            connection.interrupt()

    def close(self) -> None:
        """Let go of the connections. Each holds its sources, and they hold it."""
        for connection in self._connections:
            for source in _SOURCES:
                with suppress(duckdb.Error):  # a worker may be busy with it, after Ctrl-C
                    connection.unregister(source)
            connection.close()
        self._connections.clear()


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


def _in_order(pool: ThreadPoolExecutor, work: Callable[[S], T], items: Iterable[S], most: int) -> Iterator[T]:
    """The results of some work on items, in their order; at most so many items are under way ahead of the next."""
    under_way: deque[Future[T]] = deque()
    for item in items:
        under_way.append(pool.submit(work, item))
        if len(under_way) > most:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


def _chunks(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Batches put together to chunks, small ones at first: plans are made, and results come, while more is read."""
    waiting: list[pa.RecordBatch] = []
    rows, wanted = 0, _FIRST_CHUNK
    for batch in batches:
        waiting.append(batch)
        rows += len(batch)
        if rows >= wanted:
            yield pa.Table.from_batches(waiting)
            waiting, rows, wanted = [], 0, min(2 * wanted, _CHUNK)
    if waiting:
        yield pa.Table.from_batches(waiting)


class Ahead(Generic[T]):
    """Reads an iterable in a thread of its own, one item ahead. A context manager: on leaving, it reads no further."""

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

    def _get(self) -> T | None:
        """The next item. A signal that comes just before a wait begins does not end it: so none is long."""
        while True:
            try:
                return self._queue.get(timeout=_PATIENCE)
            except queue.Empty:
                continue

    def __iter__(self) -> Iterator[T]:
        """Give the items. Raises what reading them raised."""
        while (item := self._get()) is not None:
            yield item
        if self._raised is not None:
            raise self._raised

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopped.set()
        self._thread.join(_PATIENCE)  # it may wait for standard input, which nobody may ever close
