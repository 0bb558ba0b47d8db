"""Tumor types and therapies: hierarchies in which an answer may be too general for a question."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from screener.model.near import near

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def word_key(text: str) -> str:
    """The letters and digits alone: how names are compared, whatever their case, spaces, hyphens and accents."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text)
    return re.sub(r"[^0-9a-z]", "", plain.lower())


def _closure(start: Iterable[str], edges: Mapping[str, Iterable[str]]) -> frozenset[str]:
    found: set[str] = set()
    open_nodes = list(start)
    while open_nodes:
        node = open_nodes.pop()
        if node not in found:
            found.add(node)
            open_nodes.extend(edges.get(node, ()))
    return frozenset(found)


@dataclass(frozen=True)
class TumorTypes:
    """OncoTree with the groups of criteria/vocabulary/tumor_types.yaml above it.

    `parents` maps each code to those just above it; `words` each way to write a type to the codes it may mean;
    `histologies` what a code itself says of the histology.
    """

    names: Mapping[str, str]
    parents: Mapping[str, tuple[str, ...]]
    words: Mapping[str, frozenset[str]]
    histologies: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        children: dict[str, list[str]] = {}
        for code, parents in self.parents.items():
            for parent in parents:
                children.setdefault(parent, []).append(code)
        return children

    @cached_property
    def _below(self) -> dict[str, frozenset[str]]:
        return {}

    def below(self, code: str) -> frozenset[str]:
        """The code and everything under it: what a tumor of that type may be."""
        if code not in self._below:
            self._below[code] = _closure([code], self._children)
        return self._below[code]

    def find(self, text: str) -> frozenset[str]:
        """The codes that a code, name or alias may mean."""
        return self.words.get(word_key(text), frozenset())

    def near(self, text: str) -> tuple[str, ...]:
        """The codes whose name, code or alias is near to the text, best first."""
        keys = near(word_key(text), self.words)
        return tuple(dict.fromkeys(code for key in keys for code in sorted(self.words[key])))


@dataclass(frozen=True, slots=True)
class TherapyClass:
    """A class of therapies and the classes just above it."""

    id: str
    name: str
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Agent:
    """A drug or product, its classes, and its half-life in days where a source gives one."""

    id: str
    classes: tuple[str, ...]
    half_life_days: float | None = None


@dataclass(frozen=True)
class Therapies:
    """Agents and classes of criteria/vocabulary/therapies.yaml; `words` maps each way to write one to its id."""

    classes: Mapping[str, TherapyClass]
    agents: Mapping[str, Agent]
    words: Mapping[str, str]

    @cached_property
    def _parents(self) -> dict[str, tuple[str, ...]]:
        return {name: item.parents for name, item in self.classes.items()}

    @cached_property
    def _above(self) -> dict[tuple[str, ...], frozenset[str]]:
        return {}

    @cached_property
    def _possible(self) -> dict[tuple[str, ...], frozenset[str]]:
        return {}

    def above(self, *classes: str) -> frozenset[str]:
        """The classes and all those above them: what a therapy of these classes surely is."""
        if classes not in self._above:
            self._above[classes] = _closure(classes, self._parents)
        return self._above[classes]

    def possible(self, *classes: str) -> frozenset[str]:
        """What a therapy known only as of these classes may be: anything at or below them, and all above that."""
        if classes not in self._possible:
            under = [name for name in self.classes if self.above(name) & set(classes)]
            self._possible[classes] = self.above(*under)
        return self._possible[classes]

    def find(self, text: str) -> str | None:
        """The id of the agent or class written so."""
        return self.words.get(word_key(text))

    def near(self, text: str) -> tuple[str, ...]:
        """The ids of agents and classes whose name is near to the text, best first."""
        return tuple(dict.fromkeys(self.words[key] for key in near(word_key(text), self.words)))
