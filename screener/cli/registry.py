"""`screener trials fetch|check`: what the registry says."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screener.cli.settings import Settings, put
from screener.errors import ExitCode, NoInputError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from screener.model import Trial
    from screener.registry.cache import Cache
    from screener.registry.fetch import Source
    from screener.registry.study import Study

ADDRESS = "SCREENER_REGISTRY"  # another address of the registry's API
Input = Annotated[Path | None, typer.Option("--input", metavar="FILE", help="A saved answer or record, - for stdin.")]
Offline = Annotated[bool, typer.Option("--offline", help="Only what is kept on this machine.")]
Refresh = Annotated[bool, typer.Option("--refresh", help="Ask the registry even if what is kept is fresh.")]


class Format(StrEnum):
    """How results are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class CheckFormat(StrEnum):
    """How findings are written."""

    TABLE = "table"
    JSON = "json"


def fetch(
    context: typer.Context,
    query: Annotated[str, typer.Argument(metavar="[QUERY]", help="Words; mesothelioma CAR-T without them.")] = "",
    condition: Annotated[str, typer.Option(metavar="WORDS", help="A disease.")] = "",
    intervention: Annotated[str, typer.Option(metavar="WORDS", help="A treatment.")] = "",
    status: Annotated[list[str] | None, typer.Option(metavar="STATUS", help="Such as recruiting; repeatable.")] = None,
    country: Annotated[list[str] | None, typer.Option(metavar="COUNTRY", help="Of a site; repeatable.")] = None,
    input_file: Input = None,
    offline: Offline = False,
    refresh: Refresh = False,
    every: Annotated[bool, typer.Option("--all", help="Also the studies that are not kept, with the reason.")] = False,
    form: Annotated[Format, typer.Option("-f", "--format", help="How to write it.")] = Format.TABLE,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to a file.")] = None,
) -> None:
    """Find studies at ClinicalTrials.gov, and say of each why it is kept or not. Only these words leave the machine."""
    from screener.registry.classify import sort_out
    from screener.registry.queries import Search, queries
    from screener.render.studies import found_csv, found_json, render_found

    settings: Settings = context.obj
    search = Search(query, condition, intervention, tuple(status or ()), tuple(country or ()))
    asked = queries(search)
    if input_file:
        if offline or refresh:
            raise UsageError(Problem("--input reads a file and asks nobody", "leave out --offline and --refresh"))
        found, stamp = {f"saved in {input_file.name}": tuple(_saved(input_file))}, None
    else:
        with _source(offline=offline, refresh=refresh) as source, _counting(settings) as seen:
            answer = source.search(asked, seen)
        found, stamp = answer.studies, answer.stamp
        for problem in (*source.cache.problems, *answer.skipped):
            settings.tell(f"Note: {problem.message}. {problem.remedy}")
    funnel, studies = sort_out(found, own=not search.is_default)
    match form:
        case Format.TABLE:
            width, color = settings.width(), settings.colored()
            text = render_found(funnel, studies, stamp, every=every, width=width, color=color)
        case Format.JSON:
            text = found_json(funnel, studies, stamp)
        case Format.CSV:
            text = found_csv(studies)
    put(text, output)


def check(
    context: typer.Context,
    trial: Annotated[list[str] | None, typer.Argument(metavar="[TRIAL]...", help="NCT numbers; else all.")] = None,
    input_file: Input = None,
    offline: Offline = False,
    refresh: Refresh = False,
    form: Annotated[CheckFormat, typer.Option("-f", "--format", help="How to write it.")] = CheckFormat.TABLE,
) -> int:
    """Hold rule files against the registry's records. Exit 1 if anything differs."""
    from screener.registry.check import check as compare
    from screener.render.studies import checks_json, render_checks

    settings: Settings = context.obj
    trials = [each for each in settings.catalog(trial or ()).trials if each.registry]
    if input_file:
        saved = {name: study for study in _saved(input_file) for name in (study.nct_id, *study.aliases)}
        pairs: list[tuple[Trial, Study | None, Study | None]] = [
            (each, saved[each.id], None) for each in trials if each.id in saved
        ]
        if not pairs:
            raise NoInputError(Problem(f"{input_file} holds no record of these trials", "name the file of another"))
    else:
        with _source(offline=offline, refresh=refresh) as source:
            pairs = [(each, *_now_and_before(source, each.id)) for each in trials]
            for problem in source.cache.problems:
                settings.tell(f"Note: {problem.message}. {problem.remedy}")
    checks = [(each, compare(each, study, earlier)) for each, study, earlier in pairs]
    if form is CheckFormat.JSON:
        put(checks_json(checks))
    else:
        put(render_checks(checks, width=settings.width(), color=settings.colored()))
    return ExitCode.FINDINGS if any(findings for _, findings in checks) else ExitCode.DONE


def _now_and_before(source: Source, nct_id: str) -> tuple[Study | None, Study | None]:
    """A study's record, and the one that was kept before."""
    from screener.registry.cache import study_name
    from screener.registry.faults import UnknownStudyError
    from screener.registry.study import read_study

    kept = source.cache.get(study_name(nct_id))
    try:
        study = source.study(nct_id)[0]
    except UnknownStudyError:
        return None, None
    return study, read_study(kept.body) if kept else None


def _saved(path: Path) -> list[Study]:
    from screener.registry.study import read_saved

    if str(path) == "-":
        return read_saved(sys.stdin.read(), "<standard input>")
    try:
        return read_saved(path.read_text(encoding="utf-8-sig", errors="replace"), str(path))
    except OSError as error:
        raise NoInputError(Problem(f"{path} cannot be read: {error.strerror}", "check the path")) from None


@contextmanager
def _source(*, offline: bool, refresh: bool) -> Iterator[Source]:
    from datetime import timedelta

    from screener.registry.fetch import FRESH, Source

    if offline and refresh:
        raise UsageError(Problem("--offline and --refresh exclude each other", "leave one out"))
    if offline:
        yield Source(_cache())
        return
    from screener.registry.address import BASE
    from screener.registry.client import Client

    with Client(os.environ.get(ADDRESS) or BASE) as client:
        yield Source(_cache(), client, timedelta(0) if refresh else FRESH)


def _cache() -> Cache:
    from screener.registry.cache import Cache, cache_folder

    return Cache(cache_folder(None, os.environ, Path.home()))


@contextmanager
def _counting(settings: Settings) -> Iterator[Callable[[str, int], None]]:
    """How many studies have come, on a terminal only."""
    if settings.quiet or not sys.stderr.isatty():
        yield lambda _label, _number: None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status("Asking the registry") as shown:
        yield lambda label, number: shown.update(Text(f"{label}: {number} studies"))
