"""The patient for whom a threshold decides: other answers of the criterion set so that this one turns the outcome.

Nothing here knows what a rule is about. The ways in which a part of an expression decides the whole are read from the
tree, and each asks for the truth of other leaves; answers that give them are looked for near the leaves' own
thresholds.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, islice, product
from typing import TYPE_CHECKING

from screener.boundary.courses import long_ago, unselected
from screener.boundary.probes import probes
from screener.evaluate import Context, evaluate
from screener.expr import And, AtLeast, Compare, Count, Elapsed, First, Flag, In, Is, Last, Not, OnDate, Or, Received
from screener.expr import leaves as leaves_of
from screener.expr.nodes import TREATMENTS
from screener.model import Coded, FactType, Moment, Patient
from screener.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from screener.expr import Expression, Leaf
    from screener.model import Dictionary, Missing, Value

_MOST_WAYS = 64  # of making an expression true: beyond these nobody has written one
_MOST_TRIES = 300
Wanted = tuple["Leaf", Truth]


def deciding(expression: Expression, leaf: Leaf) -> Iterator[tuple[tuple[Expression, Truth], ...]]:
    """The truths of other parts with which the leaf alone decides the expression."""
    match expression:
        case Not(item):
            yield from deciding(item, leaf)
        case And(items):
            yield from _deciding_among(items, leaf, Truth.TRUE, len(items) - 1)
        case Or(items):
            yield from _deciding_among(items, leaf, Truth.TRUE, 0)
        case AtLeast(count, items):
            yield from _deciding_among(items, leaf, Truth.TRUE, count - 1)
        case _:
            if expression == leaf:
                yield ()


def _deciding_among(
    items: tuple[Expression, ...], leaf: Leaf, truth: Truth, count: int
) -> Iterator[tuple[tuple[Expression, Truth], ...]]:
    """One of the items decides when just so many of the others have this truth."""
    for number, item in enumerate(items):
        if leaf not in leaves_of(item):
            continue
        others = items[:number] + items[number + 1 :]
        for inside in deciding(item, leaf):
            for chosen in combinations(range(len(others)), count):
                beside = ((other, truth if place in chosen else ~truth) for place, other in enumerate(others))
                yield (*inside, *beside)


def ways(expression: Expression, truth: Truth) -> list[tuple[Wanted, ...]]:
    """Truths of leaves that give the expression this truth, the shortest first."""
    found: Iterator[tuple[Wanted, ...]]
    match expression:
        case Not(item):
            return ways(item, ~truth)
        case And(items):
            found = _ways_among(items, truth, len(items) if truth is Truth.TRUE else 1)
        case Or(items):
            found = _ways_among(items, truth, 1 if truth is Truth.TRUE else len(items))
        case AtLeast(count, items):
            found = _ways_among(items, truth, count if truth is Truth.TRUE else len(items) - count + 1)
        case _:
            found = iter((((expression, truth),),))
    return sorted(islice(found, _MOST_WAYS), key=len)


def _ways_among(items: tuple[Expression, ...], truth: Truth, count: int) -> Iterator[tuple[Wanted, ...]]:
    for chosen in combinations(items, count):
        yield from together((item, truth) for item in chosen)


def together(
    goals: Iterator[tuple[Expression, Truth]] | tuple[tuple[Expression, Truth], ...],
) -> Iterator[tuple[Wanted, ...]]:
    """The ways in which all goals come true at once."""
    for parts in product(*(ways(expression, truth) for expression, truth in goals)):
        yield tuple(dict.fromkeys(wanted for part in parts for wanted in part))


def settled(
    patient: Patient, wanted: tuple[Wanted, ...], locked: frozenset[str], dictionary: Dictionary
) -> Patient | None:
    """The patient with answers changed, locked ones aside, until every leaf has the truth wanted; None if none do."""
    tries = iter(range(_MOST_TRIES))
    return _settled(patient, wanted, (), locked, dictionary, tries)


def _settled(
    patient: Patient,
    wanted: tuple[Wanted, ...],
    done: tuple[Wanted, ...],
    locked: frozenset[str],
    dictionary: Dictionary,
    tries: Iterator[int],
) -> Patient | None:
    if not wanted:
        return patient
    first, *rest = wanted
    leaf, truth = first
    so_far = (*done, first)
    if evaluate(leaf, Context.today(patient, dictionary)).truth is truth:
        found = _settled(patient, tuple(rest), so_far, locked, dictionary, tries)
        if found:
            return found
    for fact, value in _answers(leaf, patient, dictionary):
        if fact in locked or next(tries, None) is None:
            continue
        changed = answered(patient, {fact: value})
        context = Context.today(changed, dictionary)
        if all(evaluate(one, context).truth is so for one, so in so_far):
            found = _settled(changed, tuple(rest), so_far, locked, dictionary, tries)
            if found:
                return found
    return None


def answered(patient: Patient, facts: Mapping[str, Value | Missing]) -> Patient:
    """The patient with these answers in place of others."""
    return replace(patient, facts={**patient.facts, **facts})


def _answers(leaf: Leaf, patient: Patient, dictionary: Dictionary) -> Iterator[tuple[str, Value]]:
    """Answers that may turn a leaf: those near its threshold, a plain yes or no, never, none, and long ago."""
    match leaf:
        case Flag(fact):
            yield from ((fact, Coded(frozenset({word}), word)) for word in ("no", "yes"))
        case Elapsed(point=OnDate(fact)):
            yield fact, Moment(None)
        case Elapsed(point=Last(selection) | First(selection)) | Received(selection) | Count(selection):
            yield TREATMENTS, unselected(selection, patient)
            yield from ((TREATMENTS, treatments) for _, treatments, _ in long_ago(selection, patient, dictionary))
        case _:
            pass
    near = [(probe.fact, probe.value) for probe in probes(leaf, patient, dictionary)]
    yield from reversed(near) if isinstance(leaf, Compare | Elapsed) else near
    if isinstance(leaf, Is | In) and dictionary.facts[leaf.fact].type is FactType.TUMOR_TYPE:
        yield from _tumor_types(dictionary)


def _tumor_types(dictionary: Dictionary) -> Iterator[tuple[str, Value]]:
    types = dictionary.tumor_types
    for code, name in types.names.items():
        if types.below(code) == {code}:
            yield "tumor_type", Coded(types.below(code), f"{name} ({code})")
