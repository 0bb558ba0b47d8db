"""Intake files of every dress and every damage: no row is lost silently, and no message tells what a row holds."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import random
import re
import sys
import warnings
import zipfile
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.errors import InputError, NoInputError, UsageError
from screener.intake.open import Intake, Reject, open_intake
from screener.intake.pieces import LONGEST, pieces
from screener.intake.source import Source
from screener.intake.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIZES = (1, 7, 64, 8 << 20)
PAD = b" " * 5000  # before the header: what comes after it is beyond what is read at once whatever the size of blocks


class Read(NamedTuple):
    header: tuple[str, ...]
    rows: list[tuple[int, tuple[str, ...]]]
    rejects: list[tuple[int, str, str]]
    notes: tuple[str, ...] = ()
    records: tuple[str, ...] = ()  # of the rejects


def read(path: Path | None, size: int = 8 << 20) -> Read:
    with open_intake(path, size) as intake:
        return read_all(intake)


def read_bytes(data: bytes, size: int) -> Read:
    with Table(Source(io.BytesIO(data), "f", None, opened=True), size) as table:
        return read_all(table)


def read_all(intake: Intake) -> Read:
    rows: list[tuple[int, tuple[str, ...]]] = []
    rejects: list[Reject] = []
    last = 0.0
    for block in intake.blocks():
        assert block.cells.schema.names == [f"c{place}" for place in range(len(intake.header))]
        assert all(str(column.type) == "string" and not column.null_count for column in block.cells.columns)
        assert 0 <= last <= block.done <= 1
        last = block.done
        cells = zip(*(column.to_pylist() for column in block.cells.columns), strict=True)
        rows += zip(block.lines.tolist(), cells, strict=True)
        rejects += block.rejects
    reasons = [(reject.line, reject.column, reject.reason) for reject in rejects]
    return Read(intake.header, rows, reasons, intake.notes, tuple(reject.record for reject in rejects))


@pytest.fixture
def given_file(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / "intake"
        path.write_bytes(data)
        return path

    return write


def every_size(path: Path) -> Read:
    """What is read, the same whatever the size of blocks."""
    first = read(path)
    assert all(read(path, size) == first for size in SIZES)
    if re.match(rb"[a-z]+[\n\r,;|\t][^\0]", data := path.read_bytes()):
        path.write_bytes(PAD + data)
        assert all(read(path, size) == first for size in SIZES)
    return first


LINE_ENDS = pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])


@LINE_ENDS
def test_lines_end_in_three_ways(given_file: Callable[[bytes], Path], end: bytes) -> None:
    found = every_size(given_file(end.join([b"id,age", b"P1,61", b"P2,62", b"P3,63"])))
    assert found == Read(("id", "age"), [(2, ("P1", "61")), (3, ("P2", "62")), (4, ("P3", "63"))], [])


@LINE_ENDS
def test_a_quoted_cell_keeps_its_line_ends_and_the_next_row_its_line(
    given_file: Callable[[bytes], Path], end: bytes
) -> None:
    lines = [b'id,"a', b'note"', b'P1,"one', b'two ""2"""', b"P2,x", b'"P3","y', b"", b'z"', b""]
    cell = end.decode()
    assert every_size(given_file(end.join(lines))) == Read(
        ("id", f"a{cell}note"),
        [(3, ("P1", f'one{cell}two "2"')), (5, ("P2", "x")), (6, ("P3", f"y{cell}{cell}z"))],
        [],
    )


def test_a_lone_cr_ends_a_line_among_others(given_file: Callable[[bytes], Path]) -> None:
    found = every_size(given_file(b'id,age\nP1,61\rP2,62\r\nP3,"6\r3"\nP4,64\n'))
    assert found.rows == [(2, ("P1", "61")), (3, ("P2", "62")), (4, ("P3", "6\r3")), (6, ("P4", "64"))]


def test_a_quote_that_is_not_closed_costs_one_row(given_file: Callable[[bytes], Path]) -> None:
    rows = b"".join(b"P%d,6\n" % number for number in range(3, 300))
    found = every_size(given_file(b'id,age\nP1,61\nP2,"62\n' + rows))
    assert found.rejects == [(3, "", "a quote is opened and not closed in 100 lines or 1,048,576 bytes")]
    assert [line for line, _ in found.rows] == [2, *range(4, 301)]


def test_a_stray_quote_does_not_take_the_row_of_the_next_quote(given_file: Callable[[bytes], Path]) -> None:
    found = every_size(given_file(b'id,lab,age\nP1,"5,61\nP2,"5 g/dL, 2026",62\nP3,5,63\n'))
    assert found.rejects == [(2, "", "a quote is opened and not closed before another is opened")]
    assert found.rows == [(3, ("P2", "5 g/dL, 2026", "62")), (4, ("P3", "5", "63"))]


def test_a_joined_record_of_other_cells_says_how_many(given_file: Callable[[bytes], Path]) -> None:
    found = every_size(given_file(b'id,age\nP1,"6\n1",x\nP2,62\n'))
    reason = (
        "a quote is opened and not closed on its line; with the lines up to its end: 3 cells where the header has 2"
    )
    assert found.rejects == [(2, "", reason)]
    assert found.rows == [(3, ('1"', "x")), (4, ("P2", "62"))]


def test_a_quote_open_at_the_end_of_the_file(given_file: Callable[[bytes], Path]) -> None:
    for last in (b'P2,"62', b'P2,"62\n', b'"P2', b'P2,"', b'P2,6"2""'):
        found = every_size(given_file(b"id,age\nP1,61\n" + last))
        assert len(found.rows) + len(found.rejects) == 2
        assert found.rejects == [] if last.endswith(b'""') else found.rejects[0][0] == 3


def test_a_hundred_lines_make_a_record_and_one_more_do_not(given_file: Callable[[bytes], Path]) -> None:
    good = every_size(given_file(b'id,n\nP1,"' + b"\n" * 99 + b'"\nP2,2\n'))
    assert good.rows == [(2, ("P1", "\n" * 99)), (102, ("P2", "2"))]
    bad = every_size(given_file(b'id,n\nP1,"' + b"\n" * 100 + b'"\nP2,2\n'))
    assert [line for line, *_ in bad.rejects] == [2, 102]
    assert bad.rows == [(103, ("P2", "2"))]


def test_more_than_a_mebibyte_is_no_record(given_file: Callable[[bytes], Path]) -> None:
    path = given_file(b'id,n\nP1,"' + (b"x" * 20_000 + b"\n") * 60 + b'"\nP2,2\n')
    found = read(path)
    assert found == read(path, 1 << 16)
    assert [line for line, *_ in found.rejects] == list(range(2, 63))
    assert found.rows == [(63, ("P2", "2"))]


def test_rows_of_other_numbers_of_cells(given_file: Callable[[bytes], Path]) -> None:
    found = every_size(
        given_file(b'id,age,sex\nP1,61\nP2,62,f,x\nP3,63,m,, \nP4,64,f\nP5\n"P6",66,"m",""\nP7,67,f,,\n')
    )
    assert found.rejects == [
        (2, "", "2 cells where the header has 3"),
        (3, "", "4 cells where the header has 3"),
        (6, "", "1 cell where the header has 3"),
    ]
    assert found.rows == [
        (4, ("P3", "63", "m")),
        (5, ("P4", "64", "f")),
        (7, ("P6", "66", "m")),
        (8, ("P7", "67", "f")),
    ]


def test_a_few_ragged_rows_among_many(given_file: Callable[[bytes], Path]) -> None:
    lines = [b"P%d,6" % number for number in range(300)]
    lines[100], lines[200], lines[250], lines[-1] = b"P", b"P,6,7", b'P,6,""', b'P,"6'
    found = every_size(given_file(b"id,age\n" + b"\n".join(lines)))
    assert [(line, reason) for line, _, reason in found.rejects[:2]] == [
        (102, "1 cell where the header has 2"),
        (202, "3 cells where the header has 2"),
    ]
    assert found.rejects[2][0] == 301
    assert [line for line, _ in found.rows] == [line for line in range(2, 301) if line not in (102, 202)]


@pytest.mark.parametrize("blank", [b"", b",", b" , ", b",,,,", b'"",""', b"\t"])
def test_blank_lines_are_no_rows(given_file: Callable[[bytes], Path], blank: bytes) -> None:
    found = every_size(given_file(b"\n%b\nid,age\nP1,61\n%b\nP2,62\n%b" % (blank.replace(b'"', b""), blank, blank)))
    assert found == Read(("id", "age"), [(4, ("P1", "61")), (6, ("P2", "62"))], [])


def test_one_column(given_file: Callable[[bytes], Path]) -> None:
    found = every_size(given_file(b'patient_id\nP1\n\n  \n"P,2"\nP3,\nP4,x\n""\n"\n'))
    assert found.header == ("patient_id",)
    assert found.rows == [(2, ("P1",)), (5, ("P,2",)), (6, ("P3",))]
    assert [line for line, *_ in found.rejects] == [7, 9]


def test_cells_are_as_written(given_file: Callable[[bytes], Path]) -> None:
    found = every_size(given_file(b' id , "age" \n P1 ,NA\nnull,\n5" tall,"a"b"c\n'))
    assert found.header == ("id", '"age"')
    assert found.rows == [(2, (" P1 ", "NA")), (3, ("null", "")), (4, ('5" tall', 'ab"c'))]


@pytest.mark.parametrize(
    ("separator", "name"),
    [(b",", None), (b";", "a semicolon"), (b"\t", "a tab"), (b"|", "a vertical bar")],
)
def test_the_header_tells_the_separator(
    given_file: Callable[[bytes], Path], separator: bytes, name: str | None
) -> None:
    rows = [[b"id", b'"a, b; c|d\te,,,,;;;;||||"', b"age", b"x"], [b"P1", b"1,5", b'"6;1\t|"', b"y"]]
    if not name:
        rows[1][1] = b'"1,5"'
    found = every_size(given_file(b"\n".join(separator.join(row) for row in rows)))
    assert found.rows == [(2, ("P1", "1,5", "6;1\t|", "y"))]
    assert found.notes == ((f"columns are separated by {name}",) if name else ())


def test_excel_declares_the_separator(given_file: Callable[[bytes], Path]) -> None:
    found = every_size(given_file(b"sep=;\r\nid;a, b, c\r\nP1;2\r\n"))
    assert found == Read(("id", "a, b, c"), [(3, ("P1", "2"))], [], ("columns are separated by a semicolon",))


def test_a_line_too_long_is_dropped_and_the_next_is_read(given_file: Callable[[bytes], Path]) -> None:
    longest = b"x" * (LONGEST - 3)
    path = given_file(b'id,age\nP1,%b\nP2,%by\nP3,63\n"P4,%b\nP5,65\n' % (longest, longest, longest))
    reason = "the line is longer than 1,048,576 bytes"
    for size in (1 << 16, 300_001, 8 << 20):
        found = read(path, size)
        assert [line for line, _ in found.rows] == [2, 4, 6]
        assert found.rejects == [(3, "", reason), (5, "", reason)]


def test_a_long_line_ends_where_a_chunk_does() -> None:
    long = b"x" * (LONGEST + 9)
    found = list(pieces([b"a\n", long + b"\r", b"b\r", b"\n" + long + b"\r", b"\nc"]))
    assert b"".join(found).splitlines() == [b"a", long[: LONGEST + 1], b"b", long[: LONGEST + 1], b"c"]
    assert not any(piece.startswith(b"\n") for piece in found)


@pytest.mark.parametrize("end", [b"\n", b"\r"])
def test_a_line_of_100_mb_is_not_held(
    given_file: Callable[[bytes], Path], end: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = given_file(end.join([b"id,age", b"P1,61", b"x" * 100_000_000, b"P2,62"]))
    largest = 0
    clean = Table._clean  # noqa: SLF001

    def watched(table: Table, data: bytes) -> Any:
        nonlocal largest
        largest = max(largest, len(data))
        return clean(table, data)

    monkeypatch.setattr(Table, "_clean", watched)
    found = read(path, 1 << 20)
    assert [line for line, _ in found.rows] == [2, 4]
    assert [line for line, *_ in found.rejects] == [3]
    assert largest < 4 << 20


def test_a_nul_byte_rejects_its_row(given_file: Callable[[bytes], Path]) -> None:
    found = every_size(given_file(b'id,age\nP1,6\x001\nP2,62\nP3\x00\n"P4\n",\x00\nP5,65\n'))
    reason = "there is a NUL byte in it"
    assert found.rejects == [(2, "age", reason), (4, "", reason), (5, "age", reason)]
    assert [line for line, _ in found.rows] == [3, 7]


def test_utf8_with_a_mark(given_file: Callable[[bytes], Path]) -> None:
    found = every_size(given_file('\ufeffid,naïve\n\ufeffP1,é\n"P2",日本\n'.encode()))
    assert found == Read(("id", "naïve"), [(2, ("\ufeffP1", "é")), (3, ("P2", "日本"))], [])


def test_bad_bytes_reject_a_row_of_utf8(given_file: Callable[[bytes], Path]) -> None:
    found = every_size(given_file(b"id,name\nP1,\xc3\xa9\nP2,\xe9\nP\xed\xa0\x80,x\nP4,\xff,\nP5,ok\n"))
    reason = "this is not UTF-8"
    assert found.rejects == [(3, "name", reason), (4, "id", reason), (5, "", reason)]
    assert [line for line, _ in found.rows] == [2, 6]


def test_cp1252_is_recognized_late_in_the_file(given_file: Callable[[bytes], Path]) -> None:
    rows = b"".join(b"P%d,x\n" % number for number in range(1000))
    found = every_size(given_file(b"id,name\n" + rows + "Q1,Müller – “x” €\n".encode("cp1252") + b"Q2,\x81\nQ3,z\n"))
    assert found.rows[1000:] == [(1002, ("Q1", "Müller – “x” €")), (1004, ("Q3", "z"))]
    assert found.rejects == [(1003, "name", "this is not cp1252")]
    assert found.notes == ("read as cp1252",)


def test_cp1252_may_end_where_utf8_could_go_on(given_file: Callable[[bytes], Path]) -> None:
    assert every_size(given_file(b"id,name\nP1,caf\xe9")).rows == [(2, ("P1", "café"))]


@pytest.mark.parametrize("mark", [True, False])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16(given_file: Callable[[bytes], Path], encoding: str, *, mark: bool) -> None:
    text = "id\tname\r\nP1\té\r\nP2\t日本 𝄞\r\n"
    found = every_size(given_file((("\ufeff" if mark else "") + text).encode(encoding)))
    assert found.header == ("id", "name")
    assert found.rows == [(2, ("P1", "é")), (3, ("P2", "日本 𝄞"))]
    assert found.notes == ("read as UTF-16", "columns are separated by a tab")


def test_utf16_that_is_damaged(given_file: Callable[[bytes], Path]) -> None:
    data = "\ufeffid,name\nP1,a".encode("utf-16-le") + b"\x00\xd8" + "b\nP2,c\nP3,d".encode("utf-16-le") + b"x"
    found = every_size(given_file(data))
    assert found.rejects == [(2, "name", "this is not UTF-16"), (4, "name", "this is not UTF-16")]
    assert found.rows == [(3, ("P2", "c"))]


def test_gzip_is_unpacked(given_file: Callable[[bytes], Path]) -> None:
    parts = [b"id,age\nP1,61\n", b"P2,62\n"]
    assert every_size(given_file(b"".join(map(gzip.compress, parts)))).rows == [(2, ("P1", "61")), (3, ("P2", "62"))]


def test_gzip_cut_or_damaged_is_told(given_file: Callable[[bytes], Path]) -> None:
    chance = random.Random(1)  # noqa: S311
    rows = b"".join(b"P%d,%d\n" % (number, chance.getrandbits(60)) for number in range(5000))
    packed = gzip.compress(b"id,age\n" + rows)
    for size, cut in itertools.product((1 << 12, 8 << 20), (3, 12, 5000, len(packed) - 9, len(packed) - 1)):
        with pytest.raises(InputError, match="is cut off: the end of the gzip data is missing"):
            read(given_file(packed[:cut]), size)
    for damaged in (packed[:9000] + b"\0\1\2\3" * 50 + packed[9200:], packed[:-8] + b"12345678", packed + b"more"):
        with pytest.raises(InputError, match="is damaged: its gzip data cannot be unpacked"):
            read(given_file(damaged))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b"\n\r\n ,,\n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (gzip.compress(b"", mtime=0), "the file is empty"),
        (b"%PDF-1.7", "is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an old Excel workbook"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (gzip.compress(gzip.compress(b"id", mtime=0), mtime=0), "is packed twice"),
        (gzip.compress(b"PK\x03\x04", mtime=0), "inside gzip"),
        (b"PK\x03\x04 and so on", "is damaged"),
        (b"id,a\0b\n", "NUL bytes"),
        (b"id,\xc3\xa9,\xff\nP1,2,3\n", "header cannot be decoded"),
        (b'id,"age\nP1,61\n', "a quote is opened in the header"),
        (b",".join([b"x"] * 5001), "5,001 columns, more than 5,000"),
        (b"id," + b"x" * LONGEST, "the first line is longer than"),
    ],
)
def test_what_is_no_intake_is_refused(given_file: Callable[[bytes], Path], data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read(given_file(data))
    assert not isinstance(caught.value, NoInputError)
    assert all(problem.remedy for problem in caught.value.problems)


def test_five_thousand_columns(given_file: Callable[[bytes], Path]) -> None:
    found = read(given_file(b"\n".join(b",".join([cell] * 5000) for cell in (b"x", b"1", b"2"))))
    assert [(line, len(cells)) for line, cells in found.rows] == [(2, 5000), (3, 5000)]


@pytest.mark.parametrize("data", [b"id,age", b"id,age\n", b"id,age\r\n\r\n"])
def test_a_header_alone_has_no_rows(given_file: Callable[[bytes], Path], data: bytes) -> None:
    assert every_size(given_file(data)) == Read(("id", "age"), [], [])


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(NoInputError, match="no such file"):
        open_intake(tmp_path / "none.csv")
    with pytest.raises(NoInputError, match="is a directory"):
        open_intake(tmp_path)
    with pytest.raises(NoInputError, match="cannot be read"):
        open_intake(tmp_path / "a\0b")


def test_what_cannot_be_read_on(given_file: Callable[[bytes], Path]) -> None:
    path = given_file(b"id,age\n" + b"P1,61\n" * 100_000)
    with open_intake(path, 1 << 14) as intake:
        blocks = intake.blocks()
        next(blocks)
        path.write_bytes(b"")
        with pytest.raises(InputError, match="became shorter while it was read"):
            list(blocks)


def test_a_failing_drive_is_told() -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 5000:
                raise OSError(5, "Input/output error")
            return super().read(size)

    source = Source(Failing(b"id,age\n" + b"P1,61\n" * 2000), "f", None, opened=True)
    with Table(source, 1000) as table, pytest.raises(InputError, match="cannot be read on: Input/output error"):
        list(table.blocks())


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    given = io.BytesIO(b"id,age\nP1,61\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(given))
    with open_intake(None) as intake:
        (block,) = intake.blocks()
    assert (block.lines.tolist(), block.done) == ([2], 0.0)
    assert not given.closed


def test_a_file_is_closed_whatever_happens(given_file: Callable[[bytes], Path]) -> None:
    path = given_file(b"id,age\n" + b"P1,61\n" * 1000)
    with open_intake(path, 64) as intake:
        next(intake.blocks())
        source: Any = vars(intake)["_source"]
    assert source.file.closed


def test_a_record_is_cut(given_file: Callable[[bytes], Path]) -> None:
    with open_intake(given_file("id,age\né".encode() + "ü".encode() * 3000 + b"\r\n")) as intake:
        ((reject,),) = [block.rejects for block in intake.blocks()]
    assert reject.record == "é" + "ü" * 1999


# Workbooks


def workbook(path: Path, rows: list[list[Any]], more: Callable[[Any], None] | None = None) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if more:
        more(book)
    book.save(path)
    return path


def test_a_workbook_is_read_as_it_is_seen(tmp_path: Path) -> None:
    def dress(book: Any) -> None:
        sheet = book.active
        sheet["C2"].number_format = "0%"
        sheet["B3"].number_format = "00000"
        sheet["C3"].number_format = '0.0" %"'

    rows: list[list[Any]] = [
        [" id ", "a", "b", "c"],
        [1, 2.0, 0.57, True],
        [0.1 + 0.2, 42, 5.5, False],
        [date(2026, 11, 22), datetime(2026, 11, 22, 8, 30), time(9), datetime(2026, 11, 22)],  # noqa: DTZ001
        ["#N/A", "é", "x, y", None],
        [None, "", " "],
        ["P", 123456789012345, -1.5e-7],
        ["Q", None, None, None, "too many"],
    ]
    found = read(workbook(tmp_path / "f.xlsx", rows, dress))
    assert found.header == ("id", "a", "b", "c")
    assert found.rows == [
        (2, ("1", "2", "57 %", "yes")),
        (3, ("0.3", "00042", "5.5", "no")),
        (4, ("2026-11-22", "2026-11-22 08:30:00", "09:00:00", "2026-11-22")),
        (5, ("#N/A", "é", "x, y", "")),
        (7, ("P", "123456789012345", "-1.5e-07", "")),
    ]
    assert found.rejects == [(8, "", "5 cells where the header has 4")]
    assert found.notes == ()


def test_of_several_sheets_the_first_is_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", [["id"], ["P1"]], lambda book: book.create_sheet("other").append(["x"]))
    found = read(path)
    assert found.rows == [(2, ("P1",))]
    assert found.notes == ("the workbook has 2 sheets: only the first, 'Sheet', is read",)


def test_a_workbook_in_blocks_and_through_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "f.xlsx", [["id", "age"], *([f"P{number}", number] for number in range(2500))])
    whole = read(path)
    assert [line for line, _ in whole.rows] == list(range(2, 2502))
    assert read(path, 100).rows == whole.rows

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Pipe(path.read_bytes())))
    assert read(None) == whole


def rezipped(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, change(name, data))
    return path


def test_a_workbook_that_lies_about_its_size_and_caches_its_formulas(tmp_path: Path) -> None:
    def change(name: str, data: bytes) -> bytes:
        data = data.replace(b'<dimension ref="A1:B3" />', b'<dimension ref="A1" />')
        return data.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>") if "sheet1" in name else data

    path = workbook(tmp_path / "f.xlsx", [["id", "age"], ["P1", "=1+1"], ["P2", 3]])
    assert read(rezipped(path, change)).rows == [(2, ("P1", "2")), (3, ("P2", "3"))]


def test_gaps_between_rows_keep_their_numbers(tmp_path: Path) -> None:
    def more(book: Any) -> None:
        book.active["A9"] = "P9"

    assert read(workbook(tmp_path / "f.xlsx", [["id"], ["P1"]], more)).rows == [(2, ("P1",)), (9, ("P9",))]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"a.csv": b"id"}, "is a zip file, and no Excel workbook"),
        ({"xl/workbook.bin": b""}, "is a binary workbook"),
        ({"xl/workbook.xml": b"<x"}, "is damaged"),
        ({"xl/workbook.xml": b"", "xl/sharedStrings.xml": b"\0" * (257 << 20)}, "is refused: it would unpack to"),
    ],
)
def test_other_zip_files_are_refused(tmp_path: Path, parts: dict[str, bytes], message: str) -> None:
    path = tmp_path / "f.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    with pytest.raises(InputError, match=message):
        read(path)


def test_a_damaged_sheet_is_told(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", [["id"], ["P1"], ["P2"]])
    rezipped(path, lambda name, data: data[:-60] if "sheet1" in name else data)
    with pytest.raises(InputError, match="is damaged: its first sheet cannot be read"):
        read(path)


def test_an_empty_workbook(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the file is empty"):
        read(workbook(tmp_path / "f.xlsx", []))


def test_warnings_of_openpyxl_stay_inside(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", [["id", "day"], ["P1", 1e9]])

    def change(name: str, data: bytes) -> bytes:
        data = data.replace(b'<c r="B2" t="n">', b'<c r="B2" s="1" t="n">')
        style = b'<cellXfs count="2"><xf numFmtId="0" /><xf numFmtId="14" applyNumberFormat="1" /></cellXfs>'
        begin, end = data.find(b"<cellXfs"), data.find(b"</cellXfs>") + 10
        return data[:begin] + style + data[end:] if name.endswith("styles.xml") else data

    rezipped(path, change)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        found = read(path)
    assert seen == []
    assert found.rows == [(2, ("P1", "#VALUE!"))]


def test_without_openpyxl_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "f.xlsx", [["id"], ["P1"]])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(UsageError, match=r"pip install 'screener\[excel\]'"):
        read(path)


# Laws

CELLS = st.text(st.sampled_from('ab ",;|\t\n\ré日\ufeff'), max_size=4) | st.text(max_size=4)
TABLES = st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[CELLS] * width), max_size=12))


@given(TABLES, st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n", "\r"]), st.integers(1, 60), st.booleans())
def test_what_is_written_is_read(
    table: list[tuple[str, ...]],
    separator: str,
    end: str,
    size: int,
    all_quoted: bool,  # noqa: FBT001 - hypothesis gives it by place
) -> None:
    table = [tuple(cell.replace("\0", "").encode(errors="ignore").decode() for cell in row) for row in table]
    width = len(table[0]) if table else 1
    for_lines = any(mark in cell for row in table for cell in row for mark in "\r\n")  # else csv may leave a CR bare
    quoting: Literal[0, 1] = csv.QUOTE_ALL if all_quoted or for_lines else csv.QUOTE_MINIMAL
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting)
    header = [f"h{place}" for place in range(width)]
    expected, line = [], 2
    text.write(separator.join(header) + end)
    for row in table:
        begin = text.tell()
        writer.writerow(row)
        if any(cell.strip(" \t\n\v\f\r") for cell in row):
            expected.append((line, row))
        line += len(text.getvalue()[begin:].encode().splitlines())
    if width == 1 and any(mark in row[0] for row in table for mark in ",;|\t"):
        return  # the header of one column does not tell the separator, and these cells were written for another
    found = read_bytes(PAD + text.getvalue().encode(), size)
    assert (list(found.header), found.rows, found.rejects) == (header, expected, [])


LINE_END = re.compile("\r\n|\r|\n")
NOISE = st.sampled_from(
    [b'"', b",", b"\n", b"\r", b"\0", b"\xff", b"\xc3", b'"\n', b'",', b",,", b'""', b"\xe9,", b"x"]
)


@given(
    st.lists(st.sampled_from([b"P1,2,3", b'P2,"a, b",', b'"P3","x\ny",z', b"P4,\xc3\xa9,5", b",,"]), max_size=40),
    st.lists(st.tuples(st.integers(0, 400), NOISE), max_size=8),
    st.sampled_from([b"\n", b"\r\n", b"\r"]),
    st.integers(1, 40),
)
def test_noise_is_read_the_same_in_blocks_of_any_size(
    rows: list[bytes], noise: list[tuple[int, bytes]], end: bytes, size: int
) -> None:
    data = bytearray(end.join([*rows, b""]))
    for place, mark in noise:
        data[place:place] = mark
    whole, parts = (read_bytes(PAD + b"a,b,c\n" + bytes(data), chosen) for chosen in (1 << 20, size))
    assert whole == parts
    read_lines: list[int] = []
    rejected = [(line, (record,)) for (line, *_), record in zip(whole.rejects, whole.records, strict=True)]
    for line, cells in [*whole.rows, *rejected]:
        read_lines += range(line, line + 1 + sum(len(LINE_END.findall(cell)) for cell in cells))
    assert len(set(read_lines)) == len(read_lines)
    written = LINE_END.split(data.decode(errors="replace"))
    assert {line for line, text in enumerate(written, start=2) if text.strip(' ,\t"')} <= set(read_lines)


@given(st.sampled_from([b"", PAD, PAD + b"a,b\n"]), st.binary(max_size=60), st.integers(1, 20))
def test_any_bytes_are_read_or_refused(begin: bytes, data: bytes, size: int) -> None:
    def result(chosen: int) -> Read | str:
        try:
            return read_bytes(begin + data, chosen)
        except InputError as error:
            return str(error)

    assert result(1 << 20) == result(size)
