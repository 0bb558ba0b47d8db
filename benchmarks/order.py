"""How long the next question takes to find with 30 trials of 35 criteria, beside screening the same trials once.

The trials are those of benchmarks/evaluate.py. Invented patients are interviewed to the end. Measured are the first
question of an interview (in a process in which the expected answers have been weighed, and in one in which they have
not) and each question after an answer. The floor is one screening of all trials for the patient as known at that
point, which every order has to beat to be worth more than asking and screening anew. Run from the repository root:

    python -m benchmarks.order [PATIENTS]
"""

from __future__ import annotations

import os
import platform
import random
import statistics
import sys
import time

from benchmarks.evaluate import CRITERIA, DAY, SEED, TRIALS, cycled
from benchmarks.invented import invent
from benchmarks.questions import told
from screener.catalog import criteria_folder, load_catalog, load_expected
from screener.evaluate import screen_trial
from screener.interview import Agenda, Interview

PATIENTS = 20
Times = dict[str, list[float]]


def milliseconds(begin: float) -> float:
    return 1000 * (time.perf_counter() - begin)


def interviewed(state: Interview, seed: int, times: Times) -> None:
    """Measure every question of one interview, and a screening after every tenth."""
    person = invent(random.Random(seed), DAY)  # noqa: S311 - invented people, no secret
    begin = time.perf_counter()
    question = state.question
    times["first question"].append(milliseconds(begin))
    while question:
        begin = time.perf_counter()
        state = told(state, question.fact.id, person)
        question = state.question
        times["next question"].append(milliseconds(begin))
        if len(state.entries) % 10 == 0:
            begin = time.perf_counter()
            for trial in state.trials:
                screen_trial(trial, state.patient, state.dictionary)
            times["floor: screening once"].append(milliseconds(begin))


def table(times: Times) -> str:
    """Median, 90th percentile and maximum, and the median by the floor's."""
    floor = statistics.median(times["floor: screening once"])
    lines = [f"{'row':44} {'median':>10} {'p90':>10} {'largest':>10} {'x floor':>8}"]
    for name, taken in times.items():
        p90 = statistics.quantiles(taken, n=10)[-1] if len(taken) > 1 else taken[0]
        median = statistics.median(taken)
        lines.append(f"{name:44} {median:7.2f} ms {p90:7.2f} ms {max(taken):7.2f} ms {median / floor:8.2f}")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else PATIENTS
    folder = criteria_folder()
    catalog = load_catalog(folder)
    expected = load_expected(folder, catalog.dictionary)
    trials = cycled(catalog, manual=False)
    times: Times = {"floor: screening once": [], "first question, nothing weighed yet": []}
    for _ in range(5):
        begin = time.perf_counter()
        agenda = Agenda(catalog.dictionary, trials, DAY, expected)
        _ = Interview(agenda).question
        times["first question, nothing weighed yet"].append(milliseconds(begin))
    times |= {"first question": [], "next question": []}
    for seed in range(SEED, SEED + number):
        interviewed(Interview(agenda), seed, times)
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
    print(f"{machine}; {TRIALS} trials of {CRITERIA} decidable criteria, {number} invented patients from seed {SEED}")
    print(table(times))


if __name__ == "__main__":
    main()
