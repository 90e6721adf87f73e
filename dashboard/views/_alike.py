"""Alerts of one cause on one line (`assessment.read_alerts`): how many regions there are, each with its own alert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import draw
from dashboard.page import Page, escape

Row = Mapping[str, Any]


def regions(page: Page, rows: Sequence[Row], names: Mapping[str, str]) -> str:
    """How many regions one line concerns; unfolds to a link to the alert of each, by name."""
    named = sorted((names.get(row["region_id"], row["region_id"]), row["alert_id"]) for row in rows)
    links = ", ".join(draw.link(page, name, "alerts", alert=alert_id) for name, alert_id in named)
    said = escape(page.word("alerts.regions", count=len(named)))
    return f'<details class="rw-fold"><summary>{said}</summary>{links}</details>'
