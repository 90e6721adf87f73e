"""Natural Earth 10 m admin-1: current shapes for the regions of data/reference, under the region_ids they have.

Its codes are not trusted (Iran's are of before 2020): a polygon belongs to a region by its name, and the name is
checked against where the shipped region lies. Polygons finer than our regions (districts) are merged. A country's
shapes are replaced only all together and only when every region of it was found; otherwise the shipped ones stay and a
Problem says which regions Natural Earth lacks.

`parse` gives one Document that says what was found. The shapes themselves are no rows: `ingest.shape_file` keeps them
beside the snapshots, for maps.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import shapely
import shapely.geometry
from shapely.geometry.base import BaseGeometry

from ingest import reference, topology
from ingest.adapters import _scope
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Document, Problem, Request, Row
from ingest.places import Places

# Codes of Natural Earth that are not ISO 3166-1 alpha-3.
COUNTRIES = {"PSX": "PSE", "SDS": "SSD", "KOS": "XKX", "SOL": "SOM", "SAH": "ESH", "CYN": "CYP", "ALD": "ALA"}
NAMES = ("name", "name_en", "gn_name", "name_local", "woe_name", "gns_name")
INSIDE = 0.1  # share of a polygon that must lie in the shipped region its name says: a slip has none
ALONE = 0.8  # share that decides for a polygon whose name says nothing, or is that of another polygon too
TOLERANCE = 0.01  # degrees (about 1 km), as for the shipped shapes
LARGEST = 150_000_000  # bytes of an unpacked answer
FEWEST = 1000  # polygons in a complete answer; the layer has had more than 4,000 for years


@dataclass(frozen=True, slots=True)
class Unit:
    """One polygon of the answer."""

    iso3: str
    names: tuple[str, ...]
    shape: BaseGeometry


def requests(source: Source, since: datetime | None) -> Iterable[Request]:
    """The layer as one file (TopoJSON or GeoJSON), whichever address the catalog names."""
    return (Request(url) for url in source.urls)


def parse(answer: Answer, source: Source) -> Iterator[Row]:
    """One Document with the numbers of regions found per country, and a Problem per country that keeps its shapes."""
    shapes, problems = newer_shapes(answer, places())
    per_country = Counter(places().regions[region].iso3 for region in shapes)
    yield Document(
        key=f"natural-earth-admin-1:{answer.digest[:16]}",
        title=f"Natural Earth admin-1: shapes of {len(shapes)} regions in {len(per_country)} countries",
        url=answer.url,
        kind="notice",
        publisher="Natural Earth",
        language="en",
        attributes={"regions_per_country": dict(sorted(per_country.items()))},
    )
    yield from problems


@lru_cache(maxsize=1)
def places() -> Places:
    """The shipped regions, read once per process."""
    return Places.load(reference.shipped_folder())


def newer_shapes(answer: Answer, places: Places) -> tuple[dict[str, BaseGeometry], list[Problem]]:
    """({region_id: simplified shape}, problems) of monitored countries. Raises AdapterError for an unfit answer."""
    units: dict[str, list[Unit]] = defaultdict(list)
    for unit in read_units(answer):
        units[unit.iso3].append(unit)
    found: dict[str, BaseGeometry] = {}
    problems = []
    for iso3, country in sorted(places.countries.items()):
        if country.monitored:
            shapes, problem = _country(iso3, units[iso3], places)
            found |= shapes
            problems += [problem] if problem else []
    ids = sorted(found)
    simple = shapely.coverage_simplify([found[key] for key in ids], TOLERANCE) if ids else []
    return dict(zip(ids, simple, strict=True)), problems


def read_units(answer: Answer) -> list[Unit]:
    """All named polygons. Raises AdapterError when the answer is not the admin-1 layer or is cut short."""
    document = _scope.json_of(replace(answer, body=_unpacked(answer.body)))
    kind = document.get("type") if isinstance(document, dict) else None
    try:
        if kind == "Topology":
            pairs = [(facts, reference.as_shape(polygons)) for facts, polygons in topology.decode(document) if polygons]
        elif kind == "FeatureCollection":
            pairs = [
                (feature["properties"], shapely.make_valid(shapely.geometry.shape(feature["geometry"])))
                for feature in document["features"]
                if feature.get("geometry")
            ]
        else:
            raise _scope.not_recognised(answer, document)
    except (topology.TopologyError, KeyError, TypeError, ValueError, shapely.errors.GEOSException) as error:
        raise AdapterError(f"the shapes cannot be read: {error}", "ask again; the file may be cut short") from error
    units = [unit for facts, shape in pairs if (unit := _unit(facts, shape))]
    if len(units) < FEWEST:
        raise AdapterError(f"only {len(units)} named polygons; the admin-1 layer has thousands", "check the address")
    return units


def _unpacked(body: bytes) -> bytes:
    """The body, unpacked when it is gzip; more than LARGEST bytes is refused."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        unpacked = zlib.decompressobj(wbits=31).decompress(body, LARGEST)
    except zlib.error as error:
        raise AdapterError(f"the gzip file is broken: {error}", "ask again; it may be cut short") from error
    if len(unpacked) >= LARGEST:
        raise AdapterError(f"more than {LARGEST:,} bytes when unpacked", "check the address: the layer has 40 MB")
    return unpacked


def _unit(facts: Mapping[str, Any], shape: BaseGeometry) -> Unit | None:
    """A polygon with its country and names; Crimea is counted where ISO 3166-2 lists it (UA-43, UA-40)."""
    lower = {str(key).lower(): value for key, value in facts.items()}
    code, country = str(lower.get("iso_3166_2") or ""), str(lower.get("adm0_a3") or "")
    iso3 = "UKR" if code.startswith("UA-") else COUNTRIES.get(country, country)
    names = [part for key in NAMES for part in str(lower.get(key) or "").split("|") if part]
    return Unit(iso3, tuple(dict.fromkeys(names)), shape) if len(iso3) == 3 and names and not shape.is_empty else None


def _country(iso3: str, units: list[Unit], places: Places) -> tuple[dict[str, BaseGeometry], Problem | None]:
    """All shapes of one country, or none and the reason."""
    wanted = {key for key, region in places.regions.items() if region.iso3 == iso3}
    parts: dict[str, list[BaseGeometry]] = defaultdict(list)
    shared = Counter(unit.names[0] for unit in units)
    for unit in units:
        region = _region_of(unit, places, shared[unit.names[0]] > 1)
        if region:
            parts[region].append(unit.shape)
    lacking = sorted(wanted - set(parts))
    if lacking:
        names = ", ".join(f"{key} {places.regions[key].name_en}" for key in lacking[:8])
        more = f" and {len(lacking) - 8} more" if len(lacking) > 8 else ""
        message = f"{iso3}: no polygon for {names}{more}; the shipped shapes of the country stay"
        return {}, Problem(
            "unplaced", message, iso3, "none; a later release may have them, or add a spelling to aliases"
        )
    return {region: shapely.union_all(shapes) for region, shapes in parts.items()}, None


def _region_of(unit: Unit, places: Places, shared_name: bool) -> str | None:
    """The region a polygon is, or is part of: by name where the place agrees, by place alone without doubt."""
    shares = {key: share for key, share in places.overlap(unit.shape) if places.regions[key].iso3 == unit.iso3}
    best = max(shares, key=lambda key: (shares[key], key), default=None)
    if shared_name and best and shares[best] >= ALONE:
        return best
    for name in unit.names:
        match = places.resolve(unit.iso3, region_name=name)
        if match and places.regions[match.region_id].iso3 == unit.iso3:
            approximate = places.regions[match.region_id].shape_source == "places"
            if approximate or shares.get(match.region_id, 0.0) >= INSIDE:
                return match.region_id
    return best if best and shares[best] >= ALONE else None


def write(shapes: Mapping[str, BaseGeometry], path: Path) -> None:
    """Write GeoJSON, one feature a line, under a temporary name first, so that a reader never sees half of it."""
    lines = [
        json.dumps({"type": "Feature", "id": key, "geometry": json.loads(shapely.to_geojson(shape))})
        for key, shape in sorted(shapes.items())
    ]
    draft = path.with_name(path.name + ".tmp")
    draft.write_text('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8")
    draft.replace(path)
