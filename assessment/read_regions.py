"""Lists: countries, regions in short, worst first, and how levels went over time."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from assessment.framework import DIMENSIONS
from assessment.read_query import NotFound, Query, Row
from assessment.read_violence import months_to

OVERALL = "overall"
NUMBERS = ("p10", "p20", "p50", "p90", "point")
_SENTENCES = ("reason_en", "reason_nl")


def overall_state(dimensions: Iterable[Mapping[str, Any]]) -> str:
    """insufficient | stale | assessed, as the category rule sees it: a known severe dimension outweighs an unknown one.

    Insufficient: something is unknown and nothing known is at level 4 or 5. Stale: any known dimension is.
    """
    rows = list(dimensions)
    known = [row for row in rows if row["state"] != "insufficient"]
    if len(known) < len(rows) and not any(row["level"] >= 4 for row in known):
        return "insufficient"
    return "stale" if any(row["state"] == "stale" for row in known) else "assessed"


def countries(query: Query, dimension: str = OVERALL) -> list[Row]:
    """Every country of the reference: assessed ones worst first, then the others (worst_level None) by name.

    By `dimension`: worst_level; level_counts: regions per level, "U" for insufficient information; state, level and
    indicative_level of the country as one (see `_as_one`; None without regions); worst_region; evidence_ids: behind
    its reasons. assessed_share: share of the regions' three dimensions that are not insufficient. population: persons,
    of the country row. Raises NotFound for an unknown dimension.
    """
    _check(dimension)
    summaries = _summaries(query, dimension=dimension) if query.run else []
    by_country: dict[str, list[Row]] = {}
    for row in summaries:
        by_country.setdefault(row["iso3"], []).append(row)
    found = []
    for country in query.rows(
        """
        SELECT iso3, name_en, name_nl, population, population_year, population_source
        FROM region
        WHERE admin_level = 0
        ORDER BY name_en
        """
    ):
        mine = sorted(by_country.get(country["iso3"], []), key=_order(dimension))
        found.append({**country, **_of_regions(mine, dimension)})
    return sorted(found, key=lambda r: (not r["monitored"], -(r["worst_level"] or 0), r["name_en"]))


def _check(dimension: str) -> None:
    if dimension not in (OVERALL, *DIMENSIONS):
        raise NotFound("dimension", dimension, f"use one of {OVERALL}, {', '.join(DIMENSIONS)}")


def _seen(region: Row, dimension: str) -> Row:
    """state, level and indicative_level of a region by a dimension; overall: as its category rule sees it."""
    if dimension != OVERALL:
        return region["dimensions"][dimension]  # type: ignore[no-any-return]
    deciding = region["dimensions"][region["reason_dimension"]]
    return {
        "state": region["overall_state"], "level": region["overall_level"],
        "indicative_level": deciding["indicative_level"],
    }  # fmt: skip


def _of_regions(regions: Sequence[Row], dimension: str) -> Row:
    seen = [_seen(region, dimension) for region in regions]
    counts = Counter("U" if row["state"] == "insufficient" else str(row["level"]) for row in seen)
    states = [r["dimensions"][d]["state"] for r in regions for d in DIMENSIONS]
    return {
        "regions": len(regions),
        "monitored": bool(regions),
        "worst_level": max((row["level"] for row in seen), default=None),
        "level_counts": {key: counts[key] for key in ("1", "2", "3", "4", "5", "U")},
        "assessed_share": sum(s != "insufficient" for s in states) / len(states) if states else None,
        "worst_region": regions[0]["region_id"] if regions else None,
        "evidence_ids": regions[0]["evidence_ids"] if regions else [],
        **_as_one(seen),
    }


def _as_one(seen: Sequence[Row]) -> Row:
    """Many regions in one word, as `overall_state` does it: known severe outweighs unknown, unknown outweighs milder.

    level: worst of those that decide. indicative_level: worst among the unknown ones, None when none has any.
    """
    if not seen:
        return {"state": None, "level": None, "indicative_level": None}
    state = overall_state(seen)
    deciding = [row for row in seen if (row["state"] == "insufficient") == (state == "insufficient")]
    hints = [row["indicative_level"] for row in seen if row["state"] == "insufficient" and row["indicative_level"]]
    return {
        "state": state,
        "level": max(row["level"] for row in deciding),
        "indicative_level": max(hints, default=None),
    }


def regions(query: Query, iso3: str | None = None, dimension: str = OVERALL) -> list[Row]:
    """Every assessed region (of one country) in short, worst first by `dimension`. Nothing assessed: an empty list."""
    _check(dimension)
    if query.run is None:
        return []
    found = _summaries(query, iso3=iso3, dimension=dimension)
    return sorted(found, key=_order(dimension))


def summary(query: Query, region_id: str) -> Row:
    """One region in short. Raises NotFound with regions of a like name."""
    query.needed_run()
    found = _summaries(query, wanted=region_id)
    if found:
        return found[0]
    near = query.rows(
        """
        SELECT region_id
        FROM region
        WHERE admin_level = 1
          AND (contains(lower(region_id), lower($text)) OR contains(lower(name_en), lower($text)))
        ORDER BY region_id
        LIMIT 5
        """,
        text=region_id,
    )
    hint = (
        f"did you mean {', '.join(row['region_id'] for row in near)}?" if near else "it is not assessed; see regions()"
    )
    raise NotFound("region", region_id, hint)


def _order(dimension: str) -> Any:
    if dimension == OVERALL:
        return lambda row: (-row["overall_level"], row["sort_key"], row["region_id"])
    return lambda row: (
        -row["dimensions"][dimension]["level"],
        row["dimensions"][dimension]["p20"],
        row["region_id"],
    )


def _summaries(query: Query, iso3: str | None = None, wanted: str | None = None, dimension: str = OVERALL) -> list[Row]:
    """Regions in short. `reason_en`, `reason_nl`: strongest reason of `dimension` (overall: of its worst one).

    The rows are read once per snapshot; what is given out are copies.
    """
    run_id = query.needed_run()["run_id"]
    every: dict[str, tuple[Row, dict[str, Row]]] = query.remembered(
        ("summaries", run_id), lambda: _read_summaries(query, run_id)
    )
    chosen = [every[wanted]] if wanted in every else [] if wanted else every.values()
    return [_complete(region, mine, dimension) for region, mine in chosen if iso3 is None or region["iso3"] == iso3]


def _read_summaries(query: Query, run_id: str) -> dict[str, tuple[Row, dict[str, Row]]]:
    """{region_id: (region, {dimension: row})} of every assessed region."""
    found = query.rows(
        """
        SELECT x.region_id, r.iso3, r.name_en, r.name_nl, r.name_native, r.population, r.population_year,
               r.population_source, x.overall_level, x.suggested_category, x.category_before_gates, x.frozen,
               x.blackout, x.sort_key
        FROM assessment.region_result AS x
        JOIN region AS r ON r.region_id = x.region_id
        WHERE x.run_id = $run_id
        """,
        run_id=run_id,
    )
    dimensions = query.rows(
        """
        SELECT x.region_id, x.dimension, x.state, x.level, x.level_before_gates, x.indicative_level, x.point, x.p10,
               x.p20, x.p50, x.p90, x.confidence, x.coverage, x.freshness, y.evidence_ids, y.reason_en, y.reason_nl
        FROM assessment.dimension_score AS x
        LEFT JOIN (
            SELECT region_id, dimension, list_distinct(flatten(list(evidence_ids))) AS evidence_ids,
                   arg_min(text_en, rank) AS reason_en, arg_min(text_nl, rank) AS reason_nl
            FROM assessment.reason
            WHERE run_id = $run_id
            GROUP BY region_id, dimension
        ) AS y ON y.region_id = x.region_id AND y.dimension = x.dimension
        WHERE x.run_id = $run_id
        """,
        run_id=run_id,
    )
    by_region: dict[str, dict[str, Row]] = {}
    for row in dimensions:
        row["evidence_ids"] = sorted(row["evidence_ids"] or ())
        by_region.setdefault(row.pop("region_id"), {})[row.pop("dimension")] = row
    return {
        region["region_id"]: (_overall(region, by_region[region["region_id"]]), by_region[region["region_id"]])
        for region in found
    }


def _overall(region: Row, mine: Mapping[str, Row]) -> Row:
    """The region with its overall state, the dimension that decides and the evidence behind all reasons."""
    return {
        **region,
        "overall_state": overall_state(mine.values()),
        "reason_dimension": min(DIMENSIONS, key=lambda d: (-mine[d]["level"], mine[d]["p20"])),
        "evidence_ids": sorted({name for d in DIMENSIONS for name in mine[d]["evidence_ids"]}),
    }


def _complete(region: Row, mine: Mapping[str, Row], dimension: str) -> Row:
    """A copy with the dimensions in their order and the reason sentence of `dimension` (overall: the one deciding)."""
    found = region.copy()
    if dimension != OVERALL:
        found["reason_dimension"] = dimension
    found["dimensions"] = {d: mine[d].copy() for d in DIMENSIONS}
    for key in _SENTENCES:
        found[key] = mine[found["reason_dimension"]][key]
    return found


def trend(query: Query, region_id: str, dimension: str, months: int = 24) -> list[Row]:
    """One row per assessed day in the calendar months up to the shown run's; a month without a run is a row of None.

    dimension: legal, physical, material or overall (level and state only). evidence_ids: behind the reasons then.
    """
    _check(dimension)
    window = months_to(query.needed_run()["as_of"], months)
    scores = _past(query, window[0], [region_id])
    if not scores:
        raise NotFound("region", region_id, "it is not assessed; see regions()")
    by_run: dict[tuple[date, str], list[Row]] = {}
    for row in scores:
        by_run.setdefault((row["as_of"], row["run_id"]), []).append(row)
    found = [_moment(day, run_id, rows, dimension) for (day, run_id), rows in by_run.items()]
    months_with_a_run = {(row["as_of"].year, row["as_of"].month) for row in found}
    gap = dict.fromkeys((*NUMBERS, "level", "state", "run_id"))
    found += [
        {"as_of": first.replace(day=monthrange(first.year, first.month)[1]), **gap, "evidence_ids": []}
        for first in window
        if (first.year, first.month) not in months_with_a_run
    ]
    return sorted(found, key=lambda row: row["as_of"])


def _moment(day: date, run_id: str, rows: Sequence[Row], dimension: str) -> Row:
    if dimension == OVERALL:
        evidence = sorted({name for row in rows for name in row["evidence_ids"] or ()})
        numbers = dict.fromkeys(NUMBERS)
        level, state = max(row["level"] for row in rows), overall_state(rows)
    else:
        row = next(row for row in rows if row["dimension"] == dimension)
        evidence, numbers = sorted(row["evidence_ids"] or ()), {name: row[name] for name in NUMBERS}
        level, state = row["level"], row["state"]
    return {"as_of": day, **numbers, "level": level, "state": state, "run_id": run_id, "evidence_ids": evidence}


def _past(query: Query, since: date, wanted: Sequence[str]) -> list[Row]:
    """Dimension scores of the newest run of each as-of date from `since` to the shown run's."""
    return query.rows(
        """
        WITH best AS (
            SELECT run_id, as_of
            FROM assessment.run
            WHERE as_of BETWEEN $since AND $until
            QUALIFY row_number() OVER (PARTITION BY as_of ORDER BY kind = 'current' DESC, made_at DESC, run_id) = 1
        )
        SELECT b.as_of, x.run_id, x.region_id, x.dimension, x.p10, x.p20, x.p50, x.p90, x.point, x.level, x.state,
               (
                   SELECT list_distinct(flatten(list(y.evidence_ids)))
                   FROM assessment.reason AS y
                   WHERE y.run_id = x.run_id AND y.region_id = x.region_id AND y.dimension = x.dimension
               ) AS evidence_ids
        FROM assessment.dimension_score AS x
        JOIN best AS b ON b.run_id = x.run_id
        WHERE list_contains($regions::VARCHAR[], x.region_id)
        ORDER BY b.as_of, x.region_id, x.dimension
        """,
        since=since,
        until=query.needed_run()["as_of"],
        regions=list(wanted),
    )


def country_trend(query: Query, iso3: str, months: int = 24) -> list[Row]:
    """Per assessed day and dimension: regions at each level ("U": insufficient) of one country, oldest first."""
    window = months_to(query.needed_run()["as_of"], months)
    rows = query.rows(
        """
        SELECT b.as_of, b.run_id, x.dimension,
               CASE WHEN x.state = 'insufficient' THEN 'U' ELSE x.level::VARCHAR END AS level,
               count(*) AS regions
        FROM assessment.dimension_score AS x
        JOIN (
            SELECT run_id, as_of
            FROM assessment.run
            WHERE as_of BETWEEN $since AND $until
            QUALIFY row_number() OVER (PARTITION BY as_of ORDER BY kind = 'current' DESC, made_at DESC, run_id) = 1
        ) AS b ON b.run_id = x.run_id
        JOIN region AS r ON r.region_id = x.region_id
        WHERE r.iso3 = $iso3
        GROUP BY ALL
        ORDER BY b.as_of, x.dimension
        """,
        since=window[0],
        until=query.needed_run()["as_of"],
        iso3=iso3,
    )
    found: dict[tuple[date, str], Row] = {}
    for row in rows:
        entry = found.setdefault(
            (row["as_of"], row["dimension"]),
            {"as_of": row["as_of"], "run_id": row["run_id"], "dimension": row["dimension"], "level_counts": {}},
        )
        entry["level_counts"][row["level"]] = row["regions"]
    return list(found.values())
