"""The dialog of an interview: which prompt follows which, and what is kept of the answers."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from screener.cli.draft import Draft
from screener.cli.lines import EndOfInput, NoAnswer
from screener.cli.prompt import Again, GoBack, Leave, filled
from screener.cli.questions import show_keys, show_question
from screener.cli.settings import say
from screener.cli.teach_back import hold
from screener.cli.treatments import treatments
from screener.dates import past_day
from screener.errors import BadAnswer, InputError, Problem, clean
from screener.interview import Answer
from screener.interview.panel import split_results
from screener.model import UNDERSTANDING, Coded, FactType, MissingReason, Moment, Number, Residence
from screener.patient import split_result
from screener.travel import FACTS
from screener.words import fact_name

if TYPE_CHECKING:
    from screener.cli.draft import Part
    from screener.cli.prompt import Prompt
    from screener.interview import Interview, Question
    from screener.model import Fact, Talk
    from screener.session import Session

_ON = {"+", "more"}


class End(Enum):
    """How an interview ended."""

    FINISHED = "finished"
    LEFT = "left"
    INTERRUPTED = "interrupted"


class Dialog:
    """Asks the questions of an interview until none is left or the person leaves."""

    def __init__(self, session: Session, prompt: Prompt, talk: Talk, drafts: dict[str, list[Part]]) -> None:
        """Take where to keep answers, where they come from, what the teach-back says, and answers half given."""
        self.session = session
        self.prompt = prompt
        self.lines = prompt.lines
        self.word = prompt.word
        self.talk = talk
        self.drafts = drafts
        self.tested: str | None = None  # the date of the report at hand; empty when it is not known
        self.state: Interview

    def run(self, state: Interview) -> tuple[End, Interview]:
        """Ask until the end. Every answer is on disk before the next question."""
        self.state = state
        try:
            self._script()
            if self.state.question:
                show_keys(self.prompt)
            while self.state.question or self._goes_on():
                if question := self.state.question:
                    self._step(question)
        except (Leave, EndOfInput) as end:
            if isinstance(end, EndOfInput):
                say("")
            return End.LEFT, self.state
        except KeyboardInterrupt:
            say("")
            return End.INTERRUPTED, self.state
        return (End.LEFT if self.state.passed - set(FACTS) else End.FINISHED), self.state

    def _keep(self, state: Interview) -> None:
        """Take the state on, what is new in it being on disk."""
        for entry in state.entries[len(self.state.entries) :]:
            self.session.add(entry)
            self.drafts.pop(entry.fact, None)
        self.state = state

    def _script(self) -> None:
        """Take the answers that a script gives by fact, in its order, whether or not they would be asked for."""
        for name, (number, line) in self.lines.keyed.items():
            if name in self.state.patient.facts:
                continue
            fact = self.state.dictionary.facts[name]
            self.lines.number = number
            try:
                self._keep(self._plain(fact, line))
            except BadAnswer as bad:
                self._refuse(bad, fact)

    def _plain(self, fact: Fact, line: str, uln: str = "", tested: str = "") -> Interview:
        """The state after one line that says all. Raises BadAnswer."""
        if reason := self.prompt.typed.skip(line):
            return self.state.skip(fact, reason)
        return self.state.answer(fact, self.prompt.typed.canonical(fact, line), uln=uln, tested=tested)

    def _goes_on(self) -> bool:
        """No answer can change a verdict any more: offer to stop. Whether there is more to ask all the same."""
        if self.prompt.silent or self.state.thorough:
            return False
        say("")
        say(filled(self.word("Every verdict is settled: no answer that is still missing could change one.")))
        more = self.state.thoroughly()
        left = more.question.remaining if more.question else 0
        if left:
            one = "+  go on: {number} answer is still missing and would complete the picture"
            many = "+  go on: {number} answers are still missing and would complete the picture"
            say(filled(self.prompt.language.words(one, many, left)))
        say(f"Enter  {self.word('finish')}   <  {self.word('back')}   !  {self.word('verdicts so far')}")
        try:
            line = self.prompt.line("> ", self.state)
        except (EndOfInput, Leave):
            return False
        except GoBack:
            return self._back()
        if left and line.lower() in _ON:
            self.state = more
            return True
        return False

    def _back(self) -> bool:
        if not self.state.entries:
            say(f"  {self.word('This is the first question.')}")
            return False
        self.session.back()
        self.state = self.state.back()
        return True

    def _step(self, question: Question) -> None:
        if question.begins:
            self.tested = None
        show_question(self.prompt, self.state, question, bare=self._is_talk(question.fact))
        while True:
            try:
                self._ask(question)
            except BadAnswer as bad:
                self._refuse(bad, question.fact)
            except NoAnswer:
                self.state = self.state.pass_over(question.fact)
                return
            except GoBack:
                self._back()
                return
            except Again:
                continue
            else:
                return

    def _is_talk(self, fact: Fact) -> bool:
        """Whether the question is a conversation, held with a person or through a pipe."""
        return fact.id == UNDERSTANDING and bool(self.talk.teach_back) and not self.lines.scripted

    def _date(self, question: Question) -> str:
        """The date of the report, asked once for all results that stand on it."""
        if not question.panel or not question.panel.dated or self.prompt.silent:
            return ""
        if self.tested is None and not question.begins:
            held = [e for e in self.state.entries if isinstance(e, Answer) and e.fact in question.panel.facts]
            self.tested = held[-1].tested if held else None
        while self.tested is None:
            line = self.prompt.line(
                self.word("  date of the report (2026-11-10; Enter: not known)> "), self.state, question.fact
            )
            if not line or self.prompt.typed.skip(line):
                self.tested = ""
                break
            try:
                self.tested = past_day(line, self.state.as_of).isoformat()
            except BadAnswer as bad:
                self._refuse(bad, question.fact)
        return self.tested or ""

    def _ask(self, question: Question) -> None:
        """Ask for a fact and keep the answer. Raises BadAnswer, NoAnswer, GoBack, Leave, EndOfInput."""
        fact = question.fact
        if self._is_talk(fact):
            self._teach_back(fact)
            return
        tested = self._date(question)
        if fact.type is FactType.THERAPIES and (parts := self._draft(fact).parts):
            names = "; ".join(str(part.get("agent", "")) for part in parts)
            self.prompt.tell(f"{self.word('entered so far')}: {names}", "  ")
        head = fact_name(fact, self.prompt.language) if question.panel else ""
        line = self.prompt.line(f"{head}> ", self.state, fact)
        if question.panel and ";" in line:
            self._several(question, line, tested)
        elif self.prompt.typed.skip(line):
            self._keep(self._plain(fact, line))
        elif fact.type is FactType.THERAPIES:
            self._keep(self.state.answer(fact, treatments(self.prompt, self.state, fact, line, self._draft(fact))))
        elif fact.type is FactType.TUMOR_TYPE:
            self._keep(self._plain(fact, self._tumor_type(fact, line)))
            self._echo(fact)
        else:
            raw = self.prompt.typed.canonical(fact, line)
            self._keep(self._plain(fact, raw, self._uln(fact, raw), tested))
            self._echo(fact)

    def _draft(self, fact: Fact) -> Draft:
        """The parts of an answer that is still being given."""
        return Draft(self.session, fact.id, self.drafts.setdefault(fact.id, []))

    def _teach_back(self, fact: Fact) -> None:
        held = hold(self.prompt, self.state, fact, self.talk.teach_back, self._draft(fact))
        if isinstance(held, MissingReason):
            self._keep(self.state.skip(fact, held))
        elif isinstance(held, str):
            self._keep(self.state.answer(fact, held))
        else:
            self._keep(self.state.answer(fact, held.answer, teach_back=held))

    def _several(self, question: Question, line: str, tested: str) -> None:
        """Results of a panel in one line. Those before one that cannot be read are kept."""
        for fact, value in split_results(line, question.fact, question.beside, self.state.dictionary):
            try:
                raw = self.prompt.typed.canonical(fact, value)
                self._keep(self._plain(fact, raw, "" if self.prompt.typed.skip(raw) else self._uln(fact, raw), tested))
            except BadAnswer as bad:
                self._refuse(bad, fact)
                return
            self._echo(fact)

    def _tumor_type(self, fact: Fact, line: str) -> str:
        """The tumor type as typed, where that is one; else the one chosen among those near to it. Raises BadAnswer."""
        types = self.state.dictionary.tumor_types
        found = types.find(line)
        near = tuple(sorted(found)) if len(found) > 1 else types.near(line)
        if len(found) == 1 or not near or self.lines.scripted:
            return line
        try:
            chosen = self.prompt.choose([f"{types.names[code]} ({code})" for code in near], self.state, fact)
        except ValueError as other:
            return str(other) if self.prompt.typed.skip(str(other)) else self._tumor_type(fact, str(other) or line)
        return near[chosen or 0]

    def _uln(self, fact: Fact, raw: str) -> str:
        """The upper limit of normal, asked apart where it matters and was not given with the value."""
        if not self.state.wants_uln(fact) or "uln" in split_result(raw):
            return ""
        self.state.answer(fact, raw)  # a value that cannot be read is refused before more is asked
        if self.lines.scripted and not self.lines.plain:
            return ""
        self.prompt.tell(self.word("Upper limit of normal printed beside it? (- when it is not printed)"), "  ")
        line = self.prompt.part("  ULN> ", self.state, fact)
        return "" if not line or self.prompt.typed.skip(line) else line

    def _echo(self, fact: Fact) -> None:
        """How the answer was understood, where that is not what was typed."""
        entry, value = self.state.entries[-1], self.state.patient.get(fact.id)
        if not isinstance(entry, Answer):
            return
        match value:
            case Number(shown=shown) | Coded(shown=shown) | Residence(shown=shown):
                text = shown
            case Moment():
                text = str(value)
            case _:
                return
        if text != entry.raw and fact.type not in {FactType.BOOLEAN, FactType.SCALE, FactType.CHOICE}:
            self.prompt.tell(f"= {clean(text)}", "  ")

    def _refuse(self, bad: BadAnswer, fact: Fact) -> None:
        if self.lines.scripted:
            message = f"{self.lines.name}:{self.lines.number}: {fact.id}: {bad.reason}"
            raise InputError(Problem(message, bad.remedy)) from None
        self.prompt.refuse(bad, fact)
