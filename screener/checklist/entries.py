"""The values of a row: as they are known, or lines to write them on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.checklist.sheet import Entry
from screener.evaluate import Context, sources_of
from screener.expr import ANCHORS, Compare, leaves
from screener.interval import decimal_text
from screener.known import said, span_in
from screener.model import Coded, FactType, Missing, Number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screener.checklist.order import Order
    from screener.expr import Expression
    from screener.model import Criterion, Fact, Patient


def entries_of(criterion: Criterion, patient: Patient, order: Order, *, when: bool = False) -> tuple[Entry, ...]:
    """One entry for each fact that the criterion reads, or that its `when` reads; planned days of anchors left out."""
    expressions: Iterable[Expression] = criterion.expressions
    if when:
        expressions = (criterion.when,) if criterion.when else ()
    read = [leaf for expression in expressions for leaf in leaves(expression)]
    limits = {leaf.fact for leaf in read if isinstance(leaf, Compare) and leaf.unit in {"ULN", "LLN"}}
    names = dict.fromkeys(name for name in criterion.facts if name not in ANCHORS)
    if when:
        wanted = {leaf.fact for leaf in read if hasattr(leaf, "fact")}
        names = {name: None for name in names if name in wanted}
    return tuple(_entry(order.dictionary.facts[name], patient, order, wants_limit=name in limits) for name in names)


def derived_of(criterion: Criterion, patient: Patient, order: Order) -> tuple[str, ...]:
    """What follows from other answers, and from which: else somebody would sign for a tick beside an empty line."""
    context = Context.today(patient, order.dictionary)
    found = []
    for name in criterion.facts:
        fact = order.dictionary.facts[name]
        value = _derived(fact, context) if isinstance(patient.get(name), Missing) else None
        if value is None:
            continue
        told = [_told(source, patient, order) for source in sources_of(name)[1:] if source in order.dictionary.facts]
        shown = said(fact, value, order.dictionary, order.language)
        sources = "; ".join(text for text in told if text)
        found.append(f"{order.name_of(fact)}: {shown} ({order.language.word('follows from')} {sources})")
    return tuple(found)


def _derived(fact: Fact, context: Context) -> Number | Coded | None:
    if fact.type in {FactType.QUANTITY, FactType.SCALE}:
        return next((number for number, _ in context.numbers(fact.id)), None)
    if fact.type in {FactType.BOOLEAN, FactType.CHOICE}:
        value, _ = context.coded(fact.id)
        return value if isinstance(value, Coded) else None
    return None


def _told(name: str, patient: Patient, order: Order) -> str:
    """A fact with its value; nothing where it has none."""
    fact, value = order.dictionary.facts[name], patient.get(name)
    if isinstance(value, Missing):
        return ""
    return f"{order.name_of(fact)}: {said(fact, value, order.dictionary, order.language)}"


def _entry(fact: Fact, patient: Patient, order: Order, *, wants_limit: bool) -> Entry:
    value = patient.get(fact.id)
    name = order.name_of(fact)
    unit = order.language.word(fact.unit) if fact.unit and fact.unit != "ratio" else ""
    is_test = fact.type is FactType.QUANTITY and fact.has_limits
    if isinstance(value, Missing):
        return Entry(name, unit=unit, wants_limit=wants_limit, wants_date=is_test)
    limit = day = ""
    if isinstance(value, Number):
        if value.uln and value.uln.high is not None:
            in_canonical = fact.unit is None or value.shown.endswith(f" {fact.unit}")
            limit = decimal_text(value.uln.high) + ("" if in_canonical else f" {fact.unit}")
        day = span_in(value.tested, order.language) if value.tested else ""
    return Entry(
        name,
        value=said(fact, value, order.dictionary, order.language),
        limit=limit,
        date=day,
        wants_limit=wants_limit,
        wants_date=is_test,
    )
