"""Laws of the interview engine: what it asks next, what it leaves out, and how much is left."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from benchmarks.questions import told
from screener.evaluate import Context, evaluate
from screener.model import Outcome, Verdict
from screener.truth import Truth
from tests.interviews import (
    CATALOG,
    NOBODY_KNOWS,
    begin,
    chance_of,
    completions,
    next_fact,
    of_people,
    of_some_people,
    order,
    person,
    saying,
    seeds,
    some_interview,
    steps,
    tell,
    trial,
    walk,
)
from tests.rule_text import HEAD
from tests.strategies import DICTIONARY

if TYPE_CHECKING:
    from screener.interview import Interview


# ---------------------------------------------------------------- how much is left


def counted(state: Interview) -> set[str]:
    return {fact.id for item in state.trials for fact in state.still_needed(item)}


@settings(max_examples=60)
@given(seeds)
def test_what_is_left_is_what_the_open_trials_need_and_nothing_answered(seed: int) -> None:
    state = some_interview(chance_of(seed))
    remaining = state.question.remaining if state.question else 0
    assert remaining == len(counted(state))
    assert not counted(state) & state.patient.facts.keys()


@of_people
def test_a_trial_that_is_ruled_out_needs_nothing(seed: int) -> None:
    for state in walk(seed)[seed % 6 :: 6]:
        out = [item for item in state.trials if state.verdicts[item.id] is Verdict.NO_MATCH]
        assert not [item.id for item in out if state.still_needed(item)]
        readers = {item.id: item for name in counted(state) for item, _ in state.needs(DICTIONARY.facts[name])}
        assert not readers.keys() & {item.id for item in out}


@settings(max_examples=60)
@given(seeds)
def test_every_answer_to_a_question_leaves_fewer_to_ask(seed: int) -> None:
    chance = chance_of(seed)
    state = some_interview(chance, most=2)
    while fact := next_fact(state):
        after = tell(state, **{fact: saying(chance, fact)})
        assert counted(after) < counted(state)
        state = after


@of_people
def test_so_it_does_for_an_invented_patient(seed: int) -> None:
    for before, after in steps(seed):
        assert counted(after) < counted(before)


@of_people
def test_an_answer_never_opens_a_trial_again(seed: int) -> None:
    for before, after in steps(seed):
        assert after.open_trials <= before.open_trials
    assert walk(seed)[-1].open_trials == 0


def test_the_facts_of_a_test_that_will_never_be_known_to_apply_are_not_counted() -> None:
    state = tell(begin(trial("when: consent and caregiver\ninclude: can_travel")), consent="-")
    assert state.question
    assert (state.question.fact.id, state.question.remaining) == ("caregiver", 1)


# ---------------------------------------------------------------- first things first


@of_people
def test_whoever_a_criterion_does_not_concern_is_not_asked_for_it(seed: int) -> None:
    for state in walk(seed)[:-1]:
        assert state.question
        context = Context.today(state.patient, DICTIONARY)
        waiting = [criterion for _, criterion in state.needs(state.question.fact)]
        assert waiting
        for criterion in waiting:
            assert criterion.when is None or evaluate(criterion.when, context).truth is not Truth.FALSE


def test_a_man_is_not_asked_whether_he_is_pregnant() -> None:
    state = begin(trial("when: sex is female\nexclude: pregnant"))
    assert order(state, sex="male") == ["sex"]
    assert order(state, sex="female") == ["sex", "pregnant"]


@pytest.mark.parametrize(
    "rule", ["when: {}\ninclude: {} and {}", "include: {} and {} and {}", "include: {} or {} or {}"]
)
@pytest.mark.parametrize("facts", list(itertools.permutations(["consent", "caregiver", "can_travel"])))
def test_the_first_missing_fact_of_a_criterion_comes_before_the_rest_of_it(rule: str, facts: tuple[str, ...]) -> None:
    state = begin(trial(rule.format(*facts)), **{facts[2]: {"no": 99, "yes": 1}})
    while asked := next_fact(state):
        assert asked == next(fact for fact in facts if fact not in state.patient.facts)
        state = tell(state, **{asked: NOBODY_KNOWS})


@of_people
def test_every_question_is_the_first_missing_fact_of_some_criterion(seed: int) -> None:
    for state in walk(seed)[:-1]:
        firsts = {standing.asks[0] for standing in state.standings if standing.asks}
        assert next_fact(state) in state.candidates.keys() & firsts


# ---------------------------------------------------------------- panels


@of_people
def test_a_panel_is_finished_before_anything_else_is_asked(seed: int) -> None:
    for before, state in steps(seed):
        if state.question is None:
            continue
        assert before.question
        panel = before.question.panel
        left = [fact for fact in panel.facts if fact in state.candidates] if panel else []
        assert state.question.begins is not bool(left)
        assert not left or state.question.fact.id == left[0]


@of_people
def test_a_panel_begins_again_only_for_what_could_not_come_while_it_was_open(seed: int) -> None:
    """Direct bilirubin, say, where whether it counts was asked later."""
    could_come: dict[str, set[str]] = {}
    for state in walk(seed)[:-1]:
        assert state.question
        if panel := state.question.panel:
            before = could_come.setdefault(panel.id, set())
            assert not state.question.begins or state.question.fact.id not in before
            before |= state.candidates.keys() & set(panel.facts)


@of_people
def test_beside_a_question_stand_the_results_of_the_report_that_could_come_next(seed: int) -> None:
    for state in walk(seed)[:-1]:
        assert state.question
        panel = DICTIONARY.panel_of(state.question.fact.id)
        assert state.question.panel == panel
        wanted = [fact for fact in panel.facts if fact in state.candidates] if panel else []
        assert [fact.id for fact in state.question.beside] == wanted
        assert not wanted or wanted[0] == state.question.fact.id


COUNTS = trial(
    "include: platelets >= 100 K/uL", "include: hemoglobin >= 9 g/dL", "include: consent", "include: ecog <= 1"
)


def test_a_blood_count_comes_in_one_go_in_the_order_of_the_report() -> None:
    state = begin(COUNTS, hemoglobin={"8 g/dL": 99, "10 g/dL": 1})
    asked = order(state, platelets="180 K/uL", hemoglobin="11 g/dL")
    assert asked[asked.index("platelets") + 1] == "hemoglobin"


def test_a_panel_is_left_when_the_rest_of_it_no_longer_matters() -> None:
    sure = {"consent": {"yes": 1}, "ecog": {"0": 1}, "hemoglobin": {"12 g/dL": 1}, "caregiver": {"yes": 1}}
    state = begin(COUNTS, trial("include: caregiver", number=2), platelets={"50 K/uL": 1}, **sure)
    assert next_fact(state) == "platelets"
    assert next_fact(tell(state, platelets="180 K/uL")) == "hemoglobin"
    ruled_out = tell(state, platelets="50 K/uL")
    assert next_fact(ruled_out) == "caregiver"
    assert ruled_out.question
    assert ruled_out.question.begins


def test_going_back_inside_a_panel_stays_in_it() -> None:
    state = tell(begin(COUNTS, platelets={"50 K/uL": 99}), platelets="180 K/uL", hemoglobin="11 g/dL").back()
    assert state.question
    assert (state.question.fact.id, state.question.begins) == ("hemoglobin", False)


# ---------------------------------------------------------------- what is worth most comes first


ALIKE = ("caregiver", "can_travel", "long_term_follow_up", "consent")  # yes or no, and each can simply be asked


@pytest.mark.parametrize(
    ("light", "heavy"), [("consent", "measurable_disease"), ("bundle_branch_block", "hla_a02_tumor_loss")]
)
def test_of_two_facts_that_decide_the_same_the_lighter_comes_first(light: str, heavy: str) -> None:
    assert DICTIONARY.facts[light].burden is not DICTIONARY.facts[heavy].burden
    for tests in ([light, heavy], [heavy, light]):
        assert next_fact(begin(trial(*(f"include: {fact}" for fact in tests)))) == light


@pytest.mark.parametrize(("often", "once"), list(itertools.permutations(ALIKE, 2)))
def test_a_fact_that_may_rule_out_two_trials_comes_before_one_that_may_rule_out_one(often: str, once: str) -> None:
    first = trial(f"include: {once}", f"include: {often}")
    assert next_fact(begin(first, trial(f"include: {often}", number=2))) == often


@pytest.mark.parametrize("failing", ALIKE)
def test_a_fact_that_is_expected_to_fail_comes_first(failing: str) -> None:
    state = begin(
        trial(*(f"include: {fact}" for fact in ALIKE)),
        **{fact: {"no": 95, "yes": 5} if fact == failing else {"no": 5, "yes": 95} for fact in ALIKE},
    )
    assert next_fact(state) == failing


def test_questions_that_another_trial_needs_as_well_are_saved_only_in_part() -> None:
    shared, second, first, alone = (fact for fact in DICTIONARY.facts if fact in ALIKE)
    trials = [
        trial(f"include: {shared}", f"include: {second}"),
        trial(f"include: {first}", f"include: {alone}", number=2),
    ]
    sure = {shared: {"yes": 1}, alone: {"yes": 1}}
    assert next_fact(begin(*trials, **sure)) == second
    assert next_fact(begin(*trials, trial(f"include: {shared}", number=3), **sure)) == first


def test_a_test_that_takes_two_answers_counts_half_for_the_first() -> None:
    one, two, three = (fact for fact in DICTIONARY.facts if fact in ALIKE[:3])
    assert next_fact(begin(trial(f"include: {one} and {two}", f"include: {three}"))) == three


@pytest.mark.parametrize(("test", "first"), [("include", "consent"), ("exclude", "caregiver")])
def test_what_is_expected_counts_against_an_exclusion_the_other_way_round(test: str, first: str) -> None:
    state = begin(
        trial(f"{test}: caregiver", f"{test}: consent"),
        caregiver={"yes": 90, "no": 10},
        consent={"yes": 20, "no": 80},
    )
    assert next_fact(state) == first


def test_a_fact_that_nobody_is_expected_to_know_decides_nothing_and_comes_last() -> None:
    state = begin(trial("include: caregiver", "include: consent"), caregiver={"-": 100})
    assert order(state) == ["consent", "caregiver"]


def test_what_only_time_stands_in_the_way_of_rules_nothing_out() -> None:
    washout = "include: days from last_unstable_heart_episode to enrollment >= 30"
    state = begin(trial(washout, "include: consent"), last_unstable_heart_episode={"1 week ago": 100})
    assert next_fact(state) == "consent"


def test_of_facts_worth_the_same_the_one_declared_first_comes_first() -> None:
    declared = [fact for fact in DICTIONARY.facts if fact in ALIKE]
    for tests in itertools.permutations(ALIKE):
        assert next_fact(begin(trial(*(f"include: {fact}" for fact in tests)))) == declared[0]


# ---------------------------------------------------------------- what is asked of an interview


def test_a_fact_knows_who_waits_for_it() -> None:
    one, other = trial("include: consent", "include: caregiver"), trial("exclude: consent", number=2)
    consent = DICTIONARY.facts["consent"]
    state = begin(one, other)
    assert [(item.id, criterion.id) for item, criterion in state.needs(consent)] == [
        (one.id, "INC-1"),
        (other.id, "INC-1"),
    ]
    after = tell(state, caregiver="no")
    assert [item.id for item, _ in after.needs(consent)] == [other.id]
    assert state.needs(DICTIONARY.facts["age"]) == []


def test_a_criterion_that_waits_for_a_fact_is_named_once_though_it_counts_for_two_cohorts() -> None:
    head = HEAD.replace("criteria:", "cohorts: [{id: A, title: One}, {id: B, title: Other}]\ncriteria:")
    state = begin(trial("include: consent", head=head))
    assert [criterion.id for _, criterion in state.needs(DICTIONARY.facts["consent"])] == ["INC-1"]


def test_a_trial_knows_what_it_still_needs_in_the_order_of_the_dictionary() -> None:
    one = trial("include: consent", "when: sex is female\nexclude: pregnant", "include: ecog <= 1")
    state = begin(one, trial("include: caregiver", number=2))
    assert [fact.id for fact in state.still_needed(one)] == [
        fact for fact in DICTIONARY.facts if fact in {"sex", "ecog", "kps", "pregnant", "consent"}
    ]
    assert [fact.id for fact in tell(state, sex="male", ecog="1").still_needed(one)] == ["consent"]
    assert tell(state, consent="no").still_needed(one) == []


def test_open_trials_are_those_that_an_answer_could_change() -> None:
    state = begin(trial("include: consent", "include: caregiver"), trial("include: caregiver", number=2))
    assert state.open_trials == 2
    assert tell(state, consent="no").open_trials == 1
    assert tell(state, caregiver="yes").open_trials == 1
    assert tell(state, caregiver="no").open_trials == 0
    assert tell(state, caregiver="-", consent="-").open_trials == 0


def test_asked_thoroughly_it_goes_on_after_the_verdicts_are_settled() -> None:
    state = tell(begin(trial("include: consent", "include: caregiver")), consent="no")
    assert state.question is None
    thorough = state.thoroughly()
    assert order(thorough) == ["caregiver"]
    assert thorough.verdicts == state.verdicts


@of_some_people
def test_after_a_thorough_interview_no_answer_changes_any_outcome(seed: int) -> None:
    state = walk(seed)[-1].thoroughly()
    while fact := next_fact(state):
        assert fact not in state.patient.facts
        state = told(state, fact, person(seed))
    whole = [after for _, after in completions(state, chance_of(seed))][-1]
    assert len(whole.entries) > len(state.entries)
    assert outcomes_of(whole) == outcomes_of(state)


def outcomes_of(state: Interview) -> dict[tuple[str, str], Outcome]:
    return {
        (result.trial.id, item.criterion.id): item.outcome
        for result in state.results
        for item in result.criteria
        if item.criterion.test is not None
    }


def test_a_profile_asks_nothing_beside_a_trial_and_all_of_its_own_alone() -> None:
    [profile] = [item for item in CATALOG.trials if item.is_profile]
    beside, alone = begin(trial("include: consent"), profile), begin(profile)
    assert counted(beside) == {"consent"}
    assert counted(beside.thoroughly()) == counted(alone) | {"consent"}
    assert len(counted(alone)) > 10


def test_what_is_passed_over_is_not_asked_again_and_stays_not_asked() -> None:
    state = begin(trial("include: consent", "include: caregiver"))
    assert state.question
    passed = state.pass_over(state.question.fact)
    assert next_fact(passed) not in {None, state.question.fact.id}
    assert passed.patient == state.patient


@pytest.mark.parametrize(("rule", "wanted"), [("ast <= 2.5 ULN", True), ("ast <= 100 U/L", False)])
def test_an_upper_limit_is_wanted_where_a_rule_compares_with_it(rule: str, wanted: bool) -> None:  # noqa: FBT001
    state = begin(trial(f"include: {rule}"))
    assert state.question
    assert state.wants_uln(state.question.fact) is wanted
