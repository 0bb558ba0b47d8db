"""Patient files, as commands take them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from screener.cli.settings import day_option, say, today

if TYPE_CHECKING:
    from screener.model import Dictionary, Patient


def read_patient(path: Path, dictionary: Dictionary, as_of: str | None) -> Patient:
    """The patient of a file, `-` being standard input; without an id of its own it is called after the file."""
    from screener.patient import PATIENT_KEYS, compile_patient
    from screener.source import load

    node = load(path, private=True, keys=PATIENT_KEYS | dictionary.facts.keys())
    name = "" if str(path) == "-" else path.stem
    return compile_patient(node, dictionary, today=today(), as_of=day_option(as_of), default_id=name)


def say_problems(patient: Patient) -> bool:
    """Say which answers could not be read, and give whether there are any."""
    if patient.problems:
        say("\n\n".join(str(problem) for problem in patient.problems))
        say("\nThese answers could not be read and count as unknown.")
    return bool(patient.problems)
