"""Names of companies, universities and hospitals, in the many ways in which they are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screener.places.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterable

# A name of capitals, as "University of Pennsylvania"; never over the end of a line.
_WORD = r"(?<![\w&+-])[A-Z0-9][\w&+-]{0,60}(?:\.(?=\w))?"
NAME = (
    rf"{_WORD}(?:[ ](?:(?:of|for|and|&|de|the)[ ]){{0,2}}{_WORD}){{0,9}}"
    r"(?:,? (?:Inc|Ltd|LLC|Corp|GmbH|AG|Co|plc|S\.A)\b\.?)?"
)

# Words that names have or leave out, and words of a kind of body, which tell no two bodies apart.
_JOINING = frozenset(["the", "of", "for", "and", "at", "de"])
_FIRM = frozenset(
    [
        *("inc", "incorporated", "ltd", "limited", "llc", "corp", "corporation", "co", "company", "gmbh", "ag", "plc"),
        *("sa", "bv", "ab", "kg", "therapeutics", "biotherapeutics", "biotherapeutic", "pharma", "pharmaceutical"),
        *("pharmaceuticals", "biopharma", "biosciences", "biotech", "biotechnology", "biotechnologies", "biologics"),
        "sciences",
    ]
)
_HOUSE = frozenset(
    [
        *("university", "universities", "college", "hospital", "hospitals", "clinic", "clinics", "institute", "center"),
        *("institution", "centre", "medical", "medicine", "health", "healthcare", "system", "international", "school"),
        *("research", "foundation", "society", "group", "trust", "laboratory", "laboratories", "department", "bio"),
        *("oncology", "genetics", "immunotherapy", "science"),
    ]
)
_PLAIN = frozenset(
    [
        *(
            "cancer",
            "national",
            "comprehensive",
            "general",
            "care",
            "cell",
            "cells",
            "gene",
            "life",
            "regional",
            "state",
        ),
        *("memorial", "saint", "city", "first", "people", "affiliated", "children", "childrens", "clinical", "trial"),
        "trials",
    ]
)
_NOISE = _JOINING | _FIRM
_KINDS = _HOUSE | _PLAIN

# What one body calls itself, and the one that it is a part of: folded.
_KIN = (
    (
        "national cancer institute",
        "nci",
        "national institutes health",
        "nih",
        "nih clinical center",
        "center cancer research",
    ),
    ("university pennsylvania", "upenn", "penn", "penn medicine", "abramson cancer center", "perelman school medicine"),
    ("memorial sloan kettering cancer center", "msk", "mskcc", "sloan kettering", "memorial sloan kettering"),
    (
        "m d anderson cancer center",
        "md anderson",
        "md anderson cancer center",
        "university texas md anderson cancer center",
    ),
    ("university california san francisco", "ucsf"),
    ("university california san diego", "ucsd", "uc san diego"),
    ("washington university school medicine", "wash u", "washu"),
)
_SHORT = 5  # letters of an abbreviation
_TELLING = 3  # words that name a body even if all of them are of a kind, as "National Cancer Institute"
_INITIALS = 2  # letters of a word that tells nothing


def is_organization(name: str) -> bool:
    """Whether a name is surely one body's: it is one word, or has one such as "Institute" and others."""
    words = folded(name).split()
    return _tells(set(_words(name))) and (
        len(words) == 1 or bool((_FIRM | _HOUSE) & set(words)) or any(sign.isdigit() for sign in name)
    )


def is_short(name: str) -> bool:
    """Whether a name is an abbreviation, which may stand for anybody."""
    return name.isupper() and len(name) <= _SHORT


def same(name: str, other: str) -> bool:
    """Whether two names are surely of the same body: words, abbreviation, or a part of it that is known."""
    mine, theirs = _words(name), _words(other)
    if not mine or not theirs:
        return False
    fewer, more = sorted((set(mine), set(theirs)), key=len)
    if fewer <= more and _tells(fewer) and "state" not in more - fewer:
        return True
    return _abbreviates(name, other) or any(_is_kin(name, kin) and _is_kin(other, kin) for kin in _KIN)


def alike(name: str, others: Iterable[str]) -> bool:
    """Whether a name has a word of its own in common with one of the others, so that they may be the same."""
    own = {word[:_SHORT] for word in _words(name) if word not in _KINDS and len(word) > _INITIALS}
    return any(own & {word[:_SHORT] for word in _words(other)} for other in others)


def _tells(words: set[str]) -> bool:
    return bool(words - _KINDS) or len(words) >= _TELLING


def _words(name: str) -> list[str]:
    return [word for word in folded(re.sub(r"'s\b", "", name)).split() if word not in _NOISE] or folded(name).split()


def _abbreviates(name: str, other: str) -> bool:
    if not is_short(name):
        return False
    letters = "".join(word[0] for word in re.findall(r"[A-Z0-9]\w*", other)).upper()
    return len(name) > 1 and letters.startswith(name)


def _is_kin(name: str, kin: tuple[str, ...]) -> bool:
    return " ".join(_words(re.sub(r"\([^)]*\)", "", name))) in kin
