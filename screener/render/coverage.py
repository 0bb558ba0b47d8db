"""How a rule file accounts for the registry text, line by line, for people at a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from screener.coverage import Change, Covered, State
from screener.render.console import console_of, line, one_line, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screener.eligibility import Requirement
    from screener.model import Trial

_STYLES = {
    State.ENCODED: "green",
    State.MANUAL: "magenta",
    State.HEADING: "dim",
    State.ASIDE: "dim",
    State.UNCOVERED: "bold red",
}


def render_coverage(
    trial: Trial,
    requirements: Sequence[Requirement],
    covered: Sequence[Covered],
    changed: Sequence[Change],
    *,
    width: int,
    color: bool,
) -> str:
    """Every place of the text with the criteria that cite it, then what has changed since the rules were written."""
    console = console_of(width=width, color=color)
    line(console, f"{trial.id}  {trial.title}", style="bold")
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold", ratio=1)
    for requirement, item in zip(requirements, covered, strict=True):
        cited = ", ".join(criterion.id for criterion in item.criteria) or item.why
        text = Text(one_line(requirement.text))
        text.append(f"\n{cited}" if cited else "", style="dim")
        place = f"{requirement.section[:2]} {requirement.item}"
        grid.add_row(place, Text(item.state.value, style=_STYLES[item.state]), text)
    console.print(grid)
    line(console, summary(covered))
    for change in changed:
        touched = ", ".join(criterion.id for criterion in change.criteria) or "no criterion yet"
        line(console, f"{change.kind}: {change.place[0]} {change.place[1]}, touches {touched}", style="bold yellow")
        if change.text:
            line(console, change.text, 4)
    if trial.requirements and not changed:
        line(console, "The text is the one that the rule file was held against.")
    return written(console)


def summary(covered: Sequence[Covered]) -> str:
    """How many requirements there are and how they are accounted for; headings and asides are none."""
    counts = Counter(item.state for item in covered)
    asked = counts[State.ENCODED] + counts[State.MANUAL] + counts[State.UNCOVERED]
    accounted = asked - counts[State.UNCOVERED]
    return (
        f"{asked} requirements: {counts[State.ENCODED]} encoded, {counts[State.MANUAL]} for the trial team, "
        f"{counts[State.UNCOVERED]} uncovered ({100 * accounted // asked if asked else 100} % accounted for); "
        f"{counts[State.HEADING]} headings, {counts[State.ASIDE]} asides"
    )
