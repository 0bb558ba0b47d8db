"""The README is tested against the program: its tables and outputs are made, not typed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from screener.coverage import Covered, State, cover
from screener.errors import ExitCode

if TYPE_CHECKING:
    from screener.catalog import Catalog
    from screener.model import Trial

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


def run(*words: str) -> str:
    environment = os.environ | {"COLUMNS": "100", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "screener", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def trials_table(catalog: Catalog) -> str:
    """Requirements of the text: headings and asides are none. Where no text is known, the criteria alone."""
    rows = []
    for trial in catalog.trials:
        if trial.registry is None:
            continue
        states = [item.state for item in accounted(trial)]
        encoded, manual = states.count(State.ENCODED), states.count(State.MANUAL)
        asked = f"{encoded + manual} | {encoded} | {manual}" if states else "no text | |"
        criteria = f"{len(trial.criteria)} ({sum(criterion.test is None for criterion in trial.criteria)})"
        status = f"{trial.registry.status.replace('_', ' ')}, {trial.registry.status_as_of}"
        rows.append(f"| {trial.id}: {trial.title} | {status} | {asked} | {criteria} |\n")
    return "".join(rows)


def accounted(trial: Trial) -> tuple[Covered, ...]:
    return cover(trial, [(item.section, item.item) for item in trial.requirements])


def manual_page(catalog: Catalog) -> str:
    """docs/coverage.md: what is left to the trial team, and why."""
    lines = [
        "# What the rules leave to the trial team, and why",
        "",
        "Made from the rule files by `pytest --update-golden`. Every requirement of the registry texts is encoded or",
        "stands here; the headings and asides of a text ask for nothing of their own.",
    ]
    for trial in catalog.trials:
        manual = [criterion for criterion in trial.criteria if criterion.test is None]
        if not manual:
            continue
        lines += [
            "",
            f"## {trial.id}",
            "",
            "| criterion | place in the text | what it asks | why |",
            "|---|---|---|---|",
        ]
        for criterion in manual:
            place = f"{criterion.source.section} {criterion.source.item}"
            lines.append(f"| {criterion.id} | {place} | {criterion.text} | {criterion.manual} |")
        if trial.asides:
            asides = "; ".join(f"{aside.section} {aside.item} ({aside.why})" for aside in trial.asides)
            lines += ["", f"Asides: {asides}."]
    return "\n".join(lines) + "\n"


def test_the_page_on_what_is_left_to_the_trial_team_is_true(catalog: Catalog, request: pytest.FixtureRequest) -> None:
    page = ROOT / "docs" / "coverage.md"
    if request.config.getoption("--update-golden"):
        page.write_text(manual_page(catalog))
    assert page.read_text() == manual_page(catalog)


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
    assert not missing


def test_ci_runs_the_readmes_own_test_command() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert "<!-- tests -->" in script
    assert "-m pytest" in README.read_text().split("<!-- tests -->")[1].split("```")[1]
