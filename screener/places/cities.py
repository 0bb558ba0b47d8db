"""Cities by name, and how wide they are."""

from __future__ import annotations

import math
from functools import lru_cache

from screener.places.folding import folded
from screener.places.place import Place
from screener.places.regions import country_code, country_name, lies_in, states_named
from screener.places.tables import rows

# GeoNames has no areas, so this is an estimate of ours: most cities are denser and no circles, and the two about make
# up for each other. A few that spread, such as Oklahoma City, reach beyond. A town is not taken for a point.
_PEOPLE_PER_SQUARE_MILE = 1_500
_NARROWEST, _WIDEST = 2.0, 30.0
_WORDS_OF_REGION = 4
_FORMER = {("philadelphia", "JO")}  # what Amman was called in antiquity: GeoNames does not tell it from names of today


def city_radius(people: int) -> float:
    """Miles from its center within which most of a city of so many people lies: an estimate."""
    return min(_WIDEST, max(_NARROWEST, math.sqrt(people / (_PEOPLE_PER_SQUARE_MILE * math.pi))))


def cities(typed: str) -> tuple[Place, ...]:
    """The cities that "Ann Arbor", "Ann Arbor, MI" or "Zurich Switzerland" may mean, largest first."""
    name, *where = [part for part in map(folded, typed.split(",")) if part] or [""]
    if where:
        return cities_in(name, (" ".join(where),)) or cities_in(name, tuple(where)) or _loosely(name, tuple(where))
    words = name.split()
    found = cities_in(name)
    for cut in range(len(words) - 1, max(0, len(words) - 1 - _WORDS_OF_REGION), -1):
        found = found or cities_in(" ".join(words[:cut]), (" ".join(words[cut:]),))
    return found


@lru_cache(maxsize=1024)
def cities_in(name: str, where: tuple[str, ...] = ()) -> tuple[Place, ...]:
    """The cities of this folded name that lie in all of these regions and countries (folded), largest first."""
    found = []
    for city, region, country, latitude, longitude, people in rows("cities", name):
        if (name, country) not in _FORMER and all(lies_in(part, region, country) for part in where):
            radius = city_radius(int(people))
            found.append(Place(city, region, country_name(country), float(latitude), float(longitude), radius))
    return tuple(found)


def _loosely(name: str, where: tuple[str, ...]) -> tuple[Place, ...]:
    """As GeoNames writes Bavaria and people write Bayern: what lies between city and country may be unknown."""
    *between, last = where
    if not country_code(last) or any(map(states_named, between)):
        return ()
    return cities_in(name, (last,))
