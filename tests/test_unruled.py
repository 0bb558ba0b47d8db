"""A study without a rule file, screened on what its record states in fields."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.catalog import load_dictionary
from screener.errors import CONTROL
from screener.evaluate import screen_trial
from screener.expr import parse, show
from screener.language import Language
from screener.model import Missing, Outcome, Patient, Talk, Tally, Trial, TrialResult, Verdict
from screener.patient import read_answer
from screener.registry.cache import Stamp
from screener.registry.read import read_saved, read_study
from screener.registry.records import Record
from screener.registry.unruled import trial_of, tumor_type_of
from screener.render.handout import hand_out, render_html, render_markdown
from screener.render.json import document
from screener.render.table import render_table
from screener.travel import Center, Centers, travel
from screener.truth import Truth
from screener.words import cautions, meaning_in, ranked
from tests.strategies import AS_OF, DICTIONARY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screener.model import Value
    from screener.registry.study import Study

ROOT = Path(__file__).parents[1]
REGISTRY = ROOT.parent / "shared" / "registry"
STAMP = Stamp("2.0.5", "2026-11-20T09:00:05", datetime(2026, 11, 21, tzinfo=UTC))
CONDITIONS = (
    *("Mesothelioma", "Malignant Mesothelioma, Advanced", "Mesotheliomas Pleural", "Solid Tumor, Adult"),
    *("Lung Cancer", "Ovarian Neoplasms", "Lymphoma", "Colon Cancer", "Healthy", "Pain", "BRCA", ""),
)
TUMORS = ("pleural mesothelioma", "mesothelioma", "peritoneal mesothelioma", "lung adenocarcinoma", "colorectal cancer")
OUTCOMES = {Truth.TRUE: Outcome.MET, Truth.FALSE: Outcome.NOT_MET, Truth.UNKNOWN: Outcome.UNKNOWN}


def study_of(
    *conditions: str,
    limits: Mapping[str, str] | None = None,
    keywords: tuple[str, ...] = (),
    title: str = "A study made up",
    status: str = "RECRUITING",
) -> Study:
    modules: dict[str, Any] = {
        "identificationModule": {"nctId": "NCT00000001", "briefTitle": title},
        "statusModule": {"overallStatus": status, "statusVerifiedDate": "2025-03"},
        "conditionsModule": {"conditions": list(conditions), "keywords": list(keywords)},
        "eligibilityModule": {
            "sex": "ALL",
            "eligibilityCriteria": "Inclusion Criteria:\n\n* made up",
            **(limits or {}),
        },
    }
    return read_study({"protocolSection": modules})


def unruled(study: Study) -> Trial:
    return trial_of(Record(study, STAMP), DICTIONARY)


def patient_of(**given_: str) -> Patient:
    facts: dict[str, Value | Missing] = {
        name: read_answer(DICTIONARY.facts[name], text, DICTIONARY, AS_OF) for name, text in given_.items()
    }
    return Patient("P-1", AS_OF, facts)


def screened(study: Study, **given_: str) -> TrialResult:
    return screen_trial(unruled(study), patient_of(**given_), DICTIONARY)


def outcomes(result: TrialResult) -> dict[str, Outcome]:
    return {item.criterion.id: item.outcome for item in result.criteria}


# ---------------------------------------------------------------- age and sex


@pytest.mark.parametrize(
    ("limits", "rules"),
    [
        ({"minimumAge": "18 Years", "maximumAge": "75 Years"}, ["age >= 18 and age < 76"]),
        ({"minimumAge": "18 Years", "maximumAge": "99 Years"}, ["age >= 18"]),
        ({"minimumAge": "216 Months"}, ["age >= 18"]),
        ({"minimumAge": "6 Months", "maximumAge": "75 Years"}, ["age >= 1 and age < 76", "age >= 76"]),
        ({"minimumAge": "28 Days", "maximumAge": "1 Year"}, ["age >= 1 and age < 2", "age >= 2"]),
    ],
    ids=["years", "sentinel", "whole-years-in-months", "months", "days"],
)
def test_age_limits_are_rules_over_full_years(limits: dict[str, str], rules: list[str]) -> None:
    criterion = unruled(study_of("Mesothelioma", limits=limits)).criteria[0]
    assert criterion.id == "AGE"
    assert [show(rule) for rule in criterion.expressions] == rules


def test_a_highest_age_admits_who_is_that_old_and_some_months() -> None:
    study = study_of("Mesothelioma", limits={"maximumAge": "75 Years"})
    verdicts = [screened(study, age=age).verdict for age in ("75", "75.5", "76")]
    assert verdicts == [Verdict.UNDECIDED, Verdict.UNDECIDED, Verdict.NO_MATCH]


def test_no_limits_ask_for_nothing() -> None:
    assert [criterion.id for criterion in unruled(study_of("Mesothelioma")).criteria] == ["CONDITIONS", "ELIGIBILITY"]


def test_limits_that_leave_nobody_rule_nobody_out() -> None:
    result = screened(study_of("Mesothelioma", limits={"minimumAge": "80 Years", "maximumAge": "60 Years"}), age="70")
    assert (outcomes(result)["AGE"], result.verdict) == (Outcome.MANUAL, Verdict.UNDECIDED)


units = st.sampled_from(["Years", "Months", "Weeks", "Days"])
limit = st.one_of(st.none(), st.builds(lambda number, unit: f"{number} {unit}", st.integers(0, 1500), units))


@given(limit, limit, st.integers(0, 119))
def test_the_age_criterion_says_what_the_record_says(least: str | None, most: str | None, years: int) -> None:
    limits = {name: text for name, text in (("minimumAge", least), ("maximumAge", most)) if text}
    study = study_of("Mesothelioma", limits=limits)
    outcome = outcomes(screened(study, age=str(years))).get("AGE", Outcome.MET)
    assert outcome in {OUTCOMES[study.admits_age(years)], Outcome.MANUAL}
    if outcome is Outcome.MANUAL:
        assert all(study.admits_age(other) is not Truth.TRUE for other in range(120))


def test_sex() -> None:
    study = study_of("Mesothelioma", limits={"sex": "FEMALE"})
    assert outcomes(screened(study, sex="female"))["SEX"] is Outcome.MET
    assert screened(study, sex="male").verdict is Verdict.NO_MATCH
    assert outcomes(screened(study))["SEX"] is Outcome.UNKNOWN


@pytest.mark.parametrize("sex", ["", "OTHER"])
def test_what_is_not_known_of_the_sex_is_for_people(sex: str) -> None:
    assert outcomes(screened(study_of("Mesothelioma", limits={"sex": sex}), sex="male"))["SEX"] is Outcome.MANUAL


# ---------------------------------------------------------------- conditions


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("Malignant Mesothelioma, Advanced", "MESO"),
        ("Mesothelioma, Malignant", "MESO"),
        ("Mesotheliomas Pleural", "PLMESO"),
        ("Mesothelioma; Pleura", "PLMESO"),
        ("Peritoneal Mesothelioma Malignant Recurrent", "PEMESO"),
        ("Solid Tumor, Adult", "SOLID"),
        ("Mesothelin-positive Advanced Malignant Solid Tumors", "SOLID"),
        ("Stage IV Lung Cancer", "LUNG_CANCER"),
        ("Carcinoma, Non-Small-Cell Lung", "NSCLC"),
        ("Ovarian Neoplasms", "OVARIAN"),
        ("Breast Cancer", "BREAST_CANCER"),
        ("Kidney Cancer", "KIDNEY"),
        ("NSCLC", "NSCLC"),
        # An answer so general fits; a condition is narrower than the type that the vocabulary has for it.
        ("Epithelioid Mesothelioma", None),
        ("Colon Cancer", None),
        ("Lymphoma", None),
        # Something else that is spelled like a code or a tissue.
        ("BRCA", None),
        ("Skin", None),
        ("Head and Neck", None),
        ("Lymphoid", None),
        ("MS", None),
        ("Malignant Neoplasm", None),
        ("Healthy Volunteers", None),
        ("", None),
    ],
)
def test_conditions_read_as_tumor_types(condition: str, code: str | None) -> None:
    assert tumor_type_of(condition, DICTIONARY.tumor_types) == code


@pytest.mark.parametrize(
    ("conditions", "tumor", "outcome"),
    [
        (["Lung Cancer", "Mesothelioma"], "pleural mesothelioma", Outcome.MET),
        (["Solid Tumor"], "pleural mesothelioma", Outcome.MET),
        (["Pleural Mesothelioma"], "mesothelioma", Outcome.UNKNOWN),
        (["Lung Cancer"], "pleural mesothelioma", Outcome.UNKNOWN),
        (["Lung Cancer", "Pain"], "lung adenocarcinoma", Outcome.MET),
        (["Pain"], "pleural mesothelioma", Outcome.MANUAL),
        ([], "pleural mesothelioma", Outcome.MANUAL),
    ],
)
def test_a_tumor_type_is_met_or_left_open(conditions: list[str], tumor: str, outcome: Outcome) -> None:
    assert outcomes(screened(study_of(*conditions), tumor_type=tumor))["CONDITIONS"] is outcome


def test_a_keyword_counts_unless_it_is_general() -> None:
    named = study_of("Pain", keywords=("Mesothelioma",))
    general = study_of("Lung Cancer", keywords=("Solid Tumor",))
    assert outcomes(screened(named, tumor_type="mesothelioma"))["CONDITIONS"] is Outcome.MET
    assert outcomes(screened(general, tumor_type="mesothelioma"))["CONDITIONS"] is Outcome.UNKNOWN


def test_a_type_below_another_is_not_named_beside_it() -> None:
    trial = unruled(study_of("Pleural Mesothelioma", "Mesothelioma", "Triple Negative Breast Cancer"))
    assert show(trial.criteria[0].expressions[0]) == "tumor_type in {MESO, TNBC}"


# ---------------------------------------------------------------- the whole


@given(
    conditions=st.lists(st.sampled_from(CONDITIONS), max_size=4),
    keywords=st.lists(st.sampled_from(CONDITIONS), max_size=3),
    least=limit,
    most=limit,
    sex=st.sampled_from(["ALL", "FEMALE", "MALE", ""]),
    age=st.one_of(st.none(), st.integers(0, 119)),
    own=st.sampled_from([None, "female", "male"]),
    tumor=st.sampled_from([None, *TUMORS]),
)
def test_never_a_match_and_ruled_out_only_by_age_or_sex(
    *,
    conditions: list[str],
    keywords: list[str],
    least: str | None,
    most: str | None,
    sex: str,
    age: int | None,
    own: str | None,
    tumor: str | None,
) -> None:
    limits = {name: text for name, text in (("minimumAge", least), ("maximumAge", most), ("sex", sex)) if text}
    study = replace(study_of(*conditions, limits=limits, keywords=tuple(keywords)), sex=sex)
    given_ = {"age": str(age) if age is not None else None, "sex": own, "tumor_type": tumor}
    trial = unruled(study)
    result = screen_trial(trial, patient_of(**{name: text for name, text in given_.items() if text}), DICTIONARY)
    assert result.verdict in {Verdict.UNDECIDED, Verdict.NO_MATCH}
    if result.verdict is Verdict.NO_MATCH:
        too_old_or_young = age is not None and study.admits_age(age) is Truth.FALSE
        assert too_old_or_young or (own and sex in {"FEMALE", "MALE"} and own.upper() != sex)
    for criterion in trial.criteria:
        assert all(parse(show(rule)) == rule for rule in criterion.expressions)


def test_all_that_is_stated_being_met_is_no_match_and_no_score() -> None:
    trial = unruled(study_of("Mesothelioma", limits={"minimumAge": "18 Years"}))
    patient = patient_of(age="61", tumor_type="mesothelioma")
    result = screen_trial(trial, patient, DICTIONARY)
    assert (result.verdict, result.total.score) == (Verdict.UNDECIDED, None)
    assert screen_trial(replace(trial, unruled=False), patient, DICTIONARY).verdict is Verdict.MATCH


def test_what_people_are_told() -> None:
    result = screened(study_of("Mesothelioma"), tumor_type="mesothelioma")
    (caution,) = cautions(result)
    assert "No rules exist here" in caution
    assert "2026-11-20" in caution
    assert "eligibility text" in meaning_in(result, Language())
    table = render_table(patient_of(), (result,), DICTIONARY, width=80, color=False)
    assert "NCT00000001  undecided  no score" in table
    assert "No rules exist here" in table
    assert max(map(len, table.splitlines())) <= 80


def test_it_comes_after_studies_with_rules_and_the_same_verdict() -> None:
    without = screened(study_of("Mesothelioma"), tumor_type="mesothelioma")
    with_rules = replace(without, trial=replace(without.trial, id="NCT99999999", unruled=False), total=scored(without))
    assert [result.trial.id for result in ranked([without, with_rules])] == ["NCT99999999", "NCT00000001"]


def scored(result: TrialResult) -> Tally:
    return screen_trial(replace(result.trial, unruled=False), patient_of(tumor_type="mesothelioma"), DICTIONARY).total


def test_status_and_days() -> None:
    registry = unruled(study_of("Mesothelioma")).registry
    assert registry
    assert (registry.status, registry.as_of, registry.status_as_of) == (
        "recruiting",
        AS_OF.replace(day=20),
        registry.as_of,
    )
    assert "2025-03" in registry.status_source
    odd = trial_of(
        Record(study_of(status="TO BE INVENTED"), Stamp("", "soon", datetime(2026, 11, 21, tzinfo=UTC))), DICTIONARY
    )
    assert odd.registry
    assert (odd.registry.status, odd.registry.as_of) == ("unknown", date(2026, 11, 21))


def test_hostile_texts_are_harmless() -> None:
    study = study_of("Pain\u202e[red]" + "x" * 500, title="\x1b[31mA [bold]study\u202e")
    result = screened(study)
    table = render_table(patient_of(), (result,), DICTIONARY, width=80, color=False, explain=True)
    assert not CONTROL.search(table)
    assert "[bold]study" in table
    assert "x" * 100 not in table.replace("\n", "").replace(" ", "")


def test_text_of_a_record_and_its_sites_is_no_markup_in_a_hand_out() -> None:
    evil = "<script>alert(1)</script><b onclick='x'>&amp;"
    patient = patient_of(home="Philadelphia, PA", travel_limit="100 mi")
    centers = Centers(
        (Center(evil, "New York", "New York", evil, "RECRUITING", 40.7, -74.0),), "2026-11-20", are_all=True
    )
    trial = unruled(study_of(evil, title=evil))
    result = screen_trial(trial, patient, DICTIONARY, travel(trial, patient, centers))
    page = hand_out(patient, (result,), DICTIONARY, Talk(), Language(), explain=True)
    html, markdown = render_html(page), render_markdown(page)
    assert "<script>alert" not in html
    assert "<b onclick" not in html
    assert html.count("&lt;script&gt;alert(1)") >= 2
    assert "\\<script\\>alert(1)" in markdown


def test_the_digest_follows_who_may_take_part() -> None:
    study = study_of("Mesothelioma")
    digest = unruled(study).file_sha256
    assert unruled(replace(study, version="2026-11-22", brief_title="Another")).file_sha256 == digest
    assert unruled(replace(study, eligibility="other")).file_sha256 != digest
    assert unruled(replace(study, sex="MALE")).file_sha256 != digest


def test_a_folder_without_the_fact_leaves_it_to_people() -> None:
    small = load_dictionary(ROOT / "tests" / "small_criteria")
    facts = {name: fact for name, fact in small.facts.items() if name != "age"}
    trial = trial_of(
        Record(study_of("Mesothelioma", limits={"minimumAge": "18 Years"}), STAMP), replace(small, facts=facts)
    )
    result = screen_trial(trial, Patient("", AS_OF, {}), replace(small, facts=facts))
    assert outcomes(result)["AGE"] is Outcome.MANUAL


@pytest.mark.skipif(not REGISTRY.is_dir(), reason="../shared/registry is not here")
def test_every_real_record_can_be_screened() -> None:
    schema = json.loads((ROOT / "screener" / "schema" / "screen.schema.json").read_text(encoding="utf-8"))
    patient = patient_of(age="61", sex="male", tumor_type="pleural mesothelioma")
    studies = {
        study.nct_id: study
        for folder in ("records", "pages")
        for path in sorted((REGISTRY / folder).glob("*.json"))
        for study in read_saved(path.read_text(encoding="utf-8"), path.name)
    }
    assert len(studies) > 50
    results = tuple(screen_trial(unruled(study), patient, DICTIONARY) for study in studies.values())
    assert {result.verdict for result in results} == {Verdict.UNDECIDED, Verdict.NO_MATCH}
    jsonschema.validate(document(patient, results), schema)
