"""`screener trials check`: hold rule files against the registry's records, and accept them after review."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screener.cli.kept import user_cache
from screener.cli.settings import Settings, put, write_whole
from screener.cli.source import Input, Offline, RecordFormat, Refresh, registry_source, saved_records
from screener.errors import ExitCode, InputError, NoInputError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from screener.catalog import Catalog
    from screener.model import Trial
    from screener.registry.cache import Cache
    from screener.registry.check import Checked
    from screener.registry.fetch import Source
    from screener.registry.study import Study

_PATIENCE = 2  # failures in a row, after which the registry is taken to be out of reach


def check(
    context: typer.Context,
    trial: Annotated[list[str] | None, typer.Argument(metavar="[TRIAL]...", help="NCT numbers; else all.")] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(metavar="TRIAL", help="After review, write its record into its rule file; repeatable."),
    ] = None,
    input_file: Input = None,
    offline: Offline = False,
    refresh: Refresh = False,
    form: Annotated[RecordFormat, typer.Option("-f", "--format", help="How to write it.")] = RecordFormat.TABLE,
) -> int:
    """Hold rule files against the registry's records. Exit 1 if anything differs that is not accepted here."""
    from dataclasses import replace

    from screener.render.studies import checks_json, render_checks

    settings: Settings = context.obj
    catalog = settings.catalog([*(trial or ()), *(accept or ())])
    accepting = {each.id for each in catalog.choose(accept)} if accept else set()
    trials = [each for each in catalog.trials if each.registry]
    if profiles := accepting - {each.id for each in trials}:
        raise UsageError(Problem(f"{min(profiles)} is a profile: it has no record to accept", "name a trial"))
    failed: dict[str, InputError] = {}
    if input_file:
        checks = _saved_checks(trials, input_file)
        absent = Problem(f"{input_file} holds no record of this trial", "name the file that has it")
        failed |= {name: NoInputError(absent) for name in accepting - {one.trial.id for one in checks}}
    else:
        with registry_source(offline=offline, refresh=refresh) as source:
            checks = list(_source_checks(source, trials, failed))
            settings.note(source.cache.problems)
    refused: list[InputError] = []
    for number, one in enumerate(checks):
        if one.trial.id in accepting:
            try:
                checks[number] = replace(one, edits=_accept(catalog, one))
            except InputError as error:
                refused.append(error)
                checks[number] = replace(one, refused="; ".join(problem.message for problem in error.problems))
    if checks and form is RecordFormat.JSON:
        put(checks_json(checks, failed))
    elif checks:
        put(render_checks(checks, width=settings.width(), color=settings.colored()))
    if failed or refused:
        raise _together(failed, refused)
    return ExitCode.FINDINGS if any(one.findings and one.edits is None for one in checks) else ExitCode.DONE


def _saved_checks(trials: Iterable[Trial], path: Path) -> list[Checked]:
    from screener.registry.check import Checked
    from screener.registry.check import check as compare

    saved = saved_records(path)
    pairs = [(each, saved[each.id].study) for each in trials if each.id in saved]
    if not pairs:
        raise NoInputError(Problem(f"{path} holds no record of these trials", "name the file of another"))
    return [Checked(each, study, compare(each, study), study.version) for each, study in pairs]


def _source_checks(source: Source, trials: Iterable[Trial], failed: dict[str, InputError]) -> Iterator[Checked]:
    """Each trial against its record; those whose record cannot be had are put into `failed`.

    After two failures in a row nobody is asked any more: the other trials are held against what is kept.
    """
    from dataclasses import replace

    from screener.registry.check import Checked
    from screener.registry.check import check as compare
    from screener.registry.faults import NetworkError, UnknownStudyError
    from screener.registry.records import Record

    misses = 0
    for trial in trials:
        if misses == _PATIENCE:
            source = replace(source, client=None)
        try:
            study, stamp = source.study(trial.id)
            findings = compare(trial, study, _before(source.cache, trial, study))
        except UnknownStudyError:
            yield Checked(trial, None, compare(trial, None))
        except InputError as error:
            failed[trial.id] = error
            misses += isinstance(error, NetworkError)
        else:
            misses = 0 if source.client else misses
            yield Checked(trial, study, findings, Record(study, stamp).data_day)


def _before(cache: Cache, trial: Trial, study: Study) -> Study | None:
    """The record from before the text changed. It is dropped once the rule file has the text of today."""
    from screener.eligibility import fingerprint
    from screener.registry.cache import before_name
    from screener.registry.read import read_study

    kept = cache.get(before_name(trial.id))
    if kept and trial.registry and fingerprint(study.eligibility) == trial.registry.eligibility_sha256:
        cache.drop(kept.name)
        return None
    try:
        return read_study(kept.body) if kept else None
    except InputError:  # then the words that are gone are not shown
        return None


def _accept(catalog: Catalog, one: Checked) -> tuple[tuple[str, str, str], ...]:
    """Write a record into its rule file, and give what has changed there. Raises InputError; the file stays intact."""
    from screener.lint import lint_trial
    from screener.registry.accept import accept
    from screener.registry.cache import before_name

    trial, path = one.trial, catalog.paths[one.trial.id]
    accepted = accept(trial, path.read_bytes().decode(), one.study, one.data_day, catalog.dictionary)
    known = {str(finding) for finding in lint_trial(trial, catalog.dictionary)}
    if new := [text for text in map(str, lint_trial(accepted.trial, catalog.dictionary)) if text not in known]:
        problem = f"{trial.id} is not accepted: `rules lint` would then find: {new[0]}"
        raise InputError(Problem(problem, "correct the rule file first"))
    if accepted.edits:
        try:
            mode = path.stat().st_mode & 0o7777
            write_whole(path, accepted.text, private=False)
            path.chmod(mode)
        except (InputError, OSError) as error:
            why = error.problems[0].message if isinstance(error, InputError) else f"{path}: {error.strerror}"
            remedy = f"copy {catalog.folder} to a folder of your own, and name it with --criteria DIR"
            raise NoInputError(Problem(f"{trial.id} is not accepted: {why}", remedy)) from None
    user_cache().drop(before_name(trial.id))
    return accepted.edits


def _together(failed: Mapping[str, InputError], refused: Iterable[InputError]) -> InputError:
    """All that went wrong as one error: of the network, if any of it is."""
    from dataclasses import replace

    from screener.registry.faults import NetworkError

    problems = [
        replace(problem, message=f"{name} is not checked: {problem.message}")
        for name, error in failed.items()
        for problem in error.problems
    ]
    errors = [*failed.values(), *refused]
    problems += (problem for error in refused for problem in error.problems)
    kinds = (NetworkError, NoInputError)
    kind = next((kind for kind in kinds if any(isinstance(error, kind) for error in errors)), InputError)
    return kind(*problems)
