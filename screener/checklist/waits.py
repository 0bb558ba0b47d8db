"""The washout worksheet: every wait with its arithmetic, and lines where something is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.checklist.sheet import Wait, WaitState
from screener.dates import Period
from screener.evaluate import Context, washouts
from screener.expr import Anchor
from screener.known import span_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from screener.checklist.order import Order
    from screener.dates import DateSpan
    from screener.evaluate import Washout
    from screener.model import CriterionResult, Patient

PERIODS = {
    Period.DAYS: ("{number} day", "{number} days"),
    Period.WEEKS: ("{number} week", "{number} weeks"),
    Period.MONTHS: ("{number} month", "{number} months"),
    Period.YEARS: ("{number} year", "{number} years"),
}


def waits_of(items: Sequence[CriterionResult], patient: Patient, order: Order) -> tuple[Wait, ...]:
    """The waits of all criteria, in their order."""
    context = Context.today(patient, order.dictionary)
    writer = _Writer(context, order)
    return tuple(writer.wait(found) for item in items for found in washouts(item.criterion, context))


class _Writer:
    def __init__(self, context: Context, order: Order) -> None:
        self.context = context
        self.order = order
        self.language = order.language
        self.word = order.language.word

    def wait(self, found: Washout) -> Wait:
        criterion = found.criterion
        anchor, _ = self.context.anchor(found.anchor)
        return Wait(
            criterion=criterion.id,
            rule=f"{self.order.text_of(criterion)} ({self._limit(found)})",
            what=self._what(found),
            last=self._last(found),
            anchor=self._anchor(found.anchor),
            arithmetic=self._arithmetic(found),
            earliest=self._earliest(found),
            state=self._state(found, anchor),
            first_day=found.last.first if found.last else None,
            last_day=found.last.last if found.last else None,
            over_day=found.over.last if found.over else None,
        )

    def _what(self, found: Washout) -> str:
        """What was given; else the kind of treatment, or the event, that is waited after."""
        if found.agent:
            return found.agent
        if found.fact:
            return self.language.text(self.context.dictionary.facts[found.fact].name, "facts", found.fact, "name")
        classes = self.context.dictionary.therapies.classes
        names = " / ".join(classes[name].name for name in found.classes)
        return f"{names}: {self.word('none given')}" if found.known else names

    def _last(self, found: Washout) -> str:
        if found.ongoing:
            return self.word("still being given")
        if found.last is not None:
            return span_in(found.last, self.language)
        return self.word("never") if found.known else ""

    def _limit(self, found: Washout) -> str:
        if isinstance(found.limit, int):
            one, many = PERIODS[found.period]
            return self.language.words(one, many, found.limit)
        text = self.word("the longer of {days} days and {half_lives} half-lives")
        if not found.limit.longer:
            text = self.word("the shorter of {days} days and {half_lives} half-lives")
        return text.format(days=found.limit.days, half_lives=found.limit.half_lives)

    def _anchor(self, anchor: Anchor) -> str:
        planned = anchor is not Anchor.SCREENING and self.context.anchor(anchor)[1]
        day = f", {span_in(self.context.anchor(anchor)[0], self.language)}" if planned else ""
        return f"{self.word(anchor.value)}{day}"

    def _arithmetic(self, found: Washout) -> str:
        if found.last is None or found.over is None or found.ongoing:
            return ""
        limit = self._limit(found)
        if not isinstance(found.limit, int) and found.last.last and found.over.last:
            days = (found.over.last - found.last.last).days - found.later
            limit = f"{self.language.words(*PERIODS[Period.DAYS], days)} ({limit})"
        if found.later:
            limit += f" + {self.language.words(*PERIODS[Period.DAYS], found.later)}"
        return f"{span_in(found.last, self.language)} + {limit} = {self._earliest(found)}"

    def _state(self, found: Washout, anchor: DateSpan) -> WaitState:
        """Whether the wait is over on every day on which the anchor may lie; one that has not begun is not."""
        if not found.known:
            return WaitState.BLANK
        if found.over is None:
            not_begun = found.fact and self.context.dictionary.facts[found.fact].never_began
            return WaitState.RUNNING if not_begun else WaitState.OVER
        if _before(found.over.last, anchor.first):
            return WaitState.OVER
        return WaitState.RUNNING if found.ongoing or _after(found.over.first, anchor.last) else WaitState.NOT_KNOWN

    def _earliest(self, found: Washout) -> str:
        return span_in(found.over, self.language) if found.over and not found.ongoing else ""


def _before(day: date | None, anchor: date | None) -> bool:
    return day is not None and anchor is not None and day <= anchor


def _after(day: date | None, anchor: date | None) -> bool:
    return day is not None and anchor is not None and day > anchor
