"""Several results of one report in one line: `platelets 180; hemoglobin 11.2 g/dL`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screener.model import Dictionary, Fact


def split_results(line: str, asked: Fact, beside: Sequence[Fact], dictionary: Dictionary) -> list[tuple[Fact, str]]:
    """Give each fact of the panel that the line names, with its value; a first part without a name is what was asked.

    Raises BadAnswer for a part that names none of them.
    """
    found: list[tuple[Fact, str]] = []
    for part in (part.strip() for part in line.split(";")):
        if not part:
            continue
        named = _named(part, beside, dictionary)
        if named is None and found:
            raise BadAnswer("a part of this line names no result of the report", "write a name and its value, then ;")
        fact, value = named or (asked, part)
        if fact in (other for other, _ in found):
            raise BadAnswer("{fact} stands twice in this line", "keep one of the two", fact=fact.name)
        found.append((fact, value))
    return found


def _named(part: str, beside: Sequence[Fact], dictionary: Dictionary) -> tuple[Fact, str] | None:
    """The fact whose name the part begins with, the longest name first."""
    words = part.split()
    for size in range(len(words) - 1, 0, -1):
        fact = dictionary.find(" ".join(words[:size]))
        if fact is not None and fact in beside:
            return fact, " ".join(words[size:])
    return None
