"""The state of an interview is the list of what was answered; everything else follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from screener.evaluate import screen_trial
from screener.interview.agenda import Agenda, Course, Standing, course
from screener.interview.answer import Answer, Entry, Skip, read
from screener.interview.order import worth
from screener.model import (
    Criterion,
    Dictionary,
    Fact,
    Missing,
    MissingReason,
    Panel,
    Patient,
    Residence,
    Travel,
    Trial,
    TrialResult,
    Value,
    Verdict,
)
from screener.travel import CRITERION, FACTS, HOME, LIMIT, travel, with_travel

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from screener.interview.answer import Raw
    from screener.model import TeachBack

_BEST_FIRST = list(Verdict)


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask next.

    `panel` holds the facts found in the same place that could still matter, this one first among those not yet asked;
    `begins` says that the panel is new. `remaining` counts the facts that could still matter, this one among them.
    """

    fact: Fact
    remaining: int
    panel: Panel | None = None
    beside: tuple[Fact, ...] = ()
    begins: bool = True


@dataclass(frozen=True)
class Interview:
    """An interview at some point. Every step gives a new one."""

    agenda: Agenda
    patient_id: str = ""
    entries: tuple[Entry, ...] = ()
    passed: frozenset[str] = frozenset()  # asked of a script that has no answer: still not asked of anyone
    thorough: bool = False  # asks for all that is unknown, even if no verdict hangs on it
    _before: tuple[Interview, str] | None = field(default=None, compare=False, repr=False)

    @property
    def dictionary(self) -> Dictionary:
        """The data dictionary."""
        return self.agenda.dictionary

    @property
    def trials(self) -> tuple[Trial, ...]:
        """The trials asked for, profiles among them."""
        return self.agenda.trials

    @property
    def as_of(self) -> date:
        """The day of screening."""
        return self.agenda.as_of

    @cached_property
    def patient(self) -> Patient:
        """The patient as known so far."""
        held = [entry.teach_back for entry in self.entries if isinstance(entry, Answer) and entry.teach_back]
        return Patient(self.patient_id, self.as_of, self._facts, teach_back=held[-1] if held else None)

    @cached_property
    def _facts(self) -> Mapping[str, Value | Missing]:
        if self._before:
            before, fact = self._before
            more = {fact: self._value(self.entries[-1])} if len(self.entries) > len(before.entries) else {}
            return {**before.patient.facts, **more}
        return {entry.fact: self._value(entry) for entry in self.entries}

    @cached_property
    def results(self) -> tuple[TrialResult, ...]:
        """What screening says so far."""
        return tuple(
            screen_trial(trial, self.patient, self.dictionary, self._travels.get(trial.id)) for trial in self.trials
        )

    @cached_property
    def _travels(self) -> dict[str, Travel | None]:
        """What the patient's place means for each trial; nothing where neither place nor limit was spoken of."""
        if not self.patient.facts.keys() & set(FACTS):
            return {}
        centers = self.agenda.centers
        return {trial.id: travel(trial, self.patient, centers.get(trial.id)) for trial in self.trials}

    @cached_property
    def _done(self) -> frozenset[str]:
        return self.passed | self.patient.facts.keys()

    @cached_property
    def standings(self) -> list[Standing]:
        """Where each criterion stands. After an answer only those that it touches are looked at again."""
        if self._before is None:
            return self.agenda.standings(self.patient, self._done)
        before, fact = self._before
        touched = self.agenda.touched.get(fact, ())
        standings = list(before.standings)
        for number, standing in zip(touched, self.agenda.standings(self.patient, self._done, touched), strict=True):
            standings[number] = standing
        return standings

    @cached_property
    def _courses(self) -> tuple[Course, ...]:
        return tuple(course(arm, self.standings) for arm in self.agenda.arms)

    @cached_property
    def _open(self) -> tuple[Course, ...]:
        """Where an answer could still change a verdict.

        A cohort that stands behind another which is a match for sure cannot. A profile raises no questions where
        trials are asked for: what they need answers most of it.
        """
        asked = [item for item in self._courses if self.thorough or self._drives(item)]
        if self.thorough:
            return tuple(Course(item.arm, item.verdict, self._unsettled(item)) for item in asked)
        sure: dict[str, int] = {}
        for item in asked:
            if not item.open:
                rank = _BEST_FIRST.index(item.verdict)
                sure[item.arm.trial.id] = min(rank, sure.get(item.arm.trial.id, rank))
        worst = len(_BEST_FIRST)
        return tuple(
            item for item in asked if item.open and _BEST_FIRST.index(item.best) < sure.get(item.arm.trial.id, worst)
        )

    def _drives(self, item: Course) -> bool:
        return not item.arm.trial.is_profile or all(trial.is_profile for trial in self.trials)

    def _unsettled(self, item: Course) -> tuple[int, ...]:
        return tuple(number for number in item.arm.criteria if self.standings[number].asks)

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """The verdict of each trial so far, as `results` have it, without their reasons."""
        verdicts: dict[str, Verdict] = {}
        for item in self._courses:
            best = verdicts.get(item.arm.trial.id, item.verdict)
            verdicts[item.arm.trial.id] = min(best, item.verdict, key=_BEST_FIRST.index)
        return {name: with_travel(verdict, self._travels.get(name)) for name, verdict in verdicts.items()}

    @property
    def _trips(self) -> tuple[Trial, ...]:
        """The trials that are still possible and whose sites are known: how far they are is asked for last."""
        verdicts = self.verdicts
        return tuple(
            trial
            for trial in self.trials
            if self._sites_are_known(trial) and verdicts[trial.id] is not Verdict.NO_MATCH
        )

    def _sites_are_known(self, trial: Trial) -> bool:
        centers = self.agenda.centers.get(trial.id)
        return bool(centers and centers.are_all and centers.sites)

    def _of_travel(self) -> Question | None:
        """Where the patient lives, then how far they would travel: the limit is of no use without the place."""
        if not self._trips:
            return None
        home = isinstance(self.patient.get(HOME), Residence)
        asked = [HOME, LIMIT] if home or HOME not in self._done else []
        left = [name for name in asked if name in self.dictionary.facts and name not in self._done]
        return Question(self.dictionary.facts[left[0]], len(left)) if left else None

    @property
    def open_trials(self) -> int:
        """How many trials an answer could still change."""
        return len({item.arm.trial.id for item in self._open} or self._trips)

    @cached_property
    def candidates(self) -> dict[str, float]:
        """The facts that could come next, each with what its answer is worth."""
        return worth(self._open, self.standings, self.dictionary)

    @cached_property
    def question(self) -> Question | None:
        """The next question; None when no answer could change a verdict.

        Of each criterion only the first missing fact is a candidate: rules name first what makes the rest matter, so
        nobody is asked about a hepatitis treatment before hepatitis. What stands on the same report as the last answer
        comes next.
        """
        values = self.candidates
        if not values:
            return self._of_travel()
        at_hand = self.dictionary.panel_of(self.entries[-1].fact) if self.entries else None
        begins = at_hand is None or not any(fact in values for fact in at_hand.facts)
        best = max((fact for fact in self.dictionary.facts if fact in values), key=values.__getitem__)
        panel = self.dictionary.panel_of(best) if begins else at_hand
        names = [fact for fact in panel.facts if fact in values] if panel else [best]
        facts = tuple(self.dictionary.facts[name] for name in names)
        remaining = {fact for item in self._open for number in item.open for fact in self.standings[number].asks}
        return Question(facts[0], len(remaining), panel, facts if panel else (), begins)

    def needs(self, fact: Fact) -> list[tuple[Trial, Criterion]]:
        """The criteria that wait for a fact, of trials that its answer could still change."""
        if fact.id in FACTS:
            return [(trial, CRITERION) for trial in self._trips]
        waiting = {
            number: item.arm.trial
            for item in self._open
            for number in item.open
            if fact.id in self.standings[number].asks
        }
        return [(trial, self.agenda.criteria[number]) for number, trial in waiting.items()]

    def still_needed(self, trial: Trial) -> list[Fact]:
        """The facts that a trial still waits for, in the order of facts.yaml."""
        courses = [item for item in self._open if item.arm.trial == trial]
        facts = {fact for item in courses for number in item.open for fact in self.standings[number].asks}
        return [fact for name, fact in self.dictionary.facts.items() if name in facts]

    def wants_uln(self, fact: Fact) -> bool:
        """Whether a trial compares the fact with its limit of normal."""
        return fact.id in self._facts_with_uln

    def thoroughly(self) -> Interview:
        """The same interview, asking also for what no verdict hangs on."""
        return replace(self, thorough=True, _before=None)

    def afresh(self) -> Interview:
        """The same interview, without the memory of how it came about."""
        return replace(self, _before=None)

    def answer(
        self, fact: Fact, raw: Raw, *, uln: str = "", tested: str = "", teach_back: TeachBack | None = None
    ) -> Interview:
        """Take an answer. Raises BadAnswer if it cannot be read; then nothing has changed."""
        entry = Answer(fact.id, raw, uln, tested, teach_back)
        read(entry, self.dictionary, self.as_of)
        return self._with(entry)

    def skip(self, fact: Fact, reason: MissingReason) -> Interview:
        """Take note that there is no answer, and why."""
        return self._with(Skip(fact.id, reason))

    def _with(self, entry: Entry) -> Interview:
        return replace(self, entries=(*self.entries, entry), _before=(self, entry.fact))

    def pass_over(self, fact: Fact) -> Interview:
        """Go on without asking; the fact stays not asked."""
        return replace(self, passed=self.passed | {fact.id}, _before=(self, fact.id))

    def back(self) -> Interview:
        """Take the last entry back; at the beginning there is none."""
        return replace(self, entries=self.entries[:-1], _before=None)

    @cached_property
    def _facts_with_uln(self) -> frozenset[str]:
        return frozenset().union(*(trial.facts_with_uln for trial in self.trials))

    def _value(self, entry: Entry) -> Value | Missing:
        return Missing(entry.reason) if isinstance(entry, Skip) else read(entry, self.dictionary, self.as_of)
