"""Check an expression against the dictionary: unknown facts, terms, classes, units; what cannot be compared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screener.dates import Period
from screener.errors import Problem
from screener.expr import (
    Compare,
    Count,
    Elapsed,
    Expression,
    ExpressionError,
    First,
    Flag,
    HalfLives,
    In,
    Is,
    Last,
    Leaf,
    OnDate,
    Received,
    Selection,
    TestDate,
    leaves,
    parse,
)
from screener.interval import Relation
from screener.model import Dictionary, Fact, FactType
from screener.source.fields import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screener.source import Reader, Scalar

_NUMERIC = {FactType.QUANTITY, FactType.SCALE}
_CODED = {FactType.CHOICE, FactType.BOOLEAN, FactType.TUMOR_TYPE}
_LIMITS = {"ULN", "LLN"}
_CENTURY = {Period.DAYS: 36_525, Period.WEEKS: 5_218, Period.MONTHS: 1_200, Period.YEARS: 100}
Fault = tuple[str, str, str]  # the word at fault, a message and a remedy


def compile_expression(reader: Reader, node: Scalar, dictionary: Dictionary) -> Expression | None:
    """Parse and check; faults go to the reader with their place in the file."""
    raw, begin = node.raw
    try:
        expression = parse(raw)
    except ExpressionError as error:
        place = node.text.place_at(begin + error.start, error.length)
        reader.problems.append(Problem(error.message, error.remedy, place))
        return None
    for leaf in leaves(expression):
        for word, message, remedy in _faults(leaf, dictionary):
            start, end = _located(word, raw[leaf.span[0] : leaf.span[1]])
            place = node.text.place_at(begin + leaf.span[0] + start, end - start)
            reader.problems.append(Problem(message, remedy, place))
    return expression


def _located(word: str, written: str) -> tuple[int, int]:
    """Where a word stands in a leaf; a unit written in another spelling is the last word."""
    found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", written) or re.search(r"\S+$", written)
    return found.span() if found else (0, len(written))


def _faults(leaf: Leaf, dictionary: Dictionary) -> Iterator[Fault]:
    match leaf:
        case Received(selection) | Count(selection):
            yield from _selection_faults(selection, dictionary)
        case Elapsed():
            yield from _elapsed_faults(leaf, dictionary)
        case Flag(name):
            yield from _typed(name, {FactType.BOOLEAN}, "is no yes-or-no fact", dictionary)
        case Is(name, term):
            yield from _term_faults(name, (term,), dictionary)
        case In(name, terms):
            yield from _term_faults(name, terms, dictionary)
        case Compare(name, _, _, unit):
            yield from _comparison_faults(name, unit, dictionary)


def _elapsed_faults(leaf: Elapsed, dictionary: Dictionary) -> Iterator[Fault]:
    match leaf.point:
        case Last(selection) | First(selection):
            yield from _selection_faults(selection, dictionary)
        case OnDate(name):
            yield from _typed(name, {FactType.DATE}, "gives no date", dictionary)
        case TestDate(name):
            yield from _typed(name, {FactType.QUANTITY}, "is no result with a date", dictionary)
    days = leaf.limit.days if isinstance(leaf.limit, HalfLives) else leaf.limit
    if days > _CENTURY[leaf.period]:
        yield str(days), "this is longer than a century", "check the number and the period"
    waits = leaf.relation in {Relation.GE, Relation.GT}
    if isinstance(leaf.limit, HalfLives) and not (
        isinstance(leaf.point, Last) and leaf.period is Period.DAYS and waits
    ):
        yield "half", "half-lives are compared with `days from last(…) to … >=` only", "write it so"


def _typed(name: str, types: set[FactType], otherwise: str, dictionary: Dictionary) -> Iterator[Fault]:
    fact = dictionary.facts.get(name)
    if fact is None:
        yield name, f"there is no fact `{name}`", nearest(name, dictionary.facts)
    elif fact.type not in types:
        yield name, f"`{name}` {otherwise}: it is a {fact.type.value}", _usage(fact)


def _usage(fact: Fact) -> str:
    match fact.type:
        case FactType.QUANTITY | FactType.SCALE:
            return f"compare it: `{fact.id} >= 1{' ' + fact.unit if fact.unit else ''}`"
        case FactType.BOOLEAN:
            return f"write `{fact.id}` or `not {fact.id}`"
        case FactType.CHOICE | FactType.TUMOR_TYPE:
            return f"write `{fact.id} is …` or `{fact.id} in {{…}}`"
        case FactType.DATE:
            return f"write `days from {fact.id} to enrollment >= 28`"
        case FactType.PLACE:
            return "rules do not read where somebody lives; `distance_to_site` is a number"
        case FactType.THERAPIES:
            return "write `any(…)`, `count(…)` or `days from last(…) to …`"


def _term_faults(name: str, terms: tuple[str, ...], dictionary: Dictionary) -> Iterator[Fault]:
    yield from _typed(name, _CODED, "has no choices", dictionary)
    fact = dictionary.facts.get(name)
    if fact is None or fact.type not in _CODED:
        return
    for term in terms:
        if dictionary.options(fact, term) is None:
            if fact.type is FactType.TUMOR_TYPE:
                yield term, f"`{term}` is no tumor type", "use a code of OncoTree or of tumor_types.yaml"
            else:
                words = [choice.id for choice in dictionary.choices(fact)] + [word for word, _ in fact.general]
                yield term, f"`{term}` is no choice of `{name}`", nearest(term, words)


def _comparison_faults(name: str, unit: str | None, dictionary: Dictionary) -> Iterator[Fault]:
    yield from _typed(name, _NUMERIC, "is no number", dictionary)
    fact = dictionary.facts.get(name)
    if fact is None or fact.type not in _NUMERIC:
        return
    if unit in _LIMITS:
        if not fact.has_limits:
            yield name, f"`{name}` has no limits of normal", "compare it with a number, or set `limits: true`"
    elif unit is not None and fact.per_canonical(unit) is None:
        units = ", ".join(unit for unit, _ in fact.units) or "none"
        yield unit, f"`{name}` does not come in {unit}", f"units of this fact: {units}"
    elif unit is None and len(fact.units) > 1:
        yield name, f"`{name}` comes in several units", f"write one: {', '.join(unit for unit, _ in fact.units)}"


def _selection_faults(selection: Selection, dictionary: Dictionary) -> Iterator[Fault]:
    for bound in (selection.window.start, selection.window.end) if selection.window else ():
        if bound and abs(bound.offset) > _CENTURY[bound.period]:
            yield str(abs(bound.offset)), "this is longer than a century", "check the number and the period"
    classes = dictionary.therapies.classes
    for name in (*selection.classes, *selection.excepting):
        if name not in classes:
            yield name, f"`{name}` is no therapy class", nearest(name, classes)
