from __future__ import annotations

import contextlib
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.dates import DateSpan
from screener.errors import BadAnswer
from screener.interval import Interval
from screener.model import Coded, Missing, MissingReason, Moment, Number, Outcome, Treatments
from screener.patient import read_answer, read_treatment, split_result
from screener.truth import Truth
from tests.rule_text import TODAY, criterion_text, judge, patient_of
from tests.strategies import DICTIONARY

if TYPE_CHECKING:
    from screener.model import Dictionary

MICRO, MU = "\N{MICRO SIGN}", "\N{GREEK SMALL LETTER MU}"


def read(fact: str, text: str) -> object:
    return read_answer(DICTIONARY.facts[fact], text, DICTIONARY, TODAY)


def number(fact: str, text: str) -> Fraction:
    """Read an answer that gives one number, in the canonical unit."""
    value = read(fact, text)
    assert isinstance(value, Number)
    assert value.interval.exact is not None
    return Fraction(value.interval.exact)


def outcome(dictionary: Dictionary, rule: str, facts: str) -> Outcome:
    return judge(dictionary, criterion_text(f"include: {rule}"), facts).outcome


# ---------------------------------------------------------------- numbers and units (domain.md 6.4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.5 K/uL", "1.5"),
        (f"1.5 K/{MICRO}L", "1.5"),
        (f"1.5 K/{MU}L", "1.5"),
        ("1.5 x10^9/L", "1.5"),
        ("1500 /uL", "1.5"),
        ("1,500 /uL", "1.5"),
        ("1.5 10³/µL", "1.5"),
        ("1.5 10⁹/L", "1.5"),
        ("1500 cells/mm3", "1.5"),
        ("1500", "1.5"),
        ("1,500", "1.5"),
        ("1,200", "1.2"),
        ("1.5", "1.5"),
        ("0", "0"),
    ],
)
def test_a_cell_count_is_the_same_in_every_unit(text: str, expected: str) -> None:
    assert number("anc", text) == Fraction(expected)


@given(st.integers(0, 2_000_000))
def test_k_per_microliter_is_giga_per_liter_and_a_thousand_per_microliter(per_microliter: int) -> None:
    thousands = str(Fraction(per_microliter, 1000).limit_denominator(1000))
    shown = f"{per_microliter / 1000:.3f}"
    assert number("platelets", f"{shown} K/uL") == Fraction(thousands)
    assert number("platelets", f"{shown} 10^9/L") == Fraction(thousands)
    assert number("platelets", f"{per_microliter} /uL") == Fraction(thousands)
    assert number("platelets", f"{per_microliter} /mm3") == Fraction(thousands)


@pytest.mark.parametrize(
    ("fact", "text", "expected"),
    [
        ("creatinine", "133 umol/L", "1.504"),
        ("creatinine", "133", "1.504"),
        ("creatinine", "1,1 mg/dL", "1.100"),
        ("total_bilirubin", "26 umol/L", "1.520"),
        ("hemoglobin", "90 g/L", "9.000"),
        ("hemoglobin", "8 mmol/L", "12.888"),
        ("albumin", "40 g/L", "4.000"),
        ("weight", "176 lb", "79.832"),
        ("height", "1.75 m", "175.000"),
        ("qtcf", "0.45 s", "450.000"),
        ("distance_to_site", "100 km", "62.137"),
        ("travel_hours_to_site", "90 min", "1.500"),
    ],
)
def test_units_convert_as_the_domain_notes_say(fact: str, text: str, expected: str) -> None:
    assert f"{float(number(fact, text)):.3f}" == expected


def test_a_value_a_hair_above_a_limit_exceeds_it_whatever_its_rounding(dictionary: Dictionary) -> None:
    rule = "creatinine <= 1.5 ULN"
    assert outcome(dictionary, rule, "creatinine: {value: 133 umol/L, uln: 1.0 mg/dL}") is Outcome.NOT_MET
    assert outcome(dictionary, rule, "creatinine: {value: 132 umol/L, uln: 1.0 mg/dL}") is Outcome.MET
    rule = "total_bilirubin <= 1.5 mg/dL"
    assert outcome(dictionary, rule, "total_bilirubin: 26 umol/L") is Outcome.NOT_MET
    assert outcome(dictionary, rule, "total_bilirubin: 25 umol/L") is Outcome.MET


@pytest.mark.parametrize(
    ("fact", "text", "reason"),
    [
        ("hemoglobin", "90 g/dL", "outside the plausible range"),
        ("hemoglobin", "9", "several readings"),
        ("hemoglobin", "9 mg/dL", "does not come in this unit"),
        ("hemoglobin", "500", "outside the plausible range"),
        ("creatinine", "15", "unit cannot be told"),
        ("total_bilirubin", "20", "several readings"),
        ("age", "130", "outside the plausible range"),
        ("age", "-1", "not a number"),
        ("lvef", "two thirds", "not a number"),
        ("ecog", "6", "outside the scale"),
        ("ecog", "1.5", "whole number"),
        ("kps", "75", "outside the scale"),
        ("kps", "110", "outside the scale"),
        ("mesothelin_intensity", "3+", "whole number"),
    ],
)
def test_a_number_that_cannot_be_meant_is_refused_with_the_reason(fact: str, text: str, reason: str) -> None:
    with pytest.raises(BadAnswer) as refused:
        read(fact, text)
    assert reason in refused.value.reason
    assert refused.value.remedy


def test_a_hemoglobin_of_90_grams_per_deciliter_becomes_unknown(dictionary: Dictionary) -> None:
    patient = patient_of(dictionary, "hemoglobin: 90 g/dL")
    (problem,) = patient.problems
    assert "outside the plausible range, 2 to 25 g/dL" in problem.message
    value = patient.get("hemoglobin")
    assert isinstance(value, Missing)
    assert value.reason is MissingReason.BAD_VALUE


def test_a_value_below_detection_is_an_interval(dictionary: Dictionary) -> None:
    value = read("total_bilirubin", "<0.1 mg/dL")
    assert isinstance(value, Number)
    assert value.interval == Interval(None, Fraction(1, 10), high_open=True)
    facts = "total_bilirubin: <0.1 mg/dL"
    assert outcome(dictionary, "total_bilirubin < 0.1 mg/dL", facts) is Outcome.MET
    assert outcome(dictionary, "total_bilirubin >= 0.1 mg/dL", facts) is Outcome.NOT_MET
    assert outcome(dictionary, "total_bilirubin > 0.05 mg/dL", facts) is Outcome.UNKNOWN


def test_zero_is_an_answer(dictionary: Dictionary) -> None:
    assert number("anc", "0") == 0
    assert outcome(dictionary, "ecog <= 1", "ecog: 0") is Outcome.MET
    assert outcome(dictionary, "anc >= 1.5 K/uL", "anc: 0 K/uL") is Outcome.NOT_MET
    assert outcome(dictionary, "contraception_months >= 12", "contraception_months: 0") is Outcome.NOT_MET


def test_a_scale_may_be_given_as_a_span(dictionary: Dictionary) -> None:
    assert outcome(dictionary, "ecog <= 2", "ecog: 1-2") is Outcome.MET
    assert outcome(dictionary, "ecog <= 1", "ecog: 1-2") is Outcome.UNKNOWN
    assert outcome(dictionary, "ecog >= 3", "ecog: 1 to 2") is Outcome.NOT_MET


# ---------------------------------------------------------------- limits of normal and dates of results


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("34 U/L", {"value": "34 U/L"}),
        ("34 U/L, ULN 40, 2026-11-10", {"value": "34 U/L", "uln": "40", "date": "2026-11-10"}),
        ("34 U/L (uln: 40 U/L)", {"value": "34 U/L", "uln": "40 U/L"}),
        ("34 U/L on 2026-11", {"value": "34 U/L", "date": "2026-11"}),
        ("1.2 s; LLN 0.9; ULN 1.3", {"value": "1.2 s", "lln": "0.9", "uln": "1.3"}),
    ],
)
def test_one_line_may_hold_value_limit_and_date(text: str, expected: dict[str, str]) -> None:
    assert split_result(text) == expected


def test_a_limit_without_a_unit_has_that_of_its_value() -> None:
    fact = DICTIONARY.facts["creatinine"]
    value = read_answer(fact, "100 umol/L", DICTIONARY, TODAY, {"uln": "110"})
    other = read_answer(fact, "100 umol/L", DICTIONARY, TODAY, {"uln": "110 umol/L"})
    assert isinstance(value, Number)
    assert isinstance(other, Number)
    assert value.uln == other.uln == Interval.point(Fraction(110) / Fraction("88.42"))


def test_without_its_limit_a_multiple_of_normal_is_unknown_and_says_why(dictionary: Dictionary) -> None:
    result = judge(dictionary, criterion_text("include: ast <= 2.5 ULN"), "ast: 34 U/L")
    assert result.outcome is Outcome.UNKNOWN
    assert "upper limit of normal (ULN) printed with it is not given" in result.why
    assert result.missing == ("ast",)


@pytest.mark.parametrize("more", [{"uln": "<40"}, {"uln": "0"}, {"uln": "40 g/dL"}, {"date": "2027-01-01"}])
def test_a_limit_or_date_that_cannot_be_is_refused(more: dict[str, str]) -> None:
    with pytest.raises(BadAnswer):
        read_answer(DICTIONARY.facts["ast"], "34 U/L", DICTIONARY, TODAY, more)


def test_a_fact_without_limits_takes_none() -> None:
    with pytest.raises(BadAnswer, match="has no `uln`"):
        read_answer(DICTIONARY.facts["anc"], "2 K/uL", DICTIONARY, TODAY, {"uln": "7"})


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("fact", "text", "options"),
    [
        ("hiv", "negative", {"negative"}),
        ("hiv", "Non-Reactive", {"negative"}),
        ("hbv", "positive", {"core_antibody_only", "surface_antigen_positive"}),
        ("hbv", "HBsAg positive", {"surface_antigen_positive"}),
        ("pregnant", "N", {"no"}),
        ("pregnant", "TRUE", {"yes"}),
        ("stage_extent", "Stage IV", {"locally_advanced", "unresectable", "metastatic"}),
        ("tumor_type", "PLEMESO", {"PLEMESO"}),
        ("tumor_type", "C45.0", {"PLMESO", "PLEMESO", "PLBMESO", "PLSMESO"}),
    ],
)
def test_an_answer_holds_all_that_it_may_be(fact: str, text: str, options: set[str]) -> None:
    value = read(fact, text)
    assert isinstance(value, Coded)
    assert value.options == options


@pytest.mark.parametrize(
    ("fact", "text"), [("hiv", "maybe"), ("pregnant", ""), ("sex", "x"), ("tumor_type", "qwertz"), ("tumor_type", "")]
)
def test_a_word_that_is_no_answer_is_refused(fact: str, text: str) -> None:
    with pytest.raises(BadAnswer):
        read(fact, text)


def test_a_look_alike_that_is_not_malignant_is_no_mesothelioma(dictionary: Dictionary) -> None:
    rule = "tumor_type is MESO"
    assert outcome(dictionary, rule, "tumor_type: adenomatoid tumor") is Outcome.NOT_MET
    assert outcome(dictionary, rule, "tumor_type: 9052/1") is Outcome.NOT_MET
    assert outcome(dictionary, rule, "tumor_type: 9052/3") is Outcome.MET


def test_a_type_given_too_generally_is_unknown_against_a_narrower_rule(dictionary: Dictionary) -> None:
    assert outcome(dictionary, "tumor_type is PLMESO", "tumor_type: mesothelioma") is Outcome.UNKNOWN
    assert outcome(dictionary, "tumor_type is PLMESO", "tumor_type: C45.9") is Outcome.UNKNOWN
    assert outcome(dictionary, "tumor_type is PLMESO", "tumor_type: PLEMESO") is Outcome.MET
    assert outcome(dictionary, "tumor_type is PLMESO", "tumor_type: PEMESO") is Outcome.NOT_MET


def test_a_tumor_type_that_names_its_histology_answers_it(dictionary: Dictionary) -> None:
    result = judge(dictionary, criterion_text("include: histology is epithelioid"), "tumor_type: PLEMESO")
    assert result.outcome is Outcome.MET
    assert "from the tumor type" in result.why
    assert outcome(dictionary, "histology is epithelioid", "tumor_type: PLSMESO") is Outcome.NOT_MET
    assert outcome(dictionary, "histology is epithelioid", "tumor_type: PLMESO") is Outcome.UNKNOWN


# ---------------------------------------------------------------- dates and treatments


def test_never_is_an_answer_to_a_date() -> None:
    assert read("last_live_vaccine", "never") == Moment(None)
    assert read("last_live_vaccine", "2026-09") == Moment(DateSpan(date(2026, 9, 1), date(2026, 9, 30)))


def test_never_is_long_ago_but_a_remission_that_never_came_has_not_begun(dictionary: Dictionary) -> None:
    rule = "weeks from last_live_vaccine to infusion >= 8"
    assert outcome(dictionary, rule, "last_live_vaccine: never") is Outcome.MET
    rule = "years from second_malignancy_free_since to enrollment >= 5"
    assert outcome(dictionary, rule, "second_malignancy_free_since: never") is Outcome.NOT_MET


def test_an_agent_has_its_classes_and_all_above_them() -> None:
    treatment = read_treatment({"agent": "Opdivo", "last_dose": "2026-10-25"}, DICTIONARY, TODAY)
    assert treatment.agent == "nivolumab"
    assert treatment.half_life_days == Interval.point(25)
    for name in ("anti_pd_1", "checkpoint_inhibitor", "immunotherapy", "systemic_therapy"):
        assert treatment.belongs(name) is Truth.TRUE
    assert treatment.belongs("chemotherapy") is Truth.FALSE


def test_an_agent_not_known_may_be_of_any_class() -> None:
    treatment = read_treatment({"agent": "ABC-123", "last_dose": "2026-10-25"}, DICTIONARY, TODAY)
    assert treatment.belongs("car_t") is Truth.UNKNOWN
    assert treatment.half_life_days is None


def test_a_class_given_too_generally_may_be_any_below_it_and_nothing_beside_it() -> None:
    treatment = read_treatment({"agent": "ABC-123", "class": "immunotherapy"}, DICTIONARY, TODAY)
    assert treatment.belongs("immunotherapy") is Truth.TRUE
    assert treatment.belongs("checkpoint_inhibitor") is Truth.UNKNOWN
    assert treatment.belongs("radiotherapy") is Truth.FALSE


def test_a_treatment_without_a_last_dose_may_have_ended_on_any_day_since_its_start() -> None:
    treatment = read_treatment({"agent": "cisplatin", "start": "2026-06"}, DICTIONARY, TODAY)
    assert treatment.last == DateSpan(date(2026, 6, 1), TODAY)
    assert read_treatment({"agent": "cisplatin"}, DICTIONARY, TODAY).last == DateSpan(None, TODAY)


def test_an_ongoing_treatment_ends_today_or_later() -> None:
    treatment = read_treatment({"agent": "cisplatin", "last_dose": "ongoing"}, DICTIONARY, TODAY)
    assert treatment.ongoing
    assert treatment.last == DateSpan(TODAY, None)


def test_a_partial_last_dose_of_this_month_ends_today_at_the_latest() -> None:
    treatment = read_treatment({"agent": "cisplatin", "last_dose": "2026-11"}, DICTIONARY, TODAY)
    assert treatment.last == DateSpan(date(2026, 11, 1), TODAY)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"agent": "cisplatin", "last_dose": "2026-11-23"}, "lies in the future"),
        ({"agent": "cisplatin", "start": "2027-01-01"}, "in the future"),
        ({"agent": "cisplatin", "start": "2026-06-01", "last_dose": "2026-05-01"}, "before the start"),
        ({"agent": "cisplatin", "half_life_days": "0"}, "a number of days"),
        ({"agent": "cisplatin", "half_life_days": "3 weeks"}, "a number of days"),
        ({"agent": "cisplatin", "class": "magic"}, "class is not known"),
        ({"last_dose": "2026-05-01"}, "needs its agent or its class"),
        ({"agent": "cisplatin", "last_dose": "2026-02-30"}, "no such day"),
    ],
)
def test_a_treatment_that_cannot_be_is_refused(fields: dict[str, str], reason: str) -> None:
    with pytest.raises(BadAnswer, match=reason):
        read_treatment(fields, DICTIONARY, TODAY)


def test_one_treatment_that_cannot_be_read_makes_the_whole_list_unknown(dictionary: Dictionary) -> None:
    patient = patient_of(
        dictionary,
        "prior_therapies: [{agent: cisplatin, last_dose: 2026-02-30}, {agent: nivolumab}, {agent: x, class: y}]",
    )
    assert isinstance(patient.get("prior_therapies"), Missing)
    assert len(patient.problems) == 2


def test_treatments_may_stand_in_one_line() -> None:
    value = read("prior_therapies", "pemetrexed: 2026-06-01; nivolumab:2026-09; bevacizumab")
    assert isinstance(value, Treatments)
    assert [item.agent for item in value.items] == ["pemetrexed", "nivolumab", "bevacizumab"]
    assert read("prior_therapies", "none") == Treatments(())


@pytest.mark.parametrize("word", ["dont_know", "not_done", "declined", "pending"])
def test_a_missing_answer_keeps_its_reason(dictionary: Dictionary, word: str) -> None:
    result = judge(dictionary, criterion_text("include: lvef >= 45 %"), f"lvef: {{missing: {word}}}")
    assert result.outcome is Outcome.UNKNOWN
    reasons = {"dont_know": "not known", "not_done": "not done", "declined": "declined", "pending": "result pending"}
    assert reasons[word] in result.why


@given(st.sampled_from(sorted(DICTIONARY.facts)), st.text(max_size=25))
def test_any_answer_to_any_fact_is_read_or_refused(fact: str, text: str) -> None:
    with contextlib.suppress(BadAnswer):
        assert read(fact, text) is not None


# ---------------------------------------------------------------- creatinine clearance (domain.md 6.4)


@pytest.mark.parametrize(
    ("age", "sex", "kilograms", "milligrams", "clearance"),
    [(70, "male", 80, "1.2", "64.8"), (60, "female", 60, "1.0", "56.7"), (72, "female", 55, "0.9", "49.1")],
)
def test_a_clearance_is_derived_by_cockcroft_and_gault(
    dictionary: Dictionary, age: int, sex: str, kilograms: int, milligrams: str, clearance: str
) -> None:
    facts = f"age: {age}\nsex: {sex}\nweight: {kilograms} kg\ncreatinine: {milligrams} mg/dL"
    result = judge(dictionary, criterion_text("include: creatinine_clearance >= 50 mL/min"), facts)
    assert f"{clearance} mL/min" in result.why
    assert "by Cockcroft-Gault" in result.why
    assert result.outcome is (Outcome.MET if float(clearance) >= 50 else Outcome.NOT_MET)
    for step, expected in [(Fraction(-1, 10), Outcome.MET), (Fraction(1, 10), Outcome.NOT_MET)]:
        threshold = float(Fraction(clearance) + step)
        assert outcome(dictionary, f"creatinine_clearance >= {threshold:.1f} mL/min", facts) is expected


def test_without_the_sex_the_clearance_spans_both(dictionary: Dictionary) -> None:
    facts = "age: 70\nweight: 80 kg\ncreatinine: 1.2 mg/dL"
    assert outcome(dictionary, "creatinine_clearance >= 55 mL/min", facts) is Outcome.MET  # 55.1 to 64.8
    assert outcome(dictionary, "creatinine_clearance >= 60 mL/min", facts) is Outcome.UNKNOWN
    assert outcome(dictionary, "creatinine_clearance >= 65 mL/min", facts) is Outcome.NOT_MET


@pytest.mark.parametrize("left_out", ["age", "weight", "creatinine"])
def test_without_an_input_there_is_no_clearance(dictionary: Dictionary, left_out: str) -> None:
    facts = {"age": "age: 70", "sex": "sex: male", "weight": "weight: 80 kg", "creatinine": "creatinine: 1.2 mg/dL"}
    del facts[left_out]
    result = judge(dictionary, criterion_text("include: creatinine_clearance >= 10 mL/min"), "\n".join(facts.values()))
    assert result.outcome is Outcome.UNKNOWN
    assert left_out in result.missing


def test_a_clearance_that_is_given_counts_before_a_derived_one(dictionary: Dictionary) -> None:
    facts = "age: 70\nsex: male\nweight: 80 kg\ncreatinine: 1.2 mg/dL\ncreatinine_clearance: 45 mL/min"
    result = judge(dictionary, criterion_text("include: creatinine_clearance >= 50 mL/min"), facts)
    assert result.outcome is Outcome.NOT_MET
    assert "check: " in result.why


# ---------------------------------------------------------------- ECOG and Karnofsky (domain.md 6.2)

M, N, U = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("ecog", "at_least", "outcomes"),
    # Karnofsky of each grade by the conventional and by the fitted map together
    [
        (0, (80, 90, 100), (M, M, U)),
        (1, (60, 70, 80, 90, 100), (M, M, U, U, N)),
        (2, (50, 60, 70, 80), (M, U, U, N)),
        (3, (30, 40, 50, 60, 70), (M, U, U, U, N)),
        (4, (10, 20, 30, 40, 50), (M, U, U, U, N)),
        (5, (10,), (N,)),
    ],
)
def test_an_ecog_grade_decides_a_karnofsky_rule_only_where_the_maps_agree(
    dictionary: Dictionary, ecog: int, at_least: tuple[int, ...], outcomes: tuple[Outcome, ...]
) -> None:
    found = tuple(outcome(dictionary, f"kps >= {limit}", f"ecog: {ecog}") for limit in at_least)
    assert found == outcomes


@pytest.mark.parametrize(
    ("kps", "at_most", "outcomes"),
    [
        (100, (0, 1), (M, M)),
        (90, (0, 1), (U, M)),
        (80, (0, 1), (N, M)),
        (70, (0, 1, 2), (N, U, M)),
        (60, (1, 2, 3), (N, U, M)),
        (50, (1, 2, 3), (N, U, M)),
        (40, (2, 3, 4), (N, U, M)),
        (30, (2, 3, 4), (N, U, M)),
        (20, (3, 4), (N, M)),
        (10, (3, 4), (N, M)),
        (0, (4, 5), (N, M)),
    ],
)
def test_a_karnofsky_value_decides_an_ecog_rule_only_where_the_maps_agree(
    dictionary: Dictionary, kps: int, at_most: tuple[int, ...], outcomes: tuple[Outcome, ...]
) -> None:
    found = tuple(outcome(dictionary, f"ecog <= {limit}", f"kps: {kps}") for limit in at_most)
    assert found == outcomes


def test_a_conversion_that_leaves_it_open_says_so(dictionary: Dictionary) -> None:
    result = judge(dictionary, criterion_text("include: kps >= 70"), "ecog: 2")
    assert "from ECOG 2; published maps give 50 to 70" in result.why
    result = judge(dictionary, criterion_text("include: ecog <= 1"), "kps: 70")
    assert "from Karnofsky 70; published maps give 1 to 2" in result.why


def test_the_scale_that_is_given_counts_before_the_converted_one(dictionary: Dictionary) -> None:
    assert outcome(dictionary, "kps >= 70", "ecog: 2\nkps: 70") is Outcome.MET
    assert outcome(dictionary, "ecog <= 1", "ecog: 2\nkps: 90") is Outcome.NOT_MET


def test_a_wider_answer_that_agrees_does_not_undo_what_was_derived(dictionary: Dictionary) -> None:
    assert outcome(dictionary, "ecog <= 1", "kps: 90") is Outcome.MET
    assert outcome(dictionary, "ecog <= 1", "kps: 90\necog: 1-2") is Outcome.MET


def test_an_unquoted_greater_sign_says_that_yaml_took_it(dictionary: Dictionary) -> None:
    (problem,) = patient_of(dictionary, "life_expectancy_months: >6").problems
    assert "quotes" in str(problem)


@pytest.mark.parametrize("text", ["N/A", "unknown", "cisplatin: 2026-01-05; n.a."])
def test_a_word_for_not_known_is_no_drug(text: str, dictionary: Dictionary) -> None:
    """As an unknown drug it would belong to any class, and every washout would be unknown without a word."""
    with pytest.raises(BadAnswer, match="this names no treatment"):
        read_answer(dictionary.facts["prior_therapies"], text, dictionary, date(2026, 11, 22))
