"""Layers of a query: each gives names to expressions over the layer below, the same name to the same expression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.sql.dialect import BITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screener.sql.dialect import Dialect
    from screener.sql.judgment import Truths


class Layer:
    """Names for expressions over the layer below."""

    def __init__(self, prefix: str) -> None:
        """Names are the prefix and a number."""
        self._prefix = prefix
        self._names: dict[str, str] = {}

    def name(self, sql: str) -> str:
        """The name of an expression."""
        return self._names.setdefault(sql, f"{self._prefix}{len(self._names) + 1}")

    def select(self, source: str) -> str:
        """Everything below, and what has a name here."""
        named = "".join(f",\n    {sql} AS {name}" for sql, name in self._names.items())
        return f"SELECT *{named}\n  FROM {source}"


class Layers:
    """All layers, lowest first."""

    def __init__(self) -> None:
        """Begin them, empty."""
        self.selected = Layer("s")  # what is said of the list of treatments
        self.derived = Layer("d")  # what follows from other facts
        self.leaves = Layer("l")
        self.criteria = Layer("c")
        self.over = Layer("o")  # the day on which the wait that keeps a criterion from being met is over
        self.timed = Layer("t")  # the day from which time alone mends a criterion
        self.outcomes = Layer("q")  # how the criteria of a trial come out
        self.flags = Layer("f")  # which of them are met, not met, unknown
        self.verdicts = Layer("v")
        self.dated = Layer("e")  # the first day on which nothing is not met
        self.chosen = Layer("b")  # which cohort is best
        self.judged = Layer("j")  # of that cohort
        self.weighed = Layer("w")
        self.rounded = Layer("r")
        self.scored = Layer("p")

    def written(self, source: str, dialect: Dialect) -> str:
        """All layers as named queries; the last is called `scored`."""
        texts = []
        for name, layer in vars(self).items():
            texts.append(f"{name} {dialect.layer} (\n  {layer.select(source)}\n)")
            source = name
        return ",\n".join(texts)


@dataclass(frozen=True)
class Flags:
    """Which of some conditions hold: a code for every BITS of them, each a column of its own."""

    codes: tuple[str, ...]
    size: int

    @classmethod
    def of(cls, conditions: Sequence[str], layer: Layer) -> Flags:
        """Conditions that are TRUE where they hold; FALSE and NULL are the same here."""
        codes = []
        for start in range(0, len(conditions), BITS):
            bits = (
                f"CASE WHEN {condition} THEN {1 << bit} ELSE 0 END"
                for bit, condition in enumerate(conditions[start : start + BITS])
            )
            codes.append(layer.name(" + ".join(bits)))
        return cls(tuple(codes), len(conditions))

    @classmethod
    def of_outcomes(cls, truths: Sequence[Truths], layers: Layers, dialect: Dialect) -> tuple[Flags, Flags, Flags]:
        """Which criteria are met, not met, unknown: each is looked at once, and the three codes stand in one number."""
        codes = []
        for start in range(0, len(truths), BITS):
            bits = (
                each.coded(1 << bit, 1 << bit + BITS, 1 << bit + 2 * BITS)
                for bit, each in enumerate(truths[start : start + BITS])
            )
            code = layers.outcomes.name(f"CAST({' + '.join(bits)} AS BIGINT)")
            parts = (code, dialect.shifted(code, BITS), dialect.shifted(code, 2 * BITS))
            codes.append([layers.flags.name(f"{part} & {(1 << BITS) - 1}") for part in parts])
        met, not_met, unknown = (
            cls(tuple(each), len(truths)) for each in (zip(*codes, strict=True) if codes else ((), (), ()))
        )
        return met, not_met, unknown

    def any(self, among: Sequence[bool]) -> str:
        """Whether one of those among them holds."""
        found = [f"({code} & {bits}) <> 0" for code, bits in self._masks(among) if bits]
        return f"({' OR '.join(found)})" if found else "FALSE"

    def count(self, weights: Sequence[int], dialect: Dialect) -> str:
        """The weight of those that hold."""
        parts = []
        for weight in sorted(set(weights) - {0}):
            masks = self._masks([each == weight for each in weights])
            some = " + ".join(dialect.count(code, bits) for code, bits in masks if bits)
            parts.append(some if weight == 1 else f"{weight} * ({some})")
        return f"({' + '.join(parts)})" if parts else "0"

    def only(self, among: Sequence[bool]) -> Flags:
        """Those among them."""
        whole = (1 << BITS) - 1
        masks = self._masks(among)
        last = (1 << (self.size - 1) % BITS + 1) - 1
        full = [whole] * (len(masks) - 1) + [last] if masks else []
        codes = (
            code if bits == all_bits else f"({code} & {bits})"
            for (code, bits), all_bits in zip(masks, full, strict=True)
        )
        return Flags(tuple(codes), self.size)

    def masked(self, choice: str, cohorts: Sequence[Sequence[bool]], layer: Layer) -> Flags:
        """Those of the cohort chosen; `choice` is its number."""
        codes = []
        for place, code in enumerate(self.codes):
            cases = " ".join(
                f"WHEN {number} THEN {code} & {self._masks(among)[place][1]}" for number, among in enumerate(cohorts)
            )
            codes.append(layer.name(f"CASE {choice} {cases} END"))
        return Flags(tuple(codes), self.size)

    def _masks(self, among: Sequence[bool]) -> list[tuple[str, int]]:
        return [
            (code, sum(1 << bit for bit, chosen in enumerate(among[place * BITS : (place + 1) * BITS]) if chosen))
            for place, code in enumerate(self.codes)
        ]
