"""How long the program takes to start, beside `python -c pass` and a Typer program that does nothing.

Every round runs each command once, in an order shuffled with a fixed seed, so that a machine that slows down slows all
of them. The medians of the rounds after a warm-up are compared. Run from the repository root:

    python benchmarks/startup.py
"""

from __future__ import annotations

import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATIENT = ROOT / "criteria" / "examples" / "patient.yaml"
ROUNDS = 21
WARM_UP = 2  # the first run of a command may have to compile its modules to bytecode
SEED = 20261122

HELLO = '''"""A Typer program that does nothing, with the settings of screener's own."""
import typer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command()
def hello(name: str) -> None:
    """Say hello."""
    print(f"Hello {name}")


if __name__ == "__main__":
    app()
'''

BARE = "python -c pass"
TYPER = "hello-world Typer --help"


def commands(hello: Path) -> dict[str, list[str]]:
    """What is run, by the name in the table."""
    python = sys.executable
    program = [python, "-m", "screener"]
    return {
        BARE: [python, "-c", "pass"],
        TYPER: [python, str(hello), "--help"],
        "screener --version": [*program, "--version"],
        "screener --help": [*program, "--help"],
        "screener screen example": [*program, "screen", str(PATIENT)],
    }


def seconds(command: list[str]) -> float:
    """The wall-clock time of one run. Raises CalledProcessError if the command fails."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return time.perf_counter() - begin


def measure() -> dict[str, list[float]]:
    """The times of every command, warm-up left out."""
    order = random.Random(SEED)  # noqa: S311 - an order, no secret
    with tempfile.TemporaryDirectory() as folder:
        hello = Path(folder) / "hello.py"
        hello.write_text(HELLO, encoding="utf-8")
        named = commands(hello)
        times: dict[str, list[float]] = {name: [] for name in named}
        for number in range(WARM_UP + ROUNDS):
            for name in order.sample(list(named), len(named)):
                taken = seconds(named[name])
                if number >= WARM_UP:
                    times[name].append(taken)
    return times


def table(times: dict[str, list[float]]) -> str:
    """Medians, the spread from the 10th to the 90th percentile, and ratios of medians."""
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    lines = [f"{'command':26} {'median':>9} {'p10':>9} {'p90':>9} {'x python':>9} {'x typer':>9}"]
    for name, taken in times.items():
        tenths = statistics.quantiles(taken, n=10)
        spread = f"{1000 * tenths[0]:6.1f} ms {1000 * tenths[-1]:6.1f} ms"
        ratios = f"{medians[name] / medians[BARE]:9.2f} {medians[name] / medians[TYPER]:9.2f}"
        lines.append(f"{name:26} {1000 * medians[name]:6.1f} ms {spread} {ratios}")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
    print(f"{machine}; {ROUNDS} interleaved rounds after {WARM_UP} to warm up, seed {SEED}")
    print(table(measure()))


if __name__ == "__main__":
    main()
