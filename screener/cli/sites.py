"""`screener trials sites`: where studies take place, and how far that is. Nothing is asked of anyone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screener.cli.settings import Settings, put, say
from screener.cli.source import Input, ListFormat, saved_records
from screener.errors import BadAnswer, NoInputError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from screener.model import Trial
    from screener.places import Place
    from screener.registry.records import Record
    from screener.render.sites import Asked, StudySites

    Records = Mapping[str, Record]

_MOST_PLACES = 8
_LIMIT = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,3})?) *(mi|miles?|km|kilomet(?:er|re)s?)?\.?", re.ASCII)
_NCT = re.compile(r"NCT[0-9]{8}")


def sites(
    context: typer.Context,
    trial: Annotated[
        list[str] | None, typer.Argument(metavar="[TRIAL]...", help="NCT numbers; else all that may take patients.")
    ] = None,
    near: Annotated[
        str | None, typer.Option(metavar="PLACE", help="City or US ZIP code (three digits do). It stays here.")
    ] = None,
    within: Annotated[str | None, typer.Option(metavar="MILES", help="With --near: 100, or 160 km.")] = None,
    country: Annotated[list[str] | None, typer.Option(metavar="COUNTRY", help="Of a site; repeatable.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also closed sites and studies.")] = False,
    input_file: Input = None,
    form: Annotated[ListFormat, typer.Option("-f", "--format", help="How to write it.")] = ListFormat.TABLE,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to a file.")] = None,
) -> None:
    """List the sites of studies: those that recruit first, then the nearest. The network is never asked."""
    from screener.render.sites import in_order, render_sites, sites_csv, sites_json

    settings: Settings = context.obj
    asked = _asked(near, within, country or (), every=every)
    chosen = _chosen(settings, trial or [], input_file, asked)
    studies = in_order(chosen.studies)
    match form:
        case ListFormat.TABLE:
            text = render_sites(studies, asked, chosen.notes(), width=settings.width(), color=settings.colored())
        case ListFormat.JSON:
            text = sites_json(studies, asked)
        case ListFormat.CSV:
            text = sites_csv(studies)
    if form is not ListFormat.TABLE:
        for note in chosen.notes():
            settings.tell(f"Note: {note}")
    put(text, output, private=near is not None)


def _asked(near: str | None, within: str | None, countries: Iterable[str], *, every: bool) -> Asked:
    from screener.places.folding import folded
    from screener.places.regions import country_code
    from screener.render.sites import Asked

    if within is not None and near is None:
        raise UsageError(Problem("--within says how far, but not from where", "add --near and a place"))
    codes = [country_code(folded(name)) for name in countries]
    if not all(codes):
        problem = "--country: no country of this name is known here"
        raise UsageError(
            Problem(problem, "write its English name, such as `United States`, or its code of two letters")
        )
    limit, text = (None, "") if within is None else read_limit(within)
    return Asked(None if near is None else _place(near), limit, text, frozenset(codes), every)


def read_limit(text: str) -> tuple[float, str]:
    """A distance in miles, and how to say it: "100", "100 mi" or "160 km". Raises UsageError."""
    from screener.places.distance import KM_PER_MILE

    found = _LIMIT.fullmatch(text.strip().lower())
    if not found:
        raise UsageError(
            Problem("--within: this is no distance", "write miles or kilometers, such as `100` or `160 km`")
        )
    number = float(found[1])
    if (found[2] or "").startswith("k"):
        return number / KM_PER_MILE, f"{number:g} km ({number / KM_PER_MILE:.0f} mi)"
    return number, f"{number:g} mi"


def _place(typed: str) -> Place:
    """The one place meant. It may be where a patient lives: it is shown to who typed it, and is in no exception."""
    from screener.places import find_place

    try:
        found = find_place(typed)
    except BadAnswer as bad:
        raise UsageError(Problem(f"--near: {bad.reason}", bad.remedy)) from None
    if len(found) == 1:
        return found[0]
    names = list(dict.fromkeys(map(str, found)))
    say("--near may mean:")
    for name in names[:_MOST_PLACES]:
        say(f"  {name}")
    if len(names) > _MOST_PLACES:
        say(f"  and {len(names) - _MOST_PLACES} more")
    remedy = "write it as it stands in the list, with state and country, or write a US ZIP code of five digits"
    raise UsageError(Problem("--near: there are several such places", remedy))


@dataclass
class _Chosen:
    """The studies to show, and those that are not: they take no patients, or nobody here knows their sites."""

    studies: list[StudySites] = field(default_factory=list)
    closed: int = 0
    unknown: list[str] = field(default_factory=list)

    def notes(self) -> Iterable[str]:
        if not self.studies:
            yield "No sites are known here of any study asked for."
        if self.closed:
            number = "1 study that takes" if self.closed == 1 else f"{self.closed} studies that take"
            yield f"Not shown: {number} no new patients; --all shows them."
        if self.unknown:
            yield f"No record is kept here and no site known of: {', '.join(self.unknown)}."
        if self.unknown or any(study.source for study in self.studies):
            yield "`screener trials fetch` brings the records, with sites and their status."


def _chosen(settings: Settings, names: list[str], input_file: Path | None, asked: Asked) -> _Chosen:
    records = saved_records(input_file) if input_file else settings.records
    trials = {trial.id: trial for trial in settings.catalog().trials if not trial.is_profile}
    if names:
        return _named(dict.fromkeys(_number(name) for name in names), records, trials, asked)
    return _all(records, trials, asked, saved=input_file is not None)


def _number(name: str) -> str:
    return name.upper() if name.lower().startswith("nct") else name


def _named(names: Iterable[str], records: Records, trials: Mapping[str, Trial], asked: Asked) -> _Chosen:
    found: dict[str, StudySites] = {}
    problems: list[Problem] = []
    for name in names:
        if name in records or (name in trials and trials[name].sites):
            one = _sites(name, records, trials, asked)
            found[one.trial] = one
        elif _NCT.fullmatch(name):
            remedy = f"run `screener trials fetch {name}`, or name a saved answer of the registry with --input"
            problems.append(Problem(f"no site of {name} is known here: there is no record of it", remedy))
        else:
            problems.append(
                Problem(f"`{name[:40]}` is no study with sites", "write NCT and eight digits, such as NCT03907852")
            )
    if problems:
        raise NoInputError(*problems)
    return _Chosen(list(found.values()))


def _all(records: Records, trials: Mapping[str, Trial], asked: Asked, *, saved: bool) -> _Chosen:
    """Of a saved file every study; else those that have rules here or that matter, if they may take patients."""
    from screener.registry.classify import classify

    numbers = {record.study.nct_id for record in records.values()}
    ruled = {records[name].study.nct_id if name in records else name: trial for name, trial in trials.items()}
    if not saved:
        numbers = {name for name in numbers if name in ruled or classify(records[name].study).is_kept} | set(ruled)
    chosen = _Chosen()
    for name in sorted(numbers):
        one = _sites(name, records, ruled, asked)
        if one.takes_no_patients and not (asked.every or saved):
            chosen.closed += 1
        elif name not in records and not ruled[name].sites:
            chosen.unknown.append(name)
        else:
            chosen.studies.append(one)
    return chosen


def _sites(name: str, records: Records, trials: Mapping[str, Trial], asked: Asked) -> StudySites:
    """Of the record, else of the rule file."""
    from screener.render.sites import sites_of_record, sites_of_rules

    if record := records.get(name):
        return sites_of_record(record.study, record.data_day, asked)
    return sites_of_rules(trials[name], asked)
