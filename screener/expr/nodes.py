"""The tree that owns the meaning: evaluator, interview, checklists and SQL are functions over it.

Nodes are frozen and compare by what they say, not by where they stand. Spans are (start, end) indices into the text
that was parsed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from screener.dates import Period

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from screener.interval import Relation

Span = tuple[int, int]
_NO_SPAN: Span = (0, 0)


class Anchor(Enum):
    """Named days of a trial. `screening` is the day of this screening; the others may have a planned date."""

    SCREENING = "screening"
    ENROLLMENT = "enrollment"
    LEUKAPHERESIS = "leukapheresis"
    LYMPHODEPLETION = "lymphodepletion"
    INFUSION = "infusion"


ANCHORS = frozenset(anchor.value for anchor in Anchor)


@dataclass(frozen=True, slots=True)
class Bound:
    """A day so many periods after an anchor (before it, if `offset` is negative)."""

    anchor: Anchor
    offset: int = 0
    period: Period = Period.DAYS


@dataclass(frozen=True, slots=True)
class Window:
    """From one day to another, both included; no end means up to any day."""

    start: Bound
    end: Bound | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Treatments of any of these classes, save those of the excepted ones, in the window."""

    classes: tuple[str, ...]
    excepting: tuple[str, ...] = ()
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Last:
    """The last day of the latest treatment selected."""

    selection: Selection


@dataclass(frozen=True, slots=True)
class First:
    """The last day of the earliest treatment selected."""

    selection: Selection


@dataclass(frozen=True, slots=True)
class OnDate:
    """The day that a date fact gives."""

    fact: str


@dataclass(frozen=True, slots=True)
class TestDate:
    """The day on which a result was measured."""

    fact: str


Point = Last | First | OnDate | TestDate


@dataclass(frozen=True, slots=True)
class HalfLives:
    """The longer (or shorter) of some days and some half-lives of the agent."""

    longer: bool
    days: int
    half_lives: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spanned:
    span: Span = field(default=_NO_SPAN, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Flag(_Spanned):
    """A yes-or-no fact that is yes."""

    fact: str


@dataclass(frozen=True, slots=True)
class Is(_Spanned):
    """A choice is this one, or a tumor type lies in this class."""

    fact: str
    term: str


@dataclass(frozen=True, slots=True)
class In(_Spanned):
    """A choice is one of these."""

    fact: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compare(_Spanned):
    """A number stands in this relation to another. `unit` is a unit, `ULN`, `LLN`, or None."""

    fact: str
    relation: Relation
    number: Fraction
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Received(_Spanned):
    """Some selected treatment was given."""

    selection: Selection


@dataclass(frozen=True, slots=True)
class Count(_Spanned):
    """The number of selected treatments stands in this relation to another."""

    selection: Selection
    relation: Relation
    number: int


@dataclass(frozen=True, slots=True)
class Elapsed(_Spanned):
    """So much time lies between a point and an anchor."""

    period: Period
    point: Point
    anchor: Anchor
    relation: Relation
    limit: int | HalfLives


Leaf = Flag | Is | In | Compare | Received | Count | Elapsed


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    item: Expression


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of them."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `count` of them."""

    count: int
    items: tuple[Expression, ...]


Expression = Leaf | Not | And | Or | AtLeast
TREATMENTS = "prior_therapies"  # the fact that selections read


def leaves(expression: Expression) -> Iterator[Leaf]:
    """Every leaf, in reading order."""
    match expression:
        case Not(item):
            yield from leaves(item)
        case And(items) | Or(items) | AtLeast(_, items):
            for item in items:
                yield from leaves(item)
        case _:
            yield expression


def facts_of(leaf: Leaf) -> tuple[str, ...]:
    """The facts that a leaf reads, anchors with a planned date among them."""
    match leaf:
        case Received(selection) | Count(selection):
            return (TREATMENTS, *_window_anchors(selection))
        case Elapsed(point=point, anchor=anchor):
            planned = () if anchor is Anchor.SCREENING else (anchor.value,)
            match point:
                case OnDate(fact) | TestDate(fact):
                    return (fact, *planned)
                case Last(selection) | First(selection):
                    return (TREATMENTS, *planned, *_window_anchors(selection))
        case _:
            return (leaf.fact,)


def _window_anchors(selection: Selection) -> tuple[str, ...]:
    if selection.window is None:
        return ()
    bounds = [bound for bound in (selection.window.start, selection.window.end) if bound]
    return tuple(bound.anchor.value for bound in bounds if bound.anchor is not Anchor.SCREENING)
