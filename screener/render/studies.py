"""Studies that a search found: for a terminal, as CSV, as JSON; and what a rule file differs in from its record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from screener.errors import clean
from screener.model.trial import NO_NEW_PATIENTS
from screener.render.console import console_of, line, written
from screener.render.sheet import csv_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from screener.errors import InputError
    from screener.registry.cache import Stamp
    from screener.registry.check import Checked, Finding
    from screener.registry.classify import Classified, Funnel

COLUMNS = ("nct_id", "kept", "reason", "status", "status_verified", "phases", "sponsor", "title", "found_by", "url")
_SHA256 = 64  # digits
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


def render_checks(checks: Sequence[Checked], *, width: int, color: bool) -> str:
    """What each rule file differs in from its record, and what acceptance has changed in it."""
    console = console_of(width=width, color=color)
    for one in checks:
        found = len(one.findings)
        number = f"{found} finding{'s' * (found > 1)}" if found else "unchanged"
        fate = ", not accepted" if one.refused else ", accepted" if one.edits is not None else ""
        line(console, f"{one.trial.id}  {number}{fate}", style="bold")
        for finding in one.findings:
            line(console, finding.says, 2)
            for sign, words in finding.difference:
                line(console, f"{_SIGNS[sign]}{words}", 6, {"-": "red", "+": "green"}.get(sign, "dim"))
            if finding.change and not finding.difference and finding.change.text:
                line(console, f"now: {finding.change.text}", 6, "dim")
        if one.edits is None:
            continue
        line(console, "changed in the rule file:" if one.edits else "the rule file has it all already", 2)
        for key, before, after in one.edits:
            line(console, f"{key}: {_shown(before)} -> {_shown(after)}", 6)
        if any(key == "status_source" for key, _, _ in one.edits):
            line(console, "its translations of status_source are of the old text: see `screener rules lint`", 2)
    return written(console)


def _shown(value: str) -> str:
    """A value of a rule file; of a fingerprint its beginning."""
    return f"{value[:16]}…" if len(value) == _SHA256 and " " not in value else value or "(none)"


def checks_json(checks: Sequence[Checked], failed: Mapping[str, InputError]) -> str:
    """The same for a scheduled job; `failed` are the trials whose record could not be had."""
    content = {
        "schema": 1,
        "trials": [_check_fields(one) for one in checks],
        "not_checked": [
            {"trial": name, "why": "; ".join(clean(problem.message) for problem in error.problems)}
            for name, error in failed.items()
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _check_fields(one: Checked) -> dict[str, Any]:
    study = one.study
    status = study.status.lower() if study else ""
    return {
        "trial": one.trial.id,
        "record": study.nct_id if study else None,
        "data_day": one.data_day or None,
        "status": status or None,
        "takes_new_patients": status not in NO_NEW_PATIENTS and status != "not_yet_recruiting"
        if status and status != "unknown"
        else None,
        "findings": [_finding_fields(finding) for finding in one.findings],
        "accepted": one.edits is not None,
        "refused": clean(one.refused) or None,
        "edits": [{"key": key, "before": before or None, "after": after or None} for key, before, after in one.edits]
        if one.edits is not None
        else [],
    }


def _finding_fields(finding: Finding) -> dict[str, Any]:
    change = finding.change
    return {
        "kind": finding.kind.value,
        "says": finding.says,
        "change": change.kind if change else None,
        "section": change.place[0] if change else None,
        "item": change.place[1] if change else None,
        "criteria": [criterion.id for criterion in change.criteria] if change else [],
        "before": finding.before or None,
        "now": change.text if change else None,
        "difference": [[sign, words] for sign, words in finding.difference],
    }


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
