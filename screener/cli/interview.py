"""`screener interview`: questions at a terminal, line by line, so that pipes, ssh and screen readers work."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from screener.cli.settings import IncludeClosed, Settings, put, say
from screener.errors import ExitCode


def interview(
    context: typer.Context,
    trial: Annotated[
        list[str] | None, typer.Option("-t", "--trial", help="Ask for this trial only (repeatable).")
    ] = None,
    include_closed: IncludeClosed = False,
    session: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep the answers in this file, and go on from it if it is there."),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Take answers from a file: `fact: answer` lines, or one answer a line; - is stdin."
        ),
    ] = None,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="Day of screening; today when left out.")] = None,
    lang: Annotated[
        str, typer.Option(metavar="LANG", help="Language of the questions; en is the only one yet.")
    ] = "en",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write the answers as a patient file.")
    ] = None,
) -> int:
    """Interview for one patient, and screen the answers. What is not known stays unknown."""
    from screener.cli.dialog import Dialog, End, Lines, session_path
    from screener.cli.screen import Format, day_option, render, today
    from screener.errors import Problem, UsageError
    from screener.interview import Interview
    from screener.render.patient_file import render_patient_file
    from screener.session import Session, resume

    settings: Settings = context.obj
    if lang != "en":
        raise UsageError(Problem(f"there are no questions in `{lang}` yet", "leave --lang out for English"))
    day = day_option(as_of)
    catalog = settings.screening(trial, include_closed=include_closed)
    path = session or session_path()
    state = Interview(catalog.dictionary, catalog.trials, day or today(), path.stem)
    kept = Session(path)
    if path.exists():
        resumed = resume(path, state)
        state = resumed.interview
        for message in resumed.messages:
            settings.tell(message)
        if resumed.begun:
            settings.tell(f"Going on from {path}: {len(state.entries)} answers so far.")
        else:
            kept.start(state)
        if day and day != state.as_of:
            settings.tell(f"The session's day of screening, {state.as_of}, is kept; --as-of is for new sessions.")
    else:
        kept.start(state)
        settings.tell(f"Answers are kept in {path}")
    dialog = Dialog(kept, Lines.of(answers, catalog.dictionary.facts, no_input=settings.no_input), settings)
    end, state = dialog.run(state)
    if output is not None:
        put(render_patient_file(state), output, private=True)
    put(render(Format.TABLE, state.patient, state.results, state.dictionary, settings, explain=False))
    if end is End.FINISHED:
        return ExitCode.DONE
    say(f"Saved. To go on: screener interview --session {shlex.quote(str(path))}")
    return ExitCode.INTERRUPTED if end is End.INTERRUPTED else ExitCode.UNFINISHED
