"""Plots as inline SVG: text stays text, no script, colours that survive print and colour blindness."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

INK, MUTED, OURS, OTHER, LIMIT = "#1a1a1a", "#5a5a5a", "#005a9c", "#8a8a8a", "#b3261e"
ROW, LABEL, WIDTH = 24, 330, 800
Plot = dict[str, str]


def _svg(caption: str, body: Sequence[str], height: float, summary: str) -> Plot:
    head = (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(summary, quote=True)}" '
        'font-family="sans-serif" font-size="13">'
    )
    return {"caption": caption, "svg": head + "".join(body) + "</svg>"}


def _text(x: float, y: float, text: str, anchor: str = "start", colour: str = INK, size: int = 13) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">{escape(text)}</text>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1.0, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        f'stroke-width="{width:g}"{dashed}/>'
    )


def _ticks(high: float, count: int = 5) -> list[float]:
    """Round steps from 0 to at least `high`."""
    raw = max(high, 1e-9) / count
    power = 10.0 ** np.floor(np.log10(raw))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= raw - 1e-12)
    return [float(step * k) for k in range(int(np.ceil(high / step - 1e-9)) + 1)]


def dots(caption: str, rows: Sequence[tuple[str, float, Any, bool]], limit: float | None = None) -> Plot:
    """One row per forecast: label, value, interval (or None), whether it is ours. A dashed line is the limit."""
    highs = (
        [value for _, value, _, _ in rows] + [span[1] for _, _, span, _ in rows if span] + ([limit] if limit else [])
    )
    ticks = _ticks(max(highs, default=1.0))
    right, bottom = WIDTH - 70, 12 + ROW * len(rows)

    def at(value: float) -> float:
        return LABEL + (right - LABEL) * value / ticks[-1]

    body = [
        _line(at(t), 8, at(t), bottom, "#dddddd") + _text(at(t), bottom + 16, f"{t:g}", "middle", MUTED) for t in ticks
    ]
    if limit is not None:
        body.append(_line(at(limit), 4, at(limit), bottom + 4, LIMIT, 1.5, "5 4"))
    for number, (label, value, span, ours) in enumerate(rows):
        y = 8 + ROW * (number + 0.5)
        colour = OURS if ours else OTHER
        if span:
            body.append(_line(at(span[0]), y, at(span[1]), y, colour, 3 if ours else 2))
        body.append(f'<circle cx="{at(value):.1f}" cy="{y:.1f}" r="{6 if ours else 4.5}" fill="{colour}"/>')
        body.append(_text(LABEL - 10, y + 4, label, "end", INK if ours else MUTED))
        body.append(_text(WIDTH - 4, y + 4, f"{value:.3f}", "end", INK if ours else MUTED))
    return _svg(caption, body, bottom + 26, "; ".join(f"{label} {value:.3f}" for label, value, _, _ in rows))


def bars(caption: str, rows: Sequence[tuple[str, float]]) -> Plot:
    """Horizontal bars from zero, in the order given."""
    ticks = _ticks(max((value for _, value in rows), default=1.0))
    right, bottom = WIDTH - 70, 12 + ROW * len(rows)
    scale = (right - LABEL) / ticks[-1]
    body = [
        _line(LABEL + t * scale, 8, LABEL + t * scale, bottom, "#dddddd")
        + _text(LABEL + t * scale, bottom + 16, f"{t:g}", "middle", MUTED)
        for t in ticks
    ]
    for number, (label, value) in enumerate(rows):
        y = 8 + ROW * number
        body.append(
            f'<rect x="{LABEL}" y="{y + 4}" width="{max(value * scale, 0):.1f}" height="{ROW - 8}" fill="{OURS}"/>'
        )
        body.append(_text(LABEL - 10, y + 17, label, "end"))
        body.append(_text(LABEL + value * scale + 6, y + 17, f"{value:.3f}", "start", MUTED))
    return _svg(caption, body, bottom + 26, "; ".join(f"{label} {value:.3f}" for label, value in rows))


def levels(rows: Sequence[dict[str, Any]]) -> Plot:
    """Rate ahead per level on a log axis, with intervals: level 1 left, 5 right."""
    known = [row for row in rows if row["rate"]]
    low = min(
        [0.1] + [max(row["rate_interval"][0], 1e-3) if row.get("rate_interval") else row["rate"] for row in known]
    )
    high = max([1.0] + [row["rate_interval"][1] if row.get("rate_interval") else row["rate"] for row in known])
    first, last = int(np.floor(np.log10(low))), int(np.ceil(np.log10(high)))
    top, bottom, left = 16.0, 240.0, 70.0

    def at(value: float) -> float:
        return bottom - (np.log10(max(value, 10.0**first)) - first) / max(last - first, 1) * (bottom - top)

    body = [
        _line(left, at(10.0**k), WIDTH - 20, at(10.0**k), "#dddddd")
        + _text(left - 8, at(10.0**k) + 4, f"{10.0**k:g}", "end", MUTED)
        for k in range(first, last + 1)
    ]
    for row in rows:
        x = left + (WIDTH - 20 - left) * (row["level"] - 0.5) / 5
        body.append(_text(x, bottom + 20, f"{row['level']}", "middle"))
        body.append(_text(x, bottom + 38, f"n = {row['rows']:,}", "middle", MUTED, 12))
        if row["rate"]:
            if row.get("rate_interval"):
                body.append(_line(x, at(row["rate_interval"][0]), x, at(row["rate_interval"][1]), OURS, 3))
            body.append(f'<circle cx="{x:.1f}" cy="{at(row["rate"]):.1f}" r="6" fill="{OURS}"/>')
            body.append(_text(x + 12, at(row["rate"]) + 4, f"{row['rate']:.2f}"))
    return _svg("levels", body, bottom + 50, "; ".join(f"{r['level']}: {r['rate']}" for r in rows))


def line(caption: str, months: Any, values: Any, limit: float | None = None) -> Plot:
    """A monthly series as a stepped line with its limit dashed."""
    top, bottom, left, right = 14.0, 220.0, 50.0, WIDTH - 20.0
    ticks = _ticks(max([float(v) for v in values] + [limit or 0.0, 1.0]))
    n = max(len(values) - 1, 1)

    def at(k: int, value: float) -> tuple[float, float]:
        return left + (right - left) * k / n, bottom - (bottom - top) * value / ticks[-1]

    body = [
        _line(left, at(0, t)[1], right, at(0, t)[1], "#dddddd")
        + _text(left - 6, at(0, t)[1] + 4, f"{t:g}", "end", MUTED)
        for t in ticks
    ]
    for k, month in enumerate(months):
        if str(month).endswith("-01"):
            body.append(_text(at(k, 0)[0], bottom + 18, str(month)[:4], "middle", MUTED))
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(k, float(v)) for k, v in enumerate(values)))
    body.append(f'<polyline points="{points}" fill="none" stroke="{OURS}" stroke-width="1.8"/>')
    if limit is not None:
        body.append(_line(left, at(0, limit)[1], right, at(0, limit)[1], LIMIT, 1.5, "6 4"))
        body.append(_text(left + 4, at(0, limit)[1] - 5, f"{limit:.1f}", "start", LIMIT))
    return _svg(caption, body, bottom + 28, f"{len(values)} months, highest {max(values, default=0)}")


def reliability(caption: str, table: Sequence[dict[str, Any]]) -> Plot:
    """Stated chance against what happened; on the diagonal a chance is taken at its word."""
    left, top, size = 70.0, 10.0, 300.0
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
    body = [_line(left, top + size * (1 - t), left + size, top + size * (1 - t), "#dddddd")
            + _text(left - 8, top + size * (1 - t) + 4, f"{t:g}", "end", MUTED)
            + _text(left + size * t, top + size + 18, f"{t:g}", "middle", MUTED) for t in ticks]  # fmt: skip
    body.append(_line(left, top + size, left + size, top, MUTED, 1, "5 4"))
    spots = [(left + size * row["forecast"], top + size * (1 - row["happened"])) for row in table]
    body.append(f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in spots)}" fill="none" stroke="{OURS}"/>')
    body += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{OURS}"/>' for x, y in spots]
    body += [
        _text(
            left + size + 40,
            30 + 20 * k,
            f"{row['forecast']:.3f} → {row['happened']:.3f}   (n = {int(row['rows']):,})",
            colour=MUTED,
        )
        for k, row in enumerate(table)
    ]
    return _svg(caption, body, top + size + 30, "; ".join(f"{r['forecast']:.2f}: {r['happened']:.2f}" for r in table))
