"""Intake as an Excel workbook: the first sheet, row by row, its cells as the text that a person sees in them."""

from __future__ import annotations

import re
import tempfile
import warnings
import zipfile
from datetime import date, datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, cast

import numpy as np
import pyarrow as pa

from screener.errors import InputError, Problem, UsageError, clean
from screener.intake.blocks import RECORD_SHOWN, Block, Intake, Reject, block
from screener.intake.heading import checked_header
from screener.intake.pieces import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screener.intake.source import Source

MOST_ROWS = 1_048_576  # Excel's own limit
MOST_BYTES = 4 << 30  # of all parts, unpacked; sheets are streamed
MOST_SHARED = 256 << 20  # of the parts that are held in memory: texts and styles
_ROWS = 1_000  # read between two looks at the size of a block
_QUOTED = re.compile(r'"[^"]*"|\\.')  # of a number format: text that is no format


class Workbook(Intake):
    """An open workbook."""

    def __init__(self, source: Source, block_size: int) -> None:
        """Read the header. Raises InputError, UsageError: openpyxl is not installed."""
        self._source, self._block_size = source, block_size
        self._notes: list[str] = []
        self._number = 0
        self._copy: BinaryIO | None = None
        self._book: Any = None
        try:
            file = self._seekable()
            _check(file, source.name)
            self._open(file)
            self._read_header()
        except BaseException:
            self.close()
            raise

    @property
    def notes(self) -> tuple[str, ...]:
        """Which sheet is read where there are several."""
        return tuple(self._notes)

    def close(self) -> None:
        """Close the file."""
        if self._book is not None:
            self._book.close()
        if self._copy:
            self._copy.close()
        self._source.close()

    def blocks(self) -> Iterator[Block]:
        """Read the rows."""
        rows: list[list[str]] = []
        lines: list[int] = []
        rejects: list[Reject] = []
        size = 0
        while taken := self._take(_ROWS):
            for number, cells in taken:
                length = sum(map(len, cells))
                size += length + len(self.header)
                reason = ""
                if len(cells) > len(self.header):
                    reason = f"{len(cells):,} cells where the header has {len(self.header):,}"
                elif length > LONGEST:
                    reason = f"the row is longer than {LONGEST:,} characters"
                if reason:
                    rejects.append(Reject(number, "", reason, "\t".join(cells)[:RECORD_SHOWN]))
                elif cells:
                    rows.append(cells + [""] * (len(self.header) - len(cells)))
                    lines.append(number)
            if size >= self._block_size:
                yield self._block(rows, lines, rejects)
                rows, lines, rejects, size = [], [], [], 0
        yield self._block(rows, lines, rejects, done=1.0)

    def _block(self, rows: list[list[str]], lines: list[int], rejects: list[Reject], done: float = 0.0) -> Block:
        columns = [pa.array([row[place] for row in rows], pa.string()) for place in range(len(self.header))]
        cells = pa.RecordBatch.from_arrays(columns, [f"c{place}" for place in range(len(self.header))])
        done = done or (min(1.0, self._number / self._last) if self._last else 0.0)
        return block(cells, np.array(lines, dtype=np.int64), rejects, done)

    def _seekable(self) -> BinaryIO:
        """The file, or a copy on disk of what comes through a pipe."""
        if self._source.file.seekable():
            return self._source.file
        self._copy = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - close() closes it
        for chunk in self._source.chunks(LONGEST):
            self._copy.write(chunk)
        return self._copy

    def _open(self, file: BinaryIO) -> None:
        try:
            import openpyxl  # noqa: PLC0415 - heavy, and an extra
        except ImportError:
            problem = f"{self._source.name} is a workbook, and the reader of workbooks is not installed"
            remedy = "pip install 'screener[excel]', or save the sheet as CSV (UTF-8)"
            raise UsageError(Problem(problem, remedy)) from None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of what openpyxl leaves out: charts, validation, ...
                self._book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
                sheets = self._book.worksheets
                shown = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets
                sheet = shown[0]
                self._last: int = sheet.max_row or 0
                sheet.reset_dimensions()  # what a file says of its own size may be wrong, and rows would be lost
                self._rows = iter(sheet.iter_rows())
        except Exception:  # noqa: BLE001 - a hostile workbook makes openpyxl fail in any way
            self._damaged()
        if len(sheets) > 1:
            self._notes.append(
                f"the workbook has {len(sheets)} sheets: only the first, '{clean(sheet.title)}', is read"
            )

    def _read_header(self) -> None:
        while taken := self._take(1):
            if any(cell.strip() for cell in taken[0][1]):
                self.header = checked_header(taken[0][1], self._source.name)
                return
        problem = f"the file is empty: the first sheet of {self._source.name} has no header"
        raise InputError(Problem(problem, "put the table on the first sheet, with a header as its first row"))

    def _take(self, count: int) -> list[tuple[int, list[str]]]:
        """So many rows more and their numbers: their cells as text, to the last one that is filled."""
        taken = []
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for row in islice(self._rows, count):
                    self._number += 1
                    cells = [_text(cell) for cell in row]
                    while cells and not cells[-1].strip():
                        cells.pop()
                    taken.append((self._number, cells))
        except Exception:  # noqa: BLE001 - a hostile workbook makes openpyxl fail in any way
            self._damaged()
        if self._number > MOST_ROWS:
            raise InputError(Problem(f"{self._source.name} has more than {MOST_ROWS:,} rows", "save it as CSV (UTF-8)"))
        return taken

    def _damaged(self) -> NoReturn:
        row = f" after row {self._number}" if self._number else ""
        problem = f"{self._source.name} is damaged: its first sheet cannot be read{row}"
        raise InputError(
            Problem(problem, "open it in Excel and save it anew, or save the sheet as CSV (UTF-8)")
        ) from None


def _check(file: BinaryIO, name: str) -> None:
    """Refuse what is no workbook, or unpacks to too much. Raises InputError."""
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as packed:
            sizes = {part.filename.lower(): part.file_size for part in packed.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        problem = f"{name} is damaged: it begins as a zip file or workbook, and the rest is missing or wrong"
        raise InputError(Problem(problem, "copy or export the file again")) from None
    if "xl/workbook.xml" not in sizes:
        kind = "a binary workbook (.xlsb)" if "xl/workbook.bin" in sizes else "a zip file, and no Excel workbook"
        remedy = "save the sheet as .xlsx or CSV (UTF-8); if it is a packed CSV, unpack it"
        raise InputError(Problem(f"{name} is {kind}: it cannot be read as intake", remedy))
    shared = sum(size for part, size in sizes.items() if not part.startswith(("xl/worksheets/", "xl/media/")))
    if sum(sizes.values()) > MOST_BYTES or shared > MOST_SHARED:
        problem = f"{name} is refused: it would unpack to {sum(sizes.values()) >> 20:,} MiB"
        raise InputError(Problem(problem, "check where it comes from; save the sheet as CSV (UTF-8)"))


def _text(cell: Any) -> str:  # noqa: ANN401 - of openpyxl
    """A cell as one reads it in Excel, dates as ISO."""
    match cell.value:
        case None:
            return ""
        case str(text):
            return text
        case bool(truth):
            return "yes" if truth else "no"
        case int() | float() as number:
            return _number(number, cell.number_format)
        case datetime() as moment:
            return moment.date().isoformat() if moment.time() == time() else moment.isoformat(" ")
        case date() | time() as other:
            return other.isoformat()
        case other:
            return str(other)


def _number(number: float, form: str) -> str:
    """A number with the 15 digits that Excel has, as percent where it is shown so, and with its leading zeros."""
    shown = _QUOTED.sub("", form).partition(";")[0]
    percent = "%" in shown
    text = str(number) if isinstance(number, int) and not percent else _digits(number * 100 if percent else number)
    if shown and set(shown) == {"0"}:
        text = text.zfill(len(shown)) if text.isdigit() else text
    return f"{text} %" if percent else text


def _digits(number: float) -> str:
    text = f"{number:.15g}"
    return str(int(number)) if "e" in text and abs(number) < 10**16 and float(number).is_integer() else text
