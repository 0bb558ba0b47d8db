"""Where the trial takes place: as the page has it, and as the record has it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screener.places.cities import cities_in
from screener.places.distance import distance_miles
from screener.places.folding import folded
from screener.places.regions import country_code, states_named
from screener.places.sites import site_place
from screener.truth import Truth
from screener.vet.account import Point
from screener.vet.points.names import NAME, same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screener.places.place import Place
    from screener.registry.study import Study
    from screener.vet.about import About

_PART = r"[A-Z](?:[\w'-]|(?<=\bSt)\.|\.(?=\w)){0,40}"
_CITY = rf"{_PART}(?: (?:of |am |on |de )?{_PART}){{0,3}}"
_PLACE = rf"(?P<place>(?P<name>{NAME})(?:(?:,? in |, )(?P<city>{_CITY})(?:, (?P<region>{_CITY}))?)?)"
_TAKES = re.compile(
    r"\b(?:run|held|conducted|performed|carried out|offered|available|taking place|takes place|happening|under way"
    r"|located|done|open|recruiting|enroll?ing|based)(?: only| now| right now| currently)? (?:at|in) (?:the )?"
    rf"{_PLACE}"
)
_LABEL = re.compile(
    r"(?m)(?:^|[|\t])[ *-]*(?i:where|locations?|sites?|(?:trial |study )?cent(?:er|re)s?|places?)"
    rf"(?: ?:|[ ]?[|\t])[ ]*(?:the )?{_PLACE}"
)
_NOT = re.compile(
    r"(?i:\b(?:not|no longer|never|was|were|if|may|might|soon|will|other|another|similar|developed|ever)\b"
    r"[^.;,]{0,30})$"
)
_BEFORE = 50
_APART = 30.0  # miles: less, and a suburb may be meant
_SHOWN = 3  # sites of the record in a point
_MOST = 200  # sites of a record whose places are looked up


def sites_point(about: About, study: Study) -> Point | None:
    """Whether the page puts the trial where the record has a site; None where one of the two does not say.

    The page differs only if it names a country, or a city with its state or country, and all sites are surely
    elsewhere: hospitals have too many names to differ by them.
    """
    if not study.sites:
        return None
    shown = list(dict.fromkeys(", ".join(filter(None, (site.facility, site.city))) for site in study.sites))
    record = "; ".join(shown[:_SHOWN]) + (f"; and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else "")
    agreeing: Point | None = None
    for match in _claims(about):
        quote = about.quote(match.start("place"), match.end("place"))
        if _is_site(match, study):
            agreeing = agreeing or Point("sites", Truth.TRUE, quote.text, record, quote)
        elif _is_elsewhere(match, study):
            return Point("sites", Truth.FALSE, quote.text, record, quote)
    return agreeing or _named(about, study, record)


def _claims(about: About) -> Iterator[re.Match[str]]:
    for pattern in (_LABEL, _TAKES):
        for match in about.matches(pattern):
            if not _NOT.search(about.even[max(0, match.start() - _BEFORE) : match.start()]):
                yield match


def _is_site(match: re.Match[str], study: Study) -> bool:
    cities = {folded(site.city) for site in study.sites}
    named = {folded(match[group] or "") for group in ("name", "city")}
    return bool(cities & named) or any(same(match["name"], site.facility) for site in study.sites if site.facility)


def _is_elsewhere(match: re.Match[str], study: Study) -> bool:
    """Whether the city that is named is surely far from every site."""
    country = folded(match["name"])
    if code := "" if states_named(country) else country_code(country):
        return all(country_code(folded(site.country)) not in {"", code} for site in study.sites)
    claimed = _city(match)
    if claimed is None or len(study.sites) > _MOST:
        return False
    places = [site_place(site) for site in study.sites]
    return all(place and distance_miles(place, claimed) > _APART + place.radius_miles for place in places)


def _city(match: re.Match[str]) -> Place | None:
    """The one city that is named with its state or country."""
    pairs = [(match["city"], match["region"]), (match["name"], match["city"])]
    for city, region in pairs:
        if city and region and (country_code(folded(region)) or states_named(folded(region))):
            found = cities_in(folded(city), (folded(region),))
            return found[0] if found else None
    return None


def _named(about: About, study: Study, record: str) -> Point | None:
    """A city or a hospital of the record, where the page has its name."""
    for city in dict.fromkeys(site.city for site in study.sites[:_MOST] if site.city):
        for match in about.matches(re.compile(rf"(?:\b(?:in|en|at) |, )(?P<city>{re.escape(city)})(?!\w)")):
            return Point("sites", Truth.TRUE, city, record, about.quote(match.start("city"), match.end("city")))
    for facility in dict.fromkeys(site.facility for site in study.sites[:_MOST]):
        if len(folded(facility).split()) > 1:
            for match in about.matches(re.compile(rf"(?<!\w){re.escape(facility)}(?!\w)")):
                return Point("sites", Truth.TRUE, match[0], record, about.quote(match.start(), match.end()))
    return None
