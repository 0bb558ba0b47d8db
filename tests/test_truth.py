from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.truth import Truth, all_of, any_of, at_least, truth_of

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN

truths = st.sampled_from(Truth)
lists_of_truths = st.lists(truths, max_size=6)


def worlds(seen: list[Truth]) -> list[list[bool]]:
    """All that the truths may turn out to be, once every unknown is known."""
    return [list(world) for world in product(*([True, False] if item is U else [item is T] for item in seen))]


def what_all_worlds_say(answers: list[bool]) -> Truth:
    return truth_of(answers[0]) if len(set(answers)) == 1 else U


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [(T, T, T), (T, U, U), (T, F, F), (U, T, U), (U, U, U), (U, F, F), (F, T, F), (F, U, F), (F, F, F)],
)
def test_and_follows_kleenes_table(left: Truth, right: Truth, expected: Truth) -> None:
    assert all_of([left, right]) is expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [(T, T, T), (T, U, T), (T, F, T), (U, T, T), (U, U, U), (U, F, U), (F, T, T), (F, U, U), (F, F, F)],
)
def test_or_follows_kleenes_table(left: Truth, right: Truth, expected: Truth) -> None:
    assert any_of([left, right]) is expected


@pytest.mark.parametrize(("item", "expected"), [(T, F), (U, U), (F, T)])
def test_not_follows_kleenes_table(item: Truth, expected: Truth) -> None:
    assert ~item is expected


@pytest.mark.parametrize("seen", [list(three) for three in product(Truth, repeat=3)], ids=str)
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_at_least_is_what_all_worlds_agree_on(count: int, seen: list[Truth]) -> None:
    assert at_least(count, seen) is what_all_worlds_say([sum(world) >= count for world in worlds(seen)])


@given(lists_of_truths)
def test_and_is_what_all_worlds_agree_on(seen: list[Truth]) -> None:
    assert all_of(seen) is what_all_worlds_say([all(world) for world in worlds(seen)])


@given(lists_of_truths)
def test_or_is_what_all_worlds_agree_on(seen: list[Truth]) -> None:
    assert any_of(seen) is what_all_worlds_say([any(world) for world in worlds(seen)])


def test_all_of_nothing_is_true_and_any_of_nothing_is_false() -> None:
    assert all_of([]) is T
    assert any_of([]) is F


@given(lists_of_truths)
def test_de_morgan_holds(seen: list[Truth]) -> None:
    assert ~all_of(seen) is any_of(~item for item in seen)
    assert ~any_of(seen) is all_of(~item for item in seen)


@given(truths)
def test_not_twice_is_nothing(item: Truth) -> None:
    assert ~~item is item


@given(lists_of_truths)
def test_at_least_all_is_and_and_at_least_one_is_or(seen: list[Truth]) -> None:
    assert at_least(len(seen), seen) is all_of(seen)
    assert at_least(1, seen) is any_of(seen)


@given(lists_of_truths, st.integers(0, 6), st.data())
def test_learning_what_was_unknown_never_turns_what_was_decided(
    seen: list[Truth], count: int, data: st.DataObject
) -> None:
    learned = [data.draw(truths) if item is U else item for item in seen]
    for before, after in [
        (all_of(seen), all_of(learned)),
        (any_of(seen), any_of(learned)),
        (at_least(count, seen), at_least(count, learned)),
        *((~item, ~later) for item, later in zip(seen, learned, strict=True)),
    ]:
        assert before in {U, after}


@pytest.mark.parametrize("item", Truth)
def test_a_truth_refuses_to_be_a_bool(item: Truth) -> None:
    with pytest.raises(TypeError, match="not a bool"):
        bool(item)


def test_a_truth_refuses_the_boolean_words() -> None:
    with pytest.raises(TypeError):
        _ = not U
    with pytest.raises(TypeError):
        _ = U and T
    with pytest.raises(TypeError):
        _ = 1 if F else 0


def test_a_known_boolean_is_lifted() -> None:
    assert truth_of(known=True) is T
    assert truth_of(known=False) is F
