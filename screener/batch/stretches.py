"""An intake cut into stretches that can be read at the same time, each by itself, on any machine that sees the file.

A stretch of a CSV begins where a record does. Where that is shows only when all before it has been read: so a cut is
made after a line end, and the reading of a stretch tells whether its last record goes on beyond it. Then the next
stretch begins with that record, and `placed` says so.
"""

from __future__ import annotations

import codecs
import os
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeVar

import numpy as np

from screener.errors import InputError, Problem, UsageError
from screener.intake.blocks import Block, block
from screener.intake.encoding import Utf8
from screener.intake.heading import read_heading
from screener.intake.open import open_intake
from screener.intake.pieces import LONGEST, pieces
from screener.intake.source import Source, open_source
from screener.intake.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from screener.intake.blocks import Intake

T = TypeVar("T")
_BLOCK = 8 << 20
_ENCODING = "UTF-8"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")  # of Hadoop's file systems, say
_ALONE = "only one task can read it: as CSV in UTF-8, not packed, all could"


class Part(Protocol):
    """A stretch that is read as an intake. When all its blocks have been read, `passed` lines lay before its last
    `left` bytes, which begin a record that goes on in the next stretch.
    """

    header: tuple[str, ...]
    left: int

    @property
    def passed(self) -> int: ...  # noqa: D102 - what they are stands above, or is that of an intake
    @property
    def notes(self) -> tuple[str, ...]: ...  # noqa: D102
    def blocks(self) -> Iterator[Block]: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `begin` to `end`, in bytes or whatever else the intake counts; its first row stands in `line`."""

    begin: int
    end: int
    line: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class Stamp:
    """By which a file is known again."""

    size: int
    changed: int

    @classmethod
    def of(cls, source: Source) -> Stamp:
        """That of an open file."""
        status = os.fstat(source.file.fileno())
        return cls(status.st_size, status.st_mtime_ns)


def look(path: Path) -> tuple[bytes, Stamp]:
    """How a file begins, and by what it is known again. Raises NoInputError."""
    source = open_source(path)
    try:
        return source.head, Stamp.of(source)
    finally:
        source.close()


def open_again(path: Path, stamp: Stamp) -> Source:
    """Open a file that was looked at. Raises NoInputError; InputError: it is another one."""
    source = open_source(path)
    if Stamp.of(source) != stamp:
        source.close()
        problem = f"{path} is another file than when the run began"
        raise InputError(Problem(problem, "run again when nothing else writes to it, or on a copy"))
    return source


@dataclass(frozen=True)
class SharedIntake(ABC):
    """An intake that many read at the same time. It holds no open file, and goes through a pickle."""

    path: Path
    header: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    @abstractmethod
    def size(self) -> int:
        """Bytes."""

    @abstractmethod
    def stretches(self, size: int) -> list[Stretch]:
        """Stretches of about `size` bytes. Raises NoInputError, InputError."""

    @abstractmethod
    def read(self, stretch: Stretch) -> Part:
        """Open a stretch. Raises NoInputError; InputError: the file is another than the one that was cut."""


def placed(stretches: Sequence[Stretch], ends: Sequence[tuple[int, int]]) -> list[Stretch]:
    """The stretches as they are when each was found to have so many lines `passed`, and bytes `left`, at its end.

    Where that is what they were taken for, they are right: each begins with a record, in its line.
    """
    found = [stretches[0]]
    for stretch, (passed, left) in zip(stretches[1:], ends[:-1], strict=True):
        before = found[-1]
        found.append(replace(stretch, begin=before.end - left, line=before.line + passed))
    return found


@dataclass(frozen=True)
class SharedTable(SharedIntake):
    """A CSV in UTF-8 that is not packed."""

    separator: bytes
    begin: int
    line: int
    stamp: Stamp

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.stamp.size

    def stretches(self, size: int) -> list[Stretch]:
        """Cuts after the line feed that is next. There is none where a line is too long, or lines end otherwise."""
        cuts = [self.begin]
        source = open_again(self.path, self.stamp)
        try:
            for near in range(self.begin + size, self.stamp.size, size):
                if near >= cuts[-1]:
                    source.file.seek(near)
                    line = source.file.readline(LONGEST)
                    cuts += [near + len(line)] if line.endswith(b"\n") else []
        finally:
            source.close()
        ends = [cut for cut in cuts[1:] if cut < self.stamp.size] + [self.stamp.size]
        begins = [self.begin, *ends[:-1]]
        return [Stretch(begin, end, self.line, end == self.stamp.size) for begin, end in zip(begins, ends, strict=True)]

    def read(self, stretch: Stretch) -> Part:
        """Open a stretch."""
        source = open_again(self.path, self.stamp)
        source.file.seek(stretch.begin)
        return _TablePart(self, stretch, source)


class _TablePart(Table):
    """A stretch of a CSV: the same reading, but from somewhere to somewhere."""

    def __init__(self, shared: SharedTable, stretch: Stretch, source: Source) -> None:
        self._source = source
        self._stretch = stretch
        self._utf8 = Utf8(chain([codecs.BOM_UTF8], _bytes(source.file, stretch, str(shared.path))))
        self._pieces = pieces(self._utf8)
        self.header = shared.header
        self._separator = shared.separator
        self._rest, self._line = b"", stretch.line
        self.left = 0

    @property
    def passed(self) -> int:
        """Lines that were read."""
        return self._line - self._stretch.line

    def _sorted(self, data: bytes, done: float, *, final: bool) -> tuple[Block, bytes]:
        if final and not self._stretch.is_last:  # the record may go on: it is for the next stretch
            self.left = len(data)
            return block(self._parse(b""), np.empty(0, np.int64), (), done), b""
        return super()._sorted(data, done, final=final)


def _bytes(file: BinaryIO, stretch: Stretch, name: str) -> Iterator[bytes]:
    left = stretch.end - stretch.begin
    while left:
        try:
            chunk = file.read(min(_BLOCK, left))
        except OSError as error:
            problem = f"{name} cannot be read on: {error.strerror}"
            raise InputError(Problem(problem, "check the drive, or copy the file again")) from None
        if not chunk:
            raise InputError(Problem(f"{name} became shorter while it was read", "run again on a copy"))
        left -= len(chunk)
        yield chunk


@dataclass(frozen=True)
class SharedWhole(SharedIntake):
    """An intake that only one can read: packed, a workbook, or in another encoding."""

    stamp: Stamp

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.stamp.size

    def stretches(self, size: int) -> list[Stretch]:  # noqa: ARG002 - it has one
        """All of it."""
        return [Stretch(0, self.stamp.size, 1, is_last=True)]

    def read(self, stretch: Stretch) -> Part:  # noqa: ARG002
        """Open it."""
        open_again(self.path, self.stamp).close()
        return _WholePart(open_intake(self.path, _BLOCK))


class _WholePart:
    """An intake as its only stretch."""

    passed = left = 0

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self.header = intake.header
        self.blocks, self.close = intake.blocks, intake.close

    @property
    def notes(self) -> tuple[str, ...]:
        return self._intake.notes


def share(path: Path) -> SharedIntake:
    """Look at an intake. Raises NoInputError: it is not there; InputError: it cannot be read as intake; UsageError."""
    if _URL.match(str(path)):
        problem = Problem(f"{path} is no file", "copy it to storage that all machines have mounted, and name its path")
        raise UsageError(problem)
    head, stamp = (b"PAR1", Stamp(0, 0)) if path.is_dir() else look(path)
    if head.startswith(b"PAR1"):
        from screener.batch.row_groups import share_parquet  # noqa: PLC0415 - it builds on this

        return share_parquet(path)
    with open_intake(path) as intake:
        header, notes, is_table = intake.header, intake.notes, isinstance(intake, Table)
    return (_share_table(path, notes, stamp) if is_table else None) or SharedWhole(path, header, (_ALONE,), stamp)


def _share_table(path: Path, notes: tuple[str, ...], stamp: Stamp) -> SharedIntake | None:
    """A CSV that can be cut, or None. The first byte that is not ASCII decides what its encoding is."""
    source = open_source(path)
    try:
        mark = len(codecs.BOM_UTF8) if source.head.startswith(codecs.BOM_UTF8) else 0
        text = Utf8(source.chunks(_BLOCK))
        chunks = iter(text)
        plain: list[bool] = []
        sizes: list[int] = []
        heading = read_heading(_noted(pieces(_noted(chunks, plain, bytes.isascii)), sizes, len), source.name)
        while all(plain) and text.encoding == _ENCODING and (chunk := next(chunks, None)) is not None:
            plain = [chunk.isascii()]
    finally:
        source.close()
    if source.packed or text.encoding != _ENCODING:
        return None
    begin = min(mark + sum(sizes) - len(heading.rest), stamp.size)
    return SharedTable(path, heading.header, notes, heading.separator, begin, heading.line, stamp)


def _noted(items: Iterator[bytes], notes: list[T], note: Callable[[bytes], T]) -> Iterator[bytes]:
    for item in items:
        notes.append(note(item))
        yield item
