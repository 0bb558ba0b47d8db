"""What a hand-out says, whatever it is written as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.known import known_fact, known_of
from screener.model import Outcome, Verdict
from screener.model.landscape import Landscape
from screener.obstacles import obstacles
from screener.render.handout.paths import Ahead, ahead
from screener.travel import CRITERION as TRAVEL
from screener.travel import LIMIT, site_text
from screener.words import (
    DISCLAIMER,
    NOT_REVIEWED,
    cautions,
    criterion_text,
    day_in,
    fact_name,
    meaning_in,
    ranked,
    rules_text,
    score_text,
    status_in,
    status_text,
    verdict_in,
    who_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from screener.language import Language
    from screener.model import CriterionResult, Dictionary, Fact, Patient, Talk, Trial, TrialResult

_REGISTRY = "https://clinicaltrials.gov/study/"
_NO_LANDSCAPE = Landscape()


@dataclass(frozen=True, slots=True)
class Reason:
    """A requirement in plain words, what is known of it, and how long to wait."""

    criterion: str
    text: str
    known: tuple[str, ...] = ()
    wait: str = ""


@dataclass(frozen=True, slots=True)
class TrialPart:
    """One trial: its verdict in words, why, and where it is."""

    id: str
    title: str
    verdict: Verdict
    said: str
    day: str
    meaning: str
    status_short: str
    status: str
    places: tuple[str, ...]
    link: str
    rules: str
    score: str
    cautions: tuple[str, ...]
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    manual: tuple[Reason, ...]
    criteria: tuple[tuple[Reason, str], ...] = ()  # all of them, each with its outcome in words


@dataclass(frozen=True, slots=True)
class Supply:
    """Who can supply what is missing: the name of each fact, where it is found, and for how many trials it counts."""

    who: str
    items: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A trial that one or two facts stand in the way of."""

    trial: str
    title: str
    reasons: tuple[Reason, ...]
    advice: str


@dataclass(frozen=True, slots=True)
class HandOut:
    """The whole hand-out; texts only, nothing of them is markup."""

    language: Language
    patient: str
    as_of: str
    disclaimer: str
    translation: str
    trials: tuple[TrialPart, ...]
    supplies: tuple[Supply, ...]
    near: tuple[NearMiss, ...]
    questions: tuple[str, ...]
    teach_back: tuple[str, ...]
    ahead: Ahead


def hand_out(
    patient: Patient,
    results: Sequence[TrialResult],
    dictionary: Dictionary,
    talk: Talk,
    language: Language,
    *,
    landscape: Landscape = _NO_LANDSCAPE,
    explain: bool = False,
) -> HandOut:
    """Put the hand-out together. Profiles, which are no study, stand in it only where nothing else was asked for."""
    studies = [result for result in results if not result.trial.is_profile] or list(results)
    writer = _Writer(patient, dictionary, language)
    open_ones = [result for result in studies if result.verdict is not Verdict.NO_MATCH]
    missing = [fact for result in open_ones for fact in result.missing_facts]
    return HandOut(
        language=language,
        patient=patient.id,
        as_of=patient.as_of.isoformat(),
        disclaimer=language.word(DISCLAIMER),
        translation="" if language.is_reviewed else language.word(NOT_REVIEWED),
        trials=tuple(writer.trial(result, explain=explain) for result in ranked(studies)),
        supplies=writer.supplies(missing),
        near=writer.near_misses(ranked(studies)),
        questions=tuple(
            language.text(question.ask, "questions", question.id, "ask")
            for question in talk.questions
            if not question.unknown or set(question.unknown) & set(missing)
        ),
        teach_back=writer.teach_back(talk),
        ahead=ahead(patient, landscape, dictionary, language),
    )


class _Writer:
    def __init__(self, patient: Patient, dictionary: Dictionary, language: Language) -> None:
        self.patient = patient
        self.dictionary = dictionary
        self.language = language

    def name(self, fact: Fact) -> str:
        return fact_name(fact, self.language)

    def trial(self, result: TrialResult, *, explain: bool) -> TrialPart:
        trial, word = result.trial, self.language.word
        shown = [item for item in result.criteria if item.outcome is Outcome.NOT_MET]
        if result.verdict is Verdict.NO_MATCH:
            shown = [item for item in shown if not item.time_bound]
        manual = [item.criterion for item in result.criteria if item.outcome is Outcome.MANUAL]
        return TrialPart(
            id=trial.id,
            title=self.language.text(trial.title, trial.id, "title"),
            verdict=result.verdict,
            said=verdict_in(result, self.language),
            day=day_in(result, self.language),
            meaning=meaning_in(result, self.language),
            status_short=status_in(trial, self.language),
            status=status_text(trial, self.language),
            places=tuple(self._places(result)),
            link="" if trial.is_profile else f"{_REGISTRY}{trial.id}",
            rules=rules_text(trial, self.language),
            score=score_text(result.total.score, self.language),
            cautions=tuple(cautions(result, self.language)),
            reasons=tuple(self._reason(trial, item) for item in shown),
            missing=tuple(self.name(self.dictionary.facts[fact]) for fact in result.missing_facts),
            manual=tuple(Reason(c.id, criterion_text(trial, c, self.language)) for c in manual),
            criteria=tuple(
                (self._reason(trial, item), word(item.outcome.value)) for item in (result.criteria if explain else ())
            ),
        )

    def _places(self, result: TrialResult) -> Iterator[str]:
        """The nearest site, where the patient's place is known, then those that the rule file names."""
        if result.travel and result.travel.nearest:
            yield site_text(result.travel.nearest, self.language)
        yield from _place(result.trial)

    def _reason(self, trial: Trial, item: CriterionResult) -> Reason:
        wait = ""
        if item.met_from and item.time_bound:
            wait = self.language.word("over on {day}, if nothing new is given").format(day=item.met_from)
        known = known_of(item.criterion, self.patient, self.dictionary, self.language)
        if item.criterion is TRAVEL:
            known = known_fact(LIMIT, self.patient, self.dictionary, self.language)
        return Reason(item.criterion.id, criterion_text(trial, item.criterion, self.language), tuple(known), wait)

    def supplies(self, missing: Sequence[str]) -> tuple[Supply, ...]:
        """What is missing, under the one who can supply it soonest: the first named in the dictionary."""
        groups: dict[str, list[Fact]] = {}
        for name, fact in self.dictionary.facts.items():
            if name in missing:
                groups.setdefault(fact.who[0].value, []).append(fact)
        return tuple(
            Supply(
                who_text(facts[0].who[:1], self.language),
                tuple(
                    (self.name(f), self.language.text(f.where, "facts", f.id, "where"), missing.count(f.id))
                    for f in facts
                ),
            )
            for facts in groups.values()
        )

    def near_misses(self, results: Sequence[TrialResult]) -> tuple[NearMiss, ...]:
        """Trials ruled out by one or two facts: first those where what is wrong may change."""
        found = []
        for result in results:
            standing = None if result.trial.is_profile else obstacles(result, self.patient, self.dictionary)
            if standing:
                fixed = sum(not fact.recoverable for fact in standing.facts)
                found.append((fixed, len(standing.facts), result, standing.failing))
        found.sort(key=lambda entry: entry[:2])
        return tuple(
            NearMiss(
                result.trial.id,
                self.language.text(result.trial.title, result.trial.id, "title"),
                tuple(self._reason(result.trial, item) for item in failing),
                self._advice(fixed, count),
            )
            for fixed, count, result, failing in found
        )

    def _advice(self, fixed: int, count: int) -> str:
        word = self.language.word
        if not fixed:
            return word(
                "This may change: ask the team whether it can be treated, repeated or arranged, and screen again."
            )
        if fixed < count:
            return word(
                "A part of this may change, a part will not: ask the trial team before giving up, and before traveling."
            )
        return word("This is not expected to change. Ask the trial team if the answer itself is in doubt.")

    def teach_back(self, talk: Talk) -> tuple[str, ...]:
        held = self.patient.teach_back
        if held is None:
            return ()
        word = self.language.word
        understood = sum(point.understood for point in held.retold)
        lines = [
            word("Teach-back held by {initials}: {understood} of {points} points understood.").format(
                initials=held.initials, understood=understood, points=len(held.retold)
            )
        ]
        says = {point.id: self.language.text(point.say, "points", point.id, "say") for point in talk.teach_back}
        again = [says.get(point.point, point.point) for point in held.retold if not point.understood]
        return (*lines, *(f"{word('To go over again')}: {text}" for text in again))


def _place(trial: Trial) -> list[str]:
    return [
        ", ".join(part for part in (site.name, site.city, site.state, site.country) if part) for site in trial.sites
    ]
