"""Sizes of paper."""

from __future__ import annotations

from enum import StrEnum


class Paper(StrEnum):
    """What a checklist is printed on, lying: its columns need the longer side."""

    A4 = "a4"
    LETTER = "letter"

    @property
    def millimeters(self) -> tuple[float, float]:
        """Width and height as the page lies."""
        return (297.0, 210.0) if self is Paper.A4 else (279.4, 215.9)
