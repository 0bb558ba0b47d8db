"""Faults of rule files and dictionaries that must be refused."""

from __future__ import annotations

import copy
import json
import shutil
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from screener.catalog import criteria_folder, load_dictionary
from screener.compile import compile_facts, compile_trial
from screener.errors import InputError
from screener.evaluate import Context, evaluate
from screener.expr import parse
from screener.model import Dictionary, Patient, Therapies, TumorTypes
from screener.patient.answers import read_answer
from screener.source import Text, load_text
from tests.program import Program

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 11, 22)
D = load_dictionary(criteria_folder())
CRITERION = {
    "id": "INC-1",
    "text": "Adult",
    "source": {"section": "inclusion", "item": "1"},
    "factor": "demographics",
    "include": "age >= 18",
}
TRIAL: dict[str, Any] = {
    "trial": "NCT00000001",
    "title": "A trial",
    "registry": {
        "as_of": "2025-04-29",
        "eligibility_sha256": "pending",
        "abbreviated": False,
        "status": "unknown",
        "status_as_of": "2025-04-29",
        "status_source": "s",
    },
    "criteria": [CRITERION],
}
FACT = {
    "name": "A",
    "type": "quantity",
    "question": "q?",
    "why": "w",
    "where": "w",
    "who": ["chart"],
    "burden": "ask",
    "source": "s",
    "units": {"mg/dL": 1},
    "range": [0, 10],
}


def node(data: object) -> Any:
    return load_text(Text("file.yaml", json.dumps(data)))


def trial_with(**keys: object) -> dict[str, Any]:
    trial = copy.deepcopy(TRIAL)
    trial["criteria"][0].update(keys)
    return trial


def fact_with(*without: str, **keys: object) -> dict[str, Any]:
    return {"facts": {"a": {k: v for k, v in (FACT | keys).items() if k not in without}}}


CHOICE = {"type": "choice", "choices": {"x": {"means": "X"}, "z": {"means": "Z"}}}


def test_a_trial_without_criteria_is_refused_and_never_a_match() -> None:
    with pytest.raises(InputError):
        compile_trial(node(TRIAL | {"criteria": []}), D)


@pytest.mark.parametrize("text", ["- 1\n", "- a: 1\n", "[x]\n"])
def test_a_rule_file_that_is_a_list_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(InputError):
        compile_trial(load_text(Text("file.yaml", text)), D)


def test_a_general_answer_that_takes_in_no_choice_is_refused() -> None:
    """Today it makes every question about the fact true, `is x` and `is z` alike."""
    facts = None
    try:
        facts = compile_facts(node(fact_with("units", "range", **CHOICE, general={"maybe": []})))
    except InputError:
        return
    dictionary = Dictionary(facts, TumorTypes({}, {}, {}), Therapies({}, {}, {}))
    patient = Patient("", DAY, {"a": read_answer(facts["a"], "maybe", dictionary, DAY)})
    found = {term: evaluate(parse(f"a is {term}"), Context.today(patient, dictionary)).truth for term in ("x", "z")}
    pytest.fail(f"`maybe` was taken and gives {found}")


@pytest.mark.parametrize("amount", [0, -2])
def test_a_unit_counts_more_than_nothing(amount: int) -> None:
    """0 ends in ZeroDivisionError when a patient's answer has the unit; a negative one turns comparisons round."""
    with pytest.raises(InputError):
        compile_facts(node(fact_with(units={"mg/dL": 1, "umol/L": amount})))


@pytest.mark.parametrize("keys", [{"rarely": "age < 12"}, {"seen": [{"trial": "NCT1", "says": "x"}]}])
def test_a_key_of_profiles_is_not_silently_ignored_in_a_trial(keys: dict[str, object]) -> None:
    with pytest.raises(InputError):
        compile_trial(node(trial_with(**keys)), D)


def test_rarely_beside_manual_in_a_profile_is_not_silently_ignored() -> None:
    criterion = {k: v for k, v in CRITERION.items() if k != "include"} | {
        "source": {"document": "004", "item": "x"},
        "manual": "judged",
        "rarely": "age < 12",
    }
    with pytest.raises(InputError):
        compile_trial(node({"profile": "p", "title": "t", "criteria": [criterion]}), D)


@pytest.mark.parametrize("name", ["verdict", "eligible_from"])
def test_a_criterion_may_not_be_called_like_a_word_of_expect(name: str) -> None:
    """`expect: {verdict: match}` would speak of the trial: the criterion could not be tested."""
    with pytest.raises(InputError):
        compile_trial(node(trial_with(id=name)), D)


def test_two_cohorts_of_one_id_are_refused() -> None:
    cohorts = [{"id": "A", "title": "a"}, {"id": "A", "title": "b", "open": False}]
    with pytest.raises(InputError):
        compile_trial(node(TRIAL | {"cohorts": cohorts}), D)


def test_a_checksum_that_is_none_is_refused() -> None:
    with pytest.raises(InputError):
        compile_trial(node(TRIAL | {"registry": TRIAL["registry"] | {"eligibility_sha256": "todo"}}), D)


@pytest.mark.parametrize(
    "facts",
    [
        fact_with(never="not_begun"),
        fact_with(step=3),
        fact_with("units", "range", **CHOICE, limits=True),
        fact_with("units", "range", type="boolean", typical=[0, 1]),
        fact_with("units", "range", type="boolean", general={"maybe": []}),
        fact_with(typical=[0, 100]),
        fact_with(who=[]),
        {"facts": {"2 x": FACT}},
        {"facts": {"any": FACT}},
        fact_with("units", "range", type="choice", choices={"a b": {"means": "x"}}),
    ],
    ids=[
        "never of a quantity",
        "step of a quantity",
        "limits of a choice",
        "typical of a boolean",
        "general of a boolean",
        "typical wider than range",
        "nobody can answer",
        "id no rule can write",
        "id that is a keyword",
        "choice no rule can write",
    ],
)
def test_what_a_fact_cannot_use_is_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        compile_facts(node(facts))


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        (json.dumps(TRIAL | {"criteria": []}), ["screen", "p.yaml"], 65),
        ("- a\n", ["rules", "lint"], 1),
    ],
    ids=["no criteria", "a list"],
)
def test_a_broken_rule_file_is_no_match_and_no_internal_error(
    text: str, words: list[str], code: int, tmp_path: Path
) -> None:
    folder = tmp_path / "criteria"
    shutil.copytree(criteria_folder(), folder)
    (folder / "trials" / "NCT00000001.yaml").write_text(text)
    program = Program(tmp_path, folder)
    program.write("p.yaml", "patient: P\nfacts: {}\n")
    assert program.run(*words).code == code
