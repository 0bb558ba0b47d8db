"""Empty forms: a patient file that screens as it is, and the header of an intake CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import pytest

from screener.expr import Compare, leaves
from screener.model.derived import INPUTS
from tests.program import Call, Program, Ran

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screener.catalog import Catalog

TRIAL = "NCT05568680"


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    program = Program(tmp_path_factory.mktemp("template"))
    forms = program.run_all(
        {
            "yaml": ["template"],
            "yaml, one trial": ["template", "yaml", "-t", TRIAL.lower()],
            "csv": ["template", "csv"],
            "csv, one trial": ["template", "csv", "-t", TRIAL],
            "no such trial": ["template", "-t", "NCT1"],
        }
    )
    screened = {"screened": Call(["screen", "-", "-f", "json"], forms["yaml"].out)}
    return forms | program.run_all(screened)


def needed(catalog: Catalog, names: Iterable[str] = ()) -> list[str]:
    """The facts that the trials read and those they can be derived from, in the order of facts.yaml."""
    chosen = catalog.choose(names) if names else catalog.open_trials().trials
    read = {fact for trial in chosen for fact in trial.facts}
    read |= {source for fact in read for source in INPUTS.get(fact, ())}
    return [fact for fact in catalog.dictionary.facts if fact in read]


def facts_of(form: str) -> list[str]:
    return re.findall(r"^  (\w+):$", form, re.MULTILINE)


def test_an_empty_form_screens_as_it_is_and_nothing_in_it_is_known(forms: dict[str, Ran]) -> None:
    screened = forms["screened"]
    assert (screened.code, screened.err) == (0, "")
    for trial in json.loads(screened.out)["trials"]:
        assert {item["outcome"] for item in trial["criteria"]} <= {"unknown", "manual"}
        assert trial["verdict"] == "undecided"


def test_a_form_asks_for_every_fact_that_the_trials_need_each_once_in_order(
    forms: dict[str, Ran], catalog: Catalog
) -> None:
    assert facts_of(forms["yaml"].out) == needed(catalog)


def test_a_form_for_one_trial_asks_for_what_that_trial_needs_alone(forms: dict[str, Ran], catalog: Catalog) -> None:
    asked = facts_of(forms["yaml, one trial"].out)
    assert asked == needed(catalog, [TRIAL])
    assert len(asked) < len(facts_of(forms["yaml"].out))


def test_every_line_for_a_fact_stands_under_its_question(forms: dict[str, Ran], catalog: Catalog) -> None:
    lines = forms["yaml"].out.splitlines()
    for fact in needed(catalog):
        above = lines[lines.index(f"  {fact}:") - 1]
        assert above.startswith(f"  # {catalog.dictionary.facts[fact].question}")


def columns(ran: Ran) -> list[str]:
    rows = list(csv.reader(io.StringIO(ran.out)))
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize(("name", "trials"), [("csv", []), ("csv, one trial", [TRIAL])])
def test_the_header_of_an_intake_has_a_column_for_every_fact_with_its_unit(
    forms: dict[str, Ran], catalog: Catalog, name: str, trials: list[str]
) -> None:
    first, *rest = columns(forms[name])
    assert first == "patient_id"
    assert len(set(rest)) == len(rest)
    facts = [re.sub(r" \(.*\)$", "", column) for column in rest]
    assert [fact for fact in facts if not fact.endswith("_uln")] == needed(catalog, trials)
    for column in rest:
        if found := re.fullmatch(r"(\w+?)(?:_uln)? \((.*)\)", column):
            assert catalog.dictionary.facts[found[1]].unit == found[2]


def test_the_header_has_a_column_for_each_upper_limit_that_a_rule_compares_with(
    forms: dict[str, Ran], catalog: Catalog
) -> None:
    compared = {
        leaf.fact
        for trial in catalog.trials
        for criterion in trial.criteria
        for expression in criterion.expressions
        for leaf in leaves(expression)
        if isinstance(leaf, Compare) and leaf.unit == "ULN"
    }
    limits = [column.partition(" ")[0] for column in columns(forms["csv"]) if "_uln" in column]
    assert compared
    assert set(limits) == {f"{fact}_uln" for fact in compared}


def test_a_form_for_an_unknown_trial_is_a_usage_error(forms: dict[str, Ran]) -> None:
    assert (forms["no such trial"].code, forms["no such trial"].out) == (2, "")
