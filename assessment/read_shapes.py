"""Outlines for maps: the regions of a country and the countries of the world.

The shipped ones, replaced country by country by newer ones where Natural Earth was taken in (`ingest.shape_file`): the
region ids are the same. They are read once per process (about a second) and simplified for the size of a screen, with
borders that still meet.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from assessment.read_query import NotFound, Row
from ingest import reference

STEPS = 800  # a country's longer side is drawn with about this many pixels: finer detail is left out
WORLD_STEP = 0.12  # degrees
MARGIN = 0.06  # of the longer side: neighbouring land around a country
_POLYGONS = 3  # shapely's type number


def shapes(iso3: str, folder: Path | None = None, newer: Path | None = None) -> Row:
    """Outlines of a country's regions: {"iso3", "bounds", "regions": [{region_id, polygons, point, approximate}],
    "around"}.

    polygons: [[ring, …], …] of [longitude, latitude] in degrees, the outer ring first; empty for a region without a
    shape. point: [longitude, latitude] inside the region, None when no place is known. approximate: the border is
    guessed from places. around: polygons of other land in view. Longitudes run past 180 in a country that crosses it.
    bounds: west, south, east, north. newer: file of newer outlines. Raises NotFound.
    """
    return _shapes(iso3, folder or reference.shipped_folder(), newer)


def world(folder: Path | None = None, newer: Path | None = None) -> list[Row]:
    """Outlines of all countries: [{iso3, polygons, point}], coarse."""
    return _world(folder or reference.shipped_folder(), newer)


@dataclass(frozen=True, slots=True)
class _Land:
    """Full outlines by region_id, regions by country, and the regions drawn by newer outlines."""

    known: dict[str, BaseGeometry]
    by_country: dict[str, list[reference.Region]]
    newer: frozenset[str]


@functools.lru_cache(maxsize=4)
def _loaded(folder: Path, newer: Path | None) -> _Land:
    by_country: dict[str, list[reference.Region]] = {}
    for region in reference.regions(folder):
        by_country.setdefault(region.iso3, []).append(region)
    replaced = reference.newer_shapes(newer) if newer else {}
    return _Land(reference.shapes(folder) | replaced, by_country, frozenset(replaced))


@functools.lru_cache(maxsize=4)
def _outlines(folder: Path, newer: Path | None) -> dict[str, BaseGeometry]:
    """{iso3: the whole country}, full detail."""
    land = _loaded(folder, newer)
    known, by_country = land.known, land.by_country
    found = {}
    for iso3, regions in by_country.items():
        parts = [known[region.region_id] for region in regions if region.region_id in known]
        if parts:
            found[iso3] = shapely.union_all(parts)
    return found


@functools.lru_cache(maxsize=4)
def _world(folder: Path, newer: Path | None) -> list[Row]:
    outlines = _outlines(folder, newer)
    drawn = shapely.coverage_simplify(list(outlines.values()), WORLD_STEP)
    return [
        {"iso3": iso3, "polygons": polygons(shape), "point": _point(outlines[iso3])}
        for iso3, shape in zip(outlines, drawn, strict=True)
    ]


@functools.lru_cache(maxsize=80)
def _shapes(iso3: str, folder: Path, newer: Path | None) -> Row:
    land = _loaded(folder, newer)
    known, by_country = land.known, land.by_country
    if iso3 not in by_country:
        raise NotFound("country", iso3, "use the three letters of ISO 3166-1, such as AFG")
    regions = by_country[iso3]
    shaped = [region for region in regions if region.region_id in known]
    whole = [known[region.region_id] for region in shaped]
    crosses = bool(whole) and _crosses(whole)
    whole = [_unwrapped(shape) for shape in whole] if crosses else whole
    points = [_given_point(region) for region in regions]
    bounds = _bounds(whole, [point for point in points if point])
    step = max(bounds[2] - bounds[0], bounds[3] - bounds[1]) / STEPS
    drawn = dict(zip((r.region_id for r in shaped), shapely.coverage_simplify(whole, step), strict=True))
    full = dict(zip((r.region_id for r in shaped), whole, strict=True))
    rows = [
        {
            "region_id": region.region_id,
            "polygons": polygons(drawn[region.region_id]) if region.region_id in drawn else [],
            "point": _point(full[region.region_id]) if region.region_id in full else given,
            "approximate": region.shape_source == "places" and region.region_id not in land.newer,
        }
        for region, given in zip(regions, points, strict=True)
    ]
    around = [] if crosses else _around(_outlines(folder, newer), iso3, bounds, step)
    return {"iso3": iso3, "bounds": bounds, "regions": rows, "around": around}


def _given_point(region: reference.Region) -> list[float] | None:
    return None if region.longitude is None or region.latitude is None else [region.longitude, region.latitude]


def _point(shape: BaseGeometry) -> list[float]:
    """A point well inside the largest part."""
    largest = max(shapely.get_parts(shape), key=lambda part: float(shapely.area(part)))
    point = shapely.point_on_surface(largest)
    return [round(float(shapely.get_x(point)), 3), round(float(shapely.get_y(point)), 3)]


def _crosses(whole: list[BaseGeometry]) -> bool:
    """True when the country lies on both sides of the 180th meridian."""
    west, _, east, _ = shapely.total_bounds(whole)
    return bool(east - west > 180)


def _unwrapped(shape: BaseGeometry) -> BaseGeometry:
    """The part west of 90° W moved past 180° E, so that the country lies in one piece."""
    parts = [
        shapely.transform(part, lambda at: at + np.array([360.0, 0.0])) if shapely.bounds(part)[2] < -90 else part
        for part in shapely.get_parts(shape)
    ]
    return shapely.union_all(parts)


def _bounds(whole: list[BaseGeometry], points: list[list[float]]) -> tuple[float, float, float, float]:
    seen = whole or [shapely.Point(point) for point in points]
    if not seen:
        return (-1.0, -1.0, 1.0, 1.0)
    west, south, east, north = (float(value) for value in shapely.total_bounds(seen))
    return (west, south, max(east, west + 0.1), max(north, south + 0.1))


def _around(
    outlines: dict[str, BaseGeometry], iso3: str, bounds: tuple[float, float, float, float], step: float
) -> list[Any]:
    west, south, east, north = bounds
    margin = MARGIN * max(east - west, north - south)
    box = (west - margin, south - margin, east + margin, north + margin)
    found: list[Any] = []
    for name, shape in outlines.items():
        if name != iso3 and shapely.intersects(shapely.box(*box), shapely.box(*shapely.bounds(shape))):
            found += polygons(shapely.simplify(shapely.clip_by_rect(shape, *box), step))
    return found


def polygons(shape: BaseGeometry) -> list[list[list[list[float]]]]:
    """The polygons of a shape as lists of rings of [longitude, latitude], rounded to 0.001 degree."""
    return [
        [np.round(shapely.get_coordinates(ring), 3).tolist() for ring in (part.exterior, *part.interiors)]
        for part in shapely.get_parts(shape)
        if shapely.get_type_id(part) == _POLYGONS and not shapely.is_empty(part)
    ]
