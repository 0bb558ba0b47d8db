"""Rule files and patient files as text, compiled as the program compiles them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from screener.compile import compile_trial
from screener.evaluate import screen_trial
from screener.patient import compile_patient
from screener.source import Text, load_text

if TYPE_CHECKING:
    from screener.model import CriterionResult, Dictionary, Patient, Trial

TODAY = date(2026, 11, 22)
HEAD = """\
trial: NCT00000000
title: A trial made up for a test
registry:
  as_of: 2026-01-01
  eligibility_sha256: pending
  abbreviated: false
  status: recruiting
  status_as_of: 2026-01-01
  status_source: made up
criteria:
"""


def criterion_text(*lines: str, name: str = "INC-1", factor: str = "other") -> str:
    """Write one criterion; `lines` are its test and whatever stands beside it."""
    head = (
        f"  - id: {name}",
        "    text: A criterion made up for a test",
        '    source: {section: inclusion, item: "1"}',
        f"    factor: {factor}",
    )
    return "".join(f"{line}\n" for line in (*head, *(f"    {line}" for line in lines)))


def trial_of(dictionary: Dictionary, *criteria: str, head: str = HEAD) -> Trial:
    return compile_trial(load_text(Text("trial.yaml", head + "".join(criteria))), dictionary)


def patient_of(dictionary: Dictionary, facts: str, *, as_of: date = TODAY) -> Patient:
    """Read a patient from the lines below `facts:`, written without their indentation."""
    lines = "".join(f"  {line}\n" for line in facts.strip().splitlines())
    text = Text("patient.yaml", f"patient: P-1\nas_of: {as_of}\nfacts:{' {}' if not lines else ''}\n{lines}")
    return compile_patient(load_text(text), dictionary, today=TODAY)


def judge(dictionary: Dictionary, criterion: str, facts: str, *, as_of: date = TODAY) -> CriterionResult:
    """Screen a patient, whose facts must all be readable, for a trial of this one criterion."""
    patient = patient_of(dictionary, facts, as_of=as_of)
    assert not patient.problems, str(patient.problems)
    (result,) = screen_trial(trial_of(dictionary, criterion), patient, dictionary).criteria
    return result
