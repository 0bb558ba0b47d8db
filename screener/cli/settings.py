"""What every command shares: global options, where results go, and how people are told things."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from screener.errors import InputError, NoInputError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from screener.catalog import Catalog
    from screener.registry.records import Record

_MAX_WIDTH = 100
IncludeClosed = Annotated[
    bool, typer.Option("--include-closed", help="Also studies that have ended; they are kept as history.")
]


@dataclass
class Settings:
    """The global options."""

    criteria: Path | None = None
    no_input: bool = False
    color: str = "auto"
    quiet: bool = False

    def folder(self) -> Path:
        """The criteria folder."""
        from screener.catalog import criteria_folder

        return criteria_folder(self.criteria)

    def catalog(self, only: Iterable[str] = ()) -> Catalog:
        """Read the criteria folder."""
        from screener.catalog import load_catalog

        return load_catalog(self.folder(), only)

    def screening(self, only: list[str] | None, *, include_closed: bool) -> Catalog:
        """The trials to screen for: those named; else all, studies that have ended only when asked for."""
        catalog = self.catalog(only or ())
        return catalog if only or include_closed else catalog.open_trials()

    def screening_one(self, only: list[str] | None, *, include_closed: bool) -> Catalog:
        """The same for one patient: a study named may also be one that has no rules here, if its record is kept."""
        from screener.cli.kept import with_kept_studies

        if not only:
            return self.screening(only, include_closed=include_closed)
        return with_kept_studies(self, self.catalog(), only)

    @cached_property
    def records(self) -> Mapping[str, Record]:
        """What earlier fetches have left here: the newest record of each study, by all its numbers. Read once."""
        from screener.cli.kept import read_kept

        return read_kept(self)

    def colored(self) -> bool:
        """Whether results on standard output are colored."""
        if self.color == "auto":
            dumb = os.environ.get("TERM") == "dumb" or bool(os.environ.get("NO_COLOR"))
            return sys.stdout.isatty() and not dumb
        return self.color == "always"

    def width(self) -> int:
        """How wide results may be."""
        return max(40, min(_MAX_WIDTH, shutil.get_terminal_size((_MAX_WIDTH, 24)).columns))

    def tell(self, text: str) -> None:
        """Say something to a person, on standard error, unless asked to be quiet."""
        if not self.quiet:
            say(text)

    def note(self, problems: Iterable[Problem]) -> None:
        """Say what went wrong without stopping anything."""
        for problem in problems:
            self.tell(f"Note: {problem.message}. {problem.remedy}")


def today() -> date:
    """Today, by the machine's clock."""
    from datetime import date

    return date.today()  # noqa: DTZ011 - the navigator's own calendar day is meant


def day_option(text: str | None) -> date | None:
    """The day given by --as-of. Raises UsageError."""
    from screener.dates import parse_day
    from screener.errors import BadAnswer, Problem, UsageError

    try:
        return parse_day(text) if text is not None else None
    except BadAnswer as bad:
        raise UsageError(Problem(f"--as-of: {bad.reason}", bad.remedy)) from None


def say(text: str) -> None:
    """Write a line to standard error."""
    print(text, file=sys.stderr, flush=True)


def put(text: str, output: Path | None = None, *, private: bool = False) -> None:
    """Write a result to standard output, or whole to a file (mode 0600 if it holds a patient's answers)."""
    if output is None or str(output) == "-":
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:
            _nobody_reads()
        return
    write_whole(output, text, private=private)


def _nobody_reads() -> NoReturn:
    """The reader has seen enough; Python must not complain again when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise typer.Exit from None


def put_bytes(data: bytes, output: Path | None = None, *, private: bool = False) -> None:
    """Write a result that is no text; to a terminal it is refused. Raises UsageError, InputError."""
    if output is not None and str(output) != "-":
        write_whole(output, data, private=private)
        return
    if sys.stdout.isatty():
        raise UsageError(Problem("this format is not for a terminal", "name a file with -o"))
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _nobody_reads()


def _write_through(path: Path, data: bytes) -> None:
    try:
        with path.open("wb") as file:
            file.write(data)
    except OSError as error:
        raise NoInputError(Problem(f"{path} cannot be written: {error.strerror}", "choose another place")) from None


def write_whole(path: Path, content: str | bytes, *, private: bool) -> None:
    """Write a file wholly or not at all: a temporary file beside it, then a rename. Raises InputError.

    A link is followed; what is no regular file (a pipe, a device) is written to as it is.
    """
    data = content.encode() if isinstance(content, str) else content
    path = path.resolve()
    if path.exists() and not path.is_file():
        _write_through(path, data)
        return
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise NoInputError(Problem(f"{path} cannot be written: {error.strerror}", "choose another place")) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if not private:
            umask = os.umask(0)
            os.umask(umask)
            Path(name).chmod((stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IROTH) & ~umask)
        Path(name).replace(path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise InputError(Problem(f"{path} cannot be written: {error.strerror}", "choose another place")) from None
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
