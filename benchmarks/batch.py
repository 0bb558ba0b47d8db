"""How long `screener batch` takes, and how much memory, beside a floor that only reads and writes.

Every run is a process of its own, started cold by a small launcher: its wall-clock time holds the start of Python, the
reading of the rules and the planning of the query, and its peak memory is Linux's ru_maxrss, which counts every
resident page: private memory, and the mapped code of Python, DuckDB and Arrow. One patient shows what start and
planning take.

The floor is DuckDB, the same version on as many threads, in a process of its own: it reads the same file as text, adds
up the lengths of every column into the rows that it writes, and writes as many rows (of 13 columns, and of the same
bytes on average) as the batch has written, with COPY. It does not wait until they are on the disk; the batch does.

- Patients: benchmarks/make_intake, 60 columns, against all open trials; smaller files are the beginning of the largest.
- Trials: copies of the shipped trials with slightly other thresholds, as benchmarks/copies.py makes them.
- The loop is the evaluator as `screener screen` uses it, in one process, over patients read from the same cells. It is
  checked that the batch says the same verdicts of them.

Every round runs everything once, in an order shuffled with a fixed seed, after one run to warm up that also tells how
wide the floor's rows must be. Medians of the rounds are compared. Files go to a temporary folder beside the intake (or
in --folder), which needs six times the room of the largest intake. Run from the repository root:

    python -m benchmarks.batch [--quick] [--rows N] [--rounds N] [--intake FILE] [--folder DIR]
"""

from __future__ import annotations

import argparse
import csv
import itertools
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.copies import copies
from benchmarks.loads import Load, Run
from benchmarks.make_intake import COLUMNS, DAY, SEED, Order, most_read, write
from screener.catalog import criteria_folder, load_catalog
from screener.evaluate import screen_trial
from screener.intake.cells import read_cell
from screener.intake.headers import read_headers
from screener.model import Patient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from screener.catalog import Catalog
    from screener.model import Dictionary, Trial

MIB = 1 << 20


@dataclass(frozen=True)
class Plan:
    """What is measured. The sizes are numbers of patients; copies are made for some numbers of trials."""

    sizes: tuple[int, ...]
    trials: tuple[int, ...]
    people: int  # of the loop
    rounds: int

    @property
    def shared(self) -> int:
        """How many patients the copies are screened for: of the sizes the largest but one."""
        return sorted(self.sizes)[-2]


def whole_plan(rows: int, rounds: int) -> Plan:
    return Plan((1, rows // 100, rows // 10, rows), (12, 50, 100), min(300, rows), rounds)


def quick_plan(rows: int, rounds: int) -> Plan:
    return Plan((1, rows // 10, rows), (12, 24), min(50, rows), rounds)


def beginning(whole: Path, rows: int, target: Path) -> Path:
    """The first rows of an intake, of which no cell holds a line feed. Raises ValueError if there are fewer."""
    with whole.open("rb") as source, target.open("wb") as out:
        found = sum(out.write(line) > 0 for line in itertools.islice(source, rows + 1))
    if found <= rows:
        raise ValueError(f"{whole} has fewer than {rows} rows")
    return target


class Loop:
    """The evaluator, one patient after the other."""

    def __init__(self, intake: Path, trials: tuple[Trial, ...], dictionary: Dictionary) -> None:
        """Take the cells."""
        self._trials, self._dictionary = trials, dictionary
        with intake.open(encoding="utf-8", newline="") as file:
            header, *self._rows = csv.reader(file)
        self._layout = read_headers(header, dictionary)
        self.patients = self.read()
        self.reading: list[float] = []  # seconds
        self.judging: list[float] = []

    def read(self) -> list[Patient]:
        """The patients that the cells describe."""
        return [
            Patient(
                row[self._layout.id],
                DAY,
                {
                    column.fact.id: read_cell(column.fact, {"value": row[column.index]}, self._dictionary, DAY)
                    for column in self._layout.columns
                },
            )
            for row in self._rows
        ]

    def run(self) -> None:
        """Measure all patients once."""
        begin = time.perf_counter()
        self.read()
        between = time.perf_counter()
        self.verdicts()
        self.reading.append(between - begin)
        self.judging.append(time.perf_counter() - between)

    def verdicts(self) -> list[tuple[str, str, str]]:
        """Patient, trial and verdict, patient by patient."""
        return [
            (patient.id, trial.id, screen_trial(trial, patient, self._dictionary).verdict.value)
            for patient in self.patients
            for trial in self._trials
        ]

    def check(self, load: Load) -> None:
        """The batch says the same of these patients. Raises AssertionError."""
        output = load.folder / "batch.csv"
        load.run_batch(keep=True)
        with output.open(encoding="utf-8", newline="") as file:
            written = [tuple(row[:3]) for row in csv.reader(file)][1:]
        output.unlink()
        if written != self.verdicts():
            raise AssertionError("the batch and the loop differ")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def middle(runs: Sequence[Run]) -> Run:
    """The medians."""
    return Run(
        statistics.median(run.seconds for run in runs),
        statistics.median(run.cpu for run in runs),
        round(statistics.median(run.peak for run in runs)),
    )


def by_rows(loads: Sequence[Load]) -> str:
    """More and more patients; the first load is one patient."""
    head = ("patients", "`screener batch`", "floor", "x floor", "patients/s", "after the start", "processor", "memory")
    start = middle(loads[0].batch)
    rows = []
    for load in loads:
        batch, floor = middle(load.batch), middle(load.floor)
        after = 1e6 * (batch.seconds - start.seconds) / load.rows
        rows.append(
            (
                f"{load.rows:,}",
                f"{batch.seconds:.1f} s",
                f"{floor.seconds:.1f} s",
                f"{batch.seconds / floor.seconds:.1f}",
                f"{load.rows / batch.seconds:,.0f}",
                f"{after:.0f} us each" if load is not loads[0] else "",
                f"{batch.cpu:.1f} s (floor {floor.cpu:.1f})",
                f"{batch.peak / MIB:.0f} MiB (floor {floor.peak / MIB:.0f})",
            )
        )
    return table(head, rows)


def by_trials(pairs: Sequence[tuple[Load, Load]]) -> str:
    """More and more trials that share predicates; each with one patient and with many."""
    head = (
        *("trials", "criteria", "comparisons (distinct)", "start and planning", f"{pairs[0][1].rows:,} patients"),
        *("each trial", "floor", "its each trial", "x floor", "processor", "memory"),
    )
    rows = []
    for one, many in pairs:
        start, batch, floor = middle(one.batch), middle(many.batch), middle(many.floor)
        number = len(many.trials)
        leaves = [leaf for trial in many.trials for criterion in trial.criteria for leaf in criterion.leaves]
        rows.append(
            (
                str(number),
                f"{decidable(many.trials):,}",
                f"{len(leaves):,} ({len(set(leaves)):,})",
                f"{start.seconds:.1f} s",
                f"{batch.seconds:.1f} s",
                f"{batch.seconds / number:.2f} s",
                f"{floor.seconds:.1f} s",
                f"{floor.seconds / number:.3f} s",
                f"{batch.seconds / floor.seconds:.1f}",
                f"{batch.cpu:.1f} s (floor {floor.cpu:.1f})",
                f"{batch.peak / MIB:.0f} MiB",
            )
        )
    return table(head, rows)


def by_loop(loop: Loop, load: Load) -> str:
    """The batch beside the loop, in patients a second."""
    judging = statistics.median(loop.judging)
    whole = statistics.median(map(sum, zip(loop.reading, loop.judging, strict=True)))
    many, few = load.rows / middle(load.batch).seconds, len(loop.patients)
    rows = [(f"`screener batch`, {load.rows:,} patients, with its start", f"{many:,.0f}", "")]
    rows += [
        (f"the evaluator in a loop, {few} patients{what}", f"{few / taken:,.0f}", f"{many * taken / few:,.0f}")
        for what, taken in ((" already read", judging), (", reading their cells too", whole))
    ]
    return table(("patients a second", "", "batch is faster by"), rows)


def decidable(trials: Iterable[Trial]) -> int:
    return sum(criterion.test is not None for trial in trials for criterion in trial.criteria)


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batch", description="`screener batch` beside a floor.")
    parser.add_argument("--quick", action="store_true", help="20,000 rows and 1 round, unless said otherwise")
    parser.add_argument("--rows", metavar="N", type=int, help="of the largest intake (1,000,000), 100 or more")
    parser.add_argument("--rounds", metavar="N", type=int, help="after one to warm up (5)")
    parser.add_argument("--intake", metavar="FILE", type=Path, help="take the rows from this file of make_intake")
    parser.add_argument("--folder", metavar="DIR", type=Path, help="make the temporary folder here")
    chosen = parser.parse_args(arguments)
    chosen.rows = chosen.rows or (20_000 if chosen.quick else 1_000_000)
    chosen.rounds = chosen.rounds or (1 if chosen.quick else 5)
    if chosen.rows < 100 or chosen.rounds < 1:  # noqa: PLR2004 - so that the sizes differ
        parser.error("ROWS is 100 or more, and there is a round at least")
    return chosen


def intakes(plan: Plan, catalog: Catalog, given: Path | None, folder: Path) -> dict[int, Path]:
    """An intake of each size, and one of the people of the loop."""
    whole = given
    if whole is None:
        whole = folder / "whole.csv"
        with whole.open("wb") as out:
            write(Order(max(plan.sizes), most_read(catalog, COLUMNS)), out, processes=os.cpu_count() or 1)
    return {rows: beginning(whole, rows, folder / f"{rows}.csv") for rows in {*plan.sizes, plan.people}}


def measure(plan: Plan, catalog: Catalog, given: Path | None, folder: Path) -> str:
    """Measure everything in a folder, and give the tables."""
    files = intakes(plan, catalog, given, folder)
    trials = tuple(trial for trial in catalog.open_trials().trials if not trial.is_profile)
    sizes = [Load(files[rows], trials, (), folder) for rows in plan.sizes]
    pairs = []
    for number in plan.trials:
        made = copies(catalog, number, folder / f"criteria-{number}")
        chosen = ("--criteria", str(made))
        copied = load_catalog(made).trials
        pairs.append((Load(files[1], copied, chosen, folder), Load(files[plan.shared], copied, chosen, folder)))
    loop = Loop(files[plan.people], trials, catalog.dictionary)
    loop.check(Load(files[plan.people], trials, (), folder))
    loads = [*sizes, *(load for pair in pairs for load in pair)]
    for load in loads:
        load.warm_up()
    tasks: list[Callable[[], None]] = [task for load in loads for task in (load.run_batch, load.run_floor)]
    order = random.Random(SEED)  # noqa: S311 - an order, no secret
    for number in range(plan.rounds):
        print(f"round {number + 1} of {plan.rounds}", file=sys.stderr)
        for task in order.sample([*tasks, loop.run], len(tasks) + 1):
            task()
    about = f"{len(trials)} open trials, {decidable(trials)} decidable criteria:\n\n"
    return about + "\n".join((by_rows(sizes), by_trials(pairs), by_loop(loop, sizes[-1])))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    chosen = options(arguments)
    plan = (quick_plan if chosen.quick else whole_plan)(chosen.rows, chosen.rounds)
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
    print(f"{machine}, DuckDB {version('duckdb')}, PyArrow {version('pyarrow')}; ", end="")
    print(f"medians of {plan.rounds} interleaved rounds after one to warm up, seed {SEED}", flush=True)
    beside = chosen.folder or (chosen.intake.parent if chosen.intake else None)
    with tempfile.TemporaryDirectory(dir=beside, prefix="benchmark-") as folder:
        print(measure(plan, load_catalog(criteria_folder()), chosen.intake, Path(folder).resolve()))


if __name__ == "__main__":
    main()
