"""One prompt of an interview: reads a line, and serves the keys that work at every prompt."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING

from screener.cli.settings import say
from screener.cli.typed import Typed, listed
from screener.errors import clean
from screener.render.board import render_board
from screener.words import criterion_text, fact_name, who_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screener.cli.lines import Lines
    from screener.cli.settings import Settings
    from screener.errors import BadAnswer
    from screener.interview import Interview
    from screener.language import Language
    from screener.model import Dictionary, Fact

WIDTH = 78
_BACK = {"<", "back"}
_WHY = {"?", "why"}
_BOARD = {"!", "board"}
_LEAVE = {".", "save", "quit"}
_MOST_OFFERED = 9
_MOST_REASONS = 3


class Leave(Exception):  # noqa: N818 - not an error
    """The person leaves."""


class GoBack(Exception):  # noqa: N818 - not an error
    """The person goes back."""


class Again(Exception):  # noqa: N818 - not an error
    """The person goes back inside a question: it is asked again from its beginning."""


class Prompt:
    """Where an interview talks with a person or takes lines from a script."""

    def __init__(self, lines: Lines, settings: Settings, language: Language, dictionary: Dictionary) -> None:
        """Take where lines come from and the language spoken."""
        self.lines = lines
        self.settings = settings
        self.language = language
        self.typed = Typed(language, dictionary)
        self.word = language.word

    @property
    def silent(self) -> bool:
        """Whether nobody reads what is asked."""
        return self.settings.quiet or self.lines.scripted

    def tell(self, text: str, indent: str = "") -> None:
        """Say a paragraph to whoever answers."""
        if not self.silent:
            say(filled(text, indent))

    def part(self, prompt: str, state: Interview, fact: Fact) -> str:
        """One line of what belongs to an answer. Raises Again where `line` raises GoBack."""
        try:
            return self.line(prompt, state, fact)
        except GoBack:
            raise Again from None

    def line(self, prompt: str, state: Interview, fact: Fact | None = None) -> str:
        """One line of answer. Raises Leave, GoBack, EndOfInput, NoAnswer, BadAnswer."""
        while True:
            if not self.lines.scripted:
                sys.stderr.write(prompt)
                sys.stderr.flush()
            line = self.lines.take()
            if not self.lines.scripted and not sys.stdin.isatty():
                say("")
            key = line.lower()
            if key in _LEAVE:
                raise Leave
            if key in _BACK:
                raise GoBack
            if key in _BOARD:
                say(render_board(state, self.language, WIDTH))
            elif key in _WHY:
                self._explain(state, fact)
            else:
                return line

    def refuse(self, bad: BadAnswer, fact: Fact) -> None:
        """Say why an answer was not taken, and what to write instead."""
        said = {"fact": fact_name(fact, self.language)}
        if words := self.typed.words_for(fact):
            said["words"] = ", ".join(words)
        reason, remedy = bad.told(self.word, **said)
        for text in (f"{reason}: {remedy}", bad.hint):
            if text:
                say(filled(text, "  "))

    def _explain(self, state: Interview, fact: Fact | None) -> None:
        if fact is None:
            return
        text = self.language.text
        lines = [
            f"{self.word('Why')}: {text(fact.why, 'facts', fact.id, 'why')}",
            f"{self.word('Where')}: {text(fact.where, 'facts', fact.id, 'where')}",
            f"{self.word('Who')}: {who_text(fact.who, self.language)}",
        ]
        waiting = state.needs(fact)
        for trial, item in waiting[:_MOST_REASONS]:
            lines.append(f"{trial.id} {item.id}: {criterion_text(trial, item, self.language)}")
        if more := len(waiting[_MOST_REASONS:]):
            lines.append(self.language.words("and {number} more criterion", "and {number} more criteria", more))
        for line in lines:
            say(filled(line, "  "))

    def choose(self, options: Sequence[str], state: Interview, fact: Fact, none: str = "") -> int | None:
        """Ask which of the names near to what was typed is meant; never guess. None for `none` of them.

        Raises ValueError if something else is typed; its text is the line.
        """
        say(filled(self.word("Which one is meant?"), "  "))
        for option in listed(list(options[:_MOST_OFFERED])):
            say(filled(option, "    "))
        if len(options) > _MOST_OFFERED:
            say(filled(self.word("and more: type more letters"), "    "))
        if none:
            say(filled(f"0 {none}", "    "))
        line = self.part(self.word("  number, or type it again> "), state, fact)
        if line.isascii() and line.isdigit():
            if none and int(line) == 0:
                return None
            if 1 <= int(line) <= min(len(options), _MOST_OFFERED):
                return int(line) - 1
        raise ValueError(line)


def filled(text: str, indent: str = "") -> str:
    """A paragraph of at most 78 columns, harmless."""
    return textwrap.fill(clean(text), WIDTH, initial_indent=indent, subsequent_indent=indent)
