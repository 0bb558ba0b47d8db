"""Results as Markdown, for a chart note or an e-mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screener.errors import clean
from screener.model import Outcome
from screener.render.words import DISCLAIMER, cautions, counts_text, ranked, score_text, status_text, verdict_text

if TYPE_CHECKING:
    from screener.model import Dictionary, Patient, TrialResult

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def render_markdown(
    patient: Patient, results: tuple[TrialResult, ...], dictionary: Dictionary, *, explain: bool = False
) -> str:
    """A heading and a table per trial; `explain` lists every criterion, not only those that decide."""
    results = tuple(ranked(results))
    lines = [f"# Pre-screening of {escape(patient.id or 'a patient')}, as of {patient.as_of}", "", DISCLAIMER, ""]
    lines += ["| trial | verdict | fit score | criteria |", "|---|---|---|---|"]
    for result in results:
        lines.append(_row(result.trial.id, verdict_text(result), score_text(result.total.score), counts_text(result)))
    for result in results:
        lines += ["", *_trial(result, dictionary, explain=explain)]
    return "\n".join(lines) + "\n"


def _trial(result: TrialResult, dictionary: Dictionary, *, explain: bool) -> list[str]:
    trial = result.trial
    lines = [f"## {escape(trial.id)}: {verdict_text(result)}", "", escape(trial.title), ""]
    lines.append(f"- Status: {escape(status_text(result))}")
    lines += [f"- **{caution}**" for caution in cautions(result)]
    if trial.registry:
        lines.append(f"- Rule file {trial.file_sha256[:12]}, from the registry record of {trial.registry.as_of}")
    if result.missing_facts:
        names = ", ".join(dictionary.facts[fact].name for fact in result.missing_facts)
        lines.append(f"- Missing: {escape(names)}")
    shown = [item for item in result.criteria if explain or item.outcome in {Outcome.NOT_MET, Outcome.UNKNOWN}]
    if shown:
        lines += ["", "| criterion | outcome | requirement | why |", "|---|---|---|---|"]
        lines += [_row(item.criterion.id, item.outcome.value, item.criterion.text, item.why) for item in shown]
    manual = [item.criterion for item in result.criteria if item.outcome is Outcome.MANUAL]
    if manual:
        lines += ["", "For the trial team to judge:", ""]
        lines += [f"- {escape(criterion.id)}: {escape(criterion.text)}" for criterion in manual]
    return lines


def _row(*cells: str) -> str:
    return f"| {' | '.join(escape(cell) for cell in cells)} |"


def escape(text: str) -> str:
    """Text from outside that can neither format nor run anything."""
    return _SPECIAL.sub(r"\\\1", " ".join(clean(text).split()))
