"""Trials and their rules, for people at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.expr import show
from screener.model import Band, Rule
from screener.render.console import console_of, line, written

if TYPE_CHECKING:
    from rich.console import Console

    from screener.model import Criterion, Trial


def render_list(trials: tuple[Trial, ...], *, width: int, color: bool) -> str:
    """Each trial with its title, what it gives, and its status as last seen."""
    console = console_of(width=width, color=color)
    for trial in trials:
        line(console, f"{trial.id}  {trial.title}", style="bold")
        if trial.registry:
            line(console, f"phase {trial.phase}, {trial.product}, target {trial.target}", 2)
            line(console, _status(trial), 2, "dim")
        else:
            line(console, "profile: general factors of no one study", 2, "dim")
    return written(console)


def render_trial(trial: Trial, *, width: int, color: bool, rules: bool = False) -> str:
    """One trial, whole; `rules` adds the expression of each criterion."""
    console = console_of(width=width, color=color)
    line(console, f"{trial.id}  {trial.title}", style="bold")
    if trial.registry:
        line(console, f"phase {trial.phase}, {trial.product}, target {trial.target}", 2)
        line(console, _status(trial), 2)
        line(console, f"rules written from the record of {trial.registry.as_of}; file {trial.file_sha256[:12]}", 2)
        line(console, f"https://clinicaltrials.gov/study/{trial.id}", 2)
    for name, title, note in trial.documents:
        line(console, f"document {name}: {title}" + (f" ({note})" if note else ""), 2, "dim")
    for cohort in trial.cohorts:
        line(console, f"cohort {cohort.id}, {'open' if cohort.open else 'closed'}: {cohort.title}", 2)
    for criterion in trial.criteria:
        _criterion(console, criterion, rules=rules)
    return written(console)


def _status(trial: Trial) -> str:
    registry = trial.registry
    return (
        f"status {registry.status.replace('_', ' ')} as of {registry.status_as_of}: {registry.status_source}"
        if registry
        else ""
    )


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
