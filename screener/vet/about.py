"""Where a page speaks of which trial. Every stretch belongs to one trial at most, so that all of it is read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.vet.account import Quote
from screener.vet.numbers import CLINICALTRIALS, evened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from screener.registry.study import Study
    from screener.vet.account import Registration

Span = tuple[int, int]

_BLANK = re.compile(r"\n[ \t]*\n\s*")
# A stop ends a sentence before a capital, but not after the short words that carry one in names and titles.
_STOP = re.compile(
    r"(?<!\bDr)(?<!\bProf)(?<!\bSt)(?<!\bvs)(?<!\bInc)(?<!\bNo)(?<!\b[A-Z])[.!?][\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9])"
)
_CELLS = re.compile(r"[|\t]")
_BULLET = re.compile(r"[\s*\u2022\u00b7>#(\[-]*(?:[0-9]{1,3}[.)]\s*)?$")
_LABEL = re.compile(r"[ \t]*[A-Z][A-Za-z]*(?: [a-z]+){0,3} ?:\s")
_THIS = re.compile(r"\b(?:[Tt]his|[Tt]he|[Oo]ur) (?:same |very )?(?:clinical )?(?:trial|study|registry|listing)\b")
_STARTS = re.compile(
    r"\s*(?:\n|$|[*\u2022\u00b7|-]|[0-9]{1,3}[.)] |(?i:NCT)[ -]?[0-9]|[A-Z][A-Za-z]*(?: [a-z]+){0,3} ?: )"
)  # a new item
_ENDS = re.compile(r"[.!?:;|]\s*$|\t")
_FIRST_WORD = re.compile(r"[^\s]{0,40}")
_TOKEN = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
# Parts of cells, antigens and drugs that many trials have in common.
_COMMON = re.compile(
    r"(?i:(?:il|cd|pd|pdl|hla|tcr|nk|gm|g|ctla|tgf|ifn|tnf|covid|who|dna|rna|car|cart|t)-?[0-9a-z]{0,4}|t-cells?|car-?t(?:-cells?)?)"
)
_SHORTEST = 5  # letters of a name by which a trial is known
_ROW = 400  # characters of a row; so that a page of one line stays cheap
_SHORT_LINE, _LONG_LINE = 60, 250  # characters of lines that were broken for their length
_MOST = 200_000  # characters that are read for one trial
_SHORT_PAGE = 1000  # characters of a page on one trial, all of which is about it


@dataclass(frozen=True, slots=True)
class About:
    """What a page says of one trial: the stretches, in order, of the page with its signs evened.

    `names` are the words that stand for the trial in them, folded: its number, acronym and product.
    """

    text: str
    even: str
    spans: tuple[Span, ...]
    names: frozenset[str]

    def sentences(self) -> Iterator[Span]:
        """The sentences of the stretches."""
        for start, end in self.spans:
            yield from sentences(self.even, start, end)

    def matches(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Where a pattern stands in the stretches."""
        for start, end in self.spans:
            yield from pattern.finditer(self.even, start, end)

    def quote(self, start: int, end: int) -> Quote:
        """Words of the page as they stand in it."""
        return Quote(start, end, self.text[start:end])

    def is_named(self, word: str) -> bool:
        """Whether a word stands for the trial."""
        return word.casefold() in self.names


def sentences(text: str, start: int, end: int) -> Iterator[Span]:
    """The sentences from `start` to `end`: the end of a line ends one as well."""
    for begin, line_end in _lines(text, start, end):
        at = begin
        for stop in _STOP.finditer(text, begin, line_end):
            yield at, stop.end()
            at = stop.end()
        if at < line_end:
            yield at, line_end


def abouts(text: str, registrations: Iterable[Registration], studies: Mapping[str, Study | None]) -> dict[str, About]:
    """For each NCT number of the page, what the page says of it. `studies` has the records that are known.

    On a page of one trial that is more: what it calls "the study", and its lists of "Sponsor: ..." and "Where: ...".
    """
    even = _unwrapped(evened(text))
    names = _names(studies)
    references = list(_references(even, registrations, names))
    spans: dict[str, list[Span]] = {number: [] for number in studies}
    alone = len(studies) == 1
    at = 0
    short = alone and len(text) <= _SHORT_PAGE
    for start, end in ((0, len(text)),) if short else _paragraphs(even):
        here = []
        while at < len(references) and references[at][0] < end:
            here.append(references[at])
            at += 1
        owners = {owner for _, owner in here}
        if len(owners) == 1:
            spans[owners.pop()].append((start, end))
        elif owners:
            _divide(even, (start, end), here, spans)
        elif alone:
            spans[next(iter(studies))] += [
                span for span in sentences(even, start, end) if _LABEL.match(even, *span) or _THIS.search(even, *span)
            ]
    words: dict[str, set[str]] = {number: {number.casefold()} for number in studies}
    for word, owner in names.items():
        words[owner].add(word)
    return {number: About(text, even, tuple(_first(spans[number])), frozenset(words[number])) for number in studies}


def _first(spans: Iterable[Span]) -> Iterator[Span]:
    """As much as is read for one trial: no page of a trial is longer, and a hostile one must not cost more."""
    left = _MOST
    for start, end in spans:
        if left > 0:
            yield start, min(end, start + left)
        left -= end - start


def _divide(text: str, whole: Span, references: list[tuple[int, str]], spans: dict[str, list[Span]]) -> None:
    """Share a paragraph of several trials out: rows if it has rows, else sentences. What names two is nobody's."""
    at = 0
    rows = all(_is_row(text, start) for start, _ in references)
    for start, end in _lines(text, *whole) if rows else sentences(text, *whole):
        owners = set()
        while at < len(references) and references[at][0] < end:
            owners.add(references[at][1])
            at += 1
        if len(owners) == 1:
            spans[owners.pop()].append((start, end))


def _is_row(text: str, at: int) -> bool:
    """Whether the line of a place has cells, or begins with what is there."""
    first, last = max(0, at - _ROW), at + _ROW
    start = max(first, text.rfind("\n", first, at) + 1)
    end = text.find("\n", at, last)
    return bool(_CELLS.search(text, start, end if end >= 0 else last) or _BULLET.match(text[start:at]))


def _references(
    text: str, registrations: Iterable[Registration], names: Mapping[str, str]
) -> Iterator[tuple[int, str]]:
    """Where something stands for a trial, and for which."""
    numbers = {one.quote.start: one.number.casefold() for one in registrations if one.register == CLINICALTRIALS}
    for match in _TOKEN.finditer(text):
        if owner := names.get(numbers.get(match.start(), match[0].casefold())):
            yield match.start(), owner


def _names(studies: Mapping[str, Study | None]) -> dict[str, str]:
    """The words that stand for a trial of the page: those of two trials stand for none."""
    found: dict[str, str] = {}
    shared = set()
    for number, study in studies.items():
        for word in {word.casefold() for word in (number, *(_known_by(study) if study else ()))}:
            if found.setdefault(word, number) != number:
                shared.add(word)
    return {word: number for word, number in found.items() if word not in shared}


def _known_by(study: Study) -> Iterator[str]:
    if len(study.acronym) >= _SHORTEST and _TOKEN.fullmatch(study.acronym):
        yield study.acronym
    for text in (name for item in study.interventions for name in (item.name, *item.other_names)):
        for word in _TOKEN.findall(text):
            coined = any(sign.isdigit() for sign in word) or any(sign.isupper() for sign in word[1:])
            if len(word) >= _SHORTEST and coined and not word.isdigit() and not _COMMON.fullmatch(word):
                yield word


def _paragraphs(text: str) -> Iterator[Span]:
    """Paragraphs: between blank lines, or, in a text that has none, the lines."""
    blank = _BLANK.search(text)
    if not blank:
        yield from _lines(text, 0, len(text))
        return
    begin = 0
    for gap in _BLANK.finditer(text):
        yield begin, gap.end()
        begin = gap.end()
    yield begin, len(text)


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end:
        line_end = text.find("\n", start, end)
        line_end = end if line_end < 0 else line_end + 1
        yield start, line_end
        start = line_end


def _unwrapped(text: str) -> str:
    """The text with a space where a line was broken for its length alone: as plain text is that has blank lines."""
    if not _BLANK.search(text):
        return text
    lines = []
    for start, end in _paragraphs(text):
        spans = list(_lines(text, start, end))
        longest = max((last - first for first, last in spans), default=0)
        for first, last in spans:
            broken = (
                _SHORT_LINE <= last - first <= longest <= _LONG_LINE
                and last < end
                and not _STARTS.match(text, last)
                and not _ENDS.search(text, first, last)
                and last - first + _first_word(text, last, end) >= longest
            )
            lines.append(text[first : last - 1] + " " if broken else text[first:last])
    return "".join(lines)


def _first_word(text: str, start: int, end: int) -> int:
    """How long the first word of a line is."""
    found = _FIRST_WORD.match(text, start, end)
    return len(found[0]) if found else 0
