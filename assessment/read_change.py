"""What changed between two runs and by which indicators; the parts sum to the change.

The geometric mean has no unique split. Here the indicators are replaced one after another, from the old value to the
new one, in the framework's order and in the opposite order; an indicator's part is the mean of its two steps. Each
pass sums to the change by itself, an unchanged indicator gets exactly 0, and no scaling can blow a small total up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assessment import saying
from assessment.framework import DIMENSIONS, Framework
from assessment.read_query import NotFound, Query, Row, run_before, run_of
from assessment.uncertainty import point_scores

Floats = NDArray[np.float64]
DUST = 1e-9  # score points; less than this is rounding, not a change


def parts_between(framework: Framework, dimension: str, before: Floats, after: Floats) -> Floats:
    """(R, I) score points each indicator adds to the change of the dimension's point score; rows sum to the change.

    `before` and `after`: values (R, I) in the order of `framework.indicators`, NaN where never seen.
    """
    columns = [i for i, c in enumerate(framework.indicators) if c.dimension == dimension]
    parts = np.zeros_like(before)
    for order in (columns, columns[::-1]):
        step = before.copy()
        score, _ = point_scores(framework, dimension, step)
        for column in order:
            step[:, column] = after[:, column]
            following, _ = point_scores(framework, dimension, step)
            same = (before[:, column] == after[:, column]) | (np.isnan(before[:, column]) & np.isnan(after[:, column]))
            parts[:, column] += np.where(same, 0.0, (following - score) / 2)
            score = following
    return parts


def diff(query: Query, run_a: str, run_b: str, region_id: str) -> dict[str, Any]:
    """One region from run A to run B: per dimension both scores and the parts that sum to `change` (point score).

    A part without indicator_id is what no indicator explains: another framework or rule between the two runs.
    """
    first, second = run_of(query, run_a), run_of(query, run_b)
    pair = _pair(query, run_a, run_b, [region_id])
    if region_id not in pair["regions"]:
        raise NotFound("region", region_id, f"it is not assessed in both {run_a} and {run_b}")
    dimensions = {d: _dimension(query.framework, pair, d, 0) for d in DIMENSIONS}
    return {"region_id": region_id, "run_a": first, "run_b": second, "dimensions": dimensions}


def change(query: Query, region_id: str) -> dict[str, Any] | None:
    """`diff` from the run of the date before to the one shown; None when there is none or the region is not in it."""
    earlier = run_before(query)
    if earlier is None:
        return None
    try:
        return diff(query, earlier["run_id"], query.needed_run()["run_id"], region_id)
    except NotFound:
        return None


def changes(query: Query, since: date | None = None) -> list[Row]:
    """Regions and dimensions whose level changed, or that became or ceased to be insufficient, worse ones first.

    From the newest run on or before `since` (None: the run of the date before) to the run shown.
    """
    earlier, shown = run_before(query, since), query.run
    if earlier is None or shown is None:
        return []
    kept = query.remembered(("changes", earlier["run_id"], shown["run_id"]), lambda: _changes(query, earlier, shown))
    return [
        {**row, "before": {**row["before"]}, "after": {**row["after"]}, "reason": row["reason"] and {**row["reason"]}}
        for row in kept
    ]


def changes_between(query: Query, run_a: str, run_b: str) -> list[Row]:
    """`changes` from one run to another, whichever they are."""
    return _changes(query, run_of(query, run_a), run_of(query, run_b))


def _changes(query: Query, earlier: Mapping[str, Any], shown: Mapping[str, Any]) -> list[Row]:
    changed = _changed(query, earlier["run_id"], shown["run_id"])
    pair = _pair(query, earlier["run_id"], shown["run_id"], sorted({row["region_id"] for row in changed}))
    position = {name: i for i, name in enumerate(pair["regions"])}
    found = []
    for row in changed:
        if row["region_id"] not in position:
            continue
        detail = _dimension(query.framework, pair, row["dimension"], position[row["region_id"]])
        before, after = detail["before"], detail["after"]
        worse = _rank(after) > _rank(before)
        found.append(
            {
                **{key: row[key] for key in ("region_id", "iso3", "name_en", "name_nl", "dimension")},
                "before": {"as_of": earlier["as_of"], **before},
                "after": {"as_of": shown["as_of"], **after},
                "direction": "worse" if worse else "better",
                "reason": _reason(query.framework, detail["parts"], worse),
            }
        )
    return sorted(found, key=lambda r: (r["direction"] == "better", -_size(r), r["region_id"], r["dimension"]))


def _rank(side: Mapping[str, Any]) -> tuple[int, bool]:
    return int(side["level"]), side["state"] == "insufficient"


def _size(row: Mapping[str, Any]) -> float:
    return abs(row["after"]["level"] - row["before"]["level"]) + abs(row["after"]["p20"] - row["before"]["p20"]) / 1000


def _changed(query: Query, run_a: str, run_b: str) -> list[Row]:
    return query.rows(
        """
        SELECT b.region_id, b.dimension, r.iso3, r.name_en, r.name_nl
        FROM assessment.dimension_score AS a
        JOIN assessment.dimension_score AS b
            ON b.region_id = a.region_id AND b.dimension = a.dimension AND b.run_id = $run_b
        JOIN region AS r ON r.region_id = b.region_id
        WHERE a.run_id = $run_a
          AND (a.level <> b.level OR (a.state = 'insufficient') <> (b.state = 'insufficient'))
        """,
        run_a=run_a,
        run_b=run_b,
    )


def _pair(query: Query, run_a: str, run_b: str, regions: Sequence[str]) -> dict[str, Any]:
    """Both runs over the regions both hold: values (R, I) per side, the rows behind them, stored dimension scores."""
    if not regions:
        return {"runs": (run_a, run_b), "regions": [], "stored": {}, "cells": {}, "parts": {}}
    # The span prunes blocks of the table, which a list alone does not.
    wanted = {"runs": [run_a, run_b], "regions": list(regions), "low": min(regions), "high": max(regions)}
    chosen = """
        run_id IN (SELECT unnest($runs::VARCHAR[]))
        AND region_id BETWEEN $low AND $high
        AND region_id IN (SELECT unnest($regions::VARCHAR[]))
    """
    scores = query.rows(
        f"""
        SELECT run_id, region_id, dimension, point, p20, level, state, indicative_level, why_insufficient
        FROM assessment.dimension_score
        WHERE {chosen}
        """,
        **wanted,
    )
    values = query.rows(
        f"""
        SELECT run_id, region_id, indicator_id, score, raw_value, origin, newest
        FROM assessment.indicator_value
        WHERE {chosen}
        """,
        **wanted,
    )
    items = query.rows(
        f"""
        SELECT run_id, region_id, indicator_id, evidence_ids
        FROM assessment.indicator_item
        WHERE {chosen}
        """,
        **wanted,
    )
    stored = {(r["run_id"], r["region_id"], r["dimension"]): r for r in scores}
    cells = {(r["run_id"], r["region_id"], r["indicator_id"]): {**r, "evidence_ids": []} for r in values}
    for item in items:
        cells[item["run_id"], item["region_id"], item["indicator_id"]]["evidence_ids"] += item["evidence_ids"]
    both = [n for n in regions if all((run, n, d) in stored for run in (run_a, run_b) for d in DIMENSIONS)]
    sides = []
    for run_id in (run_a, run_b):
        x = np.full((len(both), len(query.framework.indicators)), np.nan)
        for row, name in enumerate(both):
            for column, indicator in enumerate(query.framework.indicators):
                cell = cells.get((run_id, name, indicator.id))
                if cell is not None and cell["score"] is not None:
                    x[row, column] = cell["score"]
        sides.append(x)
    parts = {d: parts_between(query.framework, d, *sides) for d in DIMENSIONS} if both else {}
    return {"runs": (run_a, run_b), "regions": both, "stored": stored, "cells": cells, "parts": parts}


def _dimension(framework: Framework, pair: Mapping[str, Any], dimension: str, row: int) -> dict[str, Any]:
    region = pair["regions"][row]
    before, after = (
        {
            k: v
            for k, v in pair["stored"][run, region, dimension].items()
            if k not in ("run_id", "region_id", "dimension")
        }
        for run in pair["runs"]
    )
    total = after["point"] - before["point"]
    parts: list[Row] = [
        _part(pair, region, indicator.id, float(pair["parts"][dimension][row, column]))
        for column, indicator in enumerate(framework.indicators)
        if indicator.dimension == dimension and pair["parts"][dimension][row, column] != 0
    ]
    rest = total - sum(part["contribution"] for part in parts)
    if abs(rest) > DUST or (rest and not parts):
        parts.append({"indicator_id": None, "contribution": rest, "before": None, "after": None, "evidence_ids": []})
    elif rest:
        max(parts, key=lambda part: abs(part["contribution"]))["contribution"] += rest
    parts.sort(key=lambda part: (-abs(part["contribution"]), part["indicator_id"] or ""))
    return {"before": before, "after": after, "change": total, "parts": parts}


def _part(pair: Mapping[str, Any], region: str, indicator_id: str, contribution: float) -> Row:
    sides: list[Any] = []
    evidence: list[str] = []
    for run in pair["runs"]:
        cell = pair["cells"].get((run, region, indicator_id))
        sides.append(cell and {key: cell[key] for key in ("score", "raw_value", "origin", "newest")})
        evidence += cell["evidence_ids"] if cell else []
    return {
        "indicator_id": indicator_id,
        "contribution": contribution,
        "before": sides[0],
        "after": sides[1],
        "evidence_ids": sorted(set(evidence)),
    }


def _reason(framework: Framework, parts: Sequence[Row], worse: bool) -> Row | None:
    """The strongest part in the direction of the change, in words; None when no indicator moved that way."""
    same_way = [p for p in parts if p["indicator_id"] and (p["contribution"] < 0) == worse]
    if not same_way:
        return None
    part = same_way[0]
    indicator = framework.by_id[part["indicator_id"]]
    no_data = {"en": "no data", "nl": "geen gegevens"}
    texts = {}
    same = {"en": "still {}; its age or certainty changed", "nl": "nog steeds {}; ouderdom of zekerheid veranderde"}
    newest = part["after"] and part["after"]["newest"]
    for language in ("en", "nl"):
        before, after = (
            no_data[language]
            if side is None or side["raw_value"] is None
            else saying.number(side["raw_value"], language)
            for side in (part["before"], part["after"])
        )
        moved = f"{before} → {after}" if before != after else same[language].format(after)
        day = f"; {saying.day(newest, language)}" if newest else ""
        texts[f"text_{language}"] = (
            f"{indicator.names[language]}: {moved} ({saying.unit(indicator.unit, language)}{day})"
        )
    return {"indicator_id": indicator.id, "contribution": part["contribution"], **texts} | {
        "evidence_ids": part["evidence_ids"]
    }
