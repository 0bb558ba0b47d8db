"""What makes a page on a treatment worth trusting, and what warns: as criteria/trust.yaml has it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class TrustKind(Enum):
    """Of an item."""

    SIGNAL = "signal"  # a good page has it
    FLAG = "flag"  # a good page has it not


@dataclass(frozen=True, slots=True)
class TrustItem:
    """One trust signal or red flag, in plain words.

    `asks` is a yes-or-no question to whoever reads the page; `next` is what to ask or do when it is wanting (a signal)
    or found (a flag). `phrases` say what it looks like in a text, `unless` what near it takes that back; see
    screener/vet/phrases.py. Items that no phrase can tell are found by code named after their id.
    """

    id: str
    kind: TrustKind
    title: str
    why: str
    asks: str
    next: str
    source: str
    phrases: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class PhraseError(ValueError):
    """A phrase of trust.yaml that cannot be read: why, and what to write instead."""

    def __init__(self, reason: str, remedy: str) -> None:
        """Take both."""
        super().__init__(reason)
        self.reason, self.remedy = reason, remedy
