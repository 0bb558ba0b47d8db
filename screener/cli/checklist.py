"""`screener checklist`: a sheet to fill in and sign, blank or filled from a patient's answers."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screener.cli.patients import read_patient, say_problems
from screener.cli.settings import Settings, day_option, put, put_bytes, today
from screener.errors import ExitCode, Problem, UsageError
from screener.render.checklist.paper import Paper

if TYPE_CHECKING:
    from screener.checklist import Sheet


class Form(StrEnum):
    """What the sheet is written as."""

    HTML = "html"
    PDF = "pdf"
    MD = "md"
    TEXT = "text"


class AtGate(StrEnum):
    """The gates, as the option names them."""

    ENROLLMENT = "enrollment"
    LEUKAPHERESIS = "leukapheresis"
    LYMPHODEPLETION = "lymphodepletion"
    INFUSION = "infusion"


def checklist(
    context: typer.Context,
    trial: Annotated[str, typer.Argument(metavar="TRIAL", help="NCT number, or the name of a profile.")],
    patient: Annotated[
        Path | None,
        typer.Option("--patient", metavar="FILE", help="Fill in from this patient file; - is standard input."),
    ] = None,
    gate: Annotated[AtGate | None, typer.Option("--gate", help="Only the criteria of this gate.")] = None,
    form: Annotated[Form, typer.Option("-f", "--format", help="How to write it.")] = Form.HTML,
    paper: Annotated[Paper, typer.Option("--paper", help="What it is printed on.")] = Paper.A4,
    fillable: Annotated[
        bool, typer.Option("--fillable", help="HTML with fields to fill in, that saves its state as a file.")
    ] = False,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Day printed and judged on; the patient file's, or today.")
    ] = None,
    lang: Annotated[str, typer.Option(metavar="LANG", help="Language of the sheet: en or es.")] = "en",
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to this file.")] = None,
) -> int:
    """Make the eligibility checklist of a trial, to print, fill in and sign."""
    from screener import __version__
    from screener.catalog import load_language
    from screener.checklist import Order, build
    from screener.model import Gate

    if fillable and form is not Form.HTML:
        raise UsageError(Problem("only HTML can be filled in on the screen", "leave --fillable or -f out"))
    settings: Settings = context.obj
    catalog = settings.catalog([trial])
    person = read_patient(patient, catalog.dictionary, as_of) if patient else None
    order = Order(
        trial=catalog.trials[0],
        dictionary=catalog.dictionary,
        language=load_language(catalog.folder, lang),
        version=__version__,
        day=person.as_of if person else day_option(as_of) or today(),
        gate=Gate(gate.value) if gate else None,
        patient=person,
    )
    _write(build(order), form, paper, output, fillable=fillable)
    return ExitCode.BAD_DATA if person and say_problems(person) else ExitCode.DONE


def _write(sheet: Sheet, form: Form, paper: Paper, output: Path | None, *, fillable: bool) -> None:
    private = sheet.filled
    match form:
        case Form.HTML:
            from screener.render.checklist.html import render_html

            put(render_html(sheet, paper, fillable=fillable), output, private=private)
        case Form.PDF:
            from screener.render.checklist.pdf import render_pdf

            put_bytes(render_pdf(sheet, paper), output, private=private)
        case Form.MD:
            from screener.render.checklist.markdown import render_markdown

            put(render_markdown(sheet), output, private=private)
        case Form.TEXT:
            from screener.render.checklist.text import render_text

            put(render_text(sheet, paper), output, private=private)
