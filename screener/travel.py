"""How far a trial's sites are from where the patient lives, and whether one lies within the patient's own limit.

The limit is the patient's, not the trial's: the criterion is there only where a limit is stated. It is not met only if
every site that recruits, or may, is surely farther away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from screener.interval import Interval, Relation
from screener.language import Language
from screener.model import (
    Criterion,
    CriterionResult,
    Factor,
    Kind,
    NearestSite,
    Number,
    Outcome,
    Residence,
    Source,
    Travel,
    Verdict,
)
from screener.model.trial import NO_NEW_PATIENTS
from screener.places import nearest
from screener.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screener.model import Patient, Trial
    from screener.places import Near

HOME, LIMIT = "home", "travel_limit"
FACTS = (HOME, LIMIT)  # what a patient may say of travel
RECRUITING = "RECRUITING"
_OLDEST = timedelta(days=90)  # ours: a site list older than this rules nobody out
_ENGLISH = Language()
_NARROW = 0.15  # of the distance: an interval no wider than this is told as one number

CRITERION = Criterion(
    id="TRAVEL",
    kind=Kind.INCLUSION,
    text="A recruiting site lies within the distance that the patient would travel",
    source=Source("patient", LIMIT),
    factor=Factor.TRAVEL,
)


@dataclass(frozen=True, slots=True)
class Center:
    """A site; the status is the registry's word for the site itself, "" where none is stated."""

    name: str
    city: str
    state: str
    country: str
    status: str = ""
    latitude: float | None = None
    longitude: float | None = None

    @property
    def where(self) -> str:
        """Give "New York, New York, United States"."""
        return ", ".join(part for part in (self.city, self.state, self.country) if part)


@dataclass(frozen=True, slots=True)
class Centers:
    """The sites of a trial: all of them, as of a day, or only some that were seen somewhere."""

    sites: tuple[Center, ...]
    as_of: str = ""
    are_all: bool = False


def is_shut(status: str) -> bool:
    """Whether a site of this status, in the registry's words, takes no new patients. One that states none may."""
    return status.lower() in NO_NEW_PATIENTS


def seen_centers(trial: Trial) -> Centers:
    """The sites that the rule file itself names."""
    return Centers(tuple(Center(site.name, site.city, site.state, site.country) for site in trial.sites))


def travel(trial: Trial, patient: Patient, centers: Centers | None) -> Travel | None:
    """What the patient's place and limit mean for a trial with these sites, None if none are known.

    None if neither place nor limit is known, and for a profile, which has no sites.
    """
    if trial.is_profile:
        return None
    home, limit = patient.get(HOME), patient.get(LIMIT)
    centers = _on(patient.as_of, centers or Centers(()))
    near = _open(home, centers) if isinstance(home, Residence) else ()
    first = _nearest_site(near[0], centers) if near else None
    if not isinstance(limit, Number):
        return Travel(first, None) if first else None
    given = patient.get("distance_to_site")
    if isinstance(home, Residence):
        reach = _reach(near, centers)
        truth = Truth.UNKNOWN if reach is None else reach.compare(Relation.LE, limit.interval)
        why = f"{_told(near, first, centers)}; the patient would travel {limit.shown}"
        return Travel(first, _result(truth, why))
    if isinstance(given, Number):
        truth = given.interval.compare(Relation.LE, limit.interval)
        why = f"the trial center is {given.shown} away as answered; the patient would travel {limit.shown}"
        return Travel(None, _result(truth, why))
    why = f"where the patient lives is not known; the patient would travel {limit.shown}"
    return Travel(None, _result(Truth.UNKNOWN, why, (HOME,)))


def with_travel(verdict: Verdict, travel: Travel | None) -> Verdict:
    """The verdict of a trial once travel counts too."""
    outcome = travel.judged.outcome if travel and travel.judged else Outcome.MET
    if outcome is Outcome.NOT_MET:
        return Verdict.NO_MATCH
    return Verdict.UNDECIDED if outcome is Outcome.UNKNOWN and verdict is Verdict.MATCH else verdict


def miles_text(low: float, high: float, language: Language = _ENGLISH) -> str:
    """A distance as one number where it is known well, else as from what to what."""
    if high - low <= max(_NARROW * high, 1):
        return language.word("about {number} mi").format(number=f"{(low + high) / 2:,.0f}")
    between = language.word("{first} to {last}")
    return f"{between.format(first=f'{low:,.0f}', last=f'{high:,.0f}')} mi"


def _on(day: date, centers: Centers) -> Centers:
    """The sites as they may be taken on a day: of an old record others may have opened since."""
    try:
        age = day - date.fromisoformat(centers.as_of)
    except ValueError:
        return replace(centers, are_all=False)
    return replace(centers, are_all=centers.are_all and age <= _OLDEST)


def _result(truth: Truth, why: str, missing: tuple[str, ...] = ()) -> CriterionResult:
    outcomes = {Truth.TRUE: Outcome.MET, Truth.FALSE: Outcome.NOT_MET, Truth.UNKNOWN: Outcome.UNKNOWN}
    return CriterionResult(CRITERION, outcomes[truth], why, missing)


def _open(home: Residence, centers: Centers) -> tuple[Near[Center], ...]:
    """The sites that recruit, or may; the recruiting before the others, each nearest first."""
    return nearest(home.place, (site for site in centers.sites if not is_shut(site.status)))


def _reach(near: Iterable[Near[Center]], centers: Centers) -> Interval | None:
    """How far it is to the nearest recruiting site: at most to one that surely recruits, at least to any that may.

    None where there is none.
    """
    listed = list(near)
    if not listed:
        return None
    least = min(Fraction(one.distance.low) if one.distance else Fraction(0) for one in listed)
    sure = [Fraction(one.distance.high) for one in listed if one.distance and one.site.status == RECRUITING]
    most = min(sure, default=None)
    low = least if centers.are_all else Fraction(0)
    return Interval(min(low, most) if most is not None else low, most)


def _nearest_site(near: Near[Center], centers: Centers) -> NearestSite:
    site, distance = near.site, near.distance
    miles = (distance.low, distance.high) if distance else None
    return NearestSite(site.name, site.where, site.status.lower(), miles, centers.as_of)


def _told(near: tuple[Near[Center], ...], first: NearestSite | None, centers: Centers) -> str:
    """The nearest site in words, and what is not known of it."""
    if first is None:
        return f"no site is known that recruits or may{_as_of(centers)}"
    text = f"{site_text(first)}{_as_of(centers)}"
    closer = [one for one in near if one.site.status != RECRUITING and (not one.distance or _is_closer(one, near[0]))]
    if near[0].site.status == RECRUITING and closer:
        text += f"; of {len(closer)} nearer or unplaced it is not stated whether they recruit"
    return text if centers.are_all else f"{text}; other sites may have opened since"


def _is_closer(one: Near[Center], other: Near[Center]) -> bool:
    return not (one.distance and other.distance) or one.distance.low < other.distance.high


def _as_of(centers: Centers) -> str:
    return f", as of {centers.as_of}" if centers.as_of else ""


def site_text(site: NearestSite, language: Language = _ENGLISH) -> str:
    """The nearest site with its distance: `Nearest recruiting site: …, about 81 mi in a straight line`."""
    word = language.word
    kind = word("Nearest recruiting site") if site.status == RECRUITING.lower() else word("Nearest site")
    parts = [site.name, site.where]
    if site.miles:
        parts.append(word("{distance} in a straight line").format(distance=miles_text(*site.miles, language)))
    else:
        parts.append(word("distance not known"))
    if site.status != RECRUITING.lower():
        parts.append(word(site.status.replace("_", " ")) if site.status else word("its status is not stated"))
    return f"{kind}: {', '.join(part for part in parts if part)}"
