"""Expressions in SQL: TRUE, FALSE, or NULL for what is not known, as SQL's own AND, OR and NOT have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, assert_never

from screener.expr import And, AtLeast, Compare, Count, Elapsed, Flag, In, Is, Not, Or, Received, facts_of
from screener.model import FactType
from screener.model.derived import INPUTS, RECEIVED
from screener.sql.compare import among, compare
from screener.sql.days import TODAY, Days, Judged
from screener.sql.derived import Derived

if TYPE_CHECKING:
    from screener.expr import Expression, Leaf
    from screener.sql.columns import Columns
    from screener.sql.dialect import Dialect

Timed = Elapsed | Received | Count
Write = Callable[["Leaf"], str]


def combine(expression: Expression, write: Write) -> str:
    """An expression over its leaves, as `write` writes them."""
    match expression:
        case And(items):
            return f"({' AND '.join(combine(item, write) for item in items)})"
        case Or(items):
            return f"({' OR '.join(combine(item, write) for item in items)})"
        case Not(item):
            return f"(NOT {combine(item, write)})"
        case AtLeast(number, items):
            parts = [combine(item, write) for item in items]
            sure = " + ".join(f"CASE WHEN {part} THEN 1 ELSE 0 END" for part in parts)
            possible = " + ".join(f"CASE WHEN NOT {part} THEN 0 ELSE 1 END" for part in parts)
            return f"(CASE WHEN {sure} >= {number} THEN TRUE WHEN {possible} < {number} THEN FALSE END)"
        case _:
            return write(expression)


def missing(expression: Expression, write: Write, share: Callable[[str], str]) -> Iterable[tuple[str, Leaf]]:
    """For each leaf, when it is what leaves the expression open: it and all above it are unknown."""
    match expression:
        case And(items) | Or(items) | AtLeast(_, items):
            above = f"{share(combine(expression, write))} IS NULL"
            for item in items:
                for condition, leaf in missing(item, write, share):
                    yield f"{above} AND {condition}", leaf
        case Not(item):
            yield from missing(item, write, share)
        case _:
            yield f"{write(expression)} IS NULL", expression


class Leaves:
    """Writes the leaves of rules. What several rules use gets a name: `select` gives it for what is said of the list
    of treatments, `derive` for what follows from other facts.
    """

    def __init__(
        self, columns: Columns, dialect: Dialect, select: Callable[[str], str], derive: Callable[[str], str]
    ) -> None:
        """Take where values stand, and how the dialect speaks."""
        self.columns = columns
        self.days = Days(columns, dialect, select)
        self.derived = Derived(columns, dialect, derive)
        self._dictionary = columns.dictionary
        self._dialect = dialect

    def write(self, leaf: Leaf, judged: Judged = TODAY) -> str:
        """The truth of a leaf."""
        match leaf:
            case Flag(fact):
                return self._coded(fact, frozenset({"yes"}))
            case Is(fact, term):
                return self._coded(fact, self._asked(fact, (term,)))
            case In(fact, terms):
                return self._coded(fact, self._asked(fact, terms))
            case Compare():
                return self._compare(leaf)
            case Received():
                return self.days.received(leaf, judged)
            case Count():
                return self.days.count(leaf, judged)
            case Elapsed():
                return self.days.elapsed(leaf, judged)
            case _:
                assert_never(leaf)

    def _asked(self, fact: str, terms: Iterable[str]) -> frozenset[str]:
        declared = self._dictionary.facts[fact]
        return frozenset().union(*(self._dictionary.options(declared, term) or () for term in terms))

    def _coded(self, name: str, asked: frozenset[str]) -> str:
        """All that the answer may be lies inside what is asked, or nothing of it does."""
        fact = self._dictionary.facts[name]
        if fact.type is FactType.TUMOR_TYPE:
            order = self.columns.tumor_order
            inside, outside = among(name, order.inside(asked)), among(name, order.outside(asked))
            return f"CASE WHEN {inside} THEN TRUE WHEN {outside} THEN FALSE END"
        given = self.given(name)
        if fact.type is FactType.BOOLEAN:
            yes, no = "yes" in asked, "no" in asked
            if yes and no:
                return f"CASE WHEN {given} IS NOT NULL THEN TRUE END"
            return given if yes else f"(NOT {given})"
        bits = self.columns.options(fact)
        wanted = sum(bit for option, bit in bits.items() if option in asked)
        other = sum(bits.values()) - wanted
        inside, outside = self._dialect.has_bit(given, wanted), self._dialect.has_bit(given, other)
        return f"CASE WHEN NOT {outside} THEN TRUE WHEN NOT {inside} THEN FALSE END"

    def given(self, name: str) -> str:
        """A choice as given, else as it follows from other facts."""
        if name in RECEIVED:
            return self.derived.received(name, self.days.surely_received(RECEIVED[name]))
        if name == "histology" and self.columns.reads("tumor_type"):
            return self.derived.histology(name)
        return name

    def _compare(self, leaf: Compare) -> str:
        """The number as given decides; where it is too wide or missing, what follows from other facts."""
        if leaf.unit in {"ULN", "LLN"}:
            name, code = f"{leaf.fact}_per_{leaf.unit.lower()}", self.columns.ratio_scale(leaf.fact).of(leaf.number)
            return compare(leaf.relation, (f"{name}_low", f"{name}_high"), (str(code), str(code)))
        fact = self._dictionary.facts[leaf.fact]
        number = self._dictionary.canonical(fact, leaf.number, leaf.unit)
        point = str(self.columns.scale(leaf.fact).of(number))
        given = compare(leaf.relation, (f"{leaf.fact}_low", f"{leaf.fact}_high"), (point, point))
        if not self._derivable(leaf.fact):
            return given
        return f"COALESCE({given}, {self.derived.compare(leaf.fact, leaf.relation, number)})"

    def asked_for(self, leaf: Leaf) -> Iterable[tuple[str, str]]:
        """The facts to ask for where the leaf is unknown, each with a condition of its own (empty: always)."""
        if isinstance(leaf, Received | Count | Elapsed):
            return (("", next(iter(facts_of(leaf)))),)
        inputs = self._derivable(leaf.fact)
        if not inputs:
            return (("", leaf.fact),)
        nothing = " AND ".join(f"{column} IS NULL" for column in self._readings(leaf))
        absent = [(f"{nothing} AND {self._column(name)} IS NULL", name) for name in inputs]
        return (*absent, ("", leaf.fact))

    def _derivable(self, fact: str) -> tuple[str, ...]:
        """The facts that this one follows from; none unless all are declared."""
        inputs = INPUTS.get(fact, ())
        return inputs if all(name in self._dictionary.facts for name in inputs) else ()

    def _readings(self, leaf: Flag | Is | In | Compare) -> tuple[str, ...]:
        """What is NULL where there is no value at all, neither given nor derived."""
        if isinstance(leaf, Compare):
            return (self._column(leaf.fact), self.derived.reading(leaf.fact))
        return (self.given(leaf.fact),)

    def _column(self, name: str) -> str:
        return next(iter(self.columns.of(name))).name
