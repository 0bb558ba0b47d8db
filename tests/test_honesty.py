"""Laws of the interview engine: its verdicts are those of screening, stopping is honest, and no detour matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.questions import told
from screener.expr import Expression, show
from screener.interview import Agenda, Interview
from screener.model import Verdict
from screener.session import Session, resume
from tests.interviews import (
    EXPECTED,
    NOBODY_KNOWS,
    TRIALS,
    TYPED,
    agenda,
    begin,
    chance_of,
    completions,
    next_fact,
    of_people,
    of_some_people,
    order,
    person,
    saying,
    screened,
    seeds,
    some_interview,
    steps,
    tell,
    trial,
    verdict,
    walk,
)
from tests.rule_text import HEAD
from tests.strategies import AS_OF, DICTIONARY, expressions

if TYPE_CHECKING:
    from pathlib import Path

    from screener.model import Trial


# ---------------------------------------------------------------- the verdicts are those of screening


@settings(max_examples=100)
@given(seeds)
def test_the_verdicts_of_an_interview_are_those_of_screening(seed: int) -> None:
    state = some_interview(chance_of(seed))
    assert state.verdicts == screened(state)


@settings(max_examples=20)
@given(expressions(), st.data())
def test_they_are_so_for_every_kind_of_rule(tree: Expression, data: st.DataObject) -> None:
    state = begin(trial(f"include: {show(tree)}"))
    for fact in data.draw(st.lists(st.sampled_from(sorted(state.agenda.touched)), max_size=4)):
        state = tell(state, **{fact: data.draw(st.sampled_from([*TYPED[fact], NOBODY_KNOWS]))})
        assert state.verdicts == screened(state)


@of_people
def test_they_are_so_for_invented_patients_and_the_shipped_trials(seed: int) -> None:
    states = walk(seed, profiles=True)
    for state in (*states[2 * seed :: 20], states[-1]):
        assert state.verdicts == screened(state)


def test_they_are_so_at_every_step_of_one_interview() -> None:
    for state in walk(2):
        assert state.verdicts == screened(state)


# ---------------------------------------------------------------- stopping is honest
#
# Left out are answers that contradict what is known: to a fact that already follows from others (ECOG from Karnofsky),
# and a list of treatments that holds what was denied. A planned date moves the day of judging and is never asked for.


def changed_by(state: Interview, after: Interview) -> set[str]:
    """The trials whose verdict an answer has changed, profiles aside."""
    ruled = [item.id for item in state.trials if not item.is_profile]
    return {name for name in ruled if state.verdicts[name] != after.verdicts[name]}


@settings(max_examples=150)
@given(seeds)
def test_when_nothing_is_asked_no_answer_changes_a_verdict(seed: int) -> None:
    chance = chance_of(seed)
    state = some_interview(chance, most=3)
    while fact := next_fact(state):
        state = tell(state, **{fact: saying(chance, fact)})
    for before, after in completions(state, chance):
        assert not changed_by(before, after), after.entries


@of_people
def test_it_does_not_for_an_invented_patient_and_the_shipped_trials(seed: int) -> None:
    chance = chance_of(seed)
    for _ in range(2):
        for before, after in completions(walk(seed, profiles=True)[-1], chance):
            assert not changed_by(before, after)


@pytest.mark.parametrize("only", TRIALS, ids=[item.id for item in TRIALS])
def test_it_does_not_where_one_trial_is_asked_for_and_half_is_not_known(only: Trial) -> None:
    for seed in range(2):
        chance = chance_of(seed)
        state = Interview(Agenda(DICTIONARY, (only,), AS_OF, EXPECTED))
        while fact := next_fact(state):
            state = told(state, fact, person(seed)) if chance.random() < 0.5 else tell(state, **{fact: NOBODY_KNOWS})
        for before, after in completions(state, chance):
            assert not changed_by(before, after)


def test_a_not_yet_is_not_the_last_word_while_the_rest_of_its_criterion_may_fail() -> None:
    state = begin(trial("include: days from last_live_vaccine to enrollment >= 30 and consent"))
    state = tell(state, last_live_vaccine="2026-11-20")
    assert verdict(state) is Verdict.NOT_YET
    assert verdict(tell(state, consent="no")) is Verdict.NO_MATCH
    assert next_fact(state) == "consent"


@pytest.mark.parametrize(
    ("rule", "said", "left", "answer", "after"),
    [
        ("exclude: prior_car_t", {"prior_car_t": "-"}, "prior_therapies", "axi-cel: 2025-01-01", Verdict.NO_MATCH),
        ("include: ecog <= 1", {"ecog": "<=2"}, "kps", "100", Verdict.MATCH),
        (
            "include: creatinine_clearance >= 70 mL/min",
            {"age": "60", "weight": "70 kg", "creatinine": "1 mg/dL", "creatinine_clearance": "-"},
            *("sex", "female", Verdict.NO_MATCH),
        ),
    ],
)
def test_what_a_fact_may_still_be_derived_from_is_asked_for(
    rule: str, said: dict[str, str], left: str, answer: str, after: Verdict
) -> None:
    state = tell(begin(trial(rule)), **said)
    assert verdict(state) is Verdict.UNDECIDED
    assert verdict(tell(state, **{left: answer})) is after
    assert next_fact(state) == left


def test_what_cannot_matter_any_more_is_not_asked() -> None:
    """Without the first answer the whole stays unknown, whatever the second is."""
    state = begin(trial("include: consent and (consent or caregiver)"))
    assert order(state) == ["consent"]


def test_a_part_that_can_only_be_met_is_not_asked_about_where_another_is_unknown_for_good() -> None:
    """Whether the caregiver is there turns unknown to unknown; only whether the patient can travel may decide."""
    state = begin(trial("include: consent and (consent or caregiver) and can_travel"))
    assert order(state, consent="-") == ["consent", "can_travel"]


def test_a_cohort_that_cannot_become_the_best_asks_nothing() -> None:
    """Cohort A stays undecided for good; cohort B waits, which is worse, whatever else is answered."""
    head = HEAD.replace("criteria:", "cohorts: [{id: A, title: One}, {id: B, title: Other}]\ncriteria:")
    state = begin(
        trial(
            "include: consent\ncohorts: [A]",
            "include: days from last_live_vaccine to enrollment >= 30\ncohorts: [B]",
            "include: caregiver\ncohorts: [B]",
            head=head,
        )
    )
    assert next_fact(tell(state, consent="-", last_live_vaccine="2026-11-20")) is None


def test_a_cohort_behind_a_match_asks_nothing() -> None:
    head = HEAD.replace("criteria:", "cohorts: [{id: A, title: One}, {id: B, title: Other}]\ncriteria:")
    state = begin(trial("include: consent\ncohorts: [A]", "include: caregiver\ncohorts: [B]", head=head))
    assert next_fact(tell(state, consent="yes")) is None
    assert next_fact(tell(state, consent="no")) == "caregiver"


def test_where_a_trial_already_waits_only_what_may_rule_it_out_is_asked() -> None:
    washout = "include: days from last_live_vaccine to enrollment >= 30"
    spared = "when: consent\ninclude: caregiver"
    state = tell(begin(trial(washout, spared)), last_live_vaccine="2026-11-20")
    assert order(state, consent="yes", caregiver="no") == ["consent", "caregiver"]
    assert order(tell(state, caregiver="yes")) == []  # met or not applicable: it stays "not yet"


# ---------------------------------------------------------------- nothing depends on how it came about


@settings(max_examples=60)
@given(seeds)
def test_standings_kept_along_the_way_are_those_worked_out_from_nothing(seed: int) -> None:
    state = some_interview(chance_of(seed))
    for one in (state, state.back(), state.thoroughly()):
        anew = one.afresh()
        assert one.standings == anew.standings
        assert one.patient == anew.patient
        assert (one.question, one.candidates, one.verdicts) == (anew.question, anew.candidates, anew.verdicts)


@of_some_people
def test_they_are_so_for_an_invented_patient(seed: int) -> None:
    for state in walk(seed)[seed::10]:
        assert state.standings == state.afresh().standings
        passed = state.pass_over(state.question.fact) if state.question else state
        assert passed.standings == passed.afresh().standings


@of_some_people
def test_a_step_back_leads_to_the_same_question(seed: int) -> None:
    for before, after in list(steps(seed))[seed::10]:
        assert after.back() == before
        assert after.back().question == before.question


@of_some_people
def test_the_same_answers_give_the_same_questions(seed: int) -> None:
    state = begin(*TRIALS, **{fact: dict(weighed) for fact, weighed in EXPECTED.items()})
    for known in walk(seed):
        assert next_fact(state) == next_fact(known)
        if fact := next_fact(state):
            state = told(state, fact, person(seed))


@of_people
def test_what_could_come_next_does_not_depend_on_the_order_of_the_answers(seed: int) -> None:
    state = walk(seed)[len(walk(seed)) // 2]
    entries = chance_of(seed).sample(state.entries, len(state.entries))
    assert Interview(state.agenda, entries=tuple(entries)).candidates == pytest.approx(state.candidates)


@of_some_people
def test_after_a_round_through_a_file_the_same_is_asked(seed: int, tmp_path: Path) -> None:
    chance = chance_of(seed)
    state = Interview(agenda())
    session = Session(tmp_path / "session.jsonl")
    session.start(state)
    for _ in range(12):
        if state.entries and chance.random() < 0.3:
            state = state.back()
            session.back()
        elif fact := next_fact(state):
            state = told(state, fact, person(seed))
            session.add(state.entries[-1])
    held = resume(session.path, Interview(agenda()))
    assert held.messages == ()
    assert held.interview == state
    assert held.interview.question == state.question
    assert held.interview.standings == state.standings
