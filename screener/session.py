"""Sessions: every answer appended to a file and synced before the next question, so that nothing is lost.

One JSON object a line. The first says what the session is; then `answer`, `skip` and `back`, in the order in which they
happened. Nothing is ever erased. Files are created with mode 0600.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from screener.errors import BadAnswer, InputError, NoInputError, Problem
from screener.interview import Answer, Interview, Skip
from screener.model import MissingReason, Retold, TeachBack

if TYPE_CHECKING:
    from pathlib import Path

    from screener.interview import Entry

_SCHEMA = 1
# What people are told about a session, `{…}` filled in; interview words, so that they can be said in other languages.
BEGINS_ANEW = "The session stopped before its first line was whole; it begins anew."
TORN = "The last line was torn when the session stopped; it was removed."
NEW_RULES = "The rules have changed since this session began; the answers are judged by the rules of today."
LEFT_OUT = "An answer to `{fact}` cannot be read any more and was left out."
OPEN_FOLDER = (
    "Anyone on this machine can list the folder {folder}. The session in it can be read by you alone, but its name is "
    "not hidden: keep the patient's name out of it, or leave --session out for a private folder."
)
TOLD = (BEGINS_ANEW, TORN, NEW_RULES, LEFT_OUT, OPEN_FOLDER)
Told = tuple[str, dict[str, str]]


@dataclass
class Session:
    """An open session file."""

    path: Path

    def start(self, interview: Interview) -> None:
        """Create the file and write its first line. Raises NoInputError."""
        rules = {trial.id: trial.file_sha256 for trial in interview.trials}
        head: dict[str, Any] = {
            "event": "start",
            "schema": _SCHEMA,
            "as_of": interview.as_of.isoformat(),
            "rules": rules,
        }
        self._append(head | {"patient": interview.patient_id})

    def cautions(self) -> list[Told]:
        """What to say of the place where answers are to be kept. The file itself can be read by its owner alone."""
        folder = self.path.parent
        try:
            mode = folder.stat().st_mode
        except OSError:
            return []
        if not mode & stat.S_IROTH:
            return []
        return [(OPEN_FOLDER, {"folder": str(folder)})]

    def add(self, entry: Entry) -> None:
        """Append an answer or a skip."""
        match entry:
            case Answer(fact, raw):
                event: dict[str, Any] = {"event": "answer", "fact": fact, "raw": raw}
                beside = {"uln": entry.uln, "tested": entry.tested, "teach_back": _teach_back(entry.teach_back)}
                self._append(event | {key: value for key, value in beside.items() if value})
            case Skip(fact, reason):
                self._append({"event": "skip", "fact": fact, "reason": reason.name.lower()})

    def draft(self, fact: str, parts: list[dict[str, Any]]) -> None:
        """Append the parts, so far, of an answer that is still being given."""
        self._append({"event": "draft", "fact": fact, "parts": parts})

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
    messages: tuple[Told, ...]
    begun: bool = True
    drafts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # answers that were still being given


def resume(path: Path, interview: Interview) -> Resumed:
    """Replay a session file onto an empty interview. Raises InputError.

    A torn last line (the machine stopped while writing) is cut off the file and said. An answer that the present
    dictionary cannot read is left out and said.
    """
    lines, torn = _whole_lines(path)
    if not lines:
        return Resumed(interview, ((BEGINS_ANEW, {}),) if torn else (), begun=False)
    head = lines[0]
    if head.get("event") != "start" or head.get("schema") != _SCHEMA:
        raise InputError(Problem(f"{path} is no session of this program", "name another file with --session"))
    messages: list[Told] = [(TORN, {})] if torn else []
    rules = head.get("rules")
    here = {trial.id: trial.file_sha256 for trial in interview.trials}
    if isinstance(rules, dict) and any(rules.get(name, sha) != sha for name, sha in here.items()):
        messages.append((NEW_RULES, {}))
    agenda = replace(interview.agenda, as_of=_day(path, head.get("as_of")))
    state = Interview(agenda, str(head.get("patient", "")))
    drafts: dict[str, list[dict[str, Any]]] = {}
    for event in lines[1:]:
        if event.get("event") == "draft":
            drafts[str(event.get("fact"))] = _parts(event.get("parts"))
            continue
        try:
            state = _replay(state, event)
            drafts.pop(str(event.get("fact")), None)
        except (BadAnswer, KeyError, ValueError, TypeError):
            messages.append((LEFT_OUT, {"fact": str(event.get("fact"))}))
    return Resumed(state.afresh(), tuple(messages), drafts=drafts)


def _parts(parts: object) -> list[dict[str, Any]]:
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


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
    more = {key: str(event[key]) for key in ("uln", "tested") if key in event}
    told = _held(event["teach_back"]) if "teach_back" in event else None
    return state.answer(fact, raw if isinstance(raw, str) else tuple(raw), teach_back=told, **more)


def _teach_back(held: TeachBack | None) -> dict[str, Any] | None:
    if held is None:
        return None
    points = [{"point": item.point, "words": item.words, "understood": item.understood} for item in held.retold]
    return {"initials": held.initials, "points": points}


def _held(event: dict[str, Any]) -> TeachBack:
    points = [Retold(str(item["point"]), str(item["words"]), item["understood"] is True) for item in event["points"]]
    return TeachBack(str(event["initials"]), tuple(points))
