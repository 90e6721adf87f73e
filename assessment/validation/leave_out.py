"""V6 and V7: a score computed without a source, against that source. High agreement means it does not hang on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np

from assessment.compute import Assessment
from assessment.items import ItemTable
from assessment.score import judge
from assessment.validation.metrics import spearman
from assessment.validation.panel import Floats
from assessment.validation.thresholds import Figure, judged


def without(table: ItemTable, family: str, run: Assessment) -> ItemTable:
    """The items of other families only."""
    keep = np.array([run.sources[s].origin_family != family for s in table.source_id.tolist()], dtype=bool)
    rows = np.flatnonzero(keep)
    return ItemTable(
        table.place_id[rows], table.value[rows], table.sd[rows], table.ref_end[rows], table.source_id[rows],
        table.kind[rows], tuple(table.evidence_ids[row] for row in rows.tolist()),
    )  # fmt: skip


def rescored(run: Assessment, dimension: str, items: Mapping[str, ItemTable]) -> tuple[Floats, Floats]:
    """(score of the dimension by known indicators alone, judged values (R, I)) with other items; NaN: nothing known."""
    found = judge(run.framework, items, run.regions, run.sources, run.as_of, run.signs.flags)
    return known_points(run, dimension, found.x), found.x


def known_points(run: Assessment, dimension: str, x: Floats) -> Floats:
    """Score of a dimension over what is known; other weights are shared out inside a pillar, then over pillars."""
    framework = run.framework
    floor = framework.raw["uncertainty"]["pillar_floor"]
    log, weight = np.zeros(len(x)), np.zeros(len(x))
    for pillar in framework.pillars_of(dimension):
        columns = [i for i, c in enumerate(framework.indicators) if (c.dimension, c.pillar) == (dimension, pillar.id)]
        share = np.array([framework.indicators[i].weight for i in columns]) * np.isfinite(x[:, columns])
        total = share.sum(axis=1)
        score = (np.nan_to_num(x[:, columns]) * share).sum(axis=1) / np.where(total > 0, total, np.nan)
        some = total > 0
        log[some] += pillar.weight * np.log(np.maximum(score[some], floor))
        weight[some] += pillar.weight
    return np.where(weight > 0, np.exp(log / np.where(weight > 0, weight, 1.0)), np.nan)


def legal(run: Assessment, connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """V6 over countries (what feeds the legal score is mostly national)."""
    figures = {
        "pts": _over_countries(run, "legal", "pts", "L1"),
        "vdem": _over_countries(run, "legal", "vdem", "L6"),
        "freedom_house": _against(run, "legal", _outside(connection, run, "freedom_house_total", 1.0, "")),
    }
    return judged("V6", figures)


def material(run: Assessment, connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """V7 over regions for the two sources that have regions, over countries for INFORM."""
    figures = {
        "shdi": _over_regions(run, "material", "shdi", "M1"),
        "ipc": _over_regions(run, "material", "ipc", "M4"),
        "inform": _against(run, "material", _outside(connection, run, "inform_risk", -1.0, "INFORM")),
    }
    return judged("V7", figures)


def _left_out(run: Assessment, dimension: str, source: str, indicator: str) -> tuple[Floats, Floats]:
    """(score without the source's family, the indicator's own value with it) per region."""
    family = run.sources[source].origin_family if source in run.sources else source
    items = {name: without(table, family, run) for name, table in run.items.items()}
    if indicator == "M4":  # food insecurity comes from two analyses of one method: both are left out
        items["M4"] = ItemTable.empty()
    column = [i.id for i in run.framework.indicators].index(indicator)
    return rescored(run, dimension, items)[0], run.judged.x[:, column]


def _over_regions(run: Assessment, dimension: str, source: str, indicator: str) -> Figure:
    score, value = _left_out(run, dimension, source, indicator)
    both = np.isfinite(score) & np.isfinite(value)
    return Figure(spearman(value[both], score[both]) if both.any() else None, int(both.sum()))


def _over_countries(run: Assessment, dimension: str, source: str, indicator: str) -> Figure:
    score, value = _left_out(run, dimension, source, indicator)
    return _paired(_by_country(run, score), _by_country(run, value))


def _against(run: Assessment, dimension: str, outside: Mapping[str, float]) -> Figure:
    return _paired(_by_country(run, known_points(run, dimension, run.judged.x)), outside)


def _by_country(run: Assessment, values: Floats) -> dict[str, float]:
    """Mean over the regions of a country that have a value."""
    found = {}
    for iso3 in np.unique(run.regions.iso3).tolist():
        here = values[(run.regions.iso3 == iso3) & np.isfinite(values)]
        if len(here):
            found[str(iso3)] = float(here.mean())
    return found


def _paired(first: Mapping[str, float], second: Mapping[str, float]) -> Figure:
    names = sorted(set(first) & set(second))
    if len(names) < 3:
        return Figure(None, len(names))
    value = spearman(np.array([second[n] for n in names]), np.array([first[n] for n in names]))
    return Figure(value, len(names))


def _outside(
    connection: duckdb.DuckDBPyConnection, run: Assessment, variable: str, sign: float, indicator: str
) -> dict[str, float]:
    """Newest national value of a variable on the day of the run, times `sign` so that higher is better."""
    rows = connection.execute(
        """
        SELECT iso3, arg_max(value, (ref_end, known_at))
        FROM observation
        WHERE variable = $variable AND superseded_at IS NULL AND region_id IS NULL AND value IS NOT NULL
          AND known_at < $day AND ($indicator = '' OR dimensions ->> 'indicator' = $indicator)
        GROUP BY iso3
        """,
        {"variable": variable, "day": run.as_of, "indicator": indicator},
    ).fetchall()
    return {iso3: sign * float(value) for iso3, value in rows}
