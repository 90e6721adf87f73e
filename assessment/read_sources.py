"""How the sources do, what went wrong with a remedy, and the method as it is stated in framework.toml."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from assessment import indicators
from assessment.framework import DIMENSIONS, Indicator
from assessment.read_query import Query, Row, runs
from ingest.catalog import Source
from ingest.health import health


def sources(query: Query, catalog: Mapping[str, Source] | None, now: datetime) -> list[Row]:
    """One row per source, in order of its id, with its state at `now` (naive UTC), rows in the snapshot and issues.

    state: fine | quiet | stale | broken | disabled | never. must_have: iso3 a complete answer contains; None without a
    catalog. rows: current rows of any kind. last_good: end of the last run that reached it.
    """
    listed = query.rows("SELECT * FROM source ORDER BY source_id")
    kept = query.remembered("catalog", lambda: {row["source_id"]: _of_row(row) for row in listed})
    known = {name: (catalog or {}).get(name, source) for name, source in kept.items()}
    states = {state.source_id: asdict(state) for state in health(query.cursor, known, now)}
    counts = _counts(query)
    last = {
        row["source_id"]: row["last_good"]
        for row in query.rows(
            """
            SELECT source_id, max(ended_at) AS last_good
            FROM source_run
            WHERE state NOT IN ('failed', 'offline')
            GROUP BY source_id
            """
        )
    }
    found = []
    for row in listed:
        name = row["source_id"]
        state = states[name]
        found.append(
            {
                **{key: value for key, value in row.items() if key not in ("adapter", "why_off")},
                **{key: state[key] for key in ("state", "since", "message", "remedy", "last_news", "next_turn")},
                "last_good": last.get(name),
                "must_have": list(known[name].must_have) if catalog and name in catalog else None,
                **counts.get(name, {"rows": 0, "issues": 0}),
            }
        )
    return found


def _of_row(row: Mapping[str, Any]) -> Source:
    """A catalog entry from what the snapshot keeps of it: enough for its rhythm and state."""
    kept = ("publisher", "what", "adapter", "urls", "schedule", "licence", "redistribution", "reliability",
            "credibility", "origin_family", "countries", "level", "known_bias", "min_rows", "max_rows")  # fmt: skip
    return Source(id=row["source_id"], disabled=row["why_off"], **{name: row[name] for name in kept})


def _counts(query: Query) -> dict[str, Row]:
    """{source_id: {"rows", "issues"}}; counted once per snapshot."""
    if "counts" not in query.memory:
        counted = query.rows(
            """
            SELECT source_id, sum(rows)::BIGINT AS rows, sum(issues)::BIGINT AS issues
            FROM (
                SELECT source_id, count(*) AS rows, 0 AS issues FROM observation
                WHERE superseded_at IS NULL GROUP BY source_id
                UNION ALL
                SELECT source_id, count(*), 0 FROM event WHERE superseded_at IS NULL GROUP BY source_id
                UNION ALL
                SELECT source_id, count(*), 0 FROM document WHERE superseded_at IS NULL GROUP BY source_id
                UNION ALL
                SELECT source_id, 0, count(*) FROM issue GROUP BY source_id
            )
            GROUP BY source_id
            """
        )
        query.memory["counts"] = {row["source_id"]: (row["rows"], row["issues"]) for row in counted}
    return {name: {"rows": pair[0], "issues": pair[1]} for name, pair in query.memory["counts"].items()}


def issues(query: Query, source_id: str | None = None) -> list[Row]:
    """Problems with a remedy, last seen first; `url`: the answer concerned (None: not about one answer)."""
    return query.rows(
        """
        SELECT i.issue_id, i.source_id, i.kind, i.where_in, i.message, i.remedy, i.first_seen, i.last_seen, i.count,
               i.answer_digest, a.url, a.warc_file, a.warc_record_id AS record_id
        FROM issue AS i
        LEFT JOIN (
            SELECT source_id, digest, arg_min(url, retrieved_at) AS url, arg_min(warc_file, retrieved_at) AS warc_file,
                   arg_min(warc_record_id, retrieved_at) AS warc_record_id
            FROM answer
            GROUP BY source_id, digest
        ) AS a ON a.source_id = i.source_id AND a.digest = i.answer_digest
        WHERE $source_id::VARCHAR IS NULL OR i.source_id = $source_id
        ORDER BY i.last_seen DESC, i.source_id, i.kind, i.issue_id
        """,
        source_id=source_id,
    )


def method(query: Query, published_dir: Path) -> Row:
    """The method as stated: dimensions, pillars, indicators with docstrings, bands, advice, gates, all numbers.

    same_as_run: False when the run shown was made with another version than this text. validation: the content of
    validation.json in the folder of the snapshots, None when nobody has validated.
    """
    framework = query.framework
    report = published_dir / "validation.json"
    return {
        "framework": {"version": framework.version, "reason": framework.reason, "previous": framework.previous,
                      "digest": framework.digest},
        "same_as_run": query.run is None or query.run["framework_digest"] == framework.digest,
        "dimensions": [
            {
                "dimension": name,
                **{key: framework.raw["dimension"][name].get(key) for key in ("en", "nl")},
                "main_pillar": framework.main_pillar(name),
                "pillars": [
                    {"pillar": p.id, "weight": p.weight, "name_en": p.names["en"], "name_nl": p.names["nl"]}
                    for p in framework.pillars_of(name)
                ],
            }
            for name in DIMENSIONS
        ],
        "indicators": [_definition(query, name) for name in indicators.definitions()],
        "bands": framework.raw["bands"]["level"],
        "unknown": framework.raw["bands"]["unknown"],
        "advice": framework.raw["advice"],
        "gates": [{"gate_id": name, **entry} for name, entry in framework.raw["gate"].items()],
        "numbers": {
            name: framework.raw[name]
            for name in ("confidence", "evidence", "missing", "rates", "uncertainty", "likelihood", "alerts", "review")
        },
        "validation": json.loads(report.read_text(encoding="utf-8")) if report.is_file() else None,
    }  # fmt: skip


def _definition(query: Query, name: str) -> Row:
    definition = indicators.definitions()[name]
    entry = query.framework.raw["indicator"][name]
    stated: Indicator | None = query.framework.by_id.get(name)
    fields = ("core", "scale", "anchors", "codes", "half_life_days", "inherit", "weight", "cap_when_phase_5")
    return {
        "indicator_id": name,
        "dimension": entry["dimension"],
        "pillar": entry.get("pillar"),
        "name_en": entry["en"],
        "name_nl": entry["nl"],
        "unit": definition.unit,
        "level": definition.level,
        "sources": list(definition.sources),
        "text": " ".join(definition.text.split()),
        **{field: getattr(stated, field) if stated else None for field in fields},
        "regions_with_data": _regions_with_data(query).get(name, 0),
    }


def _regions_with_data(query: Query) -> dict[str, int]:
    """{indicator_id: regions of the run shown that have a value}: "no data from its sources" is 0."""
    if query.run is None:
        return {}
    key = ("regions_with_data", query.run["run_id"])
    if key not in query.memory:
        query.memory[key] = {
            row["indicator_id"]: row["regions"]
            for row in query.rows(
                """
                SELECT indicator_id, count(score) AS regions
                FROM assessment.indicator_value
                WHERE run_id = $run_id
                GROUP BY indicator_id
                UNION ALL
                SELECT indicator_id, count(DISTINCT region_id)
                FROM assessment.perspective
                WHERE run_id = $run_id
                GROUP BY indicator_id
                """,
                run_id=query.run["run_id"],
            )
        }
    found: dict[str, int] = query.memory[key]
    return found


def header(query: Query, states: list[Row]) -> Row:
    """What the head of every page says of the run and the data, besides the name of the snapshot."""
    fed = query.rows("SELECT count(*) FILTER (kind <> 'starter') AS own, count(*) AS all_runs FROM run")[0]
    run = query.run or {}
    return {
        "as_of": run.get("as_of"),
        "run_id": run.get("run_id"),
        "framework_version": run.get("framework_version"),
        "starter": fed["own"] == 0,
        "sources_broken": sum(row["state"] == "broken" for row in states),
        "sources_stale": sum(row["state"] == "stale" for row in states),
        "runs": len(runs(query)),
    }
