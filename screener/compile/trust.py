"""criteria/trust.yaml."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screener.model.trust import PhraseError, TrustItem, TrustKind
from screener.source import Node, Reader, read_document
from screener.source.fields import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TEXTS = ("id", "title", "why", "asks", "next", "source")
_NAME = re.compile(r"<([a-z_]+)>")
_RESERVED = {"start", "end"}


def compile_trust(node: Node, read_phrase: Callable[[str], object]) -> tuple[TrustItem, ...]:
    """Read the items, each shared list of wordings put in its place. Raises InputError.

    `read_phrase` raises PhraseError for what is no phrase; the language stands above this layer.
    """
    return read_document(node, lambda reader, root: _items(reader, root, read_phrase))


def _items(reader: Reader, root: Node, read_phrase: Callable[[str], object]) -> tuple[TrustItem, ...]:
    fields = reader.mapping(root, ["source", "wordings"], ["signals", "flags"])
    lists: dict[str, str] = {}
    if "wordings" in fields:
        for name, node in reader.mapping(fields["wordings"]).items():
            phrases = _phrases(reader, node, lists, read_phrase, alone=True)
            if name in _RESERVED or not _NAME.fullmatch(f"<{name}>"):
                reader.note(node, f"`{name}` cannot name a list", "use small letters and `_`, not start or end")
            elif len(phrases) < 2:  # noqa: PLR2004 - brackets with one wording are no choice
                reader.note(node, f"`{name}` has one wording", "write it where it is used")
            else:
                lists[name] = f"({' / '.join(phrases)})"
    items: list[TrustItem] = []
    for key, kind in (("signals", TrustKind.SIGNAL), ("flags", TrustKind.FLAG)):
        for node in reader.sequence(fields.get(key)):
            item = _item(reader, node, kind, lists, read_phrase)
            if item is not None and any(item.id == other.id for other in items):
                reader.note(node, f"there are two items `{item.id}`", "rename one")
            elif item is not None:
                items.append(item)
    return tuple(items)


def _item(
    reader: Reader, node: Node, kind: TrustKind, lists: Mapping[str, str], read_phrase: Callable[[str], object]
) -> TrustItem | None:
    fields = reader.mapping(node, ["phrases", "unless"], _TEXTS)
    if not fields.keys() >= set(_TEXTS):
        return None
    texts = {name: reader.text(fields[name]) for name in _TEXTS}
    phrases, unless = (
        _phrases(reader, fields.get(name), lists, read_phrase, alone=name == "unless") for name in ("phrases", "unless")
    )
    return TrustItem(kind=kind, phrases=phrases, unless=unless, **texts)


def _phrases(
    reader: Reader,
    node: Node | None,
    lists: Mapping[str, str],
    read_phrase: Callable[[str], object],
    *,
    alone: bool,
) -> tuple[str, ...]:
    """`alone` where no phrases in braces may stand."""
    found = []
    for item in reader.sequence(node):
        text = reader.text(item)
        if alone and text.lstrip().startswith("{"):
            reader.note(item, "braces stand in the `phrases` of an item only", "write phrases without them")
            continue
        unknown = [name for name in _NAME.findall(text) if name not in lists and name not in _RESERVED]
        for name in unknown:
            reader.note(item, f"there is no list of wordings `{name}`", nearest(name, {*lists, *_RESERVED}))
        if not unknown:
            whole = _NAME.sub(lambda name: lists.get(name[1], name[0]), text)
            try:
                read_phrase(whole)
            except PhraseError as bad:
                reader.note(item, bad.reason, bad.remedy)
            else:
                found.append(whole)
    return tuple(found)
