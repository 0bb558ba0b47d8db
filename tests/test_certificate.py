"""The lower bound of the benchmark: no smaller set of answers settles the same verdicts."""

from __future__ import annotations

import itertools
import random
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.certificate import Certificates, smallest_union
from benchmarks.invented import invent
from benchmarks.questions import asked, begin, told
from screener.evaluate import screen_trial
from screener.expr import And, AtLeast, Expression, Flag, Not, Or, show
from screener.model import Missing, MissingReason, Patient, Verdict
from screener.patient import read_answer
from tests.rule_text import HEAD, criterion_text, trial_of
from tests.strategies import AS_OF, DICTIONARY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from screener.model import Trial, Value

    Held = dict[str, Value | Missing]
    Verdicts = tuple[Verdict, ...]

FLAGS = ("caregiver", "can_travel", "consent", "long_term_follow_up")
NOBODY_KNOWS = Missing(MissingReason.DONT_KNOW)


def read(fact: str, text: str) -> Value | Missing:
    return NOBODY_KNOWS if text == "-" else read_answer(DICTIONARY.facts[fact], text, DICTIONARY, AS_OF)


def trial(*tests: str, number: int = 1, head: str = HEAD) -> Trial:
    written = [criterion_text(*test.splitlines(), name=f"INC-{count}") for count, test in enumerate(tests, start=1)]
    return trial_of(DICTIONARY, *written, head=head.replace("NCT00000000", f"NCT{number:08}"))


def verdicts(trials: Iterable[Trial], held: Held) -> Verdicts:
    some = Patient("P-1", AS_OF, held)
    return tuple(screen_trial(item, some, DICTIONARY).verdict for item in trials)


def bound(trials: Iterable[Trial], held: Held) -> int:
    certificates = Certificates(Patient("P-1", AS_OF, held), DICTIONARY)
    return smallest_union([family for item in trials for family in certificates.requirements(item)])


def fewest(trials: tuple[Trial, ...], said: Mapping[str, str], texts: Mapping[str, tuple[str, ...]]) -> int:
    """By trying all sets of facts: the size of the smallest one that settles the verdicts, whatever the rest is."""
    facts = list(said)
    table = {
        combination: verdicts(trials, {fact: read(fact, text) for fact, text in zip(facts, combination, strict=True)})
        for combination in itertools.product(*((*texts[fact], "-") for fact in facts))
    }
    true = tuple(said.values())
    for size in range(len(facts) + 1):
        for known in itertools.combinations(range(len(facts)), size):
            alike = [other for other in table if all(other[number] == true[number] for number in known)]
            if all(table[other] == table[true] for other in alike):
                return size
    raise AssertionError(facts)


# ---------------------------------------------------------------- random trials


@st.composite
def once_each(draw: st.DrawFn, parts: tuple[Expression, ...]) -> Expression:
    """A rule that reads each of these parts once. (`consent or not consent` proves itself, unseen by any proof.)"""
    if len(parts) == 1:
        return Not(parts[0]) if draw(st.booleans()) else parts[0]
    cut = draw(st.integers(1, len(parts) - 1))
    items = (draw(once_each(parts[:cut])), draw(once_each(parts[cut:])))
    wholes: list[Expression] = [And(items), Or(items), AtLeast(1, items), AtLeast(2, items)]
    return draw(st.sampled_from(wholes))


@st.composite
def rules(draw: st.DrawFn, facts: tuple[str, ...], *, with_when: bool) -> str:
    some = tuple(draw(st.permutations(facts)))[: draw(st.integers(1, len(facts)))]
    kind = draw(st.sampled_from(["include", "exclude"]))
    parts = tuple(Flag(fact) for fact in some)
    if with_when and len(parts) > 1 and draw(st.booleans()):
        return f"when: {show(parts[0])}\n{kind}: {show(draw(once_each(parts[1:])))}"
    return f"{kind}: {show(draw(once_each(parts)))}"


@st.composite
def trials(draw: st.DrawFn, *, with_when: bool) -> tuple[Trial, ...]:
    written = draw(
        st.lists(st.lists(rules(FLAGS, with_when=with_when), min_size=1, max_size=3), min_size=1, max_size=2)
    )
    return tuple(trial(*tests, number=number) for number, tests in enumerate(written, start=1))


def people(*words: str) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({fact: st.sampled_from(words) for fact in FLAGS})


YES_OR_NO = dict.fromkeys(FLAGS, ("yes", "no"))


def held_of(said: Mapping[str, str]) -> Held:
    return {fact: read(fact, text) for fact, text in said.items()}


@settings(max_examples=40)
@given(trials(with_when=False), people("yes", "no"))
def test_where_all_is_known_the_bound_is_what_trying_all_sets_finds(
    some: tuple[Trial, ...], said: dict[str, str]
) -> None:
    assert bound(some, held_of(said)) == fewest(some, said, YES_OR_NO)


@settings(max_examples=60)
@given(trials(with_when=True), people("yes", "no", "-"))
def test_where_answers_are_missing_it_is_never_more(some: tuple[Trial, ...], said: dict[str, str]) -> None:
    assert bound(some, held_of(said)) <= fewest(some, said, YES_OR_NO)


MIXED = {
    "consent": ("yes", "no"),
    "ecog": ("0", "2"),
    "kps": ("100", "50"),
    "last_live_vaccine": ("never", "2026-11-20", "2026-01-01"),
}
MIXED_RULES = (
    *("include: ecog <= 1", "include: kps >= 80", "include: consent", "exclude: not consent and ecog >= 2"),
    "include: days from last_live_vaccine to enrollment >= 30",
    "when: consent\nexclude: weeks from last_live_vaccine to infusion <= 4 or kps <= 50",
)


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from(MIXED_RULES), min_size=1, max_size=4, unique=True),
    st.fixed_dictionaries({fact: st.sampled_from([*texts, "-"]) for fact, texts in MIXED.items()}),
)
def test_nor_is_it_where_values_are_derived_and_time_plays_a_part(tests: list[str], said: dict[str, str]) -> None:
    some = (trial(*tests),)
    assert bound(some, held_of(said)) <= fewest(some, said, MIXED)


# ---------------------------------------------------------------- by hand


@pytest.mark.parametrize(
    ("tests", "said", "number"),
    [
        (["include: consent", "include: caregiver"], {"consent": "yes", "caregiver": "yes"}, 2),
        (["include: consent", "include: caregiver"], {"consent": "yes", "caregiver": "no"}, 1),
        (["include: consent or caregiver"], {"consent": "yes", "caregiver": "yes"}, 1),
        (["include: consent or caregiver"], {"consent": "no", "caregiver": "no"}, 2),
        (["exclude: consent and caregiver"], {"consent": "no", "caregiver": "yes"}, 1),
        (["when: consent\ninclude: caregiver"], {"consent": "no", "caregiver": "no"}, 1),
        (["when: consent\ninclude: caregiver"], {"consent": "yes", "caregiver": "no"}, 2),
        (["include: consent"], {"consent": "-"}, 1),
        (["include: ecog <= 1", "include: kps >= 50"], {"ecog": "0", "kps": "100"}, 1),
        (["include: age >= 18", "include: age <= 75"], {"age": "60"}, 1),
        (["manual: the investigator judges it"], {}, 0),
    ],
)
def test_the_bound_of_a_small_trial(tests: list[str], said: dict[str, str], number: int) -> None:
    assert bound([trial(*tests)], held_of(said)) == number


def test_one_fact_may_rule_out_two_trials() -> None:
    held = held_of({"consent": "no", "caregiver": "no", "can_travel": "no"})
    one, other = trial("include: consent", "include: caregiver"), trial("include: caregiver", "include: can_travel")
    assert bound([one, other], held) == 1
    assert bound([one, other, trial("include: consent", number=3)], held) == 2


@pytest.mark.parametrize("second", ["yes", "no"])
def test_a_cohort_behind_a_match_needs_no_proof(second: str) -> None:
    head = HEAD.replace("criteria:", "cohorts: [{id: A, title: One}, {id: B, title: Other}]\ncriteria:")
    some = (trial("include: consent\ncohorts: [A]", "include: caregiver\ncohorts: [B]", head=head),)
    said = {"consent": "yes", "caregiver": second}
    assert fewest(some, said, YES_OR_NO) == 1
    assert bound(some, held_of(said)) == (1 if second == "no" else 0)  # two matches: what they share, which is nothing


def sets(*families: list[str]) -> list[list[frozenset[str]]]:
    return [[frozenset(member) for member in family] for family in families]


@pytest.mark.parametrize(
    ("families", "size"),
    [
        (sets(), 0),
        (sets([""]), 0),
        (sets(["a"], ["b"]), 2),
        (sets(["a", "b"], ["b", "c"]), 1),
        (sets(["ab", "c"], ["ab"]), 2),
        (sets(["a", "bc"], ["bc", "d"], ["e", "bc"]), 2),
        (sets(["a", "b"], ["c", "d"], ["a", "d"]), 2),
    ],
)
def test_the_smallest_union_holds_a_member_of_every_family(families: list[list[frozenset[str]]], size: int) -> None:
    assert smallest_union(families) == size


members = st.sets(st.sampled_from("abcdef"), min_size=1, max_size=3).map(frozenset)


@settings(max_examples=150)
@given(st.lists(st.lists(members, min_size=1, max_size=3), max_size=6))
def test_the_smallest_union_is_what_trying_all_unions_finds(families: list[list[frozenset[str]]]) -> None:
    unions = [frozenset().union(*chosen) for chosen in itertools.product(*families)]
    assert smallest_union(families) == min(len(union) for union in unions)


# ---------------------------------------------------------------- the shipped trials


@cache
def numbers(seed: int) -> tuple[int, int]:
    """How many facts an invented patient was asked for, and the bound."""
    person = invent(random.Random(seed), AS_OF)  # noqa: S311 - invented people, no secret
    held = begin()
    for fact in (*person.answers, *person.missing):
        held = told(held, fact, person)
    return len(asked(begin(), person)[0].entries), bound(held.trials, dict(held.patient.facts))


@pytest.mark.parametrize("seed", range(15))
def test_nobody_is_asked_for_less_than_the_bound(seed: int) -> None:
    ours, least = numbers(seed)
    assert 0 < least <= ours


def test_the_bound_is_no_empty_promise() -> None:
    """For some patients every question that was asked was needed, or nearly so."""
    assert min(ours / least for ours, least in map(numbers, range(15))) < 1.25
