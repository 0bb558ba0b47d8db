"""The first line of a CSV: what separates its columns, and what they are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.errors import InputError, Problem
from screener.intake.pieces import LONGEST
from screener.intake.records import JOINED, Form, record_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_COLUMNS = 5_000
SEPARATORS = {b",": "a comma", b";": "a semicolon", b"\t": "a tab", b"|": "a vertical bar"}  # earlier wins among equals
_QUOTED = re.compile(rb'"[^"]*+(?:""[^"]*+)*+"')
_DECLARED = re.compile(rb'"?sep=([,;\t|])"?\s*', re.IGNORECASE)  # Excel's own first line


@dataclass(frozen=True)
class Heading:
    """The separator and the headers; what comes after them, and the number of its line."""

    separator: bytes
    header: tuple[str, ...]
    rest: bytes
    line: int


def read_heading(pieces: Iterator[bytes], name: str) -> Heading:
    """Take the header from the beginning of a file. Raises InputError: there is none, or none that can be used."""
    data = b""
    for piece in pieces:
        data += piece
        heading = _heading(data, name)
        if heading:
            return heading
        if len(data) > LONGEST:
            break
    if not data.strip(b"".join(SEPARATORS) + b" \r\n"):
        raise InputError(
            Problem(
                f"the file is empty: {name} has no header",
                "export it again; its first line names the columns, as `screener template csv` prints them",
            )
        )
    problem = f"{name}: a quote is opened in the header and not closed in {JOINED} lines or {LONGEST:,} bytes"
    raise InputError(Problem(problem, "close the quote, or save the file as CSV anew"))


def checked_header(cells: Sequence[str], name: str) -> tuple[str, ...]:
    """The headers without blanks around them. Raises InputError: they are too many."""
    if len(cells) > MOST_COLUMNS:
        problem = f"{name}: the header has {len(cells):,} columns, more than {MOST_COLUMNS:,}"
        raise InputError(Problem(problem, "give one row per patient and only the columns that are facts"))
    return tuple(cell.strip().strip("\ufeff").strip() for cell in cells)


def _heading(data: bytes, name: str) -> Heading | None:
    """None where the header is not yet there as a whole."""
    at, line, declared = 0, 1, b""
    for raw in data[: 2 * LONGEST].splitlines(keepends=True):
        if found := None if declared else _DECLARED.fullmatch(raw):
            declared = found[1]
        elif raw.strip(b"".join(SEPARATORS) + b" \r\n"):
            break
        at, line = at + len(raw), line + 1
    else:
        return None
    if len(raw.rstrip(b"\r\n")) > LONGEST:
        problem = f"{name}: the first line is longer than {LONGEST:,} bytes"
        raise InputError(Problem(problem, "check that it is a CSV, with a header and one line per patient"))
    window = b"".join(data[at : at + LONGEST].splitlines(keepends=True)[:JOINED])
    separator = declared or _separator(window)
    record = record_of(window, Form(separator))
    if record is None:
        return None
    return Heading(
        separator,
        checked_header([_text(cell, name) for cell in record.cells], name),
        data[at + record.end :],
        line + len(window[: record.end].splitlines()),
    )


def _separator(window: bytes) -> bytes:
    """What splits the header into most cells, outside of quotes."""
    line = _QUOTED.sub(b"", window).splitlines()[0]
    return max(SEPARATORS, key=line.count)


def _text(cell: bytes, name: str) -> str:
    remedy = "save the file as CSV in UTF-8"
    if b"\0" in cell:
        raise InputError(Problem(f"{name}: the header holds NUL bytes: this is no CSV, or one in UTF-16", remedy))
    try:
        return cell.decode()
    except UnicodeDecodeError:
        raise InputError(Problem(f"{name}: the header cannot be decoded", remedy)) from None
