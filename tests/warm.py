"""Runs many commands of the program, each in a process of its own that is forked after the imports.

Starting Python and importing costs six times what most commands cost. What depends on the start itself is tested with
`Program.run`, which starts the program anew. Usage: python warm.py CALLS.json, a list of {words, stdin, out, err,
variables}; the exit codes are printed as a list.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from screener.__main__ import main
from screener.cli import app


def child(call: dict[str, Any]) -> NoReturn:
    """Be the program, called so."""
    code = 99
    try:
        for descriptor, name, flags in (
            (0, "stdin", os.O_RDONLY),
            (1, "out", os.O_WRONLY | os.O_CREAT),
            (2, "err", os.O_WRONLY | os.O_CREAT),
        ):
            os.dup2(os.open(call[name], flags, 0o600), descriptor)
        os.environ.update(call["variables"])
        sys.argv = ["screener", *call["words"]]
        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 98
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def run(calls: list[dict[str, Any]], at_a_time: int) -> list[int]:
    """Run the calls, so many at a time, and give their exit codes."""
    codes = [0] * len(calls)
    running: dict[int, int] = {}
    for number, call in enumerate(calls):
        if len(running) == at_a_time:
            pid, status = os.wait()
            codes[running.pop(pid)] = os.waitstatus_to_exitcode(status)
        pid = os.fork()
        if pid == 0:
            child(call)
        running[pid] = number
    while running:
        pid, status = os.wait()
        codes[running.pop(pid)] = os.waitstatus_to_exitcode(status)
    return codes


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):
        app.run(["trials", "list"])  # what is imported only when it is needed is imported now
    CALLS = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps(run(CALLS, os.cpu_count() or 1)))  # noqa: T201 - the answer to who called
