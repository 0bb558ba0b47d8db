"""An interview's answers as a patient file, for `screener screen`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from screener.interview import Answer, parts_of
from screener.model import FactType
from screener.patient import MISSING_WORDS

if TYPE_CHECKING:
    from screener.interview import Interview
    from screener.model import TeachBack

_WORDS = {reason: word for word, reason in MISSING_WORDS.items()}


def render_patient_file(interview: Interview) -> str:
    """YAML that reads back to the same answers; JSON strings are YAML strings."""
    lines = [f"patient: {quoted(interview.patient_id or 'interview')}", f"as_of: {interview.as_of}", "facts:"]
    latest = {entry.fact: entry for entry in interview.entries}
    for entry in latest.values():
        if not isinstance(entry, Answer):
            lines.append(f"  {entry.fact}: {{missing: {_WORDS[entry.reason]}}}")
        elif not isinstance(entry.raw, str):
            lines.append(f"  {entry.fact}:")
            lines += [f"    - {_flow(item)}" for item in entry.raw]
        else:
            lines.append(f"  {entry.fact}: {_value(interview, entry)}")
    if not latest:
        lines[-1] = "facts: {}"
    if held := interview.patient.teach_back:
        lines += _teach_back(held)
    return "\n".join(lines) + "\n"


def _value(interview: Interview, entry: Answer) -> str:
    if interview.dictionary.facts[entry.fact].type is not FactType.QUANTITY:
        return quoted(str(entry.raw))
    parts = parts_of(entry)
    return quoted(str(entry.raw)) if parts.keys() == {"value"} else _flow(parts)


def _teach_back(held: TeachBack) -> list[str]:
    lines = ["teach_back:", f"  initials: {quoted(held.initials)}", "  points:"]
    for item in held.retold:
        understood = "true" if item.understood else "false"
        lines.append(f"    {item.point}: {{understood: {understood}, words: {quoted(item.words)}}}")
    return lines


def _flow(fields: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {quoted(value)}" for key, value in fields.items()) + "}"


def quoted(text: str) -> str:
    """A YAML string in double quotes."""
    return json.dumps(text, ensure_ascii=False)
