"""A rule file against the record of its study: what differs, and which criteria it touches."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.catalog import criteria_folder, load_catalog
from screener.eligibility import eligibility_text, fingerprint, split
from screener.model.trial import Recorded
from screener.registry.check import Finding, Kind, check, word_diff
from screener.registry.read import read_study

if TYPE_CHECKING:
    from screener.model import Trial
    from screener.registry.study import Study

CATALOG = load_catalog(criteria_folder())
CRITERIA = Path(__file__).parents[2] / "shared" / "registry" / "criteria"
needs_records = pytest.mark.skipif(not CRITERIA.is_dir(), reason="../shared/registry/criteria is not here")


def trial_of(name: str) -> Trial:
    return next(trial for trial in CATALOG.trials if trial.id == name)


def study_of(nct_id: str, *, status: str, eligibility: str = "") -> Study:
    modules = {
        "identificationModule": {"nctId": nct_id},
        "statusModule": {"overallStatus": status},
        "eligibilityModule": {"eligibilityCriteria": eligibility, "sex": "ALL"},
    }
    return read_study({"protocolSection": modules})


def real(name: str, status: str) -> Study:
    text = eligibility_text((CRITERIA / f"{name}.json").read_text(encoding="utf-8"))
    assert text
    return study_of(name.split(".", maxsplit=1)[0], status=status, eligibility=text)


def said(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.kind.value, finding.says) for finding in findings]


@needs_records
def test_the_two_versions_of_one_study_differ_in_one_requirement() -> None:
    trial = trial_of("NCT05451849")
    now, earlier = real("NCT05451849", "UNKNOWN"), real("NCT05451849.earlier", "UNKNOWN")
    assert check(trial, now) == ()
    (finding,) = check(trial, earlier, now)
    assert finding.kind is Kind.REQUIREMENT
    assert finding.change
    assert finding.change.place == ("inclusion", "3")
    assert {criterion.source.places[0] for criterion in finding.change.criteria} == {("inclusion", "3")}
    signs = {sign for sign, _ in finding.difference}
    assert signs >= {" "}
    assert signs & {"-", "+"}


@needs_records
@pytest.mark.parametrize("trial", [trial for trial in CATALOG.trials if trial.requirements], ids=lambda trial: trial.id)
def test_no_rule_file_that_is_shipped_differs_from_its_record(trial: Trial) -> None:
    assert trial.registry
    assert check(trial, real(trial.id, trial.registry.status.upper())) == ()


@pytest.mark.parametrize(
    ("status", "kind", "ends"),
    [
        ("RECRUITING", "status", "and is recruiting"),
        ("NOT_YET_RECRUITING", "status", "and is not yet recruiting; it takes no patients yet"),
        ("ENROLLING_BY_INVITATION", "status", "and is enrolling by invitation; it takes patients by invitation only"),
        ("SUSPENDED", "status", "and is suspended; it takes no new patients"),
        ("ACTIVE_NOT_RECRUITING", "status", "and is active not recruiting; it takes no new patients"),
        ("WITHDRAWN", "withdrawn", "and is withdrawn; it takes no new patients"),
    ],
)
def test_another_status(status: str, kind: str, ends: str) -> None:
    ((found, says),) = said(check(trial_of("NCT05451849"), study_of("NCT05451849", status=status)))
    assert found == kind
    assert says.startswith("the status was unknown on 2025-04-29 ")
    assert says.endswith(ends)


def test_a_status_says_what_else_the_record_tells_of_it() -> None:
    trial, stopped = trial_of("NCT05451849"), study_of("NCT05451849", status="TERMINATED")
    ((_, says),) = said(check(trial, replace(stopped, why_stopped="No money", last_known_status="RECRUITING")))
    assert says.endswith(
        "is terminated; it takes no new patients; the last one known was recruiting; the reason given: No money"
    )


def test_a_merged_id_and_no_record() -> None:
    trial = trial_of("NCT05451849")
    assert said(check(trial, study_of("NCT00000002", status="UNKNOWN"))) == [
        ("merged", "the registry keeps NCT05451849 as NCT00000002")
    ]
    assert said(check(trial, None)) == [("no record", "no record of NCT05451849 was found")]


def test_a_record_without_what_is_compared_says_nothing() -> None:
    assert check(trial_of("NCT05451849"), study_of("NCT05451849", status="")) == ()


def test_a_profile_has_no_record() -> None:
    assert check(trial_of("solid_tumor_car_t"), None) == ()


def test_a_rule_file_that_records_no_requirements() -> None:
    trial = replace(trial_of("NCT05451849"), requirements=())
    ((kind, _),) = said(check(trial, study_of(trial.id, status="UNKNOWN", eligibility="Inclusion Criteria:\n\n1. Any")))
    assert kind == "not recorded"


WORDS = "Inclusion Criteria:\n\n1. Adults\n2. Enough platelets\n"


def recorded(words: str) -> Trial:
    """A real trial as if its rules had been written from these words."""
    trial = trial_of("NCT05451849")
    assert trial.registry
    requirements = tuple(Recorded(item.section, item.item, item.sha256) for item in split(words))
    registry = replace(trial.registry, eligibility_sha256=fingerprint(words))
    return replace(trial, requirements=requirements, registry=registry)


def found(words: str, earlier: str = "") -> list[tuple[str, str, str]]:
    trial = recorded(WORDS)
    now = study_of(trial.id, status="UNKNOWN", eligibility=words)
    before = study_of(trial.id, status="UNKNOWN", eligibility=earlier) if earlier else None
    return [(finding.kind.value, finding.says, finding.before) for finding in check(trial, now, before)]


def test_other_layout_of_the_same_requirements() -> None:
    ((kind, _, _),) = found(WORDS.replace("2. Enough", "***\n2. Enough"))
    assert kind == "wording"


def test_a_requirement_that_stands_elsewhere_is_told_with_what_cites_its_old_place() -> None:
    moved = found("Inclusion Criteria:\n\n1. Enough platelets\n2. Adults\n")
    assert [(kind, says.split("; ")[0]) for kind, says, _ in moved] == [
        ("requirement", "inclusion 1 stands as inclusion 2 now"),
        ("requirement", "inclusion 2 stands as inclusion 1 now"),
    ]
    assert moved[0][1].endswith("; inclusion 1 is cited by INC-1")


def test_words_are_those_of_the_fingerprint_or_none() -> None:
    now = WORDS.replace("Adults", "Adults below 80")
    assert [before for _, _, before in found(now, WORDS)] == ["Adults"]
    assert [before for _, _, before in found(now, WORDS.replace("Adults", "Grown-ups"))] == [""]
    ((_, says, before),) = found("Inclusion Criteria:\n\n1. Adults\n", WORDS)
    assert (says.split(";")[0], before) == ("inclusion 2 was removed", "Enough platelets")


@given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")))
def test_a_difference_holds_both_texts(before: list[str], after: list[str]) -> None:
    runs = list(word_diff(" ".join(before), " ".join(after)))
    assert [word for sign, words in runs if sign in " -" for word in words.split()] == before
    assert [word for sign, words in runs if sign in " +" for word in words.split()] == after
