"""criteria/vocabulary to TumorTypes and Therapies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.model import Agent, Therapies, TherapyClass, TumorTypes, word_key
from screener.source import Node, Reader, read_document

if TYPE_CHECKING:
    from collections.abc import Iterable

_ROOT = "TISSUE"  # OncoTree's own root, no tumor


def compile_tumor_types(node: Node, oncotree: str) -> TumorTypes:
    """Read tumor_types.yaml and the OncoTree table (tab-separated: code, name, parent, nci). Raises InputError."""
    rows = [line.split("\t") for line in oncotree.splitlines()[1:] if line.strip()]
    return read_document(node, lambda reader, root: _tumor_types(reader, root, rows))


def _tumor_types(reader: Reader, node: Node, rows: list[list[str]]) -> TumorTypes:
    names = {row[0]: row[1] for row in rows if row[0] != _ROOT}
    parents = {row[0]: (row[2],) if row[2] in names else () for row in rows if row[0] != _ROOT}
    words: dict[str, set[str]] = {}
    for code, name in names.items():
        _add_words(words, code, [code, name])
    fields = reader.mapping(node, ["groups", "additions", "aliases", "histology"], required=["source"])
    members: list[tuple[Node, str, str]] = []
    for section in ("additions", "groups"):
        if section not in fields:
            continue
        for code, entry in reader.mapping(fields[section]).items():
            item = reader.mapping(
                entry, ["members", "parents", "aliases", "icd10", "icdo3", "source"], required=["name"]
            )
            names[code] = reader.text(item["name"]) if "name" in item else code
            parents.setdefault(code, ())
            members += [(entry, code, reader.text(member)) for member in reader.sequence(item.get("members"))]
            members += [(entry, reader.text(parent), code) for parent in reader.sequence(item.get("parents"))]
            _add_words(words, code, [code, names[code], *_all_words(reader, item)])
    for entry, parent, child in members:
        if parent not in names or child not in names:
            reader.note(entry, f"`{parent}` or `{child}` is no code of OncoTree or of this file", "check the code")
        else:
            parents[child] = (*parents[child], parent)
    if "aliases" in fields:
        for code, entry in reader.mapping(fields["aliases"]).items():
            if code not in names:
                reader.note(entry, f"`{code}` is no code of OncoTree or of this file", "check the code")
            item = reader.mapping(entry, ["names", "icd10", "icdo3", "source"])
            _add_words(words, code, [*reader.texts(item.get("names")), *_all_words(reader, item)])
    histologies = {}
    if "histology" in fields:
        histologies = {code: reader.text(value) for code, value in reader.mapping(fields["histology"]).items()}
    return TumorTypes(names, parents, {key: frozenset(codes) for key, codes in words.items()}, histologies)


def _all_words(reader: Reader, item: dict[str, Node]) -> Iterable[str]:
    return [word for key in ("aliases", "icd10", "icdo3") for word in reader.texts(item.get(key))]


def _add_words(words: dict[str, set[str]], code: str, written: Iterable[str]) -> None:
    for word in written:
        words.setdefault(word_key(word), set()).add(code)


def compile_therapies(node: Node) -> Therapies:
    """Read therapies.yaml. Raises InputError."""
    return read_document(node, _therapies)


def _therapies(reader: Reader, node: Node) -> Therapies:
    fields = reader.mapping(node, ["source"], required=["classes", "agents"])
    classes: dict[str, TherapyClass] = {}
    agents: dict[str, Agent] = {}
    words: dict[str, str] = {}

    def add_words(entry: Node, name: str, written: Iterable[str]) -> None:
        for word in written:
            if words.setdefault(word_key(word), name) != name:
                reader.note(entry, f"`{word}` already means `{words[word_key(word)]}`", "remove one of the two")

    if "classes" in fields:
        for name, entry in reader.mapping(fields["classes"]).items():
            item = reader.mapping(entry, ["parents", "aliases", "source"], required=["name"])
            title = reader.text(item["name"]) if "name" in item else name
            classes[name] = TherapyClass(name, title, reader.texts(item.get("parents")))
            add_words(entry, name, [name, title, *reader.texts(item.get("aliases"))])
            if not set(classes[name].parents) <= set(classes):
                reader.note(entry, f"`{name}` names a parent that stands below it or nowhere", "declare parents first")
    if "agents" in fields:
        for name, entry in reader.mapping(fields["agents"]).items():
            item = reader.mapping(entry, ["aliases", "half_life_days", "source"], required=["classes"])
            of_classes = reader.texts(item.get("classes"))
            if not set(of_classes) <= set(classes):
                reader.note(entry, f"`{name}` names a class that does not exist", "declare it under classes")
            agents[name] = Agent(name, of_classes, _half_life(reader, item.get("half_life_days")))
            add_words(entry, name, [name, *reader.texts(item.get("aliases"))])
    return Therapies(classes, agents, words)


def _half_life(reader: Reader, node: Node | None) -> float | None:
    if node is None:
        return None
    item = reader.mapping(node, (), required=["value", "source"])
    return float(reader.number(item["value"])) if "value" in item else None
