"""The data dictionary: every fact, with the vocabularies their answers come from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from screener.model.facts import NO, YES, Choice, Fact, FactType, Panel
from screener.model.vocabulary import Therapies, TumorTypes, word_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction


@dataclass(frozen=True)
class Dictionary:
    """Facts by id, in the order of the file."""

    facts: Mapping[str, Fact]
    tumor_types: TumorTypes
    therapies: Therapies
    panels: tuple[Panel, ...] = ()

    @cached_property
    def _headers(self) -> dict[str, str]:
        words = {word_key(alias): fact.id for fact in self.facts.values() for alias in fact.aliases}
        return words | {word_key(name): name for name in self.facts}

    def find(self, word: str) -> Fact | None:
        """The fact of this id or alias."""
        name = self._headers.get(word_key(word))
        return self.facts[name] if name else None

    @cached_property
    def _panels(self) -> dict[str, Panel]:
        return {fact: panel for panel in self.panels for fact in panel.facts}

    def panel_of(self, fact: str) -> Panel | None:
        """The panel that the fact is entered with."""
        return self._panels.get(fact)

    def choices(self, fact: Fact) -> tuple[Choice, ...]:
        """The answers of a choice or a yes-or-no fact."""
        return (YES, NO) if fact.type is FactType.BOOLEAN else fact.choices

    def options(self, fact: Fact, term: str) -> frozenset[str] | None:
        """All that a term of a rule takes in: choices, or a tumor type with those below it; None if it is no term."""
        if fact.type is FactType.TUMOR_TYPE:
            return self.tumor_types.below(term) if term in self.tumor_types.names else None
        for general, members in fact.general:
            if general == term:
                return frozenset(members)
        return frozenset({term}) if any(choice.id == term for choice in self.choices(fact)) else None

    def canonical(self, fact: Fact, number: Fraction, unit: str | None) -> Fraction:
        """A number of a rule in the fact's canonical unit."""
        per_canonical = fact.per_canonical(unit) if unit else None
        return number / per_canonical if per_canonical else number
