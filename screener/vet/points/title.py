"""What the trial is called: as the page has it, and as the record has it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screener.places.folding import folded
from screener.truth import Truth
from screener.vet.account import Point
from screener.vet.points.target import is_target

if TYPE_CHECKING:
    from screener.registry.study import Study
    from screener.vet.about import About

_ACRONYM = r"[A-Z]{4,20}(?:-[A-Z]{2,20}){0,2}(?:-[0-9]{1,3})?"
_CALLED = re.compile(
    r"\b(?:[Tt]rial|[Ss]tudy|NCT ?[0-9]{8})[),]? (?:[a-z0-9/ ]{1,30}[, ] ?)?(?:is )?(?:also )?"
    rf"(?:called|known as|named) [\"']?(?P<name>{_ACRONYM})\b"
)
_BESIDE = re.compile(
    rf"(?<![\w-])(?P<name>{_ACRONYM}) (?:trial|study),? ?[(\[]?NCT"
    rf"|NCT[0-9]{{8}},? \((?:the )?(?P<other>{_ACRONYM})(?: trial| study)?\)"
)
_TITLED = re.compile(
    r"(?i:\b(?:titled|entitled|official title:|brief title:|title:)) [\"'](?P<name>[^\"\n]{20,300})[\"']"
)
_EMPTY = frozenset(
    [
        *(
            "a",
            "an",
            "and",
            "the",
            "of",
            "in",
            "on",
            "for",
            "with",
            "to",
            "or",
            "by",
            "at",
            "from",
            "that",
            "who",
            "have",
        ),
        *("study", "trial", "phase", "1", "2", "3", "i", "ii", "iii", "clinical", "safety", "efficacy", "evaluate"),
        *("evaluation", "patients", "participants", "subjects", "adults", "people", "cells", "cell", "therapy", "car"),
        *("treatment", "t", "advanced", "using"),
    ]
)
_SHARED = 0.5
_PLAIN = 4  # letters of capitals that may be an abbreviation of anything


def title_point(about: About, study: Study) -> Point | None:
    """Whether page and record call the trial the same; None where the page calls it nothing that can be compared."""
    record = study.acronym or study.brief_title or study.official_title
    texts = [study.acronym, study.brief_title, study.official_title]
    if not record:
        return None
    every = [
        *texts,
        *study.conditions,
        *(alias for _, alias in study.other_ids),
        study.summary,
        study.description,
        *study.keywords,
        *study.arms,
    ]
    every += [text for item in study.interventions for text in (item.name, *item.other_names, item.description)]
    known = folded(" ".join(every))
    for pattern in (_CALLED, _BESIDE) if study.acronym else ():
        for match in about.matches(pattern):
            group = match.lastgroup or ""
            name = match[group]
            distinct = "-" in name or len(name) > _PLAIN
            if distinct and not is_target(name) and f" {folded(name)} " not in f" {known} ":
                return Point("title", Truth.FALSE, name, record, about.quote(match.start(group), match.end(group)))
    for match in about.matches(_TITLED):
        words, theirs = _words(match["name"]), _words(" ".join(every))
        quote = about.quote(match.start("name"), match.end("name"))
        if len(words) >= 3 and not words & theirs:  # noqa: PLR2004 - fewer words say too little
            return Point("title", Truth.FALSE, match["name"], study.brief_title or record, quote)
        if words and len(words & _words(" ".join(texts))) >= _SHARED * len(words):
            return Point("title", Truth.TRUE, match["name"], study.brief_title or record, quote)
    return _acronym(about, study)


def _acronym(about: About, study: Study) -> Point | None:
    """The acronym, where the page has it."""
    if not study.acronym:
        return None
    pattern = re.compile(rf"(?<![\w-]){re.escape(study.acronym)}(?![\w-])")
    for match in about.matches(pattern):
        return Point("title", Truth.TRUE, match[0], study.acronym, about.quote(match.start(), match.end()))
    return None


def _words(text: str) -> set[str]:
    return set(folded(text).split()) - _EMPTY
