"""`screener rules`: check, test and show the rule files."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screener.cli.settings import Settings, put, write_whole
from screener.errors import ExitCode, InputError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screener.cases import Case
    from screener.catalog import Catalog
    from screener.lint import Finding
    from screener.lint.translation import Translatable
    from screener.model import Trial

rules_app = typer.Typer(help="Check, test and show the rule files.", no_args_is_help=True, rich_markup_mode=None)

Trials = Annotated[list[str] | None, typer.Argument(metavar="[TRIAL]...", help="NCT numbers or profiles; all if none.")]


class Schema(StrEnum):
    """What `rules schema` describes."""

    RULES = "rules"
    CASES = "cases"
    FACTS = "facts"
    SCREEN = "screen"
    BATCH_SUMMARY = "batch_summary"
    VET = "vet"
    LANDSCAPE = "landscape"


@rules_app.command()
def lint(context: typer.Context, trials: Trials = None) -> int:
    """Check rule files and their cases. Exit 1 if there is a finding."""
    from screener.lint import lint_cases, lint_catalog, lint_trial

    settings: Settings = context.obj
    try:
        catalog = settings.catalog(trials or ())
        loaded = [(trial, _cases(catalog, trial)) for trial in catalog.trials]
    except InputError as error:
        if error.exit_code is not ExitCode.BAD_DATA:
            raise
        put(f"{error}\n\n{len(error.problems)} finding(s)\n")
        return ExitCode.FINDINGS
    findings = [
        finding
        for trial, cases in loaded
        for finding in (*lint_trial(trial, catalog.dictionary), *lint_cases(trial, cases))
    ]
    if not trials:  # some of the rule files alone would leave facts unread
        findings += lint_catalog(catalog.trials, catalog.dictionary)
    findings += _translations(catalog) if trials else _of_the_folder(catalog)
    criteria = sum(len(trial.criteria) for trial in catalog.trials)
    manual = sum(criterion.test is None for trial in catalog.trials for criterion in trial.criteria)
    summary = f"{len(catalog.trials)} rule files, {criteria} criteria ({manual} manual): {len(findings)} finding(s)"
    put("".join(f"{finding}\n\n" for finding in findings) + f"{summary}\n")
    return ExitCode.FINDINGS if findings else ExitCode.DONE


def _of_the_folder(catalog: Catalog) -> list[Finding]:
    """What is wrong with landscape.yaml, and with the languages of the texts that belong to no one trial."""
    from screener.catalog import load_landscape, load_talk
    from screener.lint import landscape_findings, texts_of_dictionary, texts_of_landscape, texts_of_talk

    talk = load_talk(catalog.folder, catalog.dictionary)
    texts = [*texts_of_dictionary(catalog.dictionary), *texts_of_talk(talk)]
    findings: list[Finding] = []
    try:
        texts += texts_of_landscape(load_landscape(catalog.folder, catalog.dictionary))
    except InputError as error:
        if error.exit_code is not ExitCode.BAD_DATA:
            raise
        findings += landscape_findings(error)
    return [*findings, *_translations(catalog, texts)]


def _translations(catalog: Catalog, more: Iterable[Translatable] = ()) -> list[Finding]:
    """What is wrong with the languages of the folder, in its trials and in `more` texts."""
    from screener.catalog import load_texts, translation_files
    from screener.language import ENGLISH, languages
    from screener.lint import lint_translation, texts_of_trial

    english = [*(text for trial in catalog.trials for text in texts_of_trial(trial)), *more]
    return [
        finding
        for code in languages()
        if code != ENGLISH and translation_files(catalog.folder, code)
        for finding in lint_translation(code, load_texts(catalog.folder, code), english)
    ]


@rules_app.command()
def test(
    context: typer.Context,
    trials: Trials = None,
    boundary: Annotated[
        bool, typer.Option("--boundary", help="Show instead a patient on each threshold and a step either side.")
    ] = False,
) -> int:
    """Run the cases of rule files. Exit 1 if an expectation does not come true."""
    from screener.cases import run_case

    settings: Settings = context.obj
    catalog = settings.catalog(trials or ())
    if boundary:
        for trial in catalog.trials:
            put(_boundary(settings, catalog, trial))
        return ExitCode.DONE
    failed = 0
    for trial in catalog.trials:
        cases = _cases(catalog, trial)
        failures = [failure for case in cases for failure in run_case(case, trial, catalog.dictionary)]
        for failure in failures:
            place = f"{failure.case.place.file}:{failure.case.place.line}"
            put(f"{place}: {failure.case.name}: {failure.about} is {failure.found}, expected {failure.expected}\n")
            put(f"  {failure.why}\n" if failure.why else "")
        expected = sum(len(case.expect) for case in cases)
        put(f"{trial.id}: {len(cases)} cases, {expected} expectations, {len(failures)} failed\n")
        failed += len(failures)
    return ExitCode.FINDINGS if failed else ExitCode.DONE


@rules_app.command()
def show(
    context: typer.Context,
    trial: Annotated[str, typer.Argument(metavar="TRIAL", help="NCT number, or the name of a profile.")],
) -> None:
    """Show a rule file: every criterion with its expression, source and reading."""
    from screener.render.catalog import render_trial

    settings: Settings = context.obj
    chosen: Trial = settings.catalog([trial]).trials[0]
    put(render_trial(chosen, width=settings.width(), color=settings.colored(), rules=True))


@rules_app.command()
def schema(
    of: Annotated[
        Schema,
        typer.Argument(help="Which: rule files, cases, facts.yaml, or the JSON of screen, batch, vet or landscape."),
    ] = Schema.RULES,
) -> None:
    """Print the JSON Schema of rule files, for editors, or of another file or output."""
    put((Path(__file__).parent.parent / "schema" / f"{of.value}.schema.json").read_text(encoding="utf-8"))


@rules_app.command()
def coverage(
    context: typer.Context,
    trial: Annotated[str, typer.Argument(metavar="TRIAL", help="NCT number.")],
    text: Annotated[
        Path, typer.Option(metavar="FILE", help="The registry's eligibility text, plain or a saved record.")
    ],
    record: Annotated[bool, typer.Option("--record", help="Record this text in the rule file, after review.")] = False,
) -> int:
    """Account for every requirement of a registry text. Exit 1 if one is uncovered or has changed."""
    from screener.coverage import State, changes, cover, recorded
    from screener.eligibility import fingerprint, split
    from screener.render.coverage import render_coverage

    settings: Settings = context.obj
    catalog = settings.catalog([trial])
    chosen = catalog.trials[0]
    whole = _eligibility(text)
    requirements = split(whole)
    covered = cover(chosen, [(item.section, item.item) for item in requirements])
    changed = changes(chosen, requirements) if chosen.requirements else ()
    width, color = settings.width(), settings.colored()
    put(render_coverage(chosen, requirements, covered, changed, width=width, color=color))
    if record:
        path = catalog.paths[chosen.id]
        write_whole(path, recorded(path.read_text(encoding="utf-8"), requirements, fingerprint(whole)), private=False)
        settings.tell(f"Recorded in {path}")
        changed = ()
    uncovered = any(item.state is State.UNCOVERED for item in covered)
    return ExitCode.FINDINGS if uncovered or changed else ExitCode.DONE


@rules_app.command()
def new(
    context: typer.Context,
    trial: Annotated[str, typer.Argument(metavar="NCT", help="NCT number of the new trial.")],
    text: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its eligibility text: one criterion for each requirement.")
    ] = None,
) -> int:
    """Begin a rule file and a case file, every requirement of the text as a placeholder."""
    from screener.catalog import criteria_folder
    from screener.cli.settings import today
    from screener.eligibility import Requirement, fingerprint, split
    from screener.skeleton import skeleton

    settings: Settings = context.obj
    nct = trial.upper()
    if not re.fullmatch(r"NCT\d{8}", nct):
        raise UsageError(Problem("this is no NCT number", "write NCT and eight digits"))
    rules = criteria_folder(settings.criteria) / "trials" / f"{nct}.yaml"
    cases = rules.with_name(f"{nct}.cases.yaml")
    for path in (rules, cases):
        if path.exists():
            raise UsageError(Problem(f"{path} is there already", "edit it, or remove it first"))
    whole = _eligibility(text) if text else ""
    requirements = split(whole) or (Requirement("inclusion", "1", ""),)
    made = skeleton(nct, requirements, fingerprint(whole) if whole else "", today())
    for path, content in zip((rules, cases), made, strict=True):
        write_whole(path, content, private=False)
        put(f"{path}\n")
    return ExitCode.DONE


def _eligibility(path: Path) -> str:
    """The eligibility text of a saved file. Raises InputError."""
    from screener.eligibility import eligibility_text
    from screener.source import read_text

    found = eligibility_text(read_text(path).content)
    if not found or not found.strip():
        raise InputError(
            Problem(f"{path}: there is no eligibility text in this file", "save the text, or the study's JSON")
        )
    return found


def _boundary(settings: Settings, catalog: Catalog, trial: Trial) -> str:
    from screener.boundary import base_patient, boundary_rows
    from screener.render.boundary import render_boundary
    from screener.source import load

    patient = base_patient(load(catalog.cases_path(trial)), catalog.dictionary)
    rows = boundary_rows(trial, patient, catalog.dictionary)
    return render_boundary(trial, rows, width=settings.width(), color=settings.colored())


def _cases(catalog: Catalog, trial: Trial) -> tuple[Case, ...]:
    from screener.cases import compile_cases
    from screener.source import load

    return compile_cases(load(catalog.cases_path(trial)), trial, catalog.dictionary)
