"""criteria/expected.yaml: the answers to expect, with their weights. Only the order of questions draws on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.source import Node, Reader, read_document
from screener.source.fields import nearest

if TYPE_CHECKING:
    from collections.abc import Collection

Expected = dict[str, tuple[tuple[str, int], ...]]


def compile_expected(node: Node, known: Collection[str]) -> Expected:
    """Give for each fact the answers as they would be typed, each with its weight. Raises InputError."""
    return read_document(node, lambda reader, root: _expected(reader, root, known))


def _expected(reader: Reader, node: Node, known: Collection[str]) -> Expected:
    fields = reader.mapping(node, ["source"], ["answers"])
    expected: Expected = {}
    if "answers" not in fields:
        return expected
    for fact, entry in reader.mapping(fields["answers"]).items():
        if fact not in known:
            reader.note(entry, f"there is no fact `{fact}`", nearest(fact, known))
        expected[fact] = tuple((text, reader.whole(weight)) for text, weight in reader.mapping(entry).items())
        if not sum(weight for _, weight in expected[fact]):
            reader.note(
                entry, f"no answer to `{fact}` has a weight", 'write {answer: weight}, such as {"yes": 30, "no": 70}'
            )
    return expected
