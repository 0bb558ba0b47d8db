"""`screener template`: an empty form for a patient file or an intake CSV."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from screener.cli.settings import IncludeClosed, Settings, put


class Kind(StrEnum):
    """Which form."""

    YAML = "yaml"
    CSV = "csv"


def template(
    context: typer.Context,
    kind: Annotated[Kind, typer.Argument(help="A patient file, or the header of an intake CSV.")] = Kind.YAML,
    trial: Annotated[
        list[str] | None, typer.Option("-t", "--trial", help="Only what this trial needs (repeatable).")
    ] = None,
    include_closed: IncludeClosed = False,
) -> None:
    """Print an empty form with the facts that the trials need."""
    from screener.cli.settings import today
    from screener.render.template import render_csv_template, render_yaml_template

    settings: Settings = context.obj
    catalog = settings.screening(trial, include_closed=include_closed)
    if kind is Kind.CSV:
        put(render_csv_template(catalog.trials, catalog.dictionary))
    else:
        put(render_yaml_template(catalog.trials, catalog.dictionary, today()))
