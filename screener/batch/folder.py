"""An output that is a folder of parts, as Spark's users expect it: whole or not at all."""

from __future__ import annotations

import secrets
import shutil
from typing import TYPE_CHECKING, Self

from screener.errors import InputError, NoInputError, Problem, UsageError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

DONE = "_SUCCESS"  # an empty file that says that no part is missing
_PART = "part-"
_PRIVATE = 0o700


class Folder:
    """A folder that takes its name when it is complete; until then its parts are in a hidden one beside it.

    A run that is killed leaves the hidden folder, and under the name what was there before, or nothing.
    """

    def __init__(self, path: Path) -> None:
        """Make the hidden folder. Raises NoInputError; UsageError: something else has the name."""
        self.path = path.resolve()
        self._check()
        self.work = self._beside()
        self.parts = self.work / "parts"
        try:
            self.work.mkdir(_PRIVATE)
            self.parts.mkdir(_PRIVATE)
        except OSError as error:
            raise NoInputError(Problem(f"{path} cannot be written: {error.strerror}", "choose another place")) from None

    def part(self, number: int, form: str) -> Path:
        """Where a part goes; in the order of their names they are in the order of the intake."""
        return self.parts / f"{_PART}{number:05d}.{form}"

    def aside(self, kind: str, number: int) -> Path:
        """Where a part goes of what is no result."""
        return self.work / f"{kind}-{number:05d}"

    def commit(self) -> None:
        """All parts are there, and the folder takes its name. An earlier output under that name goes."""
        self._check()
        try:
            (self.parts / DONE).touch(0o600)
            self._swap()
        except OSError as error:
            problem = Problem(f"{self.path} cannot be written: {error.strerror}", "make room, or choose another place")
            raise InputError(problem) from None

    def _swap(self) -> None:
        earlier = self.work / "earlier"
        if self.path.exists():
            self.path.rename(earlier)
        try:
            self.parts.rename(self.path)
        except OSError:
            if earlier.exists():
                earlier.rename(self.path)
            raise

    def _beside(self) -> Path:
        return self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")

    def _check(self) -> None:
        """Nothing but an earlier output is replaced."""
        remedy = "name a new folder: --engine spark writes one, with a file of each task"
        try:
            names = [each.name for each in self.path.iterdir()] if self.path.exists() else []
        except NotADirectoryError:
            raise UsageError(Problem(f"{self.path} is a file", remedy)) from None
        except OSError as error:
            raise NoInputError(Problem(f"{self.path} cannot be read: {error.strerror}", remedy)) from None
        if names and not (DONE in names and all(name.startswith(_PART) or name == DONE for name in names)):
            raise UsageError(Problem(f"{self.path} holds other files than an output of Spark", remedy))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.work, ignore_errors=True)
