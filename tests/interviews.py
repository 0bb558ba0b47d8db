"""Interviews to test: over small trials written in the test, and of invented patients over the shipped ones."""

from __future__ import annotations

import itertools
import random
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st

from benchmarks.invented import invent
from benchmarks.questions import told
from screener.catalog import criteria_folder, load_catalog, load_expected
from screener.evaluate import Context
from screener.expr import And, AtLeast, Expression, Leaf, Not, Or, show
from screener.interview import Agenda, Interview
from screener.model import Fact, FactType, Missing, MissingReason, Patient, Verdict
from screener.model.derived import RECEIVED
from tests.rule_text import HEAD, criterion_text, trial_of
from tests.strategies import ANCHORS, AS_OF, DICTIONARY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.invented import Invented
    from screener.model import Trial

CATALOG = load_catalog(criteria_folder())
TRIALS = tuple(trial for trial in CATALOG.trials if not trial.is_profile)
EXPECTED = load_expected(CATALOG.folder, DICTIONARY)
TYPED = {fact: [text for text, _ in weighed if text != "-"] for fact, weighed in EXPECTED.items()}
SEEDS = range(10)
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


# ---------------------------------------------------------------- going on after the last question


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
