"""`screener interview`: questions at a terminal, line by line, so that pipes, ssh and screen readers work."""

from __future__ import annotations

import os
import shlex
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screener.cli.kept import centers_of
from screener.cli.settings import IncludeClosed, Settings, day_option, put, say, today
from screener.errors import ExitCode

if TYPE_CHECKING:
    from datetime import date

    from screener.interview import Interview
    from screener.language import Language
    from screener.session import Resumed, Session


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
    lang: Annotated[str, typer.Option(metavar="LANG", help="Language of questions and hand-out: en or es.")] = "en",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write the answers as a patient file.")
    ] = None,
    handout: Annotated[
        Path | None,
        typer.Option(
            "--hand-out", metavar="FILE", help="Write the hand-out for the patient, .html or .md, at the end."
        ),
    ] = None,
) -> int:
    """Interview for one patient, and screen the answers. What is not known stays unknown."""
    from screener.catalog import load_expected, load_landscape, load_language, load_talk
    from screener.cli.dialog import Dialog, End
    from screener.cli.lines import Lines
    from screener.cli.prompt import Prompt
    from screener.cli.screen import Format, Page, render
    from screener.interview import Agenda, Interview
    from screener.language import ENGLISH
    from screener.render.patient_file import render_patient_file
    from screener.session import Session

    settings: Settings = context.obj
    day = day_option(as_of)
    catalog = settings.screening_one(trial, include_closed=include_closed)
    folder, dictionary = catalog.folder, catalog.dictionary
    language, talk = load_language(folder, lang), load_talk(folder, dictionary)
    page = Page(dictionary, talk, language, load_landscape(folder, dictionary))  # before questions: a fault shows now
    path = session or session_path()
    expected = load_expected(folder, dictionary)
    agenda = Agenda(dictionary, catalog.trials, day or today(), expected, partial(centers_of, settings, catalog.trials))
    kept = Session(path)
    begun = _begun(kept, Interview(agenda, path.stem), settings, language, day)
    lines = Lines.of(answers, dictionary.facts, no_input=settings.no_input)
    end, state = Dialog(kept, Prompt(lines, settings, language, dictionary), talk, begun.drafts).run(begun.interview)
    if output is not None:
        put(render_patient_file(state), output, private=True)
    if handout is not None:
        form = Format.MD if handout.suffix.lower() == ".md" else Format.HTML
        put(render(form, state.patient, state.results, page, settings), handout, private=True)
    form = Format.TABLE if lang == ENGLISH else Format.MD
    put(render(form, state.patient, state.results, page, settings))
    again = f"screener interview --session {shlex.quote(str(path))}"
    if end is End.FINISHED:
        if handout is None:
            settings.tell(f"{language.word('For a hand-out to take home')}:\n  {again} --hand-out hand-out.html")
        return ExitCode.DONE
    say(f"{language.word('Saved. To go on')}: {again}")
    return ExitCode.INTERRUPTED if end is End.INTERRUPTED else ExitCode.UNFINISHED


def _begun(kept: Session, state: Interview, settings: Settings, language: Language, day: date | None) -> Resumed:
    """The interview as its session file has it, or a new one; what people should know is said."""
    from screener.cli.prompt import filled
    from screener.session import Resumed, resume

    for text, values in kept.cautions():
        settings.tell(filled(language.word(text).format(**values)))
    if not kept.path.exists():
        kept.start(state)
        settings.tell(f"{language.word('Answers are kept in')} {kept.path}")
        return Resumed(state, ())
    resumed = resume(kept.path, state)
    for text, values in resumed.messages:
        settings.tell(filled(language.word(text).format(**values)))
    if resumed.begun:
        so_far = language.words("{number} answer so far", "{number} answers so far", len(resumed.interview.entries))
        settings.tell(f"{language.word('Going on from')} {kept.path}: {so_far}.")
    else:
        kept.start(resumed.interview)
    if day and day != resumed.interview.as_of:
        kept_day = language.word("The session's day of screening, {day}, is kept; --as-of is for new sessions.")
        settings.tell(kept_day.format(day=resumed.interview.as_of))
    return resumed


def session_path() -> Path:
    """A new session file in the user's state folder."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    now = datetime.now().astimezone()
    return Path(state) / "screener" / "sessions" / f"{now:%Y%m%d-%H%M%S}-{os.getpid()}.jsonl"
