# ruff: noqa: RUF001 - names of hospitals have every kind of apostrophe
"""The trust signals that no phrase alone can tell: a small function each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screener.vet.matching import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from screener.model import TumorTypes
    from screener.vet.context import Said

Place = tuple[int, int]  # characters of the page, from and to

_LONGEST_NAME = 6  # words of a tumor's name
_CANCER_WORD = re.compile(r"cancers?|carcinomas?|tumou?rs?|\w{3,}omas?|leuk\w+|mesotheliom\w*")
_ANY_CANCER = {"SOLID", "HEMATOLOGIC"}
_DATE = re.compile(
    r"(?i)\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?,?\s+(?:\d{1,2}(?:st|nd|rd|th)?,?\s+)?20\d\d"
    r"|\b(?:spring|summer|autumn|fall|winter)(?: of)? 20\d\d\b"
    r"|\b20\d\d-\d\d(?:-\d\d)?\b|\b\d{1,2}[/.]\d{1,2}[/.]20\d\d\b"
)
_BEGAN = re.compile(r"(?i)\b(?:since|from|began|started|opened|in)\s*$")
_HOUSE = (
    "Hospital|Clinic|Clinics|Center|Centre|Institute|University|Infirmary|Klinikum|Universitätsklinikum|Kettering|"
    "MD Anderson|Mayo|Moffitt|College|School of Medicine|Fred Hutch|Dana-Farber"
)
_FACILITY = re.compile(
    rf"\bSt\.? [A-Z][\w'’]{{2,30}}|\b(?:[A-Z][\w'’.-]{{0,30}} ){{0,5}}(?:{_HOUSE})\b"
    r"(?: (?:of|for|at) [A-Z][\w-]{0,30}(?: [A-Z][\w-]{0,30}){0,3}| [A-Z][\w-]{0,30})?"
)
_NO_PLACE = re.compile(
    r"National Cancer Institute|Cancer Research Institute|Institutes of Health|Society|Network|Foundation|Guidelines|"
    r"^(?:The |A |Our |Your )?(?:Hospital|Clinic|Center|Centre|Institute|University|College)s?$"
)


def targets(all_said: Iterable[Said], text: str) -> list[Place]:
    """Names of what the cells look for. Short ones count as they are written: eGFR is a value of the kidneys."""
    found = []
    for said in all_said:
        for label in said.labels("target:"):
            for span in said.spans(label):
                word = text[span.start : span.end]
                if len(word) > 8 or (word[0].isupper() and word != "eGFR"):  # noqa: PLR2004 - acronyms are shorter
                    found.append((span.start, span.end))
    return found


def tumor_codes(said: Said, types: TumorTypes) -> list[tuple[Span, frozenset[str]]]:
    """The tumors that a sentence names, by the dictionary; codes are empty for what it does not know."""
    words = said.sentence.words
    found: list[tuple[Span, frozenset[str]]] = [
        (span, types.find("".join(word.key for word in words[span.first : span.last]))) for span in said.spans("organs")
    ]
    for at, word in enumerate(words):
        if not _CANCER_WORD.fullmatch(word.key):
            continue
        for first in range(max(0, at - _LONGEST_NAME), at + 1):
            name = "".join(one.key for one in words[first : at + 1])
            codes = types.find(name) or types.find(name.removesuffix("s"))
            if codes:
                found.append((Span(first, at + 1, words[first].start, word.end), codes))
                break
    return found


def tumor_types(all_said: Iterable[Said], types: TumorTypes) -> list[Place]:
    """Names of kinds of cancer; "solid tumors" is none."""
    return [
        (span.start, span.end)
        for said in all_said
        for span, codes in tumor_codes(said, types)
        if not (codes & _ANY_CANCER) or said.has("blood")
    ]


_REGISTER = re.compile(r"(?i)\bclinicaltrials\.gov\b|\b(?:trial )?regist(?:er|ry)\b")
_HEAD = 600  # characters from the beginning, in which a press release or an issue has its date
_SHORT_LINE = 8  # words


def days_known(all_said: Iterable[Said], text: str) -> list[Place]:
    """Days on which something was checked or written down: "as of", "last updated", a date beside the name of the
    register, or a date line at the head.
    """
    found = []
    for said in all_said:
        heads = said.sentence.start < _HEAD and len(said.sentence.words) <= _SHORT_LINE
        sentence = said.sentence
        if heads or said.has("knowledge") or _REGISTER.search(text, sentence.start, sentence.end):
            found += [place.span() for place in _DATE.finditer(text, sentence.start, _far(sentence.end, text))]
    return found


def recruits(all_said: Iterable[Said]) -> Iterator[tuple[Said, Span]]:
    """Where the page says that a trial takes patients."""
    for said in all_said:
        for span in said.spans("recruits"):
            near = (
                other for other in said.spans("not_recruits") if other.first < span.last and span.first < other.last
            )
            if not any(near):
                yield said, span


def phase_status_date(all_said: list[Said], text: str) -> list[Place]:
    """Phase, status and the day of that knowledge: nothing where one of the three is missing."""
    phases = _places(all_said, "phase")
    states = [(span.start, span.end) for _, span in recruits(all_said)] + _places(all_said, "status_other")
    dates = days_known(all_said, text) or [
        place
        for said in all_said
        if said.has("status_other") and has_date(said, text)
        for place in [(said.sentence.start, said.sentence.end)]
    ]
    return [*phases[:3], *states[:3], *dates[:3]] if phases and states and dates else []


def has_date(said: Said, text: str) -> bool:
    """Whether the sentence holds a date that is not the day on which something began."""
    start, end = said.sentence.start, _far(said.sentence.end, text)
    return any(
        not _BEGAN.search(text[max(start, day.start() - 12) : day.start()]) for day in _DATE.finditer(text, start, end)
    )


def centers(all_said: Iterable[Said], text: str, *, has_number: bool) -> list[Place]:
    """Names of hospitals and centers, where the page gives a trial's number or the sentence speaks of a study."""
    found = []
    for said in all_said:
        if has_number or said.has("study", "phase", "treats_at", "recruits"):
            for place in _FACILITY.finditer(text, said.sentence.start, said.sentence.end):
                name = place[0].strip()
                if " " in name and not _NO_PLACE.search(name) and not said.sentence.question:
                    found.append(place.span())
    return found


def _far(end: int, text: str) -> int:
    """A sentence ends with its last word; a year may follow a full stop."""
    return min(len(text), end)


def _places(all_said: Iterable[Said], label: str) -> list[Place]:
    return [(span.start, span.end) for said in all_said for span in said.spans(label)]
