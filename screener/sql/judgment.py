"""How a criterion comes out, in SQL: on the day of screening, and the day from which time alone mends it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from screener.expr import And, AtLeast, Count, Elapsed, Leaf, Not, OnDate, Or, Received, TestDate
from screener.interval import Relation
from screener.model import Band, Rule
from screener.sql.days import TODAY, Judged
from screener.sql.logic import Timed, combine, missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from screener.expr import Expression
    from screener.model import Criterion
    from screener.sql.dialect import Dialect
    from screener.sql.layers import Layers
    from screener.sql.logic import Leaves

_NO_REAL_DAY = "DATE '4000-01-01'"  # later than any answer reaches: the wait has no known end
TRUE = "TRUE"
_NOTHING: Mapping[Leaf, str] = MappingProxyType({})


@dataclass(frozen=True)
class Truths:
    """Whether a criterion applies, and whether it is met if it does; NULL is unknown."""

    applies: str
    met: str

    @property
    def is_met(self) -> str:
        """A condition that is TRUE where it applies and is met."""
        return self._where_it_applies(self.met)

    @property
    def is_not_met(self) -> str:
        """A condition that is TRUE where it applies and is not met."""
        return self._where_it_applies(f"NOT {self.met}")

    def coded(self, met: int, not_met: int, unknown: int) -> str:
        """A number for how it comes out, 0 where it does not apply."""
        known = f"WHEN {self.met} IS NULL THEN {unknown} WHEN {self.met} THEN {met} ELSE {not_met} END"
        if self.applies == TRUE:
            return f"CASE {known}"
        return f"CASE WHEN {self.applies} IS NULL THEN {unknown} WHEN NOT {self.applies} THEN 0 {known}"

    def _where_it_applies(self, condition: str) -> str:
        return condition if self.applies == TRUE else f"({self.applies} AND {condition})"


@dataclass(frozen=True)
class Judgment:
    """How a criterion comes out. `mended` is a day, NULL unless it is not met and time alone mends it; empty where no
    time can. `missing` are the facts to ask for where it is unknown, each with the condition under which it is.
    """

    criterion: Criterion
    truths: Truths
    mended: str
    runs_out: bool
    improves: bool  # time alone never spoils it
    missing: tuple[tuple[str, str], ...]


class Judgments:
    """Judges criteria; those that say the same are judged once."""

    def __init__(self, leaves: Leaves, dialect: Dialect, layers: Layers) -> None:
        """Take the writer of leaves, and the layers to name things in."""
        self._leaves = leaves
        self._dialect = dialect
        self._layers = layers

    def of(self, criterion: Criterion) -> Judgment:
        """The judgment of a criterion that can be decided."""
        truths = Truths(
            TRUE if criterion.when is None else self._layers.criteria.name(self._truth(criterion.when, TODAY)),
            self._layers.criteria.name(self._met(criterion, TODAY)),
        )
        mended = ""
        if any(isinstance(leaf, Timed) for leaf in criterion.leaves):
            later = self._soon(criterion, truths) + f" ELSE {self._mended(criterion)} END"
            mended = self._layers.timed.name(f"CASE WHEN {truths.is_not_met} THEN {later} END")
        return Judgment(
            criterion, truths, mended, _runs_out(criterion), _improves(criterion), tuple(self._missing(criterion))
        )

    def later(self, criterion: Criterion, day: str) -> Truths:
        """The same on a later day."""
        judged = Judged(day, ahead=True)
        applies = TRUE if criterion.when is None else f"({self._truth(criterion.when, judged)})"
        return Truths(applies, f"({self._met(criterion, judged)})")

    def turning_days(self, criterion: Criterion) -> str:
        """A list of the days on which time alone may turn the criterion round."""
        leaves = [leaf for leaf in criterion.leaves if isinstance(leaf, Elapsed | Received | Count)]
        return self._dialect.joined([days for leaf in leaves for days in self._leaves.days.turning_days(leaf)])

    def days_after(self, days: str, day: str, condition: str) -> str:
        """Those of a list of days, each called `d`, that come after a day and for which the condition holds."""
        return self._dialect.those(days, "d", f"d > {day} AND d < {_NO_REAL_DAY} AND {condition}")

    def _soon(self, criterion: Criterion, truths: Truths) -> str:
        """The usual way out, for speed alone: one wait keeps the criterion from being met, and its end is known.

        As time goes by a wait turns once, on the day it is over or the day after it. If the criterion is met with the
        wait over, that is the first day on which it is.
        """
        timed = [leaf for leaf in criterion.leaves if isinstance(leaf, Timed)]
        over = self._leaves.days.over_at_last(timed[0]) if len(set(timed)) == 1 else None
        if over is None or isinstance(criterion.test, Band):
            return "CASE WHEN FALSE THEN NULL"
        outcome = over[1]
        day = self._layers.over.name(f"CASE WHEN {truths.is_not_met} THEN {over[0]} END")
        met = self._met(criterion, TODAY, {timed[0]: outcome})
        applies = "TRUE" if criterion.when is None else self._truth(criterion.when, TODAY, {timed[0]: outcome})
        return f"CASE WHEN {applies} AND {met} AND {day} > as_of AND {day} < {_NO_REAL_DAY} THEN {day}"

    def _mended(self, criterion: Criterion) -> str:
        """The first day on which it is surely met, else the first on which it is no longer surely not met."""
        days = self.turning_days(criterion)
        later = self.later(criterion, "d")
        passed = later.is_met if later.applies == TRUE else f"(NOT {later.applies} OR {later.is_met})"
        first = [
            self._dialect.least(self.days_after(days, "as_of", condition))
            for condition in (passed, f"COALESCE(NOT {later.is_not_met}, TRUE)")
        ]
        return f"COALESCE({first[0]}, {first[1]})"

    def _met(self, criterion: Criterion, judged: Judged, supposed: Mapping[Leaf, str] = _NOTHING) -> str:
        match criterion.test:
            case Rule(expression, exclude):
                truth = self._truth(expression, judged, supposed)
                return f"NOT {truth}" if exclude else truth
            case Band(fits, rarely):
                fails = "" if rarely is None else f" WHEN {self._truth(rarely, judged)} THEN FALSE"
                return f"CASE WHEN {self._truth(fits, judged)} THEN TRUE{fails} END"
            case None:
                raise TypeError(criterion.id)

    def _truth(self, expression: Expression, judged: Judged, supposed: Mapping[Leaf, str] = _NOTHING) -> str:
        return combine(expression, lambda leaf: supposed.get(leaf) or self._leaf(leaf, judged))

    def _leaf(self, leaf: Leaf, judged: Judged) -> str:
        """Looking ahead, only leaves that time moves are written anew."""
        if judged.ahead and isinstance(leaf, Timed):
            return f"({self._leaves.write(leaf, judged)})"
        return self._layers.leaves.name(self._leaves.write(leaf))

    def _missing(self, criterion: Criterion) -> Iterator[tuple[str, str]]:
        """The facts, each with the condition under which the criterion asks for it."""

        def today(leaf: Leaf) -> str:
            return self._leaf(leaf, TODAY)

        applies = None if criterion.when is None else self._truth(criterion.when, TODAY)
        for expression in criterion.expressions:
            is_when = expression is criterion.when
            for condition, leaf in missing(expression, today, self._layers.criteria.name):
                for further, fact in self._leaves.asked_for(leaf):
                    parts = [condition, further, *self._guards(criterion, expression, applies, is_when=is_when)]
                    yield fact, " AND ".join(part for part in parts if part)

    def _guards(self, criterion: Criterion, expression: Expression, applies: str | None, *, is_when: bool) -> list[str]:
        """Where an unknown part of the criterion does not leave it open."""
        if is_when or criterion.test is None:
            return []
        guards = [] if applies is None else [f"COALESCE({applies}, TRUE)"]
        if isinstance(criterion.test, Band):
            fits, rarely = criterion.test.fits, criterion.test.rarely
            met = self._met(criterion, TODAY)
            guards.append(f"({met}) IS NULL")
            if expression is rarely:
                guards.append(f"{self._truth(fits, TODAY)} IS NOT NULL")
        return guards


def _runs_out(criterion: Criterion) -> bool:
    """Whether time alone may turn the criterion for the worse."""
    return any(isinstance(leaf, Elapsed) and not isinstance(leaf.point, TestDate) for leaf in criterion.leaves) or any(
        isinstance(leaf, Received | Count) and leaf.selection.window for leaf in criterion.leaves
    )


def _improves(criterion: Criterion) -> bool:
    """Whether time alone never spoils it: every wait stands where its being over helps."""
    if not isinstance(criterion.test, Rule):
        return False
    of_when = [] if criterion.when is None else [leaf for leaf, _ in _signed(criterion.when, wanted=True)]
    signed = _signed(criterion.test.expression, wanted=not criterion.test.exclude)
    return not any(isinstance(leaf, Timed) for leaf in of_when) and all(
        not isinstance(leaf, Timed) or _helps(leaf, wanted=wanted) for leaf, wanted in signed
    )


def _helps(leaf: Timed, *, wanted: bool) -> bool:
    """Whether time can only turn the leaf to what is wanted."""
    if not isinstance(leaf, Elapsed):
        return leaf.selection.window is None
    windowed = not isinstance(leaf.point, OnDate | TestDate) and leaf.point.selection.window is not None
    return not windowed and (leaf.relation in {Relation.GE, Relation.GT}) is wanted


def _signed(expression: Expression, *, wanted: bool) -> Iterator[tuple[Leaf, bool]]:
    """Each leaf, and whether the expression wants it to hold."""
    match expression:
        case Not(item):
            yield from _signed(item, wanted=not wanted)
        case And(items) | Or(items) | AtLeast(_, items):
            for item in items:
                yield from _signed(item, wanted=wanted)
        case _:
            yield expression, wanted
