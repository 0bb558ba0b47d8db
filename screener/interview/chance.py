"""How likely a leaf is to be true, by the answers to expect. It orders questions; no verdict ever reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.evaluate import Context, evaluate
from screener.expr import ANCHORS, facts_of
from screener.interview.answer import Answer, read
from screener.model import Patient
from screener.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from screener.expr import Leaf
    from screener.model import Dictionary, Value


_EVEN = (0.5, 0.5)
NOBODY_KNOWS = "-"


class Chances:
    """The chances of leaves being true and false, each reckoned once."""

    def __init__(
        self, expected: Mapping[str, tuple[tuple[str, int], ...]], dictionary: Dictionary, as_of: date
    ) -> None:
        """Take the answers to expect, with their weights."""
        self._expected = expected
        self._dictionary = dictionary
        self._as_of = as_of
        self._answers: dict[str, list[tuple[Value | None, float]]] = {}
        self._leaves: dict[Leaf, tuple[float, float]] = {}

    def of(self, leaf: Leaf) -> tuple[float, float]:
        """How likely the leaf is true, and false, once its fact has been asked for; even where nothing is expected."""
        if leaf not in self._leaves:
            self._leaves[leaf] = self._of(leaf)
        return self._leaves[leaf]

    def _of(self, leaf: Leaf) -> tuple[float, float]:
        [fact, *_] = [name for name in facts_of(leaf) if name not in ANCHORS] or [""]
        if fact not in self._expected:
            return _EVEN
        true = false = 0.0
        for value, share in self._values(fact):
            if value is None:
                continue
            patient = Patient("", self._as_of, {fact: value})
            truth = evaluate(leaf, Context.today(patient, self._dictionary)).truth
            true += share if truth is Truth.TRUE else 0
            false += share if truth is Truth.FALSE else 0
        return true, false

    def _values(self, fact: str) -> list[tuple[Value | None, float]]:
        if fact not in self._answers:
            weighed = self._expected[fact]
            whole = sum(weight for _, weight in weighed)
            self._answers[fact] = [
                (
                    None if text == NOBODY_KNOWS else read(Answer(fact, text), self._dictionary, self._as_of),
                    weight / whole,
                )
                for text, weight in weighed
            ]
        return self._answers[fact]
