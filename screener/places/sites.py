"""The sites of a study in the order in which a patient asks for them: those that recruit first, then the nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from screener.places.cities import cities_in
from screener.places.distance import Distance, distance_between, distance_miles
from screener.places.folding import folded
from screener.places.place import Place, on_earth
from screener.places.regions import country_code, lies_in

if TYPE_CHECKING:
    from collections.abc import Iterable

# The registry's point is the middle of the site's city (domain.md 3.4), so the site is somewhere around it.
_AROUND = 5.0
_SAME_CITY = 30.0


class Site(Protocol):
    """What is asked of a site, as the registry states it; coordinates in degrees, or None."""

    @property
    def city(self) -> str: ...  # noqa: D102
    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def country(self) -> str: ...  # noqa: D102
    @property
    def status(self) -> str: ...  # noqa: D102
    @property
    def latitude(self) -> float | None: ...  # noqa: D102
    @property
    def longitude(self) -> float | None: ...  # noqa: D102


S = TypeVar("S", bound=Site)


@dataclass(frozen=True, slots=True)
class Near(Generic[S]):
    """A site and how far it is; None where it cannot be told where the site is."""

    site: S
    distance: Distance | None


def nearest(place: Place, sites: Iterable[S]) -> tuple[Near[S], ...]:
    """All the sites: those that recruit before the others, and among each the nearest first, unknown distances last."""
    return tuple(sorted((_near(place, site) for site in sites), key=_rank))


def site_place(site: Site) -> Place | None:
    """Where a site is: by its coordinates, else by its city and country if they mean one city; else None."""
    known = _by_name(site)
    if site.latitude is None or site.longitude is None or not on_earth(site.latitude, site.longitude):
        return known
    point = Place(site.city, site.state, site.country, site.latitude, site.longitude, _AROUND)
    if known and distance_miles(known, point) <= known.radius_miles:
        return Place(site.city, site.state, site.country, site.latitude, site.longitude, known.radius_miles)
    return point


def _by_name(site: Site) -> Place | None:
    city, state, country = folded(site.city), folded(site.state), folded(site.country)
    if not country_code(country):
        return None  # a city's name alone is not enough: there is a Birmingham in two countries
    found = cities_in(city, (country,))
    code = country_code(country)
    found = tuple(place for place in found if lies_in(state, place.region, code)) or found
    if not found or any(distance_miles(found[0], other) > _SAME_CITY for other in found):
        return None
    return found[0]


def _near(place: Place, site: S) -> Near[S]:
    there = site_place(site)
    return Near(site, distance_between(place, there) if there else None)


def _rank(near: Near[S]) -> tuple[bool, bool, float]:
    unknown = near.distance is None
    return near.site.status != "RECRUITING", unknown, near.distance.miles if near.distance else 0.0
