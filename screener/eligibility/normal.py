"""The registry's eligibility text, reduced to what is worth comparing: its words, not its layout."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")  # ClinicalTrials.gov API v2 escapes Markdown: `\>` `\^` `\*`
MARKS = 30  # combining marks of one character, as the stream-safe text of Unicode Standard Annex 15 has it
_MANY = re.compile(rf"[^\x00-\x7f]{{{MARKS + 1},}}")
_HEADING = re.compile(r"\W*(?:key )?(?:inclusion|exclusion) criteria\W*", re.IGNORECASE)


def unescape(text: str) -> str:
    """The text without the registry's Markdown escapes, in Unicode's composed form."""
    return composed(_ESCAPE.sub(r"\1", text))


def composed(text: str) -> str:
    """The text in Unicode's composed form (NFC), with no more than MARKS combining marks one after the other.

    To put many in order takes the square of their number.
    """
    return unicodedata.normalize("NFC", _MANY.sub(_few_marks, text))


def _few_marks(found: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in found[0]:
        # By what it begins with: some Tibetan vowels are no marks themselves but fall apart into two.
        begins = unicodedata.normalize("NFD", character)[0]
        marks = marks + 1 if unicodedata.combining(begins) else 0
        if marks <= MARKS:
            kept.append(character)
    return "".join(kept)


def normalize(text: str) -> str:
    """One line: Markdown escapes undone, lines that are only a heading left out, white space folded."""
    plain = unescape(text)
    kept = (line for line in plain.splitlines() if not _HEADING.fullmatch(line))
    return " ".join(" ".join(kept).split())


def fingerprint(text: str) -> str:
    """The SHA-256 of the normalized text, in hexadecimal."""
    return hashlib.sha256(normalize(text).encode()).hexdigest()
