"""The typed intake: which columns the SQL of some trials reads, and how a patient is written into them.

Every column is NULL where nothing is known. Numbers are codes (see `scale`), answers of a choice a mask of all that the
answer may be, a tumor type its place in an order in which those below a type stand together, dates an interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from screener.expr import Compare, Elapsed, Flag, HalfLives, In, Is, OnDate, TestDate, facts_of
from screener.expr.nodes import TREATMENTS
from screener.model import Coded, Dictionary, FactType, Missing, Moment, Number, Residence, Treatment, Treatments
from screener.model.derived import INPUTS, RECEIVED
from screener.sql.dialect import FAR_OFF, LONG_AGO
from screener.sql.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from screener.expr import Leaf
    from screener.interval import Interval
    from screener.model import Fact, Patient, Trial, Value

MOST_CLASSES = 62  # bits of a mask


class Kind(Enum):
    """The types of columns."""

    BOOLEAN = "BOOLEAN"
    WHOLE = "BIGINT"
    DATE = "DATE"
    LIST = "LIST"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the typed intake. `fact` is whose answer it holds."""

    name: str
    kind: Kind
    fact: str
    means: str


class TumorOrder:
    """Tumor types in such an order that those below a type stand together, as far as a type is below one only."""

    def __init__(self, dictionary: Dictionary) -> None:
        """Number the types: each parent is followed by its children."""
        self._types = dictionary.tumor_types
        children: dict[str, list[str]] = {}
        roots = []
        for code, parents in self._types.parents.items():
            for parent in parents:
                children.setdefault(parent, []).append(code)
        roots = [code for code in self._types.names if not self._types.parents.get(code)]
        order: dict[str, int] = {}
        waiting = list(reversed(roots))
        while waiting:
            code = waiting.pop()
            if code not in order:
                order[code] = len(order)
                waiting.extend(reversed(children.get(code, ())))
        self.places = order

    @cached_property
    def _codes(self) -> dict[frozenset[str], str]:
        return {self._types.below(code): code for code in self.places}

    def place(self, options: frozenset[str]) -> int:
        """The place of the type that may be any of these."""
        return self.places[self._codes[options]]

    def inside(self, asked: frozenset[str]) -> set[int]:
        """The answers that surely are what is asked."""
        return {place for code, place in self.places.items() if self._types.below(code) <= asked}

    def outside(self, asked: frozenset[str]) -> set[int]:
        """The answers that surely are not."""
        return {place for code, place in self.places.items() if not self._types.below(code) & asked}


@dataclass
class Columns:
    """What the rules of some trials read of a patient."""

    trials: tuple[Trial, ...]
    dictionary: Dictionary
    classes: dict[str, int] = field(default_factory=dict)  # therapy classes that rules name: their bits

    def __post_init__(self) -> None:
        """Walk the rules once."""
        self._numbers: dict[str, list[Compare]] = {}
        self._facts: dict[str, None] = {}  # in the order in which rules read them
        self._tested: set[str] = set()
        self.half_lives: list[int] = []
        for leaf in self.leaves:
            self._note(leaf)
        if len(self.classes) > MOST_CLASSES:
            raise OverflowError(len(self.classes))

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """Every leaf of the rules, each once."""
        criteria = [criterion for trial in self.trials for criterion in trial.criteria]
        return tuple(dict.fromkeys(leaf for criterion in criteria for leaf in criterion.leaves))

    def _note(self, leaf: Leaf) -> None:
        for fact in facts_of(leaf):
            self._facts[fact] = None
            for other in INPUTS.get(fact, ()):
                if other in self.dictionary.facts:
                    self._facts[other] = None
        match leaf:
            case Compare(fact):
                self._numbers.setdefault(fact, []).append(leaf)
            case Flag(fact) | Is(fact) | In(fact):
                if fact in RECEIVED:
                    self._facts[TREATMENTS] = None
                    self._class(RECEIVED[fact])
            case Elapsed(point=point, limit=limit):
                if isinstance(point, TestDate):
                    self._tested.add(point.fact)
                if isinstance(limit, HalfLives) and limit.half_lives not in self.half_lives:
                    self.half_lives.append(limit.half_lives)
                if not isinstance(point, OnDate | TestDate):
                    self._classes_of(point.selection.classes, point.selection.excepting)
            case _:
                self._classes_of(leaf.selection.classes, leaf.selection.excepting)

    def _classes_of(self, *names: Iterable[str]) -> None:
        for some in names:
            for name in some:
                self._class(name)

    def _class(self, name: str) -> None:
        if name in self.dictionary.therapies.classes:
            self.classes.setdefault(name, len(self.classes))

    def bits(self, classes: Iterable[str]) -> int:
        """The mask of some therapy classes."""
        return sum(1 << self.classes[name] for name in set(classes))

    def reads(self, fact: str) -> bool:
        """Whether the rules read the fact, or one that may follow from it."""
        return fact in self._facts

    def reads_date_of(self, fact: str) -> bool:
        """Whether the rules ask when a result was measured; its last two columns tell it then."""
        return fact in self._tested

    @cached_property
    def tumor_order(self) -> TumorOrder:
        """The order of tumor types."""
        return TumorOrder(self.dictionary)

    def scale(self, name: str) -> Scale:
        """The scale of a number."""
        return self._scales(name)[0]

    def ratio_scale(self, name: str) -> Scale:
        """The scale of a number as a multiple of its limit of normal."""
        return self._scales(name)[1]

    def _scales(self, name: str) -> tuple[Scale, Scale]:
        if name not in self._scale_cache:
            fact = self.dictionary.facts[name]
            leaves = self._numbers.get(name, [])
            plain = [
                self.dictionary.canonical(fact, leaf.number, leaf.unit)
                for leaf in leaves
                if leaf.unit not in {"ULN", "LLN"}
            ]
            ratios = [leaf.number for leaf in leaves if leaf.unit in {"ULN", "LLN"}]
            self._scale_cache[name] = (Scale.fitting(plain, dict(fact.units).values()), Scale.fitting(ratios))
        return self._scale_cache[name]

    @cached_property
    def _scale_cache(self) -> dict[str, tuple[Scale, Scale]]:
        return {}

    def limits(self, name: str) -> tuple[str, ...]:
        """Which limits of normal the rules compare a number with: `ULN`, `LLN`."""
        units = {leaf.unit for leaf in self._numbers.get(name, ())}
        return tuple(limit for limit in ("ULN", "LLN") if limit in units)

    def options(self, fact: Fact) -> dict[str, int]:
        """The bit of each answer of a choice."""
        return {choice.id: 1 << place for place, choice in enumerate(self.dictionary.choices(fact))}

    def stated_histologies(self, name: str) -> dict[int, set[int]]:
        """What tumor types say of the histology: masks of its answers, and the places of the types that say so.

        A type says something only where every type that it may be does.
        """
        types = self.dictionary.tumor_types
        bits = self.options(self.dictionary.facts[name])
        stated: dict[int, set[int]] = {}
        for code, place in self.tumor_order.places.items():
            said = {types.histologies.get(below) for below in types.below(code)}
            known = {histology for histology in said if histology}
            if known and None not in said:
                stated.setdefault(sum(bits[histology] for histology in known), set()).add(place)
        return stated

    @cached_property
    def all(self) -> tuple[Column, ...]:
        """Every column, in the order of the dictionary."""
        return tuple(column for name in self.facts for column in self.of(name))

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The facts read, and those that they may follow from, in the order of the dictionary."""
        return tuple(name for name in self.dictionary.facts if name in self._facts)

    def of(self, name: str) -> Iterator[Column]:
        """The columns of a fact."""
        fact = self.dictionary.facts[name]
        match fact.type:
            case FactType.BOOLEAN:
                yield Column(name, Kind.BOOLEAN, name, "yes or no")
            case FactType.CHOICE:
                bits = ", ".join(f"{bit} {option}" for option, bit in self.options(fact).items())
                yield Column(name, Kind.WHOLE, name, f"sum of all that the answer may be: {bits}")
            case FactType.TUMOR_TYPE:
                yield Column(name, Kind.WHOLE, name, "place of the tumor type, see the list")
            case FactType.QUANTITY | FactType.SCALE:
                yield from self._of_number(fact)
            case FactType.DATE:
                yield Column(f"{name}_first", Kind.DATE, name, "first day that it may be")
                yield Column(f"{name}_last", Kind.DATE, name, "last day that it may be")
                yield Column(f"{name}_never", Kind.BOOLEAN, name, "true if it never was, false if it was")
            case FactType.PLACE:
                return  # no rule reads where somebody lives: sites are not part of a rule file's criteria
            case FactType.THERAPIES:
                yield Column(name, Kind.LIST, name, "all treatments so far; an empty list if there was none")

    def _of_number(self, fact: Fact) -> Iterator[Column]:
        scale = f"2 x {self.scale(fact.id).parts} x {fact.unit or 'the number'}"
        yield Column(f"{fact.id}_low", Kind.WHOLE, fact.id, f"least, {scale}; odd: just above the even number below")
        yield Column(f"{fact.id}_high", Kind.WHOLE, fact.id, f"greatest, {scale}; odd: just below the even one above")
        for limit in self.limits(fact.id):
            ratio = f"2 x {self.ratio_scale(fact.id).parts} x multiple of the {limit}"
            yield Column(f"{fact.id}_per_{limit.lower()}_low", Kind.WHOLE, fact.id, f"least, {ratio}")
            yield Column(f"{fact.id}_per_{limit.lower()}_high", Kind.WHOLE, fact.id, f"greatest, {ratio}")
        if fact.id in self._tested:
            yield Column(f"{fact.id}_tested_first", Kind.DATE, fact.id, "first day on which it may have been measured")
            yield Column(f"{fact.id}_tested_last", Kind.DATE, fact.id, "last such day")

    @property
    def treatment_fields(self) -> tuple[tuple[str, Kind], ...]:
        """The fields of a treatment."""
        lives = [(f"lives_{number}_{end}", Kind.WHOLE) for number in self.half_lives for end in ("low", "high")]
        return (
            ("surely", Kind.WHOLE),
            ("maybe", Kind.WHOLE),
            ("first_day", Kind.DATE),
            ("last_day", Kind.DATE),
            ("start_first", Kind.DATE),
            ("start_last", Kind.DATE),
            ("ongoing", Kind.BOOLEAN),
            *lives,
        )

    def row(self, patient: Patient) -> dict[str, Any]:
        """A patient as one row of the typed intake."""
        row: dict[str, Any] = {"patient_id": patient.id, "as_of": patient.as_of}
        for name in self.facts:
            row |= zip((column.name for column in self.of(name)), self.cells(name, patient.get(name)), strict=True)
        return row

    def cells(self, name: str, value: Value | Missing) -> tuple[Any, ...]:
        """The values of a fact's columns."""
        fact = self.dictionary.facts[name]
        if isinstance(value, Missing):
            return tuple(None for _ in self.of(name))
        match value:
            case Number():
                return tuple(self._number(fact, value))
            case Coded(options):
                return (self._coded(fact, options),)
            case Moment(span):
                return (None, None, True) if span is None else (span.first, span.last, False)
            case Residence():
                return ()
            case Treatments(items):
                return ([self.treatment(item) for item in items],)

    def _coded(self, fact: Fact, options: frozenset[str]) -> bool | int:
        if fact.type is FactType.BOOLEAN:
            return options == {"yes"}
        if fact.type is FactType.TUMOR_TYPE:
            return self.tumor_order.place(options)
        bits = self.options(fact)
        return sum(bits[option] for option in options)

    def _number(self, fact: Fact, number: Number) -> Iterator[Any]:
        yield from self.scale(fact.id).ends(number.interval)
        for name in self.limits(fact.id):
            limit = number.uln if name == "ULN" else number.lln
            exact = None if limit is None else limit.exact
            yield from (
                self.ratio_scale(fact.id).ends(number.interval.scaled(1 / Fraction(exact))) if exact else (None, None)
            )
        if fact.id in self._tested:
            yield from (None, None) if number.tested is None else (number.tested.first, number.tested.last)

    def treatment(self, item: Treatment) -> dict[str, Any]:
        """A treatment as an item of the list."""
        known = self.classes
        possible = known if item.possibly is None else item.possibly
        start = item.start
        lives: dict[str, int | None] = {}
        for number in self.half_lives:
            lives[f"lives_{number}_low"], lives[f"lives_{number}_high"] = _lives(item.half_life_days, number)
        return {
            "surely": self.bits(name for name in known if name in item.surely),
            "maybe": self.bits(name for name in known if name in item.surely or name in possible),
            "first_day": item.last.first or LONG_AGO,
            "last_day": item.last.last or FAR_OFF,
            "start_first": start.first if start else None,
            "start_last": start.last if start else None,
            "ongoing": item.ongoing,
            **lives,
        }


def _lives(half_life: Interval | None, number: int) -> tuple[int, int | None]:
    """Fewest and most whole days that so many half-lives take; no most where the half-life is not known."""
    if half_life is None:
        return 0, None
    low, high = half_life.low or 0, half_life.high
    return math.ceil(low * number), None if high is None else math.ceil(high * number)
