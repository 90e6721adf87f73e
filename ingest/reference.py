"""Loading data/reference: countries, regions, spellings, districts, groups, shapes, arrival points.

Every loader takes the folder, checks what it reads and raises ReferenceError naming file, line and what to do. Empty
cells become None: unknown is not zero.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
import shapely.geometry
from shapely.geometry.base import BaseGeometry

from ingest import topology

REBUILD = "rebuild it with `python data/reference/build` or restore it from the repository"


class ReferenceError(Exception):
    """A file of the reference folder is missing or wrong; the message names file, line and remedy."""


def shipped_folder() -> Path:
    """data/reference of the checkout, or the copy inside an installed package."""
    packed = Path(__file__).parent / "shipped" / "reference"
    return packed if packed.is_dir() else Path(__file__).resolve().parents[1] / "data" / "reference"


@dataclass(frozen=True, slots=True)
class Country:
    """One country or territory. `gw` is the Gleditsch-Ward number UCDP uses, `fips` the FIPS 10-4 code."""

    iso3: str
    iso2: str
    iso_numeric: str | None
    gw: int | None
    fips: str | None
    m49: str | None
    name_en: str
    name_nl: str
    name_native: str | None
    also: tuple[str, ...]
    monitored: bool


@dataclass(frozen=True, slots=True)
class Region:
    """One admin-1 region. `population` in persons; None where no figure is known, with `population_year` likewise."""

    region_id: str
    iso3: str
    name_en: str
    name_native: str | None
    name_nl: str | None
    type: str
    parent_id: str
    pcode: str | None
    geonames_id: str | None
    overture_id: str | None
    population: float | None
    population_year: int | None
    population_source: str | None
    latitude: float | None
    longitude: float | None
    neighbours: tuple[str, ...]
    has_shape: bool
    shape_source: str | None  # natural_earth | merged | places (approximate border) | None: drawn as a point


@dataclass(frozen=True, slots=True)
class ArrivalPoint:
    """An airport people can be flown to. `region_id` None: it lies in no region we know."""

    iata: str
    name: str
    city: str
    iso3: str
    region_id: str | None
    latitude: float
    longitude: float
    kind: str  # international | regional


def read_rows(folder: Path, name: str, required: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number, row) of a reference CSV; raises ReferenceError when it is missing or lacks a column."""
    path = folder / name
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in required if column not in (reader.fieldnames or ())]
            if missing:
                raise ReferenceError(f"{path} lacks the column(s) {', '.join(missing)}; {REBUILD}")
            for row in reader:
                yield reader.line_num, row
    except FileNotFoundError:
        raise ReferenceError(f"{path} is missing; {REBUILD}") from None


def _number(folder: Path, name: str, line: int, row: dict[str, str], column: str) -> float | None:
    text = row[column]
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise ReferenceError(f"{folder / name} line {line}: {column} {text!r} is no number; {REBUILD}") from None


def countries(folder: Path) -> list[Country]:
    """All countries and territories, monitored or not."""
    name = "countries.csv"
    found = []
    for line, row in read_rows(folder, name, ("iso3", "iso2", "gw", "fips", "also", "monitored")):
        gw = _number(folder, name, line, row, "gw")
        found.append(
            Country(
                row["iso3"], row["iso2"], row["iso_numeric"] or None, None if gw is None else int(gw),
                row["fips"] or None, row["m49"] or None, row["name_en"], row["name_nl"], row["name_native"] or None,
                tuple(part for part in row["also"].split(";") if part), row["monitored"] == "1",
            )
        )  # fmt: skip
    return found


def regions(folder: Path) -> list[Region]:
    """All admin-1 regions of all countries; those of monitored countries are the ones assessed."""
    name = "regions.csv"
    found = []
    for line, row in read_rows(
        folder, name, ("region_id", "iso3", "name_en", "neighbours", "has_shape", "shape_source")
    ):
        year = _number(folder, name, line, row, "population_year")
        found.append(
            Region(
                row["region_id"], row["iso3"], row["name_en"], row["name_native"] or None, row["name_nl"] or None,
                row["type"], row["parent_id"], row["pcode"] or None, row["geonames_id"] or None,
                row["overture_id"] or None, _number(folder, name, line, row, "population"),
                None if year is None else int(year), row["population_source"] or None,
                _number(folder, name, line, row, "latitude"), _number(folder, name, line, row, "longitude"),
                tuple(part for part in row["neighbours"].split(";") if part), row["has_shape"] == "1",
                row["shape_source"] or None,
            )
        )  # fmt: skip
    return found


def arrival_points(folder: Path) -> list[ArrivalPoint]:
    """Airports of monitored countries."""
    name = "arrival_points.csv"
    found = []
    for line, row in read_rows(folder, name, ("iata", "name", "iso3", "region_id", "latitude", "longitude", "kind")):
        latitude = _number(folder, name, line, row, "latitude")
        longitude = _number(folder, name, line, row, "longitude")
        if latitude is None or longitude is None:
            raise ReferenceError(f"{folder / name} line {line}: {row['iata']} has no coordinates; {REBUILD}")
        found.append(
            ArrivalPoint(row["iata"], row["name"], row["city"], row["iso3"], row["region_id"] or None,
                         latitude, longitude, row["kind"])
        )  # fmt: skip
    return found


def as_shape(polygons: list[topology.Lines]) -> BaseGeometry:
    """Nested coordinate lists as a valid shapely geometry."""
    parts = [shapely.Polygon(rings[0], rings[1:]) for rings in polygons]
    whole = shapely.MultiPolygon(parts) if len(parts) > 1 else parts[0]
    return whole if shapely.is_valid(whole) else shapely.make_valid(whole)


def shapes(folder: Path) -> dict[str, BaseGeometry]:
    """{region_id: shape} as shipped, WGS 84, longitude first."""
    path = folder / "shapes.topojson"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ReferenceError(f"{path} is missing; {REBUILD}") from None
    return {str(facts["id"]): as_shape(polygons) for facts, polygons in topology.decode(document, "regions")}


def newer_shapes(path: Path) -> dict[str, BaseGeometry]:
    """{region_id: shape} of a file that `ingest.adapters.natural_earth.write` wrote; empty when it is not there."""
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {
        str(feature["id"]): shapely.make_valid(shapely.geometry.shape(feature["geometry"]))
        for feature in document["features"]
    }
