"""How many questions an interview takes until every verdict is settled, beside two plain orders and a lower bound.

The patients are invented (benchmarks/invented states their distributions); the answers to expect that order the
questions (criteria/expected.yaml) were written apart from them. Each patient is interviewed over all open trials:

ours        the interview as it is, each fact counted as one question, also where several stand on one screen
screens     the same, a panel such as the blood count counted once
(a)         the facts that the trials read, in the order of facts.yaml, none left out, until all verdicts are settled
(b)         the same order, facts that can no longer matter left out
(c)         the smallest set of facts that certifies the same verdicts for this patient (benchmarks/certificate.py)
flat prior  ours without the answers to expect: every comparison as likely true as false

A verdict is settled when no answer that is still missing could change it. Run from the repository root:

    python -m benchmarks.questions [PATIENTS]
"""

from __future__ import annotations

import os
import platform
import random
import statistics
import sys
from dataclasses import dataclass
from datetime import date
from functools import cache
from multiprocessing import Pool
from typing import TYPE_CHECKING

from benchmarks.certificate import Certificates, smallest_union
from benchmarks.invented import invent
from screener.catalog import criteria_folder, load_catalog, load_expected
from screener.interview import Agenda, Interview
from screener.model import Verdict
from screener.patient import MISSING_WORDS

if TYPE_CHECKING:
    from benchmarks.invented import Invented

PATIENTS = 2000
SEED = 20261122
DAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Counted:
    """The questions of one patient's interview, under each order."""

    ours: int
    screens: int
    fixed: int
    skipping: int
    bound: int
    flat: int
    verdicts: tuple[Verdict, ...]


@cache
def begin(*, flat: bool = False) -> Interview:
    """An interview over all open trials; profiles ask for nothing."""
    folder = criteria_folder()
    catalog = load_catalog(folder).open_trials()
    trials = tuple(trial for trial in catalog.trials if not trial.is_profile)
    expected = {} if flat else load_expected(folder, catalog.dictionary)
    return Interview(Agenda(catalog.dictionary, trials, DAY, expected))


def told(state: Interview, fact: str, person: Invented) -> Interview:
    """The interview after the person has answered."""
    declared = state.dictionary.facts[fact]
    if fact in person.missing:
        return state.skip(declared, MISSING_WORDS[person.missing[fact]])
    raw = person.answers[fact]
    return state.answer(declared, raw if isinstance(raw, str) else tuple(raw))


def asked(state: Interview, person: Invented) -> tuple[Interview, int]:
    """The interview to its end, and on how many screens it was held."""
    screens = 0
    while question := state.question:
        screens += question.begins
        state = told(state, question.fact.id, person)
    return state, screens


def fixed_order(state: Interview) -> list[str]:
    """The facts that the trials read, in the order of facts.yaml."""
    return [fact for fact in state.dictionary.facts if fact in state.agenda.touched]


def until_settled(person: Invented) -> int:
    """How many facts of the fixed order it takes. What is settled stays so, so the number is found by halving."""
    order = fixed_order(begin())
    low, high = 0, len(order)
    while low < high:
        middle = (low + high) // 2
        state = begin()
        for fact in order[:middle]:
            state = told(state, fact, person)
        low, high = (low, middle) if state.question is None else (middle + 1, high)
    return low


def skipping(person: Invented) -> int:
    """How many facts of the fixed order are asked for, if those that can no longer matter are left out."""
    state = begin()
    while candidates := state.candidates:
        state = told(state, min(candidates, key=list(state.dictionary.facts).index), person)
    return len(state.entries)


def count(seed: int) -> Counted:
    """Invent a patient and count."""
    person = invent(random.Random(seed), DAY)  # noqa: S311 - invented people, no secret
    state, screens = asked(begin(), person)
    whole = begin()
    for fact in (*person.answers, *person.missing):
        whole = told(whole, fact, person)
    if whole.verdicts != state.verdicts:
        raise AssertionError(seed)
    certificates = Certificates(whole.patient, whole.dictionary)
    families = [family for trial in whole.trials for family in certificates.requirements(trial)]
    return Counted(
        ours=len(state.entries),
        screens=screens,
        fixed=until_settled(person),
        skipping=skipping(person),
        bound=smallest_union(families),
        flat=len(asked(begin(flat=True), person)[0].entries),
        verdicts=tuple(state.verdicts.values()),
    )


def table(counted: list[Counted]) -> str:
    """Median and 90th percentile of each order, and the medians of the patients' own ratios."""
    rows = {
        "ours": [item.ours for item in counted],
        "ours, screens": [item.screens for item in counted],
        "(a) fixed order of facts.yaml": [item.fixed for item in counted],
        "(b) skip-logic only": [item.skipping for item in counted],
        "(c) lower bound": [item.bound for item in counted],
        "ours, flat prior": [item.flat for item in counted],
    }
    fixed, bound = (statistics.median(rows[name]) for name in ("(a) fixed order of facts.yaml", "(c) lower bound"))
    lines = [f"{'order':32} {'median':>8} {'p90':>8} {'x (a)':>8} {'x (c)':>8}"]
    for name, numbers in rows.items():
        median, p90 = statistics.median(numbers), statistics.quantiles(numbers, n=10)[-1]
        lines.append(f"{name:32} {median:8.0f} {p90:8.0f} {median / fixed:8.2f} {median / bound:8.2f}")
    own = statistics.median(item.ours / max(1, item.bound) for item in counted)
    lines.append(f"median over patients of ours / (c): {own:.2f}")
    return "\n".join(lines)


def shares(counted: list[Counted]) -> str:
    """How often each verdict came out, over patients and trials, and how many patients no trial is left for."""
    verdicts = [verdict for item in counted for verdict in item.verdicts]
    parts = [f"{verdict.value} {100 * verdicts.count(verdict) / len(verdicts):.1f} %" for verdict in Verdict]
    none = sum(set(item.verdicts) == {Verdict.NO_MATCH} for item in counted)
    return f"verdicts: {', '.join(parts)}; no trial left for {100 * none / len(counted):.1f} % of the patients"


def main() -> None:
    """Count and print."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else PATIENTS
    with Pool(os.cpu_count()) as pool:
        counted = pool.map(count, range(SEED, SEED + number), chunksize=20)
    trials = begin().trials
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
    print(f"{machine}; {number} invented patients, seeds from {SEED}; {len(trials)} open trials, ", end="")
    print(f"{len(begin().agenda.criteria)} decidable criteria, {len(fixed_order(begin()))} facts")
    print(shares(counted))
    print(table(counted))


if __name__ == "__main__":
    main()
