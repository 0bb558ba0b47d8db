"""The account of a page for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from screener.render.console import console_of, line, one_line, written

if TYPE_CHECKING:
    from rich.console import Console

    from screener.render.vet.content import Section, Sheet

_STYLES = {"flags": "red", "differing": "red", "present": "green", "absent": "yellow", "unchecked": "yellow"}
_INDENT = 6


def render_table(sheet: Sheet, *, width: int, color: bool) -> str:
    """Each section under its title, each entry under its mark, so that nothing is said by color alone."""
    console = console_of(width=width, color=color)
    line(console, sheet.looked, style="bold")
    for section in sheet.sections:
        console.print()
        line(console, section.title, style="bold")
        if section.text:
            line(console, section.text, 2)
        for entry in section.entries:
            _marked(console, section, entry.title)
            together = ", ".join(entry.quotes)
            for quote in [together] if 0 < len(together) <= width - _INDENT else entry.quotes:
                line(console, quote, _INDENT)
            for label, text in entry.texts:
                line(console, f"{label}: {text}" if label else text, _INDENT)
    console.print()
    line(console, sheet.closing, style="bold")
    return written(console)


def _marked(console: Console, section: Section, title: str) -> None:
    """A title beside its mark, so that a long one stays beside it."""
    grid = Table.grid(padding=(0, 1))
    style = _STYLES.get(section.id, "")
    grid.add_row(Text(section.mark, style=style), Text(one_line(title), style=style))
    console.print(Padding(grid, (0, 0, 0, 2)))
