"""Thresholds for review: under each criterion one line for each value, with what becomes of criterion and trial."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from screener.render.console import LEGEND, MARKS, console_of, line, one_line, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from screener.boundary import Row
    from screener.model import Trial


def render_boundary(trial: Trial, rows: Iterable[Row], *, width: int, color: bool) -> str:
    """Lay the rows of one trial out for a width."""
    console = console_of(width=width, color=color)
    listed = list(rows)
    days = {row.patient.as_of for row in listed}
    on = f", as of {min(days)}" if days else ""
    line(console, f"{trial.id}  {trial.title}", style="bold")
    line(console, f"{len(listed)} values near thresholds; the patient of the cases{on}", 2, "dim")
    texts = {criterion.id: criterion.text for criterion in trial.criteria}
    for criterion, of_criterion in groupby(listed, key=lambda row: row.criterion):
        line(console, f"{criterion}  {texts[criterion]}", style="bold")
        for rule, of_rule in groupby(of_criterion, key=lambda row: row.rule):
            _threshold(console, rule, list(of_rule))
    line(console, LEGEND, style="dim")
    return written(console)


def _threshold(console: Console, rule: str, rows: list[Row]) -> None:
    line(console, rule, 2, "cyan")
    if rows[0].given:
        line(console, "with " + ", ".join(f"{fact} {value}" for fact, value in rows[0].given), 2, "dim")
    if len({row.outcome for row in rows}) == 1:
        line(console, "no value near it turns the criterion: check by hand", 2, "yellow")
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=3)
    grid.add_column(width=34, overflow="fold")
    grid.add_column(width=9)
    grid.add_column(overflow="fold")
    for row in rows:
        mark, style = MARKS[row.outcome]
        since = f" until {row.eligible_from}" if row.eligible_from else ""
        also = f"; also {', '.join(row.also)}" if row.also else ""
        grid.add_row(
            "",
            Text(f"{mark} {one_line(row.value)}", style=style),
            Text(row.stands.value),
            Text(f"{row.verdict.value}{since}{also}"),
        )
    console.print(grid)
