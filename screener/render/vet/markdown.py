"""The account of a page as Markdown, for a chart note or an e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.render.handout.markdown import escape

if TYPE_CHECKING:
    from screener.render.vet.content import Sheet


def render_markdown(sheet: Sheet) -> str:
    """Headings and lists; no text can format or run anything."""
    lines = ["# Real trial or hype", "", escape(sheet.looked)]
    for section in sheet.sections:
        lines += ["", f"## {section.title}", ""]
        if section.text:
            lines.append(escape(section.text))
        for entry in section.entries:
            lines.append(f"- **{escape(entry.title)}**" if entry.quotes or entry.texts else f"- {escape(entry.title)}")
            lines += [f"  - {escape(quote)}" for quote in entry.quotes]
            lines += [f"  - {escape(f'{label}: {text}' if label else text)}" for label, text in entry.texts]
    return "\n".join([*lines, "", f"**{escape(sheet.closing)}**"]) + "\n"
