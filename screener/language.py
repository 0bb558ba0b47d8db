"""The language of questions, help and hand-outs: texts of the criteria folder, and words of the interface.

English is the source of all of them. Texts of the criteria folder carry the fingerprint of the English they translate;
words of the interface are gettext's, in `locale/`.
"""

from __future__ import annotations

import gettext
import hashlib
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Path = tuple[str, ...]  # such as ("age", "question") or ("NCT04577326", "criteria", "INC-1", "text")
ENGLISH = "en"
_LOCALE = FilePath(__file__).parent / "locale"


def fingerprint(english: str) -> str:
    """The first eight digits of the SHA-256 of a text."""
    return hashlib.sha256(english.encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Texts:
    """Translated texts by path, each with the fingerprint of its English; who reviewed them, empty while nobody has."""

    texts: Mapping[Path, tuple[str, str]] = field(default_factory=dict)
    reviewed_by: str = ""


@dataclass(frozen=True)
class Language:
    """One language; without arguments, English."""

    code: str = ENGLISH
    translated: Texts = field(default_factory=Texts)
    _words: gettext.NullTranslations = field(default_factory=gettext.NullTranslations, compare=False, repr=False)

    @classmethod
    def of(cls, code: str, translated: Texts) -> Language:
        """A language with its words of the interface."""
        return cls(code, translated, gettext.translation("screener", _LOCALE, [code], fallback=True))

    def word(self, english: str) -> str:
        """A word or sentence of the interface."""
        return self._words.gettext(english)

    def words(self, one: str, many: str, number: int) -> str:
        """A sentence that depends on a number, which takes the place of `{number}`."""
        return self._words.ngettext(one, many, number).format(number=number)

    def text(self, english: str, *path: str) -> str:
        """A text of the criteria folder. Where its translation is missing or stale, English, and that is said."""
        if self.code == ENGLISH or not english:
            return english
        source, text = self.translated.texts.get(path, ("", ""))
        if source == fingerprint(english):
            return text
        note = (
            self.word("in English: the translation is out of date")
            if text
            else self.word("in English: not translated yet")
        )
        return f"{english} [{note}]"

    @property
    def is_reviewed(self) -> bool:
        """Whether a person who knows the field and the language has read the translation."""
        return self.code == ENGLISH or bool(self.translated.reviewed_by)


def languages() -> list[str]:
    """The languages that the interface speaks."""
    return [ENGLISH, *sorted(path.name for path in _LOCALE.iterdir() if path.is_dir())]
