"""All phrases looked for at once, sentence by sentence.

Each place of a sentence is tried with the few phrases that can begin there, and each of these looks at a bounded number
of words: the work grows with the text alone. `looked` counts it. Phrases that stand together (`Together`) are found one
by one here, each once however many statements share it; who stands with whom is seen in screener/vet/context.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from screener.vet.phrases import GAP, Edge, Gap, Maybe, Number, OneOf, Together, Token, can_be_empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from screener.vet.phrases import Phrase, Statement
    from screener.vet.sentences import Sentence, Word

_ANY = ""  # in the index: begins with a number
_Tried = TypeVar("_Tried")


@dataclass(frozen=True, slots=True)
class Span:
    """Words `first` to `last` (the one after) of a sentence, at characters `start` to `end` of the page."""

    first: int
    last: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Parts:
    """Labels that stand together, for a statement under the label `of`: the first of `here` is where it is found."""

    of: str
    here: tuple[str, ...]
    near: tuple[str, ...]
    without: tuple[str, ...]


class _Index(Generic[_Tried]):
    """Things by the words that a phrase of theirs can begin with."""

    def __init__(self, things: Iterable[tuple[Phrase, _Tried]]) -> None:
        self.always: list[_Tried] = []
        self.words: dict[str, list[_Tried]] = {}
        self.stems: dict[str, list[_Tried]] = {}
        for phrase, thing in things:
            tokens = dict.fromkeys(_beginnings(phrase))
            if None in tokens or can_be_empty(phrase):
                self.always.append(thing)
                continue
            for token in tokens:
                if token:
                    (self.stems if token.stem else self.words).setdefault(token.text, []).append(thing)
        self.lengths = sorted({len(stem) for stem in self.stems})

    def beginning_with(self, key: str) -> Iterator[_Tried]:
        yield from self.always
        yield from self.words.get(key, ())
        for length in self.lengths:
            if length > len(key):
                break
            yield from self.stems.get(key[:length], ())
        if key[:1].isdigit():
            yield from self.words.get(_ANY, ())


class Phrasebook:
    """Phrases under labels, indexed by the words that they can begin with."""

    def __init__(self, labels: Mapping[str, Iterable[Statement]]) -> None:
        """Take the phrases of each label."""
        self.looked = 0  # words compared, since it was made
        self.together: dict[str, list[Parts]] = {}  # by the label of the first part
        parts: dict[Phrase, str] = {}
        phrases: list[tuple[Phrase, tuple[str, Phrase]]] = []
        for label, statements in labels.items():
            for one in statements:
                if isinstance(one, Together):
                    here, near, without = (
                        tuple(parts.setdefault(part, f"part:{len(parts)}") for part in some)
                        for some in (one.here, one.near, one.without)
                    )
                    self.together.setdefault(here[0], []).append(Parts(label, here, near, without))
                else:
                    phrases.append((one, (label, one)))
        phrases += [(part, (label, part)) for part, label in parts.items()]
        self._index = _Index(phrases)
        self._choices: dict[int, tuple[OneOf, _Index[Phrase]]] = {}  # by identity: they are long, and shared

    def find(self, sentence: Sentence) -> dict[str, list[Span]]:
        """What stands in a sentence, by label: the longest at each place, in order."""
        found: dict[str, list[Span]] = {}
        words = sentence.words
        for at, word in enumerate(words):
            longest: dict[str, int] = {}
            self.looked += 1
            for label, phrase in self._index.beginning_with(word.key):
                ends = self._ends(phrase, words, {at})
                if ends:
                    longest[label] = max(longest.get(label, 0), *ends)
            for label, end in longest.items():
                spans = found.setdefault(label, [])
                if not spans or end > spans[-1].last:
                    spans.append(Span(at, end, word.start, words[end - 1].end))
        return found

    def _ends(self, phrase: Phrase, words: tuple[Word, ...], places: set[int]) -> set[int]:
        """Where the phrase can end, if it begins at one of these places."""
        for step in phrase:
            if not places:
                return places
            self.looked += len(places)
            count = len(words)
            match step:
                case Token(text, stem):
                    places = {
                        at + 1
                        for at in places
                        if at < count and (words[at].key.startswith(text) if stem else words[at].key == text)
                    }
                case Number():
                    places = {at + 1 for at in places if at < count and words[at].key[:1].isdigit()}
                case Gap():
                    places = {to for at in places for to in range(at, min(at + GAP, count) + 1)}
                case Edge(start):
                    places = {at for at in places if at == (0 if start else count)}
                case OneOf():
                    choices = self._choices_of(step)
                    places = {
                        to
                        for at in places
                        for choice in (choices.beginning_with(words[at].key) if at < count else choices.always)
                        for to in self._ends(choice, words, {at})
                    }
                case Maybe(steps):
                    places = places | self._ends(steps, words, places)
        return places

    def _choices_of(self, step: OneOf) -> _Index[Phrase]:
        known = self._choices.get(id(step))
        if known is None:
            known = self._choices[id(step)] = step, _Index((choice, choice) for choice in step.choices)
        return known[1]


def _beginnings(phrase: Phrase) -> Iterator[Token | None]:
    """The words that a phrase can begin with; a number is the word _ANY, and None stands for any word."""
    for step in phrase:
        match step:
            case Token():
                yield step
            case Number():
                yield Token(_ANY)
            case OneOf(choices):
                for choice in choices:
                    yield from _beginnings(choice)
            case Maybe(steps):
                yield from _beginnings(steps)
            case Gap():
                yield None
            case Edge():
                pass
        if not can_be_empty((step,)):
            return
