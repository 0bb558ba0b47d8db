"""Errors are a product: each says where, shows it, says what is wrong and what to do, all at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_WIDTH = 76
_KEY = re.compile(r"\s*(?:- )?(\w{1,40}):(?=\s|$)")
# Control characters (line feed and tab aside) and characters that turn the direction of text or have no width.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


class ExitCode(IntEnum):
    """What the program tells the shell (after sysexits.h, where it has a code)."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    UNFINISHED = 3
    NO_MATCH = 10
    UNDECIDED = 11
    NOT_YET = 12
    BAD_DATA = 65
    NO_INPUT = 66
    NETWORK = 69
    INTERNAL = 70
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a file: 1-based line and column, its length, and the whole line it stands in."""

    file: str
    line: int
    column: int
    length: int = 1
    excerpt: str = ""
    private: bool = False  # a patient's file: the excerpt shows where, never what
    keys: frozenset[str] = frozenset()  # the words that even then may stand before a colon

    def __str__(self) -> str:
        """Give `file:line:column`."""
        return f"{clean(self.file)}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what was given: what it is, what to do, and where."""

    message: str
    remedy: str
    place: Place | None = None

    def __str__(self) -> str:
        """Lay out the problem as a message with excerpt, caret and remedy."""
        where = f"{self.place}: " if self.place else ""
        lines = [f"Error: {where}{clean(self.message)}"]
        if self.place and self.place.excerpt:
            lines += _excerpt(self.place)
        lines.append(f"  Fix: {clean(self.remedy)}")
        return "\n".join(lines)


class InputError(Exception):
    """What was given cannot be used. Holds every problem found, not just the first."""

    exit_code = ExitCode.BAD_DATA

    def __init__(self, *problems: Problem) -> None:
        """Take the problems in the order in which a reader meets them."""
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        """Lay out all the problems."""
        return "\n\n".join(str(problem) for problem in self.problems)


class NoInputError(InputError):
    """The file is not there, is not a file, or may not be read."""

    exit_code = ExitCode.NO_INPUT


class UsageError(InputError):
    """The command was called with words that do not fit together."""

    exit_code = ExitCode.USAGE


class BadAnswer(ValueError):  # noqa: N818 - it is an answer, not an error of the program
    """An answer that cannot be read. Says why without repeating the answer, which is a patient's.

    The `hint` may: it is for the person who has just typed the answer, and for no file and no log.
    """

    def __init__(self, reason: str, remedy: str, hint: str = "", **values: str) -> None:
        """Take the reason, what to write instead, and a hint; `values` fill the fields of both texts."""
        self._texts = reason, remedy
        self._values = values
        self.reason, self.remedy = self.told(str)
        self.hint = hint
        super().__init__(self.reason)

    def told(self, word: Callable[[str], str], **replaced: str) -> tuple[str, str]:
        """Reason and remedy in another language, some values said otherwise."""
        values = {key: replaced.get(key, value) for key, value in self._values.items()}
        reason, remedy = (word(text).format(**values) if values else word(text) for text in self._texts)
        return reason, remedy


def clean(text: str) -> str:
    """Text from outside, with control and direction characters made visible and harmless."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def _excerpt(place: Place) -> list[str]:
    line = place.excerpt.expandtabs(1)
    if place.private:
        key = _KEY.match(line)
        kept = key.end() if key and key[1] in place.keys else 0
        line = line[:kept] + re.sub(r"\w", "·", line[kept:])
    start = max(0, place.column - 1 - _WIDTH // 2) if len(line) > _WIDTH else 0
    shown = line[start : start + _WIDTH]
    caret = place.column - 1 - start
    length = max(1, min(place.length, len(shown) - caret))
    return [f"  {place.line} | {clean(shown)}", f"  {' ' * len(str(place.line))} | {' ' * caret}{'^' * length}"]
