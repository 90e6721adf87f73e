"""Charts as SVG text: trends with intervals, contributions, levels over time, counts per month. Pure and offline.

A gap is drawn as a gap, never bridged. Colours are custom properties of the style sheet with the light theme's colour
behind them, so that the same text follows the theme on the page and stands alone as a file. Outside text is escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from typing import Any

from dashboard import bands
from dashboard.page import escape

Row = Mapping[str, Any]
WIDE, HIGH = 380, 210  # of one panel, pixels
LEFT, RIGHT, TOP, BOTTOM = 30, 10, 30, 26  # margins of the drawing
INK = "var(--rw-ink, #1c232b)"
SOFT = "var(--rw-ink-soft, #4a5561)"
LINE = "var(--rw-line, #d6d2c6)"
ACCENT = "var(--rw-accent, #1f4e79)"
BAD = "var(--rw-bad, #8f2419)"
STARTS = ((80, "1"), (60, "2"), (40, "3"), (20, "4"), (0, "5"))  # lowest score of each band


@dataclass(frozen=True)
class Axis:
    """From a value to pixels, along one side."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Pixels of a value; the middle when the axis has no length."""
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def panel(title: str, said: str, body: str, width: int = WIDE, height: int = HIGH) -> str:
    """One SVG with its heading; `said` is what a screen reader reads in place of the drawing."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(said)}" font-family="Source Sans, system-ui, sans-serif" font-size="11">'
        f'<text x="0" y="14" font-size="13" font-weight="600" fill="{INK}">{escape(title)}</text>{body}</svg>'
    )


def trend(rows: Sequence[Row], title: str, said: str, day: Callable[[date], str]) -> str:
    """Score 0-100 over time (100: nothing known against it): middle line, 80 % interval, bands behind, gaps as gaps.

    rows: as `Reader.trend` gives them, oldest first. A hollow dot: insufficient information.
    """
    if not rows:
        return panel(title, said, "")
    days = [row["as_of"].toordinal() for row in rows]
    x, y = Axis(min(days), max(days), LEFT, WIDE - RIGHT), Axis(0, 100, HIGH - BOTTOM, TOP)
    parts = [_bands(y)]
    for known, group in groupby(rows, key=lambda row: row["p50"] is not None):
        if known:
            parts.append(_stretch(list(group), x, y))
    parts.append(_days(rows[0]["as_of"], rows[-1]["as_of"], day))
    return panel(title, said, "".join(parts))


def _bands(y: Axis) -> str:
    """The five bands as ground, each with its number."""
    found, top = [], 100
    for low, key in STARTS:
        found.append(
            f'<rect x="{LEFT}" y="{y.at(top):.1f}" width="{WIDE - LEFT - RIGHT}" height="{y.at(low) - y.at(top):.1f}" '
            f'fill="var(--rw-band-{key}, {bands.LOOKS[key].light})" fill-opacity="0.28"/>'
            f'<text x="{LEFT - 8}" y="{(y.at(top) + y.at(low)) / 2 + 4:.1f}" text-anchor="end" '
            f'fill="{SOFT}">{key}</text>'
        )
        top = low
    return "".join(found)


def _stretch(rows: Sequence[Row], x: Axis, y: Axis) -> str:
    """One unbroken stretch: interval, line, dots."""
    across = [x.at(row["as_of"].toordinal()) for row in rows]
    upper = [f"{a:.1f} {y.at(row['p90']):.1f}" for a, row in zip(across, rows, strict=True)]
    lower = [f"{a:.1f} {y.at(row['p10']):.1f}" for a, row in zip(across, rows, strict=True)]
    middle = [f"{a:.1f} {y.at(row['p50']):.1f}" for a, row in zip(across, rows, strict=True)]
    if len(rows) == 1:  # one moment: a bar shows its interval
        found = f'<path d="M{lower[0]}L{upper[0]}" stroke="{ACCENT}" stroke-opacity="0.45" stroke-width="5"/>'
    else:
        found = (
            f'<path d="M{"L".join(upper + lower[::-1])}Z" fill="{ACCENT}" fill-opacity="0.28"/>'
            f'<path d="M{"L".join(middle)}" fill="none" stroke="{ACCENT}" stroke-width="2"/>'
        )
    for point, row in zip(middle, rows, strict=True):
        cx, cy = point.split(" ")
        fill = "var(--rw-card, #ffffff)" if row["state"] == "insufficient" else ACCENT
        found += f'<circle cx="{cx}" cy="{cy}" r="3" fill="{fill}" stroke="{ACCENT}" stroke-width="1.5"/>'
    return found


def _days(first: date, last: date, day: Callable[[date], str]) -> str:
    base = HIGH - 8
    start = f'<text x="{LEFT}" y="{base}" fill="{SOFT}">{escape(day(first))}</text>'
    if first == last:
        return start
    return f'{start}<text x="{WIDE - RIGHT}" y="{base}" text-anchor="end" fill="{SOFT}">{escape(day(last))}</text>'


def contributions(parts: Sequence[tuple[str, float]], title: str, said: str, number: Callable[[float], str]) -> str:
    """Bars to the left (worse) and right (better) of zero, one per part, largest first."""
    most = max((abs(value) for _, value in parts), default=0) or 1
    line, middle, half = 34, WIDE / 2, WIDE / 2 - 44
    found = []
    for row, (name, value) in enumerate(parts):
        top = TOP + row * line
        length = abs(value) / most * half
        left = middle - length if value < 0 else middle
        side, anchor = (left - 4, "end") if value < 0 else (left + length + 4, "start")
        found.append(
            f'<text x="{middle}" y="{top + 9}" text-anchor="middle" fill="{INK}">{escape(_short(name, 62))}</text>'
            f'<path d="M{middle} {top + 12}v14" stroke="{SOFT}" stroke-width="1"/>'
            f'<rect x="{left:.1f}" y="{top + 13}" width="{max(length, 1):.1f}" height="12" rx="1" '
            f'fill="{BAD if value < 0 else ACCENT}"/>'
            f'<text x="{side:.1f}" y="{top + 23}" text-anchor="{anchor}" fill="{INK}">{escape(number(value))}</text>'
        )
    return panel(title, said, "".join(found), height=TOP + line * len(parts) + 8)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def months(
    rows: Sequence[Row], key: str, title: str, said: str, day: Callable[[date], str], number: Callable[[float], str]
) -> str:
    """Columns per month (`month`, `covered`); a month nobody covers is hatched: no figure is not zero."""
    width, height = 2 * WIDE, HIGH
    if not rows:
        return panel(title, said, "", width)
    most = max((row[key] or 0 for row in rows), default=0) or 1
    x, y = Axis(0, len(rows), LEFT + 14, width - RIGHT), Axis(0, most, height - BOTTOM, TOP)
    step = x.at(1) - x.at(0)
    found = [_hatch(), _scale(y, most, width, number)]
    for place, row in enumerate(rows):
        left, wide = x.at(place) + step * 0.1, step * 0.8
        if row[key] is None:
            found.append(
                f'<rect x="{left:.1f}" y="{TOP}" width="{wide:.1f}" height="{y.start - TOP}" fill="url(#rw-gap)"/>'
            )
            continue
        top = y.at(row[key])
        found.append(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{max(y.start - top, 0.8):.1f}" '
            f'fill="{BAD}">'
            f"<title>{escape(day(row['month']))}: {escape(number(row[key]))}</title></rect>"
        )
    for place in range(0, len(rows), 6):
        found.append(
            f'<text x="{x.at(place):.1f}" y="{height - 8}" fill="{SOFT}">{escape(day(rows[place]["month"]))}</text>'
        )
    return panel(title, said, "".join(found), width)


def _hatch() -> str:
    return (
        '<defs><pattern id="rw-gap" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<path d="M-1 7L7-1M-1 1L1-1M5 7L7 5" stroke="{SOFT}" stroke-opacity="0.5" stroke-width="1"/></pattern></defs>'
    )


def _scale(y: Axis, most: float, width: int, number: Callable[[float], str]) -> str:
    return "".join(
        f'<path d="M{LEFT + 14} {y.at(value):.1f}H{width - RIGHT}" stroke="{LINE}" stroke-width="1"/>'
        f'<text x="{LEFT + 8}" y="{y.at(value) + 4:.1f}" text-anchor="end" fill="{SOFT}">{escape(number(value))}</text>'
        for value in (0, most)
    )


def levels(rows: Sequence[Row], title: str, said: str, day: Callable[[date], str]) -> str:
    """Regions of a country per level over time: a column per assessed day, stacked, worst at the bottom."""
    if not rows:
        return panel(title, said, "")
    days = [row["as_of"].toordinal() for row in rows]
    step = min((b - a for a, b in pairwise(days)), default=30)
    wide = max(3.0, min(26.0, (WIDE - LEFT - RIGHT) * step / max(days[-1] - days[0] + step, 1) * 0.8))
    x = Axis(days[0], days[-1], LEFT + wide / 2, WIDE - RIGHT - wide / 2)
    found = [f"<defs>{bands.static_patterns('rw-level-', themed=True)}</defs>"]
    for row, number in zip(rows, days, strict=True):
        counts, bottom = row["level_counts"], float(HIGH - BOTTOM)
        whole = sum(counts.values()) or 1
        for key in ("5", "4", bands.UNKNOWN, "3", "2", "1"):
            high = counts.get(key, 0) / whole * (HIGH - BOTTOM - TOP)
            if high:
                bottom -= high
                found.append(
                    f'<rect x="{x.at(number) - wide / 2:.1f}" y="{bottom:.1f}" width="{wide:.1f}" height="{high:.1f}" '
                    f'fill="url(#rw-level-{key})" stroke="var(--rw-outline, {bands.OUTLINE[0]})" stroke-width="0.5"/>'
                )
    found.append(_days(rows[0]["as_of"], rows[-1]["as_of"], day))
    return panel(title, said, "".join(found))


def timeline(rows: Sequence[tuple[date, int, str]], title: str, said: str, day: Callable[[date], str]) -> str:
    """Stories on a line of time: (day, independent origins, title); a larger dot has more origins."""
    width, height = 2 * WIDE, 92
    if not rows:
        return panel(title, said, "", width, height)
    days = [row[0].toordinal() for row in rows]
    x = Axis(min(days), max(days), LEFT, width - LEFT)
    found = [f'<path d="M{LEFT} 52H{width - LEFT}" stroke="{SOFT}" stroke-width="1"/>']
    for (when, origins, name), number in zip(rows, days, strict=True):
        found.append(
            f'<circle cx="{x.at(number):.1f}" cy="52" r="{min(4 + 2 * origins, 14)}" fill="{ACCENT}" '
            f'fill-opacity="0.55" stroke="{ACCENT}"><title>{escape(day(when))}: {escape(name)}</title></circle>'
        )
    ends = [(LEFT, "start", min(days)), (width - LEFT, "end", max(days))]
    for at, anchor, number in ends[: 1 if min(days) == max(days) else 2]:
        said_day = escape(day(date.fromordinal(number)))
        found.append(f'<text x="{at}" y="84" text-anchor="{anchor}" fill="{SOFT}">{said_day}</text>')
    return panel(title, said, "".join(found), width, height)
