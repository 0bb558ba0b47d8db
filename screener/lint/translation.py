"""Whether every text that people read stands in each language as the English now says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.language import fingerprint
from screener.lint.finding import Check, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from screener.language import Path, Texts
    from screener.model import Dictionary, Talk, Trial

Translatable = tuple["Path", str]


def lint_translation(code: str, texts: Texts, english: Iterable[Translatable]) -> Iterator[Finding]:
    """Check one language against the English; a trial that has no text at all is one finding."""
    sources = dict(english)
    translated = {path[0] for path in texts.texts}
    missing_files: dict[str, None] = {}
    for path, text in sources.items():
        place = f"{code} {' '.join(path)}"
        source, _ = texts.texts.get(path, ("", ""))
        if not source and path[0] not in translated:
            missing_files[path[0]] = None
        elif not source:
            yield Check.NOT_TRANSLATED.at(place, f"there is no translation; the fingerprint is {fingerprint(text)}")
        elif source != fingerprint(text):
            yield Check.STALE_TRANSLATION.at(place, f"the English has changed; its fingerprint is {fingerprint(text)}")
    for name in missing_files:
        yield Check.NOT_TRANSLATED.at(f"{code} {name}", "nothing of it is translated")
    known = {path[0] for path in sources}
    for path in texts.texts:
        if path not in sources and path[0] in known:
            yield Check.IDLE_TRANSLATION.at(f"{code} {' '.join(path)}", "there is no such text in English")


def texts_of_trial(trial: Trial) -> Iterator[Translatable]:
    """Every text of a rule file that an interview or a hand-out shows."""
    yield (trial.id, "title"), trial.title
    if trial.registry:
        yield (trial.id, "status_source"), trial.registry.status_source
    for cohort in trial.cohorts:
        yield (trial.id, "cohorts", cohort.id), cohort.title
    for criterion in trial.criteria:
        yield (trial.id, "criteria", criterion.id, "text"), criterion.text
        if criterion.manual:
            yield (trial.id, "criteria", criterion.id, "manual"), criterion.manual


def texts_of_dictionary(dictionary: Dictionary) -> Iterator[Translatable]:
    """Every text of facts.yaml that an interview or a hand-out shows."""
    for panel in dictionary.panels:
        yield ("panels", panel.id), panel.name
    for fact in dictionary.facts.values():
        for part in ("name", "question", "why", "where"):
            yield ("facts", fact.id, part), getattr(fact, part)
        for choice in fact.choices:
            yield ("facts", fact.id, "choices", choice.id), choice.means
        for word, _ in fact.general:
            yield ("facts", fact.id, "general", word), word


def texts_of_talk(talk: Talk) -> Iterator[Translatable]:
    """Every text of the teach-back and of the questions for the oncology team."""
    for point in talk.teach_back:
        for part in ("say", "ask", "listen_for"):
            yield ("points", point.id, part), getattr(point, part)
    for question in talk.questions:
        yield ("questions", question.id, "ask"), question.ask
