"""How long the PDF of the longest checklist takes once the program has started, beside its start (`screener --help`).

Every round runs both once, each in a process of its own, so that nothing is remembered from one PDF to the next; the
time of a PDF holds the import of typst and the reading of the fonts. Medians of the rounds after a warm-up are
compared. Run from the repository root, with the extra `print` installed:

    python -m benchmarks.print
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from datetime import date

from benchmarks.startup import ROOT, seconds
from screener.catalog import criteria_folder, load_catalog
from screener.checklist import Order, Sheet, build
from screener.language import Language
from screener.model import Patient
from screener.render.checklist.paper import Paper
from screener.render.checklist.pdf import render_pdf

ROUNDS = 15
WARM_UP = 2
DAY = date(2026, 11, 22)
ONE = "--one"  # as the only argument: typeset once, and print the seconds


def longest() -> Sheet:
    """The sheet with the most rows, filled for a patient of whom nothing is known, which adds the summary."""
    catalog = load_catalog(criteria_folder())
    patient = Patient("P-1", DAY, {})
    sheets = (build(Order(trial, catalog.dictionary, Language(), "0", DAY, None, patient)) for trial in catalog.trials)
    return max(sheets, key=lambda sheet: (_rows(sheet), sheet.trial))


def _rows(sheet: Sheet) -> int:
    return sum(len(section.rows) for section in sheet.sections)


def typeset() -> float:
    """The seconds of one PDF, in this process."""
    sheet = longest()
    begin = time.perf_counter()
    render_pdf(sheet, Paper.A4)
    return time.perf_counter() - begin


def measure() -> tuple[list[float], list[float]]:
    """The times of the start and of the PDF, warm-up left out."""
    starts, prints = [], []
    for number in range(WARM_UP + ROUNDS):
        start = seconds([sys.executable, "-m", "screener", "--help"])
        command = [sys.executable, "-m", "benchmarks.print", ONE]
        made = float(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
        if number >= WARM_UP:
            starts.append(start)
            prints.append(made)
    return starts, prints


def main() -> None:
    """Measure and print."""
    if sys.argv[1:] == [ONE]:
        print(typeset())
        return
    sheet = longest()
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
    print(f"{machine}; {ROUNDS} rounds after {WARM_UP} to warm up; {sheet.trial}, {_rows(sheet)} rows")
    starts, prints = measure()
    for name, times in (("screener --help", starts), ("PDF of the longest sheet", prints)):
        tenths = statistics.quantiles(times, n=10)
        print(
            f"{name:26} {1000 * statistics.median(times):7.1f} ms "
            f"(p10 {1000 * tenths[0]:.1f} ms, p90 {1000 * tenths[-1]:.1f} ms)"
        )
    print(f"ratio of medians: {statistics.median(prints) / statistics.median(starts):.2f}")


if __name__ == "__main__":
    main()
