"""The benchmark of `screener batch`: the floor writes what it should, memory is the child's own, the copies are trials
that share predicates, and the tables say what was measured.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks import batch
from benchmarks.batch import Loop, Plan, beginning, by_loop, by_rows, by_trials, main
from benchmarks.copies import copies
from benchmarks.loads import OUT_COLUMNS, Load, Run, measured
from benchmarks.make_intake import Order, most_read, write
from screener.catalog import CRITERIA_VARIABLE, load_catalog
from screener.expr import Compare, Count, Elapsed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screener.catalog import Catalog
    from screener.model import Trial

MIB = 1 << 20
PATIENTS = 20


@pytest.fixture(scope="session")
def shipped(catalog: Catalog) -> tuple[Trial, ...]:
    return tuple(trial for trial in catalog.trials if not trial.is_profile)


@pytest.fixture(scope="session")
def intake(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("intake") / "whole.csv"
    with path.open("wb") as out:
        write(Order(PATIENTS, most_read(catalog, 60)), out)
    return path


def table(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("width", [300, 301, 2000.5])  # bytes of all lines of a patient
@pytest.mark.parametrize("number", [1, 3])
def test_the_floor_writes_as_many_lines_as_wide(
    width: float, number: int, shipped: tuple[Trial, ...], intake: Path, tmp_path: Path
) -> None:
    load = Load(intake, shipped[:number], (), tmp_path, rows=PATIENTS, bytes_out=round(PATIENTS * width))
    load.run_floor(keep=True)
    header, *lines = (tmp_path / "floor.csv").read_bytes().splitlines(keepends=True)
    assert abs(sum(map(len, lines)) - load.bytes_out) <= PATIENTS / 2  # half a byte a patient is rounded
    cells = rows_of(tmp_path / "floor.csv")
    assert {len(row) for row in cells} == {OUT_COLUMNS}
    assert header.startswith(b"id,trial_id,verdict,")
    ids = [row[0] for row in rows_of(intake)[1:]]
    assert [row[:2] for row in cells[1:]] == [[name, trial.id] for name in ids for trial in load.trials]


@pytest.mark.parametrize("column", range(3))
def test_the_floor_uses_every_column(column: int, shipped: tuple[Trial, ...], tmp_path: Path) -> None:
    path = tmp_path / 'a "quoted" and it\'s name.csv'
    long = ["P-1", "1", "2"]
    long[column] = "x" * 600
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["patient_id", 'say "age"', "it's sex"], ["P-2", "1", ""], long])
    Load(path, shipped[:1], (), tmp_path, rows=2, bytes_out=2 * 200).run_floor(keep=True)
    few, many = (row[2] for row in rows_of(tmp_path / "floor.csv")[1:])
    assert few != many
    assert len(few) == len(many)


def test_memory_is_that_of_the_process_alone() -> None:
    ours = b"x" * (300 * MIB)  # of the process that measures
    bare = measured([sys.executable, "-c", "pass"])
    large = measured([sys.executable, "-c", f"b'x' * {200 * MIB}"])
    assert len(ours) > bare.peak
    assert large.peak - bare.peak == pytest.approx(200 * MIB, rel=0.05)


def test_a_run_that_fails_is_no_figure() -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        measured([sys.executable, "-c", "import sys; print('no'); sys.exit('why')"])
    assert failed.value.returncode == 1
    assert failed.value.stderr == "why\n"
    with pytest.raises(subprocess.CalledProcessError):
        measured([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"])


def test_copies_mean_what_is_shipped_but_for_some_thresholds(
    catalog: Catalog, shipped: tuple[Trial, ...], tmp_path: Path
) -> None:
    number = 2 * len(shipped)
    made = load_catalog(copies(catalog, number, tmp_path / "many")).trials
    fewer = load_catalog(copies(catalog, len(shipped) + 1, tmp_path / "fewer")).trials
    assert len({trial.id for trial in made}) == number
    assert fewer == made[: len(fewer)]
    assert not any(trial.is_closed for trial in made)
    assert [meaning(trial) for trial in made[: len(shipped)]] == [meaning(trial) for trial in shipped]
    for original, copy in zip(shipped, made[len(shipped) :], strict=True):
        pairs = list(zip(original.criteria, copy.criteria, strict=True))
        changed = [(old, new) for old, new in pairs if old.expressions != new.expressions]
        assert 1 <= len(changed) <= 1 + len(pairs) / 10
        assert [old.facts for old, _ in pairs] == [new.facts for _, new in pairs]
        for old, new in changed:
            assert shapes(old.leaves) == shapes(new.leaves)


def meaning(trial: Trial) -> object:
    return trial.cohorts, [
        (each.id, each.kind, each.factor, each.gate, each.expressions, each.cohorts, each.weight, each.manual)
        for each in trial.criteria
    ]


def shapes(leaves: Sequence[object]) -> list[object]:
    return [
        (type(leaf), leaf.relation) if isinstance(leaf, Compare | Elapsed | Count) else type(leaf) for leaf in leaves
    ]


def test_the_beginning_of_an_intake(intake: Path, tmp_path: Path) -> None:
    whole = intake.read_bytes().splitlines(keepends=True)
    assert beginning(intake, 3, tmp_path / "3.csv").read_bytes() == b"".join(whole[:4])
    assert beginning(intake, PATIENTS, tmp_path / "all.csv").read_bytes() == b"".join(whole)
    with pytest.raises(ValueError, match="fewer than 21 rows"):
        beginning(intake, PATIENTS + 1, tmp_path / "more.csv")


def load_of(rows: int, trials: tuple[Trial, ...], batch_seconds: Sequence[float], floor_seconds: float) -> Load:
    return Load(
        Path("x.csv"),
        trials,
        (),
        Path(),
        [Run(seconds, 2 * seconds, rows * MIB) for seconds in batch_seconds],
        [Run(floor_seconds, floor_seconds, MIB)],
        rows,
    )


def test_the_tables_say_what_was_measured(shipped: tuple[Trial, ...]) -> None:
    two = shipped[:2]
    one, many = load_of(1, two, (2.0,), 0.5), load_of(1_000, two, (9.0, 4.0, 3.5), 2.0)
    assert table(by_rows([one, many]))[2:] == [
        ["1", "2.0 s", "0.5 s", "4.0", "0", "", "4.0 s (floor 0.5)", "1 MiB (floor 1)"],
        ["1,000", "4.0 s", "2.0 s", "2.0", "250", "2000 us each", "8.0 s (floor 2.0)", "1000 MiB (floor 1)"],
    ]
    (row,) = table(by_trials([(one, many)]))[2:]
    assert row[0] == "2"
    assert int(row[1]) == sum(criterion.test is not None for trial in two for criterion in trial.criteria)
    assert row[3:] == ["2.0 s", "4.0 s", "2.00 s", "2.0 s", "1.000 s", "2.0", "8.0 s (floor 2.0)", "1000 MiB"]


def test_the_loop_beside_the_batch(catalog: Catalog, shipped: tuple[Trial, ...], intake: Path) -> None:
    loop = Loop(intake, shipped[:1], catalog.dictionary)
    loop.run()
    assert len(loop.reading) == len(loop.judging) == 1
    loop.reading, loop.judging = [3.0, 4.0, 9.0], [1.0, 2.0, 0.5]
    rows = table(by_loop(loop, load_of(1_000, shipped[:1], (4.0,), 2.0)))[2:]
    assert [row[1:] for row in rows] == [["250", ""], ["20", "12"], ["3", "75"]]


def test_a_batch_that_says_otherwise_is_not_compared(
    catalog: Catalog, shipped: tuple[Trial, ...], intake: Path, tmp_path: Path
) -> None:
    loop = Loop(intake, shipped[:1], catalog.dictionary)

    class Written(Load):
        def run_batch(self, *_: str, keep: bool = False) -> None:
            assert keep
            with (self.folder / "batch.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([("patient_id", "trial_id", "verdict"), *told])

    load = Written(intake, shipped[:1], (), tmp_path)
    told = loop.verdicts()
    assert {verdict for _, _, verdict in told} > {"no match"}
    loop.check(load)
    told[-1] = (*told[-1][:2], "match" if told[-1][2] != "match" else "no match")
    with pytest.raises(AssertionError, match="differ"):
        loop.check(load)


def test_the_benchmark_runs(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shortest = min((trial for trial in catalog.open_trials().trials if not trial.is_profile), key=criteria_of)
    criteria = copies(replace(catalog, trials=(shortest,)), 1, tmp_path / "criteria")
    monkeypatch.setenv(CRITERIA_VARIABLE, str(criteria))
    monkeypatch.setattr(batch, "quick_plan", lambda rows, rounds: Plan((1, rows), (2,), 5, rounds))
    (tmp_path / "work").mkdir()
    main(["--quick", "--rows", "100", "--folder", str(tmp_path / "work")])
    assert not list((tmp_path / "work").iterdir())
    said = capsys.readouterr().out
    assert "1 open trials, " in said
    by_row, by_trial, by_evaluator = (table(part) for part in said.split("\n\n", 1)[1].strip().split("\n\n"))
    assert [row[0] for row in by_row[2:]] == ["1", "100"]
    assert [row[0] for row in by_trial[2:]] == ["2"]
    assert by_trial[0][4] == "1 patients"
    assert len(by_evaluator[2:]) == 3
    for part in (by_row, by_trial, by_evaluator):
        assert len({len(row) for row in part}) == 1


def criteria_of(trial: Trial) -> int:
    return len(trial.criteria)


@pytest.mark.parametrize("arguments", [["--rows", "99"], ["--rounds", "-1"], ["--rows", "many"], ["more"]])
def test_what_cannot_be_measured_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    assert refused.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_patients_are_judged_on_the_day_of_the_intake(catalog: Catalog, intake: Path) -> None:
    assert {patient.as_of for patient in Loop(intake, (), catalog.dictionary).patients} == {date(2026, 11, 22)}
