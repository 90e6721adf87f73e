"""Rows written straight into an assessment: situations the moved figures do not hold, and hostile words everywhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import duckdb

from ingest.warehouse import append_rows
from tests.browser.documents import HOSTILE

HOSTILE_REGION = "AF-KAN"  # its name and its sentences are hostile
REGION = "AF-BAL"
QUOTE = "Written for the tests: nobody should be returned to this province while the fighting goes on."
QUOTE_NL = "Geschreven voor de tests: niemand hoort naar deze provincie terug te gaan zolang er wordt gevochten."


def add(connection: duckdb.DuckDBPyConnection, now: datetime, hostile: bool = True) -> None:
    """Alerts that are new, late and better; a gate, a position, a name and sentences that are hostile."""
    run_id = connection.execute("SELECT run_id FROM assessment.latest_run").fetchall()[0][0]
    evidence = connection.execute(
        "SELECT evidence_ids FROM assessment.reason WHERE run_id = ? AND region_id = ? ORDER BY rank LIMIT 1",
        [run_id, REGION],
    ).fetchall()[0][0][:2]
    for table, rows in _rows(run_id, now, evidence).items():
        kept = [row for row in rows if hostile or HOSTILE not in row.values()]
        append_rows(connection, f"assessment.{table}", kept)
    if hostile:
        _spoil(connection)


def _spoil(connection: duckdb.DuckDBPyConnection) -> None:
    """Hostile words where a page shows names, titles, quotes and reasons."""
    # Feeds lose their markup when they are read; other formats may not, and a page must not rely on it.
    for statement in (
        "UPDATE document SET title = $text, summary = $text || ' ' || summary WHERE title LIKE '[press here]%'",
        "UPDATE evidence.claim SET quote = $text WHERE document_id = (SELECT max(document_id) FROM document"
        " WHERE title = $text)",
    ):
        connection.execute(statement, {"text": HOSTILE})
    connection.execute(
        "UPDATE region SET name_en = $name, name_nl = $name WHERE region_id = $region_id",
        {"name": f"Kandahar {HOSTILE}", "region_id": HOSTILE_REGION},
    )
    connection.execute(
        """
        UPDATE assessment.reason
        SET text_en = $text || text_en, text_nl = $text || text_nl
        WHERE region_id = $region_id
        """,
        {"text": HOSTILE, "region_id": HOSTILE_REGION},
    )


def _rows(run_id: str, now: datetime, evidence: list[str]) -> dict[str, list[dict[str, Any]]]:
    today = now.date()
    run = {"run_id": run_id}
    said = {
        "text_en": QUOTE,
        "text_nl": "Geschreven voor de tests: niemand hoort terug te gaan zolang er wordt gevochten.",
    }
    hostile = {"text_en": HOSTILE, "text_nl": HOSTILE}
    alert = {**run, "direction": "worse", "series": "deaths", "statistic": 14.0, "baseline": 2.5, "p_value": 0.0004,
             "evidence_ids": evidence}  # fmt: skip
    return {
        "gate_hit": [
            {**run, "region_id": HOSTILE_REGION, "gate_id": "G1", "effect": "category", **hostile,
             "evidence_ids": evidence, "since": today - timedelta(days=200), "expires": None},
        ],
        "alert": [
            {**alert, "alert_id": "browser-worse", "region_id": REGION, "rule": "sharp_rise",
             "opened": today - timedelta(days=2), "deadline": today + timedelta(days=3), **said},
            {**alert, "alert_id": "browser-better", "region_id": "AF-HER", "rule": "level_better",
             "direction": "better", "opened": today - timedelta(days=9),
             "deadline": today + timedelta(days=20), **said},
            {**alert, "alert_id": "browser-late", "region_id": "SO-BY", "rule": "qualitative",
             "opened": today - timedelta(days=30), "deadline": today - timedelta(days=1), **said},
            {**alert, "alert_id": "browser-hostile", "region_id": HOSTILE_REGION, "rule": "sharp_rise",
             "opened": today - timedelta(days=1), "deadline": today + timedelta(days=6), **hostile},
        ],
        "official_position": [
            {"position_id": "browser-hostile", "authority": "NL", "iso3": "AFG", "region_id": HOSTILE_REGION,
             "kind": "stance", "level": None, "quote": HOSTILE, "url": "javascript:window.taken=1",
             "valid_from": today - timedelta(days=30), "valid_to": None, "verified_by": "analyst",
             "known_at": today - timedelta(days=30)},
        ],
    }  # fmt: skip
