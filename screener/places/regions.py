"""Countries, United States and Canadian provinces by the names and codes that people and registries use."""

from __future__ import annotations

from functools import cache

from screener.places.folding import folded
from screener.places.tables import rows

# Names that GeoNames' list of countries does not have, folded; among them those of the registry's records.
_ALSO = {
    "america": "US",
    "britain": "GB",
    "czech republic": "CZ",
    "england": "GB",
    "great britain": "GB",
    "holland": "NL",
    "hong kong sar": "HK",
    "iran islamic republic of": "IR",
    "korea": "KR",
    "korea republic of": "KR",
    "macedonia": "MK",
    "moldova republic of": "MD",
    "northern ireland": "GB",
    "republic of korea": "KR",
    "russian federation": "RU",
    "scotland": "GB",
    "taiwan province of china": "TW",
    "netherlands": "NL",
    "the netherlands": "NL",
    "the united states": "US",
    "turkey": "TR",
    "turkey turkiye": "TR",
    "turkiye": "TR",
    "uk": "GB",
    "united states of america": "US",
    "viet nam": "VN",
    "wales": "GB",
}
_PROVINCES = {  # two-letter codes of Canada Post
    "ab": "Alberta",
    "bc": "British Columbia",
    "mb": "Manitoba",
    "nb": "New Brunswick",
    "nl": "Newfoundland and Labrador",
    "ns": "Nova Scotia",
    "nt": "Northwest Territories",
    "nu": "Nunavut",
    "on": "Ontario",
    "pe": "Prince Edward Island",
    "qc": "Quebec",
    "sk": "Saskatchewan",
    "yt": "Yukon",
}


@cache
def country_code(name: str) -> str:
    """The ISO 3166 code of a country by its folded name or code; "" if it is none."""
    if name in _ALSO:
        return _ALSO[name]
    return next((code for _, code in rows("countries", name)), "")


@cache
def country_name(code: str) -> str:
    """The country's name by its ISO 3166 code."""
    return next((name for name, _ in rows("countries", code.lower())), code)


@cache
def states_named(name: str) -> frozenset[tuple[str, str]]:
    """Country code and name of the US state or Canadian province with this folded name or code."""
    found = {("US", state) for (state,) in rows("states", name)}
    found |= {("CA", province) for code, province in _PROVINCES.items() if name in {code, folded(province)}}
    return frozenset(found)


def lies_in(name: str, region: str, country: str) -> bool:
    """Whether a region of a country (by code) is, or is in, what the folded name says."""
    return name == folded(region) or (country, region) in states_named(name) or country == country_code(name)
