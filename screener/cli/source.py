"""Where studies come from: the registry, the cache, or a file that somebody saved."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screener.cli.kept import user_cache
from screener.errors import NoInputError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from screener.registry.fetch import Source
    from screener.registry.records import Record

ADDRESS = "SCREENER_REGISTRY"  # another address of the registry's API
Input = Annotated[Path | None, typer.Option("--input", metavar="FILE", help="A saved answer or record, - for stdin.")]
Offline = Annotated[bool, typer.Option("--offline", help="Only what is kept on this machine.")]
Refresh = Annotated[bool, typer.Option("--refresh", help="Ask the registry even if what is kept is fresh.")]


class ListFormat(StrEnum):
    """How lists of studies and sites are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class RecordFormat(StrEnum):
    """How what is said of trials one by one is written."""

    TABLE = "table"
    JSON = "json"


@contextmanager
def registry_source(*, offline: bool, refresh: bool) -> Iterator[Source]:
    """The cache, with the registry behind it unless offline. Raises UsageError."""
    from datetime import timedelta

    from screener.registry.fetch import FRESH, Source

    if offline and refresh:
        raise UsageError(Problem("--offline and --refresh exclude each other", "leave one out"))
    if offline:
        yield Source(user_cache())
        return
    from screener.registry.address import BASE
    from screener.registry.client import Client
    from screener.registry.faults import TLS

    with Client(os.environ.get(ADDRESS) or BASE, tls=os.environ.get(TLS, "")) as client:
        yield Source(user_cache(), client, timedelta(0) if refresh else FRESH)


def saved_records(path: Path) -> dict[str, Record]:
    """The records of a saved file, by number and by the numbers they had before. Raises InputError, NoInputError."""
    from screener.registry.cache import Stamp
    from screener.registry.read import read_saved
    from screener.registry.records import Record

    studies = read_saved(*saved_text(path))
    stamp = Stamp("", "", saved_on(path))
    return {name: Record(study, stamp) for study in studies for name in (study.nct_id, *study.aliases)}


def saved_on(path: Path) -> datetime:
    """When a file was saved; what comes by standard input, just now."""
    from datetime import UTC, datetime

    return datetime.now(UTC) if str(path) == "-" else datetime.fromtimestamp(path.stat().st_mtime, UTC)


def saved_text(path: Path) -> tuple[str, str]:
    """What a saved file holds, and its name."""
    if str(path) == "-":
        return sys.stdin.read(), "<standard input>"
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace"), str(path)
    except OSError as error:
        raise NoInputError(Problem(f"{path} cannot be read: {error.strerror}", "check the path")) from None
