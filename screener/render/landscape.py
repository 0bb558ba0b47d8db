"""What is approved where, and what else there is to ask about: for a terminal, as Markdown, as JSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields
from enum import Enum
from typing import TYPE_CHECKING, Any

from screener.errors import clean
from screener.language import Language
from screener.model.landscape import (
    ANY,
    Approval,
    Correction,
    HlaNeed,
    Landscape,
    LandscapeEntry,
    OtherPath,
    SideEffect,
    State,
    Step,
    Target,
    Therapy,
)
from screener.render.console import console_of, line, written
from screener.render.handout.markdown import escape
from screener.render.handout.paths import checked_text, place_and_date, support_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

SCHEMA_VERSION = 1
TITLE = "Where CAR-T and its neighbors stand"
NOTE = (
    "Nothing here advises: each entry is something to ask the oncology team about. An approval belongs to a country, a "
    "product, a disease and a day."
)
DOCUMENTS = "Documents 000 to 004 are the five pages that the program grew out of."
_ENGLISH = Language()
# The order in which a navigator asks, each section with its heading.
_HEADINGS = {
    "approvals": "What is approved where",
    "other_paths": "Other paths to ask about",
    "targets": "What cells look for, by tumor",
    "comparison": "Therapies compared",
    "classes": "The four classes of immunotherapy",
    "steps": "The steps of CAR-T treatment",
    "side_effects": "Side effects, and when to call",
    "corrections": "Where the five documents are wrong or disagree",
}
_STATES = {
    State.APPROVED: "approved",
    State.ACCELERATED: "accelerated approval; a later trial has to confirm the benefit",
    State.RECOMMENDED: "recommended for use",
    State.OPINION: "approval advised; no decision known",
    State.DESIGNATION: "a designation, no approval",
    State.HUMANITARIAN_DEVICE: "humanitarian device exemption",
    State.LABEL_CHANGE: "a change of labels",
    State.NOT_FOUND: "no approval found",
}
_HLA = {
    HlaNeed.NONE: "no certain HLA type needed",
    HlaNeed.REQUIRED: "works with certain HLA types only",
    HlaNeed.HETEROZYGOUS_AND_LOST: "for tumors that have lost an HLA type which the blood has on one of two copies",
}


@dataclass(frozen=True)
class View:
    """What of the landscape is shown, for which tumor ("" for all), and on which day; `whole` is all of it."""

    shown: Landscape
    whole: Landscape
    names: Mapping[str, str]  # of tumor types
    tumor: str
    as_of: date

    @property
    def title(self) -> str:
        """The heading of all."""
        about = f", for {self.names[self.tumor]} ({self.tumor})" if self.tumor else ""
        return f"{TITLE}{about}, {self.as_of}"

    def sections(self) -> Iterator[tuple[str, tuple[LandscapeEntry, ...]]]:
        """Headings with their entries, in reading order; those without an entry are left out."""
        sections = self.shown.sections
        yield from ((heading, sections[name]) for name, heading in _HEADINGS.items() if sections[name])

    def source(self, entry: LandscapeEntry) -> str:
        """The source in words: another entry that it sends the reader to is named by its title and jurisdiction."""
        entries = {other.id: other for other in self.whole.entries()}

        def named(found: re.Match[str]) -> str:
            other = entries.get(found[0])
            return f'"{other.title}" ({other.jurisdiction.value})' if other else found[0]

        return re.sub(r"\w+", named, entry.source)

    def about(self, entry: LandscapeEntry) -> str:
        """The tumors that an entry is about, "" for any."""
        return "; ".join(self.names[code] for code in entry.tumors if code != ANY)

    def standing(self, entry: LandscapeEntry) -> str:
        """Where and when it holds, and what was decided."""
        decided = f": {_STATES[entry.state]}" if isinstance(entry, Approval) else ""
        return f"{place_and_date(entry, _ENGLISH)}{decided}"


def told(entry: LandscapeEntry) -> Iterator[tuple[str, str]]:
    """What an entry says, each part with its label ("" for none)."""
    if isinstance(entry, Correction):
        lines = ", ".join(str(number) for number in entry.lines)
        yield f"Document {entry.document}, line{'s' * (len(entry.lines) > 1)} {lines}", entry.claim
        yield "What stands", entry.says
        yield "Why", entry.why
        return
    yield "", entry.says
    match entry:
        case Target():
            yield "HLA", _HLA[entry.hla]
        case Therapy():
            yield "Where it stands", entry.stands
            yield from (("Ask", question) for question in entry.ask)
        case Step():
            yield "What you do", entry.does
            yield "How long", entry.lasts
        case SideEffect():
            yield "When to call", entry.call
        case OtherPath():
            yield "Ask", entry.ask
        case _:
            pass


def render_table(view: View, *, width: int, color: bool) -> str:
    """For a terminal."""
    console = console_of(width=width, color=color)
    line(console, view.title, style="bold")
    line(console, NOTE)
    line(console, f"In this order: {'; '.join(f'{head} ({len(entries)})' for head, entries in view.sections())}.")
    for heading, entries in view.sections():
        line(console, "")
        line(console, heading.upper(), style="bold")
        for entry in entries:
            line(console, "")
            line(console, entry.title, 2, "bold")
            line(console, view.standing(entry), 4, "cyan" if isinstance(entry, Approval) else "dim")
            for label, text in told(entry):
                line(console, f"{label}: {text}" if label else text, 4)
            line(console, _fine(view, entry), 4, "dim")
            line(console, f"Source: {view.source(entry)}", 4, "dim")
    line(console, "")
    line(console, DOCUMENTS, style="dim")
    return written(console)


def _fine(view: View, entry: LandscapeEntry) -> str:
    """The tumors it is about, how well it is supported, and when that was looked at."""
    about = view.about(entry)
    about = f"about {about}; " if about else ""
    text = f"{about}{support_text(entry, _ENGLISH)}; {checked_text(entry, view.as_of, _ENGLISH)}"
    return text[:1].upper() + text[1:]


def render_markdown(view: View) -> str:
    """For a note or an e-mail; no text can format or run anything."""
    lines = [f"# {escape(view.title)}", "", escape(NOTE)]
    for heading, entries in view.sections():
        lines += ["", f"## {escape(heading)}"]
        for entry in entries:
            lines += ["", f"### {escape(entry.title)}", "", f"{escape(view.standing(entry))}", ""]
            lines += [f"- {f'**{escape(label)}:** ' if label else ''}{escape(text)}" for label, text in told(entry)]
            lines += [f"- *{escape(_fine(view, entry))}*", f"- *Source: {escape(view.source(entry))}*"]
    return "\n".join([*lines, "", escape(DOCUMENTS)]) + "\n"


def render_json(view: View) -> str:
    """For programs: each section as it stands in the file, and of each entry whether its sources were read long ago."""
    content: dict[str, Any] = {"schema": SCHEMA_VERSION, "as_of": view.as_of.isoformat(), "tumor": view.tumor or None}
    content |= {
        name: [_fields(entry, view.as_of) for entry in entries] for name, entries in view.shown.sections.items()
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _fields(entry: LandscapeEntry, as_of: date) -> dict[str, Any]:
    found = {
        "date" if field.name == "dated" else field.name: _plain(getattr(entry, field.name)) for field in fields(entry)
    }
    return found | {"older_than_a_year": entry.is_old(as_of)}


def _plain(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case tuple():
            return [_plain(item) for item in value]
        case int():
            return value
        case _:
            return clean(str(value))
