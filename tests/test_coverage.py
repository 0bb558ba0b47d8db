"""The rules against the registry texts: every requirement accounted for, and a change named by its criterion."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from screener.catalog import Catalog, criteria_folder
from screener.coverage import Covered, State, changes, citing_criteria, cover, recorded
from screener.eligibility import Requirement, eligibility_text, fingerprint, split
from screener.lint import lint_trial
from tests.program import Program

if TYPE_CHECKING:
    from screener.model import Trial

TEXTS = Path(__file__).parents[2] / "shared" / "registry" / "criteria"
WITH_TEXT = (
    *("NCT01583686", "NCT02580747", "NCT03054298", "NCT03907852", "NCT04577326"),
    *("NCT05451849", "NCT05568680", "NCT06051695", "NCT06885697"),
)


def registry_text(name: str) -> str:
    path = TEXTS / f"{name}.json"
    if not path.exists():
        pytest.skip(f"the registry text {name} is not here")
    text = eligibility_text(path.read_text())
    assert text
    return text


def trial_of(catalog: Catalog, nct: str) -> Trial:
    return next(trial for trial in catalog.trials if trial.id == nct)


def covered_by_record(trial: Trial) -> tuple[Covered, ...]:
    return cover(trial, [(item.section, item.item) for item in trial.requirements])


@pytest.mark.parametrize("nct", WITH_TEXT)
def test_every_recorded_requirement_is_encoded_or_declared(catalog: Catalog, nct: str) -> None:
    trial = trial_of(catalog, nct)
    assert trial.requirements
    assert [item.place for item in covered_by_record(trial) if item.state is State.UNCOVERED] == []


@pytest.mark.parametrize("nct", WITH_TEXT)
def test_the_record_is_that_of_the_registry_text(catalog: Catalog, nct: str) -> None:
    text, trial = registry_text(nct), trial_of(catalog, nct)
    assert changes(trial, split(text)) == ()
    assert trial.registry
    assert trial.registry.eligibility_sha256 == fingerprint(text)


@pytest.mark.parametrize("nct", WITH_TEXT)
def test_every_criterion_cites_a_place_that_exists(catalog: Catalog, nct: str) -> None:
    trial = trial_of(catalog, nct)
    known = {(item.section, item.item) for item in trial.requirements} | {("inclusion", "title")}
    assert {place for criterion in trial.criteria for place in criterion.source.places} <= known


def test_the_amendment_of_a_real_trial_names_the_criteria_of_one_requirement(catalog: Catalog) -> None:
    trial = trial_of(catalog, "NCT05451849")
    earlier = changes(trial, split(registry_text("NCT05451849.earlier")))
    assert [(change.kind, change.place) for change in earlier] == [("changed", ("inclusion", "3"))]
    assert earlier[0].criteria == citing_criteria(trial, ("inclusion", "3"))
    assert earlier[0].criteria


def test_a_requirement_that_only_moved_is_no_change(catalog: Catalog) -> None:
    trial = trial_of(catalog, "NCT04577326")
    moved = [Requirement(item.section, f"9{item.item}", item.text) for item in split(registry_text("NCT04577326"))]
    assert changes(trial, moved) == ()


@pytest.mark.parametrize("nct", WITH_TEXT)
def test_any_one_requirement_changed_added_or_removed_is_named(catalog: Catalog, nct: str) -> None:
    trial, requirements = trial_of(catalog, nct), split(registry_text(nct))
    for index, item in enumerate(requirements):
        rest = [*requirements[:index], *requirements[index + 1 :]]
        altered = Requirement(item.section, item.item, f"{item.text} or not")
        place = (item.section, item.item)
        assert [(c.kind, c.place) for c in changes(trial, [*rest, altered])] == [("changed", place)]
        if requirements.count(item) == 1 and [r.sha256 for r in requirements].count(item.sha256) == 1:
            assert [(c.kind, c.place) for c in changes(trial, rest)] == [("removed", place)]
    extra = Requirement("inclusion", "99", "Something new")
    assert [(c.kind, c.place) for c in changes(trial, [*requirements, extra])] == [("added", ("inclusion", "99"))]


def test_recording_replaces_the_old_record_and_nothing_else() -> None:
    rules = (
        'trial: x\nregistry:\n  eligibility_sha256: pending\nrequirements:\n  inclusion:\n    "1": "00"\nasides: []\n'
    )
    item = Requirement("inclusion", "1", "Adult")
    once = recorded(rules, [item], "f" * 64)
    assert once.startswith(f'trial: x\nregistry:\n  eligibility_sha256: "{"f" * 64}"\nasides: []\nrequirements:')
    assert once.endswith(f'  inclusion:\n    "1": "{item.sha256}"\n')
    assert recorded(once, [item], "f" * 64) == once


@pytest.fixture
def copy(tmp_path: Path) -> Program:
    shutil.copytree(criteria_folder(), tmp_path / "criteria")
    return Program(tmp_path, tmp_path / "criteria")


TEXT = "Inclusion Criteria:\n\n1. Adult\n2. ECOG 0 or 1\n\nExclusion Criteria:\n\n1. Pregnant\n"


def test_a_new_trial_begins_with_every_requirement_as_a_placeholder(copy: Program) -> None:
    copy.write("text.txt", TEXT)
    made = copy.run("rules", "new", "nct09999999", "--text", "text.txt")
    assert made.code == 0
    assert [line.rsplit("/", 1)[-1] for line in made.out.split()] == ["NCT09999999.yaml", "NCT09999999.cases.yaml"]
    assert copy.run("rules", "test", "NCT09999999").code == 0
    assert copy.run("rules", "coverage", "NCT09999999", "--text", "text.txt").code == 0
    again = copy.run("rules", "new", "NCT09999999", "--text", "text.txt")
    assert (again.code, "is there already" in again.err) == (2, True)
    linted = copy.run("rules", "lint", "NCT09999999")
    assert linted.code == 1
    assert linted.out.count("TO DO") >= 3
    copy.write("changed.txt", TEXT.replace("ECOG 0 or 1", "ECOG 0"))
    drifted = copy.run("rules", "coverage", "NCT09999999", "--text", "changed.txt")
    assert drifted.code == 1
    assert "changed: inclusion 2, touches INC-2" in drifted.out
    copy.write("longer.txt", TEXT + "2. Nursing\n")
    uncovered = copy.run("rules", "coverage", "NCT09999999", "--text", "longer.txt")
    assert (uncovered.code, "1 uncovered" in uncovered.out) == (1, True)


def test_recording_a_changed_text_is_asked_for_and_said(copy: Program) -> None:
    copy.write("text.txt", TEXT)
    copy.run("rules", "new", "NCT09999999", "--text", "text.txt")
    copy.write("changed.txt", TEXT.replace("ECOG 0 or 1", "ECOG 0"))
    assert copy.run("rules", "coverage", "NCT09999999", "--text", "changed.txt", "--record").code == 0
    assert copy.run("rules", "coverage", "NCT09999999", "--text", "changed.txt").code == 0


def test_a_file_without_eligibility_text_is_refused(copy: Program) -> None:
    copy.write("no.json", '{"title": "x"}')
    ran = copy.run("rules", "coverage", "NCT04577326", "--text", "no.json")
    assert (ran.code, ran.out) == (65, "")


def test_shipped_trials_lint_clean(catalog: Catalog) -> None:
    assert [str(finding) for trial in catalog.trials for finding in lint_trial(trial, catalog.dictionary)] == []


def test_a_new_trial_without_a_text_records_none(copy: Program) -> None:
    assert copy.run("rules", "new", "NCT09999999").code == 0
    made = (copy.folder / "criteria" / "trials" / "NCT09999999.yaml").read_text()
    assert "eligibility_sha256: pending" in made
    assert "requirements:" not in made
    assert copy.run("rules", "test", "NCT09999999").code == 0
