"""Shapes of the regions from Natural Earth as packed on npm, which is older than today's borders in some countries.

Three cases, told apart in the column `shape_source`. `natural_earth`: one polygon is the region. `merged`: the region
is the union of finer polygons (districts). `places`: the old polygon holds several of today's regions; it is divided
among them by the nearest populated place or airfield whose region is known (Voronoi cells): an approximate border.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import inputs
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from ingest.placenames import bare, fold, tight

# Codes of Natural Earth that are not ISO 3166-1 alpha-3.
COUNTRIES = {"PSX": "PSE", "SDS": "SSD", "KOS": "XKX", "SOL": "SOM", "SAH": "ESH", "CYN": "CYP", "ALD": "ALA"}
NAMES = ("name", "name_en", "gn_name", "woe_name", "name_local", "name_alt", "gns_name")
LANGUAGE_NAMES = tuple(
    f"name_{code}"
    for code in ["nl", "fr", "es", "ar", "fa", "ru", "de", "pt", "it", "uk", "tr", "he", "hi", "bn", "ur", "zh"]
)
ENOUGH = 0.2  # a region without a polygon is looked for where this share of its places lies


@dataclass
class Polygon:
    """One Natural Earth polygon and what it stands for."""

    iso3: str
    code: str
    names: tuple[str, ...]
    geometry: BaseGeometry
    region_id: str | None = None
    exact: bool = True  # False when the polygon is finer than the region
    second: tuple[str, ...] = ()  # names from the gazetteers it was joined to; right where its own name is a slip
    translated: tuple[str, ...] = ()  # names in other languages


@dataclass
class Known:
    """Names of the regions and where their places lie."""

    names: dict[str, dict[tuple[str, str], set[str]]] = field(default_factory=lambda: defaultdict(dict))
    children: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    points: dict[str, list[tuple[str, float, float]]] = field(default_factory=lambda: defaultdict(list))

    def find(self, iso3: str, names: Iterable[str]) -> str | None:
        """The first name that belongs to exactly one region of the country."""
        for name in names:
            for key in (fold, bare, tight):
                hit = self.names[iso3].get((key.__name__, key(name)))
                if hit and len(hit) == 1:
                    return next(iter(hit))
        return None


def known(rows: list[dict[str, Any]], aliases: list[dict[str, str]]) -> Known:
    """Collect names, ISO children (districts) and located places of all regions."""
    found = Known()
    for alias in aliases:
        for key in (fold, bare, tight):
            found.names[alias["iso3"]].setdefault((key.__name__, key(alias["alias"])), set()).add(alias["region_id"])
    country = {row["region_id"]: row["iso3"] for row in rows}
    for subdivisions in inputs.iso().values():
        for code, row in subdivisions.items():
            parent = row["parentCode"]
            if parent in country and code not in country:
                found.children[country[parent]][tight(row["name"])] = parent
    add_places(found, rows)
    add_airfields(found)
    for row in rows:
        if row["latitude"] is not None:
            found.points[row["iso3"]].append((row["region_id"], row["longitude"], row["latitude"]))
    return found


def geonames_codes(rows: list[dict[str, Any]]) -> dict[str, str]:
    """{GeoNames admin-1 code such as "CD.13": region_id}."""
    by_id = {row["geonames_id"]: row["region_id"] for row in rows if row["geonames_id"]}
    codes = {
        unit["code"]: by_id[unit["geonames_id"]] for unit in inputs.geonames_units() if unit["geonames_id"] in by_id
    }
    return codes | inputs.decisions()["geonames_codes"]


def add_places(found: Known, rows: list[dict[str, Any]]) -> None:
    """Populated places whose GeoNames admin-1 code is a region; places of governorates without a code by name."""
    codes = geonames_codes(rows)
    country = {row["region_id"]: row["iso3"] for row in rows}
    towns = {(iso2, fold(name)): region for region, names in inputs.read_toml("towns.toml").items()
             for name in names for iso2 in [region[:2]]}  # fmt: skip
    for place in inputs.places():
        region = codes.get(f"{place['countrycode']}.{place['admin1code']}")
        region = towns.get((place["countrycode"], fold(place["name"])), region)
        if region in country:
            found.points[country[region]].append((region, place["longitude"], place["latitude"]))


def add_airfields(found: Known) -> None:
    """Airfields whose subdivision, as `airportsdata` writes it, is the name of one region."""
    import airportsdata
    import pycountry

    for field_ in airportsdata.load("ICAO").values():
        country = pycountry.countries.get(alpha_2=field_["country"])
        region = found.find(country.alpha_3, [field_["subd"]]) if country and field_["subd"] else None
        if region and region not in inputs.decisions()["airfields"]["left_out"]:
            found.points[country.alpha_3].append((region, field_["lon"], field_["lat"]))


def polygons(cache: Path, names: Known) -> list[Polygon]:
    """Natural Earth's polygons, each with the region its own names lead to (never by code alone)."""
    fixed = inputs.decisions()["polygons"]
    result = []
    for feature in inputs.natural_earth(cache):
        fact = feature["properties"]
        code = (fact.get("iso_3166_2") or "").rstrip("~")
        iso3 = "UKR" if code.startswith("UA-") else COUNTRIES.get(fact["adm0_a3"], fact["adm0_a3"])
        spelled = [part for key in NAMES for part in (fact.get(key) or "").split("|") if part]
        second = tuple(fact[key] for key in ("gn_name", "gns_name") if fact.get(key))
        one = Polygon(iso3, code, tuple(spelled), shapely.make_valid(shape(feature["geometry"])), second=second)
        one.translated = tuple(fact[key] for key in LANGUAGE_NAMES if fact.get(key))
        if code in fixed:
            one.region_id, one.exact = fixed[code], False
        else:
            one.region_id = names.find(iso3, spelled[:1])
            if one.region_id is None:
                hits = [names.children[iso3][tight(name)] for name in spelled if tight(name) in names.children[iso3]]
                one.region_id, one.exact = (hits[0], False) if hits else (names.find(iso3, spelled[1:]), True)
        if one.region_id != "":
            result.append(one)
    part_namesakes(result, names)
    return result


def part_namesakes(found: list[Polygon], names: Known) -> None:
    """Two polygons with one name: the one whose gazetteer name is a region still without a polygon becomes that region.

    Natural Earth calls Panjshir "Parwan" and Daykundi "Uruzgan", and a city like the district around it.
    """
    taken = {one.region_id for one in found}
    groups: dict[str | None, list[Polygon]] = defaultdict(list)
    for one in found:
        groups[one.region_id].append(one)
    for region, group in groups.items():
        for one in group if region and len(group) > 1 else ():
            other = names.find(one.iso3, one.second)
            if other and other not in taken:
                one.region_id = other
                taken.add(other)


def share_out(area: BaseGeometry, points: list[tuple[str, float, float]]) -> dict[str, BaseGeometry]:
    """Divide an area among regions by the nearest of their points (Voronoi cells cut to the area)."""
    places = {(round(x, 5), round(y, 5)): region for region, x, y in points}
    if len(set(places.values())) == 1:
        return {next(iter(places.values())): area}
    cells = shapely.voronoi_polygons(shapely.multipoints(sorted(places)), extend_to=area)
    tree = shapely.STRtree(list(cells.geoms))
    owned: dict[str, list[BaseGeometry]] = defaultdict(list)
    for (x, y), region in sorted(places.items()):
        owned[region].append(cells.geoms[int(tree.query(shapely.Point(x, y), predicate="intersects")[0])])
    parts = {region: shapely.union_all(pieces).intersection(area) for region, pieces in owned.items()}
    return {region: part for region, part in parts.items() if not part.is_empty}


def divide(
    regions: list[str], own: list[Polygon], points: list[tuple[str, float, float]], redrawn: bool
) -> dict[str, Any]:
    """{region_id: (geometry, shape_source)} of one country."""
    settled: dict[str, list[BaseGeometry]] = defaultdict(list)
    source: dict[str, str] = {}
    if redrawn:
        own = [Polygon(own[0].iso3, "", (), shapely.union_all([one.geometry for one in own]))]
    missing = set(regions) - {one.region_id for one in own}
    seats = {region: [shapely.Point(x, y) for name, x, y in points if name == region] for region in regions}
    for one in own:
        shapely.prepare(one.geometry)
        inside = [(name, x, y) for name, x, y in points if shapely.intersects_xy(one.geometry, x, y)]
        wanted = {one.region_id} if one.region_id else set()
        for region in missing if one.region_id else regions:
            here = sum(name == region for name, _, _ in inside)
            if here and here >= ENOUGH * len(seats[region]):
                wanted.add(region)
        if len(wanted) > 1:
            inside = [point for point in inside if point[0] in wanted]
            for region, part in share_out(one.geometry, inside).items():
                settled[region].append(part)
                source[region] = "places"
        elif wanted:
            region = next(iter(wanted))
            source.setdefault(region, "natural_earth" if one.exact else "merged")
            settled[region].append(one.geometry)
    for region, parts in settled.items():
        if len(parts) > 1 and source[region] != "places":
            source[region] = "merged"
    return {region: (shapely.union_all(parts), source[region]) for region, parts in settled.items()}


def build(
    rows: list[dict[str, Any]], aliases: list[dict[str, str]], cache: Path
) -> dict[str, tuple[BaseGeometry, str]]:
    """{region_id: (full-resolution geometry, shape_source)} of every region a shape could be made for."""
    names = known(rows, aliases)
    by_country: dict[str, list[Polygon]] = defaultdict(list)
    for one in polygons(cache, names):
        by_country[one.iso3].append(one)
    regions: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        regions[row["iso3"]].append(row["region_id"])
    redrawn = set(inputs.decisions()["redrawn"]["countries"])
    made: dict[str, tuple[BaseGeometry, str]] = {}
    for iso3, own in sorted(by_country.items()):
        if regions[iso3]:
            made |= divide(sorted(regions[iso3]), own, names.points[iso3], iso3 in redrawn)
    return made
