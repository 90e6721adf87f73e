"""TopoJSON, the part of it that maps need: polygons that share their borders, written once.

A border between two regions is one arc that both refer to, so simplified or rounded shapes still meet exactly, and the
file is half the size of GeoJSON. Format: the TopoJSON specification 1.0 (Bostock and Metcalf), quantised, objects of
type Polygon and MultiPolygon only.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

Point = tuple[int, int]
Ring = list[Point]
Lines = list[list[list[float]]]  # rings of one polygon, the outer one first


class TopologyError(ValueError):
    """The document is no TopoJSON this module can read; the message says what is missing."""


def decode(document: Mapping[str, Any], layer: str | None = None) -> list[tuple[dict[str, Any], list[Lines]]]:
    """[(properties with `id`, polygons)] of one layer, longitude first. Unknown geometry types raise TopologyError."""
    for key in ("arcs", "objects"):
        if key not in document:
            raise TopologyError(f"no {key!r} in the document: not TopoJSON")
    objects = document["objects"]
    name = layer or next(iter(objects), None)
    if name not in objects or objects[name].get("type") != "GeometryCollection":
        raise TopologyError(f"no geometry collection {name!r}; layers are: {', '.join(objects) or 'none'}")
    arcs = _absolute(document)
    found = []
    for geometry in objects[name]["geometries"]:
        kind = geometry.get("type")
        if kind == "Polygon":
            polygons = [geometry["arcs"]]
        elif kind == "MultiPolygon":
            polygons = geometry["arcs"]
        elif kind is None:
            continue  # a null geometry is allowed
        else:
            raise TopologyError(f"geometry of type {kind!r}; only Polygon and MultiPolygon are read")
        properties = dict(geometry.get("properties") or {})
        if "id" in geometry:
            properties["id"] = geometry["id"]
        found.append((properties, [[_ring(arcs, indexes) for indexes in polygon] for polygon in polygons]))
    return found


def _absolute(document: Mapping[str, Any]) -> list[list[list[float]]]:
    """Arcs in degrees: undo the running differences and the scale."""
    transform = document.get("transform")
    if transform is None:
        return [[list(point) for point in arc] for arc in document["arcs"]]
    (scale_x, scale_y), (shift_x, shift_y) = transform["scale"], transform["translate"]
    result = []
    for arc in document["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append([x * scale_x + shift_x, y * scale_y + shift_y])
        result.append(line)
    return result


def _ring(arcs: list[list[list[float]]], indexes: list[int]) -> list[list[float]]:
    points: list[list[float]] = []
    for index in indexes:
        try:
            line = arcs[index] if index >= 0 else arcs[~index][::-1]
        except IndexError:
            raise TopologyError(f"arc {index} is not in the document ({len(arcs)} arcs)") from None
        points += line[1:] if points else line
    return points


def encode(shapes: Mapping[str, list[Lines]], *, layer: str, step: float) -> dict[str, Any]:
    """A TopoJSON document of {id: polygons}; coordinates are rounded to multiples of `step` degrees.

    Rings that collapse when rounded are left out, and a polygon whose outer ring collapses with its holes.
    """
    rounded = {key: _rounded(polygons, step) for key, polygons in shapes.items()}
    junctions = _junctions([ring for polygons in rounded.values() for rings in polygons for ring in rings])
    table = _ArcTable()
    geometries = []
    for key, polygons in sorted(rounded.items()):
        if polygons:
            arcs = [[table.indexes(ring, junctions) for ring in rings] for rings in polygons]
            geometries.append({"type": "MultiPolygon", "id": key, "arcs": arcs})
    return {
        "type": "Topology",
        "transform": {"scale": [step, step], "translate": [0, 0]},
        "objects": {layer: {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": [_differences(arc) for arc in table.arcs],
    }


def _rounded(polygons: list[Lines], step: float) -> list[list[Ring]]:
    """Open rings (last point not repeated) of whole numbers."""
    result = []
    for polygon in polygons:
        rings = []
        for index, line in enumerate(polygon):
            ring: Ring = []
            for x, y in line:
                point = (round(x / step), round(y / step))
                if not ring or ring[-1] != point:
                    ring.append(point)
            if ring and ring[0] == ring[-1]:
                ring.pop()
            if len(set(ring)) >= 3:
                rings.append(ring)
            elif index == 0:
                break
        if rings:
            result.append(rings)
    return result


def _junctions(rings: list[Ring]) -> set[Point]:
    """Points where borders part: those that have more than two different neighbours over all rings."""
    beside: dict[Point, set[Point]] = defaultdict(set)
    for ring in rings:
        for before, point, after in zip(ring[-1:] + ring[:-1], ring, ring[1:] + ring[:1], strict=True):
            beside[point].update((before, after))
    return {point for point, others in beside.items() if len(others) > 2}


class _ArcTable:
    """Each arc once, whichever way round it is met."""

    def __init__(self) -> None:
        self.arcs: list[Ring] = []
        self._index: dict[tuple[Point, ...], int] = {}

    def indexes(self, ring: Ring, junctions: set[Point]) -> list[int]:
        """References to the arcs of one ring; a negative number means the arc is walked backwards."""
        cuts = [position for position, point in enumerate(ring) if point in junctions]
        start = cuts[0] if cuts else ring.index(min(ring))
        turned = ring[start:] + ring[:start] + [ring[start]]
        ends = [(position - start) % len(ring) for position in cuts][1:] if cuts else []
        bounds = [0, *sorted(ends), len(turned) - 1]
        return [self._add(turned[a : b + 1]) for a, b in itertools.pairwise(bounds)]

    def _add(self, arc: Ring) -> int:
        key, backwards = tuple(arc), tuple(reversed(arc))
        if key in self._index:
            return self._index[key]
        if backwards in self._index:
            return ~self._index[backwards]
        self._index[key] = len(self.arcs)
        self.arcs.append(arc)
        return self._index[key]


def _differences(arc: Ring) -> list[list[int]]:
    pairs = itertools.pairwise(arc)
    return [list(arc[0]), *([x - px, y - py] for (px, py), (x, y) in pairs)]
