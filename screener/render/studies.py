"""Studies that a search found: for a terminal, as CSV, as JSON; and what a rule file differs in from its record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from screener.render.console import console_of, line, written
from screener.render.sheet import csv_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from screener.model import Trial
    from screener.registry.cache import Stamp
    from screener.registry.check import Finding
    from screener.registry.classify import Classified, Funnel

COLUMNS = ("nct_id", "kept", "reason", "status", "status_verified", "phases", "sponsor", "title", "found_by", "url")
_SIGNS = {" ": "", "-": "gone: ", "+": "new: "}


def render_found(
    funnel: Funnel, studies: Sequence[Classified], stamp: Stamp | None, *, every: bool, width: int, color: bool
) -> str:
    """The studies that are kept, with the reason for each; with `every` also those that are not; then the funnel."""
    console = console_of(width=width, color=color)
    for one in studies:
        if one.is_kept or every:
            study = one.study
            line(console, f"{study.nct_id}  {study.brief_title}", style="bold" if one.is_kept else "dim")
            line(console, f"{_status(one)}; {_phases(one) or 'no phase'}; {study.sponsor}", 2)
            line(console, one.reason, 2, "dim")
    if studies:
        line(console, "")
    for label, number in funnel.found:
        line(console, f"{number} found by: {label}")
    line(console, f"{funnel.duplicates} found more than once")
    for fate, number in funnel.fates:
        line(console, f"{number} {fate.value}")
    if stamp:
        line(
            console,
            f"registry data of {stamp.data_timestamp}, API {stamp.api_version}, fetched {_when(stamp)}",
            0,
            "dim",
        )
    return written(console)


def found_json(funnel: Funnel, studies: Sequence[Classified], stamp: Stamp | None) -> str:
    """All studies, kept or dropped, with the funnel."""
    content: dict[str, Any] = {
        "schema": 1,
        "api_version": stamp.api_version if stamp else None,
        "data_timestamp": stamp.data_timestamp if stamp else None,
        "fetched": _when(stamp) if stamp else None,
        "funnel": {
            "found": dict(funnel.found),
            "duplicates": funnel.duplicates,
            **{fate.name.lower(): number for fate, number in funnel.fates},
        },
        "studies": [dict(zip(COLUMNS, _cells(one), strict=True)) for one in studies],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def found_csv(studies: Iterable[Classified]) -> str:
    """All studies, kept or dropped; what a spreadsheet would take for a formula gets an apostrophe before it."""
    rows = ([" | ".join(cell) if isinstance(cell, list) else cell for cell in _cells(one)] for one in studies)
    return csv_lines([COLUMNS, *rows]).decode()


def render_checks(checks: Sequence[tuple[Trial, Sequence[Finding]]], *, width: int, color: bool) -> str:
    """What each rule file differs in from its record."""
    console = console_of(width=width, color=color)
    for trial, findings in checks:
        number = f"{len(findings)} finding{'s' * (len(findings) > 1)}" if findings else "unchanged"
        line(console, f"{trial.id}  {number}", style="bold")
        for finding in findings:
            line(console, finding.says, 2)
            for sign, words in finding.difference:
                line(console, f"{_SIGNS[sign]}{words}", 6, {"-": "red", "+": "green"}.get(sign, "dim"))
            if finding.change and not finding.difference and finding.change.text:
                line(console, f"now: {finding.change.text}", 6, "dim")
    return written(console)


def checks_json(checks: Sequence[tuple[Trial, Sequence[Finding]]]) -> str:
    """The same for a scheduled job."""
    content = {
        "schema": 1,
        "trials": [
            {
                "trial": trial.id,
                "findings": [
                    {
                        "kind": finding.kind.value,
                        "says": finding.says,
                        "section": finding.change.place[0] if finding.change else None,
                        "item": finding.change.place[1] if finding.change else None,
                        "criteria": [criterion.id for criterion in finding.change.criteria] if finding.change else [],
                        "before": finding.before or None,
                        "now": finding.change.text if finding.change else None,
                    }
                    for finding in findings
                ],
            }
            for trial, findings in checks
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _cells(one: Classified) -> tuple[str | bool | list[str], ...]:
    study = one.study
    url = f"https://clinicaltrials.gov/study/{study.nct_id}"
    about = (study.status.lower(), study.status_verified, list(study.phases), study.sponsor, study.brief_title)
    return (study.nct_id, one.is_kept, one.reason, *about, list(one.found_by), url)


def _status(one: Classified) -> str:
    """A status is worth as much as the day on which somebody verified it."""
    study = one.study
    status = study.status.replace("_", " ").lower() or "no status"
    return f"{status}, verified {study.status_verified}" if study.status_verified else status


def _phases(one: Classified) -> str:
    numbers = "/".join(phase.removeprefix("EARLY_").removeprefix("PHASE") for phase in one.study.phases)
    return f"phase {numbers}" if numbers and numbers != "NA" else ""


def _when(stamp: Stamp) -> str:
    return stamp.fetched.strftime("%Y-%m-%d %H:%M UTC")
