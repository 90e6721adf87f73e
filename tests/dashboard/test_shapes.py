"""Geometry to paths: everything inside the box, borders that meet, small places as dots, areas that hold."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree

import pytest

from assessment import read_shapes
from assessment.read_query import NotFound
from dashboard import bands, shapes
from ingest import reference

NUMBERS = re.compile(r"-?\d+\.?\d*")
MONITORED = sorted(c.iso3 for c in reference.countries(reference.shipped_folder()) if c.monitored)


def numbers(path: str) -> list[float]:
    return [float(number) for number in NUMBERS.findall(path)]


@pytest.mark.parametrize("iso3", ["AFG", "GMB", "PSE", "SYR"])
def test_every_region_of_a_country_is_drawn_inside_the_box(iso3: str) -> None:
    drawing = shapes.of_country(read_shapes.shapes(iso3))
    known = {r.region_id for r in reference.regions(reference.shipped_folder()) if r.iso3 == iso3}
    assert set(drawing.paths) | set(drawing.dots) == known
    assert set(drawing.middles) == known
    for path in drawing.paths.values():
        found = numbers(path)
        assert all(0 <= x <= drawing.width for x in found[0::2])
        assert all(0 <= y <= drawing.height for y in found[1::2])
    assert drawing.width <= 720
    assert drawing.height <= 620


def test_every_monitored_country_has_a_drawing_and_the_world_shows_it() -> None:
    drawn = shapes.of_world(read_shapes.world(), frozenset(MONITORED))
    assert set(drawn.paths) == set(MONITORED)
    assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in drawn.middles.values())
    assert sum(map(len, drawn.paths.values())) + len(drawn.around) < 350_000  # characters sent to the browser
    assert "GMB" in drawn.dots
    assert "SDN" not in drawn.dots


def test_neighbours_share_their_border_to_the_pixel() -> None:
    drawing = shapes.of_country(read_shapes.shapes("AFG"))
    pairs = [set(re.findall(r"[\d.]+ [\d.]+", drawing.paths[name])) for name in ("AF-BAL", "AF-SAM")]
    assert len(pairs[0] & pairs[1]) > 5


def test_a_country_across_the_180th_meridian_lies_in_one_piece() -> None:
    found = read_shapes.shapes("RUS")
    assert found["bounds"][0] > 0
    assert 180 < found["bounds"][2] < 200


def test_an_unknown_country_says_what_to_give() -> None:
    with pytest.raises(NotFound, match="three letters"):
        read_shapes.shapes("XXX")


def test_a_region_without_a_shape_becomes_a_dot() -> None:
    row = {"region_id": "XX-1", "polygons": [], "point": [1.0, 1.0], "approximate": False}
    none: dict[str, object] = {"region_id": "XX-2", "polygons": [], "point": None, "approximate": False}
    drawing = shapes.of_country({"bounds": (0.0, 0.0, 2.0, 2.0), "regions": [row, none], "around": []})
    assert drawing.paths == {}
    assert set(drawing.dots) == {"XX-1"}


def test_rings_that_shrink_to_a_point_are_left_out() -> None:
    def identity(x: float, y: float) -> tuple[float, float]:
        return x, y

    tiny: list[list[list[float]]] = [[[0, 0], [0.01, 0], [0.01, 0.01], [0, 0]]]
    assert shapes.path(tiny, identity) == ""
    square: list[list[list[float]]] = [[[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]]
    assert shapes.path(square, identity) == "M0 0L10 0L10 10L0 10Z"


def test_equal_earth_keeps_areas() -> None:
    def cell(latitude: float) -> float:
        h = 0.01
        box = ((0, latitude), (h, latitude), (h, latitude + h), (0, latitude + h))
        corners = [shapes.equal_earth(x, y) for x, y in box]
        pairs = zip(corners, corners[1:] + corners[:1], strict=True)
        return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2 / math.cos(math.radians(latitude + h / 2))

    assert cell(60) == pytest.approx(cell(0), rel=1e-3)
    assert shapes.equal_earth(0, 0) == (0, 0)


def test_the_map_as_a_file_is_xml_with_title_patterns_and_hostile_text_as_text() -> None:
    drawing = shapes.of_country(read_shapes.shapes("GMB"))
    names = sorted(drawing.paths)
    keys = {name: bands.KEYS[n % len(bands.KEYS)] for n, name in enumerate(names[1:])}
    text = shapes.static_svg(drawing, keys, '</title><script>alert("x")</script>', highlighted=names[0])
    root = ElementTree.fromstring(text)
    spaced = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{spaced}title").text == '</title><script>alert("x")</script>'  # type: ignore[union-attr]
    assert not list(root.iter(f"{spaced}script"))
    defined = {pattern.get("id") for pattern in root.iter(f"{spaced}pattern")}
    used = set(re.findall(r"url\(#(\w+)\)", text))
    assert used <= defined
    assert text.count('stroke-width="2.4"') == 1
    assert "var(" not in text
