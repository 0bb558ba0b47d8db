"""All phrases looked for at once, sentence by sentence.

Each place of a sentence is tried with the few phrases that can begin there, and each of these looks at a bounded number
of words: the work grows with the text alone. `looked` counts it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.vet.phrases import GAP, Edge, Gap, Maybe, Number, OneOf, Phrase, Token, can_be_empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from screener.vet.sentences import Sentence, Word

_ANY = ""  # in the index: begins with a number


@dataclass(frozen=True, slots=True)
class Span:
    """Words `first` to `last` (the one after) of a sentence, at characters `start` to `end` of the page."""

    first: int
    last: int
    start: int
    end: int


class Phrasebook:
    """Phrases under labels, indexed by the words that they can begin with."""

    def __init__(self, labels: Mapping[str, Iterable[Phrase]]) -> None:
        """Take the phrases of each label."""
        self.looked = 0  # words compared, since it was made
        self._words: dict[str, list[tuple[str, Phrase]]] = {}
        self._stems: dict[str, list[tuple[str, Phrase]]] = {}
        for label, phrases in labels.items():
            for phrase in phrases:
                for token in dict.fromkeys(_beginnings(phrase)):
                    index = self._stems if token.stem else self._words
                    index.setdefault(token.text, []).append((label, phrase))
        self._lengths = sorted({len(stem) for stem in self._stems})

    def find(self, sentence: Sentence) -> dict[str, list[Span]]:
        """What stands in a sentence, by label: the longest at each place, in order."""
        found: dict[str, list[Span]] = {}
        words = sentence.words
        for at, word in enumerate(words):
            longest: dict[str, int] = {}
            for label, phrase in self._beginning_with(word.key):
                ends = self._ends(phrase, words, {at})
                if ends:
                    longest[label] = max(longest.get(label, 0), *ends)
            for label, end in longest.items():
                spans = found.setdefault(label, [])
                if not spans or end > spans[-1].last:
                    spans.append(Span(at, end, word.start, words[end - 1].end))
        return found

    def _beginning_with(self, key: str) -> Iterator[tuple[str, Phrase]]:
        self.looked += 1
        yield from self._words.get(key, ())
        for length in self._lengths:
            if length > len(key):
                break
            yield from self._stems.get(key[:length], ())
        if key[:1].isdigit():
            yield from self._words.get(_ANY, ())

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
                case OneOf(choices):
                    places = {to for choice in choices for to in self._ends(choice, words, places)}
                case Maybe(steps):
                    places = places | self._ends(steps, words, places)
        return places


def _beginnings(phrase: Phrase) -> Iterator[Token]:
    """The words that a phrase can begin with; a number is the word _ANY."""
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
            case Edge() | Gap():
                pass
        if not can_be_empty((step,)):
            return
