"""The registry's eligibility text, reduced to what is worth comparing: its words, not its layout."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")  # ClinicalTrials.gov API v2 escapes Markdown: `\>` `\^` `\*`
_HEADING = re.compile(r"\W*(?:key )?(?:inclusion|exclusion) criteria\W*", re.IGNORECASE)


def unescape(text: str) -> str:
    """The text without the registry's Markdown escapes, in Unicode's composed form."""
    return unicodedata.normalize("NFC", _ESCAPE.sub(r"\1", text))


def normalize(text: str) -> str:
    """One line: Markdown escapes undone, lines that are only a heading left out, white space folded."""
    plain = unescape(text)
    kept = (line for line in plain.splitlines() if not _HEADING.fullmatch(line))
    return " ".join(" ".join(kept).split())


def fingerprint(text: str) -> str:
    """The SHA-256 of the normalized text, in hexadecimal."""
    return hashlib.sha256(normalize(text).encode()).hexdigest()
