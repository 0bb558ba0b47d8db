"""Intake CSVs of invented patients: readable, the same for the same seed, and with just the faults that are listed."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.make_intake import CELL_FAULTS, COLUMNS, DAY, ROW_SHARES, SHIFT, Fault, Order, main, most_read, write
from screener.catalog import criteria_folder, load_catalog
from screener.errors import BadAnswer
from screener.model import FactType, Number, Treatments
from screener.patient import MISSING_WORDS, read_answer, split_result
from screener.patient.treatments import read_treatments

if TYPE_CHECKING:
    from screener.catalog import Catalog
    from screener.model import Dictionary, Fact, Value

ROOT = Path(__file__).parent.parent
WORDS = MISSING_WORDS.keys() - {"not_asked"}
READ_AS_MEANT = {Fault.DECIMAL_COMMA, Fault.BELOW_LIMIT, Fault.THOUSANDS_COMMA}
SHAPES = {
    Fault.DECIMAL_COMMA: r"\d+,\d{1,2}( [^,]+)?(, .+)?",
    Fault.BELOW_LIMIT: r"<0\.1( [^,]+)?(, .+)?",
    Fault.THOUSANDS_COMMA: r"\d{1,3}(,\d{3})+( /uL)?(, .+)?",
    Fault.NOT_APPLICABLE: r"N/A",
    Fault.AMBIGUOUS_DATE: r"(0\d|1[012])/(0\d|1[012])/2026",
    Fault.UNKNOWN_UNIT: r"\d+(\.\d+)? (mEq/L|pmol/L|ppm)(, .+)?",
    Fault.WRONG_UNIT: r"(\d\d|1[0-3]\d) g/dL(, .+)?",
}


@cache
def whole() -> Catalog:
    return load_catalog(criteria_folder())


def ordered(rows: int, columns: int = COLUMNS) -> Order:
    """A small order: only forty people are invented, so that most rows are people dressed anew."""
    return Order(rows, most_read(whole(), columns), people=40, chunk=20)


def made(order: Order, processes: int = 1) -> tuple[bytes, bytes]:
    out, faults = io.BytesIO(), io.BytesIO()
    assert write(order, out, faults, processes) == len(out.getvalue())
    return out.getvalue(), faults.getvalue()


def lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))


@cache
def dirty() -> tuple[list[list[str]], list[list[str]], list[list[str]]]:
    """Four thousand rows without their header: clean, dirty, and the faults."""
    order = ordered(4000)
    spoiled, faults = made(replace(order, dirty=True), 2)
    return lines(made(order, 2)[0])[1:], lines(spoiled)[1:], lines(faults)


def read(fact: Fact, cell: str, dictionary: Dictionary) -> Value:
    if fact.type is FactType.THERAPIES:
        return read_treatments(cell, dictionary, DAY)
    parts = split_result(cell) if fact.type is FactType.QUANTITY else {"value": cell}
    return read_answer(fact, parts["value"], dictionary, DAY, parts)


@pytest.mark.parametrize("people", [300, 100])  # as invented, and two of three dressed anew
def test_every_cell_is_read(people: int, dictionary: Dictionary) -> None:
    order = replace(ordered(300, len(dictionary.facts)), people=people)
    header, *rows = lines(made(order)[0])
    known = dict.fromkeys(header[1:], 0)
    for row in rows:
        for name, cell in zip(header[1:], row[1:], strict=True):
            if cell and cell not in WORDS:
                value = read(dictionary.facts[name], cell, dictionary)
                known[name] += 1
                if isinstance(value, Number) and ", 20" in cell:
                    assert value.tested
                    assert bool(value.uln) == ("ULN" in cell) == dictionary.facts[name].has_limits
                if isinstance(value, Treatments):
                    assert len(value.items) == (0 if cell == "none" else cell.count(":"))
    never = {name for name, count in known.items() if not count}
    assert {"enrollment", "leukapheresis", "lymphodepletion", "infusion"} <= never
    assert len(never) < 12
    assert {cell for row in rows for cell in row} > {"", *WORDS}


def test_no_answer_is_taken_for_a_missing_one() -> None:
    assert not any(WORDS & {choice.id for choice in fact.choices} for fact in whole().dictionary.facts.values())


@pytest.mark.parametrize(("rows", "columns"), [(0, 60), (1, 1), (20, 7), (41, 60), (45, 161)])
def test_rows_and_columns_are_those_asked_for(rows: int, columns: int) -> None:
    facts = list(whole().dictionary.facts)
    header, *body = lines(made(ordered(rows, columns))[0])
    assert header[0] == "patient_id"
    assert len(header) == columns + 1
    assert sorted(header[1:], key=facts.index) == header[1:]
    assert [line[0] for line in body] == [f"P-{row:07}" for row in range(1, rows + 1)]
    assert {len(line) for line in body} <= {columns + 1}


def test_the_columns_are_what_most_open_trials_read() -> None:
    trials = [trial for trial in whole().open_trials().trials if not trial.is_profile]
    readers = {fact: sum(fact in trial.facts for trial in trials) for fact in whole().dictionary.facts}
    chosen = {fact.id for fact in most_read(whole(), COLUMNS)}
    assert len(chosen) == COLUMNS
    assert min(readers[fact] for fact in chosen) >= max(readers[fact] for fact in readers.keys() - chosen)


def test_neither_processes_nor_chunks_change_a_byte() -> None:
    order = replace(ordered(190), dirty=True)
    one = made(order)
    assert made(order, 2) == one
    assert made(replace(order, chunk=8), 3) == one
    assert made(replace(order, seed=order.seed + 1)) != one


def test_a_file_is_the_beginning_of_every_longer_one() -> None:
    for short, long in zip(
        made(replace(ordered(70), dirty=True)), made(replace(ordered(150), dirty=True)), strict=True
    ):
        assert long.startswith(short)


def test_bytes_are_plain() -> None:
    content = made(ordered(200))[0]
    assert b"\r" not in content
    assert content.endswith(b"\n")
    assert content.count(b"\n") == 201


def test_a_person_dressed_anew_keeps_all_but_a_few_days_and_last_digits() -> None:
    header, *rows = lines(made(ordered(400))[0])
    facts = [whole().dictionary.facts[name] for name in header[1:]]
    assert len({tuple(row[1:]) for row in rows}) == len(rows)
    day = re.compile(r"\d{4}-\d{2}-\d{2}")
    for number, row in enumerate(rows[40:], start=40):
        shifts = set()
        for fact, old, new in zip(facts, rows[number % 40][1:], row[1:], strict=True):
            if fact.type in {FactType.QUANTITY, FactType.DATE, FactType.THERAPIES}:
                for before, after in zip(day.findall(old), day.findall(new), strict=True):
                    first, last = date.fromisoformat(after), date.fromisoformat(before)
                    assert (first == last) == (last == DAY)
                    shifts |= {(last - first).days} - {0}
                assert not_digits(day.sub("", old)) == not_digits(day.sub("", new))
                if fact.type is FactType.QUANTITY and (number_ := re.match(r"[\d.]+", old)):
                    step = 10 ** -len(number_[0].partition(".")[2])
                    now = re.match(r"[\d.]+", new)
                    assert now
                    assert abs(float(now[0]) - float(number_[0])) < 1.01 * step
                    assert (float(now[0]) > 0) == (float(number_[0]) > 0)
            else:
                assert old == new
        assert len(shifts) <= 1
        assert shifts <= set(range(1, SHIFT + 1))


def not_digits(text: str) -> str:
    return re.sub(r"\d+", "#", text)


def test_the_faults_file_is_the_difference_between_dirty_and_clean() -> None:
    clean, spoiled, faults = dirty()
    assert faults[0] == ["row", "column", "fault"]
    header = ["patient_id", *(fact.id for fact in most_read(whole(), COLUMNS))]
    found = []
    for row, (before, after) in enumerate(zip(clean, spoiled, strict=True), start=1):
        if len(before) != len(after):
            found.append([str(row), ""])
        else:
            found += [[str(row), name] for name, old, new in zip(header, before, after, strict=True) if old != new]
    assert found == [fault[:2] for fault in faults[1:]]
    assert len({row for row, _ in found}) == len(found)


def test_every_fault_is_what_it_is_called() -> None:
    _, spoiled, faults = dirty()
    header = ["patient_id", *(fact.id for fact in most_read(whole(), COLUMNS))]
    marred = {int(row) for row, column, _ in faults[1:] if column in {"", "patient_id"}}
    for row, column, name in faults[1:]:
        line, fault = spoiled[int(row) - 1], Fault(name)
        match fault:
            case Fault.RAGGED_ROW:
                assert (column, len(line) != len(header)) == ("", True)
            case Fault.EMPTY_ID:
                assert (column, line[0]) == ("patient_id", "")
            case Fault.DUPLICATE_ID:
                other = int(line[0].removeprefix("P-"))
                assert column == "patient_id"
                assert other < int(row)
                assert other not in marred
            case _:
                assert re.fullmatch(SHAPES[fault], line[header.index(column)])
    ids = [line[0] for line in spoiled if line[0]]
    listed = [fault for _, _, fault in faults[1:]]
    assert len(ids) - len(set(ids)) == listed.count(Fault.DUPLICATE_ID)
    assert len(spoiled) - len(ids) == listed.count(Fault.EMPTY_ID)


def test_faults_are_few_and_each_kind_occurs() -> None:
    clean, _, faults = dirty()
    listed = [fault for _, _, fault in faults[1:]]
    assert set(listed) == set(Fault)
    assert 0.1 < len(listed) / len(clean) < 0.15
    for fault, share in ROW_SHARES.items():
        assert 0.5 * share < listed.count(fault) / len(clean) < 1.6 * share


@pytest.mark.parametrize("fault", CELL_FAULTS)
def test_the_reader_of_answers_refuses_all_but_three(fault: Fault, dictionary: Dictionary) -> None:
    clean, spoiled, faults = dirty()
    header = ["patient_id", *(fact.id for fact in most_read(whole(), COLUMNS))]
    cells = [(int(row) - 1, header.index(column)) for row, column, name in faults[1:] if name == fault]
    for row, place in cells:
        fact, cell = dictionary.facts[header[place]], spoiled[row][place]
        if fault in READ_AS_MEANT:
            value = read(fact, cell, dictionary)
            if fault in {Fault.DECIMAL_COMMA, Fault.THOUSANDS_COMMA}:
                meant = read(fact, clean[row][place], dictionary)
                assert isinstance(value, Number)
                assert isinstance(meant, Number)
                assert (value.interval, value.uln, value.tested) == (meant.interval, meant.uln, meant.tested)
        else:
            with pytest.raises(BadAnswer):
                read(fact, cell, dictionary)


def test_a_row_without_a_cell_to_spoil_stays_as_it_is() -> None:
    facts = (whole().dictionary.facts["enrollment"],)
    rows, faults = made(replace(ordered(400), facts=facts, dirty=True))
    assert {fault for _, _, fault in lines(faults)[1:]} <= {*ROW_SHARES, Fault.NOT_APPLICABLE}
    assert len(lines(rows)) == 401


def run(*arguments: str, hash_seed: int) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "benchmarks.make_intake", *arguments]
    environment = os.environ | {"PYTHONHASHSEED": str(hash_seed)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)


def test_the_command_writes_file_faults_and_rate(tmp_path: Path) -> None:
    files = []
    for hash_seed in (1, 2):  # sets of words have another order
        path = tmp_path / f"{hash_seed}.csv"
        result = run("90", "-o", str(path), "--columns", "20", "--seed", "5", "--dirty", hash_seed=hash_seed)
        assert not result.stdout
        assert re.match(rb"90 rows of 21 columns, 0\.\d MB in .* rows/s", result.stderr)
        files.append((path.read_bytes(), Path(f"{path}.faults.csv").read_bytes()))
    assert files[0] == files[1]
    assert files[0] == made(Order(90, most_read(whole(), 20), 5, dirty=True))


def test_the_command_writes_to_standard_output() -> None:
    result = run("3", "-o", "-", "--columns", "5", hash_seed=0)
    assert result.stdout == made(Order(3, most_read(whole(), 5)))[0]


@pytest.mark.parametrize("arguments", [["-1"], ["5", "--columns", "0"], ["5", "--columns", "162"], ["5", "--dirty"]])
def test_what_cannot_be_made_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    assert refused.value.code == 2
    assert "usage:" in capsys.readouterr().err
