"""A small published snapshot for the tests of the policy loop: three regions, three sources, runs written by hand.

No assessment is made: rows are written straight into the tables, so that a scene takes well under a second and each
test says what a run holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from assessment import store
from dashboard.pipeline import publish_now
from ingest.refresh_tools import Folders
from ingest.warehouse import Warehouse, append_rows

NOW = datetime(2026, 11, 23, 9, 0)
REGIONS = {"AF-BAL": ("AFG", "Balkh", "Balch"), "AF-HER": ("AFG", "Herat", None), "SO-BY": ("SOM", "Bay", None)}
COUNTRIES = {"AFG": "Afghanistan", "SOM": "Somalia"}
SOURCES = {"ipc": "ipc", "pts": "pts", "vdem": "vdem"}
DIMENSIONS = {"legal": ("L1", "pts", "pts:A|AFG"), "physical": ("P1", "vdem", "vdem:x|AFG"),
              "material": ("M4", "ipc", "ipc:AFG|2026")}  # fmt: skip
HOSTILE = "<script>window.taken = 1</script> [x](javascript:1) **b** $y$"


@dataclass(frozen=True)
class Run:
    """A run: every region at `level` suggests `category`. alerts, gates: regions that have one."""

    run_id: str
    as_of: date
    level: int = 3
    category: str = "A2"
    kind: str = "current"
    alerts: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    coverage: float = 0.9


def prepare(data: Path, runs: Sequence[Run], now: datetime = NOW) -> None:
    """Write warehouse and snapshot."""
    with Warehouse(Folders(data).warehouse).writer() as connection:
        store.prepare(connection)
        _reference(connection)
        _collected(connection, NOW - timedelta(days=60), value=40.0)
        for run in runs:
            add_run(connection, run, now)
    publish_now(data, now)


def add_run(connection: duckdb.DuckDBPyConnection, run: Run, now: datetime) -> None:
    """One run over all regions."""
    rows: dict[str, list[dict[str, Any]]] = {
        name: []
        for name in (
            "run", "region_result", "dimension_score", "reason", "indicator_value", "indicator_item", "gate_hit",
            "alert",
        )
    }  # fmt: skip
    rows["run"].append(
        {"run_id": run.run_id, "as_of": run.as_of, "kind": run.kind, "made_at": now, "framework_version": "2026.1",
         "framework_digest": "f" * 64, "code_version": "test", "seed": 1, "input_digest": run.run_id}
    )  # fmt: skip
    for region_id in REGIONS:
        for table, found in _of_region(run, region_id).items():
            rows[table] += found
    for table, found in rows.items():
        append_rows(connection, f"assessment.{table}", _filled(connection, table, found))


def _filled(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Columns that must hold something and that these tests do not look at: nothing, in the column's type."""
    needed = connection.execute(
        "SELECT column_name, data_type FROM duckdb_columns() "
        "WHERE schema_name = 'assessment' AND table_name = $table AND NOT is_nullable", {"table": table},
    ).fetchall()  # fmt: skip
    empty = {name: [] if kind.endswith("]") else "" if kind == "VARCHAR" else False if kind == "BOOLEAN" else 0
             for name, kind in needed}  # fmt: skip
    return [{**empty, **row} for row in rows]


def _of_region(run: Run, region_id: str) -> dict[str, list[dict[str, Any]]]:
    key = {"run_id": run.run_id, "region_id": region_id}
    said = {"text_en": f"Reason of {run.run_id}", "text_nl": f"Reden van {run.run_id}"}
    score = {1: 85.0, 2: 70.0, 3: 50.0, 4: 30.0, 5: 10.0}[run.level]
    found: dict[str, list[dict[str, Any]]] = {
        "region_result": [
            {**key, "overall_level": run.level, "suggested_category": run.category,
             "category_before_gates": run.category, "frozen": False, "sort_key": score, "blackout": False}
        ],
        "gate_hit": [
            {**key, "gate_id": "G1", "effect": "category", **said, "evidence_ids": ["pts:A|AFG"],
             "since": run.as_of, "expires": None}
        ] if region_id in run.gates else [],
        "alert": [
            {**key, "alert_id": f"alert-{region_id}", "rule": "sharp_rise", "direction": "worse", "series": "deaths",
             "statistic": 14.0, "baseline": 2.5, "p_value": 0.0004, "opened": run.as_of,
             "deadline": run.as_of + timedelta(days=2), **said, "evidence_ids": ["vdem:x|AFG"]}
        ] if region_id in run.alerts else [],
        "dimension_score": [], "reason": [], "indicator_value": [], "indicator_item": [],
    }  # fmt: skip
    for dimension, (indicator, source, evidence) in DIMENSIONS.items():
        found["dimension_score"].append(
            {**key, "dimension": dimension, "state": "assessed", "point": score,
             **dict.fromkeys(("p10", "p20", "p50", "p90"), score),
             "band_probability": [float(n == run.level) for n in range(1, 6)], "indicative_level": run.level,
             "level_before_gates": run.level, "level": run.level, "confidence": "moderate", "confidence_steps": [],
             "coverage": run.coverage, "freshness": run.as_of, "why_insufficient": [], "unknowns": ["P3"]}
        )  # fmt: skip
        found["reason"].append(
            {**key, "dimension": dimension, "rank": 1, "indicator_id": indicator, "contribution": 100.0 - score,
             **said, "evidence_ids": [evidence]}
        )  # fmt: skip
        found["indicator_value"].append(
            {**key, "indicator_id": indicator, "score": score, "sd": 5.0, "raw_value": 40.0, "origin": "own",
             "newest": run.as_of, "age_half_lives": 0.1, "n_eff": 1.0, "conflict": False}
        )  # fmt: skip
        found["indicator_item"].append(
            {**key, "indicator_id": indicator, "item_no": 0, "source_id": source, "origin_family": SOURCES[source],
             "kind": "number", "raw_value": 40.0, "score": score, "weight": 1.0, "geography": "own",
             "ref_end": run.as_of, "lapsed": False, "evidence_ids": [evidence]}
        )  # fmt: skip
    return found


def _reference(connection: duckdb.DuckDBPyConnection) -> None:
    base = {"neighbours": [], "has_shape": False, "population": 1e6}
    rows = [
        {"region_id": iso3, "iso3": iso3, "admin_level": 0, "parent_id": None, "name_en": name, "name_nl": name, **base}
        for iso3, name in COUNTRIES.items()
    ] + [
        {"region_id": region, "iso3": iso3, "admin_level": 1, "parent_id": iso3, "name_en": english, "name_nl": dutch,
         **base}
        for region, (iso3, english, dutch) in REGIONS.items()
    ]  # fmt: skip
    connection.execute("DELETE FROM region")
    append_rows(connection, "region", rows)
    append_rows(connection, "source", [_source(name, family) for name, family in SOURCES.items()])
    append_rows(connection, "variable", [
        {"variable": "measured", "family": "observation", "unit": "%", "meaning": "a measured share"}
    ])  # fmt: skip


def _source(name: str, family: str) -> dict[str, Any]:
    return {
        "source_id": name, "publisher": f"Publisher {name}", "what": "figures", "adapter": "none", "urls": [],
        "schedule": "0 0 * * *", "licence": "CC BY 4.0", "redistribution": "open", "reliability": "A", "credibility": 2,
        "origin_family": family, "local_family": False, "level": "country", "countries": ["*"], "known_bias": "none",
        "why_off": None, "min_rows": 0, "max_rows": 100,
    }  # fmt: skip


def _collected(connection: duckdb.DuckDBPyConnection, at: datetime, *, value: float) -> None:
    """An observation per source with its archived answer, and documents: two copies of one story, one hostile."""
    for _, source, evidence in DIMENSIONS.values():
        vintage(connection, source, evidence, at, value)
    documents = [
        ("ipc:doc-1", "Families flee fighting in Balkh", "Fighting drove families from Balkh city this week."),
        ("ipc:doc-2", f"Hostile {HOSTILE}", f"The text says {HOSTILE} and nothing more."),
    ]
    for name, title, text in documents:
        append_rows(connection, "document", [
            {"document_id": name, "source_id": "ipc", "row_digest": name, "title": title, "kind": "report",
             "url": f"https://ipc.example/{name[-1]}", "published": at, "language": "en", "text": text,
             "countries": ["AFG"], "topics": [], "attachments": [], "attributes": "{}", "retrieved_at": at,
             "known_at": at, "known_basis": "retrieved", "run_id": "r", "answer_digest": "d-ipc"}
        ])  # fmt: skip
    append_rows(connection, "event", [
        {"event_id": "vdem:event-1", "source_id": "vdem", "row_digest": "e", "kind": "state_based", "iso3": "AFG",
         "region_id": "AF-BAL", "precision": "point", "place_name": "Mazar", "ref_start": at.date(),
         "ref_end": at.date(), "deaths_best": 14.0, "actors": [], "title": "Clash near Mazar", "attributes": "{}",
         "url": "https://vdem.example/e", "retrieved_at": at, "known_at": at, "known_basis": "retrieved", "run_id": "r",
         "answer_digest": "d-vdem"}
    ])  # fmt: skip


def vintage(connection: duckdb.DuckDBPyConnection, source: str, evidence: str, at: datetime, value: float) -> None:
    """One vintage of an observation and the answer it came with; an earlier one is closed."""
    digest = f"d-{source}" if at < NOW else f"d-{source}-{at:%Y%m%d}"
    connection.execute(
        "UPDATE observation SET superseded_at = $at WHERE observation_id = $id AND superseded_at IS NULL",
        {"at": at, "id": evidence},
    )
    append_rows(connection, "observation", [
        {"observation_id": evidence, "source_id": source, "row_digest": f"{value}", "variable": "measured",
         "iso3": "AFG", "region_id": "AF-BAL", "precision": "region", "ref_start": at.date(), "ref_end": at.date(),
         "published": at, "value": value, "dimensions": "{}", "projection": False, "retrieved_at": at, "known_at": at,
         "known_basis": "retrieved", "run_id": "r", "answer_digest": digest}
    ])  # fmt: skip
    append_rows(connection, "answer", [
        {"digest": digest, "source_id": source, "url": f"https://{source}.example/data", "status": 200, "bytes": 10,
         "retrieved_at": at, "warc_file": "returnwatch-000001.warc.gz", "warc_record_id": "<urn:uuid:1>",
         "warc_offset": 0, "run_id": "r"}
    ])  # fmt: skip
