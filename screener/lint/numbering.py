"""Whether the ids stand in order and agree with the places that they are named after."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from screener.lint.finding import Check, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screener.model import Criterion, Trial

_ID = re.compile(r"(?P<list>INC|EXC)-(?P<item>.+)")
_SECTIONS = {"INC": "inclusion", "EXC": "exclusion"}
_PART = re.compile(r"(?P<kind>[a-z]*)(?P<number>\d*)(?P<letter>[a-z]*)(?P<again>/\d+)?", re.IGNORECASE)


def numbering_findings(trial: Trial) -> Iterator[Finding]:
    """Ids out of order, and ids that do not agree with their sources; the ids of a profile are free."""
    if trial.is_profile:
        return
    for earlier, later in pairwise(trial.criteria):
        if _descends(earlier.id, later.id):
            yield Check.OUT_OF_ORDER.at(f"{trial.id} {later.id}", f"stands after {earlier.id}")
    for criterion in trial.criteria:
        yield from _against_source(trial, criterion)


def _descends(earlier: str, later: str) -> bool:
    """Whether the second id surely belongs before the first; ids of another form belong anywhere."""
    first, second = _ID.fullmatch(earlier), _ID.fullmatch(later)
    if not first or not second:
        return False
    if first["list"] != second["list"]:
        return second["list"] == "INC"
    return _item_descends(first["item"].split("."), second["item"].split("."))


def _item_descends(earlier: list[str], later: list[str]) -> bool:
    """Compare part by part, as far as their order is certain.

    Notes, footnotes and numbers printed a second time stand anywhere in a text, so `2/2` and `3` have no order; nor
    have `7a`, which may be a piece of 7, and `7.1`.
    """
    for index, (one, other) in enumerate(zip(earlier, later, strict=False)):
        if one == other:
            continue
        first, second = _PART.fullmatch(one), _PART.fullmatch(other)
        if not first or not second or (first["kind"], first["again"]) != (second["kind"], second["again"]):
            return False
        if first["number"] != second["number"]:
            return bool(first["number"] and second["number"]) and int(first["number"]) > int(second["number"])
        ends = index + 1 == len(earlier) and index + 1 == len(later)
        if not ends and not (first["letter"] and second["letter"]):
            return False
        return first["letter"].lower() > second["letter"].lower()
    return len(earlier) > len(later)


def _against_source(trial: Trial, criterion: Criterion) -> Iterator[Finding]:
    named = _ID.fullmatch(criterion.id)
    if not named:
        return
    section, item = criterion.source.places[0]
    where = f"{trial.id} {criterion.id}"
    if section != _SECTIONS[named["list"]]:
        yield Check.ID_AGAINST_SOURCE.at(where, f"the id says {_SECTIONS[named['list']]}, its source {section}")
        return
    of_id, of_item = re.match(r"\d+", named["item"]), re.match(r"\d+", item)
    if of_id and of_item and int(of_id[0]) != int(of_item[0]):
        yield Check.ID_AGAINST_SOURCE.at(where, f"the first place it cites is {section} {item}")
