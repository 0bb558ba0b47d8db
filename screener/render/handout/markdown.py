"""The hand-out as Markdown, for a chart note or an e-mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screener.errors import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screener.render.handout.content import HandOut, NearMiss, Reason, TrialPart
    from screener.render.handout.paths import Known

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_HEAD_OF_LINE = re.compile(r"^(\d{0,9})([-+=.)])")  # what would begin a list or a rule


def render_markdown(hand_out: HandOut) -> str:
    """Headings, lists and tables; no text can format or run anything."""
    word = hand_out.language.word
    title = word("Pre-screening of {patient}, {day}").format(
        patient=hand_out.patient or word("a patient"), day=hand_out.as_of
    )
    lines = [f"# {escape(title)}", "", f"**{escape(hand_out.disclaimer)}**"]
    if hand_out.translation:
        lines += ["", f"*{escape(hand_out.translation)}*"]
    lines += ["", f"## {word('At a glance')}", ""]
    lines += [_row(word("trial"), word("verdict"), word("fit score"), word("status")), "|---|---|---|---|"]
    lines += [_row(part.id, part.said, part.score, part.status_short) for part in hand_out.trials]
    for supply in hand_out.supplies:
        lines += ["", f"## {word('What is missing, and who can supply it')}"] if supply is hand_out.supplies[0] else []
        lines += ["", f"### {escape(supply.who.capitalize())}", ""]
        lines += [
            f"- **{escape(name)}** ({_trials(hand_out, count)}): {escape(where)}" for name, where, count in supply.items
        ]
    if hand_out.near:
        lines += ["", f"## {word('Nearly')}", "", word("Trials that one or two facts stand in the way of."), ""]
        lines += [line for miss in hand_out.near for line in _near(miss)]
    if hand_out.questions:
        lines += ["", f"## {word('Questions to ask the oncology team')}", ""]
        lines += [f"- {escape(question)}" for question in hand_out.questions]
    lines += _ahead(hand_out)
    lines += ["", f"## {word('Trial by trial')}"]
    for part in hand_out.trials:
        lines += _trial(part, hand_out)
    if hand_out.teach_back:
        lines += ["", f"## {word('Understanding')}", "", *(f"- {escape(text)}" for text in hand_out.teach_back)]
    return "\n".join(lines) + "\n"


def _ahead(hand_out: HandOut) -> Iterable[str]:
    word, ahead = hand_out.language.word, hand_out.ahead
    if ahead.paths:
        yield from ("", f"## {word('Other paths to ask about')}", "", escape(ahead.paths_note), "")
        for path in ahead.paths:
            asked = f"{word('Ask')}: {escape(path.ask)}"
            yield f"- **{escape(path.title)}.** {escape(path.text)} {asked} ({escape(path.fine)})"
    if ahead.steps:
        yield from ("", f"## {word('What the steps are')}", "", escape(ahead.steps_note), "")
        yield from (f"{number}. {_known(step)}" for number, step in enumerate(ahead.steps, 1))
    if ahead.steps and ahead.effects:
        yield from ("", f"### {word('When to call the team')}", "")
        yield from (f"- {_known(effect)}" for effect in ahead.effects)


def _known(known: Known) -> str:
    return f"**{escape(known.title)}.** {escape(known.text)} ({escape(known.fine)})"


def _trials(hand_out: HandOut, count: int) -> str:
    return hand_out.language.words("for {number} trial", "for {number} trials", count)


def _near(miss: NearMiss) -> Iterable[str]:
    yield f"- **{escape(miss.trial)}**, {escape(miss.title)}. {escape(miss.advice)}"
    for reason in miss.reasons:
        yield f"  - {_reason(reason)}"


def _reason(reason: Reason) -> str:
    parts = [escape(reason.text), *(escape(known) for known in reason.known), escape(reason.wait)]
    return f"{escape(reason.criterion)}: {'; '.join(part for part in parts if part)}"


def _trial(part: TrialPart, hand_out: HandOut) -> list[str]:
    word = hand_out.language.word
    lines = ["", f"### {escape(part.id)}: {escape(part.said)}", "", escape(part.title), "", escape(part.meaning), ""]
    lines += [f"- **{escape(caution)}**" for caution in part.cautions]
    lines += [f"- {word('Why')}: {_reason(reason)}" for reason in part.reasons]
    if part.missing:
        lines.append(f"- {word('Missing')}: {escape('; '.join(part.missing))}")
    lines.append(f"- {word('Where')}: {escape('; '.join(part.places) or word('no place known; see the registry'))}")
    lines.append(f"- {word('Status')}: {escape(part.status)}")
    if part.link:
        lines.append(f"- {word('Registry')}: {escape(part.link)}")
    lines.append(f"- {word('Rules')}: {escape(part.rules)}")
    if part.criteria:
        lines += ["", _row(word("criterion"), word("outcome"), word("requirement"), word("known")), "|---|---|---|---|"]
        lines += [
            _row(item.criterion, outcome, item.text, "; ".join(filter(None, (*item.known, item.wait))))
            for item, outcome in part.criteria
        ]
    elif part.manual:
        lines += ["", f"{word('For the trial team to judge')}:", ""]
        lines += [f"- {escape(item.criterion)}: {escape(item.text)}" for item in part.manual]
    return lines


def _row(*cells: str) -> str:
    return f"| {' | '.join(escape(cell) for cell in cells)} |"


def escape(text: str) -> str:
    """Text from outside that can neither format nor run anything."""
    return _HEAD_OF_LINE.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", " ".join(clean(text).split())))
