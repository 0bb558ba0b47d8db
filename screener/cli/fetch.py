"""`screener trials fetch`: find studies at the registry."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screener.cli.kept import user_cache
from screener.cli.settings import Settings, put
from screener.cli.source import Input, ListFormat, Offline, Refresh, registry_source, saved_on, saved_text
from screener.errors import InputError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from screener.registry.study import Study


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
    form: Annotated[ListFormat, typer.Option("-f", "--format", help="How to write it.")] = ListFormat.TABLE,
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
        found, stamp = {f"saved in {input_file.name}": _saved_and_kept(settings, input_file)}, None
    else:
        with registry_source(offline=offline, refresh=refresh) as source, _counting(settings) as seen:
            answer = source.search(asked, seen)
        found, stamp = answer.studies, answer.stamp
        settings.note((*source.cache.problems, *answer.skipped))
    funnel, studies = sort_out(found, own=not search.is_default)
    match form:
        case ListFormat.TABLE:
            width, color = settings.width(), settings.colored()
            text = render_found(funnel, studies, stamp, every=every, width=width, color=color)
        case ListFormat.JSON:
            text = found_json(funnel, studies, stamp)
        case ListFormat.CSV:
            text = found_csv(studies)
    put(text, output)


def _saved_and_kept(settings: Settings, path: Path) -> tuple[Study, ...]:
    """The studies of a saved file; their records are kept, as if the registry had answered when it was saved."""
    from screener.registry.fetch import keep_saved
    from screener.registry.read import read_saved_records

    saved = read_saved_records(*saved_text(path))
    cache = user_cache()
    try:
        kept = len(keep_saved(cache, saved, saved_on(path)))
        number = len({study.nct_id for study, _ in saved})
        newer = "" if kept == number else f"; of the other {number - kept} newer ones were kept before"
        settings.tell(f"Kept {kept} of {number} records for later{newer}")
    except InputError as error:
        cache.problems += error.problems
    settings.note(cache.problems)
    return tuple(study for study, _ in saved)


@contextmanager
def _counting(settings: Settings) -> Iterator[Callable[[str, int, int | None], None]]:
    """How many studies of each query have come, on a terminal only: a bar where the registry tells of how many."""
    if settings.quiet or not sys.stderr.isatty():
        yield lambda _label, _came, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn

    plain = TextColumn("{task.description}", markup=False)
    console = Console(stderr=True, no_color=True if settings.color == "never" else None)
    with Progress(
        SpinnerColumn(), BarColumn(20), MofNCompleteColumn(), plain, console=console, transient=True
    ) as progress:
        tasks: dict[str, TaskID] = {}

        def seen(label: str, came: int, total: int | None) -> None:
            if label not in tasks:
                tasks[label] = progress.add_task(label, total=None)
            progress.update(tasks[label], completed=came, total=None if total is None else max(total, came))

        yield seen
