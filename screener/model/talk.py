"""What people say to each other around a screening: the teach-back, and questions for the oncology team."""

from __future__ import annotations

from dataclasses import dataclass

UNDERSTANDING = "understands_investigational"  # the fact that the teach-back answers


@dataclass(frozen=True, slots=True)
class TeachPoint:
    """A point to explain, the question that asks it back, and what a right answer holds."""

    id: str
    say: str
    ask: str
    listen_for: str
    source: str


@dataclass(frozen=True, slots=True)
class Retold:
    """A point as it was told back: the patient's words, and whether the navigator heard that it was understood."""

    point: str
    words: str
    understood: bool


@dataclass(frozen=True, slots=True)
class TeachBack:
    """A teach-back as it was held, with the initials of the navigator."""

    initials: str
    retold: tuple[Retold, ...]

    @property
    def answer(self) -> str:
        """Yes, when every point was understood."""
        return "yes" if all(point.understood for point in self.retold) else "no"


@dataclass(frozen=True, slots=True)
class TeamQuestion:
    """A question for the oncology team: asked when one of the facts `unknown` is missing; always, if it names none."""

    id: str
    ask: str
    source: str
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Talk:
    """All of them, in the order of their files."""

    teach_back: tuple[TeachPoint, ...] = ()
    questions: tuple[TeamQuestion, ...] = ()
