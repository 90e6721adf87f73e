"""The map on a page: an inline SVG of our own, chosen by pointer, keyboard or touch. No tiles, no foreign host.

Countries of the world first, then one country's regions: only what is shown is sent. The same rows stand beside the map
as a table on every page that has one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from assessment.read import Reader
from dashboard import bands, draw, router, shapes
from dashboard.page import Page

STATIC = Path(__file__).with_name("static")
LETTER = 6.2  # pixels a letter of a label takes, with room around it
HTML = f"""
<div class="map">
  <svg><defs>{bands.svg_patterns("rw-map-")}</defs>
    <path class="around" aria-hidden="true"></path>
    <g class="places" role="listbox"></g>
    <g class="ring" aria-hidden="true"></g>
    <g class="labels" aria-hidden="true"></g>
  </svg>
  <div class="hint" aria-hidden="true" hidden><strong></strong><em></em><span></span></div>
</div>
"""


@st.cache_resource(show_spinner=False)
def _component():  # type: ignore[no-untyped-def]
    """Registered once per process; the type of the renderer is not public."""
    style = (STATIC / "map.css").read_text(encoding="utf-8")
    code = router.GO + (STATIC / "map.js").read_text(encoding="utf-8")
    return st.components.v2.component("returnwatch_map", html=HTML, css=style, js=code)


def country_drawing(reader: Reader, iso3: str) -> shapes.Drawing:
    """The regions of a country as paths, drawn once per process. Raises NotFound."""
    return _drawings(reader, "country", iso3, lambda: shapes.of_country(reader.shapes(iso3)))


def world_drawing(reader: Reader, shown: frozenset[str]) -> shapes.Drawing:
    """The countries `shown` as paths, drawn once per process."""
    return _drawings(reader, "world", ",".join(sorted(shown)), lambda: shapes.of_world(reader.world(), shown))


_MADE: dict[tuple[str, str, Path | None], shapes.Drawing] = {}


def _drawings(reader: Reader, kind: str, name: str, make: Callable[[], shapes.Drawing]) -> shapes.Drawing:
    key = kind, name, reader.newer_outlines
    if key not in _MADE:  # two sessions may both draw it; they draw the same
        _MADE[key] = make()
    return _MADE[key]


def country_places(
    page: Page, rows: Sequence[Mapping[str, Any]], dimension: str, drawing: shapes.Drawing
) -> list[dict[str, Any]]:
    """The countries of `Reader.countries(dimension)` that are drawn, in the order of the rows (worst first)."""
    return [
        _place(page, row["iso3"], page.words.country(row), row, _counted(page, row), drawing)
        | {"href": draw.address(page, "situation", country=row["iso3"], dimension=dimension)}
        for row in rows
        if row["monitored"]
    ]


def region_places(
    page: Page, rows: Sequence[Mapping[str, Any]], dimension: str, drawing: shapes.Drawing
) -> list[dict[str, Any]]:
    """The regions of `Reader.regions(iso3, dimension)` in the order of the rows (worst first)."""
    return [
        _place(page, row["region_id"], page.words.of(row, "name"), dimension_of(row, dimension),
               page.words.of(row, "reason"), drawing)
        | {"href": draw.address(page, "region", region=row["region_id"])}
        for row in rows
    ]  # fmt: skip


def dimension_of(region: Mapping[str, Any], dimension: str) -> Mapping[str, Any]:
    """state, level, indicative_level of a region in short by a dimension or overall."""
    if dimension in region["dimensions"]:
        chosen: Mapping[str, Any] = region["dimensions"][dimension]
        return chosen
    deciding = region["dimensions"][region["reason_dimension"]]
    return {"state": region["overall_state"], "level": region["overall_level"],
            "indicative_level": deciding["indicative_level"]}  # fmt: skip


def _counted(page: Page, row: Mapping[str, Any]) -> str:
    """ "34 regions: 3 exceptional, 10 severe, 21 insufficient information"."""
    counts = row["level_counts"]
    parts = [
        f"{counts[key]} {bands.word(key, page.words.language).lower()}"
        for key in ("5", "4", bands.UNKNOWN, "3", "2", "1")
        if counts[key]
    ]
    return page.word("map.counted", regions=row["regions"], parts=", ".join(parts))


def _place(
    page: Page, name: str, shown: str, seen: Mapping[str, Any], reason: str, drawing: shapes.Drawing
) -> dict[str, Any]:
    key, severe = bands.key(seen), bands.known_severe(seen)
    word = bands.word(key, page.words.language)
    if severe:
        word = page.word("common.insufficient_known", word=word, known=bands.word(severe, page.words.language))
    return {
        "id": name,
        "name": shown or name,
        "path": drawing.paths.get(name, ""),
        "dot": drawing.dots.get(name),
        "middle": drawing.middles.get(name),
        "approximate": name in drawing.approximate,
        "fill": key + (severe or ""),
        "band": word,
        "reason": reason,
        "said": f"{shown or name}: {word}. {reason}",
    }


def show(
    page: Page, drawing: shapes.Drawing, places: Sequence[Mapping[str, Any]], *, title: str, selected: str = "",
    labels: bool = False,
) -> None:  # fmt: skip
    """Draw it; a choice leads to the place's `href`. labels: names on regions with room for them."""
    sent = [{**place, "label": place["name"] if labels and fits(place) else ""} for place in places]
    _component()(
        key="map",
        data={
            "drawn": f"{page.words.language}|{drawing.width}x{drawing.height}|{labels}|"
            + "|".join(place["id"] for place in sent),
            "width": drawing.width,
            "height": drawing.height,
            "around": drawing.around,
            "dot": shapes.DOT,
            "title": title,
            "selected": selected,
            "places": sent,
        },
        height="content",
    )


def fits(place: Mapping[str, Any]) -> bool:
    """True when the name fits into the width of the shape: a label over its neighbours would mislead."""
    if not place["path"]:
        return False
    across = [float(point.split(" ")[0]) for point in _points(place["path"])]
    return len(place["name"]) * LETTER < (max(across) - min(across)) * 0.8


def _points(path: str) -> list[str]:
    return path.replace("M", "L").replace("Z", "").split("L")[1:]


def svg_file(drawing: shapes.Drawing, places: Sequence[Mapping[str, Any]], title: str) -> bytes:
    """The map as a file that stands alone."""
    keys = {place["id"]: str(place["fill"])[:1] for place in places}
    return shapes.static_svg(drawing, keys, title).encode()


def maker(drawing: shapes.Drawing, places: Sequence[Mapping[str, Any]], title: str) -> Callable[[], bytes]:
    """`svg_file` when somebody asks for it."""
    return lambda: svg_file(drawing, places, title)
