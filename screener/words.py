"""What every output says: the disclaimer and the short texts shared by all formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.interval import decimal_text
from screener.language import Language
from screener.model import Outcome, Verdict
from screener.travel import CRITERION as TRAVEL

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from screener.model import Criterion, Fact, Score, Trial, TrialResult, Who

DISCLAIMER = (
    "Pre-screening aid only. It does not say that a patient is eligible: the trial team decides, on the current "
    "protocol and the medical record. These treatments are investigational."
)
NOT_REVIEWED = "This translation has not been reviewed yet by a clinician who speaks the language; the English counts."
_ENGLISH = Language()


def ranked(results: Iterable[TrialResult]) -> list[TrialResult]:
    """Best verdict first, inside it the higher score. Studies that took no new patients when last seen come after all
    others, and profiles, which are no study, at the end.
    """
    order = list(Verdict)

    def rank(result: TrialResult) -> tuple[bool, bool, int, Fraction | int, str]:
        score = result.total.score.value if result.total.score else 0
        trial = result.trial
        return trial.is_profile, trial.takes_no_patients, order.index(result.verdict), -score, trial.id

    return sorted(results, key=rank)


def score_text(score: Score | None, language: Language = _ENGLISH) -> str:
    """The score as `93 (93 to 97)`: value, then low and high."""
    if score is None:
        return language.word("no score")
    between = language.word("{first} to {last}")
    ends = between.format(first=decimal_text(score.low, 0), last=decimal_text(score.high, 0))
    return f"{decimal_text(score.value, 0)} ({ends})"


def fact_name(fact: Fact, language: Language) -> str:
    """The name of a fact."""
    return language.text(fact.name, "facts", fact.id, "name")


def criterion_text(trial: Trial, criterion: Criterion, language: Language) -> str:
    """A criterion in words."""
    if criterion is TRAVEL:
        return language.word(criterion.text)
    return language.text(criterion.text, trial.id, "criteria", criterion.id, "text")


def status_in(trial: Trial, language: Language) -> str:
    """The study's status as last seen, with its date."""
    registry = trial.registry
    if registry is None:
        return language.word("general factors of no one study")
    status = language.word(registry.status.replace("_", " "))
    return language.word("{status} as of {day}").format(status=status, day=registry.status_as_of)


def status_text(trial: Trial, language: Language = _ENGLISH) -> str:
    """The study's status as last seen, with its date and source."""
    short = status_in(trial, language)
    if trial.registry is None:
        return short
    return f"{short} ({language.text(trial.registry.status_source, trial.id, 'status_source')})"


def rules_text(trial: Trial, language: Language = _ENGLISH) -> str:
    """Which rules judged: the version of the file, and the record that it was written from."""
    version = trial.file_sha256[:12]
    if trial.registry is None:
        return version
    text = language.word("rule file {version}, written from the registry record of {day}")
    if trial.unruled:
        text = language.word("no rule file; record of {day}, fingerprint {version}")
    return text.format(version=version, day=trial.registry.as_of)


def cautions(result: TrialResult, language: Language = _ENGLISH) -> list[str]:
    """What a reader of the verdict must know first."""
    trial = result.trial
    found = []
    if trial.takes_no_patients:
        found.append(language.word("This study took no new patients when its status was last seen."))
    if trial.unruled and trial.registry:
        few = (
            "No rules exist here for this study: only age, sex and conditions of the registry record of {day} were "
            "looked at."
        )
        found.append(language.word(few).format(day=trial.registry.as_of))
    if trial.registry and trial.registry.abbreviated:
        single = (
            "What is public leaves numbers to the protocol: {number} criterion is for the trial team, and the verdict "
            "speaks of the others only."
        )
        several = (
            "What is public leaves numbers to the protocol: {number} criteria are for the trial team, and the verdict "
            "speaks of the others only."
        )
        found.append(language.words(single, several, result.total.counts[Outcome.MANUAL]))
    return found


def who_text(who: Iterable[Who], language: Language) -> str:
    """Who can answer, as `patient, chart`."""
    return ", ".join(language.word(person.value.replace("_", " ")) for person in who)


def counts_text(result: TrialResult) -> str:
    """How many criteria have each outcome, those that occur."""
    counts = result.total.counts
    return ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in Outcome if counts[outcome])


def verdict_in(result: TrialResult, language: Language = _ENGLISH) -> str:
    """The verdict in a language, with the first day of a `not yet`."""
    verdict, day = language.word(result.verdict.value), day_in(result, language)
    return f"{verdict} ({day})" if day else verdict


def day_in(result: TrialResult, language: Language) -> str:
    """The first day of a `not yet`, where there is one."""
    return language.word("not before {day}").format(day=result.eligible_from) if result.eligible_from else ""


def meaning_in(result: TrialResult, language: Language) -> str:
    """What the verdict means, in a sentence."""
    word = language.word
    missing = len(result.missing_facts)
    match result.verdict:
        case Verdict.MATCH:
            return word("Nothing that a program can check stands against this trial. The trial team judges the rest.")
        case Verdict.UNDECIDED if result.trial.unruled:
            return word(
                "Nothing in these few fields of the record rules this study out: its eligibility text is for you and "
                "the study team to read."
            )
        case Verdict.UNDECIDED if not missing:
            return word("Nothing that is known rules this out; what is known lies where trials differ.")
        case Verdict.UNDECIDED:
            one = "Nothing that is known rules this trial out, but {number} answer is missing or too inexact."
            many = "Nothing that is known rules this trial out, but {number} answers are missing or too inexact."
            return language.words(one, many, missing)
        case Verdict.NOT_YET if result.eligible_from:
            text = word("Only time stands in the way. Nothing else that is known rules this trial out from {day} on.")
            return text.format(day=result.eligible_from)
        case Verdict.NOT_YET:
            return word(
                "Only time stands in the way, but no day was found on which nothing else has run out meanwhile."
            )
        case Verdict.NO_MATCH:
            return word("By its public rules this trial does not fit now.")
