"""Laws of the interview engine: what it asks next, what it leaves out, and that stopping is honest."""

from __future__ import annotations

import itertools
import random
from functools import cache, reduce
from math import prod
from operator import or_
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.invented import invent
from benchmarks.questions import told
from screener.catalog import criteria_folder, load_catalog, load_expected
from screener.evaluate import RECEIVED, Context, evaluate
from screener.expr import And, AtLeast, Expression, Flag, Leaf, Not, Or, leaves, show
from screener.interview import Agenda, Answer, Interview
from screener.interview.answer import read
from screener.interview.chance import Chances
from screener.interview.prospect import ANY, FALSE, FOR_GOOD, NEVER, SURELY, TRUE, UNKNOWN, Prospect, prospect
from screener.model import Fact, FactType, Missing, MissingReason, Outcome, Patient, Rule, Verdict
from screener.session import Session, resume
from screener.truth import Truth, all_of, any_of, at_least
from tests.rule_text import HEAD, criterion_text, trial_of
from tests.strategies import ANCHORS, AS_OF, DICTIONARY, answers, expressions, patient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from benchmarks.invented import Invented
    from screener.model import Trial

CATALOG = load_catalog(criteria_folder())
TRIALS = tuple(trial for trial in CATALOG.trials if not trial.is_profile)
EXPECTED = load_expected(CATALOG.folder, DICTIONARY)
TYPED = {fact: [text for text, _ in weighed if text != "-"] for fact, weighed in EXPECTED.items()}
SEEDS = range(10)
BITS = {Truth.TRUE: TRUE, Truth.FALSE: FALSE, Truth.UNKNOWN: UNKNOWN}
NOBODY_KNOWS = "-"


def chance_of(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - invented people, no secret


# ---------------------------------------------------------------- interviews over small trials


def trial(*tests: str, number: int = 1, head: str = HEAD) -> Trial:
    """A trial with one criterion for each test, whose lines are parted by line ends."""
    written = [criterion_text(*test.splitlines(), name=f"INC-{count}") for count, test in enumerate(tests, start=1)]
    return trial_of(DICTIONARY, *written, head=head.replace("NCT00000000", f"NCT{number:08}"))


def begin(*trials: Trial, **expected: dict[str, int]) -> Interview:
    """An interview at its beginning; `expected` gives for a fact its answers with their weights."""
    weighed = {fact: tuple(table.items()) for fact, table in expected.items()}
    return Interview(Agenda(DICTIONARY, trials, AS_OF, weighed))


def tell(state: Interview, **said: str) -> Interview:
    """Answer facts one after the other."""
    for fact, text in said.items():
        declared = DICTIONARY.facts[fact]
        skips = text == NOBODY_KNOWS
        state = state.skip(declared, MissingReason.DONT_KNOW) if skips else state.answer(declared, text)
    return state


def next_fact(state: Interview) -> str | None:
    return state.question.fact.id if state.question else None


def order(state: Interview, **said: str) -> list[str]:
    """The facts asked for, in their order; what `said` does not answer is known to nobody."""
    asked: list[str] = []
    while fact := next_fact(state):
        asked.append(fact)
        state = tell(state, **{fact: said.get(fact, NOBODY_KNOWS)})
    return asked


def screened(state: Interview) -> dict[str, Verdict]:
    return {result.trial.id: result.verdict for result in state.results}


def verdict(state: Interview) -> Verdict:
    [only] = screened(state).values()
    return only


LEAVES = list(
    dict.fromkeys(leaf for item in CATALOG.trials for criterion in item.criteria for leaf in criterion.leaves)
)
seeds = st.integers(0, 2**32)


def some_rule(chance: random.Random, pool: list[Leaf], most: int = 3) -> Expression:
    """A random tree over leaves of the pool."""
    if most == 0 or chance.random() < 0.4:
        leaf = chance.choice(pool)
        return Not(leaf) if chance.random() < 0.3 else leaf
    items = tuple(some_rule(chance, pool, most - 1) for _ in range(chance.randint(2, 3)))
    wholes: list[Expression] = [And(items), Or(items), AtLeast(chance.randint(1, len(items)), items)]
    return chance.choice(wholes)


def some_trial(chance: random.Random, number: int) -> Trial:
    """Random rules over leaves that stand near each other in the shipped trials."""
    start = chance.randrange(len(LEAVES) - 8)
    pool = LEAVES[start : start + 8]
    tests = []
    for _ in range(chance.randint(1, 3)):
        when = f"when: {show(some_rule(chance, pool, 1))}\n" if chance.random() < 0.3 else ""
        tests.append(f"{when}{chance.choice(['include', 'exclude'])}: {show(some_rule(chance, pool))}")
    return trial(*tests, number=number)


def saying(chance: random.Random, fact: str) -> str:
    """What may be said of a fact, "-" being that nobody knows."""
    return chance.choice([*TYPED[fact], NOBODY_KNOWS])


def some_interview(chance: random.Random, most: int = 8) -> Interview:
    """An interview over random trials after some answers, asked for or not, and some steps back."""
    trials = tuple(some_trial(chance, number) for number in range(1, chance.randint(1, 3) + 1))
    state = Interview(Agenda(DICTIONARY, trials, AS_OF, chance.choice([EXPECTED, {}])))
    for _ in range(chance.randint(0, most)):
        asked, what = next_fact(state), chance.random()
        if what < 0.1:
            state = state.back()
        else:
            fact = asked if asked and what < 0.6 else chance.choice(sorted(state.agenda.touched))
            state = tell(state, **{fact: saying(chance, fact)})
    return state


# ---------------------------------------------------------------- interviews of invented patients


@cache
def person(seed: int) -> Invented:
    return invent(chance_of(seed), AS_OF)


@cache
def agenda(*, profiles: bool = False) -> Agenda:
    return Agenda(DICTIONARY, CATALOG.trials if profiles else TRIALS, AS_OF, EXPECTED)


@cache
def walk(seed: int, *, profiles: bool = False) -> tuple[Interview, ...]:
    """Every state of the interview of an invented patient over all shipped trials."""
    states = [Interview(agenda(profiles=profiles))]
    while fact := next_fact(states[-1]):
        states.append(told(states[-1], fact, person(seed)))
    return tuple(states)


def steps(seed: int) -> Iterator[tuple[Interview, Interview]]:
    """Each state with the next one."""
    return itertools.pairwise(walk(seed))


of_people = pytest.mark.parametrize("seed", SEEDS)
of_some_people = pytest.mark.parametrize("seed", SEEDS[::3])


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


def follows(state: Interview, fact: Fact) -> bool:
    """Whether the fact already has a value, its own or one derived from others."""
    context = Context.today(state.patient, DICTIONARY)
    if not isinstance(state.patient.get(fact.id), Missing):
        return True
    if fact.type in {FactType.QUANTITY, FactType.SCALE}:
        return bool(context.numbers(fact.id))
    coded = {FactType.CHOICE, FactType.BOOLEAN}
    return fact.type in coded and not isinstance(context.coded(fact.id)[0], Missing)


def contradicts_itself(some: Patient) -> bool:
    """Whether a kind of treatment is denied that the list of treatments names."""
    found = [Context.today(some, DICTIONARY).coded(fact)[0] for fact in RECEIVED]
    return any(isinstance(value, Missing) and value.reason is MissingReason.BAD_VALUE for value in found)


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


def completions(state: Interview, chance: random.Random) -> Iterator[tuple[Interview, Interview]]:
    """Answer all that is left, in any order, each answer being another invented patient's."""
    left = sorted(state.agenda.touched.keys() - state.patient.facts.keys() - ANCHORS)
    for fact in chance.sample(left, len(left)):
        other = person(chance.randrange(40))
        if fact in other.answers and not follows(state, DICTIONARY.facts[fact]):
            after = told(state, fact, other)
            if not contradicts_itself(after.patient):
                yield state, after
                state = after


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
    assert state.question.wants_uln is wanted


# ---------------------------------------------------------------- what an expression may still come to


@settings(max_examples=40)
@given(expressions(), st.sampled_from(["include", "exclude"]), st.data())
def test_what_a_rule_comes_to_was_held_possible_before(tree: Expression, kind: str, data: st.DataObject) -> None:
    laid_out = Agenda(DICTIONARY, (trial(f"{kind}: {show(tree)}"),), AS_OF, EXPECTED)
    whole = data.draw(answers(sorted(laid_out.touched)))
    assume(not contradicts_itself(patient(whole)))
    kept = data.draw(st.sets(st.sampled_from(sorted(whole)))) if whole else set()
    [before] = laid_out.standings(patient({fact: whole[fact] for fact in kept}), kept)
    found = evaluate(tree, Context.today(patient(whole), DICTIONARY)).truth
    assert before.may & BITS[~found if kind == "exclude" else found]
    assert 0 <= before.fails <= 1


@st.composite
def trees(draw: st.DrawFn, names: tuple[str, ...] = ("a", "b", "c", "d", "e")) -> Expression:
    """A tree that reads each name once."""
    if len(names) == 1:
        return Flag(names[0])
    cuts = sorted(draw(st.sets(st.integers(1, len(names) - 1), min_size=1)))
    parts = tuple(draw(trees(names[start:end])) for start, end in itertools.pairwise([0, *cuts, len(names)]))
    wholes: list[Expression] = [And(parts), Or(parts), *(AtLeast(n, parts) for n in range(1, len(parts) + 1))]
    whole = draw(st.sampled_from(wholes))
    return Not(whole) if draw(st.booleans()) else whole


def truth(tree: Expression, given_: Mapping[str, Truth]) -> Truth:
    match tree:
        case Not(item):
            return ~truth(item, given_)
        case And(items):
            return all_of(truth(item, given_) for item in items)
        case Or(items):
            return any_of(truth(item, given_) for item in items)
        case AtLeast(count, items):
            return at_least(count, [truth(item, given_) for item in items])
        case Flag(fact):
            return given_[fact]
        case _:
            raise TypeError(tree)


def truths_of(may: int) -> list[Truth]:
    return [truth for truth, bit in BITS.items() if may & bit]


quarters = st.sampled_from([0.0, 0.25, 0.5])
open_leaves = st.builds(lambda true, false: Prospect(ANY, true, false, ("x",)), quarters, quarters)
leaf_prospects = st.sampled_from([SURELY, NEVER, FOR_GOOD]) | open_leaves


def outcomes(tree: Expression, held: Mapping[str, Prospect]) -> dict[Truth, float]:
    """Every truth that the tree may come to, with its chance, counted out over all truths of its leaves."""
    found: dict[Truth, float] = {}
    for combination in itertools.product(*(truths_of(item.may) for item in held.values())):
        chances = [
            {Truth.TRUE: item.true, Truth.FALSE: item.false, Truth.UNKNOWN: 1 - item.true - item.false}[each]
            for item, each in zip(held.values(), combination, strict=True)
        ]
        came_to = truth(tree, dict(zip(held, combination, strict=True)))
        found[came_to] = found.get(came_to, 0) + prod(chances)
    return found


@settings(max_examples=100)
@given(trees(), st.fixed_dictionaries(dict.fromkeys("abcde", leaf_prospects)))
def test_the_prospect_of_a_tree_is_what_counting_all_its_cases_gives(
    tree: Expression, held: dict[str, Prospect]
) -> None:
    got, counted_out = prospect(tree, by_name(held)), outcomes(tree, held)
    assert got.true == pytest.approx(counted_out.get(Truth.TRUE, 0))
    assert got.false == pytest.approx(counted_out.get(Truth.FALSE, 0))
    assert got.true + got.false <= 1 + 1e-9
    possible = reduce(or_, (BITS[found] for found in counted_out))
    assert possible & ~got.may == 0  # what may happen is held possible
    assert (TRUE | FALSE) & got.may & ~possible == 0  # and nothing is held decidable that is not


SAYS = {"t": SURELY, "f": NEVER, "u": FOR_GOOD, "?": Prospect(ANY, 0.5, 0.25, ("x",))}


@pytest.mark.parametrize(
    ("kind", "items", "may"),
    [
        ("and", "tt", TRUE),
        ("and", "tf", FALSE),
        ("and", "uf", FALSE),
        ("and", "?f", FALSE),
        ("and", "tu", UNKNOWN),
        ("and", "t?", ANY),
        ("and", "u?", FALSE | UNKNOWN),
        ("or", "ff", FALSE),
        ("or", "tf", TRUE),
        ("or", "ut", TRUE),
        ("or", "?t", TRUE),
        ("or", "fu", UNKNOWN),
        ("or", "f?", ANY),
        ("or", "u?", TRUE | UNKNOWN),
        ("2 of", "tt?", TRUE),
        ("2 of", "ff?", FALSE),
        ("2 of", "tfu", UNKNOWN),
        ("2 of", "tf?", ANY),
        ("2 of", "tu?", TRUE | UNKNOWN),
        ("2 of", "fu?", FALSE | UNKNOWN),
        ("2 of", "uu?", UNKNOWN),
    ],
)
def test_what_is_decided_and_what_is_unknown_for_good_combine_after_kleene(kind: str, items: str, may: int) -> None:
    parts: tuple[Expression, ...] = tuple(Flag(str(number)) for number in range(len(items)))
    trees: dict[str, Expression] = {"and": And(parts), "or": Or(parts), "2 of": AtLeast(2, parts)}

    held = {str(number): SAYS[item] for number, item in enumerate(items)}
    assert prospect(trees[kind], by_name(held)).may == may


def test_what_is_decided_has_nothing_to_ask_for_and_what_is_not_asks_in_reading_order() -> None:
    first, again, other = (Prospect(ANY, 0.5, 0.5, (fact,)) for fact in ("x", "x", "y"))
    tree = And((Flag("0"), Or((Flag("1"), Flag("2")))))
    assert asks(tree, first, other, again) == ("x", "y")
    assert asks(tree, other, first, SURELY) == ("y",)
    assert asks(tree, other, first, NEVER) == ("y", "x")
    assert asks(tree, NEVER, first, other) == ()
    assert asks(Not(tree), first, NEVER, NEVER) == ()


def asks(tree: Expression, *held: Prospect) -> tuple[str, ...]:
    return prospect(tree, by_name({str(number): item for number, item in enumerate(held)})).asks


def by_name(held: Mapping[str, Prospect]) -> Callable[[Leaf], Prospect]:
    """The prospects of leaves that are told apart by their fact."""

    def of_leaf(leaf: Leaf) -> Prospect:
        assert isinstance(leaf, Flag)
        return held[leaf.fact]

    return of_leaf


# ---------------------------------------------------------------- chances


def chances(rule: str, **expected: dict[str, int]) -> tuple[float, float]:
    """The chances of a rule's one leaf to be true and false."""
    [criterion] = trial(f"include: {rule}").criteria
    assert isinstance(criterion.test, Rule)
    [leaf] = leaves(criterion.test.expression)
    weighed = {fact: tuple(table.items()) for fact, table in expected.items()}
    return Chances(weighed, DICTIONARY, AS_OF).of(leaf)


AGES = {"16": 10, "40": 50, "70": 20, "-": 20}


@pytest.mark.parametrize(
    ("rule", "expected", "true_and_false"),
    [
        ("age >= 18", {"age": AGES}, (0.7, 0.1)),
        ("age > 70", {"age": AGES}, (0.0, 0.8)),
        ("age >= 18", {"age": {"16": 1, "40": 3}}, (0.75, 0.25)),
        ("age >= 18", {"age": {">=10": 40, "40": 60}}, (0.6, 0.0)),  # too wide an answer decides nothing
        ("age >= 18", {"age": {"-": 100}}, (0.0, 0.0)),
        ("age >= 18", {"ecog": {"1": 100}}, (0.5, 0.5)),
        ("age >= 18", {}, (0.5, 0.5)),
        ("consent", {"consent": {"yes": 90, "no": 5, "-": 5}}, (0.9, 0.05)),
        ("ast <= 2 ULN", {"ast": {"30 U/L (ULN 40)": 30, "90 U/L (ULN 40)": 20, "30 U/L": 50}}, (0.3, 0.2)),
        (
            "days from last_live_vaccine to infusion >= 30",
            {"last_live_vaccine": {"never": 60, "1 week ago": 30, "-": 10}, "infusion": {"-": 100}},
            (0.6, 0.3),
        ),
    ],
)
def test_the_chances_of_a_leaf_are_the_shares_of_the_answers_that_decide_it(
    rule: str, expected: dict[str, dict[str, int]], true_and_false: tuple[float, float]
) -> None:
    assert chances(rule, **expected) == pytest.approx(true_and_false)


@settings(max_examples=25)
@given(expressions())
def test_the_chances_of_every_leaf_are_shares(tree: Expression) -> None:
    reckoned = Chances(EXPECTED, DICTIONARY, AS_OF)
    for leaf in leaves(tree):
        true, false = reckoned.of(leaf)
        assert 0 <= true <= 1
        assert 0 <= false <= 1
        assert true + false <= 1 + 1e-9


# ---------------------------------------------------------------- the answers to expect


def test_every_fact_has_answers_to_expect_in_the_order_of_the_dictionary() -> None:
    assert list(EXPECTED) == list(DICTIONARY.facts)


@pytest.mark.parametrize("fact", EXPECTED)
def test_every_answer_to_expect_reads_and_they_come_from_a_hundred_people(fact: str) -> None:
    texts = [text for text, _ in EXPECTED[fact]]
    weights = [weight for _, weight in EXPECTED[fact]]
    assert sum(weights) == 100
    assert min(weights) > 0
    assert len(set(texts)) == len(texts)
    for text in texts:
        if text != NOBODY_KNOWS:
            read(Answer(fact, text), DICTIONARY, AS_OF)  # raises BadAnswer


@of_some_people
def test_no_verdict_draws_on_what_is_expected(seed: int) -> None:
    flat = begin(*TRIALS)
    while fact := next_fact(flat):
        flat = told(flat, fact, person(seed))
    assert flat.verdicts == walk(seed)[-1].verdicts
