"""Comparisons in SQL of what is known as an interval, and whether a number is one of many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.interval import Relation

if TYPE_CHECKING:
    from collections.abc import Iterable

Span = tuple[str, str]  # SQL of the least and the greatest that something may be


def compare(relation: Relation, left: Span, right: Span) -> str:
    """Whether the relation surely holds, surely fails, or neither (NULL), for two intervals."""
    (low, high), (other_low, other_high) = left, right
    match relation:
        case Relation.GE:
            true, false = f"{low} >= {other_high}", f"{high} < {other_low}"
        case Relation.GT:
            true, false = f"{low} > {other_high}", f"{high} <= {other_low}"
        case Relation.LE:
            true, false = f"{high} <= {other_low}", f"{low} > {other_high}"
        case Relation.LT:
            true, false = f"{high} < {other_low}", f"{low} >= {other_high}"
        case Relation.EQ | Relation.NE:
            true = f"{low} = {other_high} AND {high} = {other_low}"
            false = f"{high} < {other_low} OR {low} > {other_high}"
    if relation is Relation.NE:
        true, false = false, true
    return f"CASE WHEN {true} THEN TRUE WHEN {false} THEN FALSE END"


def among(name: str, places: Iterable[int]) -> str:
    """Whether a number is one of these, as a few ranges."""
    ranges: list[list[int]] = []
    for place in sorted(places):
        if ranges and place == ranges[-1][1] + 1:
            ranges[-1][1] = place
        else:
            ranges.append([place, place])
    tests = [f"{name} = {low}" if low == high else f"{name} BETWEEN {low} AND {high}" for low, high in ranges]
    return f"({' OR '.join(tests)})" if tests else "FALSE"
