"""One region in full: reasons, unknowns, indicators with their evidence, gates, routes, cards; regions side by side.

Tables that no run has written yet (gate_hit, route, profile_card, forecast) give empty lists
until they hold rows. Story clusters come with the text tables; until then `stories` is empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assessment import read_change, read_country, read_regions
from assessment.framework import DIMENSIONS
from assessment.read_query import NotFound, Query, Row

COMPARED = 6  # regions side by side at most


def region(query: Query, region_id: str) -> Row:
    """Everything the region page shows; see the module's docstring for what may be empty. Raises NotFound."""
    found = read_regions.summary(query, region_id)
    key = {"run_id": query.needed_run()["run_id"], "region_id": region_id}
    _add_details(query, found, key)
    found["gates"] = _gates(query, key)
    found["perspective"] = query.rows(
        """
        SELECT indicator_id, value, text, ref_end, source_id, evidence_ids
        FROM assessment.perspective
        WHERE run_id = $run_id AND region_id = $region_id
        ORDER BY indicator_id, ref_end DESC, source_id
        """,
        **key,
    )
    found["routes"] = read_country.routes(query, region_id)
    found["profile_cards"] = read_country.profile_cards(query, found["iso3"], region_id)
    found["forecast"] = query.rows_of(
        "assessment.forecast",
        """
        SELECT horizon_months, target, probability, word_en, word_nl, basis, months_met, months_seen, why
        FROM assessment.forecast
        WHERE run_id = $run_id AND region_id = $region_id
        ORDER BY target, horizon_months
        """,
        **key,
    )
    found["stories"] = []
    found["change"] = read_change.change(query, region_id)
    return found


def _add_details(query: Query, found: Row, key: dict[str, Any]) -> None:
    """Fill found["dimensions"][d] with reasons, unknowns, pillars and indicators."""
    details = query.rows(
        """
        SELECT dimension, confidence_steps, why_insufficient, unknowns, band_probability
        FROM assessment.dimension_score
        WHERE run_id = $run_id AND region_id = $region_id
        """,
        **key,
    )
    reasons = query.rows(
        """
        SELECT dimension, rank, indicator_id, contribution, text_en, text_nl, evidence_ids
        FROM assessment.reason
        WHERE run_id = $run_id AND region_id = $region_id
        ORDER BY dimension, rank
        """,
        **key,
    )
    pillars = query.rows(
        """
        SELECT dimension, pillar, point, p20
        FROM assessment.pillar_score
        WHERE run_id = $run_id AND region_id = $region_id
        """,
        **key,
    )
    indicators = _indicators(query, key)
    for row in details:
        name = row.pop("dimension")
        dimension = found["dimensions"][name]
        dimension |= row
        dimension["reasons"] = [_without(r, "dimension") for r in reasons if r["dimension"] == name]
        dimension["indicators"] = [i for i in indicators if i["dimension"] == name]
        dimension["evidence_ids"] = _evidence(dimension["indicators"])
        stored = {p["pillar"]: p for p in pillars if p["dimension"] == name}
        dimension["pillars"] = [
            _without(stored[p.id], "dimension")
            | {
                "name_en": p.names["en"],
                "name_nl": p.names["nl"],
                "weight": p.weight,
                "evidence_ids": _evidence(i for i in dimension["indicators"] if i["pillar"] == p.id),
            }
            for p in query.framework.pillars_of(name)
            if p.id in stored
        ]


def _indicators(query: Query, key: dict[str, Any]) -> list[Row]:
    values = query.rows(
        """
        SELECT indicator_id, score, sd, raw_value, origin, newest, age_half_lives, n_eff, conflict
        FROM assessment.indicator_value
        WHERE run_id = $run_id AND region_id = $region_id
        """,
        **key,
    )
    items = query.rows(
        """
        SELECT indicator_id, source_id, origin_family, kind, raw_value, score, weight, ref_end, geography, lapsed,
               evidence_ids
        FROM assessment.indicator_item
        WHERE run_id = $run_id AND region_id = $region_id
        ORDER BY indicator_id, weight DESC, item_no
        """,
        **key,
    )
    behind: dict[str, list[Row]] = {}
    for item in items:
        behind.setdefault(item.pop("indicator_id"), []).append(item)
    stored = {row["indicator_id"]: row for row in values}
    found = []
    for indicator in query.framework.indicators:
        if indicator.id not in stored:  # the run was made with an older framework
            continue
        mine = behind.get(indicator.id, [])
        facts = {
            "dimension": indicator.dimension, "pillar": indicator.pillar, "unit": indicator.unit,
            "name_en": indicator.names["en"], "name_nl": indicator.names["nl"], "core": indicator.core,
        }  # fmt: skip
        evidence = sorted({name for item in mine for name in item["evidence_ids"]})
        found.append({**stored[indicator.id], **facts, "items": mine, "evidence_ids": evidence})
    return found


def _evidence(rows: Any) -> list[str]:
    return sorted({name for row in rows for name in row["evidence_ids"]})


def _without(row: Row, *keys: str) -> Row:
    return {name: value for name, value in row.items() if name not in keys}


def _gates(query: Query, key: dict[str, Any]) -> list[Row]:
    """authority, url: of the official position a gate rests on; None where it rests on something else."""
    rows = query.rows_of(
        "assessment.gate_hit",
        """
        SELECT gate_id, effect, text_en, text_nl, since, expires, evidence_ids
        FROM assessment.gate_hit
        WHERE run_id = $run_id AND region_id = $region_id
        ORDER BY gate_id, text_en
        """,
        **key,
    )
    cited = _cited(query) if rows else {}
    for row in rows:
        found = [cited[name] for name in row["evidence_ids"] if name in cited]
        row |= {"authority": found[0][0], "url": found[0][1]} if found else {"authority": None, "url": None}
    return rows


def _cited(query: Query) -> dict[str, tuple[str, str]]:
    """{position_id: (authority, address)}."""
    rows = query.rows_of(
        "assessment.official_position", "SELECT position_id, authority, url FROM assessment.official_position"
    )
    return {row["position_id"]: (row["authority"], row["url"]) for row in rows}


def compare(query: Query, region_ids: Sequence[str]) -> Row:
    """Two to six regions side by side: {"regions": in short, "indicators": per indicator the values by region_id}."""
    if not 2 <= len(region_ids) <= COMPARED:
        raise NotFound("comparison of", ", ".join(region_ids), f"give two to {COMPARED} region ids")
    shown = [read_regions.summary(query, name) for name in region_ids]
    run_id = query.needed_run()["run_id"]
    tables = {name: _indicators(query, {"run_id": run_id, "region_id": name}) for name in region_ids}
    rows = []
    for position, indicator in enumerate(tables[region_ids[0]]):
        facts = {key: indicator[key] for key in ("indicator_id", "dimension", "pillar", "unit", "name_en", "name_nl")}
        cells = {name: _cell(table[position]) for name, table in tables.items()}
        rows.append({**facts, "values": cells})
    return {"regions": shown, "indicators": rows, "dimensions": list(DIMENSIONS)}


def _cell(indicator: Row) -> Row:
    keys = ("score", "sd", "raw_value", "origin", "newest", "conflict", "evidence_ids")
    return {key: indicator[key] for key in keys}
