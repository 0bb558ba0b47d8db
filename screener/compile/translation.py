"""Translations stand beside the English, in `NAME.LANG.yaml`: the same keys, each text behind the fingerprint of the
English it translates. A text whose English has changed since is stale, and stays unused until it is looked at again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screener.language import Texts
from screener.source import Mapping, Node, Reader, read_document

if TYPE_CHECKING:
    from screener.language import Path

_TEXT = re.compile(r"([0-9a-f]{8}) (.*\S)", re.DOTALL)
_REVIEW_KEYS = ("language", "reviewed_by", "reviewed_on")


def compile_translation(node: Node, *prefix: str) -> Texts:
    """Give the texts of a file, their paths beginning with the prefix. Raises InputError."""
    return read_document(node, lambda reader, root: _translation(reader, root, prefix))


def _translation(reader: Reader, node: Node, prefix: Path) -> Texts:
    fields = reader.mapping(node)
    reviewed = reader.text(fields["reviewed_by"]) if "reviewed_by" in fields else ""
    texts: dict[Path, tuple[str, str]] = {}
    for key, value in fields.items():
        if key not in _REVIEW_KEYS:
            _collect(reader, value, (*prefix, key), texts)
    return Texts(texts, "" if reviewed == "nobody yet" else reviewed)


def _collect(reader: Reader, node: Node, path: Path, texts: dict[Path, tuple[str, str]]) -> None:
    if isinstance(node, Mapping):
        for key, value in reader.mapping(node).items():
            _collect(reader, value, (*path, key), texts)
        return
    found = _TEXT.fullmatch(reader.text(node))
    if found:
        texts[path] = (found[1], found[2])
    else:
        reader.note(node, "a translation begins with the fingerprint of its English", "`screener rules lint` gives it")
