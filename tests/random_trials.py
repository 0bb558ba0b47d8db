"""Random trials that share what they ask, small enough for a database to plan in a moment.

Windows are rare, and one trial of several has one: a criterion with a window costs a database as much planning as
fifty with none. Codes hold eleven criteria each, so some trials have more than that.
"""

from __future__ import annotations

from copy import copy
from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from screener.dates import Period
from screener.expr import (
    Anchor,
    And,
    AtLeast,
    Compare,
    Count,
    Elapsed,
    Expression,
    First,
    Flag,
    HalfLives,
    In,
    Is,
    Last,
    Leaf,
    Not,
    OnDate,
    Or,
    Received,
    Selection,
    TestDate,
)
from screener.interval import Relation
from screener.model import Band, Cohort, Criterion, Factor, FactType, Kind, Rule, Source, Trial
from screener.model.derived import RECEIVED
from tests.strategies import DATED, DICTIONARY, MEASURED, codings, comparisons, selections, windows

if TYPE_CHECKING:
    from screener.model import Fact

_TUMORS = ("MESO", "SOLID", "PLMESO", "PLEMESO", "PLBMESO", "PLSMESO", "PEMESO", "LUNG", "LUAD", "OVARIAN")
_FOLLOWS = ("ecog", "kps", "histology", "tumor_type", "creatinine_clearance", *RECEIVED)  # from other facts
_NUMBERS: dict[str, list[int | Fraction]] = {
    "ecog": [0, 1, 2, 3],
    "kps": [50, 60, 70, 80, 90],
    "creatinine_clearance": [30, 50, 60, Fraction(605, 10), Fraction(8333, 100)],
}
_ORDERED = (Relation.LT, Relation.LE, Relation.GT, Relation.GE)
_COHORTS = (
    (),
    (),
    (Cohort("a", "A"), Cohort("b", "B")),
    (Cohort("a", "A"), Cohort("b", "B", open=False)),
    (Cohort("a", "A"), Cohort("b", "B"), Cohort("c", "C")),
    (Cohort("a", "A", open=False), Cohort("b", "B", open=False)),
)
_OF_COHORTS = ((), (), (), ("a",), ("b",), ("a", "b"), ("c",))
_WEIGHTS: tuple[Fraction | int, ...] = (1, 1, 1, 2, 3, Fraction(1, 2), Fraction(1, 3), Fraction(7, 10))

# ---------------------------------------------------------------- leaves


def _coded(fact: Fact) -> st.SearchStrategy[Leaf]:
    terms = _TUMORS if fact.type is FactType.TUMOR_TYPE else tuple(choice.id for choice in DICTIONARY.choices(fact))
    some = st.lists(st.sampled_from(terms), min_size=1, max_size=3, unique=True).map(tuple)
    leaves = st.builds(In, st.just(fact.id), some) | st.builds(Is, st.just(fact.id), st.sampled_from(terms))
    return leaves | st.just(Flag(fact.id)) if fact.type is FactType.BOOLEAN else leaves


def _following() -> st.SearchStrategy[Leaf]:
    """About facts that may follow from others."""
    numbers = [
        st.builds(Compare, st.just(name), st.sampled_from(Relation), st.sampled_from(some).map(Fraction), st.just(unit))
        for name, some in _NUMBERS.items()
        for unit in [DICTIONARY.facts[name].unit]
    ]
    return st.one_of(*numbers, *(_coded(DICTIONARY.facts[name]) for name in _FOLLOWS if name not in _NUMBERS))


def _elapsed(points: st.SearchStrategy[Last | First | OnDate | TestDate]) -> st.SearchStrategy[Elapsed]:
    anchors, periods = st.sampled_from(Anchor), st.sampled_from(Period)
    return st.builds(Elapsed, periods, points, anchors, st.sampled_from(_ORDERED), st.integers(0, 40))


def _half_lives(selected: st.SearchStrategy[Selection]) -> st.SearchStrategy[Elapsed]:
    limits = st.builds(HalfLives, st.booleans(), st.integers(0, 60), st.integers(1, 6))
    relations = st.sampled_from([Relation.GE, Relation.GT])
    return st.builds(
        Elapsed, st.just(Period.DAYS), st.builds(Last, selected), st.sampled_from(Anchor), relations, limits
    )


def _of_treatments(selected: st.SearchStrategy[Selection]) -> st.SearchStrategy[Leaf]:
    return st.one_of(
        st.builds(Received, selected),
        st.builds(Count, selected, st.sampled_from(Relation), st.integers(0, 3)),
        _elapsed(st.builds(Last, selected) | st.builds(First, selected)),
        _half_lives(selected),
    )


_PLAIN = comparisons() | codings() | _following()
_TIMED = _of_treatments(selections(st.none())) | _elapsed(
    st.builds(OnDate, st.sampled_from([fact.id for fact in DATED]))
    | st.builds(TestDate, st.sampled_from([fact.id for fact in MEASURED]))
)
_WINDOWED = _of_treatments(selections(windows()))

# ---------------------------------------------------------------- trees, criteria, trials


def _joined(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    counted = st.integers(1, 3).flatmap(
        lambda number: st.builds(AtLeast, st.just(number), st.lists(parts, min_size=number, max_size=4).map(tuple))
    )
    return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, parts) | counted


_SHAPE = st.recursive(st.just(Flag("")), _joined, max_leaves=4)  # leaves are filled in from those that trials share


def _filled(draw: st.DrawFn, shape: Expression, pool: st.SearchStrategy[Leaf]) -> Expression:
    match shape:
        case And(items):
            return And(tuple(_filled(draw, item, pool) for item in items))
        case Or(items):
            return Or(tuple(_filled(draw, item, pool) for item in items))
        case AtLeast(number, items):
            return AtLeast(number, tuple(_filled(draw, item, pool) for item in items))
        case Not(item):
            return Not(_filled(draw, item, pool))
        case _:
            return copy(draw(pool))  # rules that say the same are equal, not one object


def _mended_by_time(leaf: Leaf) -> Rule:
    """A rule that the patient has to wait for, if the leaf is a wait."""
    return Rule(leaf, exclude=getattr(leaf, "relation", None) not in {Relation.GE, Relation.GT})


@st.composite
def _criteria(draw: st.DrawFn, number: int, pool: st.SearchStrategy[Leaf], cohorts: tuple[Cohort, ...]) -> Criterion:
    def tree() -> Expression:
        return _filled(draw, draw(_SHAPE), pool)

    kind = draw(st.integers(0, 11))
    test: Rule | Band | None
    if kind == 0:
        test = Band(tree(), tree() if draw(st.booleans()) else None)
    elif kind == 1:
        test = None  # for the trial team alone
    elif kind < 5:
        test = _mended_by_time(copy(draw(pool)))
    else:
        test = Rule(tree(), exclude=draw(st.booleans()))
    known = {cohort.id for cohort in cohorts}
    return Criterion(
        f"C-{number}",
        Kind.INCLUSION,
        "made up",
        Source("inclusion", "1"),
        draw(st.sampled_from(Factor)),
        test=test,
        when=tree() if draw(st.integers(0, 3)) == 0 else None,
        cohorts=tuple(name for name in draw(st.sampled_from(_OF_COHORTS)) if name in known),
        weight=draw(st.sampled_from(_WEIGHTS)),
    )


@st.composite
def random_trials(draw: st.DrawFn, most: int = 3) -> list[Trial]:
    """Some trials that share their leaves; at most one of the leaves looks at a window."""
    plain = draw(st.lists(_PLAIN, min_size=1, max_size=5))
    timed = draw(st.lists(_TIMED, min_size=1, max_size=3))
    windowed = [draw(_WINDOWED)] if draw(st.integers(0, 3)) == 0 else []
    cheap = st.sampled_from(plain)
    trials = []
    for place in range(draw(st.integers(1, most))):
        cohorts = draw(st.sampled_from(_COHORTS))
        waits = draw(st.booleans())  # for time alone: few such trials would come about by chance
        pool = st.sampled_from(timed if waits else [*plain, *timed[:1]])
        criteria = [draw(_criteria(number, pool, cohorts)) for number in range(draw(st.integers(1, 3)))]
        if windowed:
            among, windowed = st.sampled_from([*timed, *windowed]), []
            criteria.append(draw(_criteria(50, among, cohorts)))
        more = 0 if waits else draw(st.sampled_from([0, 0, 2, 10, 22]))
        criteria += [draw(_thin(number, cheap, cohorts)) for number in range(100, 100 + more)]
        trials.append(Trial(f"NCT{place:08d}", "made up", tuple(criteria), "0" * 64, cohorts=cohorts))
    return trials


@st.composite
def _thin(draw: st.DrawFn, number: int, pool: st.SearchStrategy[Leaf], cohorts: tuple[Cohort, ...]) -> Criterion:
    """A criterion of one leaf, that costs next to nothing."""
    test = Rule(copy(draw(pool)), exclude=draw(st.booleans()))
    of = (cohorts[number % len(cohorts)].id,) if cohorts and number % 3 == 0 else ()
    weight = _WEIGHTS[number % len(_WEIGHTS)]
    source = Source("inclusion", "1")
    return Criterion(
        f"C-{number}", Kind.INCLUSION, "made up", source, Factor.OTHER, test=test, cohorts=of, weight=weight
    )
