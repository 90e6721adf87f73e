"""How a band looks, in one place for pages, map, charts and brief: colour for light and dark, pattern, word.

Lightness falls with severity, so the order survives printing in grey and colour-vision deficiencies; the pattern and
the word say the same again. There is no green: a low band means that no general obstacle is known, nothing more.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessment import framework

UNKNOWN = "U"  # insufficient information
LEVELS = ("1", "2", "3", "4", "5")
KEYS = (*LEVELS, UNKNOWN)
SEVERE = 4  # from this level on, what is known of an insufficient dimension is shown too


@dataclass(frozen=True)
class Look:
    """One band: fill and ink (text on the fill, strokes of the pattern) as #rrggbb for both themes, and its tile."""

    light: str
    light_ink: str
    dark: str
    dark_ink: str
    tile: str  # SVG strokes on a tile of 8 x 8, drawn over the fill; "" for none


LOOKS: Mapping[str, Look] = {
    "1": Look("#f4ecd2", "#1c232b", "#f7efd8", "#1c232b", ""),
    "2": Look("#efc878", "#1c232b", "#ecc36c", "#1c232b", "M2 1.2v1.6M6 5.2v1.6"),
    "3": Look("#dd8a45", "#1c1408", "#dc8540", "#1c1408", "M0 2h8M0 6h8"),
    "4": Look("#b23a2e", "#ffffff", "#bb4034", "#ffffff", "M-1 3L3-1M-1 7L7-1M-1 11L11-1M3 11L11 3M7 11L11 7"),
    "5": Look("#591a3c", "#ffffff", "#591a3c", "#ffffff", "M0 0L8 8M0 8L8 0M4-4L12 4M-4 4L4 12M4 12L12 4M-4 4L4-4"),
    UNKNOWN: Look("#c9d3e0", "#1c232b", "#4d6178", "#ffffff", "M-1-1L9 9M-1 7L1 9M7-1L9 1"),
}
HATCH = ("#4f5c6b", "#d3dde8")  # strokes over "insufficient information", light and dark
OUTLINE = ("#3c4652", "#c3ccd6")  # border of a region or a swatch, light and dark


def key(dimension: Mapping[str, Any]) -> str:
    """1 … 5, or U when the state is insufficient. Takes a dimension (`state`, `level`) of the reading functions."""
    return UNKNOWN if dimension["state"] == "insufficient" else str(dimension["level"])


def overall_key(region: Mapping[str, Any]) -> str:
    """The same for a region in short (`overall_state`, `overall_level`)."""
    return UNKNOWN if region["overall_state"] == "insufficient" else str(region["overall_level"])


def known_severe(dimension: Mapping[str, Any]) -> str | None:
    """The level (4 or 5) that the known part of an insufficient dimension points to; None when it is milder.

    What is known may warn; it never makes an unknown look better.
    """
    level = dimension.get("indicative_level")
    return str(level) if dimension["state"] == "insufficient" and level and level >= SEVERE else None


@functools.cache
def _framework() -> framework.Framework:
    return framework.load()


@functools.cache
def word(band: str, language: str) -> str:
    """The band's name as the framework states it."""
    bands = _framework().raw["bands"]
    if band == UNKNOWN:
        return str(bands["unknown"][language])
    return str(next(entry for entry in bands["level"] if str(entry["level"]) == band)[language])


def stated(table: str, name: str, language: str) -> str:
    """A word of the framework: `stated("confidence", "low", "nl")`, `stated("advice", "A1", "en")`. Raises KeyError."""
    return str(_framework().raw[table][name][language])


def dimension(name: str, language: str) -> str:
    """A dimension's name as the framework states it."""
    return str(_framework().raw["dimension"][name][language])


def treated_as() -> int:
    """The level that insufficient information counts as."""
    return int(_framework().raw["bands"]["unknown"]["treated_as"])


def css() -> str:
    """Custom properties for the style sheet: --rw-band-N, --rw-band-N-ink, --rw-pattern-N (an image), …"""
    lines = []
    for name, look in LOOKS.items():
        lines.append(f"--rw-band-{name}: light-dark({look.light}, {look.dark});")
        lines.append(f"--rw-band-{name}-ink: light-dark({look.light_ink}, {look.dark_ink});")
        if (
            look.tile and name != UNKNOWN
        ):  # an image cannot follow the theme; the hatch of U is drawn by the style sheet
            lines.append(f"--rw-pattern-{name}: {_image(look.tile, look.light_ink)};")
    lines.append(f"--rw-hatch: light-dark({HATCH[0]}, {HATCH[1]});")
    lines.append(f"--rw-outline: light-dark({OUTLINE[0]}, {OUTLINE[1]});")
    return ":root {" + "".join(lines) + "}"


def _image(tile: str, stroke: str) -> str:
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'>"
        f"<path d='{tile}' stroke='{stroke}' stroke-width='1.1' stroke-opacity='0.75' fill='none'/></svg>"
    )
    encoded = svg.replace("#", "%23").replace("<", "%3C").replace(">", "%3E")
    return f'url("data:image/svg+xml,{encoded}")'


def svg_patterns(prefix: str) -> str:
    """<pattern> elements `{prefix}1` … `{prefix}5`, `{prefix}U`, `{prefix}U4`, `{prefix}U5` with their fills.

    Colours are the custom properties of `css`, so that they follow the theme.
    """
    found = []
    for name, look in LOOKS.items():
        ink = "var(--rw-hatch)" if name == UNKNOWN else f"var(--rw-band-{name}-ink)"
        found.append(_pattern(prefix + name, name, look.tile, ink, 1.1, 0.55))
    for name in ("4", "5"):
        found.append(_pattern(f"{prefix}U{name}", UNKNOWN, LOOKS[UNKNOWN].tile, f"var(--rw-band-{name})", 2.6, 1.0))
    return "".join(found)


def _pattern(name: str, fill: str, tile: str, ink: str, width: float, opacity: float) -> str:
    return (
        f'<pattern id="{name}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" style="fill:var(--rw-band-{fill})"/>'
        f'<path d="{tile}" style="stroke:{ink};stroke-width:{width};stroke-opacity:{opacity};fill:none"/></pattern>'
    )


def static_patterns(prefix: str, themed: bool = False) -> str:
    """The same for a file that stands alone, with the colours of the light theme written in.

    themed: the custom properties come first, so that the same text follows the theme on a page.
    """

    def colour(name: str, plain: str) -> str:
        return f"var(--rw-{name}, {plain})" if themed else plain

    found = []
    for name, look in LOOKS.items():
        ink = colour("hatch", HATCH[0]) if name == UNKNOWN else colour(f"band-{name}-ink", look.light_ink)
        found.append(
            f'<pattern id="{prefix}{name}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" fill="{colour(f"band-{name}", look.light)}"/>'
            f'<path d="{look.tile}" stroke="{ink}" stroke-width="1.1" stroke-opacity="0.55" fill="none"/></pattern>'
        )
    return "".join(found)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two #rrggbb colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _linear(colour: str) -> tuple[float, float, float]:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
