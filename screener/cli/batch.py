"""`screener batch`: an intake of many patients against the trials."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screener.cli.settings import IncludeClosed, Settings, day_option, today
from screener.errors import ExitCode, InputError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from screener.batch.account import Account
    from screener.batch.run import Job
    from screener.intake.headers import Layout

_NOTES = 40  # columns named one by one
NO_TRAVEL = (
    "how far sites are is not judged in a batch: `screen` holds `travel_limit` against them, patient by patient."
)
_STANDARD = Path("-")


class Format(StrEnum):
    """How results are written."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


class EngineName(StrEnum):
    """What does the work."""

    DUCKDB = "duckdb"
    SPARK = "spark"


def batch(
    context: typer.Context,
    intake: Annotated[
        Path, typer.Argument(metavar="INTAKE", help="CSV of patients, also .gz or .xlsx; - is standard input.")
    ],
    trial: Annotated[
        list[str] | None, typer.Option("-t", "--trial", help="Screen for this trial only (repeatable).")
    ] = None,
    include_closed: IncludeClosed = False,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Day of screening, in place of today and of the rows' own.")
    ] = None,
    engine: Annotated[EngineName, typer.Option(help="duckdb on this machine, or spark past one.")] = EngineName.DUCKDB,
    master: Annotated[str, typer.Option(metavar="URL", help="Spark's master.")] = "local[*]",
    form: Annotated[
        Format | None, typer.Option("-f", "--format", help="How to write results; else by the name of FILE, else csv.")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to this file.")] = None,
    rejects: Annotated[Path | None, typer.Option(metavar="FILE", help="List the rows that cannot be read.")] = None,
    issues: Annotated[Path | None, typer.Option(metavar="FILE", help="List the cells that cannot be read.")] = None,
    summary: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the closing account, as JSON.")] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="YAML of `their header: our header` lines.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse unknown headers; exit 65 if any row or cell cannot be read.")
    ] = False,
) -> int:
    """Screen all patients of an intake: one line for each patient and trial."""
    from screener.batch.run import Job, run
    from screener.intake.headers import read_headers, read_mapping
    from screener.intake.open import open_intake
    from screener.source import load
    from screener.travel import LIMIT

    settings: Settings = context.obj
    catalog = settings.screening(trial, include_closed=include_closed)
    trials = catalog.trials if trial else tuple(each for each in catalog.trials if not each.is_profile)
    mapping = read_mapping(load(map_file)) if map_file else {}
    day = day_option(as_of)
    form = form or _by_name(output)
    to_output = output is None or output == _STANDARD
    _check_targets((intake, map_file), None if to_output else output, rejects, issues, summary)
    if to_output and form is Format.PARQUET and sys.stdout.isatty():
        raise UsageError(Problem("this format is not for a terminal", "name a file with -o"))

    def job_for(header: tuple[str, ...]) -> Job:
        layout = read_headers(header, catalog.dictionary, mapping, intake.name)
        _say_unknown(settings, layout, strict=strict)
        if any(column.fact.id == LIMIT for column in layout.columns):
            settings.tell(f"Note: {NO_TRAVEL}")
        kept_day = day or today()
        target = None if to_output else output
        return Job(
            trials, catalog.dictionary, layout, kept_day, day is not None, form.value, target, rejects, issues, summary
        )

    if engine is EngineName.SPARK:
        account, notes = _on_spark(settings, intake, master, job_for)
    else:
        with open_intake(None if intake == _STANDARD else intake) as opened:
            job = job_for(opened.header)
            with _progress(settings, shown=not (to_output and sys.stdout.isatty())) as seen:
                account = run(job, opened, _put, seen)
            notes = opened.notes
    for note in notes:
        settings.tell(f"Note: {note}")
    settings.tell(account.as_text())
    if account.rejected and not rejects:
        settings.tell("Name a file with --rejects to list the rejected rows with their lines.")
    if account.issues and not issues:
        settings.tell("Name a file with --issues to list the cells with their lines.")
    return ExitCode.BAD_DATA if strict and not account.is_clean else ExitCode.DONE


def _on_spark(
    settings: Settings, intake: Path, master: str, job_for: Callable[[tuple[str, ...]], Job]
) -> tuple[Account, tuple[str, ...]]:
    from screener.batch.spark import run_spark
    from screener.batch.stretches import share

    if intake == _STANDARD:
        raise UsageError(Problem("--engine spark reads a file, not standard input", "name a file that all workers see"))
    shared = share(intake)
    job = job_for(shared.header)
    with _progress(settings) as seen:
        ran = run_spark(job, shared, master, seen)
    return ran.account, ran.notes


def _put(data: bytes | memoryview) -> None:
    """Write results to standard output; a reader that goes away is no error. Raises InputError."""
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python must not complain again when it ends
        if isinstance(error, BrokenPipeError):
            raise typer.Exit from None
        problem = Problem(f"standard output cannot be written: {error.strerror}", "make room, or name a file with -o")
        raise InputError(problem) from None


def _by_name(output: Path | None) -> Format:
    suffix = output.suffix[1:].lower() if output else ""
    return Format(suffix) if suffix in set(Format) else Format.CSV


def _check_targets(sources: tuple[Path | None, ...], *targets: Path | None) -> None:
    """No file may be written twice, and none that is read. Raises UsageError."""
    if any(target == _STANDARD for target in targets):
        raise UsageError(Problem("only results go to standard output", "name a file"))
    written = [_identity(target) for target in targets if target]
    if len(set(written)) < len(written):
        raise UsageError(Problem("two outputs have the same name", "give each a file of its own"))
    read = {_identity(source) for source in sources if source}
    if read & set(written):
        raise UsageError(Problem("an output has the name of the intake or of the map", "write to another file"))


def _identity(path: Path) -> str:
    """The same for two names of one file; standard input may be a file, too."""
    return os.path.realpath("/proc/self/fd/0" if path == _STANDARD else path)


def _say_unknown(settings: Settings, layout: Layout, *, strict: bool) -> None:
    """Name the columns that are not used. Raises InputError if that is not allowed."""
    problems = [
        Problem(f"column `{header}` is not understood and not used", hint or "map it with --map, or leave it")
        if header
        else Problem(hint, "it is not used")
        for header, hint in sorted(layout.unknown, key=lambda unknown: not unknown[1])  # nearly known ones first
    ]
    valued = {column.fact.id for column in layout.columns if column.part.value == "value"}
    problems += [
        Problem(f"column `{column.header}` is not used", f"there is no column `{column.fact.id}` that it goes with")
        for column in layout.columns
        if column.fact.id not in valued
    ]
    if strict and problems:
        raise InputError(*problems)
    settings.note(problems[:_NOTES])
    if len(problems) > _NOTES:
        settings.tell(f"Note: {len(problems) - _NOTES:,} more columns are not used; --strict names them all.")


@contextmanager
def _progress(settings: Settings, *, shown: bool = True) -> Iterator[Callable[[float, int], None]]:
    """A bar with rate and time left, on a terminal only."""
    if settings.quiet or not shown or not sys.stderr.isatty():
        yield lambda _done, _rows: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TextColumn("{task.fields[rate]:,.0f} rows/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0, rows=0, rate=0.0)

        def seen(done: float, rows: int) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            bar.update(task, completed=done, rows=rows, rate=rows / elapsed if elapsed else 0.0)

        yield seen
