"""What is known of a criterion's facts, in the words of the language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.evaluate import sources_of
from screener.interval import decimal_text
from screener.model import Coded, FactType, Missing, Moment, Number, Residence, Treatments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screener.dates import DateSpan
    from screener.language import Language
    from screener.model import Criterion, Dictionary, Fact, Patient, Value


UNIT_WORDS = ("years", "months", "days", "hours", "miles")


def known_of(criterion: Criterion, patient: Patient, dictionary: Dictionary, language: Language) -> Iterator[str]:
    """Each fact that the criterion reads and that has an answer, as `Platelets: 90 10^9/L`; or what it derives from."""
    read: dict[str, Value] = {}
    for name in criterion.facts:
        given = {source: patient.get(source) for source in sources_of(name) if source in dictionary.facts}
        known = {source: value for source, value in given.items() if not isinstance(value, Missing)}
        read |= {name: known[name]} if name in known else known
    for name, value in read.items():
        yield _said(dictionary.facts[name], value, dictionary, language)


def known_fact(name: str, patient: Patient, dictionary: Dictionary, language: Language) -> Iterator[str]:
    """One fact as `known_of` says it, if it has an answer."""
    value = patient.get(name)
    if not isinstance(value, Missing):
        yield _said(dictionary.facts[name], value, dictionary, language)


def _said(fact: Fact, value: Value, dictionary: Dictionary, language: Language) -> str:
    return f"{language.text(fact.name, 'facts', fact.id, 'name')}: {_value(fact, value, dictionary, language)}"


def said(fact: Fact, value: Value, dictionary: Dictionary, language: Language) -> str:
    """A value alone, without its limits and its day."""
    return (
        _in_words(value.shown, fact, language)
        if isinstance(value, Number)
        else _value(fact, value, dictionary, language)
    )


def _value(fact: Fact, value: Value, dictionary: Dictionary, language: Language) -> str:
    word = language.word
    match value:
        case Number(shown=shown, uln=uln, tested=tested):
            limit = (
                f" ({word('upper limit of normal')} {decimal_text(uln.high)})" if uln and uln.high is not None else ""
            )
            return _in_words(shown, fact, language) + limit + (f", {span_in(tested, language)}" if tested else "")
        case Coded():
            return _coded(fact, value, dictionary, language)
        case Moment(span=None):
            return word("never")
        case Moment(span=span):
            return span_in(span, language) if span else word("never")
        case Residence(shown=shown):
            return shown
        case Treatments(items=()):
            return word("none")
        case Treatments(items=items):
            told = [
                f"{item.agent} ({word('still being given') if item.ongoing else span_in(item.last, language)})"
                for item in items
            ]
            return "; ".join(told)


def _in_words(shown: str, fact: Fact, language: Language) -> str:
    """A number in the words of the language: `70 to 90`, and units that are words, such as months."""
    shown = shown.replace(" to ", f" {language.word('to')} ")
    return shown.replace(fact.unit, language.word(fact.unit)) if fact.unit in UNIT_WORDS else shown


def _coded(fact: Fact, value: Coded, dictionary: Dictionary, language: Language) -> str:
    """A choice by its meaning; an answer more general than any choice as it was given."""
    if fact.type is FactType.BOOLEAN:
        return " / ".join(language.word(option) for option in sorted(value.options, reverse=True))
    if fact.type is FactType.CHOICE and len(value.options) == 1:
        meanings = {choice.id: choice.means for choice in dictionary.choices(fact)}
        [option] = value.options
        return language.text(meanings[option], "facts", fact.id, "choices", option)
    if fact.type is FactType.CHOICE:
        return language.text(value.shown, "facts", fact.id, "general", value.shown)
    return value.shown


def span_in(span: DateSpan, language: Language) -> str:
    """A day or a stretch of days."""
    word = language.word
    if span.first and span.last:
        if span.first == span.last:
            return span.first.isoformat()
        return word("{first} to {last}").format(first=span.first, last=span.last)
    if span.last:
        return word("{day} or earlier").format(day=span.last)
    return word("{day} or later").format(day=span.first) if span.first else word("day not known")
