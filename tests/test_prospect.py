"""Laws of what the order of questions rests on: what a rule may still come to, chances, and answers to expect."""

from __future__ import annotations

import itertools
from functools import reduce
from math import prod
from operator import or_
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.questions import told
from screener.evaluate import Context, evaluate
from screener.expr import And, AtLeast, Expression, Flag, Leaf, Not, Or, leaves, show
from screener.interview import Agenda, Answer
from screener.interview.answer import read
from screener.interview.chance import Chances
from screener.interview.prospect import ANY, FALSE, FOR_GOOD, NEVER, SURELY, TRUE, UNKNOWN, Prospect, prospect
from screener.model import Rule
from screener.truth import Truth, all_of, any_of, at_least
from tests.interviews import (
    EXPECTED,
    NOBODY_KNOWS,
    TRIALS,
    begin,
    contradicts_itself,
    next_fact,
    of_some_people,
    person,
    trial,
    walk,
)
from tests.strategies import AS_OF, DICTIONARY, answers, expressions, patient

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BITS = {Truth.TRUE: TRUE, Truth.FALSE: FALSE, Truth.UNKNOWN: UNKNOWN}


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
