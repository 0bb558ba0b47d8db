"""A fact: one thing known about a patient, declared once in criteria/facts.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction


class FactType(Enum):
    """What kind of answer a fact has."""

    QUANTITY = "quantity"  # a number with a unit
    SCALE = "scale"  # a whole number without one, such as ECOG
    BOOLEAN = "boolean"
    CHOICE = "choice"
    TUMOR_TYPE = "tumor_type"
    DATE = "date"
    THERAPIES = "therapies"
    PLACE = "place"  # a city or the area of a ZIP code


class Burden(Enum):
    """What it takes to get an answer that is not known, lightest first."""

    ASK = "ask"
    LOOK_UP = "look_up"
    BLOOD_TEST = "blood_test"
    BIOPSY = "biopsy"


class Who(Enum):
    """Who can answer."""

    PATIENT = "patient"
    CAREGIVER = "caregiver"
    CHART = "chart"
    ONCOLOGIST = "oncologist"
    TRIAL_TEAM = "trial_team"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers of a choice, its meaning in words, and other ways to write it."""

    id: str
    means: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """The declaration of a fact. Ranges are in the canonical unit, the first of `units`.

    `units` says how many of each unit make one canonical unit. `typical` tells only which unit a bare number is in.
    A `recoverable` fact may be answered otherwise later: by treatment, a repeated test or a decision.
    `general` holds answers that leave open which of several choices it is. A date answered `never` lies infinitely long
    ago, unless `never_began`: then what it dates (a remission, say) has not begun.
    """

    id: str
    name: str
    type: FactType
    question: str
    why: str
    where: str
    who: tuple[Who, ...]
    burden: Burden
    source: str
    units: tuple[tuple[str, Fraction], ...] = ()
    plausible: tuple[Fraction, Fraction] | None = None
    typical: tuple[Fraction, Fraction] | None = None
    step: int | None = None
    has_limits: bool = False
    never_began: bool = False
    choices: tuple[Choice, ...] = ()
    general: tuple[tuple[str, tuple[str, ...]], ...] = ()
    aliases: tuple[str, ...] = ()
    loinc: str | None = None
    recoverable: bool = False

    @property
    def unit(self) -> str | None:
        """The canonical unit."""
        return self.units[0][0] if self.units else None

    def per_canonical(self, unit: str) -> Fraction | None:
        """How many of this unit make one canonical unit; None if the fact does not take the unit."""
        return dict(self.units).get(unit)


@dataclass(frozen=True, slots=True)
class Panel:
    """Facts that stand on one report and are entered in one go. `dated`: the report's date goes with each result."""

    id: str
    name: str
    facts: tuple[str, ...]
    dated: bool = False


YES, NO = Choice("yes", "Yes"), Choice("no", "No")
