"""Which sheet is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.words import criterion_text, fact_name

if TYPE_CHECKING:
    from datetime import date

    from screener.language import Language
    from screener.model import Criterion, Dictionary, Fact, Gate, Patient, Trial


@dataclass(frozen=True)
class Order:
    """A trial or profile, for a gate or for all, blank or filled for a patient, in a language, made by a version."""

    trial: Trial
    dictionary: Dictionary
    language: Language
    version: str
    day: date
    gate: Gate | None = None
    patient: Patient | None = None

    def text_of(self, criterion: Criterion) -> str:
        """The criterion in words."""
        return criterion_text(self.trial, criterion, self.language)

    def name_of(self, fact: Fact) -> str:
        """The name of a fact."""
        return fact_name(fact, self.language)
