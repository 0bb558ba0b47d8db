"""Straight-line distance over the earth, and what it says of a limit when places are wide.

The great circle on a sphere of the mean radius 6371.0088 km, R1 = (2a + b) / 3 of the ellipsoid (Moritz, Geodetic
Reference System 1980, Journal of Geodesy 74, 2000). 1 mi is 1.609344 km.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.truth import Truth

if TYPE_CHECKING:
    from screener.places.place import Point

KM_PER_MILE = 1.609344
MILES_PER_RADIUS = 6371.0088 / KM_PER_MILE
# The ellipsoid bends with radii from a(1 - e^2) = 6335.4 km to a^2/b = 6399.6 km: 0.56 % below the mean, 0.45 % above.
_FLATTENING = 0.006


@dataclass(frozen=True, slots=True)
class Distance:
    """Miles between two centers, and the interval in which the distance of any two points of the places lies."""

    miles: float
    low: float
    high: float

    def at_most(self, limit: float) -> Truth:
        """Whether it is no more than `limit` miles: unknown where the limit lies inside the interval."""
        if not limit >= 0:  # nan too
            message = "a limit must be zero or more miles"
            raise ValueError(message)
        if self.high <= limit:
            return Truth.TRUE
        return Truth.FALSE if self.low > limit else Truth.UNKNOWN


def distance_miles(a: Point, b: Point) -> float:
    """Miles along the great circle between two points (of places: their centers)."""
    north = math.radians(b.latitude - a.latitude)
    east = math.radians(b.longitude - a.longitude)
    cosines = math.cos(math.radians(a.latitude)) * math.cos(math.radians(b.latitude))
    half = math.sin(north / 2) ** 2 + cosines * math.sin(east / 2) ** 2
    return 2 * MILES_PER_RADIUS * math.asin(math.sqrt(min(1.0, half)))


def distance_between(a: Point, b: Point) -> Distance:
    """The distance of two places with what is not known of it: how wide they are, and that the earth is no sphere."""
    miles = distance_miles(a, b)
    radii = getattr(a, "radius_miles", 0.0) + getattr(b, "radius_miles", 0.0)
    return Distance(miles, max(0.0, miles * (1 - _FLATTENING) - radii), miles * (1 + _FLATTENING) + radii)


def within(place: Point, point: Point, limit: float) -> Truth:
    """Whether the two are at most `limit` miles apart: unknown where the places are too wide to say."""
    return distance_between(place, point).at_most(limit)
