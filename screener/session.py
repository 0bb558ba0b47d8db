"""Sessions: every answer appended to a file and synced before the next question, so that nothing is lost.

One JSON object a line. The first says what the session is; then `answer`, `skip` and `back`, in the order in which they
happened. Nothing is ever erased. Files are created with mode 0600.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from screener.errors import BadAnswer, InputError, NoInputError, Problem
from screener.interview import Answer, Interview, Skip
from screener.model import MissingReason

if TYPE_CHECKING:
    from pathlib import Path

    from screener.interview.engine import Entry

_SCHEMA = 1


@dataclass
class Session:
    """An open session file."""

    path: Path

    def start(self, interview: Interview) -> None:
        """Create the file and write its first line. Raises NoInputError."""
        rules = {trial.id: trial.file_sha256 for trial in interview.trials}
        head = {"event": "start", "schema": _SCHEMA, "as_of": interview.as_of.isoformat(), "rules": rules}
        self._append(head | {"patient": interview.patient_id})

    def add(self, entry: Entry) -> None:
        """Append an answer or a skip."""
        match entry:
            case Answer(fact, raw, uln):
                event: dict[str, Any] = {"event": "answer", "fact": fact, "raw": raw}
                self._append(event | ({"uln": uln} if uln else {}))
            case Skip(fact, reason):
                self._append({"event": "skip", "fact": fact, "reason": reason.name.lower()})

    def back(self) -> None:
        """Append that the last answer was taken back."""
        self._append({"event": "back"})

    def _append(self, event: dict[str, Any]) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "ab") as file:
                file.write(json.dumps(event, ensure_ascii=False).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            problem = Problem(
                f"the session {self.path} cannot be written: {error.strerror}", "choose another --session"
            )
            raise NoInputError(problem) from None


@dataclass(frozen=True)
class Resumed:
    """What a session file held: the interview as it stood, what people should be told, and whether it had begun."""

    interview: Interview
    messages: tuple[str, ...]
    begun: bool = True


def resume(path: Path, interview: Interview) -> Resumed:
    """Replay a session file onto an empty interview. Raises InputError.

    A torn last line (the machine stopped while writing) is cut off the file and said. An answer that the present
    dictionary cannot read is left out and said.
    """
    lines, torn = _whole_lines(path)
    if not lines:
        told = ("The session stopped before its first line was whole; it begins anew.",) if torn else ()
        return Resumed(interview, told, begun=False)
    head = lines[0]
    if head.get("event") != "start" or head.get("schema") != _SCHEMA:
        raise InputError(Problem(f"{path} is no session of this program", "name another file with --session"))
    messages = ["The last line was torn when the session stopped; it was removed."] if torn else []
    rules = head.get("rules")
    here = {trial.id: trial.file_sha256 for trial in interview.trials}
    if isinstance(rules, dict) and any(rules.get(name, sha) != sha for name, sha in here.items()):
        messages.append(
            "The rules have changed since this session began; the answers are judged by the rules of today."
        )
    state = Interview(
        interview.dictionary,
        interview.trials,
        _day(path, head.get("as_of")),
        str(head.get("patient", "")),
    )
    for event in lines[1:]:
        try:
            state = _replay(state, event)
        except (BadAnswer, KeyError, ValueError, TypeError):
            messages.append(f"An answer to `{event.get('fact')}` cannot be read any more and was left out.")
    return Resumed(state, tuple(messages))


def _whole_lines(path: Path) -> tuple[list[dict[str, Any]], bool]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NoInputError(Problem(f"{path} cannot be read: {error.strerror}", "check the path")) from None
    torn = bool(data) and not data.endswith(b"\n")
    whole = data[: data.rfind(b"\n") + 1]
    events = []
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            event = json.loads(line)
        except ValueError:
            event = None
        if not isinstance(event, dict):
            problem = Problem(f"{path}:{number}: this line is no event of a session", "restore the file, or begin anew")
            raise InputError(problem)
        events.append(event)
    if torn:
        os.truncate(path, len(whole))
    return events, torn


def _day(path: Path, text: object) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise InputError(Problem(f"{path}:1: the session has no day", "restore the file, or begin anew")) from None


def _replay(state: Interview, event: dict[str, Any]) -> Interview:
    kind = event["event"]
    if kind == "back":
        return state.back()
    fact = state.dictionary.facts[event["fact"]]
    if kind == "skip":
        return state.skip(fact, MissingReason[event["reason"].upper()])
    raw = event["raw"]
    return state.answer(fact, raw if isinstance(raw, str) else tuple(raw), event.get("uln", ""))
