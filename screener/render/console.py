"""A console that writes into a string: text from data is never markup, and lines have no trailing blanks."""

from __future__ import annotations

import io

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from screener.errors import clean
from screener.model import Outcome

MARKS = {
    Outcome.MET: ("+", "green"),
    Outcome.NOT_MET: ("x", "red"),
    Outcome.UNKNOWN: ("?", "yellow"),
    Outcome.NOT_APPLICABLE: ("-", "dim"),
    Outcome.MANUAL: ("m", "magenta"),
}
LEGEND = "Marks: + met, x not met, ? unknown, - not applicable, m for the trial team"


def console_of(*, width: int, color: bool) -> Console:
    """A console that writes into a string and takes no markup from data."""
    return Console(
        file=io.StringIO(),
        width=width,
        force_terminal=color,
        no_color=not color,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
    )


def written(console: Console) -> str:
    """What was written so far, without trailing blanks."""
    if not isinstance(console.file, io.StringIO):
        raise TypeError(console.file)
    return "".join(f"{line.rstrip()}\n" for line in console.file.getvalue().splitlines())


def one_line(text: str) -> str:
    """Text from outside on one line and harmless: a line break in a name must not look like a line of the program."""
    return clean(" ".join(text.split()))


def line(console: Console, text: str, indent: int = 0, style: str = "") -> None:
    """Write one paragraph, wrapped and indented; the text is never markup."""
    console.print(Padding(Text(one_line(text), style=style), (0, 0, 0, indent)))
