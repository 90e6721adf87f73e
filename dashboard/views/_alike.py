"""Alerts that tell one change of one arrival point: one line, with every region behind it.

Only what is shown is gathered. Each region keeps an alert of its own with its evidence, deadline and decision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assessment.notify import arrival_change
from dashboard import draw
from dashboard.page import Page, escape

Row = Mapping[str, Any]


def gathered(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """One row per line, in the order of `rows`: the first of those alike, with all of them under `alike`.

    Alerts are alike only where they stand alike too (`state`, `mine`, `found_now`, disposition, where rows have them).
    """
    lines: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        change = arrival_change(row)
        standing = row.get("standing")
        stands = (row.get("state"), row.get("mine"), row.get("found_now"), standing and standing.disposition)
        key = (row["alert_id"],) if change is None else (*change, *stands)
        lines.setdefault(key, {**row, "alike": []})["alike"].append(row)
    return list(lines.values())


def regions(page: Page, rows: Sequence[Row], names: Mapping[str, str]) -> str:
    """How many regions one line concerns; unfolds to a link to the alert of each, by name."""
    named = sorted((names.get(row["region_id"], row["region_id"]), row["alert_id"]) for row in rows)
    links = ", ".join(draw.link(page, name, "alerts", alert=alert_id) for name, alert_id in named)
    said = escape(page.word("alerts.regions", count=len(named)))
    return f'<details class="rw-fold"><summary>{said}</summary>{links}</details>'
