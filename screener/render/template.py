"""Empty forms: a patient file to fill in, or the header of an intake CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from screener.model import FactType
from screener.model.derived import INPUTS

if TYPE_CHECKING:
    from datetime import date

    from screener.model import Dictionary, Fact, Trial


def render_yaml_template(trials: tuple[Trial, ...], dictionary: Dictionary, day: date) -> str:
    """A patient file with every fact the trials need, each with its question; what stays empty is unknown."""
    lines = [
        "# A patient file for `screener screen`. Leave empty what is not known, or write why:",
        "# {missing: dont_know}, not_done, declined or pending.",
        "# A result may be {value: 34 U/L, uln: 40 U/L, date: 2026-11-10}.",
        'patient: ""',
        f"as_of: {day}",
        "facts:",
    ]
    for fact in _needed(trials, dictionary):
        lines.append(f"  # {fact.question} ({_form(fact)})")
        lines.append(f"  {fact.id}:")
    return "\n".join(lines) + "\n"


def render_csv_template(trials: tuple[Trial, ...], dictionary: Dictionary) -> str:
    """The header of an intake CSV: fact ids with their unit, and a column for each upper limit that counts."""
    with_uln = frozenset().union(*(trial.facts_with_uln for trial in trials))
    columns = ["patient_id"]
    for fact in _needed(trials, dictionary):
        unit = f" ({fact.unit})" if fact.unit and fact.unit != "ratio" else ""
        columns.append(f"{fact.id}{unit}")
        if fact.id in with_uln:
            columns.append(f"{fact.id}_uln{unit}")
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(columns)
    return buffer.getvalue()


def _needed(trials: tuple[Trial, ...], dictionary: Dictionary) -> list[Fact]:
    """The facts that the trials read, and those from which they can be derived, in the dictionary's order."""
    read = {fact for trial in trials for fact in trial.facts}
    read |= {source for fact in read for source in INPUTS.get(fact, ())}
    return [fact for fact in dictionary.facts.values() if fact.id in read]


def _form(fact: Fact) -> str:
    match fact.type:
        case FactType.BOOLEAN:
            return "yes or no"
        case FactType.CHOICE:
            return ", ".join([choice.id for choice in fact.choices] + [word for word, _ in fact.general])
        case FactType.QUANTITY:
            return ", ".join(unit for unit, _ in fact.units)
        case FactType.SCALE:
            low, high = fact.plausible or (0, 0)
            return f"{low} to {high}"
        case FactType.DATE:
            return "date or never"
        case FactType.TUMOR_TYPE:
            return "OncoTree code or name"
        case FactType.PLACE:
            return "city, or ZIP code (three digits do)"
        case FactType.THERAPIES:
            return "list of {agent: …, last_dose: …}, or [] for none"
