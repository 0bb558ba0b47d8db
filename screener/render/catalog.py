"""Trials and their rules, and what the registry's records say of them, for people at a terminal and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from screener.errors import clean
from screener.expr import show
from screener.model import Band, Rule
from screener.registry.records import Entry
from screener.render.console import console_of, line, written
from screener.render.record import (
    in_words,
    phase_of,
    sites_line,
    status_line,
    write_eligibility,
    write_record,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from screener.model import Criterion, Trial
    from screener.model.trial import Registry
    from screener.registry.records import Record

NO_RULES = "no rules here: screened on age, sex and conditions only"


def render_list(entries: Iterable[Entry], left_out: int = 0, *, width: int, color: bool) -> str:
    """Each study with its title, what it gives, and its status; `left_out` records are of studies that matter less."""
    console = console_of(width=width, color=color)
    for entry in entries:
        _heading(console, entry, brief=True)
        if entry.record:
            line(console, sites_line(entry.record), 2, "dim")
    if left_out:
        records = (
            "1 more record is kept, of a study" if left_out == 1 else f"{left_out} more records are kept, of studies"
        )
        line(console, f"{records} that `trials fetch` drops: its --all tells why", 0, "dim")
    return written(console)


def list_json(entries: Iterable[Entry]) -> str:
    """The same for programs.

    `status`, `status_verified`, `sponsor`, the sites, `data_day` and `fetched` are the registry record's, null where
    none is kept; `rule_file_status` and its day are the rule file's, null without one.
    """
    content = {"schema": 1, "trials": [_listed(entry) for entry in entries]}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def render_trial(trial: Trial, *, width: int, color: bool, rules: bool = False) -> str:
    """One trial by its rule file, whole; `rules` adds the expression of each criterion."""
    return render_entry(Entry(trial, None), width=width, color=color, rules=rules)


def render_entry(entry: Entry, *, width: int, color: bool, rules: bool = False, text: bool = False) -> str:
    """All that is known of a study: its record, its criteria, and if `text` the record's eligibility text."""
    console = console_of(width=width, color=color)
    trial, record = entry.trial, entry.record
    _heading(console, entry)
    if record:
        write_record(console, record)
    if trial:
        _rule_file(console, trial, linked=record is None)
        for criterion in trial.criteria:
            _criterion(console, criterion, rules=rules)
    if record and text:
        write_eligibility(console, record)
    return written(console)


def _heading(console: Console, entry: Entry, *, brief: bool = False) -> None:
    """Title, phase and status; `brief` is for a list, where nothing else is told."""
    trial, record, style = entry.trial, entry.record, "dim" if brief else ""
    line(console, f"{entry.name}  {entry.title}", style="bold")
    if trial and trial.is_profile:
        if brief:
            line(console, "profile: general factors of no one study", 2, style)
        return
    if trial:
        line(console, f"phase {trial.phase}, {trial.product}, target {trial.target}", 2)
    if record:
        _differing(console, trial, record, brief=brief)
    for text in _statuses(trial.registry if trial else None, record):
        line(console, text, 2, style)
    if not trial:
        line(console, NO_RULES, 2, style)


def _differing(console: Console, trial: Trial | None, record: Record, *, brief: bool) -> None:
    """Phase and number of the record, where the rule file does not say the same."""
    study, phase = record.study, phase_of(record.study)
    if trial is None:
        about = f"phase {phase}" if phase else "no phase"
        line(console, f"{about}; {study.sponsor}" if brief and study.sponsor else about, 2)
        return
    if phase not in {"", trial.phase}:
        line(console, f"phase {phase} in the record", 2)
    if study.nct_id != trial.id:
        line(console, f"the registry keeps {trial.id} as {study.nct_id}", 2)


def _statuses(registry: Registry | None, record: Record | None) -> list[str]:
    """The status of the record and of the rule file, the newer first; the rule file's only if it is another."""
    if record is None:
        return [_status(registry)] if registry else []
    if registry is None:
        return [status_line(record)]
    if record.study.status.lower() == registry.status:
        return [f"{status_line(record)}, as in the rule file on {registry.status_as_of}"]
    told = [
        (record.data_day, status_line(record)),
        (str(registry.status_as_of), f"in the rule file: {_status(registry)}"),
    ]
    return [text for _, text in sorted(told, key=lambda each: each[0], reverse=True)]


def _status(registry: Registry) -> str:
    return f"status {in_words(registry.status)} as of {registry.status_as_of}: {registry.status_source}"


def _rule_file(console: Console, trial: Trial, *, linked: bool) -> None:
    if trial.registry:
        line(console, f"rules written from the record of {trial.registry.as_of}; file {trial.file_sha256[:12]}", 2)
        if linked:
            line(console, f"https://clinicaltrials.gov/study/{trial.id}", 2)
    for name, title, note in trial.documents:
        line(console, f"document {name}: {title}" + (f" ({note})" if note else ""), 2, "dim")
    for cohort in trial.cohorts:
        line(console, f"cohort {cohort.id}, {'open' if cohort.open else 'closed'}: {cohort.title}", 2)


def _listed(entry: Entry) -> dict[str, Any]:
    trial, record = entry.trial, entry.record
    registry, study = trial.registry if trial else None, record.study if record else None
    return {
        "trial": entry.name,
        "title": clean(entry.title),
        "rules": trial is not None,
        "profile": bool(trial and trial.is_profile),
        "registry_number": study.nct_id if study else None,
        "phase": (trial.phase if trial else phase_of(study) if study else "") or None,
        "sponsor": study.sponsor or None if study else None,
        "status": study.status.lower() or None if study else None,
        "status_verified": study.status_verified or None if study else None,
        "rule_file_status": registry.status if registry else None,
        "rule_file_status_as_of": str(registry.status_as_of) if registry else None,
        "sites": len(study.sites) if study else None,
        "recruiting_sites": record.recruiting_sites if record else None,
        "data_day": record.data_day or None if record else None,
        "fetched": record.stamp.fetched.isoformat(timespec="seconds") if record else None,
    }


def _criterion(console: Console, criterion: Criterion, *, rules: bool) -> None:
    line(console, f"{criterion.id}  {criterion.text}", 2)
    gate = "" if criterion.gate.value == "enrollment" else f", at {criterion.gate.value}"
    cohorts = f", cohorts {', '.join(criterion.cohorts)}" if criterion.cohorts else ""
    source = f"{criterion.source.section} {criterion.source.item}"
    line(console, f"{source}; {criterion.factor.value}{gate}{cohorts}", 8, "dim")
    if criterion.manual:
        line(console, f"for the trial team: {criterion.manual}", 8, "magenta")
    for seen in criterion.seen:
        line(console, f"seen: {seen.says} ({seen.trial})", 8, "dim")
    if not rules:
        return
    match criterion.test:
        case Rule(expression, exclude):
            line(console, f"{'exclude' if exclude else 'include'}: {show(expression)}", 8, "cyan")
        case Band(fits, rarely):
            line(console, f"fits: {show(fits)}", 8, "cyan")
            if rarely:
                line(console, f"rarely: {show(rarely)}", 8, "cyan")
        case None:
            pass
    if criterion.when:
        line(console, f"when: {show(criterion.when)}", 8, "cyan")
    for label, text in (("reading", criterion.reading), ("note", criterion.note)):
        if text:
            line(console, f"{label}: {text}", 8, "dim")
