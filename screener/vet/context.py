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
_NEW_SUBJECT = {"it", "they", "this", "that", "we", "you", "he", "she", "i", "our"}  # after a comma: ", it is"
_FEW = 3  # words of a question that only names its subject: "Cancer?"
_BEFORE_A_MONTH = {"in", "since", "last", "until", "by", "of", "this", "early", "late"}
_TRIED = 8  # places in a sentence from which others are looked for, so that repeating a word costs nothing
_FAR = 16  # words between phrases that stand together in a sentence
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
        if (self.warned and not (asking and self.sentence.question)) or self.warns():
            return False
        if any(report.first < span.first for report in self.spans("report")):
            return False
        return not (self.denies(span) or self._leaves_open(span, asking=asking))

    def warns(self) -> bool:
        """Whether it warns; not by "it is no scam"."""
        return any(
            not any(other.first <= cue.first and cue.last <= other.last for other in self.spans("not_warning"))
            for cue in self.spans("warning")
        )

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
            if any(word.comma and word.key in _NEW_SUBJECT for word in between):
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
            if cue.first and words[cue.first].key == "may" and words[cue.first - 1].key in _BEFORE_A_MONTH:
                continue
            if 0 <= span.first - cue.last <= _NEAR and not any(word.part for word in words[cue.last : span.first + 1]):
                return True
        return not asking and any(
            0 <= span.first - cue.last <= _NEAR
            and not any(word.comma or word.part for word in words[cue.last : span.first + 1])
            for cue in self.spans("if_so")
        )

    def _is_no_negation(self, cue: Span) -> bool:
        return any(other.first <= cue.first and cue.last <= other.last for other in self.spans("not_negation"))


def together(all_said: list[Said], book: Phrasebook) -> Iterator[tuple[str, Said, Span, list[tuple[Said, Span]]]]:
    """Phrases found together: the label, the sentence with the first of them and its place, and the others.

    Those that may stand next to it are looked for in the sentence before and the one after, in the same paragraph or
    list; what must not be there is looked for in the same sentences.
    """
    for number, said in enumerate(all_said):
        for label in [label for label in said.found if label in book.together]:
            for parts in book.together[label]:
                reach = list(around(all_said, number, 1)) if parts.near else [said]
                if any(one.has(*parts.without) for one in reach):
                    continue
                for span in said.spans(label)[:_TRIED]:
                    others = [_nearest(span, said, [said], other) for other in parts.here[1:]]
                    others += [_nearest(span, said, reach, other) for other in parts.near]
                    found = [other for other in others if other is not None]
                    if len(found) == len(others):
                        yield parts.of, said, span, found


def _nearest(span: Span, said: Said, reach: list[Said], label: str) -> tuple[Said, Span] | None:
    """The nearest words found under a label, apart from the first ones; where they must be in the sentence, not far."""
    far = _FAR if len(reach) == 1 else len(said.sentence.words)
    here = [
        other
        for other in said.spans(label)
        if (other.first >= span.last or other.last <= span.first)
        and other.first - span.last <= far
        and span.first - other.last <= far
    ]
    if here:
        return said, min(here, key=lambda other: max(other.first - span.last, span.first - other.last))
    return next(((one, one.spans(label)[0]) for one in reach if one is not said and one.has(label)), None)


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
        asked = sentence.question and len(sentence.words) > _FEW and not said.has("sales_question")
        said.warned = asked or under or _is_taken_back(all_said, number)
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
