"""The README is tested against the program: its tables and outputs are made, not typed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from screener.errors import ExitCode

if TYPE_CHECKING:
    from screener.catalog import Catalog

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


def run(*words: str) -> str:
    environment = os.environ | {"COLUMNS": "100", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "screener", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def trials_table(catalog: Catalog) -> str:
    rows = []
    for trial in catalog.trials:
        manual = sum(criterion.test is None for criterion in trial.criteria)
        record = trial.registry.as_of if trial.registry else "the documents, no one study"
        rows.append(f"| {trial.id}: {trial.title} | {record} | {len(trial.criteria)} | {manual} |\n")
    return "".join(rows)


def made_anew(catalog: Catalog) -> str:
    """The README with every made part made again."""

    def output(found: re.Match[str]) -> str:
        return f"{found[1]}```\n{run(*found[2].split())}```\n"

    text = README.read_text()
    text = re.sub(r"(<!-- output: (.*?) -->\n)```\n.*?```\n", output, text, flags=re.DOTALL)
    table = trials_table(catalog)
    return re.sub(r"(<!-- trials -->\n).*?(<!-- end -->)", lambda m: m[1] + table + m[2], text, flags=re.DOTALL)


def test_the_readme_shows_what_the_program_prints(catalog: Catalog, request: pytest.FixtureRequest) -> None:
    wanted = made_anew(catalog)
    if request.config.getoption("--update-golden"):
        README.write_text(wanted)
    assert README.read_text() == wanted


@pytest.mark.parametrize("command", ["interview", "screen", "template"])
def test_the_readme_names_every_option_of(command: str) -> None:
    text = README.read_text()
    options = set(re.findall(r"(--[a-z][a-z-]+)", run(command, "--help"))) - {"--help"}
    short = {"--trial": "-t", "--output": "-o", "--format": "-f", "--lang": "--lang"}
    line = next(line for line in text.splitlines() if line.startswith(f"screener {command}"))
    missing = {option for option in options if option not in text and short.get(option, option) not in line}
    assert not missing


def test_the_readme_names_every_exit_code() -> None:
    rows = "".join(line for line in README.read_text().splitlines() if re.match(r"\| \d", line))
    missing = {code.name for code in ExitCode if not re.search(rf"\b{code.value}\b", rows)}
    assert missing == {ExitCode.NETWORK.name}  # no network request is made yet


def test_ci_runs_the_readmes_own_test_command() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert "<!-- tests -->" in script
    assert "-m pytest" in README.read_text().split("<!-- tests -->")[1].split("```")[1]
