"""The state of an interview is the list of what was answered; everything else follows from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from screener.evaluate import screen_trial
from screener.interview.order import next_fact
from screener.model import (
    Dictionary,
    Fact,
    FactType,
    Missing,
    MissingReason,
    Outcome,
    Patient,
    Treatments,
    Trial,
    TrialResult,
    Value,
    Verdict,
)
from screener.patient import read_answer, read_treatment, split_result

if TYPE_CHECKING:
    from datetime import date

# An answer as it was given: one text, or treatments field by field.
Raw = str | tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A fact was answered; `uln` is given where it was asked for apart from the value."""

    fact: str
    raw: Raw
    uln: str = ""


@dataclass(frozen=True, slots=True)
class Skip:
    """A fact was asked for and has no answer."""

    fact: str
    reason: MissingReason


Entry = Answer | Skip


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask next: a fact, whether its upper limit of normal matters, and how many facts could still matter."""

    fact: Fact
    wants_uln: bool
    remaining: int


@dataclass(frozen=True)
class Interview:
    """An interview at some point. Every step gives a new one."""

    dictionary: Dictionary
    trials: tuple[Trial, ...]
    as_of: date
    patient_id: str = ""
    entries: tuple[Entry, ...] = ()
    passed: frozenset[str] = frozenset()  # asked of a script that has no answer: still not asked of anyone

    @cached_property
    def patient(self) -> Patient:
        """The patient as known so far."""
        facts: dict[str, Value | Missing] = {}
        for entry in self.entries:
            facts[entry.fact] = Missing(entry.reason) if isinstance(entry, Skip) else self._read(entry)
        return Patient(self.patient_id, self.as_of, facts)

    @cached_property
    def results(self) -> tuple[TrialResult, ...]:
        """What screening says so far."""
        return tuple(screen_trial(trial, self.patient, self.dictionary) for trial in self.trials)

    @cached_property
    def question(self) -> Question | None:
        """The next question; None when no answer could change anything for the trials still open.

        Of each undecided criterion of a trial not yet ruled out, only the first missing fact is a candidate: rules name
        first what makes the rest matter, so nobody is asked about a hepatitis treatment before hepatitis.
        """
        done = self.patient.facts.keys() | self.passed
        still_open = [result for result in self.results if result.verdict is not Verdict.NO_MATCH]
        undecided = [item for result in still_open for item in result.criteria if item.outcome is Outcome.UNKNOWN]
        missing = [[fact for fact in item.missing if fact not in done] for item in undecided]
        fact = next_fact({facts[0] for facts in missing if facts}, self.dictionary)
        remaining = len({fact for facts in missing for fact in facts})
        return Question(fact, fact.id in self._facts_with_uln, remaining) if fact else None

    def answer(self, fact: Fact, raw: Raw, uln: str = "") -> Interview:
        """Take an answer. Raises BadAnswer if it cannot be read; then nothing has changed."""
        entry = Answer(fact.id, raw, uln)
        self._read(entry)
        return replace(self, entries=(*self.entries, entry))

    def skip(self, fact: Fact, reason: MissingReason) -> Interview:
        """Take note that there is no answer, and why."""
        return replace(self, entries=(*self.entries, Skip(fact.id, reason)))

    def pass_over(self, fact: Fact) -> Interview:
        """Go on without asking; the fact stays not asked."""
        return replace(self, passed=self.passed | {fact.id})

    def back(self) -> Interview:
        """Take the last entry back; at the beginning there is none."""
        return replace(self, entries=self.entries[:-1])

    @cached_property
    def _facts_with_uln(self) -> frozenset[str]:
        return frozenset().union(*(trial.facts_with_uln for trial in self.trials))

    def _read(self, entry: Answer) -> Value:
        fact = self.dictionary.facts[entry.fact]
        if not isinstance(entry.raw, str):
            return Treatments(tuple(read_treatment(item, self.dictionary, self.as_of) for item in entry.raw))
        if fact.type is not FactType.QUANTITY:
            return read_answer(fact, entry.raw, self.dictionary, self.as_of)
        parts = split_result(entry.raw) | ({"uln": entry.uln} if entry.uln else {})
        return read_answer(fact, parts["value"], self.dictionary, self.as_of, parts)
