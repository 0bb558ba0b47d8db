"""`screener batch` says of many patients what `screener screen` says of each, in every format, whatever the machine."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import os
import re
import shutil
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np
import pexpect
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from benchmarks.make_intake import Fault, Order, most_read, write
from screener.batch.engine import Engine
from screener.batch.lines import COLUMNS
from screener.batch.reading import Reading
from screener.batch.rows import RowReader
from screener.batch.run import written_ids
from screener.batch.typed import typed_table
from screener.catalog import criteria_folder, load_catalog
from screener.cli.app import run
from screener.errors import BadAnswer
from screener.evaluate import screen_trial
from screener.intake.cells import read_cell
from screener.intake.headers import read_headers
from screener.intake.open import open_intake
from screener.model import FactType, Missing, MissingReason, Patient
from screener.patient import split_result
from screener.render.json import render_json
from screener.sql import DIALECTS, Query
from screener.words import DISCLAIMER
from tests.program import COMMAND, REPOSITORY, SMALL_CRITERIA, Program, changed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from screener.catalog import Catalog
    from screener.intake.blocks import Reject
    from screener.model import Fact, Trial, Value

DAY = date(2026, 11, 22)
DAYS = (date(2026, 11, 22), date(2026, 9, 1), date(2026, 12, 31))
GOLDEN = Path(__file__).parent / "golden"
SCHEMA = json.loads((REPOSITORY / "screener" / "schema" / "batch_summary.schema.json").read_text(encoding="utf-8"))
HEADER = "patient_id,age,sex,platelets (K/uL),ast,ast_uln,prior_therapies,last_live_vaccine,toxicity_grade\n"
FITS = "61,male,180,28 U/L,40 U/L,cisplatin:2026-01-05,never,1\n"  # all that the small trial asks of a man

Row = dict[str, Any]


# ---------------------------------------------------------------- calling the command


@dataclass(frozen=True)
class Called:
    """What a run inside this process left behind."""

    code: int
    out: bytes
    err: str


def called(*words: object, stdin: bytes = b"") -> Called:
    """Run `screener batch` in this process; twenty times faster than a new one."""
    streams = io.TextIOWrapper(io.BytesIO(stdin)), io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with (
        mock.patch.object(sys, "stdin", streams[0]),
        contextlib.redirect_stdout(streams[1]),
        contextlib.redirect_stderr(streams[2]),
    ):
        code = run(["batch", *map(str, words)])
    streams[1].flush()
    return Called(code, streams[1].buffer.getvalue(), streams[2].getvalue())


@dataclass(frozen=True)
class Batch:
    """A run that wrote all its files."""

    code: int
    err: str
    results: bytes
    rejects: list[dict[str, str]]
    issues: list[dict[str, str]]
    summary: Any
    raw: dict[str, bytes]

    @property
    def lines(self) -> list[dict[str, str]]:
        """The results of a CSV."""
        return table(self.results)

    @property
    def ids(self) -> list[str]:
        """Whose results there are, each once."""
        return list(dict.fromkeys(line["patient_id"] for line in self.lines))


def batch(folder: Path, intake: str | bytes, *words: object, name: str = "intake.csv", form: str = "csv") -> Batch:
    """Screen an intake, with every file that can be written, by the small trial if no other rules are named."""
    path = folder / name
    path.write_bytes(intake.encode() if isinstance(intake, str) else intake)
    files = {what: folder / f"{what}.out" for what in ("rejects", "issues", "summary")}
    criteria = () if "--criteria" in words else ("--criteria", SMALL_CRITERIA)
    day = () if "--as-of" in words else ("--as-of", DAY)
    output = folder / "results.out"
    for old in (*files.values(), output):
        old.unlink(missing_ok=True)
    options = [word for what, file in files.items() for word in (f"--{what}", file)]
    done = called(path, "-o", output, "-f", form, *options, *criteria, *day, *words)
    raw = {what: file.read_bytes() if file.exists() else b"" for what, file in files.items()}
    return Batch(
        done.code,
        done.err,
        output.read_bytes() if output.exists() else b"",
        table(raw["rejects"]),
        table(raw["issues"]),
        json.loads(raw["summary"]) if raw["summary"] else None,
        raw,
    )


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True))


# ---------------------------------------------------------------- what should come out


Answer = tuple["Fact", str, str | None]  # of a column: the fact, which part of it, and the unit in its header


@cache
def whole() -> Catalog:
    return load_catalog(criteria_folder())


def read_alone(
    cells: Sequence[str], answers: Sequence[Answer], name: str, day: date
) -> tuple[Patient, dict[tuple[str, str], str]]:
    """The patient of a row as one reads it cell by cell, and for each fact that cannot be read the reason."""
    values: dict[str, Value | Missing] = {}
    bad: dict[tuple[str, str], str] = {}
    for fact in {id(fact): fact for fact, _, _ in answers}.values():
        texts = {part: cell for (other, part, _), cell in zip(answers, cells, strict=True) if other is fact}
        units = {part: unit for other, part, unit in answers if other is fact and unit}
        try:
            values[fact.id] = read_cell(fact, texts, whole().dictionary, day, units)
        except BadAnswer as wrong:
            values[fact.id] = Missing(MissingReason.BAD_VALUE, wrong.reason)
            bad[name, fact.id] = wrong.reason
    return Patient(name, day, values), bad


def expected(patient: Patient, trials: Sequence[Trial]) -> list[Row]:
    """The lines of a patient, from what `screen -f json` prints."""
    results = tuple(screen_trial(trial, patient, whole().dictionary) for trial in trials)
    printed = {trial["trial"]: trial for trial in json.loads(render_json(patient, results))["trials"]}
    rows = []
    for trial in trials:
        found = printed[trial.id]
        ids = {
            outcome: [item["id"] for item in found["criteria"] if item["outcome"] == outcome]
            for outcome in ("met", "not met", "unknown")
        }
        rows.append(
            {
                "patient_id": patient.id,
                "trial_id": trial.id,
                "verdict": found["verdict"],
                "eligible_from": found["eligible_from"],
                "score": found["score"]["value"],
                "score_low": found["score"]["low"],
                "score_high": found["score"]["high"],
                "met": len(ids["met"]),
                "not_met": len(ids["not met"]),
                "unknown": len(ids["unknown"]),
                "not_met_ids": ids["not met"],
                "unknown_ids": ids["unknown"],
                "missing_facts": sorted(found["missing_facts"]),
            }
        )
    return rows


LISTS = ("not_met_ids", "unknown_ids", "missing_facts")


def read_csv(content: bytes) -> list[Row]:
    rows: list[Row] = []
    for line in table(content):
        assert tuple(line) == COLUMNS
        row: Row = dict(line) | {name: line[name].split(" ") if line[name] else [] for name in LISTS}
        row |= {name: float(line[name]) if line[name] else None for name in ("score", "score_low", "score_high")}
        row |= {name: int(line[name]) for name in ("met", "not_met", "unknown")}
        rows.append(
            row | {"eligible_from": line["eligible_from"] or None, "missing_facts": sorted(row["missing_facts"])}
        )
    return rows


def read_jsonl(content: bytes) -> list[Row]:
    rows: list[Row] = [json.loads(line) for line in content.decode().splitlines()]
    assert all(tuple(row) == COLUMNS for row in rows)
    return [row | {"missing_facts": sorted(row["missing_facts"])} for row in rows]


def read_parquet(content: bytes) -> list[Row]:
    found = pq.read_table(pa.BufferReader(content))
    assert tuple(found.column_names) == COLUMNS
    rows: list[Row] = []
    for line in found.to_pylist():
        row = line | {name: line[name].split(" ") if line[name] else [] for name in LISTS}
        day = line["eligible_from"].isoformat() if line["eligible_from"] else None
        rows.append(row | {"eligible_from": day, "missing_facts": sorted(row["missing_facts"])})
    return rows


def assert_rows(found: list[Row], wanted: list[Row]) -> None:
    """The same rows in the same order; the first that differs is shown alone."""
    for one, other in zip(found, wanted, strict=False):
        assert one == other
    assert len(found) == len(wanted)


def assert_sums(done: Batch, rows: list[Row], trials: Sequence[Trial]) -> None:
    """The account agrees with the rows, and with the lists of what could not be read."""
    summary = done.summary
    assert list(Draft202012Validator(SCHEMA, format_checker=FormatChecker()).iter_errors(summary)) == []
    screened, rejected = len(rows) // len(trials), len(done.rejects)
    assert summary["rows"] == {"in": screened + rejected, "screened": screened, "rejected": rejected}
    assert f"{screened + rejected:,} rows in = {screened:,} screened + {rejected:,} rejected" in done.err
    assert sum(summary["rejected"].values()) == rejected
    assert summary["issues"]["cells"] == len(done.issues)
    assert summary["issues"]["columns"] == Counter(issue["column"] for issue in done.issues)
    assert [item["trial"] for item in summary["trials"]] == [trial.id for trial in trials]
    for item, trial in zip(summary["trials"], trials, strict=True):
        counts = Counter(row["verdict"] for row in rows if row["trial_id"] == trial.id)
        assert {verdict: count for verdict, count in item["verdicts"].items() if count} == counts
        assert item["rule_file"]["sha256"] == trial.file_sha256
    blocking = Counter(fact for row in rows if row["verdict"] == "undecided" for fact in row["missing_facts"])
    assert {item["fact"]: item["undecided"] for item in summary["missing_facts"]} == blocking
    listed = [item["undecided"] for item in summary["missing_facts"]]
    assert listed == sorted(listed, reverse=True)


# ---------------------------------------------------------------- the truth


@cache
def made(rows: int, *, dirty: bool) -> tuple[list[list[str]], list[list[str]]]:
    """Rows of an invented intake with their header, and the faults in them."""
    out, faults = io.BytesIO(), io.BytesIO()
    write(Order(rows, most_read(whole(), 60), dirty=dirty, chunk=100), out, faults, os.cpu_count() or 1)
    listed = [list(csv.reader(io.StringIO(file.getvalue().decode(), newline=""))) for file in (out, faults)]
    return listed[0], listed[1][1:]


def as_csv(rows: Sequence[Sequence[str]], separator: str = ",", line_end: str = "\n") -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=separator, lineterminator=line_end).writerows(rows)
    return buffer.getvalue()


def plain_answers(header: Sequence[str]) -> list[Answer]:
    return [(whole().dictionary.facts[name], "value", None) for name in header]


def test_every_line_is_what_the_evaluator_says_of_the_patient_alone(tmp_path: Path) -> None:
    """A dirty intake, all open trials, CSV: rows, order, rejects, issues and account."""
    rows, faults = made(240, dirty=True)
    trials = [trial for trial in whole().open_trials().trials if not trial.is_profile]
    answers = plain_answers(rows[0][1:])
    by_row = {int(row): (column, Fault(fault)) for row, column, fault in faults}
    rejected = {Fault.RAGGED_ROW, Fault.DUPLICATE_ID, Fault.EMPTY_ID}
    wanted: list[Row] = []
    bad: dict[tuple[str, str], str] = {}
    for number, (name, *cells) in enumerate(rows[1:], start=1):
        if number not in by_row or by_row[number][1] not in rejected:
            patient, wrong = read_alone(cells, answers, name, DAY)
            wanted += expected(patient, trials)
            bad |= wrong
    done = batch(tmp_path, as_csv(rows), "--criteria", criteria_folder())
    found = read_csv(done.results)
    assert done.code == 0
    assert_rows(found, wanted)
    assert_sums(done, found, trials)
    assert {(issue["patient_id"], issue["column"]): issue["reason"] for issue in done.issues} == bad
    refused = {Fault.NOT_APPLICABLE, Fault.AMBIGUOUS_DATE, Fault.UNKNOWN_UNIT, Fault.WRONG_UNIT}
    spoiled = {(row + 1, column) for row, (column, fault) in by_row.items() if fault in refused}
    assert {(int(issue["line"]), issue["column"]) for issue in done.issues} == spoiled
    lines = {row + 1: column for row, (column, fault) in by_row.items() if fault in rejected}
    assert {int(item["line"]): item["column"] for item in done.rejects} == lines
    assert {fault for _, fault in by_row.values()} == set(Fault)  # the intake had all of them


def dressed(rows: Sequence[Sequence[str]]) -> tuple[list[str], list[Answer], list[list[str]]]:
    """The same patients as another hospital has them: limits, dates and units in columns and headers of their own."""
    header: list[str] = []
    answers: list[Answer] = []
    columns: list[list[str]] = []
    units = cycle([True, True, False])
    for place, fact in enumerate(fact for fact, _, _ in plain_answers(rows[0][1:])):
        cells = [row[place + 1] for row in rows[1:]]
        if fact.type is not FactType.QUANTITY:
            header.append(fact.id)
            answers.append((fact, "value", None))
            columns.append(cells)
            continue
        split = [split_result(cell) for cell in cells]
        for part in ("value", "uln", "lln", "date"):
            texts = [parts.get(part, "") for parts in split]
            unit = fact.unit if part != "date" and fact.unit != "ratio" and next(units) else None
            if part != "value" and not any(texts):
                continue
            header.append((fact.id if part == "value" else f"{fact.id}_{part}") + (f" ({unit})" if unit else ""))
            answers.append((fact, part, unit))
            columns.append([text.removesuffix(f" {unit}") if unit else text for text in texts])
    return header, answers, [list(row) for row in zip(*columns, strict=True)]


def test_own_columns_for_limits_dates_units_and_days_of_screening_mean_the_same(tmp_path: Path) -> None:
    """A clean intake by two trials and a profile, JSON lines: each row judged on the day that it names."""
    rows, _ = made(120, dirty=False)
    header, answers, cells = dressed(rows)
    days = [day for day, _ in zip(cycle(DAYS), cells, strict=False)]
    names = [row[0] for row in rows[1:]]
    intake = as_csv(
        [
            ["AS OF", *header, "Subject ID"],
            *([str(day), *row, name] for day, row, name in zip(days, cells, names, strict=True)),
        ]
    )
    assert {"uln", "date"} <= {part for _, part, _ in answers}
    chosen = ("NCT06885697", "solid_tumor_car_t", "NCT05568680")
    trials = [trial for name in chosen for trial in whole().trials if trial.id == name]
    path = tmp_path / "intake.csv"
    path.write_text(intake, encoding="utf-8")
    words = [word for name in chosen for word in ("-t", name.lower())]
    done = called(path, "-f", "jsonl", *words, "--issues", tmp_path / "issues")
    wanted: list[Row] = []
    bad: dict[tuple[str, str], str] = {}
    for row, name, day in zip(cells, names, days, strict=True):
        patient, wrong = read_alone(row, answers, name, day)
        wanted += expected(patient, trials)
        bad |= wrong
    assert done.code == 0
    assert_rows(read_jsonl(done.out), wanted)
    read = {fact for trial in trials for fact in trial.facts}
    found = {
        (issue["patient_id"], issue["column"].split(" ")[0].removesuffix("_date").removesuffix("_uln"))
        for issue in table((tmp_path / "issues").read_bytes())
    }
    assert {key for key in found if key[1] in read} == {key for key in bad if key[1] in read}
    assert any(key[1] in read for key in bad)  # answers that lie in the future on a row's own day


def test_aliases_and_mapped_headers_mean_the_same(tmp_path: Path) -> None:
    """A dirty intake of semicolons by one trial, parquet, judged on a day given: --as-of counts for all."""
    rows, _ = made(240, dirty=True)
    [trial] = [trial for trial in whole().trials if trial.id == "NCT06051695"]
    answers = plain_answers(rows[0][1:])
    header, mapping = ["MRN"], {}
    for number, (fact, _, _) in enumerate(answers):
        if number % 5 == 0:
            header.append(f"Feld {number}")
            mapping[f"feld-{number}"] = fact.id
        else:
            header.append(fact.aliases[-1].upper() if fact.aliases else fact.id.replace("_", " ").title())
    good = [row for row in rows[1:] if len(row) == len(rows[0]) and row[0]]
    good = [row for number, row in enumerate(good) if row[0] not in {other[0] for other in good[:number]}]
    assert len(good) > 200
    (tmp_path / "map.yaml").write_text("".join(f"{ours}: {fact}\n" for ours, fact in mapping.items()))
    day = date(2026, 12, 1)
    words = ("--map", tmp_path / "map.yaml", "-t", trial.id, "--as-of", day, "--criteria", criteria_folder())
    done = batch(tmp_path, as_csv([header, *good], ";", "\r\n"), *words, form="parquet")
    read = [read_alone(cells, answers, name, day) for name, *cells in good]
    found = read_parquet(done.results)
    assert done.code == 0
    assert_rows(found, [row for patient, _ in read for row in expected(patient, [trial])])
    assert_sums(done, found, [trial])
    assert pq.read_schema(pa.BufferReader(done.results)).field("eligible_from").type == pa.date32()


# ---------------------------------------------------------------- a cell among many is read as alone


TEXTS = (
    *("", "  ", "N/A", "na", "pending", "unknown", "not known", "not done", "nd", "declined", "yes", "No", "Y", "true"),
    *("never", "none", "none; none", "no;", ";", "; ;", "female", "f", "epithelioid", "PLMESO", "MESO", "lung"),
    *("<0.1", "1,200", "1.200,5", "1,1", ">= 5", "≤ 3", "0", "1", "2", "80 %", "1.1 mg/dL", "5 umol/L", "12 g/L"),
    *("34 U/L, ULN 40, 2026-11-10", "34, LLN 3 (2026-11-10)", "28, 2026-10", "1e5", "1 000", "-1", "½", "٣", "\u00a01"),
    *("180 K/uL", "180000 /uL", "5 10^9/L", "5-6", "5 to 6", "5\x85", "5\u200b", "\ufeff5", "5\n", "\x1c5", "a" * 301),
    *("03/04/2026", "11/22/2026", "22.11.2026", "46348", "46348.5", "2026-11", "Nov 2026", "3 weeks ago", "2027-01-01"),
    *("cisplatin", "cisplatin:2026-10-25; nivolumab:ongoing", "cisplatin:2026-10;", "foo:3 weeks ago;bar", "car_t"),
    *(
        "unknown; cisplatin",
        "none;cisplatin",
        "cisplatin:2030-01-01; foo",
        "cisplatin:2026-01-01\n;nivolumab",
        "\u2003",
    ),
)
cell_texts = (
    st.sampled_from(TEXTS)
    | st.text(st.characters(codec="utf-8", exclude_characters="\x1f"), max_size=6)
    | st.tuples(st.sampled_from(TEXTS), st.sampled_from([" ", "; ", ", ", ":"]), st.sampled_from(TEXTS)).map("".join)
)


@cache
def query() -> Query:
    return Query(whole().trials, whole().dictionary, DIALECTS["duckdb"])


@st.composite
def columns_of(draw: st.DrawFn) -> list[Answer]:
    """The columns of some facts: values, limits and dates, with and without units in the headers."""
    answers: list[Answer] = []
    facts = [fact for fact in whole().dictionary.facts.values() if query().columns.reads(fact.id)]
    for fact in draw(st.lists(st.sampled_from(facts), min_size=1, max_size=4, unique_by=id)):
        units = [unit for unit, _ in fact.units if unit != "ratio"]
        parts = ["value"]
        if fact.type is FactType.QUANTITY:
            parts += draw(st.sampled_from([[], ["date"]]))
            parts += draw(st.sampled_from([[], ["uln"], ["uln", "lln"]])) if fact.has_limits else []
        for part in parts:
            has_unit = units and fact.type is FactType.QUANTITY and part != "date"
            answers.append((fact, part, draw(st.none() | st.sampled_from(units)) if has_unit else None))
    return answers


@settings(max_examples=50)
@given(st.data())
def test_a_cell_among_many_is_read_as_alone(data: st.DataObject) -> None:
    """Typed rows and issues are those of the patients that the same texts make one by one, block after block."""
    answers = data.draw(columns_of())
    names = [(fact.id if part == "value" else f"{fact.id}_{part}") for fact, part, _ in answers]
    header = ["patient_id"] + [
        name + (f" ({unit})" if unit else "") for name, (_, _, unit) in zip(names, answers, strict=True)
    ]
    facts = {head: fact.id for head, (fact, _, _) in zip(header[1:], answers, strict=True)}
    has_days, judge_on_day = data.draw(st.booleans()), data.draw(st.booleans())
    layout = read_headers(header, whole().dictionary)
    reading = Reading(layout, query().columns, DAY, judge_on_day=judge_on_day)
    for _ in range(data.draw(st.integers(1, 2))):
        rows = data.draw(st.lists(st.tuples(*(cell_texts for _ in answers)), min_size=1, max_size=4))
        days = [data.draw(st.sampled_from(DAYS)) if has_days else DAY for _ in rows]
        ids = [f"P{number}" for number in range(len(rows))]
        cells = pa.RecordBatch.from_pydict(
            {f"c{place}": part for place, part in enumerate([ids, *zip(*rows, strict=True)])}
        )
        texts = pa.array([str(day) for day in days]) if has_days else None
        found, issues = reading.typed(cells, pa.array(ids), np.arange(len(rows)), texts)
        read = [read_alone(row, answers, name, day) for row, name, day in zip(rows, ids, days, strict=True)]
        patients = [Patient(one.id, DAY if judge_on_day else one.as_of, one.facts) for one, _ in read]
        assert pa.Table.from_batches([found]).to_pylist() == typed_table(patients, query().columns).to_pylist()
        wanted = {key: reason for _, bad in read for key, reason in bad.items()}
        assert {(issue.patient, facts[issue.column]): issue.reason for issue in issues} == wanted


# ---------------------------------------------------------------- the same bytes


def many(rows: int) -> bytes:
    """So many rows for the small trial, no two alike, some of them bad."""
    lines = [
        f"P{number},{number % 90},{'male' if number % 3 else 'f'},{number % 700},{number % 300} U/L,40,"
        f"cisplatin:2026-{1 + number % 11:02}-05;nivolumab:2026-{1 + number % 12:02},"
        f"{'never' if number % 5 else f'2026-{1 + number % 12:02}-{1 + number % 29:02}'},{number % 6}\n"
        for number in range(rows)
    ]
    return (HEADER + "".join(lines)).encode()


@pytest.fixture(scope="module")
def small() -> Catalog:
    return load_catalog(SMALL_CRITERIA)


def test_the_same_bytes_with_any_number_of_threads_and_blocks_of_any_size(tmp_path: Path, small: Catalog) -> None:
    path = tmp_path / "intake.csv"
    path.write_bytes(many(6000) + b"P1,1,,,,,,,\nragged\n")
    found = set()
    for threads, block_size in ((1, 8 << 20), (2, 100_000), (4, 700), (4, 8 << 20)):
        engine = Engine(small.trials, small.dictionary, "csv", threads=threads)
        with open_intake(path, block_size) as intake:
            layout = read_headers(intake.header, small.dictionary)
            rows = RowReader(intake.header, layout, DAY)
            reading = Reading(layout, engine.columns, DAY, judge_on_day=True)
            rejects: list[Reject] = []

            def typed() -> Iterator[pa.RecordBatch]:  # used up before the next one is made
                for block in intake.blocks():
                    kept = rows.rows(block)  # noqa: B023
                    rejects.extend([*block.rejects, *kept.rejects])  # noqa: B023
                    batch, _ = reading.typed(kept.cells, kept.ids, kept.lines, kept.days)  # noqa: B023
                    yield batch.set_column(0, batch.schema.field(0), written_ids(kept.ids, "csv"))

            texts = [text for batch in engine.results(typed()) for text in batch.column(0).to_pylist()]
        counts = {trial: tuple(numbers) for trial, numbers in engine.verdicts.items()}
        assert sum(sum(numbers) for numbers in counts.values()) == 6000
        assert sorted(reject.line for reject in rejects) == [6002, 6003]
        found.add(("".join(texts), repr(counts), repr(engine.blocking)))
    [(text, _, _)] = found
    assert [line.split(",")[0] for line in text.splitlines()] == [f"P{number}" for number in range(6000)]


def test_a_file_standard_input_and_packed_data_give_the_same_bytes(tmp_path: Path) -> None:
    data = many(300)
    path = tmp_path / "intake.csv"
    path.write_bytes(data)
    packed = tmp_path / "intake.csv.gz"
    packed.write_bytes(gzip.compress(data))
    words = ("--criteria", SMALL_CRITERIA, "--as-of", DAY)
    whole_output = called(path, *words)
    assert whole_output.code == 0
    assert len(whole_output.out.splitlines()) == 301
    for other in (
        called("-", *words, stdin=data),
        called("-", *words, stdin=gzip.compress(data)),
        called(packed, *words),
        called(path, *words, "-o", "-"),
    ):
        assert (other.code, other.out, other.err) == (0, whole_output.out, whole_output.err)
    called(path, *words, "-o", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == whole_output.out


SHOWN = f"""\
{HEADER.strip()},comment
P-1,{FITS.strip()},fits
P-2,70,f,"1,2",<0.1,40,none,2026-11-01,1,too few platelets and a vaccine
P-3,70,female,99.9,101,40,nivolumab:2026-10-25,never,2,a washout is not the only thing
P-4,61,male,180,28 U/L,40 U/L,nivolumab:2026-10-25,never,1,fits in time
=P-5,"N/A",unknown,pending,28 mg/dL,40,cisplatin:2026-13-01,03/04/2026,9,hardly anything can be read
P-1,{FITS.strip()},again
,{FITS.strip()},nobody
P-6,61
P-7,,,,,,,,,
"""


def test_the_whole_output_of_a_small_intake_is_the_one_on_record(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Rewritten only by `pytest --update-golden`; read the difference before you commit it."""
    done = batch(tmp_path, SHOWN)
    found = {
        "batch.csv": done.results,
        "batch-rejects.csv": done.raw["rejects"],
        "batch-issues.csv": done.raw["issues"],
        "batch-summary.json": done.raw["summary"],
        "batch-account.txt": done.err.encode(),
    }
    assert done.code == 0
    for name, content in found.items():
        if request.config.getoption("--update-golden"):
            (GOLDEN / name).write_bytes(content)
        assert content.decode() == (GOLDEN / name).read_text(encoding="utf-8"), name


# ---------------------------------------------------------------- options


def test_an_intake_without_rows_gives_a_header_alone(tmp_path: Path) -> None:
    done = batch(tmp_path, HEADER)
    assert (done.code, done.results.decode()) == (0, ",".join(COLUMNS) + "\n")
    assert done.summary["rows"] == {"in": 0, "screened": 0, "rejected": 0}
    assert (done.rejects, done.issues) == ([], [])
    assert batch(tmp_path, HEADER, form="jsonl").results == b""
    assert read_parquet(batch(tmp_path, HEADER, form="parquet").results) == []


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small criteria with a second trial, which has ended."""
    folder = tmp_path_factory.mktemp("two") / "criteria"
    shutil.copytree(SMALL_CRITERIA, folder)
    text = (folder / "trials" / "NCT00000001.yaml").read_text(encoding="utf-8")
    text = changed(text, ("trial: NCT00000001", "trial: NCT00000000"), ("status: recruiting", "status: completed"))
    (folder / "trials" / "NCT00000000.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("words", "trials"),
    [
        ([], ["NCT00000001"]),
        (["--include-closed"], ["NCT00000000", "NCT00000001"]),
        (["-t", "nct00000000"], ["NCT00000000"]),
        (["-t", "NCT00000001", "-t", "NCT00000000"], ["NCT00000001", "NCT00000000"]),
    ],
)
def test_an_ended_study_is_screened_for_when_named_or_asked_for(
    two: Path, tmp_path: Path, words: list[str], trials: list[str]
) -> None:
    done = batch(tmp_path, f"{HEADER}P-1,{FITS}P-2,{FITS}", "--criteria", two, *words)
    assert done.code == 0
    assert [(line["patient_id"], line["trial_id"]) for line in done.lines] == [
        (name, trial) for name in ("P-1", "P-2") for trial in trials
    ]


def test_a_trial_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    done = batch(tmp_path, f"{HEADER}P-1,{FITS}", "-t", "NCT00000009")
    assert (done.code, done.results) == (2, b"")
    assert "NCT00000009" in done.err


@pytest.mark.parametrize(
    ("name", "words", "read"),
    [
        ("out.jsonl", [], read_jsonl),
        ("out.PARQUET", [], read_parquet),
        ("out.csv", [], read_csv),
        ("out.txt", [], read_csv),
        ("out", [], read_csv),
        ("out.csv", ["-f", "jsonl"], read_jsonl),
    ],
)
def test_the_format_is_that_named_or_that_of_the_files_name(
    tmp_path: Path, name: str, words: list[str], read: Callable[[bytes], list[Row]]
) -> None:
    path = tmp_path / "intake.csv"
    path.write_text(f"{HEADER}P-1,{FITS}", encoding="utf-8")
    done = called(path, "-o", tmp_path / name, "--criteria", SMALL_CRITERIA, "--as-of", DAY, *words)
    assert (done.code, done.out) == (0, b"")
    [row] = read((tmp_path / name).read_bytes())
    assert (row["patient_id"], row["verdict"]) == ("P-1", "match")


def test_quiet_is_silent_and_the_account_ends_with_the_disclaimer(tmp_path: Path) -> None:
    path = tmp_path / "intake.csv"
    path.write_text(SHOWN, encoding="utf-8")
    words = (path, "--criteria", SMALL_CRITERIA, "--as-of", DAY)
    quiet, loud = called(*words, "-q"), called(*words)
    assert (quiet.code, quiet.err) == (0, "")
    assert quiet.out == loud.out
    assert DISCLAIMER in loud.err
    assert "\x1b" not in loud.err
    assert "rows/s" not in loud.err  # no bar where no person looks
    assert {"--rejects", "--issues"} <= set(re.findall(r"--\w+", loud.err))  # how to see what was not read


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (f"P-1,{FITS}", 0),
        (f"P-1,{FITS}ragged\n", 65),
        (f"P-1,{FITS}P-2,{FITS.replace('61', 'old')}", 65),
        (f"P-1,{FITS}P-2,,,,,,,,\n", 0),  # what is not known is no fault
    ],
)
def test_strict_ends_with_65_where_anything_could_not_be_read_and_writes_all_the_same(
    tmp_path: Path, rows: str, code: int
) -> None:
    done = batch(tmp_path, HEADER + rows, "--strict")
    assert done.code == code
    assert done.ids[0] == "P-1"
    assert batch(tmp_path, HEADER + rows).code == 0


def test_strict_refuses_headers_that_are_not_understood_before_anything_is_written(tmp_path: Path) -> None:
    intake = f"{HEADER.strip()},platelts\nP-1,{FITS.strip()},1\n"
    done = batch(tmp_path, intake, "--strict")
    assert (done.code, done.results, done.raw["rejects"]) == (65, b"", b"")
    assert "platelts" in done.err
    assert "did you mean `platelets`?" in done.err
    assert batch(tmp_path, intake).ids == ["P-1"]


def test_what_the_template_prints_is_an_intake(tmp_path: Path) -> None:
    header = Program(tmp_path).run("template", "csv", "-t", "NCT05568680").out.splitlines()[0]
    cells = ["P-1"] + [""] * header.count(",")
    words = ("-t", "NCT05568680", "--strict", "--criteria", criteria_folder())
    done = batch(tmp_path, f"{header}\n{','.join(cells)}\n", *words)
    assert (done.code, [line["verdict"] for line in done.lines]) == (0, ["undecided"])


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["nowhere.csv"], 66, "there is no such file"),
        (["."], 66, "is a directory"),
        (["intake.csv", "--as-of", "2026-02-30"], 2, "--as-of"),
        (["intake.csv", "-f", "xml"], 2, "xml"),
        (["intake.csv", "--engine", "abacus"], 2, "abacus"),
        (["intake.csv", "--map", "nowhere.yaml"], 66, "nowhere.yaml"),
        (["intake.csv", "--map", "intake.csv"], 65, "intake.csv"),
        (["intake.csv", "--criteria", "nowhere"], 66, "nowhere"),
        (["intake.csv", "-o", "same", "--rejects", "same"], 2, "same name"),
        (["intake.csv", "--issues", "a/../same", "--rejects", "same"], 2, "same name"),
        (["intake.csv", "-o", "intake.csv"], 2, "name of the intake"),
        ([], 2, "INTAKE"),
        (["intake.csv", "--no-such-option"], 2, "--no-such-option"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    intake = f"{HEADER}Xanthippe,{FITS}"
    (tmp_path / "intake.csv").write_text(intake, encoding="utf-8")
    (tmp_path / "a").mkdir()
    rules = [] if "--criteria" in words else ["--criteria", SMALL_CRITERIA]
    done = called(*words, *rules)
    assert (done.code, done.out) == (code, b"")
    assert says in done.err
    assert "Xanthippe" not in done.err
    assert (tmp_path / "intake.csv").read_text(encoding="utf-8") == intake
    assert {path.name for path in tmp_path.iterdir()} == {"a", "intake.csv"}


# ---------------------------------------------------------------- at a terminal


def screen_of(text: str) -> list[str]:
    """What a terminal shows at last: lines are kept, carriage returns, erasing and going up are done."""
    shown, row, column = [""], 0, 0
    for piece in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", text):
        if piece == "\r":
            column = 0
        elif piece == "\n":
            row += 1
            shown += [""] * (row + 1 - len(shown))
        elif piece.startswith("\x1b"):
            if piece == "\x1b[2K":
                shown[row] = ""
            elif piece.endswith("A"):
                row = max(0, row - int(piece[2:-1] or 1))
        else:
            shown[row] = shown[row].ljust(column)[:column] + piece + shown[row][column + len(piece) :]
            column += len(piece)
    return shown


def at_terminal(folder: Path, *words: object) -> tuple[int, str]:
    process = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], "batch", *map(str, words)],
        env=Program(folder, SMALL_CRITERIA, {"TERM": "xterm"}).environment,
        cwd=str(folder),
        dimensions=(24, 100),
        encoding="utf-8",
        timeout=60,
    )
    text = process.read()
    process.close()
    return -1 if process.exitstatus is None else process.exitstatus, text


def test_a_bar_with_the_rate_appears_at_a_terminal_and_leaves_a_clean_screen(tmp_path: Path) -> None:
    (tmp_path / "intake.csv").write_bytes(many(3000))
    code, text = at_terminal(tmp_path, "intake.csv", "-o", "out.csv", "--as-of", DAY)
    assert code == 0
    assert "3,000 rows" in text
    assert re.search(r"[1-9][\d,]* rows/s", text)
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")  # the cursor is seen again
    shown = screen_of(text)
    assert shown[0] == "3,000 rows in = 3,000 screened + 0 rejected"
    assert not any("rows/s" in line for line in shown)


def test_results_are_shown_at_a_terminal(tmp_path: Path) -> None:
    """Who names no file sees the results; what is no text is refused there."""
    (tmp_path / "intake.csv").write_text(f"{HEADER}P-1,{FITS}", encoding="utf-8")
    code, text = at_terminal(tmp_path, "intake.csv", "--as-of", DAY)
    assert code == 0
    shown = screen_of(text)
    assert ",".join(COLUMNS)[:100] in shown[0] or ",".join(COLUMNS) in "".join(shown[:2])
    assert any(line.startswith("P-1,NCT00000001,match,") for line in shown)
    code, text = at_terminal(tmp_path, "intake.csv", "--as-of", DAY, "-f", "parquet")
    assert code == 2
    assert "not for a terminal" in text
