"""`screener trials`: the trials that have rules here, and what the registry says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from screener.cli.registry import check, fetch
from screener.cli.settings import Settings, put

if TYPE_CHECKING:
    from screener.model import Trial

trials_app = typer.Typer(
    help="Trials that have rules here, and what the registry says.", no_args_is_help=True, rich_markup_mode=None
)
trials_app.command()(fetch)
trials_app.command()(check)


@trials_app.command("list")
def list_trials(context: typer.Context) -> None:
    """List the trials and profiles with their status as last seen."""
    from screener.render.catalog import render_list

    settings: Settings = context.obj
    put(render_list(settings.catalog().trials, width=settings.width(), color=settings.colored()))


@trials_app.command("show")
def show_trial(
    context: typer.Context,
    trial: Annotated[str, typer.Argument(metavar="TRIAL", help="NCT number, or the name of a profile.")],
) -> None:
    """Show one trial: what it is, its status, and every criterion in words."""
    from screener.render.catalog import render_trial

    settings: Settings = context.obj
    chosen: Trial = settings.catalog([trial]).trials[0]
    put(render_trial(chosen, width=settings.width(), color=settings.colored()))
