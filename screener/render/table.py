"""Results for people at a terminal: verdict first, then what decides it, then what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from screener.model import CriterionResult, Missing, Outcome, Verdict
from screener.render.console import LEGEND, MARKS, console_of, line, one_line, written
from screener.travel import site_text
from screener.words import DISCLAIMER, cautions, counts_text, ranked, rules_text, score_text, status_text, verdict_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from screener.model import Dictionary, Patient, TrialResult

_VERDICT_STYLE = {
    Verdict.MATCH: "bold green",
    Verdict.UNDECIDED: "bold yellow",
    Verdict.NOT_YET: "bold cyan",
    Verdict.NO_MATCH: "bold red",
}


def render_table(
    patient: Patient,
    results: tuple[TrialResult, ...],
    dictionary: Dictionary,
    *,
    width: int,
    color: bool,
    explain: bool = False,
) -> str:
    """Lay the results out for a width. `explain` shows every criterion with its reason, not only those that decide."""
    console = console_of(width=width, color=color)
    line(console, f"Patient {patient.id or 'not named'}, screened as of {patient.as_of}", style="bold")
    for result in ranked(results):
        console.print()
        _trial(console, result, patient, dictionary, explain=explain)
    console.print()
    if explain:
        line(console, LEGEND, style="dim")
    line(console, DISCLAIMER, style="italic")
    return written(console)


def _trial(console: Console, result: TrialResult, patient: Patient, dictionary: Dictionary, *, explain: bool) -> None:
    trial = result.trial
    head = Text(f"{trial.id}  ", style="bold")
    head.append(verdict_in(result), style=_VERDICT_STYLE[result.verdict])
    score = score_text(result.total.score)
    head.append(f"  fit score {score}" if result.total.score else f"  {score}", style="not bold")
    console.print(head)
    line(console, trial.title, 2)
    line(console, f"Status: {status_text(trial)}", 2, "dim")
    if trial.registry:
        rules = rules_text(trial)
        line(console, f"{rules[0].upper()}{rules[1:]}", 2, "dim")
    if result.travel and result.travel.nearest:
        line(console, site_text(result.travel.nearest), 2)
    for caution in cautions(result):
        line(console, caution, 2, "bold")
    for cohort, verdict, day in result.cohort_verdicts:
        best = " (best)" if cohort == result.cohort else ""
        line(console, f"Cohort {cohort.id}, {cohort.title}: {verdict.value}{f' until {day}' if day else ''}{best}", 2)
    line(console, f"Criteria: {counts_text(result)}", 2)
    _criteria(console, result.criteria if explain else _decisive(result, patient))
    if explain:
        return
    _ids(console, "For the trial team to judge", result, Outcome.MANUAL)
    if result.missing_facts:
        _ids(console, "Unknown", result, Outcome.UNKNOWN)
        names = "; ".join(dictionary.facts[fact].name for fact in result.missing_facts)
        line(console, f"Missing: {names}", 2, "yellow")


def _decisive(result: TrialResult, patient: Patient) -> list[CriterionResult]:
    """What rules out, then what is unknown although it was answered; what was simply not answered is listed apart."""
    ruled_out = [item for item in result.criteria if item.outcome is Outcome.NOT_MET]
    unknown = [item for item in result.criteria if item.outcome is Outcome.UNKNOWN]
    answered = [item for item in unknown if not _unanswered(item, patient)]
    return ruled_out + answered


def _unanswered(item: CriterionResult, patient: Patient) -> bool:
    return bool(item.missing) and all(isinstance(patient.get(fact), Missing) for fact in item.missing)


def _criteria(console: Console, items: Iterable[CriterionResult]) -> None:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=3)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for item in items:
        mark, style = MARKS[item.outcome]
        gate = item.criterion.gate.value
        text = Text(one_line(item.criterion.text))
        text.append("" if gate == "enrollment" else f" [{gate}]", style="dim")
        text.append(f"\n{one_line(item.why)}", style="dim")
        grid.add_row("", Text(f"{mark} {item.criterion.id}", style=style), text)
    if grid.row_count:
        console.print(grid)


def _ids(console: Console, label: str, result: TrialResult, outcome: Outcome) -> None:
    ids = ", ".join(item.criterion.id for item in result.criteria if item.outcome is outcome)
    if ids:
        line(console, f"{label}: {ids}", 2)
