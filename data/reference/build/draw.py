"""From full-resolution shapes to the committed file: one clean coverage, simplified so that neighbours still meet."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from ingest import topology

GRID = 1e-4  # degrees; finer differences between neighbouring source polygons are noise
# Degrees; square root of the triangle area that simplification may remove (0.01 is about 1 km).
TOLERANCE = 0.012  # countries of origin
TOLERANCE_ELSEWHERE = 0.05
STEP = 0.001  # degrees; coordinates are multiples of it (about 100 m)
SMALLEST = 3e-5  # square degrees; islets below are dropped unless they are all a region has


def cover(shapes: dict[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """Node all borders together and give each face to one region, so that the set is a valid coverage."""
    ids = sorted(shapes)
    clean = [shapely.set_precision(shapes[key], GRID) for key in ids]
    lines = shapely.union_all([shapely.boundary(one) for one in clean], grid_size=GRID)
    faces = list(shapely.get_parts(shapely.polygonize(shapely.get_parts(lines).tolist())))
    tree = shapely.STRtree(clean)
    owner: dict[int, int] = {}
    for face, region in zip(*tree.query(shapely.point_on_surface(faces), predicate="within"), strict=True):
        owner[int(face)] = min(owner.get(int(face), int(region)), int(region))
    pieces: dict[str, list[BaseGeometry]] = defaultdict(list)
    for face, region in owner.items():
        pieces[ids[region]].append(faces[face])
    return {key: shapely.coverage_union_all(parts) for key, parts in sorted(pieces.items())}


def without_islets(shape: BaseGeometry) -> BaseGeometry:
    """Drop islets that would not be seen; the largest part always stays."""
    parts = sorted(shapely.get_parts(shape), key=shapely.area, reverse=True)
    kept = [part for part in parts if shapely.area(part) >= SMALLEST] or parts[:1]
    return shapely.multipolygons(kept) if len(kept) > 1 else kept[0]


def simplify(shapes: dict[str, BaseGeometry], tolerance: float) -> dict[str, BaseGeometry]:
    """Simplify the coverage; shared borders stay shared."""
    ids = sorted(shapes)
    simple = shapely.coverage_simplify([without_islets(shapes[key]) for key in ids], tolerance)
    return dict(zip(ids, simple, strict=True))


def neighbours(shapes: dict[str, BaseGeometry]) -> dict[str, list[str]]:
    """{region_id: regions that share a stretch of border}, within and across countries. A point is no stretch."""
    ids = sorted(shapes)
    geometries = [shapes[key] for key in ids]
    found: dict[str, list[str]] = {key: [] for key in ids}
    for first, second in zip(*shapely.STRtree(geometries).query(geometries, predicate="intersects"), strict=True):
        if first < second:
            border = shapely.intersection(geometries[first], geometries[second], grid_size=GRID)
            if shapely.length(border) > 10 * GRID:
                found[ids[first]].append(ids[second])
                found[ids[second]].append(ids[first])
    return {key: sorted(values) for key, values in found.items()}


def lines(shape: BaseGeometry) -> list[list[list[list[float]]]]:
    """A shape as nested lists: polygons, rings, points."""
    return [
        [[[x, y] for x, y in ring.coords] for ring in (polygon.exterior, *polygon.interiors)]
        for polygon in shapely.get_parts(shape)
    ]


def write(shapes: dict[str, BaseGeometry], path: Path) -> None:
    """Write TopoJSON, layer `regions`, feature id = region_id."""
    document = topology.encode({key: lines(shape) for key, shape in shapes.items()}, layer="regions", step=STEP)
    path.write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="utf-8")
