"""A place on earth: a city, or the area of a ZIP code, with how wide it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

_POLE, _DATE_LINE = 90, 180


class Point(Protocol):
    """Anything with a latitude and a longitude, in degrees north and east."""

    @property
    def latitude(self) -> float: ...  # noqa: D102
    @property
    def longitude(self) -> float: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Place:
    """A place and its center, in degrees north and east; all of it lies within about `radius_miles` of the center."""

    name: str
    region: str
    country: str
    latitude: float
    longitude: float
    radius_miles: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is not on earth. The message does not say where: it may be where a patient lives."""
        if not on_earth(self.latitude, self.longitude):
            message = "latitude must be -90 to 90 and longitude -180 to 180 degrees"
            raise ValueError(message)
        if not (math.isfinite(self.radius_miles) and self.radius_miles >= 0):
            message = "a radius must be zero or more miles"
            raise ValueError(message)

    def __str__(self) -> str:
        """Give "Ann Arbor, Michigan, United States"."""
        parts = (self.name, self.region if self.region != self.name else "", self.country)
        return ", ".join(part for part in parts if part)


def on_earth(latitude: object, longitude: object) -> bool:
    """Whether the two are numbers of degrees that exist."""
    return _within(latitude, _POLE) and _within(longitude, _DATE_LINE)


def _within(degrees: object, most: int) -> bool:
    return isinstance(degrees, int | float) and not isinstance(degrees, bool) and -most <= degrees <= most
