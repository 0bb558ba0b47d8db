"""How many faults in the rule files the shipped cases would notice: every mutant of every trial.

Run from the repository root; trials may be named, and `--all` lists every survivor, not only those that must not be:

    python -m benchmarks.mutate [--all] [TRIAL]...
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

from benchmarks.mutants import DEMANDED, Fault, Watch, mutants, survivors
from screener.catalog import criteria_folder, load_catalog


def rate(noticed: int, tried: int) -> str:
    return f"{noticed:5} of {tried:5}  {100 * noticed / tried:5.1f} %" if tried else "    -"


def main() -> int:
    """Print the rates and the survivors; 1 if a fault that must be noticed is not."""
    parser = argparse.ArgumentParser(description="Mutants of rule files, and whether the cases notice them.")
    parser.add_argument("trials", nargs="*")
    parser.add_argument("--all", action="store_true", help="list every survivor")
    chosen = parser.parse_args()
    catalog = load_catalog(criteria_folder(), chosen.trials)
    all_noticed: Counter[Fault] = Counter()
    all_tried: Counter[Fault] = Counter()
    missed = 0
    for trial in catalog.trials:
        begin = time.perf_counter()
        left, noticed, tried = survivors(mutants(trial, catalog.dictionary), Watch.over(trial, catalog))
        seconds = time.perf_counter() - begin
        print(f"{trial.id:20} {rate(noticed.total(), tried.total())}  in {seconds:.1f} s")
        demanded = [mutant for mutant in left if mutant.fault in DEMANDED]
        missed += len(demanded)
        for mutant in left if chosen.all else demanded:
            print(f"  survives: {mutant}")
        all_noticed += noticed
        all_tried += tried
    for fault in Fault:
        print(f"{fault.value:36} {rate(all_noticed[fault], all_tried[fault])}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
