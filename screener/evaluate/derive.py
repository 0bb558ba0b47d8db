"""Facts that follow from other facts. Each is marked as derived wherever it is shown."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from screener.expr.nodes import TREATMENTS
from screener.interval import Interval, decimal_text, interval_text
from screener.model import Coded, Dictionary, Number, Patient, Treatments
from screener.model.derived import (
    COCKCROFT_GAULT_AGE,
    COCKCROFT_GAULT_DIVISOR,
    COCKCROFT_GAULT_WOMEN,
    INPUTS,
    KPS_OF_ECOG,
    RECEIVED,
)
from screener.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Callable


def sources_of(fact: str) -> tuple[str, ...]:
    """The fact itself, and those that it may be derived from."""
    return (fact, *INPUTS.get(fact, ()), *((TREATMENTS,) if fact in RECEIVED else ()))


def derived_number(fact: str, patient: Patient) -> tuple[Number, str] | None:
    """The number that follows from other facts, and how it was derived; None if they are missing."""
    derive = _NUMBERS.get(fact)
    return derive(patient) if derive else None


def derived_choice(fact: str, patient: Patient, dictionary: Dictionary) -> tuple[Coded, str] | None:
    """The choice that follows from other facts, and how it was derived; None if nothing follows."""
    if fact == "histology":
        return _histology(patient, dictionary)
    therapy_class = RECEIVED.get(fact)
    treatments = patient.get(TREATMENTS)
    if therapy_class is None or not isinstance(treatments, Treatments):
        return None
    given = [item.agent for item in treatments.items if item.belongs(therapy_class) is Truth.TRUE]
    return (Coded(frozenset({"yes"}), "yes"), f"from the treatments listed: {', '.join(given)}") if given else None


def _histology(patient: Patient, dictionary: Dictionary) -> tuple[Coded, str] | None:
    """The histology that the tumor type's code itself states."""
    tumor = patient.get("tumor_type")
    if not isinstance(tumor, Coded):
        return None
    stated = {dictionary.tumor_types.histologies.get(code) for code in tumor.options}
    known = frozenset(histology for histology in stated if histology)
    if not known or None in stated:
        return None
    return Coded(known, " or ".join(sorted(known))), f"from the tumor type {tumor.shown}"


def _kps(patient: Patient) -> tuple[Number, str] | None:
    ecog = patient.get("ecog")
    if not isinstance(ecog, Number):
        return None
    grades = [grade for grade in KPS_OF_ECOG if _holds(ecog.interval, grade)]
    low = min(KPS_OF_ECOG[grade][0] for grade in grades)
    high = max(KPS_OF_ECOG[grade][1] for grade in grades)
    return _spread(low, high), f"from ECOG {ecog.shown}; published maps give"


def _ecog(patient: Patient) -> tuple[Number, str] | None:
    kps = patient.get("kps")
    if not isinstance(kps, Number):
        return None
    values = [value for value in range(0, 101, 10) if _holds(kps.interval, value)]
    grades = [grade for grade, (low, high) in KPS_OF_ECOG.items() if any(low <= value <= high for value in values)]
    return _spread(min(grades), max(grades)), f"from Karnofsky {kps.shown}; published maps give"


def _spread(low: int, high: int) -> Number:
    interval = Interval(low, high)
    return Number(interval, interval_text(interval))


def _holds(interval: Interval, value: int) -> bool:
    above = interval.low is None or value > interval.low or (value == interval.low and not interval.low_open)
    below = interval.high is None or value < interval.high or (value == interval.high and not interval.high_open)
    return above and below


def _creatinine_clearance(patient: Patient) -> tuple[Number, str] | None:
    age, weight, creatinine = (patient.get(fact) for fact in ("age", "weight", "creatinine"))
    if not (isinstance(age, Number) and isinstance(weight, Number) and isinstance(creatinine, Number)):
        return None
    ends = [(value.interval.low, value.interval.high) for value in (age, weight, creatinine)]
    if any(low is None or high is None or low < 0 for low, high in ends) or not ends[2][0]:
        return None
    (youngest, oldest), (lightest, heaviest), (least, most) = [
        (Fraction(low or 0), Fraction(high or 0)) for low, high in ends
    ]
    if oldest >= COCKCROFT_GAULT_AGE:
        return None
    sex = patient.get("sex")
    options = sex.options if isinstance(sex, Coded) else frozenset({"female", "male"})
    factors = [COCKCROFT_GAULT_WOMEN if option == "female" else Fraction(1) for option in options]
    low = (COCKCROFT_GAULT_AGE - oldest) * lightest / (COCKCROFT_GAULT_DIVISOR * most) * min(factors)
    high = (COCKCROFT_GAULT_AGE - youngest) * heaviest / (COCKCROFT_GAULT_DIVISOR * least) * max(factors)
    interval = Interval(low, high)
    shown = (
        f"{decimal_text(low, 1)} mL/min" if low == high else f"{decimal_text(low, 1)} to {decimal_text(high, 1)} mL/min"
    )
    inputs = f"age {age.shown}, weight {weight.shown}, creatinine {creatinine.shown}"
    sex_text = sex.shown if isinstance(sex, Coded) else "sex not known"
    return Number(interval, shown), f"by Cockcroft-Gault from {inputs}, {sex_text}:"


_NUMBERS: dict[str, Callable[[Patient], tuple[Number, str] | None]] = {
    "kps": _kps,
    "ecog": _ecog,
    "creatinine_clearance": _creatinine_clearance,
}
