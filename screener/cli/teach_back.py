"""The teach-back: each point is said, asked back, and kept in the patient's words with the navigator's initials."""

from __future__ import annotations

import re
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from screener.cli.prompt import GoBack
from screener.model import MissingReason, Retold, TeachBack

if TYPE_CHECKING:
    from screener.cli.draft import Draft
    from screener.cli.prompt import Prompt
    from screener.interview import Interview
    from screener.model import Fact, TeachPoint

_INITIALS = re.compile(r"[^\W\d_]{2,4}")


def hold(
    prompt: Prompt, state: Interview, fact: Fact, points: tuple[TeachPoint, ...], draft: Draft
) -> TeachBack | MissingReason | str:
    """Hold the teach-back, from the point that the draft has come to. Gives it, or why there is none; from a pipe also
    a plain yes or no. Raises GoBack.
    """
    text = prompt.language.words(
        "Teach-back in {number} point, in the patient's own words; - skips it, and the answer stays unknown.",
        "Teach-back in {number} points, in the patient's own words; - skips it, and the answer stays unknown.",
        len(points),
    )
    prompt.tell(text, "  ")
    while True:
        done = len(draft.parts)
        try:
            if done >= len(points):
                return TeachBack(_initials(prompt, state, fact), tuple(Retold(**part) for part in draft.parts))
            said = _retold(prompt, state, fact, points[done], f"{done + 1}/{len(points)}")
        except GoBack:
            if not done:
                raise
            draft.drop()
            continue
        if not isinstance(said, Retold):
            return said
        draft.add(asdict(said))


def _initials(prompt: Prompt, state: Interview, fact: Fact) -> str:
    while not _INITIALS.fullmatch(initials := prompt.line(prompt.word("  initials of the navigator> "), state, fact)):
        prompt.tell(prompt.word("two to four letters"), "  ")
    return initials.upper()


def _retold(
    prompt: Prompt, state: Interview, fact: Fact, point: TeachPoint, number: str
) -> Retold | MissingReason | str:
    """One point; or why the teach-back is skipped."""
    text = prompt.language.text
    prompt.tell("")
    prompt.tell(f"{number}  {prompt.word('Say')}: {text(point.say, 'points', point.id, 'say')}", "  ")
    prompt.tell(f"{prompt.word('Ask')}: {text(point.ask, 'points', point.id, 'ask')}", "  ")
    prompt.tell(f"{prompt.word('Listen for')}: {text(point.listen_for, 'points', point.id, 'listen_for')}", "  ")
    while True:
        words = prompt.line(prompt.word("  the patient's words> "), state, fact)
        if reason := prompt.typed.skip(words):
            return reason
        plain = prompt.typed.canonical(fact, words)
        if plain in {"yes", "no"} and not sys.stdin.isatty():
            return plain
        if words and plain not in {"yes", "no"}:
            break
        prompt.tell(prompt.word("Write what the patient said, in the patient's words."), "  ")
    heard = ""
    while heard not in {"yes", "no"}:
        try:
            heard = prompt.typed.canonical(fact, prompt.line(prompt.word("  understood? yes or no> "), state, fact))
        except GoBack:
            return _retold(prompt, state, fact, point, number)
        if heard not in {"yes", "no"}:
            prompt.tell(prompt.word("yes or no"), "  ")
    return Retold(point.id, words, heard == "yes")
