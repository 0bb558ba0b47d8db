"""The part of a hand-out that looks past the trials: other paths to ask about, the steps of CAR-T, when to call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.model import Coded
from screener.model.landscape import Jurisdiction, Landscape, LandscapeEntry, Support

if TYPE_CHECKING:
    from datetime import date

    from screener.language import Language
    from screener.model import Dictionary, Patient

_EFFECTS = 3  # of the side effects that the file lists, first those that cannot wait


@dataclass(frozen=True, slots=True)
class Known:
    """Something known beside the trials: what it is, what to ask about it, and in fine print where that stands."""

    title: str
    text: str
    ask: str
    fine: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """All of it, with a word on how to take it; nothing where the criteria folder has no landscape."""

    paths_note: str = ""
    paths: tuple[Known, ...] = ()
    steps_note: str = ""
    steps: tuple[Known, ...] = ()
    effects: tuple[Known, ...] = ()


def ahead(patient: Patient, landscape: Landscape, dictionary: Dictionary, language: Language) -> Ahead:
    """What concerns the patient's tumor; of a tumor that is not known, what concerns any."""
    if landscape == Landscape():
        return Ahead()
    tumor = patient.facts.get("tumor_type")
    options = tumor.options if isinstance(tumor, Coded) else frozenset()
    about = landscape.about(options, dictionary.tumor_types)

    def known(section: str, entry: LandscapeEntry, text: str, ask: str = "") -> Known:
        def told(part: str) -> str:
            return language.text(getattr(entry, part), section, entry.id, part) if part else ""

        return Known(told("title"), told(text), told(ask), fine_print(entry, patient.as_of, language))

    return Ahead(
        language.word("To talk over with the oncology team. This is no advice, and not every path suits everyone."),
        tuple(known("other_paths", path, "says", "ask") for path in about.other_paths),
        language.word("Of CAR-T treatment in general; each trial has a plan of its own, which counts."),
        tuple(known("steps", step, "does") for step in about.steps),
        tuple(known("side_effects", effect, "call") for effect in about.side_effects[:_EFFECTS]),
    )


def fine_print(entry: LandscapeEntry, as_of: date, language: Language) -> str:
    """Where and when it holds and how well it is supported; that its sources were read long ago, if so."""
    parts = [place_and_date(entry, language), support_text(entry, language)]
    return "; ".join([*parts, checked_text(entry, as_of, language)] if entry.is_old(as_of) else parts)


def place_and_date(entry: LandscapeEntry, language: Language) -> str:
    """Whose authority, where one has a part in it, and the date."""
    place = _jurisdiction(entry, language)
    return f"{place}, {entry.dated}" if place else language.word("as of {day}").format(day=entry.dated)


def _jurisdiction(entry: LandscapeEntry, language: Language) -> str:
    match entry.jurisdiction:
        case Jurisdiction.US:
            return language.word("United States")
        case Jurisdiction.CHINA:
            return language.word("China")
        case Jurisdiction.EU:
            return language.word("European Union")
        case Jurisdiction.UK:
            return language.word("United Kingdom")
        case Jurisdiction.GENERAL:
            return ""


def support_text(entry: LandscapeEntry, language: Language) -> str:
    """How well it is supported."""
    match entry.support:
        case Support.CONFIRMED:
            return language.word("confirmed by its sources")
        case Support.SECONDARY:
            return language.word("second-hand only")
        case Support.DOCUMENT:
            return language.word("from general pages on CAR-T only")


def checked_text(entry: LandscapeEntry, as_of: date, language: Language) -> str:
    """The day on which the sources were read, and whether that is long ago."""
    checked = language.word("checked {day}").format(day=entry.checked)
    old = language.word("older than a year: look for a newer source")
    return f"{checked}; {old}" if entry.is_old(as_of) else checked
