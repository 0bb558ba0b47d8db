"""The questions of `screener vet --ask`, for whoever reads a page on paper or hears an offer by phone."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from screener.cli.dialog import End
from screener.cli.lines import EndOfInput
from screener.cli.prompt import GoBack, Leave, filled
from screener.cli.settings import say
from screener.errors import BadAnswer
from screener.truth import Truth
from screener.vet.account import Finding, Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screener.cli.lines import Lines
    from screener.cli.settings import Settings
    from screener.model.trust import TrustItem

_ANSWERS = {
    "yes": Truth.TRUE,
    "y": Truth.TRUE,
    "no": Truth.FALSE,
    "n": Truth.FALSE,
    "": Truth.UNKNOWN,
    "-": Truth.UNKNOWN,
    "unknown": Truth.UNKNOWN,
    "don't know": Truth.UNKNOWN,
}
_BACK = {"<", "back"}
_WHY = {"?", "why"}
_LEAVE = {".", "quit"}
_SETTLED = {Standing.PRESENT, Standing.CONTRADICTED}  # the text itself has answered


class Questions:
    """Asks what a text has left open, one question after the other."""

    def __init__(self, lines: Lines, settings: Settings) -> None:
        """Take where answers come from."""
        self.lines = lines
        self.settings = settings

    def ask(self, findings: Sequence[Finding], *, had_text: bool) -> tuple[End, tuple[Finding, ...]]:
        """Ask until the end, or until the person leaves. Gives the findings as they then stand."""
        items = [finding.item for finding in findings if finding.standing not in _SETTLED]
        answers: dict[str, Truth] = {}
        end = self._until_the_end(items, answers)
        note = "As answered; not seen in the text." if had_text else ""
        return end, tuple(_answered(one, answers.get(one.item.id, Truth.UNKNOWN), note) for one in findings)

    def _until_the_end(self, items: Sequence[TrustItem], answers: dict[str, Truth]) -> End:
        if items:
            self._tell("?  why\u00a0  <  back\u00a0  .  leave\u00a0  Enter or -  not known")
        number = 0
        try:
            while number < len(items):
                try:
                    answers[items[number].id] = self._answer(items[number], f"[{number + 1} of {len(items)}]")
                    number += 1
                except GoBack:
                    if not number:
                        self._tell("  This is the first question.")
                    number = max(0, number - 1)
        except (Leave, EndOfInput) as end:
            if isinstance(end, EndOfInput):
                say("")
            return End.LEFT
        except KeyboardInterrupt:
            say("")
            return End.INTERRUPTED
        return End.FINISHED

    def _answer(self, item: TrustItem, head: str) -> Truth:
        """One answer. Raises GoBack, Leave, EndOfInput."""
        self._tell("")
        self._tell(filled(f"{head} {item.asks}"))
        while True:
            try:
                line = self._line("yes or no> ").lower()
            except BadAnswer as bad:
                say(filled(f"{bad.reason}: {bad.remedy}", "  "))
                continue
            if line in _ANSWERS:
                return _ANSWERS[line]
            if line in _LEAVE:
                raise Leave
            if line in _BACK:
                raise GoBack
            if line in _WHY:
                say(filled(f"Why: {item.why}", "  "))
                say(filled(f"Source: {item.source}", "  "))
            else:
                say("  Write yes or no; Enter when it is not known.")

    def _line(self, prompt: str) -> str:
        sys.stderr.write(prompt)
        sys.stderr.flush()
        line = self.lines.take()
        if not sys.stdin.isatty():
            say("")
        return line

    def _tell(self, text: str) -> None:
        self.settings.tell(text)


def _answered(finding: Finding, answer: Truth, note: str) -> Finding:
    """The finding with a person's answer; one that is not known leaves it as it was."""
    if finding.standing in _SETTLED or answer is Truth.UNKNOWN:
        return finding
    if answer is Truth.TRUE:
        return replace(finding, standing=Standing.PRESENT, note=note)
    return replace(finding, standing=Standing.ABSENT)
