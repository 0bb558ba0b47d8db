"""A stream of bytes cut into pieces that end where a line ends: LF, CRLF, or the CR of old Macs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST = 1 << 20  # bytes of a line without its end


def pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut the stream at line ends; the last line gets an LF if it has no end.

    Of a line longer than LONGEST one byte too many is kept, by which it is known, and the others are dropped.
    """
    rest = b""
    for chunk in chunks:
        rest += chunk
        end = _last_end(rest)
        if end:
            yield rest[:end]
            rest = rest[end:]
        if len(rest) > LONGEST + 1:
            rest = rest[: LONGEST + 1] + (b"\r" if rest.endswith(b"\r") else b"")
    if rest:
        yield rest + b"\n"


def _last_end(data: bytes) -> int:
    """Where the last whole line ends. A CR at the very end may be half a CRLF: it waits."""
    return max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1)) + 1
