"""An answer of several parts while it is being given: each part is on disk before the next is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from screener.session import Session

Part = dict[str, Any]


class Draft:
    """The parts of an answer to a fact so far: treatments, or points of the teach-back."""

    def __init__(self, session: Session, fact: str, parts: list[Part]) -> None:
        """Take where parts are kept, and those kept by an earlier run."""
        self.parts = parts
        self._session = session
        self._fact = fact

    def add(self, part: Part) -> None:
        """Keep one more part."""
        self.parts.append(part)
        self._session.draft(self._fact, self.parts)

    def drop(self) -> None:
        """Take the last part back."""
        self.parts.pop()
        self._session.draft(self._fact, self.parts)
