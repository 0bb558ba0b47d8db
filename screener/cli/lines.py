"""Where the answers of an interview come from: a terminal or pipe, line by line, or a script."""

from __future__ import annotations

import difflib
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from screener.errors import BadAnswer, InputError, Problem, clean
from screener.source import read_text
from screener.source.fields import nearest

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


class EndOfInput(Exception):  # noqa: N818 - not an error
    """There is nothing more to read."""


class NoAnswer(Exception):  # noqa: N818 - not an error
    """The script has no answer to this fact."""


@dataclass
class Lines:
    """A script holds `fact: answer` lines, taken before anything is asked, and plain lines, taken in turn.

    `number` is the line taken last.
    """

    keyed: dict[str, tuple[int, str]] = field(default_factory=dict)
    plain: list[tuple[int, str]] = field(default_factory=list)
    scripted: bool = False
    name: str = "<standard input>"
    number: int = 0

    @classmethod
    def of(cls, answers: Path | None, known: Collection[str], *, no_input: bool) -> Lines:
        """Read a script, or take the terminal or pipe. Raises InputError, for lines that nearly name a fact too."""
        if answers is None:
            return cls(scripted=no_input)
        text = read_text(answers, private=True)
        lines = cls(scripted=True, name=text.name)
        wrong = []
        for number, line in enumerate(text.content.splitlines(), start=1):
            word, colon, answer = line.partition(":")
            word = word.strip()
            if not line.strip() or word.startswith("#"):
                continue
            if colon and word in known:
                lines.keyed[word] = (number, answer.strip())
            elif colon and difflib.get_close_matches(word, known, n=1, cutoff=0.8):
                message = f"{text.name}:{number}: there is no fact `{clean(word)}`"
                wrong.append(Problem(message, nearest(word, known)))
            else:
                lines.plain.append((number, line.strip()))
        if wrong:
            raise InputError(*wrong)
        return lines

    def take(self) -> str:
        """The next line. Raises EndOfInput; NoAnswer where a script has no more lines; BadAnswer."""
        if self.plain:
            self.number, line = self.plain.pop(0)
            return line
        if self.scripted:
            raise NoAnswer
        self.number += 1
        try:
            line = sys.stdin.readline()
            line.encode()  # a byte that is no UTF-8 comes as half a character
        except UnicodeError:
            raise BadAnswer("this line is not UTF-8", "write it in plain letters") from None
        if not line:
            raise EndOfInput
        return line.strip()
