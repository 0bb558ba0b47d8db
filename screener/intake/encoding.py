"""Bytes of any of the encodings that intake files come in, as bytes of UTF-8, as a stream.

What cannot be decoded stays behind as bytes that are no UTF-8 either: the row that holds them is rejected later.
"""

from __future__ import annotations

import codecs
import re
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WINDOW = 1 << 20  # bytes from the first that is not ASCII: whatever the size of chunks, they decide
_SNIFFED = 1024
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_MULTI_BYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


class Utf8:
    """A stream of bytes, read once, as UTF-8 without byte order mark; `encoding` is what it was found to be."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        """Take the bytes as they are in the file."""
        self.encoding = "UTF-8"
        self._chunks = iter(chunks)

    def __iter__(self) -> Iterator[bytes]:
        """The chunks, none of them empty."""
        head = self._gather(_SNIFFED)
        if head.startswith(codecs.BOM_UTF8):
            found: Iterator[bytes] = chain([head[len(codecs.BOM_UTF8) :]], self._chunks)
        elif name := _UTF16.get(head[:2]):
            found = self._from_utf16(name, head[2:])
        elif name := _utf16_without_mark(head):
            found = self._from_utf16(name, head)
        else:
            found = self._from_bytes(head)
        return filter(None, found)

    def _gather(self, size: int, begin: bytes = b"") -> bytes:
        for chunk in self._chunks if len(begin) < size else ():
            begin += chunk
            if len(begin) >= size:
                break
        return begin

    def _from_utf16(self, name: str, head: bytes) -> Iterator[bytes]:
        self.encoding = "UTF-16"
        decoder = codecs.getincrementaldecoder(name)("surrogatepass")
        for chunk in chain([head], self._chunks):
            yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
        if decoder.getstate()[0]:
            yield b"\xff"  # half a character at the end

    def _from_bytes(self, head: bytes) -> Iterator[bytes]:
        for chunk in chain([head], self._chunks):
            first = None if chunk.isascii() else _NOT_ASCII.search(chunk)  # fifty times faster than searching alone
            if first is None:
                yield chunk
                continue
            window = self._gather(_WINDOW, chunk[first.start() :])
            yield chunk[: first.start()]
            if not _is_cp1252(window[:_WINDOW]):
                yield window
                yield from self._chunks
                return
            self.encoding = "cp1252"
            for rest in chain([window], self._chunks):
                yield rest.decode("cp1252", "surrogateescape").encode("utf-8", "surrogateescape")
            return


def _utf16_without_mark(head: bytes) -> str:
    """The name of UTF-16 where (nearly) every other byte is NUL, else nothing."""
    even, odd = head[:_SNIFFED:2], head[1:_SNIFFED:2]
    for name, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if high and high.count(0) >= len(high) * 3 / 4 and not low.count(0):
            return name
    return ""


def _is_cp1252(window: bytes) -> bool:
    """Whether the bytes are no UTF-8, and hold nothing that looks like it."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(window, final=len(window) < _WINDOW)
    except UnicodeDecodeError:
        return _MULTI_BYTE.search(window) is None
    return False
