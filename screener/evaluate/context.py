"""The patient as rules see them on a certain day: values given and derived, and the days of anchors."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from screener.dates import DateSpan, add
from screener.evaluate.derive import derived_choice, derived_number
from screener.expr import Anchor, Bound
from screener.model import Coded, Dictionary, Missing, MissingReason, Moment, Number, Patient, Treatment, Treatments

if TYPE_CHECKING:
    from datetime import date

Reading = tuple[Number, str]  # a number, and how it was derived; "" if given


@dataclass(frozen=True)
class Context:
    """One patient and one day of judging.

    `day` is the day of screening; looking ahead, a later one: anchors planned earlier are then put off to it, and
    ongoing treatments count as stopped on the day of screening.
    """

    patient: Patient
    dictionary: Dictionary
    day: date
    ahead: bool = False
    _numbers: dict[str, tuple[Reading, ...]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def today(cls, patient: Patient, dictionary: Dictionary) -> Context:
        """Judge on the patient's own day of screening."""
        return cls(patient, dictionary, patient.as_of)

    def on(self, day: date) -> Context:
        """Judge on a later day, all else staying as it is."""
        return replace(self, day=day, ahead=True)

    def anchor(self, anchor: Anchor) -> tuple[DateSpan, bool]:
        """The day of an anchor, and whether it is planned; without a plan, the day of judging."""
        planned = None if anchor is Anchor.SCREENING else self.patient.get(anchor.value)
        if not isinstance(planned, Moment) or planned.span is None:
            return DateSpan.on(self.day), False
        span = planned.span
        if self.ahead:
            first = max(span.first or self.day, self.day)
            return DateSpan(first, max(first, span.last) if span.last else None), True
        return span, True

    def bound(self, bound: Bound) -> DateSpan:
        """The day that lies so many periods from an anchor."""
        span, _ = self.anchor(bound.anchor)
        first = None if span.first is None else add(span.first, bound.offset, bound.period)
        last = None if span.last is None else add(span.last, bound.offset, bound.period)
        return DateSpan(first, last)

    def numbers(self, fact: str) -> tuple[Reading, ...]:
        """The readings of a number: as given, then as derived from other facts."""
        if fact not in self._numbers:
            given = self.patient.get(fact)
            derived = derived_number(fact, self.patient)
            readings = [(given, "")] if isinstance(given, Number) else []
            self._numbers[fact] = (*readings, derived) if derived else tuple(readings)
        return self._numbers[fact]

    def coded(self, fact: str) -> tuple[Coded | Missing, str]:
        """A choice as given, else as it follows from other facts.

        A "no" to a treatment that the list of treatments names is nobody's answer.
        """
        given = self.patient.get(fact)
        derived = derived_choice(fact, self.patient, self.dictionary)
        if derived and not isinstance(given, Coded):
            return derived
        if derived and isinstance(given, Coded) and given.options == {"no"}:
            return Missing(MissingReason.BAD_VALUE, f"answered no, but yes {derived[1]}"), ""
        if isinstance(given, Coded | Missing):
            return given, ""
        message = f"{fact} holds a {type(given).__name__}"
        raise TypeError(message)

    def treatments(self) -> tuple[Treatment, ...] | Missing:
        """All treatments, if the list was given."""
        given = self.patient.get("prior_therapies")
        if isinstance(given, Treatments):
            return given.items
        return given if isinstance(given, Missing) else ()

    def last_day(self, treatment: Treatment) -> DateSpan:
        """The last day of a treatment. Looking ahead, an ongoing one counts as stopped on the day of screening."""
        if treatment.ongoing and self.ahead:
            return DateSpan.on(self.patient.as_of)
        return treatment.last
