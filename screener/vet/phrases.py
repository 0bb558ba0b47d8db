"""The small language in which criteria/trust.yaml says what a statement looks like, and its reading.

A phrase is words in order, compared without case, accents and hyphens:

    side effects        these words, one after the other
    treat*              a word that begins so
    free|gratis         one word or the other
    (no risk / safe)    one of several wordings
    [very] rare         a word that may be there; also [a / an]
    book .. today       at most four words between, inside one sentence
    #                   a number, in digits
    <start> <end>       the first and the last word of the sentence stand here

A statement is a phrase, or several that stand together in whatever order:

    {price*, infusion*}         both in one sentence
    {price*; infusion*}         the second may also stand in the sentence before or after
    {price*, infusion*, -free}  and not the third

Lists of wordings that several phrases share are written once and named `<cells>` (screener/compile/trust.py). Nothing
here repeats without a limit, so looking for a phrase takes a time that grows with the text alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from screener.model.trust import PhraseError
from screener.vet.sentences import words_of

GAP = 4  # words
_MAX_LENGTH = 6000
_MAX_DEPTH = 6
_SHORTEST_STEM = 3
_PIECE = re.compile(r"\s*(\.\.|<start>|<end>|[()\[\]]|/|[^\s()\[\]/]+)")
_PART = re.compile(r"\s*([,;]|^)\s*(-?)([^,;]*)")


@dataclass(frozen=True, slots=True)
class Token:
    """One word; `stem` where it may go on."""

    text: str
    stem: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A number in digits."""


@dataclass(frozen=True, slots=True)
class Gap:
    """At most GAP words, whatever they are."""


@dataclass(frozen=True, slots=True)
class Edge:
    """The first or the last word of the sentence."""

    start: bool


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several wordings."""

    choices: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Maybe:
    """What may be there."""

    steps: Phrase


Step: TypeAlias = "Token | Number | Gap | Edge | OneOf | Maybe"
Phrase: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """Phrases that stand in one sentence, in it or next to it, or must not stand there."""

    here: tuple[Phrase, ...]
    near: tuple[Phrase, ...] = ()
    without: tuple[Phrase, ...] = ()


Statement: TypeAlias = "Phrase | Together"


def parse_phrase(text: str) -> Statement:
    """Read a phrase, or several in braces. Raises PhraseError."""
    if not text.lstrip().startswith("{"):
        return _phrase(text)
    inner = text.strip()
    if not inner.endswith("}"):
        raise PhraseError("a brace is not closed", "close it with `}`")
    kinds: dict[str, list[Phrase]] = {"": [], ",": [], ";": [], "-": []}
    for found in _PART.finditer(inner[1:-1]):
        kinds[found[2] or found[1]].append(_phrase(found[3]))
    here = (*kinds[""], *kinds[","])
    if not here or not (kinds[";"] or kinds["-"] or len(here) > 1):
        raise PhraseError("one phrase stands in these braces", "write {one, another}, or no braces")
    return Together(here, tuple(kinds[";"]), tuple(kinds["-"]))


def _phrase(text: str) -> Phrase:
    if len(text) > _MAX_LENGTH:
        raise PhraseError("this phrase is too long", "write several")
    pieces = [found[1] for found in _PIECE.finditer(text)]
    choices, rest = _choices(pieces, 0, 0)
    if rest != len(pieces):
        raise PhraseError("a bracket closes that was not opened", "take it out, or open it before")
    if len(choices) > 1:
        raise PhraseError("`/` stands between wordings in brackets only", "write (one / another)")
    phrase = choices[0]
    if can_be_empty(phrase):
        raise PhraseError("nothing in this phrase has to be there", "write a word that must stand in the text")
    if isinstance(phrase[0], Gap) or isinstance(phrase[-1], Gap):
        raise PhraseError("`..` stands between words, not at an end", "take it out, or write the word that follows")
    return phrase


def _choices(pieces: list[str], at: int, depth: int) -> tuple[list[Phrase], int]:
    if depth > _MAX_DEPTH:
        raise PhraseError("brackets stand too deep in each other", "write several phrases")
    choices: list[Phrase] = []
    steps: list[Step] = []
    mixed = False
    while at < len(pieces) and pieces[at] not in {")", "]"}:
        piece = pieces[at]
        at += 1
        if piece in {"(", "["}:
            inner, at = _choices(pieces, at, depth + 1)
            closes = ")" if piece == "(" else "]"
            if at == len(pieces) or pieces[at] != closes:
                raise PhraseError("a bracket is not closed", f"close it with `{closes}`")
            at += 1
            if piece == "(" and len(inner) == 1 and not (len(inner[0]) == 1 and isinstance(inner[0][0], OneOf)):
                raise PhraseError("there is one wording in these brackets", "write (one / another), or no brackets")
            group: Phrase = (OneOf(tuple(inner)),) if len(inner) > 1 else inner[0]
            steps += (Maybe(group),) if piece == "[" else group
        elif piece == "/":
            choices.append(_some(steps))
            steps, mixed = [], False
        else:
            steps.append(_step(piece))
            mixed |= "|" in piece
        if depth and mixed and len(steps) > 1:
            raise PhraseError("`|` and several words stand in one wording", "write a (b / c) d, or (a b / c d)")
    choices.append(_some(steps))
    return choices, at


def _some(steps: list[Step]) -> Phrase:
    if not steps:
        raise PhraseError("a wording is empty here", "write a word")
    return tuple(steps)


def _step(piece: str) -> Step:
    if piece == "..":
        return Gap()
    if piece in {"<start>", "<end>"}:
        return Edge(piece == "<start>")
    if "|" in piece:
        return OneOf(tuple((_word(word),) for word in piece.split("|")))
    return _word(piece)


def _word(piece: str) -> Token | Number:
    if piece == "#":
        return Number()
    stem = piece.endswith("*")
    word = piece.removesuffix("*")
    if words_of(word) != (word,):
        parts = " ".join(words_of(word)) or "a word"
        raise PhraseError("a word is written here as it is not compared", f"write `{parts}`, without case and signs")
    if stem and len(word) < _SHORTEST_STEM:
        raise PhraseError("this beginning of a word is too short", "write at least three letters before `*`")
    return Token(word, stem)


def can_be_empty(phrase: Phrase) -> bool:
    """Whether nothing of it has to be there."""
    return all(
        isinstance(step, (Maybe, Gap, Edge)) or (isinstance(step, OneOf) and any(map(can_be_empty, step.choices)))
        for step in phrase
    )


def phrase_text(phrase: Statement) -> str:
    """The phrase as it is written: what `parse_phrase` reads back."""
    if isinstance(phrase, Together):
        parts = [", " + _steps_text(part) for part in phrase.here]
        parts += ["; " + _steps_text(part) for part in phrase.near]
        parts += [", -" + _steps_text(part) for part in phrase.without]
        return f"{{{''.join(parts).removeprefix(', ')}}}"
    return _steps_text(phrase)


def _steps_text(phrase: Phrase, *, inside: bool = False) -> str:
    """`inside` brackets a choice of words among other words is written with brackets, as it is easily misread."""
    return " ".join(_step_text(step, bar=not inside or len(phrase) == 1) for step in phrase)


def _step_text(step: Step, *, bar: bool) -> str:
    match step:
        case Token(text, stem):
            return f"{text}*" if stem else text
        case Number():
            return "#"
        case Gap():
            return ".."
        case Edge(start):
            return "<start>" if start else "<end>"
        case OneOf(choices):
            if bar and all(len(choice) == 1 and isinstance(choice[0], (Token, Number)) for choice in choices):
                return "|".join(map(_steps_text, choices))
            return f"({_choices_text(choices)})"
        case Maybe((OneOf(choices),)):
            return f"[{_choices_text(choices)}]"
        case Maybe(steps):
            return f"[{_steps_text(steps, inside=True)}]"


def _choices_text(choices: tuple[Phrase, ...]) -> str:
    return " / ".join(_steps_text(choice, inside=True) for choice in choices)
