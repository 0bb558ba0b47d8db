"""Faults once found in meaning, language and errors, and mended."""

from __future__ import annotations

from datetime import date

import pytest

from screener.compile import compile_trial
from screener.errors import BadAnswer, InputError
from screener.evaluate import screen_trial
from screener.expr import parse, show
from screener.model import Number, Outcome, Patient, Trial, Verdict
from screener.patient import compile_patient, read_answer, read_treatment
from screener.source import Text, load_text
from tests.rule_text import TODAY, criterion_text, judge, patient_of, trial_of
from tests.strategies import AS_OF, DICTIONARY


def screened(rule: str, facts: str, as_of: date = TODAY, more: tuple[str, ...] = ()) -> tuple[Trial, Patient]:
    trial = trial_of(DICTIONARY, criterion_text(rule), *more)
    return trial, patient_of(DICTIONARY, facts, as_of=as_of)


def test_a_rule_file_that_is_a_list_is_refused_not_a_crash() -> None:
    with pytest.raises(InputError):
        compile_trial(load_text(Text("f.yaml", "- a\n")), DICTIONARY)


def test_a_treatment_that_starts_in_the_future_is_refused_not_a_crash() -> None:
    with pytest.raises(BadAnswer):
        read_treatment({"agent": "nivolumab", "start": "2027-01-01"}, DICTIONARY, AS_OF)


@pytest.mark.parametrize(
    ("rule", "facts"),
    [
        ("include: years from last_major_surgery to enrollment >= 9000", "last_major_surgery: 2020-01-01"),
        (
            "exclude: any(chemotherapy since 3000 years before screening)",
            "prior_therapies: [{agent: cisplatin, last_dose: 2026-09-20}]",
        ),
        (
            "exclude: any(chemotherapy since 30000 months before screening)",
            "prior_therapies: [{agent: cisplatin, last_dose: 2026-09-20}]",
        ),
    ],
)
def test_a_limit_beyond_the_calendar_is_refused_or_evaluated_not_a_crash(rule: str, facts: str) -> None:
    try:
        trial, patient = screened(rule, facts)
    except InputError:
        return
    screen_trial(trial, patient, DICTIONARY)


@pytest.mark.parametrize(
    "facts",
    [
        '  tumor_type:\n    "zzsecretzz: word"\n',
        "  prior_therapies:\n    zzsecretzz:2026-13\n",
        "  prior_therapies:\n    - agent: x\n      last_dose:\n        zzsecretzz:1\n",
        "  tumor_type: lung\n    zzsecretzz: x\n",
    ],
)
def test_a_value_on_a_line_of_its_own_with_a_colon_is_not_shown(facts: str) -> None:
    try:
        patient = compile_patient(load_text(Text("p.yaml", "facts:\n" + facts, private=True)), DICTIONARY, today=TODAY)
        said = "\n".join(map(str, patient.problems))
    except InputError as error:
        said = str(error)
    assert "Error: " in said
    assert "zzsecretzz" not in said


def test_a_window_in_months_that_ends_at_a_month_end_is_not_yet() -> None:
    facts = "prior_therapies: [{agent: cisplatin, last_dose: 2026-02-28}]"
    trial, patient = screened("exclude: any(chemotherapy since 6 months before screening)", facts, date(2026, 5, 1))
    result = screen_trial(trial, patient, DICTIONARY)
    assert (result.verdict, result.eligible_from) == (Verdict.NOT_YET, date(2026, 9, 1))


def test_time_may_move_the_end_of_a_window_over_a_treatment() -> None:
    rule = "include: any(chemotherapy from 60 days before screening to 14 days before screening)"
    trial, patient = screened(rule, "prior_therapies: [{agent: cisplatin, last_dose: 2026-11-20}]")
    assert screen_trial(trial, patient, DICTIONARY).verdict is Verdict.NOT_YET


def test_time_may_mend_the_age_of_a_result() -> None:
    trial, patient = screened(
        "include: days from date of anc to screening >= 7", "anc: {value: 2 K/uL, date: 2026-11-20}"
    )
    assert screen_trial(trial, patient, DICTIONARY).verdict is Verdict.NOT_YET


def test_on_the_day_promised_no_criterion_has_run_out_meanwhile() -> None:
    """A washout still running, and another rule that has an upper bound and expires before it ends."""
    facts = "last_live_vaccine: 2026-11-20\nlast_major_surgery: 2026-11-01"
    trial, patient = screened(
        "include: days from last_live_vaccine to enrollment >= 42",
        facts,
        more=(criterion_text("include: days from last_major_surgery to enrollment <= 30", name="INC-2"),),
    )
    result = screen_trial(trial, patient, DICTIONARY)
    if result.eligible_from is not None:
        later = screen_trial(trial, Patient("p", result.eligible_from, patient.facts), DICTIONARY)
        assert not [item for item in later.criteria if item.outcome is Outcome.NOT_MET]


def test_an_agreeing_but_wider_answer_does_not_undo_what_was_derived() -> None:
    rule = criterion_text("include: ecog <= 1")
    assert judge(DICTIONARY, rule, "kps: 90").outcome is Outcome.MET
    assert judge(DICTIONARY, rule, "kps: 90\necog: 1-2").outcome is Outcome.MET


def test_thousands_with_their_unit_are_read() -> None:
    value = read_answer(DICTIONARY.facts["anc"], "1,500 /uL", DICTIONARY, TODAY)
    assert isinstance(value, Number)
    assert value.interval.exact == 1.5


@pytest.mark.parametrize("text", ["1.5 10³/µL", "1.5 10⁹/L"])
def test_a_superscript_power_may_follow_a_number(text: str) -> None:
    value = read_answer(DICTIONARY.facts["anc"], text, DICTIONARY, TODAY)
    assert isinstance(value, Number)
    assert value.interval.exact == 1.5


def test_a_rule_may_speak_of_inches() -> None:
    assert show(parse("height >= 60 in")) == "height >= 60 in"


@pytest.mark.parametrize("unit", ["K/µL", "K/μL"])
def test_a_rule_may_write_the_micro_sign_after_the_slash(unit: str) -> None:
    assert parse(f"platelets >= 100 {unit}") == parse("platelets >= 100 K/uL")


@pytest.mark.parametrize(
    ("rule", "column"),
    [("sex is ex", 21), ("hiv is h", 21), ("weight >= 40 g", 27), ("ast <= 5 gm/dl", 23)],
)
def test_the_caret_stands_under_the_word_at_fault(rule: str, column: int) -> None:
    with pytest.raises(InputError) as found:
        trial_of(DICTIONARY, criterion_text(f"include: {rule}"))
    assert str(found.value).startswith(f"Error: trial.yaml:15:{column}: ")


def test_a_folded_expression_that_ends_early_is_shown_where_it_ends() -> None:
    with pytest.raises(InputError) as found:
        trial_of(DICTIONARY, criterion_text("include: >-", "  age >="))
    assert str(found.value).startswith("Error: trial.yaml:16:")


@pytest.mark.parametrize("test", ["include: consent", "exclude: consent", "manual: judged"])
def test_rarely_beside_a_trials_test_is_refused_not_ignored(test: str) -> None:
    with pytest.raises(InputError):
        trial_of(DICTIONARY, criterion_text(test, "rarely: ecog > 2"))


def test_a_tab_in_the_text_is_refused_by_name_as_the_manual_says() -> None:
    with pytest.raises(InputError):
        load_text(Text("f.yaml", "a: b\tc\n"))


def test_an_unquoted_greater_sign_says_that_yaml_took_it() -> None:
    patient = patient_of(DICTIONARY, "life_expectancy_months: >6")
    assert "quotes" in str(patient.problems[0])
