"""criteria/landscape.yaml: an entry that does not say where, when and by whom is refused, at its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from screener.dates import parse_date
from screener.errors import BadAnswer
from screener.model.landscape import (
    ANY,
    Approval,
    Correction,
    HlaNeed,
    Jurisdiction,
    Landscape,
    LandscapeEntry,
    OtherPath,
    SideEffect,
    State,
    Step,
    Support,
    Target,
    Therapy,
)
from screener.source import Mapping, Node, Reader, Scalar, read_document
from screener.source.fields import nearest

if TYPE_CHECKING:
    from collections.abc import Collection

Read = Callable[[Reader, Node], Any]
Choice = TypeVar("Choice", bound=Enum)

DOCUMENTS = ("000", "001", "002", "003", "004")
_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_REFERENCE = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")  # a name of another entry within a source
_DATE = re.compile(r"\d{4}(-\d\d){0,2}")


def _one_of(kind: type[Choice]) -> Callable[[Reader, Node], Choice]:
    def read(reader: Reader, node: Node) -> Choice:
        choices = {choice.value: choice for choice in kind}
        return choices.get(reader.one_of(node, choices), next(iter(kind)))

    return read


def _numbers(reader: Reader, node: Node) -> tuple[int, ...]:
    return tuple(reader.whole(item) for item in reader.sequence(node))


def _document(reader: Reader, node: Node) -> str:
    return reader.one_of(node, DOCUMENTS)


_COMMON: dict[str, Read] = {
    "id": Reader.text,
    "title": Reader.text,
    "says": Reader.text,
    "jurisdiction": _one_of(Jurisdiction),
    "date": Reader.scalar,
    "source": Reader.text,
    "support": _one_of(Support),
    "checked": Reader.day,
    "tumors": Reader.texts,
}
_OPTIONAL = frozenset({"products"})
# Each section with what its entries are and what they have beside the common keys.
_SECTIONS: dict[str, tuple[type[LandscapeEntry], dict[str, Read]]] = {
    "approvals": (Approval, {"state": _one_of(State), "products": Reader.texts}),
    "targets": (Target, {"target": Reader.text, "hla": _one_of(HlaNeed)}),
    "classes": (LandscapeEntry, {}),
    "comparison": (Therapy, {"stands": Reader.text, "ask": Reader.texts}),
    "steps": (Step, {"does": Reader.text, "lasts": Reader.text}),
    "side_effects": (SideEffect, {"call": Reader.text}),
    "other_paths": (OtherPath, {"ask": Reader.text}),
    "corrections": (
        Correction,
        {"document": _document, "lines": _numbers, "claim": Reader.text, "why": Reader.text},
    ),
}


def compile_landscape(node: Node, tumor_types: Collection[str]) -> Landscape:
    """Read landscape.yaml; `tumor_types` are the codes that there are. Raises InputError."""
    return read_document(node, lambda reader, root: _landscape(reader, root, tumor_types))


def _landscape(reader: Reader, node: Node, tumor_types: Collection[str]) -> Landscape:
    sections = reader.mapping(node, _SECTIONS)
    items = {name: reader.sequence(sections.get(name)) for name in _SECTIONS}
    places = _ids(reader, [item for section in items.values() for item in section])
    read = {
        name: tuple(
            entry for item in items[name] if (entry := _entry(reader, item, kind, own, tumor_types, places)) is not None
        )
        for name, (kind, own) in _SECTIONS.items()
    }
    return Landscape(**read)  # type: ignore[arg-type] # each section is read as its kind


def _ids(reader: Reader, items: Collection[Node]) -> frozenset[str]:
    """The ids of all sections; each stands once."""
    found: set[str] = set()
    for item in items:
        node = item.get("id") if isinstance(item, Mapping) else None
        if not isinstance(node, Scalar):
            continue
        name = node.value
        if name in found:
            reader.note(node, f"another entry is called `{name}` too", "give one of them another id")
        elif not _ID.fullmatch(name):
            reader.note(node, "an id is small letters, digits and underscores", "write one such as satri_cel_china")
        found.add(name)
    return frozenset(found)


def _entry(
    reader: Reader,
    node: Node,
    kind: type[LandscapeEntry],
    own: dict[str, Read],
    tumor_types: Collection[str],
    ids: frozenset[str],
) -> LandscapeEntry | None:
    readers = _COMMON | own
    fields = reader.mapping(node, _OPTIONAL & readers.keys(), [key for key in readers if key not in _OPTIONAL])
    values = {key: readers[key](reader, value) for key, value in fields.items()}
    if "tumors" in fields:
        _check_tumors(reader, fields["tumors"], tumor_types)
    if isinstance(dated := values.pop("date", None), Scalar):
        values["dated"] = _dated(reader, dated, values.get("checked"))
    for name in _REFERENCE.findall(values.get("source", "")):
        if name not in ids or name == values.get("id"):
            reader.note(fields["source"], f"there is no other entry `{name}`", nearest(name, ids - {values.get("id")}))
    for key in ("lines", "ask", "products"):
        if values.get(key) == ():
            reader.note(fields[key], f"`{key}` is empty", "name at least one")
    if kind is Approval and "state" in values and values["state"].grants and "products" not in fields:
        reader.note(node, "the key `products` is missing", "name the product as people write it")
    wanted = {key if key != "date" else "dated" for key in readers if key not in _OPTIONAL}
    return kind(**values) if wanted <= values.keys() else None


def _check_tumors(reader: Reader, node: Node, tumor_types: Collection[str]) -> None:
    codes = [item for item in reader.sequence(node) if isinstance(item, Scalar)]
    if not codes:
        reader.note(node, "no tumor type is named", f"name codes of the vocabulary, or {ANY}")
    for item in codes:
        if item.value == ANY and len(codes) > 1:
            reader.note(item, f"`{ANY}` stands alone", "remove it, or the others")
        elif item.value != ANY and item.value not in tumor_types:
            remedy = f"use a code of OncoTree or of vocabulary/tumor_types.yaml, or {ANY}"
            reader.note(item, f"there is no tumor type `{item.value}`", remedy)


def _dated(reader: Reader, node: Scalar, checked: date | None) -> str:
    """A year, a month or a day, not later than its sources were read."""
    if not _DATE.fullmatch(node.value):
        reader.note(node, "this is no date", 'write it as "2024", "2024-02" or "2024-02-16"')
        return node.value
    try:
        first = parse_date(node.value, checked or date.max).first
    except BadAnswer as bad:
        reader.note(node, bad.reason, bad.remedy)
        return node.value
    if checked and first and first > checked:
        reader.note(node, "this is later than the day on which the sources were read", "check `date` and `checked`")
    return node.value
