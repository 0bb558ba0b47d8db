"""Output files: whole or not at all. What is under way has no name, so nothing is left of it whatever happens."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from screener.errors import InputError, NoInputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType

_PRIVATE = 0o600


def commit_all(outputs: Iterable[Output | None]) -> None:
    """All take their names, the last one last; none does if one of them cannot be written. Raises InputError."""
    complete = [output for output in outputs if output]
    for output in complete:
        output.prepare()
    for output in complete:
        output.commit()


class Output:
    """A file that takes its name when it is complete, readable by its owner alone. Raises InputError, NoInputError."""

    def __init__(self, path: Path) -> None:
        """Open it. A link is followed; what is no regular file (a pipe, a device) is written to as it is."""
        self._named: Path | None = None
        try:
            self.path = path.resolve()
            self._direct = self.path.exists() and not self.path.is_file()
            self._descriptor = self._open()
        except (OSError, RuntimeError) as error:  # links that lead in a circle are a RuntimeError
            reason = getattr(error, "strerror", None) or "its links lead in a circle"
            raise NoInputError(Problem(f"{path} cannot be written: {reason}", "choose another place")) from None
        self.file = os.fdopen(self._descriptor, "wb")

    def _open(self) -> int:
        if self._direct:
            return os.open(self.path, os.O_WRONLY)
        if hasattr(os, "O_TMPFILE"):
            with suppress(OSError):  # not every file system has files without names
                return os.open(self.path.parent, os.O_TMPFILE | os.O_RDWR, _PRIVATE)
        self._named = self._beside()
        return os.open(self._named, os.O_RDWR | os.O_CREAT | os.O_EXCL, _PRIVATE)

    def _give_name(self) -> Path:
        named = self._beside()
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:  # the folder is named only because the call follows the link to the open file then
            os.link(f"/proc/self/fd/{self._descriptor}", named, src_dir_fd=folder, follow_symlinks=True)
        finally:
            os.close(folder)
        return named

    def _beside(self) -> Path:
        return self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")

    def write(self, data: bytes | memoryview) -> None:
        """Write some more."""
        try:
            self.file.write(data)
        except OSError as error:
            raise self._failed(error) from None

    def prepare(self) -> None:
        """The file is complete and safely on disk, under a hidden name beside its own."""
        try:
            self.file.flush()
            if not self._direct:
                os.fsync(self._descriptor)
                self._named = self._named or self._give_name()
            self.file.close()
        except OSError as error:
            raise self._failed(error) from None

    def commit(self) -> None:
        """It takes its name."""
        try:
            if self._named is not None:
                self._named.replace(self.path)
                self._named = None
        except OSError as error:
            raise self._failed(error) from None

    def discard(self) -> None:
        """Forget it."""
        with suppress(OSError):  # what is left in the buffer has no place on a full disk
            self.file.close()
        if self._named is not None:
            self._named.unlink(missing_ok=True)

    def _failed(self, error: OSError) -> InputError:
        return InputError(
            Problem(f"{self.path} cannot be written: {error.strerror}", "make room, or choose another place")
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()
