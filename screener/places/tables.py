"""The embedded tables: each is read when first asked, and searched as it is, since most are asked once."""

from __future__ import annotations

import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATA = Path(__file__).parent / "data"

Table = Literal["cities", "countries", "states", "zips"]


def rows(table: Table, key: str) -> Iterator[list[str]]:
    """The rows that have this key (folded), in the order of the table, each without its keys."""
    # A row is `|key|key|<tab>value<tab>value`; a key with any other character than these would match across rows.
    if not key or not all(letter.isalnum() or letter == " " for letter in key):
        return
    text = _text(table)
    sought = b"|%b|" % key.encode()
    found = text.find(sought)
    while found >= 0:
        end = text.index(b"\n", found)
        yield text[text.index(b"\t", found) + 1 : end].decode().split("\t")
        found = text.find(sought, end)


@cache
def _text(table: Table) -> bytes:
    return zlib.decompress((_DATA / f"{table}.z").read_bytes())
