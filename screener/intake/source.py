"""The bytes of an intake file or of standard input, unpacked where they are gzip. Every failure has a message."""

from __future__ import annotations

import gzip
import io
import os
import stat
import sys
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

from screener.errors import InputError, NoInputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD = 4096  # bytes that are looked at before anything is read
_GZIP = b"\x1f\x8b"


class Source:
    """Bytes in their order, and how far one is in them. Use `open_source`."""

    def __init__(self, file: BinaryIO, name: str, size: int | None, *, opened: bool) -> None:
        """Take a file, `opened` for this; `size` in bytes where it is known."""
        self.file, self.name, self._size, self._opened = file, name, size, opened
        self._taken = 0
        with self._failures():
            self._head = file.read(HEAD)
        self._packed = gzip.GzipFile(fileobj=_Raw(self)) if self._head.startswith(_GZIP) else None
        self.head = self.read(HEAD)
        self._again = self.head

    @property
    def done(self) -> float:
        """The fraction of the bytes that has been read; 0 where their number is not known."""
        return min(1.0, self._taken / self._size) if self._size else 0.0

    @property
    def packed(self) -> bool:
        """Whether the bytes come out of gzip."""
        return self._packed is not None

    def chunks(self, size: int) -> Iterator[bytes]:
        """All bytes from the first on, about `size` at a time. Raises InputError."""
        yield self._again
        self._again = b""
        while chunk := self.read(size):
            yield chunk

    def read(self, size: int) -> bytes:
        """So many bytes more; fewer only at the end. Raises InputError."""
        with self._failures():
            return self._packed.read(size) if self._packed else self.take(size)

    def take(self, size: int) -> bytes:
        """So many bytes as they are stored; fewer only at the end. Raises InputError, OSError."""
        if self._head:
            data, self._head = self._head[:size], self._head[size:]
        else:
            data = self.file.read(size)
        self._taken += len(data)
        if not data and self._size is not None and self._taken < self._size:
            raise InputError(
                Problem(
                    f"{self.name} became shorter while it was read",
                    "run again when nothing else writes to it, or on a copy",
                )
            )
        return data

    def close(self) -> None:
        """Close the file, if it was opened for this."""
        if self._opened:
            self.file.close()

    @contextmanager
    def _failures(self) -> Iterator[None]:
        remedy = "copy or export the file again"
        try:
            yield
        except EOFError:
            problem = Problem(f"{self.name} is cut off: the end of the gzip data is missing", remedy)
        except (gzip.BadGzipFile, zlib.error):
            problem = Problem(f"{self.name} is damaged: its gzip data cannot be unpacked", remedy)
        except OSError as error:
            problem = Problem(f"{self.name} cannot be read on: {error.strerror}", f"check the drive, or {remedy}")
        else:
            return
        raise InputError(problem) from None


class _Raw:
    """The stored bytes as gzip wants to read them."""

    def __init__(self, source: Source) -> None:
        self.read = source.take

    def seek(self, _: int) -> int:
        raise OSError  # nothing is read twice


class _Whole(io.FileIO):
    """What may keep a read waiting, as a pipe does: no buffer of Python's, whose lock would keep the program from
    ending meanwhile. It gives as many bytes as are asked for, as long as there are any.
    """

    def read(self, size: int | None = -1) -> bytes:
        parts = []
        left = size or 0
        while left > 0 and (part := super().read(left)):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)


def open_source(path: Path | None) -> Source:
    """Open a file, or standard input for None. Raises NoInputError, InputError."""
    if path is None:
        if sys.stdin is None:
            raise NoInputError(Problem("there is no standard input", "name a file"))
        try:
            waiting = cast("BinaryIO", _Whole(sys.stdin.fileno(), closefd=False))
        except (OSError, ValueError):  # a stand-in for standard input has no descriptor
            waiting = sys.stdin.buffer
        return _source(waiting, "<standard input>", opened=False)
    try:
        file = path.open("rb") if path.is_file() else cast("BinaryIO", _Whole(path))
    except FileNotFoundError:
        raise NoInputError(Problem(f"{path}: there is no such file", "check the path")) from None
    except IsADirectoryError:
        raise NoInputError(Problem(f"{path} is a directory", "name a file in it")) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path cannot be used"
        raise NoInputError(Problem(f"{path} cannot be read: {reason}", "check the path and its permissions")) from None
    try:
        return _source(file, str(path), opened=True)
    except InputError:
        file.close()
        raise


def _source(file: BinaryIO, name: str, *, opened: bool) -> Source:
    size = None
    try:
        status = os.fstat(file.fileno())
        if stat.S_ISREG(status.st_mode) and file.seekable():
            size = max(0, status.st_size - file.tell())
    except OSError:
        pass  # a stand-in for standard input has no descriptor: its size is not known
    return Source(file, name, size, opened=opened)
