"""`screener trials`: the trials that have rules here, and what the registry says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from screener.cli.check import check
from screener.cli.fetch import fetch
from screener.cli.settings import Settings, put
from screener.cli.sites import sites
from screener.cli.source import RecordFormat
from screener.errors import NoInputError, Problem, UsageError

if TYPE_CHECKING:
    from screener.catalog import Catalog

trials_app = typer.Typer(
    help="Trials that have rules here, and what the registry says.", no_args_is_help=True, rich_markup_mode=None
)


@trials_app.command("list")
def list_trials(
    context: typer.Context,
    form: Annotated[RecordFormat, typer.Option("-f", "--format", help="How to write it.")] = RecordFormat.TABLE,
) -> None:
    """List the trials and profiles, and the studies fetched, with their status and its date. Asks nobody."""
    from screener.registry.records import entries
    from screener.render.catalog import list_json, render_list

    settings: Settings = context.obj
    listed, left_out = entries(settings.catalog().trials, settings.records)
    if form is RecordFormat.JSON:
        put(list_json(listed))
    else:
        put(render_list(listed, left_out, width=settings.width(), color=settings.colored()))


@trials_app.command("show")
def show_trial(
    context: typer.Context,
    trial: Annotated[str, typer.Argument(metavar="TRIAL", help="NCT number, or the name of a profile.")],
    text: Annotated[bool, typer.Option("--text", help="Also the eligibility text of the record.")] = False,
) -> None:
    """Show one study: what it is, its status, its sites, and every criterion in words. Asks nobody."""
    from screener.registry.records import entry_of
    from screener.render.catalog import render_entry

    settings: Settings = context.obj
    catalog = settings.catalog()
    entry = entry_of(trial, catalog.trials, settings.records)
    if entry is None:
        raise _unknown(catalog, trial)
    if text and not entry.record:
        problem = f"no record of {entry.name} is kept, and with it no eligibility text"
        raise NoInputError(Problem(problem, f"fetch it: {_fetching(entry.name)}"))
    rendered = render_entry(entry, width=settings.width(), color=settings.colored(), text=text or not entry.trial)
    put(rendered)


for command in (fetch, sites, check):
    trials_app.command()(command)


def _unknown(catalog: Catalog, name: str) -> UsageError:
    """Neither rules nor a record: the error of the catalog, with the other way on."""
    try:
        catalog.choose([name])
    except UsageError as error:
        (problem,) = error.problems
        remedy = f"{problem.remedy}; or fetch its record: {_fetching(name)}"
        return UsageError(Problem(f"{problem.message}, and no record of it is kept", remedy))
    raise ValueError(name)


def _fetching(name: str) -> str:
    return f"screener trials fetch {name.upper() if name.lower().startswith('nct') else 'WORDS'}"
