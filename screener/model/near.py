"""Names near to what was typed: those that begin so, then those that hold it, then those spelled nearly so."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_FEWEST_LETTERS = 2
_SPELLED_NEARLY = 0.75


def near(key: str, keys: Iterable[str]) -> list[str]:
    """The keys near to a key, best first. Too few letters are near to nothing."""
    if len(key) < _FEWEST_LETTERS:
        return []
    known = list(keys)
    begin = sorted(word for word in known if word.startswith(key))
    hold = sorted(word for word in known if key in word and not word.startswith(key))
    spelled = [] if begin or hold else difflib.get_close_matches(key, known, n=5, cutoff=_SPELLED_NEARLY)
    return [*begin, *hold, *spelled]
