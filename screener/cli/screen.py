"""`screener screen`: one patient file against the trials."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screener.cli.kept import centers_of
from screener.cli.patients import read_patient, say_problems
from screener.cli.settings import IncludeClosed, Settings, put
from screener.errors import ExitCode

if TYPE_CHECKING:
    from screener.language import Language
    from screener.model import Dictionary, Patient, Talk, TrialResult
    from screener.model.landscape import Landscape


class Format(StrEnum):
    """How results are written."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    MD = "md"
    HTML = "html"


_HAND_OUTS = {Format.MD, Format.HTML}


@dataclass(frozen=True)
class Page:
    """What a hand-out draws on besides the results."""

    dictionary: Dictionary
    talk: Talk
    language: Language
    landscape: Landscape
    explain: bool = False


def screen(
    context: typer.Context,
    patient: Annotated[
        Path, typer.Argument(metavar="PATIENT", help="Patient file, YAML or JSON; - is standard input.")
    ],
    trial: Annotated[
        list[str] | None, typer.Option("-t", "--trial", help="Screen for this trial only (repeatable).")
    ] = None,
    include_closed: IncludeClosed = False,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="Day of screening, in place of the file's.")] = None,
    form: Annotated[
        Format, typer.Option("-f", "--format", help="How to write the results; md and html are hand-outs.")
    ] = Format.TABLE,
    explain: Annotated[bool, typer.Option("--explain", help="Show every criterion with its reason.")] = False,
    exit_code: Annotated[
        bool,
        typer.Option("--exit-code", help="Exit 10 on no match, 11 undecided, 12 not yet (the best verdict counts)."),
    ] = False,
    lang: Annotated[str, typer.Option(metavar="LANG", help="Language of a hand-out, md or html: en or es.")] = "en",
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to this file.")] = None,
) -> int:
    """Screen one patient file against the trials."""
    from screener.catalog import load_landscape, load_language, load_talk
    from screener.evaluate import screen_trial
    from screener.model import Talk
    from screener.model.landscape import Landscape
    from screener.travel import FACTS, travel

    settings: Settings = context.obj
    catalog = settings.screening_one(trial, include_closed=include_closed)
    person = read_patient(patient, catalog.dictionary, as_of)
    centers = centers_of(settings, catalog.trials) if any(fact in person.facts for fact in FACTS) else {}
    results = tuple(
        screen_trial(item, person, catalog.dictionary, travel(item, person, centers.get(item.id)))
        for item in catalog.trials
    )
    language = load_language(catalog.folder, lang)
    talk, landscape = Talk(), Landscape()
    if form in _HAND_OUTS:
        talk = load_talk(catalog.folder, catalog.dictionary)
        landscape = load_landscape(catalog.folder, catalog.dictionary)
    text = render(form, person, results, Page(catalog.dictionary, talk, language, landscape, explain), settings)
    put(text, output, private=True)
    if say_problems(person):
        return ExitCode.BAD_DATA
    return _verdict_code(results) if exit_code else ExitCode.DONE


def render(form: Format, patient: Patient, results: tuple[TrialResult, ...], page: Page, settings: Settings) -> str:
    """Write results in a format; `page` is what a hand-out draws on."""
    match form:
        case Format.TABLE:
            from screener.render.table import render_table

            return render_table(
                patient,
                results,
                page.dictionary,
                width=settings.width(),
                color=settings.colored(),
                explain=page.explain,
            )
        case Format.JSON:
            from screener.render.json import render_json

            return render_json(patient, results)
        case Format.JSONL:
            from screener.render.json import render_jsonl

            return render_jsonl(patient, results)
        case Format.MD | Format.HTML:
            from screener.render.handout import hand_out, render_html, render_markdown

            content = hand_out(
                patient,
                results,
                page.dictionary,
                page.talk,
                page.language,
                landscape=page.landscape,
                explain=page.explain,
            )
            return render_html(content) if form is Format.HTML else render_markdown(content)


def _verdict_code(results: tuple[TrialResult, ...]) -> ExitCode:
    """The best verdict over the trials screened, profiles left out if there are trials."""
    from screener.model import Verdict

    codes = {
        Verdict.MATCH: ExitCode.DONE,
        Verdict.UNDECIDED: ExitCode.UNDECIDED,
        Verdict.NOT_YET: ExitCode.NOT_YET,
        Verdict.NO_MATCH: ExitCode.NO_MATCH,
    }
    counted = [result for result in results if not result.trial.is_profile] or list(results)
    best = min((result.verdict for result in counted), key=list(Verdict).index)
    return codes[best]
