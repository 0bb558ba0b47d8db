"""How long it takes to judge 30 trials of 35 criteria for one patient, beside a floor in bare Python.

The trials are made in memory: the criteria of the shipped trials (profiles left out), in the order of the catalog and
of their files, are taken round and round, 35 for each of the trials T01 to T30, renumbered C-1 to C-35 and without
cohorts. Once with all criteria, as the files have them, and once without those that only the trial team can judge,
which cost next to nothing. The patient is criteria/examples/patient.yaml; beside it stands a patient of whom nothing is
known.

The floor does the least that could be called evaluation: for as many comparisons as the trials have leaves (a
comparison, choice, washout or count each) it calls a lambda that looks a number up in a dict and compares it, and keeps
the answers in a list. It knows no missing answer, unit, date or reason. One such pass is too short for one measurement,
so a floor is measured over 50 passes and divided.

Every round measures each row once, in an order shuffled with a fixed seed. Run from the repository root, with the
package installed or on the path:

    python benchmarks/evaluate.py
"""

from __future__ import annotations

import itertools
import os
import platform
import random
import statistics
import time
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from screener.catalog import criteria_folder, load_catalog
from screener.evaluate import screen_trial
from screener.expr import leaves
from screener.model import Patient, Trial
from screener.patient import compile_patient
from screener.source import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from screener.catalog import Catalog
    from screener.model import Criterion

TRIALS, CRITERIA = 30, 35
ROUNDS = 100
WARM_UP = 5
FLOOR_PASSES = 50
SEED = 20261122
DAY = date(2026, 11, 22)


def cycled(catalog: Catalog, *, manual: bool) -> tuple[Trial, ...]:
    """The trials made in memory, with or without the criteria that only the trial team can judge."""
    shipped = [trial for trial in catalog.trials if not trial.is_profile]
    supply = itertools.cycle(c for trial in shipped for c in trial.criteria if manual or c.test is not None)
    return tuple(
        replace(
            shipped[0],
            id=f"T{number:02}",
            cohorts=(),
            criteria=tuple(_renumbered(next(supply), position) for position in range(1, CRITERIA + 1)),
        )
        for number in range(1, TRIALS + 1)
    )


def _renumbered(criterion: Criterion, position: int) -> Criterion:
    return replace(criterion, id=f"C-{position}", cohorts=())


def count_leaves(trials: tuple[Trial, ...]) -> int:
    """How many comparisons the trials make, if every one is judged once."""
    return sum(
        1
        for trial in trials
        for criterion in trial.criteria
        for expression in criterion.expressions
        for _ in leaves(expression)
    )


def bare_lambdas(count: int, chance: random.Random) -> Callable[[], object]:
    """As many comparisons of a number in a dict with a limit."""
    facts = {f"fact_{number}": chance.uniform(0, 100) for number in range(60)}

    def comparison(name: str, limit: float) -> Callable[[dict[str, float]], bool]:
        return lambda known: known[name] >= limit

    comparisons = [comparison(chance.choice(list(facts)), chance.uniform(0, 100)) for _ in range(count)]

    def judge() -> list[bool]:
        answers: list[bool] = []
        for _ in range(FLOOR_PASSES):
            answers = [compare(facts) for compare in comparisons]
        return answers

    return judge


def screening(trials: tuple[Trial, ...], patient: Patient, catalog: Catalog) -> Callable[[], object]:
    """Judge all trials for a patient."""
    return lambda: [screen_trial(trial, patient, catalog.dictionary) for trial in trials]


def measure(rows: dict[str, Callable[[], object]], chance: random.Random) -> dict[str, list[float]]:
    """The milliseconds of every row in every round, warm-up left out."""
    times: dict[str, list[float]] = {name: [] for name in rows}
    for number in range(WARM_UP + ROUNDS):
        for name in chance.sample(list(rows), len(rows)):
            begin = time.perf_counter()
            rows[name]()
            if number >= WARM_UP:
                passes = FLOOR_PASSES if name.startswith("floor") else 1
                times[name].append(1000 * (time.perf_counter() - begin) / passes)
    return times


def table(times: dict[str, list[float]], floors: dict[str, str]) -> str:
    """Median and 90th percentile of every row, the median for one criterion, and its ratio to the row's floor."""
    lines = [f"{'row':42} {'median':>10} {'p90':>10} {'per criterion':>14} {'x floor':>8}"]
    for name, taken in times.items():
        median = statistics.median(taken)
        each = f"{1000 * median / (TRIALS * CRITERIA):8.2f} us"
        p90 = statistics.quantiles(taken, n=10)[-1]
        ratio = median / statistics.median(times[floors[name]])
        lines.append(f"{name:42} {median:7.2f} ms {p90:7.2f} ms {each:>14} {ratio:8.1f}")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    chance = random.Random(SEED)  # noqa: S311 - an order and a floor, no secret
    folder = criteria_folder()
    catalog = load_catalog(folder)
    known = compile_patient(load(folder / "examples" / "patient.yaml"), catalog.dictionary, today=DAY)
    unknown = Patient("", DAY, {})
    whole, decidable = cycled(catalog, manual=True), cycled(catalog, manual=False)
    rows: dict[str, Callable[[], object]] = {}
    floors: dict[str, str] = {}
    for label, trials in (("all criteria", whole), ("decidable criteria", decidable)):
        floor = f"floor: {count_leaves(trials)} bare lambdas"
        rows[floor] = bare_lambdas(count_leaves(trials), chance)
        rows[f"{label}, example patient"] = screening(trials, known, catalog)
        rows[f"{label}, nothing known"] = screening(trials, unknown, catalog)
        floors |= dict.fromkeys(list(rows)[-3:], floor)
    manual = sum(criterion.test is None for trial in whole for criterion in trial.criteria)
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
    print(f"{machine}; {ROUNDS} interleaved rounds after {WARM_UP} to warm up, seed {SEED}")
    print(f"{TRIALS} trials of {CRITERIA} criteria; of all criteria {manual} only the trial team can judge")
    print(table(measure(rows, chance), floors))


if __name__ == "__main__":
    main()
