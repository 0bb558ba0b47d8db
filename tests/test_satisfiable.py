"""What lint calls impossible is impossible: by example, over a grid of values, and for random patients."""

from __future__ import annotations

import time
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from screener.dates import DateSpan
from screener.evaluate import Context, evaluate
from screener.expr import And, Compare, Expression, Not, Or, facts_of, leaves, parse
from screener.interval import Interval, Relation
from screener.lint.satisfiable import MOST_CELLS, may_hold, quantities
from screener.model import FactType, Moment, Number
from screener.patient import read_answer
from screener.truth import Truth
from tests.strategies import ANCHORS, AS_OF, DICTIONARY, answers, codings, expressions, patient

IMPOSSIBLE = [
    "age < 18 and age >= 18",
    "age > 18 and age < 18",
    "age = 18 and age != 18",
    "age < 0",
    "kps > 60 and kps < 70",
    "ecog > 1 and ecog < 2",
    "platelets < 100 K/uL and platelets >= 100000 /uL",
    "ast < 0.5 ULN and ast > 2 ULN",
    "hiv is positive and hiv is negative",
    "hiv not in {positive, negative}",
    "pregnant and not pregnant",
    "tumor_type is PLMESO and tumor_type is not MESO",
    "tumor_type is PLMESO and tumor_type is PEMESO",
    "any(car_t) and count(car_t) = 0",
    "count(car_t) > 1 and count(car_t) < 2",
    "count(car_t) < 0",
    "days from last(car_t) to infusion >= 28 and days from last(car_t) to infusion < 28",
    "days from last(car_t) to infusion > 27 and days from last(car_t) to infusion < 28",
    "months from last_live_vaccine to infusion > 3 and months from last_live_vaccine to infusion <= 3",
    "at least 2 of (age < 18, age > 75, pregnant and not pregnant)",
    (
        "days from last(car_t) to infusion > longer of (9, 5 half-lives) and not (pregnant or "
        "days from last(car_t) to infusion > longer of (9, 5 half-lives))"
    ),
]
POSSIBLE = [
    "age >= 120",
    "kps >= 60 and kps < 70",
    "age > 18 and age < 19",
    "hiv is positive or hiv is negative",
    "tumor_type is MESO and tumor_type is not PLMESO",
    "count(car_t) = 1 and any(car_t)",
    "months from last_live_vaccine to infusion > 3 and months from last_live_vaccine to infusion < 4",
    "days from last(car_t) to infusion >= 28 and days from last(car_t) to infusion < 29",
    "at least 2 of (age < 18, age <= 18, age > 75)",
    # what is out of its sight, as its docstring says
    "ast > 100 U/L and ast < 0.01 ULN",
    "ast < 1 LLN and ast > 1 ULN",
    "days from last_live_vaccine to infusion < 7 and weeks from last_live_vaccine to infusion > 1",
    "any(platinum_chemotherapy) and not any(chemotherapy)",
    "ecog >= 4 and kps >= 90",
    "days from last(car_t) to infusion < 1 and days from last(car_t) to infusion >= longer of (28, 5 half-lives)",
]


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_what_holds_for_no_patient_is_seen(text: str) -> None:
    assert not may_hold(parse(text), DICTIONARY)
    assert may_hold(Not(parse(text)), DICTIONARY)


@pytest.mark.parametrize("text", POSSIBLE)
def test_what_may_hold_is_never_called_impossible(text: str) -> None:
    assert may_hold(parse(text), DICTIONARY)


def impossible_with(flags: int) -> Expression:
    names = [fact.id for fact in DICTIONARY.facts.values() if fact.type is FactType.BOOLEAN][:flags]
    return parse(f"{' and '.join(names)} and not {names[0]}")


def test_what_would_take_too_long_is_passed_over_in_silence() -> None:
    within = MOST_CELLS.bit_length() - 1
    assert not may_hold(impossible_with(within), DICTIONARY)
    begun = time.monotonic()
    assert may_hold(impossible_with(within + 1), DICTIONARY)
    assert time.monotonic() - begun < 1


def test_expressions_about_different_things_share_no_quantity() -> None:
    one, same, multiple, other = (parse(text) for text in ("ast < 9 U/L", "ast > 1 U/L", "ast < 1 ULN", "age > 1"))
    assert quantities(one) & quantities(same)
    assert not quantities(one) & (quantities(multiple) | quantities(other))


# ---------------------------------------------------------------- exact, where all is about one quantity


def ages() -> st.SearchStrategy[Expression]:
    leaf = st.builds(Compare, st.just("age"), st.sampled_from(Relation), st.integers(0, 3).map(Fraction))
    return st.recursive(leaf, _joined, max_leaves=6)


def _joined(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, parts)


@given(ages())
def test_it_agrees_with_trying_every_half_year(tree: Expression) -> None:
    aged = [Number(Interval.point(Fraction(halves, 2)), "") for halves in range(9)]
    held = [evaluate(tree, Context.today(patient({"age": age}), DICTIONARY)).truth is Truth.TRUE for age in aged]
    assert may_hold(tree, DICTIONARY) == any(held)


@given(st.lists(st.tuples(st.sampled_from(["<", "<=", ">", ">="]), st.integers(0, 4)), min_size=1, max_size=4))
def test_it_agrees_with_trying_every_day(limits: list[tuple[str, int]]) -> None:
    tree = parse(" and ".join(f"days from last_live_vaccine to infusion {sign} {days}" for sign, days in limits))
    vaccine = DICTIONARY.facts["last_live_vaccine"]
    days = ["never", *((AS_OF - timedelta(days=ago)).isoformat() for ago in range(9))]
    moments = [read_answer(vaccine, day, DICTIONARY, AS_OF) for day in days]
    plan = Moment(DateSpan.on(AS_OF - timedelta(days=3)))  # so that the vaccine may come after it
    patients = [patient({"last_live_vaccine": moment, "infusion": plan}) for moment in moments]
    held = [evaluate(tree, Context.today(one, DICTIONARY)).truth is Truth.TRUE for one in patients]
    assert may_hold(tree, DICTIONARY) == any(held)


# ---------------------------------------------------------------- never wrong, whatever the patient


def numbers() -> st.SearchStrategy[Expression]:
    """Comparisons of few facts, so that they meet and contradict each other often."""
    facts = st.sampled_from(["kps", "ecog", "nyha_class", "age"])
    return st.builds(Compare, facts, st.sampled_from(Relation), st.integers(0, 9).map(lambda n: Fraction(n * 10)))


@settings(max_examples=60)
@given(expressions() | st.recursive(numbers() | codings(), _joined, max_leaves=6), st.data())
def test_what_holds_for_a_patient_is_never_called_impossible(tree: Expression, data: st.DataObject) -> None:
    read = dict.fromkeys(fact for leaf in leaves(tree) for fact in facts_of(leaf) if fact not in ANCHORS)
    one = patient(data.draw(answers(read)))
    for name, value in one.facts.items():  # "<0" is an answer, but no patient's
        low, high = DICTIONARY.facts[name].plausible or (None, None)
        if isinstance(value, Number) and low is not None and high is not None:
            assume(value.interval.high is None or value.interval.high > low or not value.interval.high_open)
            assume(value.interval.low is None or value.interval.low < high or not value.interval.low_open)
    truth = evaluate(tree, Context.today(one, DICTIONARY)).truth
    assert truth is not Truth.TRUE or may_hold(tree, DICTIONARY)
    assert truth is not Truth.FALSE or may_hold(Not(tree), DICTIONARY)
