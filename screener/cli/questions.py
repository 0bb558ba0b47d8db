"""What a question looks like on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.words import fact_name

if TYPE_CHECKING:
    from screener.cli.prompt import Prompt
    from screener.interview import Interview, Question
    from screener.model import Fact, Panel


def show_keys(prompt: Prompt) -> None:
    """The keys that work at every prompt."""
    word = prompt.word
    prompt.tell("")
    where, back, board = word("why and where"), word("back"), word("verdicts so far")
    prompt.tell(f"?  {where}\u00a0  <  {back}\u00a0  !  {board}\u00a0  .  {word('save and leave')}")
    unknown = word("don't know")
    prompt.tell(f"-  {unknown}\u00a0  --  {word('not done')}\u00a0  ---  {word('declined')}")


def show_question(prompt: Prompt, state: Interview, question: Question, *, bare: bool) -> None:
    """The question with how many answers could still matter; `bare` without what an answer looks like."""
    fact = question.fact
    words = prompt.language.words
    if question.begins:
        counted = words(
            "up to {number} answer could still matter", "up to {number} answers could still matter", question.remaining
        )
        trials = words("{number} trial open", "{number} trials open", state.open_trials)
        prompt.tell("")
        prompt.tell(f"[{len(state.entries) + 1}; {counted}; {trials}]")
        if question.panel and len(question.beside) > 1:
            _show_panel(prompt, question.panel, question.beside)
    prompt.tell(prompt.language.text(fact.question, "facts", fact.id, "question"))
    for hint in [] if bare else prompt.typed.hint(fact):
        prompt.tell(hint, "  ")


def _show_panel(prompt: Prompt, panel: Panel, facts: tuple[Fact, ...]) -> None:
    """All that is wanted of one report."""
    names = "; ".join(fact_name(fact, prompt.language) for fact in facts)
    prompt.tell(f"{prompt.language.text(panel.name, 'panels', panel.id)}: {names}")
    example = f"{facts[0].id} …; {facts[1].id} …"
    prompt.tell(prompt.word("One after the other, or several in one line, such as: {example}").format(example=example))
