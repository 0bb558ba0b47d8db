"""Days and treatments in SQL: washouts, windows and counts over the list of treatments.

A selection is known by the ends of its days: `last(...) >= n` holds when the latest last day of all that may be
selected is n days before the anchor, and fails when the latest of those that surely are is not. So one pass over the
list serves every rule about the same selection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.expr import Anchor, Count, Elapsed, First, HalfLives, Last, OnDate, Received, TestDate
from screener.expr.nodes import TREATMENTS
from screener.interval import Relation
from screener.sql.compare import Span, compare
from screener.sql.dialect import FAR_OFF, LONG_AGO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from screener.expr import Bound, Selection, Window
    from screener.sql.columns import Columns
    from screener.sql.dialect import Dialect

_AT_LEAST = {Relation.GE, Relation.GT}
_MONTH_END_SLACK = 4


@dataclass(frozen=True)
class Judged:
    """The day of judging: that of the row, or, looking ahead, a later one."""

    sql: str = "as_of"
    ahead: bool = False


TODAY = Judged()


@dataclass(frozen=True)
class Days:
    """Writes what rules say of days and treatments. `share` names what several rules use."""

    columns: Columns
    dialect: Dialect
    share: Callable[[str], str]

    def anchor(self, anchor: Anchor, judged: Judged) -> Span:
        """The day of an anchor; looking ahead, a plan that has passed is put off to the day of judging."""
        if anchor is Anchor.SCREENING or not self.columns.reads(anchor.value):
            return judged.sql, judged.sql
        first, last = (f"COALESCE({anchor.value}_{end}, {judged.sql})" for end in ("first", "last"))
        return (
            (f"GREATEST({first}, {judged.sql})", f"GREATEST({last}, {judged.sql})") if judged.ahead else (first, last)
        )

    def bound(self, bound: Bound, judged: Judged) -> Span:
        """The day so many periods from an anchor."""
        first, last = self.anchor(bound.anchor, judged)
        return self.dialect.add(first, bound.offset, bound.period), self.dialect.add(last, bound.offset, bound.period)

    # ------------------------------------------------------------ leaves

    def received(self, leaf: Received, judged: Judged) -> str:
        """Whether some selected treatment was given."""
        sure, possible = self._counts(leaf.selection, judged)
        return f"CASE WHEN {sure} > 0 THEN TRUE WHEN {possible} = 0 THEN FALSE END"

    def count(self, leaf: Count, judged: Judged) -> str:
        """Whether so many selected treatments were given."""
        number = str(leaf.number)
        return compare(leaf.relation, self._counts(leaf.selection, judged), (number, number))

    def elapsed(self, leaf: Elapsed, judged: Judged) -> str:
        """Whether enough time lies between a point and an anchor."""
        anchor = self.anchor(leaf.anchor, judged)
        match leaf.point:
            case OnDate(fact):
                never_began = self.columns.dictionary.facts[fact].never_began
                never = "TRUE" if (leaf.relation in _AT_LEAST) is not never_began else "FALSE"
                told = compare(leaf.relation, anchor, self._over_date(fact, leaf))
                return f"CASE WHEN {fact}_never THEN {never} ELSE {told} END"
            case TestDate(fact):
                return compare(leaf.relation, anchor, self._over_date(f"{fact}_tested", leaf))
            case Last(selection) | First(selection):
                return self._over_treatments(leaf, selection, anchor, judged)

    def _over_date(self, name: str, leaf: Elapsed) -> Span:
        """The day on which the limit has run since a date."""
        if isinstance(leaf.limit, HalfLives):  # the rules' compiler refuses it
            raise TypeError(name)
        first, last = (self.dialect.add(f"{name}_{end}", leaf.limit, leaf.period) for end in ("first", "last"))
        return first, last

    def _over_treatments(self, leaf: Elapsed, selection: Selection, anchor: Span, judged: Judged) -> str:
        """After the last treatment selected every one has waited so long, after the first some have.

        What is not selected for sure can only keep the answer open, so each end of the day on which the wait is over
        looks at those that surely are selected, or at all that may be.
        """
        first, last = self._over_item(leaf, judged)
        sure, possible = self._members(selection, judged)
        if isinstance(leaf.point, Last):
            most, none, ends = self.dialect.greatest, LONG_AGO, ((sure, first), (possible, last))
        else:
            most, none, ends = self.dialect.least, FAR_OFF, ((possible, first), (sure, last))
        over = [
            self._plus(
                f"COALESCE({self._shared(judged, most(self._of_members(*end)))}, {self.dialect.day(none)})", leaf
            )
            for end in ends
        ]
        return f"CASE WHEN {TREATMENTS} IS NOT NULL THEN {compare(leaf.relation, anchor, (over[0], over[1]))} END"

    def _of_members(self, member: str, item: str) -> str:
        return self.dialect.every(TREATMENTS, "x", f"CASE WHEN {member} THEN {item} END")

    def _plus(self, day: str, leaf: Elapsed) -> str:
        """The limit is added to the latest day, not to each; with half-lives each treatment has its own."""
        return day if isinstance(leaf.limit, HalfLives) else self.dialect.add(day, leaf.limit, leaf.period)

    def _over_item(self, leaf: Elapsed, judged: Judged) -> Span:
        """First and last day of a treatment; with half-lives, the first and last day on which the limit has run."""
        first, last = self._last_days(judged)
        if not isinstance(leaf.limit, HalfLives):
            return first, last
        low, high = (self.dialect.field("x", f"lives_{leaf.limit.half_lives}_{end}") for end in ("low", "high"))
        which, days = ("GREATEST" if leaf.limit.longer else "LEAST"), leaf.limit.days
        fewest = self.dialect.add_days(first, f"{which}({days}, {low})")
        without = self.dialect.day(FAR_OFF) if leaf.limit.longer else self.dialect.add_days(last, str(days))
        most = self.dialect.add_days(last, f"{which}({days}, {high})")
        return fewest, f"CASE WHEN {high} IS NULL THEN {without} ELSE {most} END"

    def over_at_last(self, leaf: Elapsed | Received | Count) -> tuple[str, str] | None:
        """The first day on which the wait is surely over, as far as it is known, and what the leaf then is; None for
        what is no wait after a date or after the last treatment.
        """
        if not isinstance(leaf, Elapsed):
            return None
        match leaf.point:
            case OnDate(fact):
                over = self._over_date(fact, leaf)[1]
            case TestDate(fact):
                over = self._over_date(f"{fact}_tested", leaf)[1]
            case Last(selection) if selection.window is None:
                ahead = Judged("as_of", ahead=True)
                _, possible = self._members(selection, ahead)
                over = self._plus(
                    self.dialect.greatest(self._of_members(possible, self._over_item(leaf, ahead)[1])), leaf
                )
            case _:
                return None
        longer = leaf.relation in {Relation.GT, Relation.LE}
        return self.dialect.add_days(over, "1") if longer else over, "TRUE" if leaf.relation in _AT_LEAST else "FALSE"

    # ------------------------------------------------------------ selections

    def _last_days(self, judged: Judged) -> Span:
        """The last day of a treatment; looking ahead, an ongoing one stopped on the day of screening."""
        first, last = self.dialect.field("x", "first_day"), self.dialect.field("x", "last_day")
        if not judged.ahead:
            return first, last
        ongoing = self.dialect.field("x", "ongoing")
        return f"CASE WHEN {ongoing} THEN as_of ELSE {first} END", f"CASE WHEN {ongoing} THEN as_of ELSE {last} END"

    def _members(self, selection: Selection, judged: Judged) -> tuple[str, str]:
        """Whether a treatment surely is selected, and whether it may be."""
        surely, maybe = self.dialect.field("x", "surely"), self.dialect.field("x", "maybe")
        chosen, excepted = self.columns.bits(selection.classes), self.columns.bits(selection.excepting)
        sure, possible = self.dialect.has_bit(surely, chosen), self.dialect.has_bit(maybe, chosen)
        if excepted:
            sure += f" AND NOT {self.dialect.has_bit(maybe, excepted)}"
            possible += f" AND NOT {self.dialect.has_bit(surely, excepted)}"
        if selection.window:
            within = self._in_window(selection.window, judged)
            return f"({sure} AND COALESCE({within}, FALSE))", f"({possible} AND COALESCE({within}, TRUE))"
        return f"({sure})", f"({possible})"

    def _in_window(self, window: Window, judged: Judged) -> str:
        """Whether some day of a treatment lies in the window."""
        last = self._last_days(judged)
        truth = f"({compare(Relation.GE, last, self.bound(window.start, judged))})"
        if window.end is None:
            return truth
        start = [self.dialect.field("x", f"start_{end}") for end in ("first", "last")]
        begin = (f"COALESCE({start[0]}, {last[0]})", f"COALESCE({start[1]}, {last[1]})")
        return f"({truth} AND ({compare(Relation.LE, begin, self.bound(window.end, judged))}))"

    def _counts(self, selection: Selection, judged: Judged) -> tuple[str, str]:
        """How many treatments surely are selected, and how many may be."""
        sure, possible = (
            self._shared(
                judged,
                f"CASE WHEN {TREATMENTS} IS NOT NULL THEN "
                f"{self.dialect.size(self.dialect.those(TREATMENTS, 'x', member))} END",
            )
            for member in self._members(selection, judged)
        )
        return sure, possible

    def _shared(self, judged: Judged, sql: str) -> str:
        """What does not depend on a later day is computed once for all rules."""
        return sql if judged.ahead else self.share(sql)

    def surely_received(self, therapy_class: str) -> str:
        """Whether the list names a treatment that surely is of this class."""
        member = self.dialect.has_bit(self.dialect.field("x", "surely"), self.columns.bits((therapy_class,)))
        return self.share(f"{self.dialect.size(self.dialect.those(TREATMENTS, 'x', member))} > 0")

    # ------------------------------------------------------------ turning days

    def turning_days(self, leaf: Elapsed | Received | Count) -> Iterator[str]:
        """Lists of days on which time alone may turn the leaf round; NULL and days that nobody can reach among them."""
        ahead = Judged("as_of", ahead=True)
        match leaf:
            case Received() | Count():
                pass
            case Elapsed(point=OnDate(fact)):
                yield self._and_next(self._over_date(fact, leaf)[1])
            case Elapsed(point=TestDate(fact)):
                yield self._and_next(self._over_date(f"{fact}_tested", leaf)[1])
            case Elapsed():
                over = self._plus(self._over_item(leaf, ahead)[1], leaf)
                yield self.dialect.flat(self.dialect.every(TREATMENTS, "x", self._and_next(over)))
        match leaf:
            case Elapsed(point=Last(selection) | First(selection)) | Received(selection) | Count(selection):
                if selection.window:
                    yield from self._window_days(selection.window, ahead)
            case _:
                pass

    def _and_next(self, day: str) -> str:
        return self.dialect.listed((day, self.dialect.add_days(day, "1")))

    def _window_days(self, window: Window, ahead: Judged) -> Iterator[str]:
        """Months end early where the day does not exist, so some days after the reckoned one may be the day."""
        starts = [self.dialect.field("x", f"start_{end}") for end in ("first", "last")]
        for bound in (window.start, window.end):
            if bound:
                for end in (*starts, *self._last_days(ahead)):
                    reckoned = self.dialect.add(end, -bound.offset, bound.period)
                    later = [self.dialect.add_days(reckoned, str(slack)) for slack in range(_MONTH_END_SLACK + 1)]
                    yield self.dialect.flat(self.dialect.every(TREATMENTS, "x", self.dialect.listed(later)))
