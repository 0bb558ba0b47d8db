"""criteria/facts.yaml to Facts."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from screener.expr.tokens import KEYWORDS
from screener.model import Burden, Choice, Fact, FactType, Panel, Who, word_key
from screener.source import Mapping, Node, Reader, read_document
from screener.source.fields import nearest
from screener.units import normal_unit

if TYPE_CHECKING:
    from collections.abc import Collection

_NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)
_REQUIRED = ("name", "type", "question", "why", "where", "who", "burden", "source")
_OPTIONAL = (
    "units",
    "range",
    "typical",
    "step",
    "limits",
    "never",
    "choices",
    "general",
    "aliases",
    "loinc",
    "recoverable",
)


def compile_facts(node: Node) -> dict[str, Fact]:
    """Read the dictionary's facts, in file order. Raises InputError."""
    return read_document(node, _facts)


def compile_panels(node: Node, known: Collection[str]) -> tuple[Panel, ...]:
    """Read the panels of the dictionary, whose facts are known. Raises InputError."""
    return read_document(node, lambda reader, root: _panels(reader, root, known))


def _panels(reader: Reader, node: Node, known: Collection[str]) -> tuple[Panel, ...]:
    entries = node.get("panels") if isinstance(node, Mapping) else None
    if entries is None:
        return ()
    panels = []
    taken: set[str] = set()
    for name, entry in reader.mapping(entries).items():
        fields = reader.mapping(entry, ["dated"], ["name", "facts"])
        if "name" not in fields or "facts" not in fields:
            continue
        facts = reader.texts(fields["facts"])
        for fact in facts:
            if fact not in known:
                reader.note(fields["facts"], f"there is no fact `{fact}`", nearest(fact, known))
            if fact in taken:
                reader.note(fields["facts"], f"`{fact}` stands in two panels", "leave it in one of them")
            taken.add(fact)
        panels.append(
            Panel(name, reader.text(fields["name"]), facts, "dated" in fields and reader.flag(fields["dated"]))
        )
    return tuple(panels)


def _facts(reader: Reader, node: Node) -> dict[str, Fact]:
    fields = reader.mapping(node, ["panels"], required=["facts"])
    facts: dict[str, Fact] = {}
    if "facts" in fields:
        for name, entry in reader.mapping(fields["facts"]).items():
            if fact := _fact(reader, name, entry):
                facts[name] = fact
        _check_words(reader, fields["facts"], facts)
    return facts


def _fact(reader: Reader, name: str, node: Node) -> Fact | None:
    fields = reader.mapping(node, _OPTIONAL, _REQUIRED)
    if any(key not in fields for key in _REQUIRED):
        return None
    kind = reader.one_of(fields["type"], [kind.value for kind in FactType])
    who = [reader.one_of(item, [who.value for who in Who]) for item in reader.sequence(fields["who"])]
    burden = reader.one_of(fields["burden"], [burden.value for burden in Burden])
    if len(reader.problems):
        kinds = {kind.value for kind in FactType}
        if kind not in kinds or burden not in {item.value for item in Burden} or not set(who) <= {w.value for w in Who}:
            return None
    fact = Fact(
        id=name,
        name=reader.text(fields["name"]),
        type=FactType(kind),
        question=reader.text(fields["question"]),
        why=reader.text(fields["why"]),
        where=reader.text(fields["where"]),
        who=tuple(Who(item) for item in who),
        burden=Burden(burden),
        source=reader.text(fields["source"]),
        units=_units(reader, fields.get("units")),
        plausible=_range(reader, fields.get("range")),
        typical=_range(reader, fields.get("typical")),
        step=reader.whole(fields["step"]) if "step" in fields else None,
        has_limits="limits" in fields and reader.flag(fields["limits"]),
        never_began="never" in fields and reader.one_of(fields["never"], ["long_ago", "not_begun"]) == "not_begun",
        choices=_choices(reader, fields.get("choices")),
        general=_general(reader, fields.get("general")),
        aliases=reader.texts(fields.get("aliases")),
        loinc=reader.text(fields["loinc"]) if "loinc" in fields else None,
        recoverable="recoverable" in fields and reader.flag(fields["recoverable"]),
    )
    _check_shape(reader, node, fact, fields)
    return fact


def _units(reader: Reader, node: Node | None) -> tuple[tuple[str, Fraction], ...]:
    if node is None:
        return ()
    if not isinstance(node, Mapping):
        reader.note(node, "a mapping of units to how many make one canonical unit is wanted", "write {mg/dL: 1}")
        return ()
    units = []
    for key, value in node.items:
        number = reader.number(value)
        if number <= 0:
            reader.note(
                value, "a unit is a positive part of the canonical one", "write how many make one canonical unit"
            )
            number = Fraction(1)
        if normal_unit(key.value) != key.value:
            reader.note(key, "this spelling of the unit is not the one used here", f"write {normal_unit(key.value)}")
        units.append((key.value, number))
    if units and units[0][1] != 1:
        reader.note(node, "the first unit is the canonical one and counts 1", "put the canonical unit first")
    return tuple(units)


def _range(reader: Reader, node: Node | None) -> tuple[Fraction, Fraction] | None:
    if node is None:
        return None
    ends = [reader.number(item) for item in reader.sequence(node)]
    if len(ends) != 2 or ends[0] >= ends[1]:  # noqa: PLR2004 - two ends
        reader.note(node, "a range has a low and a high end", "write [0, 100]")
        return None
    return ends[0], ends[1]


def _choices(reader: Reader, node: Node | None) -> tuple[Choice, ...]:
    if node is None:
        return ()
    choices = []
    for name, entry in reader.mapping(node).items():
        fields = reader.mapping(entry, ["aliases"], required=["means"])
        if "means" in fields:
            choices.append(Choice(name, reader.text(fields["means"]), reader.texts(fields.get("aliases"))))
    return tuple(choices)


def _general(reader: Reader, node: Node | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(node, Mapping):
        return ()
    return tuple((key.value, reader.texts(value)) for key, value in node.items)


def _within(inner: tuple[Fraction, Fraction], outer: tuple[Fraction, Fraction]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _check_shape(reader: Reader, node: Node, fact: Fact, fields: dict[str, Node]) -> None:
    """Refuse what does not fit the type."""
    numeric = fact.type in {FactType.QUANTITY, FactType.SCALE}
    wanted = {
        "units": (bool(fact.units), fact.type is FactType.QUANTITY),
        "range": (fact.plausible is not None, numeric),
        "choices": (bool(fact.choices), fact.type is FactType.CHOICE),
    }
    for key, (present, needed) in wanted.items():
        if present != needed:
            verb = "needs" if needed else "takes no"
            reader.note(node, f"`{fact.id}` is a {fact.type.value} and {verb} `{key}`", f"mend `{key}` or the type")
    fitting = {
        "never": ("never" in fields, fact.type is FactType.DATE),
        "step": (fact.step is not None, fact.type is FactType.SCALE),
        "limits": (fact.has_limits, fact.type is FactType.QUANTITY),
        "typical": (fact.typical is not None, fact.type is FactType.QUANTITY),
        "general": (bool(fact.general), fact.type is FactType.CHOICE),
    }
    for key, (present, fits) in fitting.items():
        if present and not fits:
            reader.note(fields[key], f"`{fact.id}` is a {fact.type.value} and takes no `{key}`", "remove it")
    if fact.typical and fact.plausible and not _within(fact.typical, fact.plausible):
        reader.note(fields["typical"], "the typical range is wider than the plausible one", "narrow it")
    if not fact.who:
        reader.note(fields["who"], "somebody can answer every fact", f"use {', '.join(who.value for who in Who)}")
    for name in (fact.id, *(choice.id for choice in fact.choices)):
        if not _NAME.fullmatch(name) or name in KEYWORDS:
            reader.note(node, f"no rule can name `{name}`", "use letters, digits and _, beginning with a letter")
    known = {choice.id for choice in fact.choices}
    for word, members in fact.general:
        if not members or not set(members) <= known:
            reader.note(
                node, f"`{fact.id}`: `{word}` names a choice that does not exist", f"use {', '.join(sorted(known))}"
            )


def _check_words(reader: Reader, node: Node, facts: dict[str, Fact]) -> None:
    """Refuse a header alias, or a way to write a choice, that could mean two things."""
    taken = {word_key(name): name for name in facts}
    for fact in facts.values():
        place = node.get(fact.id) if isinstance(node, Mapping) else None
        for alias in fact.aliases:
            owner = taken.setdefault(word_key(alias), fact.id)
            if owner != fact.id:
                reader.note(place or node, f"the alias `{alias}` of `{fact.id}` already means `{owner}`", "remove one")
        words: dict[str, str] = {}
        written = [(choice.id, word) for choice in fact.choices for word in (choice.id, *choice.aliases)]
        for meaning, word in written + [(general, general) for general, _ in fact.general]:
            if words.setdefault(word_key(word), meaning) != meaning:
                reader.note(place or node, f"`{fact.id}`: `{word}` means two choices", "remove one")
