"""Patients on and beside every threshold: made from the rules, and judged as the rules say."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

import pytest

from screener.boundary import Row, Stands, base_patient, boundary_rows
from screener.catalog import Catalog, criteria_folder, load_catalog
from screener.errors import InputError
from screener.evaluate import screen_trial
from screener.expr import Compare, Count, Elapsed, In, Is, show
from screener.model import Outcome, Verdict
from screener.render.boundary import render_boundary
from screener.source import Text, load, load_text
from tests.rule_text import criterion_text, patient_of, trial_of

if TYPE_CHECKING:
    from screener.model import Dictionary

SHIPPED = ("NCT04577326", "NCT05568680", "solid_tumor_car_t")
WIDTH = 80


@cache
def shipped() -> Catalog:
    return load_catalog(criteria_folder(), SHIPPED)


@cache
def rows_of(trial: str) -> tuple[Row, ...]:
    [rules] = shipped().choose([trial])
    patient = base_patient(load(shipped().cases_path(rules)), shipped().dictionary)
    return boundary_rows(rules, patient, shipped().dictionary)


def made(dictionary: Dictionary, rule: str, facts: str = "", *more: str) -> list[tuple[str, str, str, str]]:
    """Value, standing, outcome and verdict of every row of a trial of this one criterion."""
    trial = trial_of(dictionary, criterion_text(rule), *more)
    rows = boundary_rows(trial, patient_of(dictionary, facts), dictionary)
    return [(row.value, row.stands.value, row.outcome.value, row.verdict.value) for row in rows]


def test_a_number_stands_below_on_and_above_its_threshold(dictionary: Dictionary) -> None:
    assert made(dictionary, "include: age >= 18", "age: 61") == [
        ("17 years", "below", "not met", "no match"),
        ("18 years", "on", "met", "match"),
        ("19 years", "above", "met", "match"),
    ]


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("kps >= 70", ["60", "70", "80"]),
        ("anc >= 1.5 K/uL", ["1.4 K/uL", "1.5 K/uL", "1.6 K/uL"]),
        ("hemoglobin >= 9 g/dL", ["8.9 g/dL", "9 g/dL", "9.1 g/dL"]),
        ("hemoglobin >= 90 g/L", ["89 g/L", "90 g/L", "91 g/L"]),
        ("platelets >= 100 K/uL", ["99 K/uL", "100 K/uL", "101 K/uL"]),
        ("platelets > 100000 /mm3", ["99000 /mm3", "100000 /mm3", "101000 /mm3"]),
        ("creatinine <= 133 umol/L", ["132 umol/L", "133 umol/L", "134 umol/L"]),
        ("lvef > 40 %", ["39 %", "40 %", "41 %"]),
        ("inr <= 1.5", ["1.4", "1.5", "1.6"]),
    ],
)
def test_a_step_is_what_the_result_is_reported_in(dictionary: Dictionary, rule: str, values: list[str]) -> None:
    assert [row[0] for row in made(dictionary, f"include: {rule}")] == values


def test_a_value_that_nobody_can_have_is_left_out(dictionary: Dictionary) -> None:
    assert [row[0] for row in made(dictionary, "include: kps >= 100")] == ["90", "100"]
    assert [row[0] for row in made(dictionary, "include: spo2_room_air >= 100 %")] == ["99 %", "100 %"]


def test_a_multiple_counts_from_the_limit_printed_with_the_patients_own_result(dictionary: Dictionary) -> None:
    assert made(dictionary, "include: ast <= 2.5 ULN", "ast: {value: 30 U/L, uln: 40 U/L}") == [
        ("99 U/L (ULN 40)", "below", "met", "match"),
        ("100 U/L (ULN 40)", "on", "met", "match"),
        ("101 U/L (ULN 40)", "above", "not met", "no match"),
    ]


def test_a_date_a_day_too_late_is_below_the_time_asked_for_and_says_from_when(dictionary: Dictionary) -> None:
    trial = trial_of(dictionary, criterion_text("include: weeks from last_live_vaccine to infusion >= 8"))
    rows = boundary_rows(trial, patient_of(dictionary, "last_live_vaccine: never"), dictionary)
    assert [(row.value, row.stands, row.verdict, str(row.eligible_from)) for row in rows] == [
        ("2026-09-28", Stands.BELOW, Verdict.NOT_YET, "2026-11-23"),
        ("2026-09-27", Stands.ON, Verdict.MATCH, "None"),
        ("2026-09-26", Stands.ABOVE, Verdict.MATCH, "None"),
    ]


def test_months_that_end_early_are_counted_from_the_last_day_that_reaches_the_anchor(dictionary: Dictionary) -> None:
    trial = trial_of(dictionary, criterion_text("include: months from last_myocardial_infarction to infusion >= 6"))
    patient = patient_of(dictionary, "infusion: 2027-02-28")
    on = [row for row in boundary_rows(trial, patient, dictionary) if row.stands is Stands.ON]
    assert [(row.value, row.outcome) for row in on] == [("2026-08-31", Outcome.MET)]


def test_a_plan_so_late_that_the_threshold_lies_ahead_is_dropped(dictionary: Dictionary) -> None:
    rule = "include: days from last_live_vaccine to infusion >= 8"
    rows = made(dictionary, rule, "infusion: 2027-05-01\nlast_live_vaccine: never")
    assert [row[:3] for row in rows] == [
        ("2026-11-15", "below", "not met"),
        ("2026-11-14", "on", "met"),
        ("2026-11-13", "above", "met"),
    ]


def test_never_stands_below_where_it_means_not_begun(dictionary: Dictionary) -> None:
    rows = made(dictionary, "include: months from cns_stable_since to enrollment >= 3")
    assert rows[0][:3] == ("never", "below", "not met")


def test_a_washout_has_a_course_beside_the_patients_own_treatments(dictionary: Dictionary) -> None:
    rule = "include: days from last(checkpoint_inhibitor) to infusion >= 42"
    assert [
        row[:3] for row in made(dictionary, rule, "prior_therapies: [{agent: cisplatin, last_dose: 2026-01-01}]")
    ] == [
        ("nivolumab 2026-10-12", "below", "not met"),
        ("nivolumab 2026-10-11", "on", "met"),
        ("nivolumab 2026-10-10", "above", "met"),
    ]


def test_the_later_course_of_the_patient_gives_way_to_the_one_on_the_threshold(dictionary: Dictionary) -> None:
    rule = "include: months from last(chemotherapy) to infusion >= 6"
    rows = made(dictionary, rule, "prior_therapies: [{agent: cisplatin, last_dose: 2026-10-01}]")
    assert [row[2] for row in rows] == ["not met", "met", "met"]


@pytest.mark.parametrize("which", ["longer", "shorter"])
def test_days_and_half_lives_are_each_shown_where_they_decide(dictionary: Dictionary, which: str) -> None:
    rule = f"include: days from last(targeted_therapy) to infusion >= {which} of (14, 5 half-lives)"
    rows = made(dictionary, rule, "prior_therapies: none")
    assert [row[2] for row in rows] == ["not met", "met", "met"] * 2
    days = {"longer": ["2026-11-08", "2026-09-08"], "shorter": ["2026-11-15", "2026-11-08"]}[which]
    assert [row[0].split(" (")[0].split()[-1] for row in rows if row[1] == "on"] == days


def test_a_window_is_entered_and_left_at_its_bounds(dictionary: Dictionary) -> None:
    rule = "exclude: any(chemotherapy from 60 days before screening to 30 days before screening)"
    assert [(row[1], row[2]) for row in made(dictionary, rule, "prior_therapies: none")] == [
        ("below", "met"),
        ("on", "not met"),
        ("above", "not met"),
        ("below", "not met"),
        ("on", "not met"),
        ("above", "met"),
    ]


def test_a_count_has_one_fewer_just_as_many_and_one_more(dictionary: Dictionary) -> None:
    rows = made(dictionary, "exclude: count(chemotherapy) >= 2", "prior_therapies: none")
    assert [row[2] for row in rows] == ["met", "not met", "not met"]
    assert [row[0].split()[0] for row in rows] == ["1", "2", "3"]


def test_every_choice_is_shown_and_whether_the_rule_names_it(dictionary: Dictionary) -> None:
    rows = made(dictionary, "include: histology in {epithelioid, biphasic}")
    assert {(row[0], row[1], row[2]) for row in rows} == {
        ("epithelioid", "named", "met"),
        ("biphasic", "named", "met"),
        ("sarcomatoid", "not named", "not met"),
    }


def test_a_tumor_type_has_a_wider_one_and_one_apart(dictionary: Dictionary) -> None:
    rows = made(dictionary, "include: tumor_type is PLMESO")
    assert ("Pleural Mesothelioma (PLMESO)", "named", "met", "match") in rows
    assert ("Mesothelioma (MESO)", "wider", "unknown", "undecided") in rows
    assert [row[2] for row in rows if row[1] == "not named"] == ["not met"]


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        ("include: creatinine <= 1.5 ULN or creatinine_clearance > 60 mL/min", "creatinine <= 1.5 ULN"),
        ("exclude: cns_metastases is active or cns_metastases is not none and ecog > 1", "ecog > 1"),
        ("include: at least 2 of (ecog <= 1, age >= 18, measurable_disease)", "ecog <= 1"),
        ("include: not (ecog > 1 and not (measurable_disease or age < 18))", "ecog > 1"),
    ],
)
def test_the_other_answers_are_set_so_that_the_comparison_decides(
    dictionary: Dictionary, rule: str, first: str
) -> None:
    patient = patient_of(dictionary, "cns_metastases: none\ncreatinine: {value: 0.9 mg/dL, uln: 1.2 mg/dL}\nage: 61")
    rows = boundary_rows(trial_of(dictionary, criterion_text(rule)), patient, dictionary)
    assert {row.outcome for row in rows if row.rule == first} >= {Outcome.MET, Outcome.NOT_MET}


def test_applicability_is_given_and_its_own_threshold_shown(dictionary: Dictionary) -> None:
    trial = trial_of(dictionary, criterion_text("when: lvef < 50 %", "include: ecog <= 1"))
    rows = boundary_rows(trial, patient_of(dictionary, "lvef: 60 %\necog: 0"), dictionary)
    assert [row.outcome for row in rows if row.fact == "lvef"] == [
        Outcome.MET,
        Outcome.NOT_APPLICABLE,
        Outcome.NOT_APPLICABLE,
    ]
    assert [row.outcome for row in rows if row.fact == "ecog"] == [Outcome.MET, Outcome.MET, Outcome.NOT_MET]
    assert {row.given for row in rows if row.fact == "ecog"} == {(("lvef", "49 %"),)}


def test_what_other_criteria_ask_of_the_changed_patient_is_mended(dictionary: Dictionary) -> None:
    trial = trial_of(
        dictionary,
        criterion_text("when: sex is female", "include: ecog <= 1"),
        criterion_text("when: sex is female", "exclude: pregnant", name="EXC-1"),
    )
    rows = boundary_rows(trial, patient_of(dictionary, "sex: male\necog: 0"), dictionary)
    on = next(row for row in rows if row.criterion == "INC-1" and row.fact == "ecog" and row.stands is Stands.ON)
    assert (on.verdict, on.also) == (Verdict.MATCH, ())
    assert ("pregnant", "no") in on.given


def test_what_cannot_be_mended_is_named(dictionary: Dictionary) -> None:
    trial = trial_of(
        dictionary,
        criterion_text("include: days from last_major_surgery to infusion >= 7"),
        criterion_text("include: days from last_major_surgery to infusion >= 28", name="INC-2"),
    )
    rows = boundary_rows(trial, patient_of(dictionary, "last_major_surgery: never"), dictionary)
    assert {row.also for row in rows if row.criterion == "INC-1"} == {("INC-2",)}


@pytest.mark.parametrize("trial", SHIPPED)
def test_every_threshold_of_a_shipped_trial_is_shown_on_it_and_beside_it(trial: str) -> None:
    [rules] = shipped().choose([trial])
    for criterion in rules.criteria:
        for leaf in criterion.leaves:
            near = {row.stands for row in rows_of(trial) if row.criterion == criterion.id and show(leaf) in row.rule}
            if isinstance(leaf, Compare | Elapsed | Count):
                assert {Stands.ON} < near, show(leaf)
            elif isinstance(leaf, Is | In):
                assert {Stands.NAMED} < near, show(leaf)


@pytest.mark.parametrize("trial", SHIPPED)
def test_every_threshold_of_a_shipped_trial_turns_its_criterion(trial: str) -> None:
    for key, rows in groupby(rows_of(trial), key=lambda row: (row.criterion, row.rule)):
        assert len({row.outcome for row in rows}) > 1, key


@pytest.mark.parametrize("trial", SHIPPED)
def test_a_row_is_what_screening_its_patient_gives(trial: str) -> None:
    [rules] = shipped().choose([trial])
    for row in rows_of(trial):
        result = screen_trial(rules, row.patient, shipped().dictionary)
        [found] = [item for item in result.criteria if item.criterion.id == row.criterion]
        assert (found.outcome, result.verdict, result.eligible_from) == (row.outcome, row.verdict, row.eligible_from)


def test_the_rows_are_the_same_every_time() -> None:
    assert rows_of.__wrapped__("NCT05568680") == rows_of("NCT05568680")


@pytest.mark.parametrize("trial", SHIPPED)
def test_the_table_has_a_line_for_each_value_and_fits_the_width(trial: str) -> None:
    [rules] = shipped().choose([trial])
    text = render_boundary(rules, rows_of(trial), width=WIDTH, color=False)
    assert max(len(line) for line in text.splitlines()) <= WIDTH
    marked = [
        line for line in text.splitlines() if line[:4].strip() == "" and line[4:6] in {"+ ", "x ", "? ", "- ", "m "}
    ]
    assert len(marked) == len(rows_of(trial))


def test_the_table_groups_by_criterion_and_says_what_else_was_set(dictionary: Dictionary) -> None:
    trial = trial_of(dictionary, criterion_text("include: ecog <= 1 or lvef >= 50 %"))
    patient = patient_of(dictionary, "ecog: 1\nlvef: 60 %")
    text = render_boundary(trial, boundary_rows(trial, patient, dictionary), width=WIDTH, color=False)
    assert text.splitlines()[2:7] == [
        "INC-1 A criterion made up for a test",
        "  ecog <= 1",
        "  with lvef 49 %",
        "    + 0                                below     match",
        "    + 1                                on        match",
    ]


def test_a_threshold_that_decides_nothing_is_pointed_out(dictionary: Dictionary) -> None:
    trial = trial_of(dictionary, criterion_text("include: lvef >= 40 % or lvef >= 50 %"))
    rows = boundary_rows(trial, patient_of(dictionary, "lvef: 60 %"), dictionary)
    text = render_boundary(trial, rows, width=WIDTH, color=False)
    assert text.count("no value near it turns the criterion") == 1


@pytest.mark.parametrize("text", ["trial: NCT00000000\n", "- 1\n", "as_of: soon\npatient: {age: 61}\n"])
def test_a_case_file_without_its_patient_is_refused(dictionary: Dictionary, text: str) -> None:
    with pytest.raises(InputError):
        base_patient(load_text(Text("cases.yaml", text)), dictionary)
