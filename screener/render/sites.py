"""Where studies take place, for a person who may have to travel: for a terminal, as JSON, as CSV.

A site's status is its own and is never guessed from the study's. Of a limit in miles it is said which sites are surely
within, which may be, and how far the nearest of the others is.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from screener.errors import CONTROL
from screener.model.trial import NO_NEW_PATIENTS
from screener.places import Distance, nearest
from screener.places.distance import KM_PER_MILE
from screener.places.folding import folded
from screener.places.regions import country_code
from screener.registry.study import Contact, Study, StudySite
from screener.render.console import console_of, line, written
from screener.render.sheet import csv_lines
from screener.travel import is_shut, miles_text
from screener.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from screener.model import Trial
    from screener.places import Place

CREDIT = "Distances are straight lines between cities, not roads. Places: GeoNames (geonames.org), CC BY 4.0."
COLUMNS = (
    "trial", "study_status", "status_verified", "data_day", "facility", "city", "state", "country", "status",
    "miles_low", "miles_high", "within", "contact", "contact_of", "title",
)  # fmt: skip
_RECRUITING = "RECRUITING"
_ANSWERS = {Truth.TRUE: "yes", Truth.FALSE: "no", Truth.UNKNOWN: "unknown", None: None}
_ORDER = (Truth.TRUE, None, Truth.UNKNOWN, Truth.FALSE)
_MOST_CONTACTS = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of sites: `limit` in miles, and as it was written; countries by code; `every`: also closed ones."""

    near: Place | None = None
    limit: float | None = None
    limit_text: str = ""
    countries: frozenset[str] = frozenset()
    every: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A site, how far it is if that was asked and can be told, whether it is within the limit, and whom to ask."""

    site: StudySite
    distance: Distance | None
    within: Truth | None
    contacts: tuple[Contact, ...]
    contact_of: str  # "site", "study", or "" where there is none

    @property
    def recruits(self) -> bool:
        """Whether the site itself is stated to recruit."""
        return self.site.status == _RECRUITING

    @property
    def miles(self) -> float:
        """The distance to sort by; one that is not known is last."""
        return self.distance.miles if self.distance else math.inf


@dataclass(frozen=True, slots=True)
class StudySites:
    """A study with the sites asked for, in order. `source` says where they come from, if not from its record."""

    trial: str
    title: str
    status: str  # in the registry's words, small
    last_known_status: str
    status_verified: str
    data_day: str
    source: str
    listed: tuple[Listed, ...]
    closed: Counter[str]  # left out, by status
    elsewhere: int  # left out, as in no country asked for

    @property
    def takes_no_patients(self) -> bool:
        """Whether the study, by its own status, takes no new patients."""
        return self.status in NO_NEW_PATIENTS

    def contradicts(self, one: Listed) -> bool:
        """Whether a site is said to recruit for a study that does not."""
        return one.recruits and self.takes_no_patients


def in_order(studies: Iterable[StudySites]) -> list[StudySites]:
    """Studies that may take patients first, then by their best site: within the limit, recruiting, nearest."""
    return sorted(studies, key=_rank)


def _rank(study: StudySites) -> tuple[bool, int, bool, float, str]:
    best = study.listed[0] if study.listed else None
    within = _ORDER.index(best.within) if best else len(_ORDER)
    return study.takes_no_patients, within, not (best and best.recruits), best.miles if best else 0.0, study.trial


def sites_of_record(study: Study, data_day: str, asked: Asked) -> StudySites:
    """The sites that a study's record states."""
    statuses = study.status.lower(), study.last_known_status.lower(), study.status_verified
    found = _arranged(study.sites, study.contacts, asked)
    return StudySites(study.nct_id, study.brief_title, *statuses, data_day, "", *found)


def sites_of_rules(trial: Trial, asked: Asked) -> StudySites:
    """The sites that a rule file names; of their status it says nothing."""
    sites = [StudySite(site.name, site.city, site.state, "", site.country, "", None, None) for site in trial.sites]
    status, day = (trial.registry.status, str(trial.registry.status_as_of)) if trial.registry else ("", "")
    return StudySites(trial.id, trial.title, status, "", "", day, trial.sites_source, *_arranged(sites, (), asked))


def _arranged(
    sites: Sequence[StudySite], central: tuple[Contact, ...], asked: Asked
) -> tuple[tuple[Listed, ...], Counter[str], int]:
    """The sites asked for in order, how many are left out as closed, and how many as elsewhere."""
    there = [site for site in sites if not asked.countries or country_code(folded(site.country)) in asked.countries]
    closed = Counter(site.status for site in there if is_shut(site.status) and not asked.every)
    kept = [site for site in there if site.status not in closed]
    if asked.near:
        pairs = [(near.site, near.distance) for near in nearest(asked.near, kept)]
    else:
        pairs = [(site, None) for site in sorted(kept, key=lambda site: site.status != _RECRUITING)]
    listed = [Listed(site, far, _within(far, asked.limit), *_contacts(site, central)) for site, far in pairs]
    listed.sort(key=lambda one: (_ORDER.index(one.within), is_shut(one.site.status)))
    return tuple(listed), closed, len(sites) - len(there)


def _within(distance: Distance | None, limit: float | None) -> Truth | None:
    if limit is None:
        return None
    return distance.at_most(limit) if distance else Truth.UNKNOWN


def _contacts(site: StudySite, central: tuple[Contact, ...]) -> tuple[tuple[Contact, ...], str]:
    """Who can be reached at the site, else at the study; else who is named at the site."""
    for contacts, whose in ((site.contacts, "site"), (central, "study")):
        if reached := tuple(contact for contact in contacts if contact.phone or contact.email):
            return reached, whose
    return site.contacts, "site" if site.contacts else ""


def render_sites(studies: Sequence[StudySites], asked: Asked, notes: Iterable[str], *, width: int, color: bool) -> str:
    """The studies with their sites, then what is not shown. A limit sets apart what may be within it."""
    console = console_of(width=width, color=color)
    if asked.near:
        limit = f", within {asked.limit_text}" if asked.limit is not None else ""
        line(console, f"Near {asked.near}{limit}", style="bold")
        line(console, CREDIT, style="dim")
        console.print()
    nowhere = [study.trial for study in studies if study.elsewhere and not (study.listed or study.closed)]
    for study in studies:
        if study.trial not in nowhere:
            _study(console, study, asked)
            console.print()
    if nowhere:
        line(console, f"No site known in a country asked for: {', '.join(nowhere)}.")
    for note in notes:
        line(console, note)
    return written(console).rstrip("\n") + "\n"


def _study(console: Console, study: StudySites, asked: Asked) -> None:
    line(console, f"{study.trial}  {study.title}", style="bold")
    line(console, f"Study status: {_study_status(study)}", 2, "dim")
    shown = [one for one in study.listed if one.within is not Truth.FALSE]
    if study.source:
        source = f": {study.source}" if shown else ""
        line(console, f"Site status is not known: the sites are from the rule file{source}.", 2, "yellow")
    if central := next((one.contacts for one in shown if one.contact_of == "study"), ()):
        line(console, f"Contact of the study: {_contact_text(central)}", 2)
    first_unsure = next((one for one in shown if one.within is Truth.UNKNOWN), None)
    for one in shown:
        if one is first_unsure:
            line(console, f"May be within {asked.limit_text}; it cannot be told:", 2, "yellow")
        _site(console, study, one, asked)
    for note in _left_out(study, asked):
        line(console, note, 2, "dim")


def _study_status(study: StudySites) -> str:
    if study.source:
        return f"{_words(study.status)} when last seen, {study.data_day}"
    known = f" (last known: {_words(study.last_known_status)})" if study.last_known_status else ""
    verified = f", verified {study.status_verified}" if study.status_verified else ", without a day of verification"
    data = f"; registry data of {study.data_day}" if study.data_day else ""
    return f"{_words(study.status)}{known}{verified}{data}"


def _site(console: Console, study: StudySites, one: Listed, asked: Asked) -> None:
    line(console, _name(one.site), 4)
    far = f"; {_far(one.distance)}" if asked.near else ""
    style = "green" if one.recruits and study.status == "recruiting" else ""
    line(console, f"{_words(one.site.status)}{far}", 8, style)
    if study.contradicts(one):
        line(console, f"Contradictory: the study is {_words(study.status)}. Ask the site.", 8, "yellow")
    if one.contact_of == "site":
        line(console, _contact_text(one.contacts), 8)


def _left_out(study: StudySites, asked: Asked) -> Iterable[str]:
    beyond = [one for one in study.listed if one.within is Truth.FALSE]
    if beyond:
        first = min(beyond, key=lambda one: (is_shut(one.site.status), one.miles))
        text = f"Not shown: {len(beyond)} surely farther than {asked.limit_text}. The nearest: {_described(first)}."
        recruiting = [one for one in beyond if one.recruits]
        if recruiting and not first.recruits:
            text += f" The nearest that recruits: {_described(min(recruiting, key=lambda one: one.miles))}."
        yield text
    if study.closed:
        counts = ", ".join(f"{number} {_words(status)}" for status, number in sorted(study.closed.items()))
        yield f"Not shown: {study.closed.total()} closed ({counts}); --all shows them."
    if study.elsewhere:
        yield f"Not shown: {study.elsewhere} not known to be in a country asked for."
    if not (study.listed or study.closed or study.elsewhere):
        yield "The record states no site."


def _described(one: Listed) -> str:
    return f"{_name(one.site)}, {_far(one.distance)}, {_words(one.site.status)}"


def _far(distance: Distance | None) -> str:
    return miles_text(distance.low, distance.high) if distance else "distance not known"


def _name(site: StudySite) -> str:
    return ", ".join(part for part in (site.facility, site.city, site.state, site.country) if part) or "unnamed site"


def _words(status: str) -> str:
    return status.replace("_", " ").lower() or "status not stated"


def _contact_text(contacts: Sequence[Contact]) -> str:
    texts = (", ".join(part for part in (each.name, each.phone, each.email) if part) for each in contacts)
    return "; ".join([text for text in texts if text][:_MOST_CONTACTS])


def sites_json(studies: Iterable[StudySites], asked: Asked) -> str:
    """The same for programs, with the sites beyond the limit; distances also in kilometers."""
    content = {
        "schema": 1,
        "near": str(asked.near) if asked.near else None,
        "within_miles": None if asked.limit is None else round(asked.limit, 1),
        "studies": [
            {key: getattr(study, key) or None for key in ("trial", "title", "status", "status_verified", "data_day")}
            | {"source": "rule file" if study.source else "record"}
            | {"closed_left_out": study.closed.total(), "elsewhere_left_out": study.elsewhere}
            | {"sites": [_site_json(study, one) for one in study.listed]}
            for study in studies
        ],
    }
    text = json.dumps(content, ensure_ascii=False, indent=2)
    return CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def _site_json(study: StudySites, one: Listed) -> dict[str, Any]:
    far = one.distance
    miles = (far.low, far.high) if far else (None, None)
    ends = [None if end is None else round(end * unit, 1) for unit in (1, KM_PER_MILE) for end in miles]
    return {
        **{key: getattr(one.site, key) or None for key in ("facility", "city", "state", "country")},
        "status": one.site.status.lower() or None,
        "contradicts_study": study.contradicts(one),
        **dict(zip(("miles_low", "miles_high", "km_low", "km_high"), ends, strict=True)),
        "within": _ANSWERS[one.within],
        "contacts": [{"name": who.name, "phone": who.phone, "email": who.email} for who in one.contacts],
        "contact_of": one.contact_of or None,
    }


def sites_csv(studies: Iterable[StudySites]) -> str:
    """One line a site; what a spreadsheet would take for a formula gets an apostrophe before it."""
    rows: list[Iterable[str]] = [COLUMNS]
    for study in studies:
        for one in study.listed:
            about = {key: getattr(study, key) for key in ("trial", "title", "status_verified", "data_day")}
            about |= {"study_status": study.status, "contact": _contact_text(one.contacts)}
            cells = about | _site_json(study, one)
            rows.append(["" if cells[column] is None else str(cells[column]) for column in COLUMNS])
    return csv_lines(rows).decode()
