# ruff: noqa: RUF001 - it reads the dashes and quotation marks of the world
"""Text cut into blocks, sentences and words. A word keeps its place; its key is how it is compared."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screener.vet.page import VisibleText

LONGEST = 120  # words of a sentence; what runs on is cut, so that nobody can make two of its words far apart
_WRAPPED_FROM = 60  # characters: a shorter line of plain text was ended on purpose
_FEW = 12  # words of a heading
_MORE = 10  # words of a block that stands under one

_LOOKED_AT = 50_000  # characters, to tell the language
_TOO_FEW = 20  # words
_SHARE = 0.12  # of the words of English prose these are a third, of other languages one in thirty
_ENGLISH = {
    *("the", "of", "and", "to", "in", "is", "are", "for", "with", "that", "this", "it", "was", "be", "by", "or"),
    *("not", "you", "we", "your", "our", "at", "from", "have", "has", "can", "if", "they"),
}

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+(?:['’][^\W_]+)*(?:\.\d+)?|[$€£¥%]")
_BULLET = re.compile(r"\s*(?:[-*•‣·–—+]|\(?\d{1,2}[.)]|[A-Za-z][.)])\s+")
_KEY = re.compile(r"\s*[A-Z][\w /-]{0,30}:(?:\s|$)")
_STOP = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)|\t+|\s\|\s|\s[>»]\s")
_SHORT = re.compile(
    r"(?:\b(?:Dr|Drs|Mr|Mrs|Ms|Prof|St|vs|No|Nos|Fig|Inc|Ltd|Co|Corp|approx|incl|e\.g|i\.e|cf|al|Jan|Feb|Mar|Apr|Jun|Jul"
    r"|Aug|Sep|Sept|Oct|Nov|Dec)|(?<![A-Za-z])(?:[A-Z]|[A-Z]\.[A-Z]|[QA]))\.$"
)
_BREAK = re.compile(r"[;:—…]|\s-{1,2}\s|\s–\s")


@lru_cache(maxsize=100_000)
def key_of(word: str) -> str:
    """How a word is compared: lower case, no accents, no apostrophes."""
    folded = word if word.isascii() else unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in folded.lower() if not unicodedata.combining(letter) and letter not in "'’")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text; `comma` and `part` say that one, or a semicolon, colon or dash, stands before it."""

    start: int
    end: int
    key: str
    comma: bool = False
    part: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words that belong together, with where they stand: `block` counts blocks, `group` paragraphs and lists."""

    words: tuple[Word, ...]
    start: int
    end: int
    block: int
    group: int
    heading: bool = False
    question: bool = False
    colon: bool = False  # it ends with one: what follows belongs under it


@dataclass(frozen=True, slots=True)
class _Block:
    start: int
    end: int
    group: int
    first: bool
    bullet: bool


def words_of(text: str) -> tuple[str, ...]:
    """The keys of the words of a short text."""
    return tuple(key_of(found[0]) for found in _WORD.finditer(text))


def is_english(page: VisibleText) -> bool:
    """Whether enough of the words are those that English cannot do without; a text of a few words counts as English."""
    keys = [key_of(found[0]) for found in _WORD.finditer(page.text[:_LOOKED_AT]) if found[0][0].isalpha()]
    return len(keys) < _TOO_FEW or sum(key in _ENGLISH for key in keys) >= _SHARE * len(keys)


def sentences(page: VisibleText) -> Iterator[Sentence]:
    """The sentences of a page, in order; each heading, line of a list and cell of a table is one of its own."""
    blocks = list(_blocks(page))
    for number, block in enumerate(blocks):
        following = blocks[number + 1] if number + 1 < len(blocks) else None
        heading = _is_heading(page, block, following)
        ends = page.text[block.start : block.end].rstrip()[-1:]
        for start, end in _spans(page.text, block):
            question = page.text[start:end].rstrip(" \n\t\"'”’»)]").endswith("?")
            colon = ends == ":" and end == block.end
            for words in _words(page.text, start, end):
                yield Sentence(
                    words, words[0].start, words[-1].end, number, block.group, heading, question, colon=colon
                )


def _blocks(page: VisibleText) -> Iterator[_Block]:
    start, at, group = -1, 0, 0
    first, bullet, blank, before = True, False, True, ""
    for line in page.text.split("\n"):
        end = at + len(line)
        if not line.strip():
            if start >= 0:
                yield _Block(start, at - 1, group, first, bullet)
            start, blank = -1, True
        else:
            marked = bool(_BULLET.match(line))
            if start >= 0 and not (page.wrapped and _runs_on(before, line, marked=marked)):
                yield _Block(start, at - 1, group, first, bullet)
                start, first = -1, False
            if start < 0:
                if blank:
                    group, first, blank = group + 1, True, False
                start, bullet = at, marked
        before, at = line, end + 1
    if start >= 0:
        yield _Block(start, len(page.text), group, first, bullet)


def _runs_on(before: str, line: str, *, marked: bool) -> bool:
    """Whether a line goes on with the sentence of the one before it."""
    if marked or _KEY.match(line):
        return False
    return len(before) >= _WRAPPED_FROM or line.lstrip()[:1].islower()


def _is_heading(page: VisibleText, block: _Block, following: _Block | None) -> bool:
    text = page.text[block.start : block.end].strip()
    if following is None or block.bullet or "\t" in text or " | " in text or len(text) > 120:  # noqa: PLR2004
        return False
    if len(_WORD.findall(text)) > _FEW or text[-1:] in {".", "!", ";", ","}:
        return False
    if following.group != block.group:
        return block.first
    under = page.text[following.start : following.end]
    return page.wrapped and not following.bullet and len(_WORD.findall(under[:400])) >= _MORE


def _spans(text: str, block: _Block) -> Iterator[tuple[int, int]]:
    start = block.start
    for stop in _STOP.finditer(text, block.start, block.end):
        after = text[stop.end() : stop.end() + 3].lstrip(" \n\"'“‘«([")
        if stop[0][0] in ".…" and (
            _SHORT.search(text[max(start, stop.start() - 6) : stop.start() + 1]) or after[:1].islower()
        ):
            continue
        yield start, stop.end()
        start = stop.end()
    yield start, block.end


def _words(text: str, start: int, end: int) -> Iterator[tuple[Word, ...]]:
    words: list[Word] = []
    at = start
    for found in _WORD.finditer(text, start, end):
        gap = text[at : found.start()]
        part = bool(_BREAK.search(gap)) if gap != " " else False
        words.append(Word(found.start(), found.end(), key_of(found[0]), "," in gap, part))
        at = found.end()
        if len(words) == LONGEST:
            yield tuple(words)
            words = []
    if words:
        yield tuple(words)
