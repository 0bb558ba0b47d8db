"""The board of an interview: the verdict of each trial so far, and what it still needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.model import Outcome, Verdict
from screener.render.console import console_of, line, written
from screener.words import criterion_text, fact_name, ranked, verdict_in

if TYPE_CHECKING:
    from screener.interview import Interview
    from screener.language import Language
    from screener.model import TrialResult

_MOST_NAMED = 6


def render_board(state: Interview, language: Language, width: int) -> str:
    """Lay the board out; nothing on it is a result yet."""
    console = console_of(width=width, color=False)
    for result in ranked(state.results):
        if result.trial.is_profile and len(state.trials) > 1:
            continue
        line(console, f"{result.trial.id}  {verdict_in(result, language)}", 2)
        for text in _reasons(result, state, language):
            line(console, text, 6)
    return written(console).rstrip("\n")


def _reasons(result: TrialResult, state: Interview, language: Language) -> list[str]:
    """What rules it out; else what it waits for, and which answers could still change it."""
    trial = result.trial
    if result.verdict in {Verdict.NO_MATCH, Verdict.NOT_YET}:
        failing = [item for item in result.criteria if item.outcome is Outcome.NOT_MET]
        if result.verdict is Verdict.NO_MATCH:
            failing = [item for item in failing if not item.time_bound]
        shown = [f"x {item.criterion.id} {criterion_text(trial, item.criterion, language)}" for item in failing]
        if result.verdict is Verdict.NO_MATCH:
            return shown
    else:
        shown = []
    needed = [fact_name(fact, language) for fact in state.still_needed(trial)]
    if needed:
        more = language.words("and {number} more", "and {number} more", len(needed) - _MOST_NAMED)
        names = "; ".join(needed[:_MOST_NAMED]) + (f"; {more}" if len(needed) > _MOST_NAMED else "")
        shown.append(f"{language.word('still needs')}: {names}")
    return shown
