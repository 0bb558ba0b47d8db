"""Laws of screening that hold for every rule and every patient."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from screener.catalog import criteria_folder, load_catalog
from screener.evaluate import Context, evaluate, screen_trial
from screener.expr import Anchor, Expression, facts_of, leaves, show
from screener.model import Factor, Missing, MissingReason, Outcome, Patient, Score, TrialResult, Verdict
from screener.model.derived import INPUTS
from screener.patient import compile_patient, read_answer
from screener.source import load
from screener.truth import Truth
from tests.rule_text import criterion_text, patient_of, trial_of
from tests.strategies import ANCHORS, AS_OF, DICTIONARY, answers, expressions, patient, values, washouts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screener.model import CriterionResult, Trial, Value

CATALOG = load_catalog(criteria_folder())
TRIALS = [trial for trial in CATALOG.trials if not trial.is_profile]
EXAMPLE = compile_patient(load(CATALOG.folder / "examples" / "patient.yaml"), DICTIONARY, today=AS_OF)
DECIDED = {Outcome.MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE}
of_trials = pytest.mark.parametrize("trial", TRIALS, ids=[trial.id for trial in TRIALS])
of_rule_files = pytest.mark.parametrize("trial", CATALOG.trials, ids=[trial.id for trial in CATALOG.trials])


def answer(fact: str, text: str) -> Value:
    return read_answer(DICTIONARY.facts[fact], text, DICTIONARY, AS_OF)


def facts_read(*trees: Expression) -> list[str]:
    """The facts that expressions read, and those that a fact may be derived from."""
    read = [fact for tree in trees for leaf in leaves(tree) for fact in facts_of(leaf)]
    return list(dict.fromkeys([*read, *(other for fact in read for other in INPUTS.get(fact, ()))]))


def facts_of_trial(trial: Trial) -> list[str]:
    return facts_read(*(tree for criterion in trial.criteria for tree in criterion.expressions))


def part_of(data: st.DataObject, whole: Patient) -> Patient:
    """The same patient with some answers missing."""
    kept = data.draw(st.sets(st.sampled_from(sorted(whole.facts)))) if whole.facts else set()
    return Patient(whole.id, whole.as_of, {name: value for name, value in whole.facts.items() if name in kept})


# ---------------------------------------------------------------- monotone: an answer never turns what is decided
#
# Two things are excepted, and left out of the patients here. A planned date of an anchor moves the day of judging. And
# an answer to a fact that is otherwise derived (ECOG from Karnofsky, histology from the tumor type, the clearance by
# formula) replaces what was derived, so it may contradict it.


@settings(max_examples=40)
@given(expressions(), st.data())
def test_an_answer_never_turns_a_decided_expression(tree: Expression, data: st.DataObject) -> None:
    whole = patient(data.draw(answers(facts_read(tree))))
    part = part_of(data, whole)
    before = evaluate(tree, Context.today(part, DICTIONARY)).truth
    after = evaluate(tree, Context.today(whole, DICTIONARY)).truth
    assert before in {Truth.UNKNOWN, after}, show(tree)


@of_trials
@settings(max_examples=40)
@given(data=st.data())
def test_an_answer_never_turns_a_decided_criterion_of_a_shipped_trial(trial: Trial, data: st.DataObject) -> None:
    assert not ANCHORS & EXAMPLE.facts.keys()
    assert_grown_from(part_of(data, EXAMPLE), EXAMPLE, trial)


@of_trials
@settings(max_examples=10)
@given(data=st.data())
def test_neither_does_it_for_a_random_patient(trial: Trial, data: st.DataObject) -> None:
    whole = patient(data.draw(answers(facts_of_trial(trial))))
    assert_grown_from(part_of(data, whole), whole, trial)


def assert_grown_from(part: Patient, whole: Patient, trial: Trial) -> None:
    before = {result.criterion.id: result.outcome for result in screen_trial(trial, part, DICTIONARY).criteria}
    for result in screen_trial(trial, whole, DICTIONARY).criteria:
        earlier = before[result.criterion.id]
        assert earlier not in DECIDED or earlier is result.outcome, (result.criterion.id, earlier, result.why)


@of_rule_files
def test_without_any_answer_nothing_is_met_and_nothing_fails(trial: Trial) -> None:
    result = screen_trial(trial, patient({}), DICTIONARY)
    assert {item.outcome for item in result.criteria} <= {Outcome.UNKNOWN, Outcome.MANUAL}
    assert result.verdict is Verdict.UNDECIDED


@settings(max_examples=40)
@given(expressions(), st.data())
def test_what_is_unknown_names_a_fact_that_is_missing_or_not_exact(tree: Expression, data: st.DataObject) -> None:
    some = patient(data.draw(answers(facts_read(tree))))
    finding = evaluate(tree, Context.today(some, DICTIONARY))
    assert finding.reasons
    assert bool(finding.missing) == (finding.truth is Truth.UNKNOWN)
    assert set(finding.missing) <= set(facts_read(tree))


# ---------------------------------------------------------------- the verdict follows from the outcomes


def verdict_of(results: Iterable[CriterionResult]) -> Verdict:
    """The verdict, told anew from the outcomes alone."""
    listed = list(results)
    failed = [result for result in listed if result.outcome is Outcome.NOT_MET]
    if failed:
        return Verdict.NOT_YET if all(result.time_bound for result in failed) else Verdict.NO_MATCH
    unknown = any(result.outcome is Outcome.UNKNOWN for result in listed)
    return Verdict.UNDECIDED if unknown else Verdict.MATCH


@of_rule_files
@settings(max_examples=10)
@given(data=st.data())
def test_the_verdict_and_the_scores_follow_from_the_outcomes(trial: Trial, data: st.DataObject) -> None:
    result = screen_trial(trial, part_of(data, patient(data.draw(answers(facts_of_trial(trial))))), DICTIONARY)
    assert_lawful(result)


@of_rule_files
@settings(max_examples=25)
@given(data=st.data())
def test_they_do_so_for_parts_of_the_example(trial: Trial, data: st.DataObject) -> None:
    assert_lawful(screen_trial(trial, part_of(data, EXAMPLE), DICTIONARY))


def assert_lawful(result: TrialResult) -> None:
    assert result.verdict is verdict_of(result.criteria)
    dated = [item.met_from for item in result.criteria if item.outcome is Outcome.NOT_MET and item.met_from]
    if result.eligible_from is not None:
        assert result.verdict is Verdict.NOT_YET
        assert result.eligible_from >= max(dated)
    for item in result.criteria:
        assert not item.time_bound or (item.met_from is not None and item.outcome is Outcome.NOT_MET)
        assert item.outcome is not Outcome.MANUAL or item.criterion.test is None
        assert not item.missing or item.outcome is Outcome.UNKNOWN
    assert_score(result.total.score, result.criteria)
    for factor, tally in result.factors.items():
        assert_score(tally.score, [item for item in result.criteria if item.criterion.factor is factor])
    assert result.factors.keys() == {item.criterion.factor for item in result.criteria}


def assert_score(score: Score | None, results: Iterable[CriterionResult]) -> None:
    """Weight of met over weight of all that apply and can be decided; unknown counts for nothing, or for all."""
    listed = [(item.outcome, item.criterion.weight) for item in results]
    met = sum((weight for outcome, weight in listed if outcome is Outcome.MET), Fraction(0))
    unknown = sum((weight for outcome, weight in listed if outcome is Outcome.UNKNOWN), Fraction(0))
    failed = sum((weight for outcome, weight in listed if outcome is Outcome.NOT_MET), Fraction(0))
    if score is None:
        assert met + unknown + failed == 0
        return
    assert 0 <= score.low <= score.value <= score.high <= 100
    assert score.low == 100 * met / (met + unknown + failed)
    assert score.high == 100 * (met + unknown) / (met + unknown + failed)


def test_weights_count_in_the_score() -> None:
    trial = trial_of(
        DICTIONARY,
        criterion_text("include: consent", "weight: 3", name="INC-1"),
        criterion_text("include: caregiver", name="INC-2", factor="travel"),
        criterion_text("include: can_travel", name="INC-3", factor="travel"),
        criterion_text("manual: judged", "weight: 9", name="INC-4"),
        criterion_text("when: not consent", "include: can_travel", "weight: 9", name="INC-5"),
    )
    some = patient({name: answer(name, "yes") for name in ("consent", "caregiver")})
    result = screen_trial(trial, some, DICTIONARY)
    assert result.total.score == Score(Fraction(80), Fraction(80), Fraction(100))
    assert result.factors[Factor.TRAVEL].score == Score(Fraction(50), Fraction(50), Fraction(100))


# ---------------------------------------------------------------- not yet: a dated promise


@settings(max_examples=40)
@given(washouts(), st.data())
def test_on_the_day_named_nothing_waits_for_time_and_the_day_before_something_does(
    tree: Expression, data: st.DataObject
) -> None:
    """Whole dates, nothing planned or ongoing, agents known: otherwise the day is the first on which it is sure."""
    trial = trial_of(DICTIONARY, criterion_text(f"include: {show(tree)}"))
    some = patient(data.draw(answers(facts_read(tree), exact=True)))
    result = screen_trial(trial, some, DICTIONARY)
    assume(result.verdict is Verdict.NOT_YET)
    assert result.eligible_from is not None
    assert result.eligible_from > AS_OF
    assert f"time alone mends it from {result.eligible_from}" in result.criteria[0].why
    assert screened_on(trial, some, 0, result).verdict is Verdict.MATCH
    assert screened_on(trial, some, -1, result).verdict is Verdict.NOT_YET


@of_trials
@settings(max_examples=40)
@given(data=st.data())
def test_the_shipped_trials_keep_the_promise(trial: Trial, data: st.DataObject) -> None:
    dated = ["prior_therapies", "last_major_surgery", "last_antibiotic", "last_live_vaccine", "last_steroid_dose"]
    recent = {name: data.draw(values(DICTIONARY.facts[name], exact=True)) for name in dated}
    some = Patient("P-1", AS_OF, dict(EXAMPLE.facts) | recent)
    result = screen_trial(trial, some, DICTIONARY)
    if result.eligible_from is None:
        return
    assert result.verdict is Verdict.NOT_YET
    assert not [item for item in screened_on(trial, some, 0, result).criteria if item.outcome is Outcome.NOT_MET]
    assert screened_on(trial, some, -1, result).verdict is Verdict.NOT_YET


def screened_on(trial: Trial, some: Patient, days: int, result: TrialResult) -> TrialResult:
    """Screen the same patient again, so many days after the day that the result names."""
    assert result.eligible_from is not None
    later = Patient(some.id, result.eligible_from + timedelta(days=days), some.facts)
    return screen_trial(trial, later, DICTIONARY)


VACCINE = criterion_text("include: days from last_live_vaccine to enrollment >= 42", name="INC-1")
SURGERY = "include: days from last_major_surgery to enrollment <= {}"


@pytest.mark.parametrize(("within", "promised"), [(60, date(2027, 1, 1)), (30, None)])
def test_no_day_is_promised_on_which_something_else_has_run_out(within: int, promised: date | None) -> None:
    trial = trial_of(DICTIONARY, VACCINE, criterion_text(SURGERY.format(within), name="INC-2"))
    some = patient(
        {
            "last_live_vaccine": answer("last_live_vaccine", "2026-11-20"),
            "last_major_surgery": answer("last_major_surgery", "2026-11-05"),
        }
    )
    result = screen_trial(trial, some, DICTIONARY)
    assert (result.verdict, result.eligible_from) == (Verdict.NOT_YET, promised)


def test_a_rule_that_runs_out_and_comes_back_puts_the_day_off_until_it_is_back() -> None:
    again = SURGERY.format(30) + " or days from last_major_surgery to enrollment >= 90"
    trial = trial_of(DICTIONARY, VACCINE, criterion_text(again, name="INC-2"))
    facts = "last_live_vaccine: 2026-11-20\nlast_major_surgery: 2026-11-05"
    result = screen_trial(trial, patient_of(DICTIONARY, facts), DICTIONARY)
    assert (result.verdict, result.eligible_from) == (Verdict.NOT_YET, date(2027, 2, 3))


@pytest.mark.parametrize(
    ("rule", "facts", "as_of", "promised"),
    [
        (
            "exclude: any(chemotherapy since 6 months before screening)",  # six months before 31 August is 28 February
            *("prior_therapies: [{agent: cisplatin, last_dose: 2026-02-28}]", date(2026, 5, 1), date(2026, 9, 1)),
        ),
        (
            "include: any(chemotherapy from 60 days before screening to 14 days before screening)",
            *("prior_therapies: [{agent: cisplatin, last_dose: 2026-11-20}]", AS_OF, date(2026, 12, 4)),
        ),
        (
            "include: days from date of anc to screening >= 7",
            *("anc: {value: 2 K/uL, date: 2026-11-20}", AS_OF, date(2026, 11, 27)),
        ),
        (
            "include: days from last(checkpoint_inhibitor) to infusion >= 42",  # 2026-11-22 at the latest
            *("prior_therapies: [{agent: nivolumab, last_dose: 2026-11}]", AS_OF, date(2027, 1, 3)),
        ),
        (
            # over for the cisplatin from 2026-11-25; whether the radiation counts is not known, so it is sure later
            "include: days from last(chemotherapy or therapeutic_radiotherapy) to infusion >= 14",
            "prior_therapies: [{agent: cisplatin, last_dose: 2026-11-11}, {agent: SBRT, last_dose: 2026-11-22}]",
            *(AS_OF, date(2026, 12, 6)),
        ),
        (
            "exclude: months from last_myocardial_infarction to enrollment <= 6",
            *("last_myocardial_infarction: 2026-08-31", AS_OF, date(2027, 3, 1)),
        ),
    ],
)
def test_the_first_day_is_told_by_the_calendar(rule: str, facts: str, as_of: date, promised: date) -> None:
    trial = trial_of(DICTIONARY, criterion_text(rule))
    result = screen_trial(trial, patient_of(DICTIONARY, facts, as_of=as_of), DICTIONARY)
    assert (result.verdict, result.eligible_from) == (Verdict.NOT_YET, promised)


@pytest.mark.parametrize("anchor", [anchor for anchor in Anchor if anchor is not Anchor.SCREENING])
def test_a_planned_date_moves_the_day_of_judging(anchor: Anchor) -> None:
    """Why planned dates are excepted above."""
    trial = trial_of(DICTIONARY, criterion_text(f"include: days from last_live_vaccine to {anchor.value} >= 30"))
    facts = {"last_live_vaccine": answer("last_live_vaccine", "2026-11-01")}
    assert screen_trial(trial, patient(facts), DICTIONARY).verdict is Verdict.NOT_YET
    planned = facts | {anchor.value: answer(anchor.value, "2026-12-01")}
    assert screen_trial(trial, patient(planned), DICTIONARY).verdict is Verdict.MATCH


def test_a_reason_for_a_missing_answer_changes_nothing_but_the_words() -> None:
    for trial in TRIALS:
        plain = screen_trial(trial, patient({}), DICTIONARY)
        for reason in MissingReason:
            missing = Patient("P-1", AS_OF, dict.fromkeys(facts_of_trial(trial), Missing(reason)))
            said = screen_trial(trial, missing, DICTIONARY)
            assert [item.outcome for item in said.criteria] == [item.outcome for item in plain.criteria]
