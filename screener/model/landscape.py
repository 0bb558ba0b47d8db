"""What is approved where, what cells look for, which other paths there are: as criteria/landscape.yaml has it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import Enum
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from screener.dates import Period, add

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from screener.model.vocabulary import TumorTypes

ANY = "any"  # in place of tumor types: whatever the tumor is


class Jurisdiction(Enum):
    """Whose authority decided; `general` where none has a part in it."""

    US = "US"
    CHINA = "China"
    EU = "EU"
    UK = "UK"
    GENERAL = "general"


class Support(Enum):
    """How well an entry is supported."""

    CONFIRMED = "confirmed"  # seen in the publication or notice named, or in several reports that agree
    SECONDARY = "secondary"  # seen only in a patient page or a report of a report
    DOCUMENT = "document"  # only the five documents that the program grew out of say it


class State(Enum):
    """What an authority decided."""

    APPROVED = "approved"
    ACCELERATED = "accelerated"  # approved, with proof of benefit still to come
    RECOMMENDED = "recommended"
    OPINION = "opinion"
    DESIGNATION = "designation"
    HUMANITARIAN_DEVICE = "humanitarian_device"
    LABEL_CHANGE = "label_change"
    NOT_FOUND = "not_found"

    @property
    def grants(self) -> bool:
        """Whether it lets doctors use the product outside a trial."""
        return self in {State.APPROVED, State.ACCELERATED, State.RECOMMENDED, State.HUMANITARIAN_DEVICE}


class HlaNeed(Enum):
    """Whether cells against a target work with certain HLA types only."""

    NONE = "none"
    REQUIRED = "required"
    HETEROZYGOUS_AND_LOST = "heterozygous_and_lost"  # in the blood on one of two copies, in the tumor on none


@dataclass(frozen=True, slots=True, kw_only=True)
class LandscapeEntry:
    """What holds where and since when, who says so, how well it is supported, and when the sources were last read.

    `dated` is as exact as it is known: 2024, 2024-02 or 2024-02-16. `tumors` are codes, or ANY.
    """

    id: str
    title: str
    says: str
    jurisdiction: Jurisdiction
    dated: str
    source: str
    support: Support
    checked: date
    tumors: tuple[str, ...]

    def is_old(self, day: date) -> bool:
        """Whether the sources were read more than a year before that day."""
        return add(self.checked, 1, Period.YEARS) < day

    def is_about(self, options: frozenset[str], types: TumorTypes) -> bool:
        """Whether it is about a tumor that may be any of these types; with none of them, about any tumor."""
        return ANY in self.tumors or any(types.below(code) & options for code in self.tumors)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval(LandscapeEntry):
    """What an authority decided on the products named; none are named where nothing was granted."""

    state: State
    products: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(LandscapeEntry):
    """What cells look for."""

    target: str
    hla: HlaNeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Therapy(LandscapeEntry):
    """A kind of treatment, where it stands, and what to ask about it."""

    stands: str
    ask: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(LandscapeEntry):
    """A step of CAR-T treatment: what the patient does, and how long it lasts."""

    does: str
    lasts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SideEffect(LandscapeEntry):
    """A side effect, and when to call the team."""

    call: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPath(LandscapeEntry):
    """Something else to ask the oncology team about."""

    ask: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction(LandscapeEntry):
    """Where one of the five documents is wrong: its claim, its lines, and why something else stands."""

    document: str
    lines: tuple[int, ...]
    claim: str
    why: str


AnEntry = TypeVar("AnEntry", bound=LandscapeEntry)
ApprovedUse = tuple[tuple[str, ...], tuple[str, ...], str]  # words for the product, tumor codes, jurisdiction


@dataclass(frozen=True, slots=True)
class Landscape:
    """All of them, each section in the order of the file."""

    approvals: tuple[Approval, ...] = ()
    targets: tuple[Target, ...] = ()
    classes: tuple[LandscapeEntry, ...] = ()
    comparison: tuple[Therapy, ...] = ()
    steps: tuple[Step, ...] = ()
    side_effects: tuple[SideEffect, ...] = ()
    other_paths: tuple[OtherPath, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def sections(self) -> dict[str, tuple[LandscapeEntry, ...]]:
        """Each section under its name in the file."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def entries(self) -> Iterator[LandscapeEntry]:
        """All entries of all sections."""
        return chain.from_iterable(self.sections.values())

    def about(self, options: frozenset[str], types: TumorTypes) -> Landscape:
        """What concerns a tumor that may be any of these types; with none of them, what concerns any tumor."""

        def chosen(entries: tuple[AnEntry, ...]) -> tuple[AnEntry, ...]:
            return tuple(entry for entry in entries if entry.is_about(options, types))

        return replace(
            self,
            approvals=chosen(self.approvals),
            targets=chosen(self.targets),
            classes=chosen(self.classes),
            comparison=chosen(self.comparison),
            steps=chosen(self.steps),
            side_effects=chosen(self.side_effects),
            other_paths=chosen(self.other_paths),
            corrections=chosen(self.corrections),
        )


def approvals(landscape: Landscape) -> tuple[ApprovedUse, ...]:
    """What is approved for use outside a trial: words that name the product, tumor codes, and whose approval it is."""
    return tuple(
        (entry.products, entry.tumors, entry.jurisdiction.value) for entry in landscape.approvals if entry.state.grants
    )
