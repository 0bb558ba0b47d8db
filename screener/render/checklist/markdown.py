"""The checklist as Markdown, for a chart note or a wiki: boxes are [ ] and [x], lines to write on are dots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.checklist import Mark, WaitState
from screener.render.checklist.text import entry_words
from screener.render.handout.markdown import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from screener.checklist import Row, Section, Sheet, Summary

_LINE = "." * 12  # underscores would be emphasis
_STATES = {WaitState.OVER: "over", WaitState.RUNNING: "still running", WaitState.NOT_KNOWN: "Not known"}


def render_markdown(sheet: Sheet) -> str:
    """Headings, lists and tables; no text can format or run anything."""
    lines = [f"# {_text(sheet.title)}", "", _text(sheet.head), ""]
    lines += [f"- **{_text(label)}**: {_inner(value or _LINE)}" for label, value in sheet.about]
    lines += ["", f"**{_text(sheet.disclaimer)}**"]
    lines += ["", *(f"- {_text(note)}" for note in sheet.notes)] if sheet.notes else []
    lines += _summary(sheet, sheet.summary) if sheet.summary else []
    for section in sheet.sections:
        lines += _section(sheet, section)
    lines += _waits(sheet) if sheet.waits else []
    lines += ["", f"## {_text(sheet.word('Conclusion'))}", ""]
    lines += [f"- [ ] {_text(choice)}" for choice in sheet.conclusion]
    lines += ["", f"## {_text(sheet.word('Signature'))}", ""]
    for who, fields in sheet.foot:
        lines.append(f"- **{_text(who)}**: {'; '.join(f'{_text(name)} {_LINE}' for name in fields)}")
    return "\n".join([*lines, "", f"**{_text(sheet.disclaimer)}**"]) + "\n"


def _summary(sheet: Sheet, summary: Summary) -> Iterable[str]:
    word = sheet.word
    yield from ("", f"## {_text(word('Summary'))}", "", f"**{_text(summary.verdict)}**", "", _text(summary.meaning))
    yield from _listed(word("Why"), summary.reasons)
    if summary.missing:
        yield from ("", *_table([word("Missing"), word("Who can supply it")], map(_cells, summary.missing)))
    yield from _listed(word("For the investigator"), summary.manual)
    factors = [_cells((factor.name, factor.text)) for factor in summary.factors]
    yield from ("", *_table([word("Fit score by factor"), summary.score], factors))


def _listed(title: str, items: Sequence[str]) -> Iterable[str]:
    if items:
        yield from ("", f"### {_text(title)}", "", *(f"- {_text(item)}" for item in items))


def _section(sheet: Sheet, section: Section) -> Iterable[str]:
    yield from ("", f"## {_text(section.title)}", "", _text(section.reading), "")
    names = ["No.", "Criterion", "Yes", "No", "N-A", *(["Not known"] if sheet.filled else []), "Value", "By when"]
    names += ["Source document", "Initials, date", "Verified", "Comment"]
    yield from _table([sheet.word(name) for name in names], (_row(sheet, row) for row in section.rows))


def _row(sheet: Sheet, row: Row) -> list[str]:
    texts = [row.text, f"({row.place})" if row.place else "", row.why]
    criterion = "; ".join(_text(text) for text in texts if text)
    if row.investigator:
        criterion += f"; **{_text(sheet.word('investigator'))}**"
    boxes = ["[x]" if row.mark is mark else "[ ]" for mark in (Mark.YES, Mark.NO, Mark.NOT_APPLICABLE)]
    known = [_text(sheet.word("Not known")) if row.mark is Mark.NOT_KNOWN else ""] if sheet.filled else []
    values = "; ".join(text for entry in row.entries for text in entry_words(sheet, entry, _LINE))
    return [_text(row.id), criterion, *boxes, *known, *_cells((values, row.when, row.source, "", "", ""))]


def _waits(sheet: Sheet) -> Iterable[str]:
    word = sheet.word
    yield from ("", f"## {_text(word('Washout worksheet'))}", "")
    if sheet.planned:
        days = "; ".join(f"{planned.name} {planned.day.isoformat()}" for planned in sheet.planned)
        yield from (_text(days), "")
    names = ("No.", "What was given", "Last dose", "Counted to", "Rule", "Arithmetic", "First day on which it is over")
    rows = []
    for wait in sheet.waits:
        state = f" ({word(_STATES[wait.state])})" if wait.state in _STATES else ""
        texts = (wait.criterion, wait.what, wait.last, wait.anchor, wait.rule, wait.arithmetic)
        rows.append(_cells((*(text or _LINE for text in texts), f"{wait.earliest or _LINE}{state}")))
    yield from _table([word(name) for name in names], rows)


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    """Cells are escaped already."""
    yield f"| {' | '.join(_cells(names))} |"
    yield "|---" * len(names) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _cells(texts: Iterable[str]) -> list[str]:
    return [_inner(text) for text in texts]


def _inner(text: str) -> str:
    """Text that does not begin a line, where dates and dots need no escape: as if a letter stood before it."""
    return _text(f"x{text.strip()}")[1:].strip()


def _text(text: str) -> str:
    """Escaped, also the sign of mathematics; without halves of characters, which no file can hold."""
    return escape(text.encode("utf-8", "replace").decode("utf-8")).replace("$", r"\$")
