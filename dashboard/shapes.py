"""Geometry to SVG paths, for the map on the page and in the brief alike. Pure: no Streamlit, no snapshot.

A country is drawn with degrees of longitude shortened as at its middle latitude; the world in the Equal Earth
projection (Savric, Patterson and Jenny 2018), which keeps areas.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import bands

Project = Callable[[float, float], tuple[float, float]]
WORLD_BOUNDS = (-90.0, -20.0, 172.0, 74.0)  # west, south, east, north: where the countries of origin lie
SPECK = 0.5  # square pixels: smaller islands are left out of a shape that has a larger part
SMALL = 60.0  # square pixels: a smaller region also gets a dot, or nobody could hit it
DOT = 4.5  # pixels, radius


@dataclass(frozen=True)
class Drawing:
    """A map as text: path per region (or country) in pixels of a `width` x `height` box, dots for small ones."""

    width: int
    height: int
    paths: Mapping[str, str]
    dots: Mapping[str, tuple[float, float]]
    middles: Mapping[str, tuple[float, float]]  # a point inside, for labels and the focus ring
    around: str  # path of other land
    approximate: frozenset[str]  # ids with a border guessed from places


def of_country(shapes: Mapping[str, Any], width: int = 720, height: int = 620) -> Drawing:
    """The regions of a country; takes what `Reader.shapes` gives. Fits into width x height, keeps its proportions."""
    west, south, east, north = shapes["bounds"]
    shrink = math.cos(math.radians((south + north) / 2))
    pad = 6.0
    scale = min((width - 2 * pad) / ((east - west) * shrink), (height - 2 * pad) / (north - south))
    wide, high = (east - west) * shrink * scale + 2 * pad, (north - south) * scale + 2 * pad

    def project(longitude: float, latitude: float) -> tuple[float, float]:
        return pad + (longitude - west) * shrink * scale, pad + (north - latitude) * scale

    rows = [(row["region_id"], row["polygons"], row["point"]) for row in shapes["regions"]]
    around = "".join(path(polygon, project) for polygon in shapes["around"])
    guessed = frozenset(row["region_id"] for row in shapes["regions"] if row["approximate"])
    return _drawing(rows, project, round(wide), round(high), around, guessed)


def of_world(countries: Sequence[Mapping[str, Any]], shown: frozenset[str], width: int = 1000) -> Drawing:
    """Countries `shown` as paths, all others as land around them; takes what `Reader.world` gives."""
    west, south, east, north = WORLD_BOUNDS
    left, right = equal_earth(west, 30.0)[0], equal_earth(east, 30.0)[0]
    top, bottom = equal_earth(0.0, north)[1], equal_earth(0.0, south)[1]
    scale = width / (right - left)

    def project(longitude: float, latitude: float) -> tuple[float, float]:
        x, y = equal_earth(longitude, latitude)
        return (x - left) * scale, (top - y) * scale

    rows = [(row["iso3"], row["polygons"], row["point"]) for row in countries if row["iso3"] in shown]
    others = (polygon for row in countries if row["iso3"] not in shown for polygon in row["polygons"])
    around = "".join(
        path(polygon, project) for polygon in others if _in_view(polygon[0]) and _area(polygon[0], project) > SPECK
    )
    return _drawing(rows, project, width, round((top - bottom) * scale), around, frozenset())


def _drawing(
    rows: Sequence[tuple[str, Sequence[Any], Sequence[float] | None]],
    project: Project, width: int, height: int, around: str, approximate: frozenset[str],
) -> Drawing:  # fmt: skip
    paths, dots, middles = {}, {}, {}
    for name, polygons, point in rows:
        areas = [_area(polygon[0], project) for polygon in polygons]
        seen = [p for p, area in zip(polygons, areas, strict=True) if area > SPECK or area == max(areas)]
        drawn = "".join(path(polygon, project) for polygon in seen)
        if drawn:
            paths[name] = drawn
        if point:
            x, y = project(point[0], point[1])
            middles[name] = (round(x, 1), round(y, 1))
            if sum(areas) < SMALL:
                dots[name] = middles[name]
    return Drawing(width, height, paths, dots, middles, around, approximate)


def _in_view(ring: Sequence[Sequence[float]]) -> bool:
    west, south, east, north = WORLD_BOUNDS
    return any(west < point[0] < east and south < point[1] < north for point in ring)


def path(polygon: Sequence[Sequence[Sequence[float]]], project: Project) -> str:
    """One polygon as SVG path data in whole and tenth pixels; rings that shrink to a point are left out."""
    pieces = []
    for ring in polygon:
        points: list[str] = []
        for longitude, latitude in ring:
            x, y = project(longitude, latitude)
            point = f"{x:.1f} {y:.1f}".replace(".0", "")
            if not points or points[-1] != point:
                points.append(point)
        if len(points) > 3:
            pieces.append(f"M{'L'.join(points[:-1] if points[0] == points[-1] else points)}Z")
    return "".join(pieces)


def _area(ring: Sequence[Sequence[float]], project: Project) -> float:
    """Square pixels inside a ring (shoelace)."""
    points = [project(longitude, latitude) for longitude, latitude in ring]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1], strict=True))) / 2


def equal_earth(longitude: float, latitude: float) -> tuple[float, float]:
    """Degrees to the Equal Earth plane (radii of the sphere)."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    squared = theta * theta
    sixth = squared**3
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(theta) / (
        3 * (9 * a4 * sixth * squared + 7 * a3 * sixth + 3 * a2 * squared + a1)
    )  # fmt: skip
    return x, theta * (a4 * sixth * squared + a3 * sixth + a2 * squared + a1)


def static_svg(drawing: Drawing, keys: Mapping[str, str], title: str, highlighted: str | None = None) -> str:
    """A map that stands alone, in the colours of the light theme: for the brief and as a file.

    keys: id -> band key (1 … 5, U); an id without one is drawn as no data. highlighted: gets a thick outline.
    """
    shapes = []
    for name in sorted(drawing.paths, key=lambda n: n == highlighted):
        fill = f"url(#b{keys[name]})" if name in keys else "#ffffff"
        width = 2.4 if name == highlighted else 0.7
        shapes.append(
            f'<path d="{drawing.paths[name]}" fill="{fill}" stroke="{bands.OUTLINE[0]}" stroke-width="{width}"/>'
        )
    for name, (x, y) in drawing.dots.items():
        fill = bands.LOOKS[keys[name]].light if name in keys else "#ffffff"
        shapes.append(f'<circle cx="{x}" cy="{y}" r="{DOT}" fill="{fill}" stroke="{bands.OUTLINE[0]}"/>')
    escaped = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.width} {drawing.height}" role="img">'
        f"<title>{escaped}</title><defs>{bands.static_patterns('b')}</defs>"
        f'<path d="{drawing.around}" fill="#eceae3" stroke="#c9c5b8" stroke-width="0.5"/>{"".join(shapes)}</svg>'
    )
