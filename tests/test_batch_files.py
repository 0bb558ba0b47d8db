"""Intake files as hospitals send them and as nobody should: what can be read is read, and what cannot is reported.

Every intake here goes through the command itself. Nothing may vanish: `screened` checks that the rows that came in are
those that were screened and those in the list of rejects.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.loads import measured
from screener.errors import CONTROL
from screener.intake.blocks import RECORD_SHOWN
from tests.program import COMMAND, SMALL_CRITERIA
from tests.test_batch import DAY, FITS, HEADER, Batch, batch, called, table

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE = "Xanthippe"  # stands wherever a patient's value would: no message may hold it
ROWS = f'José,{FITS}Zoë "Zo" M.,17,f,99,101 U/L,40,none,2026-11-01,2\n'
PLAIN = HEADER + ROWS.replace('Zoë "Zo" M.', '"Zoë ""Zo"" M."')


def screened(folder: Path, intake: str | bytes, rows: int, *words: object, code: int = 0, name: str = "i.csv") -> Batch:
    """Screen an intake of so many rows."""
    done = batch(folder, intake, *words, name=name)
    assert done.code == code, done.err
    assert len(done.lines) + len(done.rejects) == rows
    assert done.summary["rows"] == {"in": rows, "screened": len(done.lines), "rejected": len(done.rejects)}
    assert "Traceback" not in done.err
    return done


def refused(folder: Path, intake: str | bytes, *words: object, code: int = 65, name: str = "i.csv") -> str:
    """Screen an intake that cannot be used as a whole: a clear error on one screen, and no file."""
    done = batch(folder, intake, *words, name=name)
    assert done.code == code, done.err
    assert (done.results, done.raw["rejects"], done.raw["issues"], done.raw["summary"]) == (b"", b"", b"", b"")
    assert 0 < len(done.err.splitlines()) < 25
    assert done.err.startswith("Error: ")
    assert "Fix: " in done.err
    assert "Traceback" not in done.err
    assert PRIVATE not in done.err
    return done.err


def places(listed: list[dict[str, str]]) -> list[tuple[int, str]]:
    return [(int(item["line"]), item["column"]) for item in listed]


# ---------------------------------------------------------------- the same table in other dresses


def semicolons(text: str) -> str:
    rows = csv.reader(io.StringIO(text, newline=""))
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return out.getvalue()


DRESSES: dict[str, bytes] = {
    "a byte order mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "UTF-16 with its mark": PLAIN.encode("utf-16"),
    "UTF-16, big end first, no mark": PLAIN.encode("utf-16-be"),
    "UTF-16 as Excel's Unicode text": semicolons(PLAIN).replace(";", "\t").encode("utf-16"),
    "cp1252": PLAIN.encode("cp1252"),
    "semicolons, CRLF, cp1252": semicolons(PLAIN).encode("cp1252"),
    "CRLF": PLAIN.replace("\n", "\r\n").encode(),
    "CR of old Macs": PLAIN.replace("\n", "\r").encode(),
    "no line end at the end": PLAIN.rstrip("\n").encode(),
    "blank lines and lines of commas": PLAIN.replace("\n", "\n\n,,,,,,,,\n").encode(),
    "Excel's trailing commas": PLAIN.replace("\n", ",,\n").replace("toxicity_grade,,", "toxicity_grade").encode(),
    "bars": semicolons(PLAIN).replace(";", "|").encode(),
    "a line that names the separator": b"sep=;\r\n" + semicolons(PLAIN).encode(),
    "every cell in quotes": re.sub(r"(?m)^[^\"\n]+$", lambda m: '"' + m[0].replace(",", '","') + '"', PLAIN).encode(),
    "gzip": gzip.compress(PLAIN.encode()),
    "gzip in two members": gzip.compress(PLAIN[:60].encode()) + gzip.compress(PLAIN[60:].encode()),
    "blanks around cells": PLAIN.replace(",", " , ").replace('"Zoë', '"Zoë').encode(),
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    done = screened(tmp_path_factory.mktemp("plain"), PLAIN, 2)
    assert done.ids == ["José", 'Zoë "Zo" M.']
    assert [line["verdict"] for line in done.lines] == ["match", "no match"]
    return done.results


@pytest.mark.parametrize("name", DRESSES)
def test_another_dress_gives_the_same_results(tmp_path: Path, plain: bytes, name: str) -> None:
    done = screened(tmp_path, DRESSES[name], 2)
    assert done.results.decode() == plain.decode()
    assert (done.rejects, done.issues) == ([], [])


def test_standard_input_is_read_in_any_dress(plain: bytes) -> None:
    for name in ("UTF-16 with its mark", "gzip", "semicolons, CRLF, cp1252"):
        done = called("-", "--criteria", SMALL_CRITERIA, "--as-of", DAY, stdin=DRESSES[name])
        assert (done.code, done.out.decode()) == (0, plain.decode())


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("cp1252", "read as cp1252"),
        ("UTF-16 with its mark", "read as UTF-16"),
        ("bars", "columns are separated by a vertical bar"),
    ],
)
def test_a_person_is_told_how_an_odd_file_was_read(tmp_path: Path, name: str, says: str) -> None:
    assert f"Note: {says}" in screened(tmp_path, DRESSES[name], 2).err


def workbook(rows: list[list[Any]], folder: Path) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "made.xlsx")
    return (folder / "made.xlsx").read_bytes()


def test_a_workbook_with_its_own_numbers_and_dates(tmp_path: Path) -> None:
    header = HEADER.strip().split(",")
    rows: list[list[Any]] = [
        header,
        [10017, 61, "male", 180.0, 28, 40.5, "cisplatin:2026-01-05", datetime(2026, 11, 1), 1],  # noqa: DTZ001
        ["P-2", 61, "male", 99.9, "<0.1 U/L", 40, "none", 46327, 1],
        ["P-3", "old", None, None, None, None, None, date(2026, 1, 1), "#N/A"],
        [None] * 9,
        ["=1+1", 61],
        ["P-2", 61],
    ]
    done = screened(tmp_path, workbook(rows, tmp_path), 5, name="i.xlsx")
    lines = {line["patient_id"]: line for line in done.lines}
    assert set(lines) == {"10017", "P-2", "P-3"}  # the formula has no value that was ever counted
    assert [lines[name]["not_met_ids"] for name in ("10017", "P-2")] == ["EXC-1", "INC-4 EXC-1"]
    assert (4, "age") in places(done.issues)
    assert places(done.rejects) == [(6, "patient_id"), (7, "patient_id")]


@pytest.mark.parametrize("name", ["i.xlsx", "i.csv"])  # what it is counts, not what it is called
def test_a_workbook_that_is_cut_is_refused(tmp_path: Path, name: str) -> None:
    whole = workbook([HEADER.strip().split(","), ["P-1", 61]], tmp_path)
    assert "is damaged" in refused(tmp_path, whole[: len(whole) // 2], name=name)


# ---------------------------------------------------------------- headers


def test_aliases_units_and_order_of_columns(tmp_path: Path) -> None:
    intake = "Toxicity Grade,PLT [10^9/L],  MRN ,AGE\n1,180,P-1,61\n3,99,P-2,61\n"
    done = screened(tmp_path, intake, 2)
    assert [line["not_met_ids"] for line in done.lines] == ["", "INC-2 INC-4"]
    assert "not understood" not in done.err


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("patient_id,age,sex,Age", ["`age` and `Age` (columns 2 and 4)", "mean the same"]),
        ("patient_id,platelets,PLT (K/uL)", ["columns 2 and 3", "platelets"]),
        ("patient_id,patient_id,age", ["columns 1 and 2"]),
        ("age,sex", ["no column is the patient's id", "patient_id"]),
        ("mrn,subject,age", ["columns 1 and 2", "may each be the patient's id"]),
        ("patient_id,platelets (mg/dL)", ["column 2", "does not come in the unit", "K/uL"]),
        ("name,birthday", ["no column is called as a fact is", "screener template csv"]),
        (f"{PRIVATE},61,male", ["no column is called as a fact is"]),  # a file without a header
    ],
)
def test_a_header_that_cannot_be_used_is_refused(tmp_path: Path, header: str, says: list[str]) -> None:
    error = refused(tmp_path, f"{header}\n{PRIVATE}{',1' * header.count(',')}\n")
    assert all(words in error for words in says), error


def test_headers_that_are_not_understood_are_named_with_the_nearest_known_and_the_others_are_read(
    tmp_path: Path,
) -> None:
    intake = f"{HEADER.strip()},platelts,Name of \x1b[31mpatient\n" + f"P-1,{FITS.strip()},1,{PRIVATE}\n"
    done = screened(tmp_path, intake, 1)
    assert [line["verdict"] for line in done.lines] == ["match"]
    assert "column `platelts`" in done.err
    assert "did you mean `platelets`?" in done.err
    assert "Name of" in done.err
    assert PRIVATE not in done.err
    assert not CONTROL.search(done.err)


def test_a_limit_whose_value_has_no_column_is_named(tmp_path: Path) -> None:
    """`ast_uln` alone says nothing: whoever misspelled the header of the value must be told."""
    done = screened(tmp_path, "patient_id,age,ast_uln\nP-1,61,40\n", 1)
    assert "`ast_uln`" in done.err


def test_a_column_without_a_header_is_told_of_in_words(tmp_path: Path) -> None:
    done = screened(tmp_path, "patient_id,age,,sex\nP-1,61,1,male\n", 1)
    assert "column 3 has no header" in done.err
    assert "``" not in done.err


@pytest.mark.parametrize(
    ("mapping", "code", "says"),
    [
        ("Lab 7: platelets (K/uL)\nAlter: age\nFall: patient_id\nWer: ignore\n", 0, []),
        ("Lab 8: platelets\nFall: patient_id\n", 65, ["Lab 8", "did you mean `Lab 7`?"]),
        ("Lab 7: platelts\nFall: patient_id\n", 65, ["platelts", "did you mean `platelets`?"]),
        ("Fall: patient_id\nAlter: age\nLab 7: age\n", 65, ["mean the same"]),
        ("- a list\n", 65, ["mapping"]),
        ("Lab 7: a\nLab 7: b\n", 65, ["stands here twice"]),
    ],
)
def test_a_map_names_foreign_headers(tmp_path: Path, mapping: str, code: int, says: list[str]) -> None:
    (tmp_path / "map.yaml").write_text(mapping, encoding="utf-8")
    intake = f"Fall,Alter,Lab 7,Wer\nP-1,17,99,{PRIVATE}\n"
    if code:
        error = refused(tmp_path, intake, "--map", tmp_path / "map.yaml", code=code)
        assert all(words in error for words in says), error
    else:
        done = screened(tmp_path, intake, 1, "--map", tmp_path / "map.yaml", "--strict")
        assert [line["not_met_ids"] for line in done.lines] == ["INC-1 INC-4"]
        assert "not understood" not in done.err


def test_five_hundred_columns(tmp_path: Path) -> None:
    more = [*(f"lab {number}" for number in range(499)), "platelts"]
    intake = f"{HEADER.strip()},{','.join(more)}\nP-1,{FITS.strip()}{',1' * 500}\nP-2,{FITS.strip()}{',1' * 499}\n"
    done = screened(tmp_path, intake, 2)
    assert done.ids == ["P-1"]
    assert places(done.rejects) == [(3, "")]
    notes = [line for line in done.err.splitlines() if line.startswith("Note: ")]
    assert notes[0] == "Note: column `platelts` is not understood and not used. did you mean `platelets`?"
    assert len(notes) == 41
    assert notes[-1] == "Note: 460 more columns are not used; --strict names them all."


# ---------------------------------------------------------------- whole files that cannot be used


@pytest.mark.parametrize(
    ("intake", "says"),
    [
        (b"", "the file is empty"),
        (b"\n\r\n  \n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (gzip.compress(b"", mtime=0), "the file is empty"),
        (gzip.compress(PLAIN.encode(), mtime=0)[:-9], "is cut off"),
        (gzip.compress((PLAIN + "x" * 99_999).encode(), mtime=0)[:90], "is cut off"),
        (gzip.compress(PLAIN.encode(), mtime=0)[:30] + b"?" * 99, "is damaged"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), ".xls"),
        (b"<html><body>Please log in", "web page"),
        (b"PK\x03\x04" + bytes(100), "damaged"),
        (b"\x00\x01\x02" * 400, "NUL"),
        (b'"patient_id,age\n' + b"P-1,61\n" * 200, "quote"),
        (b"a" * (2 << 20), "longer"),
        (b"x," * 6000 + b"\n", "columns"),
    ],
)
def test_a_file_that_is_no_intake_is_refused(tmp_path: Path, intake: bytes, says: str) -> None:
    assert says in refused(tmp_path, intake)


def test_a_cut_gzip_gives_no_result_however_much_of_it_could_be_read(tmp_path: Path) -> None:
    """A million rows of which the last are missing look like a whole file, were they written."""
    lines = "".join(f"P-{number},{FITS}" for number in range(40_000))
    packed = gzip.compress((HEADER + lines).encode(), 1)
    assert "is cut off" in refused(tmp_path, packed[: len(packed) - 40])


# ---------------------------------------------------------------- rows that cannot be read


def test_rows_with_other_cells_than_the_header_are_rejected_and_none_is_shifted(tmp_path: Path) -> None:
    intake = f"{HEADER}P-1,{FITS}P-2,61\nP-3,{FITS.strip()},surplus\n\nP-4,{FITS}{PRIVATE}\n"
    done = screened(tmp_path, intake, 5)
    assert done.ids == ["P-1", "P-4"]
    assert [line["verdict"] for line in done.lines] == ["match", "match"]
    assert [(item["line"], item["reason"]) for item in done.rejects] == [
        ("3", "2 cells where the header has 9"),
        ("4", "10 cells where the header has 9"),
        ("7", "1 cell where the header has 9"),
    ]
    assert [item["row"] for item in done.rejects] == ["P-2,61", f"P-3,{FITS.strip()},surplus", PRIVATE]
    assert PRIVATE not in done.err


def test_line_ends_in_quotes_belong_to_the_cell_and_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    cells = '61,male,180,28 U/L,40 U/L,"cisplatin:2026-01-05;\r\nnivolumab:2026-01-01",never,1\n'
    intake = f'{HEADER}P-1,{cells}P-2,{FITS.replace("61", PRIVATE)}"P\n3",{FITS}P-4\n'
    done = screened(tmp_path, intake, 4)
    assert done.ids == ["P-1", "P-2"]
    assert done.lines[0]["verdict"] == "match"
    assert places(done.issues) == [(4, "age")]
    assert places(done.rejects) == [(5, "patient_id"), (7, "")]


def test_a_quote_that_is_never_closed_takes_no_other_row_with_it(tmp_path: Path) -> None:
    after = "".join(f"P-{number},{FITS}" for number in range(2, 300))
    done = screened(tmp_path, f'{HEADER}P-1,"{FITS}{after}', 299)
    assert places(done.rejects) == [(2, "")]
    assert "quote" in done.rejects[0]["reason"]


def test_bytes_that_are_no_text_reject_their_row_alone(tmp_path: Path) -> None:
    rows = [f"Jos\u00e9,{FITS}".encode(), f"P-2,{FITS}".encode() + b"P-\xff3," + FITS.encode(), f"P-4,{FITS}".encode()]
    done = screened(tmp_path, HEADER.encode() + b"".join(rows) + b"P-5\x00," + FITS.encode(), 5)
    assert done.ids == ["José", "P-2", "P-4"]
    assert [(item["line"], item["column"], item["reason"]) for item in done.rejects] == [
        ("4", "patient_id", "this is not UTF-8"),
        ("6", "patient_id", "there is a NUL byte in it"),
    ]


def test_the_account_names_reasons_in_words_that_can_be_understood(tmp_path: Path) -> None:
    done = screened(tmp_path, HEADER.encode() + f"é1,{FITS}".encode() + b"P-\xff3," + FITS.encode(), 2)
    assert done.summary["rejected"] == {"this is not UTF-8": 1}
    done = screened(tmp_path, f'{HEADER}P-1,{FITS}P-2,"{FITS}', 2)
    assert "…,…" not in " ".join(done.summary["rejected"])


def test_a_line_of_100_megabytes_is_rejected_without_being_held(tmp_path: Path) -> None:
    with (tmp_path / "i.csv").open("wb") as file:
        file.write(f"{HEADER}P-1,{FITS}".encode())
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(f"\nP-3,{FITS}".encode())
    places = [tmp_path / "i.csv", "--rejects", tmp_path / "r.csv", "-o", tmp_path / "o.csv", "--as-of", DAY]
    run = measured([*COMMAND, "--criteria", str(SMALL_CRITERIA), "batch", *map(str, places)])
    assert run.peak < 700_000_000  # bytes; the program itself takes about 200 million
    assert [row["patient_id"] for row in table((tmp_path / "o.csv").read_bytes())] == ["P-1", "P-3"]
    [reject] = table((tmp_path / "r.csv").read_bytes())
    assert (reject["line"], len(reject["row"])) == ("3", RECORD_SHOWN)
    assert "longer" in reject["reason"]


def test_an_id_counts_once_and_the_first_row_stands(tmp_path: Path) -> None:
    old = FITS.replace("61", "17")
    done = screened(tmp_path, f"{HEADER}P-1,{FITS} P-1 ,{old},{FITS}  ,{FITS}p-1,{FITS}P-1,{old}", 6)
    assert done.ids == ["P-1", "p-1"]
    assert done.lines[0]["verdict"] == "match"
    assert [(item["line"], item["reason"]) for item in done.rejects] == [
        ("3", "the id stands already in line 2"),
        ("4", "the row has no id"),
        ("5", "the row has no id"),
        ("7", "the id stands already in line 2"),
    ]
    assert {item["column"] for item in done.rejects} == {"patient_id"}


def test_a_row_that_was_rejected_does_not_claim_its_id(tmp_path: Path) -> None:
    header = HEADER.strip() + ",as_of\n"
    done = screened(tmp_path, f"{header}P-1,{FITS.strip()},soon\nP-1,{FITS.strip()},2026-11-22\n", 2)
    assert done.ids == ["P-1"]
    assert places(done.rejects) == [(2, "as_of")]


def test_a_duplicate_far_away_is_found(tmp_path: Path) -> None:
    """The file is read in blocks: 12 MB here."""
    rows = "".join(f"P-{number},{number % 90},{'x' * 480}\n" for number in range(25_000))
    done = screened(tmp_path, f"patient_id,age,comment\n{rows}P-7,61,\nP-24999,61,\n", 25_002)
    assert [(item["line"], item["reason"]) for item in done.rejects] == [
        ("25002", "the id stands already in line 9"),
        ("25003", "the id stands already in line 25001"),
    ]


# ---------------------------------------------------------------- cells

READ = {  # (column, cell): which criteria are not met then
    ("platelets (K/uL)", "99,9"): "INC-4",
    ("platelets (K/uL)", "100,1"): "",
    ("platelets (K/uL)", "<0.1"): "INC-4",
    ("platelets (K/uL)", "99 10^9/L"): "INC-4",
    ("platelets (K/uL)", "99,000 /uL"): "INC-4",
    ("platelets (K/uL)", "180000 /uL"): "",
    ("platelets (K/uL)", " 99 "): "INC-4",
    ("ast", "100.1"): "INC-5",
    ("platelets (K/uL)", "1,200 /uL"): "INC-4",
    ("ast", "120 U/L, ULN 50"): "",
    ("ast_uln", "11"): "INC-5",
    ("age", "17 years"): "INC-1",
    ("age", "61.0"): "",
    ("sex", " F "): "",
    ("toxicity_grade", "2"): "INC-2",
    ("last_live_vaccine", "2026-11-01"): "EXC-1",
    ("last_live_vaccine", "2026-11-01 00:00:00"): "EXC-1",
    ("last_live_vaccine", "11/20/2026"): "EXC-1",
    ("last_live_vaccine", "20/11/2026"): "EXC-1",
    ("last_live_vaccine", "20.11.2026"): "EXC-1",
    ("last_live_vaccine", "20-Nov-2026"): "EXC-1",
    ("last_live_vaccine", "Nov 2026"): "EXC-1",
    ("last_live_vaccine", "20261120"): "EXC-1",
    ("last_live_vaccine", "46327"): "EXC-1",  # 2026-11-01, as Excel keeps it
    ("last_live_vaccine", "46327.5"): "EXC-1",
    ("last_live_vaccine", "3 weeks ago"): "EXC-1",
    ("last_live_vaccine", "2020"): "",
    ("prior_therapies", "nivolumab: 2026-11-01; cisplatin"): "INC-3",
    ("prior_therapies", "NONE"): "",
}
MISSING = ["", " ", "pending", "Result pending", "unknown", "not done", "not known", "declined"]
UNREAD = {  # (column, cell): the reason begins so
    ("platelets (K/uL)", "N/A"): "this may mean that it does not apply",
    ("platelets (K/uL)", "99 mg/dL"): "Platelet count does not come in this unit",
    ("platelets (K/uL)", "many"): "this is not a number",
    ("platelets (K/uL)", "99 99"): "this is not a number",
    ("platelets (K/uL)", "5000"): "Platelet count lies outside the plausible range",
    ("platelets (K/uL)", "=99"): None,  # an equals sign before a number says what it says
    ("platelets (K/uL)", "9" * 301): "",
    ("ast", "28 U/L, ULN none"): "",
    ("ast", "1,200"): "AST: several readings are plausible",
    ("age", "1e3"): "",
    ("age", "-5"): "",
    ("sex", "m?"): None,  # marks do not matter to words
    ("sex", PRIVATE): "this is no answer to Sex",
    ("toxicity_grade", "9"): "Worst side effect lies outside the scale",
    ("last_live_vaccine", "03/04/2026"): "day and month cannot be told apart",
    ("last_live_vaccine", "2026-02-30"): "there is no such day in the calendar",
    ("last_live_vaccine", "22.11.26"): "the year is not written with four digits",
    ("last_live_vaccine", "99999"): "this is not a date",
    ("last_live_vaccine", "2027-01-01"): "Last live vaccine lies in the future",
    ("prior_therapies", f"{PRIVATE}:soon"): "this is not a date",
    ("prior_therapies", "cisplatin:2030-01-01"): "the last dose lies in the future",
    ("prior_therapies", "N/A"): "this may mean",
    ("prior_therapies", ";"): "no treatment is named",
}


def with_cells(cells: list[tuple[str, str]]) -> str:
    """One row for each cell, otherwise as the trial wants it."""
    header = HEADER.strip().split(",")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for number, (column, cell) in enumerate(cells, start=2):
        row = [f"P-{number}", *FITS.strip().split(",")]
        row[header.index(column)] = cell
        writer.writerow(row)
    return out.getvalue()


def test_cells_as_laboratories_and_spreadsheets_write_them_are_read(tmp_path: Path) -> None:
    done = screened(tmp_path, with_cells(list(READ)), len(READ))
    assert done.issues == []
    found = {key: line["not_met_ids"] for key, line in zip(READ, done.lines, strict=True)}
    assert found == READ
    unknown = {key: line["unknown_ids"] for key, line in zip(READ, done.lines, strict=True) if line["unknown_ids"]}
    assert unknown == {("sex", " F "): "EXC-2"}  # a woman is asked whether she is pregnant


def test_words_for_not_known_are_no_issue(tmp_path: Path) -> None:
    done = screened(tmp_path, with_cells([("platelets (K/uL)", word) for word in MISSING]), len(MISSING))
    assert [line["unknown_ids"] for line in done.lines] == ["INC-4"] * len(MISSING)
    assert done.issues == []


def test_cells_that_cannot_be_read_are_unknown_and_listed_with_line_column_and_reason(tmp_path: Path) -> None:
    cells = [key for key, reason in UNREAD.items() if reason is not None]
    done = screened(tmp_path, with_cells(cells), len(cells))
    assert places(done.issues) == [(line, column) for line, (column, _) in enumerate(cells, start=2)]
    for issue, key, line in zip(done.issues, cells, done.lines, strict=True):
        assert issue["patient_id"] == line["patient_id"]
        assert issue["reason"].startswith(UNREAD[key] or "")
        assert issue["reason"]
        assert issue["remedy"]
        assert line["unknown_ids"], key
        assert key[1] not in issue["reason"] + issue["remedy"] or len(key[1]) < 3
    assert PRIVATE not in done.err + json.dumps(done.issues)
    assert done.summary["issues"]["cells"] == len(cells)


def test_a_limit_that_cannot_be_read_is_blamed_on_its_own_column(tmp_path: Path) -> None:
    header = HEADER.replace("ast_uln", "ast_uln,ast_date")
    row = "P-{},61,male,180,28 U/L,{},{},none,never,1\n"
    done = screened(tmp_path, header + row.format(1, "high", "2026-11-01") + row.format(2, "40", "03/04/2026"), 2)
    assert [line["unknown_ids"] for line in done.lines] == ["INC-5", "INC-5"]
    assert places(done.issues) == [(2, "ast_uln"), (3, "ast_date")]


@pytest.mark.parametrize(
    ("text", "day"), [("2026-11-01", True), ("46327", True), ("11/20/2026", True), ("11/2026", False), ("soon", False)]
)
def test_the_day_of_screening_of_a_row_is_read_as_other_dates_are(tmp_path: Path, text: str, *, day: bool) -> None:
    intake = f"{HEADER.strip()},as_of\nP-1,{FITS.strip()},{text}\n"
    path = tmp_path / "i.csv"
    path.write_text(intake, encoding="utf-8")
    done = called(path, "--criteria", SMALL_CRITERIA, "--rejects", tmp_path / "r.csv")
    assert done.code == 0
    assert len(done.out.splitlines()) == (2 if day else 1)
    assert (",as_of,the day of screening" in (tmp_path / "r.csv").read_text(encoding="utf-8")) is not day


# ---------------------------------------------------------------- hostile cells

FORMULAS = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", '=HYPERLINK("http://a.b","x")']
ODD_IDS = [
    *("__proto__", "constructor", "null", "NaN", "1e5", "007", "1.0", "TRUE", "x" * 200, "a,b", 'say "hi"', "it's"),
    *("back\\slash", "\\N", "a;b", "a|b", "{{7*7}}", "${x}", "%s%n", "<script>alert(1)</script>", "' OR 1=1 --", "é"),
    *("e\u0301", "\U0001f600", "山田", "a\u00a0b", "#REF!", "'quoted", "[bold]x[/bold]", "../../etc/passwd"),
]
BAD_IDS = {
    "a\tb": "control",
    "a\x1fb": "control",
    "\x1b[31mred": "control",
    "\u202eevil": "control",
    "a\u200bb": "control",
    "a\x85b": "control",
    "a\nb": "control",
    "x" * 201: "too long",
    "": "no id",
}


def with_ids(names: list[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(
        [HEADER.strip().split(","), *([name, *FITS.strip().split(",")] for name in names)]
    )
    return out.getvalue()


def test_ids_come_back_as_they_were_in_every_format(tmp_path: Path) -> None:
    intake = with_ids(ODD_IDS)
    assert screened(tmp_path, intake, len(ODD_IDS)).ids == ODD_IDS
    lines = batch(tmp_path, intake, form="jsonl").results.decode().split("\n")[:-1]
    assert [json.loads(line)["patient_id"] for line in lines] == ODD_IDS
    found = pq.read_table(pa.BufferReader(batch(tmp_path, intake, form="parquet").results))
    assert found.column("patient_id").to_pylist() == ODD_IDS


def test_what_a_spreadsheet_would_run_is_neutralized_in_every_csv(tmp_path: Path) -> None:
    """In results, rejects and issues; programs that read JSON or parquet get the id itself."""
    bad = with_ids(FORMULAS).replace(",61,", ",old,")
    done = screened(tmp_path, bad + "".join(f"{formula}\n" for formula in FORMULAS), 2 * len(FORMULAS))
    assert done.ids == [f"'{formula}" for formula in FORMULAS]
    assert [issue["patient_id"] for issue in done.issues] == done.ids
    for content in (done.results, done.raw["rejects"], done.raw["issues"]):
        cells = [cell for row in csv.reader(io.StringIO(content.decode(), newline="")) for cell in row]
        assert [cell for cell in cells if cell[:1] in set("=+-@\t\r")] == []
    lines = batch(tmp_path, bad, form="jsonl").results.decode().splitlines()
    assert [json.loads(line)["patient_id"] for line in lines] == FORMULAS


def test_a_formula_as_a_header_is_neutralized_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text('"=age": age\n"@who": patient_id\n', encoding="utf-8")
    done = screened(tmp_path, "@who,=age\nP-1,old\nP-1,61\n", 2, "--map", tmp_path / "map.yaml")
    assert places(done.issues) == [(2, "'=age")]
    assert places(done.rejects) == [(3, "'@who")]


def test_ids_that_differ_stay_different_when_they_are_neutralized(tmp_path: Path) -> None:
    done = screened(tmp_path, with_ids(["=1", "'=1"]), 2)
    assert len(done.ids) == 2


def test_ids_that_could_deceive_are_rejected(tmp_path: Path) -> None:
    done = screened(tmp_path, with_ids(["P-1", *BAD_IDS]), len(BAD_IDS) + 1)
    assert done.ids == ["P-1"]
    for reject, reason in zip(done.rejects, BAD_IDS.values(), strict=True):
        assert reason in reject["reason"]
        assert reject["column"] == "patient_id"
    for content in (done.raw["rejects"], done.results):
        assert not CONTROL.search(content.decode().replace("\t", ""))


def test_a_separator_from_inside_the_program_cannot_shift_cells(tmp_path: Path) -> None:
    """1F stands between texts that are read together."""
    first = "P-1,61,male,180,28 U/L\x1f40 U/L,,none,never,1\n"
    second = "P-2,61,male\x1f,180\x1f,28,40\x1f41,a\x1fb:2026-01-05\x1f,never\x1f,1\n"
    intake = HEADER + first + second
    done = screened(tmp_path, intake, 2)
    assert [("INC-5" in line["unknown_ids"]) for line in done.lines] == [True, True]
    assert (2, "ast") in places(done.issues)
    assert not CONTROL.search(done.results.decode() + done.raw["issues"].decode())


def test_no_escape_sequence_of_a_header_or_a_file_name_reaches_the_terminal(tmp_path: Path) -> None:
    header = HEADER.replace("\n", ",\x1b]0;owned\x07,\u202enote\n")
    intake = f"{header}P-1,{FITS.strip()},1,2\n{PRIVATE}\n"
    done = screened(tmp_path, intake, 2, name="\x1b[31mred\u202e.csv")
    assert not CONTROL.search(done.err)
    error = refused(tmp_path, f"{header.replace('sex', 'age')}{PRIVATE}\n", name="\x1b[31mred\u202e.csv")
    assert not CONTROL.search(error)
    for words in (("\x1b[31mnowhere.csv",), (tmp_path / "i.csv", "-o", "\x1b[31mnowhere/x")):
        (tmp_path / "i.csv").write_text(HEADER, encoding="utf-8")
        missing = called(*words, "--criteria", SMALL_CRITERIA)
        assert missing.code == 66
        assert not CONTROL.search(missing.err)
