"""What evaluating an expression finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screener.truth import Truth


@dataclass(frozen=True, slots=True)
class Finding:
    """The truth of an expression, the reasons that decide it, and the facts missing where it is unknown."""

    truth: Truth
    reasons: tuple[str, ...]
    missing: tuple[str, ...] = ()
