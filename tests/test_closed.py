"""Studies that have ended are kept as history and screened only when asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from screener.catalog import Catalog, criteria_folder
from tests.program import Program

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE = criteria_folder() / "examples" / "patient.yaml"


def screened(program: Program, *words: str) -> set[str]:
    ran = program.run("screen", str(EXAMPLE), "-f", "json", *words)
    assert ran.code == 0
    return {trial["trial"] for trial in json.loads(ran.out)["trials"]}


def test_an_ended_study_is_screened_when_named_or_asked_for(catalog: Catalog, tmp_path: Path) -> None:
    program = Program(tmp_path, criteria_folder())
    closed = {trial.id for trial in catalog.trials if trial.is_closed}
    every = {trial.id for trial in catalog.trials}
    assert {"NCT01583686", "NCT03054298"} <= closed
    assert screened(program) == every - closed
    assert screened(program, "--include-closed") == every
    assert screened(program, "-t", "NCT01583686") == {"NCT01583686"}


def test_an_interview_and_a_template_leave_ended_studies_out(catalog: Catalog, tmp_path: Path) -> None:
    program = Program(tmp_path, criteria_folder())
    asked = program.run("template", "csv").out
    history = program.run("template", "csv", "--include-closed").out
    only_there = {
        fact
        for trial in catalog.trials
        if trial.is_closed
        for fact in trial.facts
        if not any(fact in other.facts for other in catalog.trials if not other.is_closed)
    }
    assert only_there
    assert not any(f",{fact}," in asked for fact in only_there)
    assert all(f",{fact}" in history for fact in only_there)


def test_ended_studies_stay_in_the_list(catalog: Catalog, tmp_path: Path) -> None:
    listed = Program(tmp_path, criteria_folder()).run("trials", "list").out
    assert all(trial.id in listed for trial in catalog.trials)
