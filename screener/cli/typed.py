"""What people type, in their language, in the words that are kept: numbers of choices, `sí`, `hace 3 semanas`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screener.errors import clean
from screener.language import ENGLISH
from screener.model import FactType, MissingReason, word_key

if TYPE_CHECKING:
    from screener.language import Language
    from screener.model import Dictionary, Fact

_SKIPS = {
    "-": MissingReason.DONT_KNOW,
    "--": MissingReason.NOT_DONE,
    "---": MissingReason.DECLINED,
}
_NEVER, _NONE, _ONGOING, _TODAY, _YESTERDAY = "never", "none", "ongoing", "today", "yesterday"
_PERIODS = ("day", "week", "month", "year")


class Typed:
    """Reads and offers words in one language."""

    def __init__(self, language: Language, dictionary: Dictionary) -> None:
        """Take the language and the dictionary."""
        self.language = language
        self.dictionary = dictionary
        word = language.word
        self.skips = _SKIPS | {
            key: reason
            for texts, reason in (
                (("dont know", "don't know", "unknown", word("don't know")), MissingReason.DONT_KNOW),
                (("not done", word("not done")), MissingReason.NOT_DONE),
                (("declined", word("declined")), MissingReason.DECLINED),
                (("pending", word("pending")), MissingReason.PENDING),
            )
            for key in texts
        }
        self._words = {
            word_key(word(english)): english for english in (_NEVER, _NONE, _ONGOING, _TODAY, _YESTERDAY, "yes", "no")
        }
        self._ago = [
            (_pattern(word(f"{{number}} {period}{s} ago")), f"{{number}} {period}s ago")
            for period in _PERIODS
            for s in ("", "s")
        ]

    def skip(self, line: str) -> MissingReason | None:
        """The reason why there is no answer, where the line gives one."""
        return self.skips.get(line.lower())

    def canonical(self, fact: Fact, line: str) -> str:
        """An answer in the words that are kept; what is not known here is left as it is."""
        choices = self.dictionary.choices(fact)
        if fact.type in {FactType.BOOLEAN, FactType.CHOICE}:
            if fact.type is FactType.CHOICE and line.isascii() and line.isdigit() and 1 <= int(line) <= len(choices):
                return choices[int(line) - 1].id
            general = {word_key(self._general(fact, word)): word for word, _ in fact.general}
            shown = {word_key(self.choice(fact, choice.id, choice.means)): choice.id for choice in choices}
            short = {"y": "yes", "n": "no"} if fact.type is FactType.BOOLEAN else {}
            return (short | self._words | general | shown).get(word_key(line), line)
        return self.date(line) if fact.type is FactType.DATE else self.word(line)

    def word(self, line: str) -> str:
        """One of the few words that stand for an answer, such as none."""
        return self._words.get(word_key(line), line) if line.strip() else line

    def date(self, line: str) -> str:
        """A date or a time ago."""
        for pattern, english in self._ago:
            if found := pattern.fullmatch(line.strip()):
                return english.format(number=found[1])
        return self.word(line)

    def choice(self, fact: Fact, name: str, means: str) -> str:
        """What a choice means, in the language."""
        if fact.type is FactType.BOOLEAN:
            return self.language.word(name)
        return self.language.text(means, "facts", fact.id, "choices", name)

    def _general(self, fact: Fact, word: str) -> str:
        """A word that leaves open which of several choices it is, in the language."""
        return self.language.text(word, "facts", fact.id, "general", word)

    def words_for(self, fact: Fact) -> list[str]:
        """The words that answer a choice or a yes-or-no question, where they are not the English ones."""
        if self.language.code == ENGLISH or fact.type not in {FactType.BOOLEAN, FactType.CHOICE}:
            return []
        choices = [self.choice(fact, choice.id, choice.means) for choice in self.dictionary.choices(fact)]
        return choices + [self._general(fact, word) for word, _ in fact.general]

    def hint(self, fact: Fact) -> list[str]:
        """What an answer looks like: one line, or the choices by number."""
        word = self.language.word
        match fact.type:
            case FactType.BOOLEAN:
                return [word("yes or no")]
            case FactType.CHOICE:
                listed = [
                    f"{number} {self._named(fact, choice.id, choice.means)}"
                    for number, choice in enumerate(fact.choices, start=1)
                ]
                general = [self._general(fact, word) for word, _ in fact.general]
                return listed + ([f"{word('less exact')}: {'; '.join(general)}"] if general else [])
            case FactType.QUANTITY:
                units = [unit for unit, _ in fact.units if unit != "ratio"]
                if not units:
                    return [word("a number")]
                if len(units) == 1:
                    return [word("a number in {unit}").format(unit=units[0])]
                return [word("a number with its unit: {units}").format(units=", ".join(units))]
            case FactType.SCALE:
                low, high = fact.plausible or (0, 0)
                text = word("a whole number from {low} to {high}").format(low=low, high=high)
                return [text + (" " + word("in steps of {step}").format(step=fact.step) if fact.step else "")]
            case FactType.DATE:
                return [word("2026-10-01, 2026-10, 3 weeks ago, or never")]
            case FactType.TUMOR_TYPE:
                return [
                    word("a name, an OncoTree code or an ICD-10 code; some letters of it are enough to choose from")
                ]
            case FactType.PLACE:
                return [word("a city with its state or country, or a US ZIP code, of which three digits are enough")]
            case FactType.THERAPIES:
                return [word("one treatment a line: a drug (brand or generic name) or a class; or none")]

    def _named(self, fact: Fact, name: str, means: str) -> str:
        """The meaning of a choice; in English the word to write too, where the meaning says more than it."""
        shown = self.choice(fact, name, means)
        if self.language.code != ENGLISH or word_key(name) == word_key(means):
            return shown
        return f"{name}: {shown}"


def _pattern(text: str) -> re.Pattern[str]:
    """What `hace {number} semanas` looks like with any number."""
    before, _, after = text.partition("{number}")
    return re.compile(rf"{re.escape(before)}(\d{{1,4}}){re.escape(after)}", re.IGNORECASE)


def listed(options: list[str]) -> list[str]:
    """Options by number, harmless."""
    return [f"{number} {clean(option)}" for number, option in enumerate(options, start=1)]
