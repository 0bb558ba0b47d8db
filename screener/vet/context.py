"""Whether a page asserts what it says, or denies it, asks it, or quotes it in order to warn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from screener.vet.matching import Phrasebook, Span
    from screener.vet.sentences import Sentence

_NEAR = 8  # words from a "not" to what it denies
_UNDER_A_WARNING = 12  # blocks that a heading such as "Red flags" speaks for
NEIGHBORS = 3  # sentences on each side that are looked at together


@dataclass(slots=True)
class Said:
    """A sentence with what was found in it, by label."""

    sentence: Sentence
    found: dict[str, list[Span]]
    warned: bool = False  # all of it is asked, or quoted in order to warn

    def has(self, *labels: str) -> bool:
        """Whether one of these was found."""
        return any(label in self.found for label in labels)

    def spans(self, label: str) -> list[Span]:
        """What was found under a label."""
        return self.found.get(label, [])

    def labels(self, prefix: str) -> list[str]:
        """The labels that begin so, of what was found."""
        return [label for label in self.found if label.startswith(prefix)]

    def asserts(self, span: Span, *, asking: bool = False) -> bool:
        """Whether the page says this itself; `asking` where a question says it too ("Why wait?")."""
        if (self.warned and not (asking and self.sentence.question)) or self.has("warning"):
            return False
        if any(report.first < span.first for report in self.spans("report")):
            return False
        return not (self.denies(span) or self._leaves_open(span, asking=asking))

    def denies(self, span: Span) -> bool:
        """Whether a "not" before it reaches it: past no semicolon and no dash; "no" and "without" past no comma."""
        words = self.sentence.words
        for cue in self.spans("negation"):
            if not 0 <= span.first - cue.last <= _NEAR or self._is_no_negation(cue):
                continue
            between = words[cue.last : span.first + 1]
            if any(word.part for word in between):
                continue
            if any(word.key in {"but", "however", "while", "whereas", "although", "because", "so"} for word in between):
                continue
            if words[cue.first].key in {"no", "without", "nothing"} and any(word.comma for word in between):
                continue
            return True
        return False

    def _leaves_open(self, span: Span, *, asking: bool) -> bool:
        """Whether it stands after "may" or "whether", in an "if", or is taken back by what follows at once."""
        words = self.sentence.words
        if any(0 <= after.first - span.last <= 1 for after in self.spans("taken_back_after")):
            return True
        for cue in self.spans("hedge"):
            if 0 <= span.first - cue.last <= _NEAR and not any(word.part for word in words[cue.last : span.first + 1]):
                return True
        return not asking and any(
            0 <= span.first - cue.last <= _NEAR
            and not any(word.comma or word.part for word in words[cue.last : span.first + 1])
            for cue in self.spans("if_so")
        )

    def _is_no_negation(self, cue: Span) -> bool:
        return any(other.first <= cue.first and cue.last <= other.last for other in self.spans("not_negation"))


def said_in(sentences: Iterable[Sentence], book: Phrasebook) -> list[Said]:
    """Each sentence with what was found in it; `warned` where it is a question or stands under a warning."""
    all_said = [Said(sentence, book.find(sentence)) for sentence in sentences]
    until, last_group = -1, -1
    for number, said in enumerate(all_said):
        sentence = said.sentence
        if sentence.heading:
            until = sentence.block + _UNDER_A_WARNING if said.has("warning") and not sentence.question else -1
            last_group = -1
        elif sentence.colon and said.has("warning", "report"):
            until, last_group = sentence.block + _UNDER_A_WARNING, sentence.group + 1
        elif last_group >= 0 and sentence.group > last_group:
            until, last_group = -1, -1
        under = sentence.block <= until
        said.warned = sentence.question or under or _is_taken_back(all_said, number)
    return all_said


def _is_taken_back(all_said: list[Said], number: int) -> bool:
    """Whether the sentence after it, in the same block, says "That is a red flag" or asks "Is that normal?"."""
    if number + 1 >= len(all_said):
        return False
    here, after = all_said[number].sentence, all_said[number + 1]
    if after.sentence.block != here.block:
        return False
    if after.sentence.question and after.has("asks_back"):
        return True
    return after.has("points_back") and after.has("warning")


def around(all_said: list[Said], number: int, reach: int = NEIGHBORS) -> Iterator[Said]:
    """The sentence and its neighbors in the same paragraph or list."""
    group = all_said[number].sentence.group
    for said in all_said[max(0, number - reach) : number + reach + 1]:
        if said.sentence.group == group:
            yield said
