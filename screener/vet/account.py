"""What a page was found to say. A list of what is there, what is not and what differs: no verdict and no number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screener.model.trust import TrustItem, TrustKind
    from screener.registry.records import Record
    from screener.truth import Truth


class Standing(Enum):
    """How an item stands in a page."""

    PRESENT = "present"
    ABSENT = "absent"
    CONTRADICTED = "contradicted"  # the page has it, and the registry says otherwise
    UNKNOWN = "unknown"  # not looked at: no record at hand, or a question without an answer


@dataclass(frozen=True, slots=True)
class Quote:
    """Some words of the visible text, from `start` to `end` in characters."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """An item and how it stands; `note` says what else a reader must know, "" for nothing."""

    item: TrustItem
    standing: Standing
    quotes: tuple[Quote, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Registration:
    """A number in a register of trials: never a place and never an approval."""

    number: str
    register: str  # "ClinicalTrials.gov", "NCI Clinical Trials Reporting Program", "EU Clinical Trials", ...
    quote: Quote


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that page and record both speak of, and whether they agree; the quote is of the page."""

    what: str  # exists, title, sponsor, target, status or sites
    agrees: Truth
    page: str
    record: str
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A trial that the page names, held against its record. `exists` is unknown where no record is at hand."""

    nct_id: str
    exists: Truth
    record: Record | None
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """All that was found in one page, in the order of trust.yaml; trials and registrations as they come."""

    findings: tuple[Finding, ...]
    registrations: tuple[Registration, ...] = ()
    trials: tuple[Held, ...] = ()

    def of(self, kind: TrustKind) -> tuple[Finding, ...]:
        """The signals, or the red flags."""
        return tuple(finding for finding in self.findings if finding.item.kind is kind)
