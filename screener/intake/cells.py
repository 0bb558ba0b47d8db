"""What a cell of an intake CSV means: the reader of answers does the reading, here is only what files have besides."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screener.dates import excel_day
from screener.errors import BadAnswer
from screener.model import FactType, Missing, MissingReason, word_key
from screener.patient import MISSING_WORDS, read_answer, split_result

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from screener.model import Dictionary, Fact, Value

_MISSING = {word_key(word): reason for word, reason in MISSING_WORDS.items()} | {
    "unknown": MissingReason.DONT_KNOW,
    "notknown": MissingReason.DONT_KNOW,
    "resultpending": MissingReason.PENDING,
}
_LONGEST_WORD = 20  # characters, of those that say that there is no value
_EITHER = {"na", "notapplicable", "notavailable", "nd"}
_BLANK = Missing(MissingReason.NOT_ASKED)
_BARE = re.compile(r"(?:<=|>=|<|>|=|≤|≥)?\s*[\d.,]*\d[\d.,]*")  # a number alone


def read_cell(
    fact: Fact, texts: Mapping[str, str], dictionary: Dictionary, as_of: date, units: Mapping[str, str] | None = None
) -> Value | Missing:
    """The value of a cell and the cells that go with it. Raises BadAnswer."""
    parts = cell_parts(fact, texts, units)
    return parts if isinstance(parts, Missing) else read_answer(fact, parts["value"], dictionary, as_of, parts)


def cell_parts(
    fact: Fact, texts: Mapping[str, str], units: Mapping[str, str] | None = None
) -> dict[str, str] | Missing:
    """What a cell and the cells that go with it say: `value`, and of a result `uln`, `lln` and `date`.

    `units` are those that the headers name for `value`, `uln` and `lln` where a cell writes none. A date may be the day
    number that Excel keeps. Raises BadAnswer for a word that may mean two things.
    """
    text = texts["value"].strip()
    if not text:
        return _BLANK
    if fact.type is FactType.QUANTITY:
        parts = _parts_of_result(text, texts, units or {})
    else:
        parts = {"value": day_text(text) if fact.type is FactType.DATE else text}
    value = parts["value"]
    if len(value) <= _LONGEST_WORD and not value[:1].isdigit():
        key = word_key(value)
        if key in _MISSING:
            return Missing(_MISSING[key])
        if key in _EITHER:
            reason = "this may mean that it does not apply or that it is not known"
            raise BadAnswer(reason, "leave it empty, or write which")
    return parts


def _parts_of_result(text: str, texts: Mapping[str, str], units: Mapping[str, str]) -> dict[str, str]:
    """The parts of a result, from the cell itself first, then from the cells beside it."""
    beside = {name: part.strip() for name, part in texts.items() if name != "value" and part.strip()}
    parts = beside | split_result(text)
    for name, unit in units.items():
        if name in parts and _BARE.fullmatch(parts[name]):
            parts[name] += f" {unit}"
    if "date" in parts:
        parts["date"] = day_text(parts["date"])
    return parts


def day_text(text: str) -> str:
    """A day number of Excel as a date; any other text as it is."""
    day = excel_day(text)
    return text if day is None else day.isoformat()
