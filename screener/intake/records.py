"""The careful reading of lines: each record is either good or rejected, and a bad one never takes others with it.

A record is one line, or several where a quoted cell holds line ends. Quoting is that of RFC 4180; a quote inside a cell
that does not begin with one is a quote, as all readers of CSV have it. What a record is depends on its own bytes and
those after it alone: wherever the file is cut into pieces, the same records come out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from screener.intake.blocks import RECORD_SHOWN, Reject
from screener.intake.pieces import LONGEST

JOINED = 100  # lines that a quoted cell may make one record of; their bytes are at most LONGEST


@dataclass(frozen=True)
class Form:
    """What the records of a file look like: separator (one byte), headers, and the encoding to name in a message."""

    separator: bytes
    header: tuple[str, ...] = ()
    encoding: str = "UTF-8"

    @cached_property
    def cell(self) -> re.Pattern[bytes]:
        """One cell: the inside of its quotes and what comes after them, or all of it. No match: a quote stays open."""
        plain = rb"[^\r\n" + re.escape(self.separator) + rb"]*+"
        return re.compile(rb'"([^"]*+(?:""[^"]*+)*+)"(' + plain + rb')|(?!")(' + plain + rb")")


class Record(NamedTuple):
    """The cells of a record; where it ends, its line end included; whether nothing stands beside a closed quote."""

    cells: list[bytes]
    end: int
    neat: bool


@dataclass(frozen=True)
class Sorted:
    """The lines of a piece, sorted: good records without line end and their lines, and rejects.

    `rest` are the bytes of a last record that may go on in the next piece, `passed` the number of lines before it.
    """

    good: list[bytes] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    rest: bytes = b""
    passed: int = 0


def record_of(data: bytes, form: Form) -> Record | None:
    """The record at the beginning of the data; None where the data ends before it."""
    cells: list[bytes] = []
    at, neat = 0, True
    while found := form.cell.match(data, at):
        quoted, after, plain = found.groups()
        cells.append(plain if quoted is None else quoted.replace(b'""', b'"') + after)
        neat = neat and not after
        at = found.end()
        if at == len(data):
            break
        if data[at : at + 1] != form.separator:
            return Record(cells, at + (2 if data[at : at + 2] == b"\r\n" else 1), neat)
        at += 1
    return None


def sort_records(data: bytes, first: int, form: Form, *, final: bool) -> Sorted:
    """Sort the records of a piece whose first line has the number `first`; the last piece has nothing after it."""
    lines = data.splitlines(keepends=True)
    clean = _is_clean(data)
    wanted = len(form.header)
    good: list[bytes] = []
    numbers: list[int] = []
    rejects: list[Reject] = []
    at = 0
    while at < len(lines):
        taken, raw = _even(lines, at) if lines[at].count(b'"') % 2 else (1, lines[at])
        body = raw.rstrip(b"\r\n")
        found = _neat_cells(body, form.separator)
        if found > wanted and body.endswith(form.separator * (found - wanted)):  # as Excel leaves them
            body, found = body[: wanted - found], wanted
        if body and found == wanted and len(body) <= LONGEST and (clean or _is_clean(body)):
            good.append(body)  # nearly all records; the rest of the loop is for the others
            numbers.append(first + at)
            at += taken
            continue
        taken, result = _judge(lines, at, first + at, form, final=final)
        if not taken:
            break
        if isinstance(result, Reject):
            rejects.append(result)
        elif result is not None:
            good.append(result)
            numbers.append(first + at)
        at += taken
    return Sorted(good, numbers, rejects, b"".join(lines[at:]), at)


def reject_lines(data: bytes, places: list[int], first: int, form: Form) -> list[Reject] | None:
    """The rejects of some lines of a piece in which each line is a record; None if they are not all rejects."""
    lines = data.splitlines(keepends=True)
    found = [_judge([lines[place]], 0, first + place, form, final=False)[1] for place in places]
    rejects = [reject for reject in found if isinstance(reject, Reject)]
    return rejects if len(rejects) == len(places) else None


def _even(lines: list[bytes], at: int) -> tuple[int, bytes]:
    """How many lines from `at` on have together an even number of quotes, and these lines; at most JOINED."""
    odd = False
    for taken, line in enumerate(lines[at : at + JOINED], start=1):
        odd ^= line.count(b'"') % 2 == 1
        if not odd:
            return taken, b"".join(lines[at : at + taken])
    return 1, lines[at]


def _neat_cells(body: bytes, separator: bytes) -> int:
    """How many cells a line has, where its quotes stand as they should; else 0."""
    if b'"' not in body:
        return body.count(separator) + 1
    parts = body.split(b'"')
    outside = parts[::2]  # between doubled quotes there is nothing
    begin, end, mark = outside[0], outside[-1], separator[0]
    if len(parts) % 2 == 0 or (begin and begin[-1] != mark) or (end and end[0] != mark):
        return 0
    for part in outside[1:-1]:
        if part and (part[0] != mark or part[-1] != mark):
            return 0
    return b"".join(outside).count(separator) + 1


def _judge(lines: list[bytes], at: int, line: int, form: Form, *, final: bool) -> tuple[int, bytes | Reject | None]:
    """How many lines the record at `at` has, and the record, a reject, or nothing for a blank line.

    No lines at all: the record may go on after the last line.
    """
    raw = lines[at]
    body = raw.rstrip(b"\r\n")
    if not body.strip(form.separator + b" \t"):
        return 1, None
    if len(body) > LONGEST:
        return 1, _reject(line, f"the line is longer than {LONGEST:,} bytes", body)
    found, wanted = _neat_cells(body, form.separator), len(form.header)
    filled = body[-1:] not in form.separator + b'" \t\v\f'  # the last cell
    if (0 < found < wanted or (found > wanted and filled)) and _is_clean(body):
        return 1, _reject(line, _count(found, form), body)  # the most common fault, without splitting the cells
    taken, record = 1, record_of(raw, form)
    if record is None:
        joined = b"".join(lines[at : at + JOINED])
        record = record_of(joined[:LONGEST], form)
        if record is None and not final and len(lines) - at < JOINED and len(joined) < LONGEST:
            return 0, None
        problem = _not_joined(record, form)
        if problem or record is None:
            return 1, _reject(line, f"a quote is opened and not closed{problem}", body)
        raw = joined[: record.end]
        taken = len(raw.splitlines())
    wrong = _wrong(raw, record.cells, form)
    if wrong:
        return taken, _reject(line, wrong[0], raw.rstrip(b"\r\n"), wrong[1])
    return taken, form.separator.join(b'"' + cell.replace(b'"', b'""') + b'"' for cell in _fitted(record.cells, form))


def _not_joined(record: Record | None, form: Form) -> str:
    """Why several lines are not one record, as the end of a message; empty where they are one."""
    if record is None:
        return f" in {JOINED} lines or {LONGEST:,} bytes"
    if not record.neat:
        return " before another is opened"
    found = len(_fitted(record.cells, form))
    return "" if found == len(form.header) else f" on its line; with the lines up to its end: {_count(found, form)}"


def _wrong(raw: bytes, cells: list[bytes], form: Form) -> tuple[str, str] | None:
    """Why a record cannot be used, and the header of the cell to blame."""
    if not _is_clean(raw):
        reason = "there is a NUL byte in it" if b"\0" in raw else f"this is not {form.encoding}"
        blame = next((place for place, cell in enumerate(cells) if not _is_clean(cell)), 0)
        return reason, form.header[blame] if len(cells) == len(form.header) else ""
    found = len(_fitted(cells, form))
    return None if found == len(form.header) else (_count(found, form), "")


def _count(found: int, form: Form) -> str:
    return f"{found:,} {'cell' if found == 1 else 'cells'} where the header has {len(form.header):,}"


def _fitted(cells: list[bytes], form: Form) -> list[bytes]:
    """The cells without empty ones beyond the header, as Excel leaves them; if any of those is filled, all."""
    wanted = len(form.header)
    return cells if any(cell.strip() for cell in cells[wanted:]) else cells[:wanted]


def _is_clean(data: bytes) -> bool:
    return b"\0" not in data and is_text(data)


def is_text(data: bytes) -> bool:
    """Whether it is UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _reject(line: int, reason: str, raw: bytes, column: str = "") -> Reject:
    return Reject(line, column, reason, raw[: 4 * RECORD_SHOWN].decode(errors="replace")[:RECORD_SHOWN])
