"""A batch on one machine: an intake file in; results, rejects, issues and an account out."""

from __future__ import annotations

import io
import json
import re
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from screener.batch.account import Account
from screener.batch.engine import Engine
from screener.batch.lines import COLUMNS, TABLE
from screener.batch.output import Output, commit_all
from screener.batch.reading import Reading
from screener.batch.rows import RowReader
from screener.batch.sheet import csv_cells
from screener.model import Verdict
from screener.render.sheet import csv_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from screener.intake.blocks import Block, Intake
    from screener.intake.headers import Layout
    from screener.model import Dictionary, Trial

_HEAD = {"csv": (",".join(COLUMNS) + "\n").encode(), "jsonl": b""}
_REJECT_COLUMNS = ("line", "column", "reason", "row")
_ISSUE_COLUMNS = ("line", "patient_id", "column", "reason", "remedy")
_KINDS = (  # reasons that differ by a number are of one kind
    (re.compile(r"\d+ cells? where the header has \d+"), "more or fewer cells than the header has"),
    (re.compile(r"line \d+"), "another line"),
)
_PLAIN = r"^[ !#-\[\]-~]*$"  # what JSON writes as it is


@dataclass(frozen=True)
class Job:
    """What to do. Without a path results go to `write`; without paths rejects and issues are only counted."""

    trials: tuple[Trial, ...]
    dictionary: Dictionary
    layout: Layout
    day: date
    judge_on_day: bool  # the day holds for judging, whatever day of screening a row has
    form: str
    output: Path | None = None
    rejects: Path | None = None
    issues: Path | None = None
    summary: Path | None = None
    threads: int | None = None  # else all cores


def run(
    job: Job, intake: Intake, write: Callable[[bytes | memoryview], object], seen: Callable[[float, int], None]
) -> Account:
    """Screen an intake. `seen` is told how much of it has been read, and how many rows. Raises InputError.

    All files take their names together at the end, the results last.
    """
    with ExitStack() as stack:
        outputs = [
            stack.enter_context(Output(path)) if path else None
            for path in (job.rejects, job.issues, job.summary, job.output)
        ]
        rejects, issues, summary, results = outputs
        engine = Engine(job.trials, job.dictionary, job.form, job.threads)
        batch = _Batch(job, intake, engine, rejects, issues, seen)
        sink = _Sink(job.form, results.write if results else write)
        for found in engine.results(batch.typed()):
            sink.put(found)
        sink.finish()
        account = batch.account
        account.verdicts = {
            trial: {verdict.value: int(count) for verdict, count in zip(Verdict, counts, strict=True)}
            for trial, counts in engine.verdicts.items()
        }
        account.blocking = engine.blocking
        if summary:
            summary.write(account.as_json(job.trials, "duckdb").encode())
        commit_all(outputs)
        return account


class _Batch:
    """The rows of an intake on their way to the engine; what cannot be read is written and counted."""

    def __init__(
        self,
        job: Job,
        intake: Intake,
        engine: Engine,
        rejects: Output | None,
        issues: Output | None,
        seen: Callable[[float, int], None],
    ) -> None:
        self._job = job
        self._intake = intake
        self._rows = RowReader(intake.header, job.layout, job.day)
        self._reading = Reading(job.layout, engine.columns, job.day, judge_on_day=job.judge_on_day)
        self._rejects, self._issues, self._seen = rejects, issues, seen
        self.account = Account(job.day)
        if rejects:
            rejects.write(csv_lines([_REJECT_COLUMNS]))
        if issues:
            issues.write(csv_lines([_ISSUE_COLUMNS]))

    def typed(self) -> Iterator[pa.RecordBatch]:
        """Batches for the engine."""
        for block in self._intake.blocks():
            yield self._block(block)
            self._seen(block.done, self.account.rows_in)

    def _block(self, block: Block) -> pa.RecordBatch:
        rows = self._rows.rows(block)
        rejects = sorted((*block.rejects, *rows.rejects), key=lambda reject: reject.line)
        self.account.rejected.update(_kind(reject.reason) for reject in rejects)
        if self._rejects and rejects:
            self._rejects.write(csv_lines((item.line, item.column, item.reason, item.record) for item in rejects))
        batch, issues = self._reading.typed(rows.cells, rows.ids, rows.lines, rows.days)
        self.account.issues.update(issue.column for issue in issues)
        if self._issues and issues:
            self._issues.write(
                csv_lines((item.line, item.patient, item.column, item.reason, item.remedy) for item in issues)
            )
        self.account.screened += len(batch)
        return batch.set_column(0, batch.schema.field(0), written_ids(rows.ids, self._job.form))


def _kind(reason: str) -> str:
    for pattern, kind in _KINDS:
        reason = pattern.sub(kind, reason)
    return reason


def written_ids(ids: pa.Array, form: str) -> pa.Array:
    """Ids as the format writes them."""
    if form == "csv":
        return csv_cells(ids)
    if form == "parquet":
        return ids
    plain = pc.match_substring_regex(ids, _PLAIN)
    quoted = pc.binary_join_element_wise('"', ids, '"', "")
    if pc.all(plain).as_py():
        return quoted
    return pc.if_else(plain, quoted, pa.array([json.dumps(text, ensure_ascii=False) for text in ids.to_pylist()]))


class _Sink(io.RawIOBase):
    """Takes batches of results and writes them."""

    def __init__(self, form: str, write: Callable[[bytes | memoryview], object]) -> None:
        self._write_on = write
        self._parquet = pq.ParquetWriter(pa.PythonFile(self, "w"), TABLE) if form == "parquet" else None
        if form in _HEAD:
            write(_HEAD[form])

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """What the writer of parquet hands over."""
        self._write_on(data)
        return len(data)

    def put(self, batch: pa.RecordBatch) -> None:
        """Write some more."""
        if self._parquet is not None:
            self._parquet.write_batch(batch.cast(TABLE))
            return
        texts = batch.column(0)
        _, offsets, data = texts.buffers()
        if len(texts):
            ends = np.frombuffer(offsets, np.int32)
            self._write_on(memoryview(data)[ends[texts.offset] : ends[texts.offset + len(texts)]])

    def finish(self) -> None:
        """Nothing more comes."""
        if self._parquet is not None:
            self._parquet.close()
