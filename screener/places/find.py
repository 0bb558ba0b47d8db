"""What place a person means: a city, with or without region and country, or a US ZIP code, of which three digits do.

What was typed may be where a patient lives: no message repeats it, and nothing of it leaves the machine.
"""

from __future__ import annotations

import re
import unicodedata

from screener.errors import CONTROL, BadAnswer
from screener.places.cities import cities
from screener.places.folding import folded
from screener.places.place import Place
from screener.places.regions import country_code, country_name, states_named
from screener.places.tables import rows

_LONGEST = 200
_COUNTRY = r"(?:,? *(?:usa?|u\.s\.(?:a\.)?|united states))?"
_ZIP = re.compile(rf"(?:(?:usa? *)?zip(?: *code)?[ :]*)?([0-9]{{5}})(?:-[0-9]{{4}})?{_COUNTRY}")
_AREA = re.compile(rf"(?:(?:usa? *)?zip(?: *code)?[ :]*)?([0-9]{{3}})(?:xx|\*\*|\*|--|\.\.)?{_COUNTRY}")
_ADDRESS = re.compile(rf"([^0-9]+?)[ ,]+([0-9]{{5}})(?:-[0-9]{{4}})?{_COUNTRY}")
_REMEDY = "write a US ZIP code (three digits are enough) or a city, such as `Ann Arbor, MI` or `Zurich, Switzerland`"


def find_place(text: str) -> tuple[Place, ...]:
    """The places that the text may mean, largest first: several if several cities have the name.

    A ZIP code is one place, but for three digits that the mainland or Hawaii shares with islands far away.

    Raises BadAnswer if there is none, and for postal codes of other countries, of which there are no data here.
    """
    if len(text) > _LONGEST:
        raise BadAnswer("this is too long for a place", _REMEDY)
    typed = _plain(text)
    if not typed:
        raise BadAnswer("no place is named", _REMEDY)
    if code := _ZIP.fullmatch(typed) or _AREA.fullmatch(typed):
        return _zip_places(code[1])
    if address := _ADDRESS.fullmatch(typed):
        named = folded(address[1])
        if places := tuple(place for place in _zip_places(address[2]) if _ends_with(named, place.region)):
            return places
    if found := cities(typed):
        return found
    if any(letter.isdigit() for letter in typed):
        raise BadAnswer(
            "of postal codes only US ZIP codes are known here, five digits or their first three",
            "write the city and the country, such as `Zurich, Switzerland`",
        )
    if not folded(typed):
        raise BadAnswer("the names of places are known here in Latin letters only", _REMEDY)
    if country_code(folded(typed)) or states_named(folded(typed)):
        raise BadAnswer("a state or a country is too wide to say how far it is", _REMEDY)
    raise BadAnswer(
        "no place of this name is known here, where only cities of 15,000 people and more are",
        "write the nearest larger city, with its state or country, or a US ZIP code (three digits are enough)",
    )


def _plain(text: str) -> str:
    """The text with what cannot be seen left out, in small letters with single spaces."""
    spaced = re.sub(r"\s", " ", text)  # first, as some line ends are control characters too
    return " ".join(unicodedata.normalize("NFKC", CONTROL.sub("", spaced)).casefold().split())


def _zip_places(code: str) -> tuple[Place, ...]:
    """The places of five digits or three. Five that are not known, as of a new one, are where their three are."""
    for known in dict.fromkeys((code, code[:3])):
        found = tuple(
            Place(f"ZIP {known}", region, country_name("US"), float(latitude), float(longitude), float(radius))
            for region, latitude, longitude, radius in rows("zips", known)
        )
        if found:
            return found
    raise BadAnswer(
        "no US ZIP code with a place on the map begins like this",
        "check the digits; for military mail and other countries write the nearest city",
    )


def _ends_with(name: str, region: str) -> bool:
    words = name.split()
    tails = [" ".join(words[-count:]) for count in (1, 2, 3)]
    return any(tail == folded(region) or ("US", region) in states_named(tail) for tail in tails)
