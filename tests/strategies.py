"""Random expressions over the shipped dictionary, and random patients."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from screener.catalog import criteria_folder, load_dictionary
from screener.dates import Period
from screener.expr import (
    Anchor,
    And,
    AtLeast,
    Bound,
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
    Window,
)
from screener.expr.tokens import KEYWORDS
from screener.interval import Relation
from screener.model import Fact, FactType, Moment, Patient, Treatment, Treatments
from screener.patient import read_answer, read_treatment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from screener.model import Value

DICTIONARY = load_dictionary(criteria_folder())
AS_OF = date(2026, 11, 22)

ANCHORS = frozenset(anchor.value for anchor in Anchor)
# One of each pair may be derived from what stands on the other side; both given may contradict each other.
RIVALS = (("ecog", "kps"), ("creatinine_clearance", "weight"), ("histology", "tumor_type"))

_SPEAKABLE = re.compile(r"[A-Za-z]\w*", re.ASCII)
_TUMORS = ("MESO", "SOLID", "PLMESO", "PLEMESO", "PLBMESO", "PEMESO", "TMESO", "OVARIAN", "CHOLANGIO", "LUNG", "LUAD")
_CLASSES = (
    *("systemic_therapy", "chemotherapy", "platinum_chemotherapy", "targeted_therapy", "antiangiogenic"),
    *("immunotherapy", "checkpoint_inhibitor", "anti_pd_1", "car_t", "gene_engineered_t_cells", "radiotherapy"),
    *("palliative_radiotherapy", "intrapleural_therapy", "investigational_agent"),
)
_AGENTS = ("cisplatin", "pemetrexed", "nivolumab", "ipilimumab", "bevacizumab", "icasp9m28z", "gavo_cel")
_ORDERED = (Relation.LT, Relation.LE, Relation.GT, Relation.GE)


def _of_type(*types: FactType) -> list[Fact]:
    return [fact for fact in DICTIONARY.facts.values() if fact.type in types]


NUMERIC = _of_type(FactType.QUANTITY, FactType.SCALE)
CODED = _of_type(FactType.CHOICE, FactType.BOOLEAN, FactType.TUMOR_TYPE)
MEASURED = _of_type(FactType.QUANTITY)
DATED = [fact for fact in _of_type(FactType.DATE) if fact.id not in ANCHORS]


def _terms(fact: Fact) -> list[str]:
    """What a rule may say of a fact; words that are no names or that the language keeps cannot be said."""
    if fact.type is FactType.TUMOR_TYPE:
        return list(_TUMORS)
    words = [choice.id for choice in DICTIONARY.choices(fact)] + [word for word, _ in fact.general]
    return [word for word in words if _SPEAKABLE.fullmatch(word) and word not in KEYWORDS]


# ---------------------------------------------------------------- expressions


def _sayable_units(fact: Fact) -> list[str | None]:
    units: list[str | None] = [unit for unit, _ in fact.units]
    if len(fact.units) <= 1:
        units.append(None)
    return units


@st.composite
def comparisons(draw: st.DrawFn) -> Compare:
    fact = draw(st.sampled_from(NUMERIC))
    relation = draw(st.sampled_from(Relation))
    if fact.has_limits and draw(st.booleans()):
        return Compare(
            fact.id, relation, Fraction(draw(st.integers(1, 100)), 20), draw(st.sampled_from(["ULN", "LLN"]))
        )
    unit = draw(st.sampled_from(_sayable_units(fact)))
    low, high = fact.typical or fact.plausible or (Fraction(0), Fraction(100))
    if fact.type is FactType.SCALE:
        return Compare(fact.id, relation, Fraction(draw(st.integers(int(low), int(high)))), unit)
    hundredths = draw(st.integers(int(low * 100), int(high * 100)))
    in_unit = Fraction(hundredths, 100) * (fact.per_canonical(unit) or 1 if unit else 1)
    return Compare(fact.id, relation, Fraction(round(in_unit * 1000), 1000), unit)


@st.composite
def codings(draw: st.DrawFn) -> Leaf:
    fact = draw(st.sampled_from(CODED))
    if fact.type is FactType.BOOLEAN and draw(st.booleans()):
        return Flag(fact.id)
    terms = draw(st.lists(st.sampled_from(_terms(fact)), min_size=1, max_size=3, unique=True))
    return Is(fact.id, terms[0]) if draw(st.booleans()) else In(fact.id, tuple(terms))


@st.composite
def bounds(draw: st.DrawFn) -> Bound:
    anchor = draw(st.sampled_from(Anchor))
    offset = draw(st.integers(-30, 30))
    return Bound(anchor, offset, draw(st.sampled_from(Period))) if offset else Bound(anchor)


def windows() -> st.SearchStrategy[Window]:
    return st.builds(Window, bounds(), st.none() | bounds())


def selections(windowed: st.SearchStrategy[Window | None] | None = None) -> st.SearchStrategy[Selection]:
    names = st.lists(st.sampled_from(_CLASSES), max_size=2, unique=True).map(tuple)
    some = st.lists(st.sampled_from(_CLASSES), min_size=1, max_size=3, unique=True).map(tuple)
    return st.builds(Selection, some, names, st.none() | windows() if windowed is None else windowed)


@st.composite
def elapsed(draw: st.DrawFn) -> Elapsed:
    anchor = draw(st.sampled_from(Anchor))
    if draw(st.integers(0, 4)) == 0:
        half_lives = HalfLives(draw(st.booleans()), draw(st.integers(0, 60)), draw(st.integers(1, 10)))
        relation = draw(st.sampled_from([Relation.GE, Relation.GT]))
        return Elapsed(Period.DAYS, Last(draw(selections())), anchor, relation, half_lives)
    point = draw(
        st.builds(OnDate, st.sampled_from([fact.id for fact in DATED]))
        | st.builds(TestDate, st.sampled_from([fact.id for fact in MEASURED]))
        | st.builds(Last, selections())
        | st.builds(First, selections())
    )
    period = draw(st.sampled_from(Period))
    return Elapsed(period, point, anchor, draw(st.sampled_from(_ORDERED)), draw(st.integers(0, 60)))


def leaf_nodes() -> st.SearchStrategy[Leaf]:
    counts = st.builds(Count, selections(), st.sampled_from(Relation), st.integers(0, 5))
    return comparisons() | codings() | st.builds(Received, selections()) | counts | elapsed()


@st.composite
def _at_least(draw: st.DrawFn, parts: st.SearchStrategy[Expression]) -> AtLeast:
    items = draw(st.lists(parts, min_size=1, max_size=4))
    return AtLeast(draw(st.integers(1, len(items))), tuple(items))


def _joined(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(parts, min_size=2, max_size=4).map(tuple)
    return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, parts) | _at_least(parts)


def expressions() -> st.SearchStrategy[Expression]:
    """Trees of every kind of node, valid against the shipped dictionary."""
    return st.recursive(leaf_nodes(), _joined, max_leaves=8)


# What time alone can only turn from false to true: a washout that has run, a window left behind.
def _washed_out() -> st.SearchStrategy[Elapsed]:
    points = st.builds(OnDate, st.sampled_from([fact.id for fact in DATED])) | st.builds(Last, selections(st.none()))
    limits = st.integers(0, 120)
    return st.builds(
        Elapsed,
        st.sampled_from(Period),
        points,
        st.sampled_from(Anchor),
        st.sampled_from([Relation.GE, Relation.GT]),
        limits,
    ).map(_within_a_decade)


def _within_a_decade(leaf: Elapsed) -> Elapsed:
    limit = leaf.limit if isinstance(leaf.limit, int) else 0
    return Elapsed(
        leaf.period, leaf.point, leaf.anchor, leaf.relation, limit % 10 if leaf.period is Period.YEARS else limit
    )


def _not_lately() -> st.SearchStrategy[Expression]:
    span = st.builds(Bound, st.sampled_from(Anchor), st.integers(-60, -1), st.sampled_from(Period))
    return st.builds(Not, st.builds(Received, selections(st.builds(Window, span))))


def washouts() -> st.SearchStrategy[Expression]:
    """Expressions that time alone can mend and never spoil."""
    several = st.lists(_washed_out() | _not_lately(), min_size=2, max_size=3).map(tuple)
    return _washed_out() | _not_lately() | st.builds(And, several) | st.builds(Or, several)


# ---------------------------------------------------------------- patients

_past_days = st.integers(0, 3000).map(lambda ago: AS_OF - timedelta(days=ago))
_exact_texts = st.integers(0, 200).map(lambda ago: (AS_OF - timedelta(days=ago)).isoformat())
_date_texts = st.one_of(
    _exact_texts,
    _past_days.map(lambda day: f"{day:%Y-%m}"),
    _past_days.map(lambda day: f"{day:%Y}"),
    st.builds("{} {} ago".format, st.integers(0, 40), st.sampled_from(["days", "weeks", "months"])),
)


@st.composite
def treatments(draw: st.DrawFn, *, exact: bool = False) -> Treatment:
    if exact:  # of classes known for sure: a plain "SBRT" may be palliative or not
        fields = draw(st.sampled_from([{"agent": name} for name in _AGENTS] + [{"class": "palliative_radiotherapy"}]))
        return read_treatment(fields | {"last_dose": draw(_exact_texts)}, DICTIONARY, AS_OF)
    fields = {"agent": draw(st.sampled_from((*_AGENTS, "SBRT")))}
    if draw(st.integers(0, 3)) == 0:
        fields = {"agent": "ABC-123"}
        if draw(st.booleans()):
            fields["class"] = draw(st.sampled_from(_CLASSES))
    last = draw(st.none() | _date_texts | st.just("ongoing"))
    return read_treatment(fields | ({"last_dose": last} if last else {}), DICTIONARY, AS_OF)


def _number_texts(fact: Fact) -> st.SearchStrategy[str]:
    low, high = fact.typical or fact.plausible or (Fraction(0), Fraction(100))
    if fact.type is FactType.SCALE:
        step = fact.step or 1
        return st.integers(int(low) // step, int(high) // step).map(lambda steps: str(steps * step))
    exact = st.integers(int(low * 100), int(high * 100)).map(lambda hundredths: f"{hundredths / 100:.2f} {fact.unit}")
    return exact | st.builds("{}{}".format, st.sampled_from(["<", ">", "<=", ">="]), exact)


@st.composite
def values(draw: st.DrawFn, fact: Fact, *, exact: bool = False) -> Value:
    """A random answer to a fact, as read from text; `exact`: dates are whole days."""
    if fact.type is FactType.THERAPIES:
        return Treatments(tuple(draw(st.lists(treatments(exact=exact), max_size=4))))
    if fact.type is FactType.DATE:
        text = draw((_exact_texts if exact else _date_texts) | st.just("never"))
        value = read_answer(fact, text, DICTIONARY, AS_OF)
        assert isinstance(value, Moment)
        return value
    if fact.type in {FactType.QUANTITY, FactType.SCALE}:
        more = {}
        if fact.has_limits and draw(st.booleans()):
            low, high = fact.plausible or (Fraction(0), Fraction(100))
            hundredths = draw(st.integers(max(1, int(low * 100)), int(high * 10)))  # a tenth of what is plausible
            more["uln"] = f"{hundredths / 100:.2f} {fact.unit}"
            more["lln"] = more["uln"]
        if fact.type is FactType.QUANTITY and draw(st.booleans()):
            more["date"] = draw(_date_texts)
        return read_answer(fact, draw(_number_texts(fact)), DICTIONARY, AS_OF, more)
    if fact.type is FactType.TUMOR_TYPE:
        return read_answer(fact, draw(st.sampled_from(_TUMORS)), DICTIONARY, AS_OF)
    words = [choice.id for choice in DICTIONARY.choices(fact)] + [word for word, _ in fact.general]
    return read_answer(fact, draw(st.sampled_from(words)), DICTIONARY, AS_OF)


@st.composite
def answers(draw: st.DrawFn, facts: Iterable[str], *, exact: bool = False) -> dict[str, Value]:
    """Answers to all of these facts, save planned dates and, of two that may contradict each other, one."""
    left_out = ANCHORS | {draw(st.sampled_from(pair)) for pair in RIVALS}
    wanted = [name for name in dict.fromkeys(facts) if name not in left_out]
    return {name: draw(values(DICTIONARY.facts[name], exact=exact)) for name in wanted}


def patient(facts: Mapping[str, Value], as_of: date = AS_OF) -> Patient:
    return Patient("P-1", as_of, dict(facts))
