"""Hold the rules against the registry text: which criteria account for each requirement, and what has changed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from screener.eligibility import Requirement
    from screener.model import Criterion, Recorded, Trial

Place = tuple[str, str]  # section, item


class State(Enum):
    """How a requirement is accounted for."""

    ENCODED = "encoded"
    MANUAL = "manual"
    HEADING = "heading"  # all of its parts are accounted for
    ASIDE = "aside"  # it asks for nothing of its own
    UNCOVERED = "uncovered"


@dataclass(frozen=True, slots=True)
class Covered:
    """A place of the text, the criteria that cite it, and how it is accounted for."""

    place: Place
    state: State
    criteria: tuple[Criterion, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A requirement that is not what it was: `changed`, `added` or `removed`; the text as it reads now, if any."""

    kind: str
    place: Place
    text: str
    criteria: tuple[Criterion, ...]


def cover(trial: Trial, places: Iterable[Place]) -> tuple[Covered, ...]:
    """Say for each place how the rule file accounts for it."""
    listed = tuple(places)
    asides = {(aside.section, aside.item): aside.why for aside in trial.asides}
    states: dict[Place, Covered] = {}
    for place in reversed(listed):  # parts stand after what they are parts of
        citing = citing_criteria(trial, place)
        parts = [states[part] for part in listed if part[0] == place[0] and part[1].startswith(f"{place[1]}.")]
        if any(criterion.test is not None for criterion in citing):
            states[place] = Covered(place, State.ENCODED, citing)
        elif citing:
            states[place] = Covered(place, State.MANUAL, citing)
        elif place in asides:
            states[place] = Covered(place, State.ASIDE, why=asides[place])
        elif parts and all(part.state is not State.UNCOVERED for part in parts):
            states[place] = Covered(place, State.HEADING)
        else:
            states[place] = Covered(place, State.UNCOVERED)
    return tuple(states[place] for place in listed)


def citing_criteria(trial: Trial, place: Place) -> tuple[Criterion, ...]:
    """The criteria whose source names this place."""
    return tuple(criterion for criterion in trial.criteria if place in criterion.source.places)


def changes(trial: Trial, requirements: Collection[Requirement]) -> tuple[Change, ...]:
    """What differs from the text that the rule file recorded.

    Requirements are matched by what they say, so one that only moved is no change; of the rest, those that stand in
    the same place are changed, the others added or removed.
    """
    fresh = list(requirements)
    gone = list(trial.requirements)
    for alike in (_unmoved, _same_words):
        for old in tuple(gone):
            if same := next((new for new in fresh if alike(old, new)), None):
                fresh.remove(same)
                gone.remove(old)
    found = []
    for old in gone:
        place = (old.section, old.item)
        now = next((new for new in fresh if (new.section, new.item) == place), None)
        if now:
            fresh.remove(now)
        kind = "changed" if now else "removed"
        found.append(Change(kind, place, now.text if now else "", citing_criteria(trial, place)))
    return (*found, *(Change("added", (new.section, new.item), new.text, ()) for new in fresh))


def _unmoved(old: Recorded, new: Requirement) -> bool:
    return _same_words(old, new) and old.item == new.item


def _same_words(old: Recorded, new: Requirement) -> bool:
    return (old.section, old.sha256) == (new.section, new.sha256)


def recorded(rule_file: str, requirements: Iterable[Requirement], eligibility_sha256: str) -> str:
    """The text of a rule file with its record of the requirements, and of the whole text, made anew."""
    lines = ["requirements:  # place and fingerprint of each requirement, as `rules coverage --record` writes them"]
    section = ""
    for requirement in requirements:
        if requirement.section != section:
            section = requirement.section
            lines.append(f"  {section}:")
        lines.append(f'    {json.dumps(requirement.item)}: "{requirement.sha256}"')
    kept = re.sub(r"^requirements:.*?(?=^\S|\Z)", "", rule_file, flags=re.DOTALL | re.MULTILINE).rstrip("\n")
    whole = f'eligibility_sha256: "{eligibility_sha256}"'
    kept = re.sub(r"eligibility_sha256: \S+", whole, kept, count=1)
    return f"{kept}\n" + "\n".join(lines) + "\n"
