"""An interview's answers as a patient file, for `screener screen`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from screener.interview import Answer
from screener.model import FactType
from screener.patient import MISSING_WORDS, split_result

if TYPE_CHECKING:
    from screener.interview import Interview

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
    return "\n".join(lines) + "\n"


def _value(interview: Interview, entry: Answer) -> str:
    text = str(entry.raw)
    if interview.dictionary.facts[entry.fact].type is not FactType.QUANTITY:
        return quoted(text)
    parts = split_result(text) | ({"uln": entry.uln} if entry.uln else {})
    return quoted(text) if parts.keys() == {"value"} else _flow(parts)


def _flow(fields: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {quoted(value)}" for key, value in fields.items()) + "}"


def quoted(text: str) -> str:
    """A YAML string in double quotes."""
    return json.dumps(text, ensure_ascii=False)
