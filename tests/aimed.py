"""Patients whose answers stand on the thresholds of rules and beside them, as people would write those answers.

Random answers seldom meet a threshold, and there two meanings of a rule would part.
"""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from screener.dates import Period, add
from screener.errors import BadAnswer
from screener.expr import ANCHORS, Compare, Elapsed, HalfLives, In, Is, OnDate, TestDate, facts_of
from screener.expr.nodes import TREATMENTS
from screener.interval import Interval, Relation
from screener.model import FactType, Number, Patient, Treatments
from screener.model.derived import INPUTS, RECEIVED
from screener.patient import read_answer, read_treatment
from screener.truth import Truth
from tests.random_trials import random_trials
from tests.strategies import DICTIONARY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from screener.expr import Leaf, Selection
    from screener.model import Fact, Treatment, Trial, Value

# Days of screening; some end a month, where months and years end early.
SCREENED = (date(2026, 11, 22), date(2026, 3, 31), date(2026, 2, 28), date(2024, 2, 29), date(2026, 8, 31))
_SIGNS = ("", "<", ">", "<=", ">=")
_TUMORS = ("MESO", "SOLID", "PLMESO", "PLEMESO", "PLBMESO", "PLSMESO", "PEMESO", "LUNG", "OVARIAN")
_LIMITS = (Fraction(40), Fraction(12, 10), Fraction(3, 10), Fraction(333, 10))  # of normal, as laboratories print them
_NUDGES = (0, Fraction(-1, 10), Fraction(1, 10), Fraction(-1, 1000), Fraction(1, 1000), Fraction(1, 10**6))
_MOST_TREATMENTS = 150
# What hits the thresholds of a clearance, with the age of 68 that leaves 72: kg for mg/dL, and 0.85 of it in women.
_INPUT_TEXTS = {
    "age": ["68", "67", "69 years", "<68", ">=68", "140", "120", "0"],
    "weight": ["60 kg", "50 kg", "30 kg", "60.1 kg", "59.9", "<60 kg", ">=50 kg", "132.5 lb", "51 kg"],
    "creatinine": ["1 mg/dL", "0.85 mg/dL", "<1 mg/dL", ">=1 mg/dL", "88.42 umol/L", "1.7 mg/dL", "<=20 mg/dL"],
    "ecog": [f"{sign}{grade}" for grade in range(6) for sign in _SIGNS] + ["0-1", "1-2", "2 to 4"],
    "kps": [f"{sign}{value}" for value in range(0, 101, 10) for sign in _SIGNS] + ["60-70", "70 to 90", "0-100"],
}
_GRADES = {"ecog": range(6), "kps": range(0, 101, 10)}  # an answer that none of them fits is nobody's


class Aim:
    """Answers to what some rules ask, each list computed once for each day of screening."""

    def __init__(self, trials: Iterable[Trial]) -> None:
        """Walk the rules."""
        criteria = [criterion for trial in trials for criterion in trial.criteria]
        self.leaves: list[Leaf] = list(dict.fromkeys(leaf for criterion in criteria for leaf in criterion.leaves))
        self.facts = list(dict.fromkeys(fact for leaf in self.leaves for fact in _asked(leaf)))
        self.values = cache(self._values)
        self.treatments = cache(self._treatments)

    def _values(self, name: str, as_of: date) -> list[Value]:
        """Answers to a fact that is no list of treatments."""
        fact = DICTIONARY.facts[name]
        found: list[Value] = []
        for text, more in self._texts(fact, as_of):
            with suppress(BadAnswer):  # not plausible, or not yet come
                value = read_answer(fact, text, DICTIONARY, as_of, more)
                if name not in _GRADES or any(_may_be(value, grade) for grade in _GRADES[name]):
                    found.append(value)
        return found

    def _texts(self, fact: Fact, as_of: date) -> Iterator[tuple[str, dict[str, str]]]:
        match fact.type:
            case FactType.BOOLEAN | FactType.CHOICE:
                yield from ((choice.id, {}) for choice in DICTIONARY.choices(fact))
                yield from ((word, {}) for word, _ in fact.general)
            case FactType.TUMOR_TYPE:
                asked = [leaf for leaf in self.leaves if isinstance(leaf, Is | In) and leaf.fact == fact.id]
                terms = [term for leaf in asked for term in ((leaf.term,) if isinstance(leaf, Is) else leaf.terms)]
                above = [code for term in terms for code in DICTIONARY.tumor_types.parents.get(term, ())]
                yield from ((code, {}) for code in dict.fromkeys([*_TUMORS, *terms, *above]))
            case FactType.DATE if fact.id in ANCHORS:
                yield from ((text, {}) for text in (*_planned(as_of), "never"))
            case FactType.DATE:
                yield from ((text, {}) for text in (*self._days(as_of), "never", "3 weeks ago", "2 months ago"))
            case _:
                yield from self._numbers(fact, as_of)

    def _numbers(self, fact: Fact, as_of: date) -> Iterator[tuple[str, dict[str, str]]]:
        compared = [leaf for leaf in self.leaves if isinstance(leaf, Compare) and leaf.fact == fact.id]
        tested = any(isinstance(leaf, Elapsed) and leaf.point == TestDate(fact.id) for leaf in self.leaves)
        days = self._days(as_of) if tested else []
        texts: list[tuple[str, dict[str, str]]] = [(text, {}) for text in _INPUT_TEXTS.get(fact.id, ["1", "50"])]
        texts += [aimed for leaf in compared for aimed in _near(fact, leaf)]
        for place, (text, more) in enumerate(texts):
            yield text, more | ({"date": days[place % len(days)]} if days and place % 4 else {})

    def _days(self, as_of: date) -> list[str]:
        """Days on which what the rules wait for is just over, and beside them; some as months or years."""
        days = {as_of, as_of - timedelta(days=400)}
        anchors = [as_of, *(date.fromisoformat(text) for text in _planned(as_of) if len(text) == len("2026-11-22"))]
        for period, amount in self._spans():
            for anchor in anchors:
                reached = add(anchor, -amount, period)
                days |= {reached + timedelta(days=beside) for beside in (-1, 0, 1, 3)}
        texts = [day.isoformat() for day in sorted(days)]
        return [
            *texts,
            *dict.fromkeys(text[:7] for text in texts[::3]),
            *dict.fromkeys(text[:4] for text in texts[::5]),
        ]

    def _spans(self) -> Iterator[tuple[Period, int]]:
        for leaf in self.leaves:
            if isinstance(leaf, Elapsed):
                if isinstance(leaf.limit, HalfLives):
                    yield Period.DAYS, leaf.limit.days
                    yield Period.DAYS, math.ceil(leaf.limit.half_lives * Fraction(5, 2))
                else:
                    yield leaf.period, leaf.limit
            for selection in _selections(leaf):
                bounds = (selection.window.start, selection.window.end) if selection.window else ()
                yield from ((bound.period, -bound.offset) for bound in bounds if bound)

    def _treatments(self, as_of: date) -> list[Treatment]:
        """Treatments of the classes that rules name, of others and of none known, over about when the rules look."""
        names = [name for leaf in self.leaves for one in _selections(leaf) for name in (*one.classes, *one.excepting)]
        names += [RECEIVED[name] for name in self.facts if name in RECEIVED]
        agents = [{"agent": "ABC-123"}, {"agent": "SBRT"}, {"agent": "nivolumab"}]
        agents += [{"class": name} for name in dict.fromkeys(names)]
        agents += [{"agent": agent} for name in dict.fromkeys(names) for agent in _agents(name)]
        lasts = [*self._days(as_of), "ongoing", "", "2 weeks ago"]
        found: list[Treatment] = []
        pairs = [(agent, last) for last in lasts for agent in agents]
        step = max(1, len(pairs) // _MOST_TREATMENTS)
        for place, (agent, last) in enumerate(pairs[::step]):
            fields = agent | ({"last_dose": last} if last else {})
            if place % 3 == 0:
                fields |= {"start": lasts[place * 7 % len(lasts)]}
            if place % 5 == 0:
                fields |= {"half_life_days": ("2.5", "0.1", "20")[place % 3]}
            with suppress(BadAnswer):
                found.append(read_treatment(fields, DICTIONARY, as_of))
        return found


def _may_be(value: Value, grade: int) -> bool:
    return isinstance(value, Number) and value.interval.compare(Relation.EQ, Interval.point(grade)) is not Truth.FALSE


def _asked(leaf: Leaf) -> Iterator[str]:
    """The facts that a leaf reads, and those that they may follow from."""
    for fact in facts_of(leaf):
        yield fact
        yield from INPUTS.get(fact, ())
        if fact in RECEIVED:
            yield TREATMENTS


def _selections(leaf: Leaf) -> tuple[Selection, ...]:
    at = leaf.point if isinstance(leaf, Elapsed) else leaf
    return () if isinstance(at, OnDate | TestDate) or not hasattr(at, "selection") else (at.selection,)


@cache
def _agents(therapy_class: str) -> tuple[str, ...]:
    """Two agents that surely are of a class."""
    therapies = DICTIONARY.therapies
    return tuple(name for name, agent in therapies.agents.items() if therapy_class in therapies.above(*agent.classes))[
        :2
    ]


def _planned(as_of: date) -> list[str]:
    ahead = [as_of + timedelta(days=days) for days in (-5, 0, 1, 10, 70)]
    return [*(day.isoformat() for day in ahead), f"{as_of + timedelta(days=40):%Y-%m}"]


def _near(fact: Fact, leaf: Compare) -> Iterator[tuple[str, dict[str, str]]]:
    """The threshold, and numbers a step beside it, in every unit of the fact."""
    if leaf.unit in {"ULN", "LLN"}:
        for limit in _LIMITS:
            more = {"uln": f"{_decimal(limit)} {fact.unit}", "lln": f"{_decimal(limit)} {fact.unit}"}
            middle = limit * leaf.number
            yield from ((f"{sign}{_decimal(middle + n)} {fact.unit}", more) for n in _NUDGES[:4] for sign in _SIGNS)
        yield f"{_decimal(leaf.number)} {fact.unit}", {}
        return
    canonical = DICTIONARY.canonical(fact, leaf.number, leaf.unit)
    for unit, per_canonical in fact.units or (("", Fraction(1)),):
        shown = "" if unit == "ratio" else unit
        nudges = _NUDGES if fact.type is FactType.QUANTITY else (0, -1, 1, -10, 10)
        for nudge in nudges:
            text = _decimal(Fraction(canonical) * per_canonical + nudge)
            yield from ((f"{sign}{text} {shown}".strip(), {}) for sign in _SIGNS)


def _decimal(number: Fraction | int) -> str:
    """A number with as many decimals as it has, at most nine."""
    text = f"{float(round(Fraction(number), 9)):.9f}".rstrip("0").rstrip(".")
    return text.removeprefix("-")


@st.composite
def screenings(draw: st.DrawFn, trials: int = 3, patients: int = 12) -> tuple[list[Trial], list[Patient]]:
    """At most so many trials, and patients of different days with an answer to most of what the rules ask."""
    rules = draw(random_trials(trials))
    aim = Aim(rules)
    number = draw(st.integers(patients // 2, patients))
    return rules, [_patient(draw, aim, f"P-{place:04d}") for place in range(number)]


def _patient(draw: st.DrawFn, aim: Aim, name: str) -> Patient:
    as_of = draw(st.sampled_from(SCREENED))
    facts: dict[str, Value] = {}
    for fact in aim.facts:
        if fact == TREATMENTS:
            if draw(st.integers(0, 5)):
                some = draw(st.lists(st.sampled_from(aim.treatments(as_of)), max_size=4))
                facts[fact] = Treatments(tuple(some))
        elif (value := draw(st.sampled_from([None, *aim.values(fact, as_of)]))) is not None:
            facts[fact] = value
    return Patient(name, as_of, facts)
