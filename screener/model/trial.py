"""A trial, or a profile of no one trial, and its criteria."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from screener.expr import Compare, Expression, Leaf, leaves
from screener.expr import facts_of as facts_of_leaf

if TYPE_CHECKING:
    from datetime import date
    from fractions import Fraction


CLOSED = frozenset({"completed", "terminated", "withdrawn"})
NO_NEW_PATIENTS = CLOSED | {"active_not_recruiting", "suspended"}


class Factor(Enum):
    """The heading that a criterion counts under; the six of the documents and what else trials ask."""

    DEMOGRAPHICS = "demographics"
    TUMOR_TYPE = "tumor_type"
    PRIOR_THERAPY = "prior_therapy"
    PERFORMANCE_STATUS = "performance_status"
    ORGAN_FUNCTION = "organ_function"
    INFECTION_IMMUNE = "infection_immune"
    COMORBIDITY = "comorbidity"
    REPRODUCTION = "reproduction"
    TRAVEL = "travel"
    UNDERSTANDING = "understanding"
    OTHER = "other"


class Gate(Enum):
    """When a criterion is checked, in the order in which a patient meets them."""

    ENROLLMENT = "enrollment"
    LEUKAPHERESIS = "leukapheresis"
    LYMPHODEPLETION = "lymphodepletion"
    INFUSION = "infusion"


class Kind(Enum):
    """Which part of the text a criterion comes from."""

    INCLUSION = "inclusion"
    EXCLUSION = "exclusion"
    BAND = "band"  # of a profile: fits most trials, depends, rarely fits


@dataclass(frozen=True, slots=True)
class Source:
    """Where a criterion is taken from: a section and item of the registry text, or a document."""

    section: str
    item: str

    @property
    def places(self) -> tuple[tuple[str, str], ...]:
        """Each place cited, as section and item: `3.1, 3.2` are two."""
        return tuple((self.section, item.strip()) for item in self.item.split(","))


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold (`include`) or must not hold (`exclude`)."""

    expression: Expression
    exclude: bool


@dataclass(frozen=True, slots=True)
class Band:
    """What fits the strictest threshold seen, and what fails the loosest."""

    fits: Expression
    rarely: Expression | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A threshold seen in a real trial."""

    trial: str
    says: str


@dataclass(frozen=True)
class Criterion:
    """One numbered requirement. `test` is None where only the trial team can judge; `manual` then says why."""

    id: str
    kind: Kind
    text: str
    source: Source
    factor: Factor
    gate: Gate = Gate.ENROLLMENT
    test: Rule | Band | None = None
    manual: str = ""
    when: Expression | None = None
    cohorts: tuple[str, ...] = ()
    weight: Fraction | int = 1
    reading: str = ""
    note: str = ""
    seen: tuple[Seen, ...] = ()

    def counts_for(self, cohort: Cohort | None) -> bool:
        """Whether the criterion is one of this cohort; None is a trial that has no cohorts."""
        return cohort is None or not self.cohorts or cohort.id in self.cohorts

    @cached_property
    def expressions(self) -> tuple[Expression, ...]:
        """Every expression of the criterion, applicability first."""
        match self.test:
            case Rule(expression):
                tested: tuple[Expression | None, ...] = (expression,)
            case Band(fits, rarely):
                tested = (fits, rarely)
            case None:
                tested = ()
        return tuple(expression for expression in (self.when, *tested) if expression is not None)

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """The leaves of all its expressions, in reading order."""
        return tuple(leaf for expression in self.expressions for leaf in leaves(expression))

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The ids of the facts read, each once, in reading order."""
        return tuple(dict.fromkeys(fact for leaf in self.leaves for fact in facts_of_leaf(leaf)))


@dataclass(frozen=True, slots=True)
class Cohort:
    """A part of a trial with criteria of its own."""

    id: str
    title: str
    open: bool = True


@dataclass(frozen=True, slots=True)
class Registry:
    """The record a rule file was written from, and the status as last seen."""

    as_of: date
    eligibility_sha256: str
    abbreviated: bool
    status: str
    status_as_of: date
    status_source: str


@dataclass(frozen=True, slots=True)
class Site:
    """A place where the study was seen to be. `state` only where the country has them."""

    name: str
    city: str
    country: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A requirement of the registry text as it stood when the rules were last held against it."""

    section: str
    item: str
    sha256: str  # the first 16 digits


@dataclass(frozen=True, slots=True)
class Aside:
    """A part of the registry text that asks for nothing of its own, and why."""

    section: str
    item: str
    why: str


@dataclass(frozen=True)
class Trial:
    """A rule file. A profile has no registry record; `file_sha256` is of the file's bytes as read.

    An `unruled` study has no rule file: it is screened on what its record states in fields, is never a match and has no
    score, and the digest is of what the record says of who may take part.
    """

    id: str
    title: str
    criteria: tuple[Criterion, ...]
    file_sha256: str
    registry: Registry | None = None
    product: str = ""
    target: str = ""
    phase: str = ""
    cohorts: tuple[Cohort, ...] = ()
    documents: tuple[tuple[str, str, str], ...] = ()  # id, title, note
    asides: tuple[Aside, ...] = ()
    requirements: tuple[Recorded, ...] = ()
    sites: tuple[Site, ...] = ()
    sites_source: str = ""
    unruled: bool = False

    @property
    def open_cohorts(self) -> tuple[Cohort, ...]:
        """The cohorts to judge for: those open, or all where none is."""
        return tuple(cohort for cohort in self.cohorts if cohort.open) or self.cohorts

    @property
    def is_closed(self) -> bool:
        """Whether the study has ended: kept as history, and screened only when asked for."""
        return self.registry is not None and self.registry.status in CLOSED

    @property
    def takes_no_patients(self) -> bool:
        """Whether the study took no new patients when last seen."""
        return self.registry is not None and self.registry.status in NO_NEW_PATIENTS

    @property
    def is_profile(self) -> bool:
        """Whether this is a profile of no one study."""
        return self.registry is None

    @property
    def facts(self) -> tuple[str, ...]:
        """The ids of all facts read, each once."""
        return tuple(dict.fromkeys(fact for criterion in self.criteria for fact in criterion.facts))

    @property
    def facts_with_uln(self) -> frozenset[str]:
        """The ids of the facts that some criterion compares with their upper limit of normal."""
        compared = [leaf for criterion in self.criteria for leaf in criterion.leaves if isinstance(leaf, Compare)]
        return frozenset(leaf.fact for leaf in compared if leaf.unit == "ULN")
