"""Where people and trial sites are, and how far apart: computed here, from embedded tables, never asked of anyone."""

from screener.places.distance import Distance, distance_between, distance_miles, within
from screener.places.find import find_place
from screener.places.place import Place
from screener.places.sites import Near, nearest

__all__ = ["Distance", "Near", "Place", "distance_between", "distance_miles", "find_place", "nearest", "within"]
