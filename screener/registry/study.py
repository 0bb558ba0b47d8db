"""A study as the registry has it: what screening needs of a record of ClinicalTrials.gov API v2, typed and harmless."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.truth import Truth, all_of, truth_of

if TYPE_CHECKING:
    from screener.registry.age import Age


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask; the phone number with its extension."""

    name: str
    role: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Official:
    """Who answers for the study; the role is the registry's word ("PRINCIPAL_INVESTIGATOR"), "" if it is missing."""

    name: str
    role: str
    affiliation: str


@dataclass(frozen=True, slots=True)
class StudySite:
    """Where a study takes place. The status is the site's own, "" where the record has none; degrees are its city's."""

    facility: str
    city: str
    state: str
    zip: str
    country: str
    status: str
    latitude: float | None
    longitude: float | None
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A posted document, such as the protocol: its date is its own, not that of its posting."""

    title: str
    date: str
    url: str


@dataclass(frozen=True, slots=True)
class Intervention:
    """What is given or done; the kind is the registry's word ("BIOLOGICAL", "DRUG", "GENETIC"), "" if it is missing."""

    kind: str
    name: str
    other_names: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True)
class Study:
    """A study's record. What is missing is "", () or None; dates are texts as partial as they came ("2025-03").

    Statuses, phases, sex and study type are the registry's words ("RECRUITING", "PHASE1", "ALL"), also those that are
    new to us. `other_ids` are pairs of what gave the id and the id.
    """

    nct_id: str
    aliases: tuple[str, ...]
    other_ids: tuple[tuple[str, str], ...]
    brief_title: str
    official_title: str
    acronym: str
    status: str
    last_known_status: str
    why_stopped: str
    status_verified: str
    start: str
    primary_completion: str
    completion: str
    last_update_posted: str
    study_type: str
    phases: tuple[str, ...]
    enrollment: int | None
    sponsor: str
    collaborators: tuple[str, ...]
    conditions: tuple[str, ...]
    keywords: tuple[str, ...]
    condition_meshes: tuple[str, ...]
    condition_ancestors: tuple[str, ...]
    intervention_meshes: tuple[str, ...]
    summary: str
    description: str
    interventions: tuple[Intervention, ...]
    arms: tuple[str, ...]
    eligibility: str
    sex: str
    minimum_age: Age | None
    maximum_age: Age | None
    healthy_volunteers: bool | None
    sites: tuple[StudySite, ...]
    contacts: tuple[Contact, ...]
    officials: tuple[Official, ...]
    expanded_access: bool | None  # whether the treatment can be had outside of the study; None is not stated
    documents: tuple[Document, ...]
    has_results: bool
    version: str

    def admits_age(self, years: int) -> Truth:
        """Whether who has completed so many years and not one more is surely inside the age limits.

        A limit that the record does not state is no limit, if the record holds its eligibility at all: the sex is
        always stated there. Else, as in an answer of a few fields, it is not known.
        """
        unstated = truth_of(known=True) if self.sex else Truth.UNKNOWN
        return all_of(
            (
                self.minimum_age.reached(years) if self.minimum_age else unstated,
                self.maximum_age.not_passed(years) if self.maximum_age else unstated,
            )
        )
