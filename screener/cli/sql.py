"""`screener sql`: the rules as SQL, for a warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from screener.cli.settings import IncludeClosed, Settings, put
from screener.errors import Problem, UsageError


def sql(
    context: typer.Context,
    dialect: Annotated[str, typer.Option(help="duckdb, spark or postgres.")] = "duckdb",
    trial: Annotated[
        list[str] | None, typer.Option("-t", "--trial", help="Only the rules of this trial (repeatable).")
    ] = None,
    include_closed: IncludeClosed = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to this file.")] = None,
) -> None:
    """Print the rules as one SQL query over a table `intake`; its columns are described at the top."""
    from screener.render.sql import render_sql
    from screener.source.fields import nearest
    from screener.sql import DIALECTS, Query

    settings: Settings = context.obj
    if dialect not in DIALECTS:
        raise UsageError(Problem(f"there is no SQL dialect `{dialect}`", nearest(dialect, DIALECTS)))
    catalog = settings.screening(trial, include_closed=include_closed)
    trials = catalog.trials if trial else tuple(each for each in catalog.trials if not each.is_profile)
    put(render_sql(Query(trials, catalog.dictionary, DIALECTS[dialect])), output)
