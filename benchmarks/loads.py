"""`screener batch` and its floor as processes of their own: seconds, and the largest memory.

benchmarks/batch.py says what the floor is.
"""

from __future__ import annotations

import csv
import itertools
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.make_intake import DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from screener.model import Trial

ROOT = Path(__file__).resolve().parents[1]
OUT_COLUMNS = 13  # of results
KIB = 1 << 10

# Linux keeps the peak of the process that a new one is started from, so that must be a small one.
LAUNCHER = """
import os, sys, time
nothing = os.open(os.devnull, os.O_RDWR)
begin = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, nothing, 1)])
_, status, used = os.wait4(child, 0)
print(time.perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
FLOOR = "import sys, duckdb; duckdb.connect().execute(sys.argv[1])"


@dataclass(frozen=True)
class Run:
    """One process: wall-clock and processor seconds, and its largest memory in bytes."""

    seconds: float
    cpu: float
    peak: int


def measured(command: Sequence[str]) -> Run:
    """Run a command. Raises CalledProcessError, with what the command said, if it fails."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    os.sync()  # what others have written is not written back meanwhile
    launched = [sys.executable, "-I", "-S", "-c", LAUNCHER, *command]
    done = subprocess.run(launched, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    seconds, cpu, peak = done.stdout.split()
    return Run(float(seconds), float(cpu), int(peak) * KIB)


@dataclass
class Load:
    """Patients against trials, with what was measured of the batch and of its floor."""

    intake: Path
    trials: tuple[Trial, ...]
    options: tuple[str, ...]  # of the program: which trials these are
    folder: Path
    batch: list[Run] = field(default_factory=list)
    floor: list[Run] = field(default_factory=list)
    rows: int = 0  # as the batch counts them
    bytes_out: int = 0  # without the header

    def warm_up(self) -> None:
        """Run both once, and learn what the batch writes."""
        summary, output = self.folder / "summary.json", self.folder / "batch.csv"
        self.run_batch("--summary", str(summary), keep=True)
        self.rows = json.loads(summary.read_text(encoding="utf-8"))["rows"]["screened"]
        with output.open("rb") as file:
            self.bytes_out = output.stat().st_size - len(file.readline())
        output.unlink()
        self.run_floor()
        self.batch.clear()
        self.floor.clear()

    def run_batch(self, *options: str, keep: bool = False) -> None:
        """Measure the program."""
        output = self.folder / "batch.csv"
        program = [sys.executable, "-m", "screener", "-q", "batch", str(self.intake), "-o", str(output)]
        self.batch.append(measured([*program, "--as-of", DAY.isoformat(), *self.options, *options]))
        if not keep:
            output.unlink()

    def run_floor(self, *, keep: bool = False) -> None:
        """Measure the floor."""
        output = self.folder / "floor.csv"
        self.floor.append(measured([sys.executable, "-c", FLOOR, self.floor_sql(output)]))
        if not keep:
            output.unlink()

    def floor_sql(self, output: Path) -> str:
        """The floor's only query. Its texts are filled up so that all lines of a patient are as long as the batch's."""
        with self.intake.open(encoding="utf-8", newline="") as file:
            header, first = itertools.islice(csv.reader(file), 2)
        ids = [trial.id for trial in self.trials]
        keys = sum(len(first[0]) + len(name) + OUT_COLUMNS for name in ids)  # with commas and the end of the line
        left = max(0, round(self.bytes_out / self.rows) - keys)
        widths = [left // len(ids) + (place < left % len(ids)) for place in range(len(ids))]
        each = min(widths) // (OUT_COLUMNS - 2)
        last = [width - each * (OUT_COLUMNS - 3) for width in widths]
        used = " + ".join(f"coalesce(strlen({_name(column)}), 0)" for column in header)
        texts = ", ".join(f"'{'x' * each}' AS c{place}" for place in range(OUT_COLUMNS - 4))
        return (
            f"COPY (SELECT id, unnest({_list(ids)}) AS trial_id,"  # noqa: S608 - quoted
            f" CASE WHEN used > 500 THEN '{'y' * each}' ELSE '{'n' * each}' END AS verdict, {texts},"
            f" unnest({_list('x' * width for width in last)}) AS last"
            f" FROM (SELECT {_name(header[0])} AS id, {used} AS used"
            f" FROM read_csv({_text(str(self.intake))}, all_varchar = true, header = true)))"
            f" TO {_text(str(output))} (FORMAT csv, HEADER)"
        )


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"
