"""Treatments, entered one by one: the agent, its class where the name is not known, and its dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.cli.settings import say
from screener.errors import BadAnswer, clean
from screener.patient import read_treatment

if TYPE_CHECKING:
    from screener.cli.draft import Draft
    from screener.cli.prompt import Prompt
    from screener.interview import Interview, Raw
    from screener.model import Fact

_NONE = {"none", "no", "never"}
_EXAMPLES = 5


def treatments(prompt: Prompt, state: Interview, fact: Fact, line: str, draft: Draft) -> Raw:
    """Treatments one by one; or all in one line, `agent: last dose; agent: last dose`. Raises BadAnswer."""
    if ";" in line or ":" in line or prompt.lines.scripted or prompt.typed.word(line) in _NONE:
        return prompt.typed.word(line)
    while line and not prompt.typed.skip(line):
        draft.add(_treatment(prompt, state, fact, line))
        line = prompt.part(prompt.word("  next treatment (Enter: no more)> "), state, fact)
    if not draft.parts:
        raise BadAnswer("no treatment is named", "write `none` if there was none")
    return tuple(draft.parts)


def _treatment(prompt: Prompt, state: Interview, fact: Fact, line: str) -> dict[str, str]:
    therapies = state.dictionary.therapies
    agent = _agent(prompt, state, fact, line)
    fields = {"agent": agent}
    named = therapies.find(agent)
    if named is None:
        prompt.tell(prompt.word("This name is not in the vocabulary."), "  ")
        group = _class(prompt, state, fact)
        fields |= {"class": group} if group else {}
    elif named.replace("_", " ") != agent.lower():
        say(f"  = {clean(named.replace('_', ' '))}")
    return fields | _dates(prompt, state, fact, fields)


def _class(prompt: Prompt, state: Interview, fact: Fact) -> str:
    """The class of a treatment whose name is not known; nothing where that is not known either."""
    therapies = state.dictionary.therapies
    while True:
        line = prompt.part(prompt.word("  its class, such as chemotherapy (Enter: not known)> "), state, fact)
        if not line or prompt.typed.skip(line):
            return ""
        if therapies.find(line) in therapies.classes:
            return line
        near = [name for name in therapies.near(line) if name in therapies.classes] or list(therapies.classes)
        names = ", ".join(therapies.classes[name].name for name in near[:_EXAMPLES])
        prompt.tell(f"{prompt.word('This class is not known; for example:')} {names}", "  ")


def _agent(prompt: Prompt, state: Interview, fact: Fact, line: str) -> str:
    """The name as typed, where it is known or nothing is near it; else the one chosen."""
    therapies = state.dictionary.therapies
    while therapies.find(line) is None and (near := therapies.near(line)):
        names = [therapies.classes[name].name if name in therapies.classes else name.replace("_", " ") for name in near]
        try:
            chosen = prompt.choose(names, state, fact, none=prompt.word("none of these: keep what was typed"))
        except ValueError as other:
            if str(other) and not prompt.typed.skip(str(other)):
                line = str(other)
            continue
        return line if chosen is None else near[chosen].replace("_", " ")
    return line


def _dates(prompt: Prompt, state: Interview, fact: Fact, fields: dict[str, str]) -> dict[str, str]:
    """First and last dose. What cannot be read is asked again: the treatment itself is not lost."""
    prompt.tell(prompt.word("last dose, or first to last: 2026-01 to 2026-09-30, 3 weeks ago, ongoing"), "  ")
    question = prompt.word("  last dose (Enter: not known)> ")
    while True:
        line = prompt.part(question, state, fact)
        if not line or prompt.typed.skip(line):
            return {}
        first, to, last = line.partition(f" {prompt.word('to')} ")
        dates = (
            {"start": prompt.typed.date(first), "last_dose": prompt.typed.date(last)}
            if to
            else {"last_dose": prompt.typed.date(line)}
        )
        try:
            read_treatment(fields | dates, state.dictionary, state.as_of)
        except BadAnswer as bad:
            prompt.refuse(bad, fact)
        else:
            return dates
