"""The dialog of an interview: prompts on standard error, answers from a terminal, a pipe or a file."""

from __future__ import annotations

import difflib
import os
import sys
import textwrap
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from screener.cli.settings import Settings, say
from screener.errors import BadAnswer, InputError, Problem, clean
from screener.model import Choice, Fact, FactType, MissingReason, word_key
from screener.patient import read_treatment, split_result
from screener.source import read_text
from screener.source.fields import nearest

if TYPE_CHECKING:
    from collections.abc import Collection

    from screener.interview import Interview, Question, Raw
    from screener.session import Session

_SKIPS = {
    "-": MissingReason.DONT_KNOW,
    "dont know": MissingReason.DONT_KNOW,
    "don't know": MissingReason.DONT_KNOW,
    "unknown": MissingReason.DONT_KNOW,
    "--": MissingReason.NOT_DONE,
    "not done": MissingReason.NOT_DONE,
    "---": MissingReason.DECLINED,
    "declined": MissingReason.DECLINED,
    "pending": MissingReason.PENDING,
}
_BACK = {"<", "back"}
_WHY = {"?", "why"}
_LEAVE = {".", "save", "quit"}
_KEYS = "?  why and where to find it   <  back   .  save and leave\n-  don't know   --  not done   ---  declined"
_WIDTH = 78


class End(Enum):
    """How an interview ended."""

    FINISHED = "finished"
    LEFT = "left"
    INTERRUPTED = "interrupted"


class _Leave(Exception):  # noqa: N818 - not an error
    """The person leaves, or there is no more input."""


class _NoAnswer(Exception):  # noqa: N818 - not an error
    """The script has no answer to this fact."""


class _GoBack(Exception):  # noqa: N818 - not an error
    """The person goes back."""


@dataclass
class Lines:
    """Where answers come from. A script holds `fact: answer` lines, taken when that fact is asked, and plain lines,
    taken in turn; `number` is the line taken last, `is_keyed` whether it named its fact.
    """

    keyed: dict[str, tuple[int, str]]
    plain: list[tuple[int, str]]
    scripted: bool
    name: str = "<standard input>"
    number: int = 0
    is_keyed: bool = False

    @classmethod
    def of(cls, answers: Path | None, known: Collection[str], *, no_input: bool) -> Lines:
        """Read a script, or take the terminal or pipe. Raises InputError, for lines that nearly name a fact too."""
        if answers is None:
            return cls({}, [], scripted=no_input)
        text = read_text(answers, private=True)
        lines = cls({}, [], scripted=True, name=text.name)
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

    def take(self, fact: Fact) -> str:
        """The next line. Raises _Leave at the end of input, _NoAnswer where a script has none for this fact."""
        self.is_keyed = fact.id in self.keyed
        if self.is_keyed:
            self.number, line = self.keyed.pop(fact.id)
            return line
        if self.plain:
            self.number, line = self.plain.pop(0)
            return line
        if self.scripted:
            raise _NoAnswer
        self.number += 1
        try:
            line = sys.stdin.readline()
            line.encode()  # a byte that is no UTF-8 comes as half a character
        except UnicodeError:
            raise BadAnswer("this line is not UTF-8", "write it in plain letters") from None
        if not line:
            raise _Leave
        return line.strip()


class Dialog:
    """Asks the questions of an interview until none is left or the person leaves."""

    def __init__(self, session: Session, lines: Lines, settings: Settings) -> None:
        """Take where to keep answers and where they come from."""
        self.session = session
        self.lines = lines
        self.settings = settings

    def run(self, state: Interview) -> tuple[End, Interview]:
        """Ask until the end. Every answer is on disk before the next question."""
        if state.question and not self.lines.scripted:
            self.settings.tell(f"\n{_KEYS}")
        try:
            while question := state.question:
                state = self._step(state, question)
        except _Leave:
            return End.LEFT, state
        except KeyboardInterrupt:
            say("")
            return End.INTERRUPTED, state
        return (End.LEFT if state.passed else End.FINISHED), state

    def _step(self, state: Interview, question: Question) -> Interview:
        fact = question.fact
        self._show(len(state.entries) + 1, question)
        while True:
            try:
                line = self._ask("> ", fact)
                if line.lower() in _SKIPS:
                    state = state.skip(fact, _SKIPS[line.lower()])
                else:
                    raw = self._treatments(state, fact, line) if fact.type is FactType.THERAPIES else line
                    state = state.answer(fact, raw, self._uln(state, question, raw))
            except BadAnswer as bad:
                self._refuse(bad, fact)
            except _NoAnswer:
                return state.pass_over(fact)
            except _GoBack:
                if not state.entries:
                    say("  This is the first question.")
                    continue
                self.session.back()
                return state.back()
            else:
                self.session.add(state.entries[-1])
                return state

    def _show(self, number: int, question: Question) -> None:
        if self.settings.quiet or self.lines.scripted:
            return
        more = question.remaining - 1
        count = f"up to {more} more could matter" if more else "the last that could matter"
        say(f"\n[{number}; {count}]")
        say(textwrap.fill(clean(question.fact.question), _WIDTH))
        say(textwrap.fill(_hint(question.fact), _WIDTH, initial_indent="  ", subsequent_indent="  "))

    def _ask(self, prompt: str, fact: Fact) -> str:
        """One line of answer; `?` explains and asks again."""
        while True:
            if not self.lines.scripted:
                sys.stderr.write(prompt)
                sys.stderr.flush()
            line = self.lines.take(fact)
            if not self.lines.scripted and not sys.stdin.isatty():
                say("")
            if line.lower() in _LEAVE:
                raise _Leave
            if line.lower() in _BACK:
                raise _GoBack
            if line.lower() in _WHY:
                for label, text in (
                    ("Why", fact.why),
                    ("Where", fact.where),
                    ("Who", ", ".join(w.value for w in fact.who)),
                ):
                    text_line = f"{label}: {text.replace('_', ' ') if label == 'Who' else text}"
                    say(textwrap.fill(text_line, _WIDTH, initial_indent="  ", subsequent_indent="  "))
                continue
            return line

    def _uln(self, state: Interview, question: Question, raw: Raw) -> str:
        """The upper limit of normal, asked apart where it matters and was not given with the value."""
        if not question.wants_uln or not isinstance(raw, str) or "uln" in split_result(raw):
            return ""
        state.answer(question.fact, raw)  # a value that cannot be read is refused before more is asked
        if self.lines.scripted and (self.lines.is_keyed or not self.lines.plain):
            return ""
        if not self.settings.quiet:
            say("  Upper limit of normal printed beside it? (- when it is not printed)")
        line = self._ask("  ULN> ", question.fact)
        return "" if line.lower() in {*_SKIPS, ""} else line

    def _treatments(self, state: Interview, fact: Fact, line: str) -> Raw:
        """Treatments one by one; or all in one line, `agent: last dose; agent: last dose`."""
        if ";" in line or ":" in line or self.lines.scripted or word_key(line) in {"none", "no", "never"}:
            return line
        items: list[dict[str, str]] = []
        while line:
            items.append(self._treatment(state, fact, line))
            line = self._ask("  next treatment (Enter: no more)> ", fact)
        if not items:
            raise BadAnswer("no treatment is named", "write `none` if there was none")
        return tuple(items)

    def _treatment(self, state: Interview, fact: Fact, agent: str) -> dict[str, str]:
        fields = {"agent": agent}
        if state.dictionary.therapies.find(agent) is None:
            say("  This name is not in the vocabulary.")
            line = self._ask("  its class, such as chemotherapy (Enter: not known)> ", fact)
            if line and line not in _SKIPS:
                fields["class"] = line
        line = self._ask("  last dose (a date, 3 weeks ago, ongoing; Enter: not known)> ", fact)
        if line and line not in _SKIPS:
            fields["last_dose"] = line
        read_treatment(fields, state.dictionary, state.as_of)
        return fields

    def _refuse(self, bad: BadAnswer, fact: Fact) -> None:
        if self.lines.scripted:
            message = f"{self.lines.name}:{self.lines.number}: {fact.id}: {bad.reason}"
            raise InputError(Problem(message, bad.remedy)) from None
        for text in (f"{bad.reason}: {bad.remedy}", bad.hint):
            if text:
                say(textwrap.fill(text, _WIDTH, initial_indent="  ", subsequent_indent="  "))


def session_path() -> Path:
    """A new session file in the user's state folder."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    now = datetime.now().astimezone()
    return Path(state) / "screener" / "sessions" / f"{now:%Y%m%d-%H%M%S}-{os.getpid()}.jsonl"


def _hint(fact: Fact) -> str:
    """What an answer looks like."""
    match fact.type:
        case FactType.BOOLEAN:
            return "yes or no"
        case FactType.CHOICE:
            general = [word for word, _ in fact.general]
            return "; ".join([_choice_hint(choice) for choice in fact.choices] + general)
        case FactType.QUANTITY:
            units = [unit for unit, _ in fact.units if unit != "ratio"]
            example = f"a number{' in ' + units[0] if units else ''}"
            return example + (f" (or with its unit: {', '.join(units[1:])})" if len(units) > 1 else "")
        case FactType.SCALE:
            low, high = fact.plausible or (0, 0)
            return f"a whole number from {low} to {high}" + (f" in steps of {fact.step}" if fact.step else "")
        case FactType.DATE:
            return "2026-10-01, 2026-10, 3 weeks ago, or never"
        case FactType.TUMOR_TYPE:
            return "an OncoTree code or name, such as PLMESO or pleural mesothelioma"
        case FactType.THERAPIES:
            return "one treatment a line: a drug or a class; or none"


def _choice_hint(choice: Choice) -> str:
    """The word to write and, where it says more, its meaning."""
    return choice.id if word_key(choice.id) == word_key(choice.means) else f"{choice.id} ({choice.means})"
