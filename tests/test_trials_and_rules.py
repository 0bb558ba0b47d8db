"""`screener trials` and `screener rules`: what is shown, and which faults of a criteria folder are found."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from screener.expr import show
from screener.model import Band, Rule
from tests.program import SMALL_CRITERIA, Program, Ran, changed

if TYPE_CHECKING:
    from pathlib import Path

    from screener.catalog import Catalog

TRIAL = "NCT04577326"
RULES = "trials/NCT00000001.yaml"
CASES = "trials/NCT00000001.cases.yaml"
FACTS = "facts.yaml"


@dataclass(frozen=True)
class Plant:
    """A fault planted in one file of the small criteria, and what lint must say of it."""

    file: str
    old: str
    new: str
    says: str
    fix: str


PLANTS = {
    "L01 a threshold that no patient can have": Plant(
        RULES, "platelets >= 100 K/uL", "platelets >= 100000 K/uL", "NCT00000001 INC-4: L01 the threshold", "declare a"
    ),
    "L02 an outcome that no case shows": Plant(
        CASES, "INC-1: not met, ", "", "NCT00000001 INC-1: L02 no case shows it not met", "add a case"
    ),
    "L02 no case shows a criterion not applicable": Plant(
        CASES, "{EXC-2: not applicable, verdict: match}", "{verdict: match}", "EXC-2: L02 no case shows it not appl", ""
    ),
    "an unknown fact": Plant(RULES, "include: age", "include: agee", "there is no fact `agee`", "did you mean `age`?"),
    "a unit the fact does not take": Plant(
        RULES, ">= 100 K/uL", ">= 100 mg/dL", "`platelets` does not come in mg/dL", "units of this fact: K/uL"
    ),
    "a number without its unit": Plant(
        RULES, ">= 100 K/uL", ">= 100", "`platelets` comes in several units", "write one:"
    ),
    "limits that the fact does not have": Plant(
        RULES, ">= 100 K/uL", ">= 1 LLN", "has no limits of normal", "limits: true"
    ),
    "an unknown choice": Plant(RULES, "sex is female", "sex is femal", "`femal` is no choice of `sex`", "`female`"),
    "an unknown class": Plant(
        RULES, "checkpoint_inhibitor)", "checkpoint)", "`checkpoint` is no therapy class", "_inhibitor`?"
    ),
    "an unknown anchor": Plant(RULES, "to infusion >= 42", "to infuson >= 42", "an anchor is wanted here", "infusion"),
    "half an expression": Plant(
        RULES, "include: age >= 18", "include: age >=", "the expression ends too early", "a number"
    ),
    "a duplicate key": Plant(RULES, "phase:", "title: x\nphase:", "the key `title` stands here twice", "keep one"),
    "an unknown key": Plant(
        RULES, "    gate: infusion\n    include: days", "    gatte: infusion\n    include: days", "`gatte`", "`gate`"
    ),
    "a key that is missing": Plant(RULES, "  status: recruiting\n", "", "the key `status` is missing", "add `status:`"),
    "no source": Plant(
        RULES, '    source: {section: inclusion, item: "1"}\n', "", "the key `source` is missing", "add `source:`"
    ),
    "two tests in one criterion": Plant(
        RULES,
        "include: age >= 18",
        "include: age >= 18\n    manual: why",
        "exactly one of include, exclude, manual",
        "",
    ),
    "an empty reason": Plant(RULES, "manual: the investigator judges it", 'manual: ""', "this text is empty", ""),
    "one id twice": Plant(RULES, "id: INC-2", "id: INC-1", "the criterion `INC-1` stands here twice", "number"),
    "a file named after another trial": Plant(
        RULES, "trial: NCT00000001", "trial: NCT00000002", "the file is named after another trial", "rename one"
    ),
    "an implicit truth value": Plant(RULES, "target: mesothelin", "target: no", "something else than text", '"no"'),
    "an octal number": Plant(RULES, 'phase: "1"', "phase: 012", "something else than text", '"012"'),
    "an anchor of YAML": Plant(RULES, "target: mesothelin", "target: &a mesothelin", "an anchor (&)", "plainly"),
    "a case of no criterion": Plant(CASES, "{EXC-2: not appl", "{EXC-9: not appl", "there is no criterion `EXC-9`", ""),
    "a case of no outcome": Plant(CASES, "EXC-2: not applicable", "EXC-2: passed", "`passed` is not known here", ""),
    "a case of no fact": Plant(CASES, "set: {sex: male}", "set: {sexx: male}", "there is no fact `sexx`", "`sex`"),
    "two cases of one name": Plant(
        CASES, "case: nothing fits", "case: fits in every point", "two cases are called `fits in every point`", ""
    ),
    "a fact without a source": Plant(
        FACTS,
        "    burden: ask\n    source: made up for tests\n  sex:",
        "    burden: ask\n  sex:",
        "the key `source` is missing",
        "",
    ),
    "an alias that means two facts": Plant(FACTS, "aliases: [plt]", "aliases: [age]", "already means `age`", ""),
    "a choice that means two things": Plant(FACTS, "aliases: [m]", "aliases: [f]", "`f` means two choices", ""),
}


@pytest.fixture(scope="module")
def linted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """`rules lint` over a copy of the small criteria for each fault."""
    home = tmp_path_factory.mktemp("lint")
    calls = {}
    for number, (name, plant) in enumerate(PLANTS.items()):
        folder = home / str(number)
        shutil.copytree(SMALL_CRITERIA, folder)
        text = changed((folder / plant.file).read_text(encoding="utf-8"), (plant.old, plant.new))
        (folder / plant.file).write_text(text, encoding="utf-8")
        calls[name] = ["rules", "lint", "--criteria", folder]
    return Program(home).run_all(calls)


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_fault_is_a_finding(linted: dict[str, Ran], name: str) -> None:
    plant, ran = PLANTS[name], linted[name]
    assert (ran.code, ran.err) == (1, "")
    assert plant.says in ran.out
    assert plant.fix in ran.out
    assert "  Fix: " in ran.out
    assert "finding(s)" in ran.out.splitlines()[-1]
    assert "0 finding(s)" not in ran.out


@pytest.mark.parametrize("name", [name for name in PLANTS if not name.startswith("L0") and "named after" not in name])
def test_a_fault_of_a_file_is_shown_in_its_line(linted: dict[str, Ran], name: str) -> None:
    plant = PLANTS[name]
    error, excerpt, caret, *_ = linted[name].out.splitlines()
    assert f"/{plant.file}:" in error
    number = error.split(f"{plant.file}:")[1].split(":")[0]
    assert excerpt.startswith(f"  {number} | ")
    assert set(caret.split("|")[1]) == {" ", "^"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rules")


@pytest.fixture(scope="module")
def ran(home: Path) -> dict[str, Ran]:
    wrong = home / "wrong"
    shutil.copytree(SMALL_CRITERIA, wrong)
    text = changed(
        (wrong / RULES).read_text(encoding="utf-8"), ("include: toxicity_grade <= 1", "include: toxicity_grade <= 2")
    )
    (wrong / RULES).write_text(text, encoding="utf-8")
    without_cases = home / "without"
    shutil.copytree(SMALL_CRITERIA, without_cases)
    (without_cases / CASES).unlink()
    shipped: dict[str, list[object]] = {
        "list": ["trials", "list"],
        "show": ["trials", "show", TRIAL.lower()],
        "rules show": ["rules", "show", TRIAL],
        "lint": ["rules", "lint"],
        "test one": ["rules", "test", "solid_tumor_car_t"],
    }
    small: dict[str, list[object]] = {
        "show nothing": ["trials", "show", "NCT00000009"],
        "rules show nothing": ["rules", "show", "nothing"],
        "lint nothing": ["rules", "lint", "NCT00000009"],
        "lint one": ["rules", "lint", "nct00000001"],
        "test wrong": ["rules", "test", "--criteria", wrong],
        "test without": ["rules", "test", "--criteria", without_cases],
        "lint nowhere": ["rules", "lint", "--criteria", home / "nowhere"],
        "schema": ["rules", "schema"],
    }
    small |= {f"schema {name}": ["rules", "schema", name] for name in ("rules", "cases", "facts", "screen")}
    return Program(home).run_all(shipped) | Program(home, SMALL_CRITERIA).run_all(small)


def test_the_list_names_every_trial_with_its_status_and_its_date(ran: dict[str, Ran], catalog: Catalog) -> None:
    assert (ran["list"].code, ran["list"].err) == (0, "")
    text = " ".join(ran["list"].out.split())
    for trial in catalog.trials:
        assert f"{trial.id} {trial.title}" in text
        if trial.registry:
            assert f"as of {trial.registry.status_as_of}" in text


def test_a_trial_is_shown_in_words_and_its_rules_in_the_rule_language(ran: dict[str, Ran], catalog: Catalog) -> None:
    words = " ".join(ran["show"].out.split())
    rules = " ".join(ran["rules show"].out.split())
    assert (ran["show"].code, ran["rules show"].code) == (0, 0)
    [trial] = catalog.choose([TRIAL])
    for criterion in trial.criteria:
        assert f"{criterion.id} {criterion.text}" in words
        assert f"{criterion.id} {criterion.text}" in rules
        assert f"{criterion.source.section} {criterion.source.item}" in words
        match criterion.test:
            case Rule(expression, exclude):
                rule = f"{'exclude' if exclude else 'include'}: {show(expression)}"
                assert rule in rules
                assert rule not in words
            case Band():
                pytest.fail("a trial has no bands")
            case None:
                assert f"for the trial team: {criterion.manual}" in words


def test_the_rules_that_are_shipped_have_no_finding(ran: dict[str, Ran], catalog: Catalog) -> None:
    assert ran["lint"].code == 0, ran["lint"].out
    assert f"{len(catalog.trials)} rule files" in ran["lint"].out


def test_one_rule_file_can_be_named(ran: dict[str, Ran]) -> None:
    assert ran["lint one"].out.startswith("1 rule files")
    assert ran["test one"].code == 0, ran["test one"].out
    [line] = ran["test one"].out.splitlines()
    assert line.startswith("solid_tumor_car_t: ")
    assert line.endswith(" 0 failed")


@pytest.mark.parametrize("name", ["show nothing", "rules show nothing", "lint nothing"])
def test_an_unknown_trial_is_a_usage_error(ran: dict[str, Ran], name: str) -> None:
    assert (ran[name].code, ran[name].out) == (2, "")
    assert "there are no rules for a trial" in ran[name].err


def test_a_case_that_does_not_come_true_is_named_with_its_line_and_the_reason(ran: dict[str, Ran]) -> None:
    wrong = ran["test wrong"]
    assert wrong.code == 1
    first, why, last = wrong.out.splitlines()
    assert "NCT00000001.cases.yaml:" in first
    assert first.endswith("nothing fits: INC-2 is met, expected not met")
    assert why.strip() == "Worst side effect 2 is at most 2"
    assert last == "NCT00000001: 4 cases, 27 expectations, 1 failed"


def test_a_rule_file_without_cases_cannot_be_tested(ran: dict[str, Ran]) -> None:
    assert ran["test without"].code == 66
    assert "NCT00000001.cases.yaml: there is no such file" in ran["test without"].err


def test_a_criteria_folder_that_is_not_there_is_no_finding_but_a_missing_file(ran: dict[str, Ran]) -> None:
    assert ran["lint nowhere"].code == 66


@pytest.mark.parametrize("name", ["rules", "cases", "facts", "screen"])
def test_every_schema_is_printed(ran: dict[str, Ran], name: str) -> None:
    printed = ran[f"schema {name}"]
    assert printed.code == 0
    assert json.loads(printed.out)["$schema"].startswith("https://json-schema.org/")


def test_the_schema_of_rule_files_is_printed_when_none_is_named(ran: dict[str, Ran]) -> None:
    assert ran["schema"] == ran["schema rules"]
