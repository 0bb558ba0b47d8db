"""Which sheet is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
        return self.language.text(criterion.text, self.trial.id, "criteria", criterion.id, "text")

    def name_of(self, fact: Fact) -> str:
        """The name of a fact."""
        return self.language.text(fact.name, "facts", fact.id, "name")
