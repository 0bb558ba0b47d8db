"""Evaluate an expression: true, false or unknown, why, and which facts are missing for it.

Every reason names the value it rests on; the reasons kept are those that decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, assert_never

from screener.evaluate.finding import Finding
from screener.evaluate.time import count, elapsed, received
from screener.expr import (
    And,
    AtLeast,
    Compare,
    Count,
    Elapsed,
    Expression,
    Flag,
    In,
    Is,
    Not,
    Or,
    Received,
)
from screener.expr.show import exact_decimal
from screener.interval import Interval, Relation, decimal_text, interval_text
from screener.model import Missing, Number
from screener.model.derived import COMPUTED, INPUTS
from screener.truth import Truth, all_of, any_of, at_least

if TYPE_CHECKING:
    from screener.evaluate.context import Context

Combine = Callable[[Iterable[Truth]], Truth]
_IN_WORDS = {
    Relation.LT: "below",
    Relation.LE: "at most",
    Relation.GT: "above",
    Relation.GE: "at least",
    Relation.EQ: "equal to",
    Relation.NE: "other than",
}


def evaluate(expression: Expression, context: Context) -> Finding:
    """Give the truth of an expression for a patient, with its reasons."""
    match expression:
        case And(items):
            return _combined(all_of, [evaluate(item, context) for item in items])
        case Or(items):
            return _combined(any_of, [evaluate(item, context) for item in items])
        case AtLeast(number, items):
            return _combined(lambda truths: at_least(number, truths), [evaluate(item, context) for item in items])
        case Not(item):
            finding = evaluate(item, context)
            return Finding(~finding.truth, finding.reasons, finding.missing)
        case Flag(fact):
            return _coded(fact, frozenset({"yes"}), context)
        case Is(fact, term):
            return _coded(fact, _options(fact, (term,), context), context, _term_text(fact, (term,), context))
        case In(fact, terms):
            return _coded(fact, _options(fact, terms, context), context, _term_text(fact, terms, context))
        case Compare():
            return _compare(expression, context)
        case Received(selection):
            return received(selection, context)
        case Count():
            return count(expression, context)
        case Elapsed():
            return elapsed(expression, context)
        case _:
            assert_never(expression)


def _combined(combine: Combine, findings: list[Finding]) -> Finding:
    """Keep the reasons of the parts that decide, or of those that leave it open."""
    truth = combine(finding.truth for finding in findings)
    deciding = [finding for finding in findings if finding.truth is truth] or findings
    reasons = dict.fromkeys(reason for finding in deciding for reason in finding.reasons)
    missing = dict.fromkeys(fact for finding in deciding for fact in finding.missing)
    return Finding(truth, tuple(reasons), tuple(missing))


def _options(fact: str, terms: Iterable[str], context: Context) -> frozenset[str]:
    declared = context.dictionary.facts[fact]
    return frozenset().union(*(context.dictionary.options(declared, term) or () for term in terms))


def _term_text(fact: str, terms: tuple[str, ...], context: Context) -> str:
    names = context.dictionary.tumor_types.names if fact == "tumor_type" else {}
    return " or ".join(names.get(term, term.replace("_", " ")) for term in terms)


def _coded(fact: str, asked: frozenset[str], context: Context, asked_text: str = "") -> Finding:
    """An answer with all its possibilities inside what is asked is true, with none inside false."""
    name = context.dictionary.facts[fact].name
    value, derived = context.coded(fact)
    if isinstance(value, Missing):
        return Finding(Truth.UNKNOWN, (f"{name}: {value}",), _missing(fact, context))
    shown = value.shown.replace("_", " ")
    reason = f"{name}: {shown}" + (f" ({derived})" if derived else "")
    if value.options <= asked:
        return Finding(Truth.TRUE, (reason,))
    if not value.options & asked:
        return Finding(Truth.FALSE, (reason if not asked_text else f"{reason}, not {asked_text}",))
    return Finding(Truth.UNKNOWN, (f"{reason}: too general to tell whether it is {asked_text}",), (fact,))


def _compare(leaf: Compare, context: Context) -> Finding:
    """Judge the number as given, else as derived. Where the two decide oppositely, the given counts and it is said."""
    fact = context.dictionary.facts[leaf.fact]
    readings = context.numbers(leaf.fact)
    if not readings:
        value = context.patient.get(leaf.fact)
        reason = f"{fact.name}: {value}"
        return Finding(Truth.UNKNOWN, (reason,), _missing(leaf.fact, context))
    findings = [_compare_reading(leaf, number, derived, context) for number, derived in readings]
    first, *others = findings
    if first.truth is Truth.UNKNOWN:  # an answer too wide to decide does not undo what follows from another
        return next((other for other in others if other.truth is not Truth.UNKNOWN), first)
    against = [reason for other in others if other.truth is ~first.truth for reason in other.reasons]
    if not against:
        return first
    return Finding(first.truth, (*first.reasons, f"check: {'; '.join(against)}"), first.missing)


def _compare_reading(leaf: Compare, number: Number, derived: str, context: Context) -> Finding:
    fact = context.dictionary.facts[leaf.fact]
    shown = f"{fact.name} {derived} {number.shown}" if derived else f"{fact.name} {number.shown}"
    wanted = f"{_IN_WORDS[leaf.relation]} {exact_decimal(leaf.number)}"
    if leaf.unit in {"ULN", "LLN"}:
        limit = number.uln if leaf.unit == "ULN" else number.lln
        side = "upper" if leaf.unit == "ULN" else "lower"
        if limit is None:
            reason = f"{shown}: the {side} limit of normal ({leaf.unit}) printed with it is not given"
            return Finding(Truth.UNKNOWN, (reason,), (leaf.fact,))
        threshold = limit.scaled(leaf.number)
        wanted += f" x {leaf.unit} ({interval_text(threshold)} {fact.unit})"
    else:
        canonical = context.dictionary.canonical(fact, leaf.number, leaf.unit)
        threshold = Interval.point(canonical)
        if leaf.unit and leaf.unit != "ratio":
            wanted += f" {leaf.unit}"
            wanted += "" if leaf.unit == fact.unit else f" ({decimal_text(canonical)} {fact.unit})"
    truth = number.interval.compare(leaf.relation, threshold)
    match truth:
        case Truth.TRUE:
            return Finding(truth, (f"{shown} is {wanted}",))
        case Truth.FALSE:
            return Finding(truth, (f"{shown} is not {wanted}",))
        case Truth.UNKNOWN:
            return Finding(truth, (f"{shown} may or may not be {wanted}",), (leaf.fact,))


def _missing(fact: str, context: Context) -> tuple[str, ...]:
    """The fact, and the missing ones that it can be derived from, in the order in which to ask for them."""
    declared = [name for name in INPUTS.get(fact, ()) if name in context.dictionary.facts]
    inputs = [name for name in declared if isinstance(context.patient.get(name), Missing)]
    return (*inputs, fact) if fact in COMPUTED else (fact, *inputs)
