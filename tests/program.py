"""Runs the real program as a person or a script would: a new process, a clean environment, a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REPOSITORY = Path(__file__).parents[1]
EXAMPLE = REPOSITORY / "criteria" / "examples" / "patient.yaml"
SMALL_CRITERIA = Path(__file__).parent / "small_criteria"  # nine facts and one trial, NCT00000001
COMMAND = [sys.executable, "-m", "screener"]
_SECONDS = 60


@dataclass(frozen=True)
class Ran:
    """What a run of the program left behind."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Call:
    """The words of a command, with what it finds on standard input and in its environment."""

    words: Sequence[object]
    stdin: str | bytes = b""
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Program:
    """The program in a folder; `criteria` None means the rules that are shipped."""

    folder: Path
    criteria: Path | None = None
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """All that the program sees of the machine."""
        clean = {
            "PATH": os.defpath,
            "HOME": str(self.folder),
            "PYTHONPATH": str(REPOSITORY),
            "LANG": "C.UTF-8",
            "COLUMNS": "100",
        }
        chosen = {"SCREENER_CRITERIA": str(self.criteria)} if self.criteria else {}
        return clean | chosen | dict(self.variables)

    def run(self, *words: object, stdin: str | bytes = b"", **variables: str) -> Ran:
        """Run one command to its end."""
        done = subprocess.run(
            [*COMMAND, *(str(word) for word in words)],
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            cwd=self.folder,
            env=self.environment | variables,
            timeout=_SECONDS,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def run_all(self, calls: Mapping[str, Call | Sequence[object]]) -> dict[str, Ran]:
        """Run several commands, each in its own process (see warm.py), and give what each left behind."""
        with tempfile.TemporaryDirectory() as name:
            scratch = Path(name)
            listed = [
                self._described(call if isinstance(call, Call) else Call(call), scratch / str(number))
                for number, call in enumerate(calls.values())
            ]
            (scratch / "calls.json").write_text(json.dumps(listed), encoding="utf-8")
            done = subprocess.run(
                [sys.executable, Path(__file__).with_name("warm.py"), scratch / "calls.json"],
                stdout=subprocess.PIPE,
                cwd=self.folder,
                env=self.environment,
                timeout=_SECONDS,
                check=True,
            )
            codes: list[int] = json.loads(done.stdout)
            return {
                name: Ran(code, *(Path(call[part]).read_bytes().decode() for part in ("out", "err")))
                for name, call, code in zip(calls, listed, codes, strict=True)
            }

    def _described(self, call: Call, path: Path) -> dict[str, Any]:
        stdin = path.with_suffix(".stdin")
        stdin.write_bytes(call.stdin.encode() if isinstance(call.stdin, str) else call.stdin)
        return {
            "words": [str(word) for word in call.words],
            "stdin": str(stdin),
            "out": str(path.with_suffix(".out")),
            "err": str(path.with_suffix(".err")),
            "variables": dict(call.variables),
        }

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file in the program's folder."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


def changed(text: str, *replacements: tuple[str, str]) -> str:
    """The text with each piece replaced; a piece that does not stand there exactly once is an error of the test."""
    for old, new in replacements:
        if text.count(old) != 1:
            message = f"{old!r} stands {text.count(old)} times in the text"
            raise ValueError(message)
        text = text.replace(old, new)
    return text
