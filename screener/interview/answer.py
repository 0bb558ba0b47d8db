"""What was said to a question: an answer, as it was given, or a reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.model import FactType, MissingReason, TeachBack, Treatments
from screener.patient import read_answer, read_treatment, split_result

if TYPE_CHECKING:
    from datetime import date

    from screener.model import Dictionary, Value

# An answer as it was given: one text, or treatments field by field.
Raw = str | tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A fact was answered; `uln` and `tested` where they were asked for apart from the value."""

    fact: str
    raw: Raw
    uln: str = ""
    tested: str = ""
    teach_back: TeachBack | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """A fact was asked for and has no answer."""

    fact: str
    reason: MissingReason


Entry = Answer | Skip


def read(entry: Answer, dictionary: Dictionary, as_of: date) -> Value:
    """Give the value of an answer. Raises BadAnswer."""
    fact = dictionary.facts[entry.fact]
    if not isinstance(entry.raw, str):
        return Treatments(tuple(read_treatment(item, dictionary, as_of) for item in entry.raw))
    if fact.type is not FactType.QUANTITY:
        return read_answer(fact, entry.raw, dictionary, as_of)
    parts = parts_of(entry)
    return read_answer(fact, parts["value"], dictionary, as_of, parts)


def parts_of(entry: Answer) -> dict[str, str]:
    """A result in its parts: `value`, and `uln`, `lln`, `date` where they were given."""
    beside = {"uln": entry.uln, "date": entry.tested}
    return {name: text for name, text in beside.items() if text} | split_result(str(entry.raw))
