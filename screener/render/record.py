"""A registry record for people at a terminal: what a study is, where it takes place, whom to ask, what it asks for."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from screener.model.trial import NO_NEW_PATIENTS
from screener.render.console import line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

    from screener.registry.age import Age
    from screener.registry.records import Record
    from screener.registry.study import Contact, Study, StudySite

_SITES = 5  # shown of a study: the rest is for `trials sites`
_DEEPEST = 12  # columns that a line of the eligibility text is indented at most
_SEXES = {"ALL": "all sexes", "FEMALE": "women only", "MALE": "men only"}


def in_words(status: str, missing: str = "not stated") -> str:
    """A status of the registry in small letters: ACTIVE_NOT_RECRUITING is "active not recruiting"."""
    return status.replace("_", " ").lower() or missing


def phase_of(study: Study) -> str:
    """The phase as rule files write it, such as 1/2; "" if there is none."""
    numbers = "/".join(phase.removeprefix("PHASE").replace("EARLY_PHASE", "early ") for phase in study.phases)
    return "" if numbers == "NA" else numbers


def status_line(record: Record) -> str:
    """The status with the month in which it was last verified and the day of the data: records go stale for years."""
    study = record.study
    last = f" (last known: {in_words(study.last_known_status)})" if study.last_known_status else ""
    verified = f"verified {study.status_verified}" if study.status_verified else "day of verification not stated"
    return f"status {in_words(study.status)}{last}, {verified} ({origin(record)})"


def origin(record: Record) -> str:
    """Of which day the record is, or when it came here if that is not known."""
    day = record.data_day
    return f"registry record of {day}" if day else f"undated record, {_came(record)}"


def sites_line(record: Record) -> str:
    """How many sites, and how many of each status of their own."""
    sites = record.study.sites
    if not sites:
        return "no sites in the record"
    counts = Counter(in_words(site.status, "with no status stated") for site in sites)
    told = ", ".join(f"{number} {status}" for status, number in _recruiting_first(counts))
    return f"{len(sites)} site{'s' * (len(sites) > 1)}: {told}"


def write_record(console: Console, record: Record) -> None:
    """All of a record but its title, status and eligibility text."""
    study = record.study
    for text in filter(None, _about(study)):
        line(console, text, 2)
    line(console, sites_line(record), 2)
    ordered = sorted(
        study.sites, key=lambda site: (site.status != "RECRUITING", site.status.lower() in NO_NEW_PATIENTS)
    )
    for site in ordered[:_SITES]:
        line(console, f"{_place(site)}: {in_words(site.status, 'status not stated')}", 4)
    if len(ordered) > _SITES:
        line(console, f"and {len(ordered) - _SITES} more: screener trials sites {study.nct_id}", 4, "dim")
    for contact in study.contacts:
        line(console, f"contact: {_person(contact)}", 2)
    for site in [site for site in ordered if site.contacts][: not study.contacts]:
        line(console, f"contact at {_place(site)}: {_person(site.contacts[0])}", 2)
    for document in study.documents:
        line(console, f"posted document: {document.title}{f', {document.date}' if document.date else ''}", 2)
        line(console, document.url, 4)
    line(console, f"https://clinicaltrials.gov/study/{study.nct_id}", 2)
    line(console, f"{origin(record)}, {_came(record)}" if record.data_day else origin(record), 2, "dim")


def write_eligibility(console: Console, record: Record) -> None:
    """The eligibility text, wrapped, its lines indented as they were."""
    text = record.study.eligibility
    if not text:
        line(console, "The record holds no eligibility text.")
        return
    line(console, f"Eligibility text, {origin(record)}:", style="bold")
    for written in text.split("\n"):
        indent = len(written) - len(written.lstrip())
        line(console, written, 2 + min(indent, _DEEPEST))


def _came(record: Record) -> str:
    """When the registry was asked, or when the file was saved: only the registry's own answers tell its version."""
    return f"{'fetched' if record.stamp.api_version else 'saved'} {record.stamp.fetched:%Y-%m-%d}"


def _about(study: Study) -> Iterator[str]:
    with_others = f"; with {', '.join(study.collaborators)}" if study.collaborators else ""
    if study.sponsor:
        yield f"sponsor: {study.sponsor}{with_others}"
    dates = {"start": study.start, "primary completion": study.primary_completion, "completion": study.completion}
    numbers = [f"enrollment {study.enrollment}"] if study.enrollment is not None else []
    yield ", ".join([*numbers, *(f"{name} {day}" for name, day in dates.items() if day)])
    for official in study.officials:
        told = ", ".join(filter(None, (official.name, official.affiliation)))
        yield f"{in_words(official.role, 'official')}: {told}"
    if study.expanded_access:
        yield "expanded access: the record names a program for patients who cannot take part; ask the sponsor"
    if study.why_stopped:
        yield f"why stopped: {study.why_stopped}"
    if study.conditions:
        yield f"conditions: {', '.join(study.conditions)}"
    yield _limits(study)
    if study.aliases:
        yield f"earlier numbers: {', '.join(study.aliases)}"
    if study.other_ids:
        ids = (f"{number} ({in_words(giver)})" if giver else number for giver, number in study.other_ids)
        yield f"other ids: {', '.join(ids)}"


def _limits(study: Study) -> str:
    """Age and sex; an answer of a few fields, which has no sex, states no age limit either way."""
    ages = [_age("at least", study.minimum_age), _age("at most", study.maximum_age)]
    limits = ", ".join(filter(None, ages)) or ("no age limit" if study.sex else "")
    sex = _SEXES.get(study.sex, in_words(study.sex, ""))
    return "; ".join(filter(None, (f"age: {limits}" if limits else "", sex)))


def _age(sign: str, age: Age | None) -> str:
    return f"{sign} {age.number} {age.unit.lower()}" if age else ""


def _place(site: StudySite) -> str:
    return ", ".join(filter(None, (site.facility, site.city, site.state, site.country))) or "a place not named"


def _person(contact: Contact) -> str:
    return ", ".join(filter(None, (contact.name, contact.phone, contact.email))) or "not named"


def _recruiting_first(counts: Counter[str]) -> Iterable[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (item[0] != "recruiting", -item[1], item[0]))
