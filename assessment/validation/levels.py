"""V2, V3 and V4: do levels mean something, was green ever dangerous, do ranges and chances hold what they promise."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assessment.compute import Assessment
from assessment.framework import Framework
from assessment.indicators._violence import POPULATION_FLOOR
from assessment.validation import metrics, plots
from assessment.validation.index import PlaceIndex
from assessment.validation.panel import Floats, Panel
from assessment.validation.thresholds import Figure, judged

AHEAD = 6  # months
DANGEROUS = 5.0  # deaths per 100 000 a year
LEAST = 200  # region-months for a level to be read
DRAWS = 1000


def deaths_ahead(panel: Panel, population: Floats) -> Floats:
    """Deaths per 100 000 a year in the next six months (U, T); NaN where the panel ends before. All deaths count:
    the monthly panel does not tell civilians from fighters, so this is stricter than the method asks."""
    people = np.maximum(np.nan_to_num(population, nan=0.0), POPULATION_FLOOR)[:, None]
    total = np.cumsum(panel.counts.get("deaths", panel.activity), axis=1)
    out = np.full(total.shape, np.nan)
    out[:, :-AHEAD] = (total[:, AHEAD:] - total[:, :-AHEAD]) / people * 1e5 * 12 / AHEAD
    return out


def level_of(framework: Framework, score: Floats) -> NDArray[np.int64]:
    """Level 1-5 per score, 0 where there is none."""
    froms = np.array([entry["from"] for entry in framework.raw["bands"]["level"]])[:-1]
    return np.where(np.isfinite(score), 1 + (score[..., None] < froms).sum(axis=-1), 0)


def by_level(level: NDArray[np.int64], ahead: Floats, country: NDArray[np.str_]) -> list[dict[str, Any]]:
    """Per level 1-5: rows, mean rate ahead with a country-block interval, share dangerous with its interval."""
    rows = []
    for number in range(1, 6):
        here = (level == number) & np.isfinite(ahead)
        rate, land = ahead[here], country[here]
        line: dict[str, Any] = {"level": number, "rows": len(rate), "rate": None, "share": None}
        if len(rate):
            drawn = metrics.draw_countries(land, DRAWS, 7)
            n = metrics.sum_by_country(np.ones(len(rate)), drawn)
            bad = (rate > DANGEROUS).astype(float)
            line |= {
                "rate": float(rate.mean()), "rate_interval": _span(metrics.sum_by_country(rate, drawn) / n),
                "share": float(bad.mean()), "share_interval": _span(metrics.sum_by_country(bad, drawn) / n),
                "countries": len(np.unique(land)),
            }  # fmt: skip
        rows.append(line)
    return rows


def _span(draws: Floats) -> tuple[float, float] | None:
    return metrics.interval(draws)


def ordering(
    framework: Framework, panel: Panel, index: PlaceIndex, population: Floats, train_to: str
) -> dict[str, Any]:
    """V2 on the months after `train_to`: the future rate rises from level to level, at least twofold."""
    rows = _rows(panel, level_of(framework, index.score), population, train_to)
    rates = [row["rate"] for row in rows if row["rows"] >= LEAST]
    ratios = [after / before if before else np.inf for before, after in pairwise(rates)]
    value = min(ratios) if ratios else None
    tables = [
        _table(rows, "levels"),
        _table(_rows(panel, level_of(framework, index.known), population, train_to), "levels_known"),
    ]
    return judged("V2", {"ratio": Figure(value, len(rates))}, tables=tables, plots=[plots.levels(rows)])


def _rows(panel: Panel, level: NDArray[np.int64], population: Floats, train_to: str) -> list[dict[str, Any]]:
    start = panel.column(train_to) + 1
    level = level[:, start:]
    ahead = deaths_ahead(panel, population)[:, start:]
    country = np.repeat(panel.countries[:, None], level.shape[1], axis=1)
    return by_level(level.ravel(), ahead.ravel(), country.ravel())


def _table(rows: Sequence[dict[str, Any]], caption: str) -> dict[str, Any]:
    columns = ["level", "region_months", "deaths_ahead", "interval_95", "dangerous_share", "interval_95"]
    return {
        "caption": caption,
        "columns": columns,
        "rows": [
            [row["level"], row["rows"], row["rate"], row.get("rate_interval"), row["share"], row.get("share_interval")]
            for row in rows
        ],
    }


def dangerous_green(
    framework: Framework, panel: Panel, index: PlaceIndex, population: Floats, train_to: str,
    runs: Sequence[Assessment],
) -> dict[str, Any]:  # fmt: skip
    """V3: what followed level 1, on the place itself month by month, and on the levels of whole runs.

    The place by what is known alone: with P3, P5 and P6 never seen the full score cannot reach level 1 at all.
    The upper end is that of whole countries drawn; with a share of zero it is the rule of three over countries, since
    draws of nothing but zeros would promise too much.
    """
    green = _rows(panel, level_of(framework, index.known), population, train_to)[0]
    share, upper = green["share"], None
    if share is not None:
        upper = green["share_interval"][1] if green["share_interval"] else None
        if share == 0.0:
            upper = 3.0 / max(green["countries"], 1)
    shown, bad = 0, 0
    ahead = deaths_ahead(panel, population)
    place = {name: at for at, name in enumerate(panel.units.tolist())}
    for run in runs:
        month = np.datetime64(run.as_of, "M")
        if not panel.months[0] <= month <= panel.months[-1]:
            continue
        for row in np.flatnonzero(run.grades["physical"].level == 1).tolist():
            at = place.get(str(run.regions.region_id[row]))
            rate = np.nan if at is None else ahead[at, panel.column(month)]
            shown += bool(np.isfinite(rate))
            bad += bool(rate > DANGEROUS)
    figures = {
        "share": Figure(share, green["rows"], green.get("share_interval")),
        "upper": Figure(upper, green["rows"]),
        "published": Figure(bad / shown if shown else None, shown, why=None if shown else NONE_SHOWN),
    }
    return judged("V3", figures)


NONE_SHOWN = {
    "en": "no region was shown at level 1: with the data in hand too little is known, so no green was given at all",
    "nl": "geen regio stond op niveau 1: met deze gegevens is te weinig bekend, er is dus geen groen gegeven",
}


def promises(framework: Framework, runs: Sequence[Assessment], months: int = AHEAD) -> dict[str, Any]:
    """V4 on runs six months apart: ranges of what is known against the later score, chances against the later level."""
    inside, cases, skill_rows = 0, 0, []
    for before, after in pairwise(runs):
        gap = np.datetime64(after.as_of, "M") - np.datetime64(before.as_of, "M")
        if gap != np.timedelta64(months, "M") or not np.array_equal(before.regions.region_id, after.regions.region_id):
            continue
        known, later = before.scores["physical"].known, after.scores["physical"].known[:, 2]
        fed = np.isfinite(known[:, 0]) & np.isfinite(later) & (before.grades["physical"].known_level > 0)
        inside += int(((known[:, 0] <= later) & (later <= known[:, 3]) & fed).sum())
        cases += int(fed.sum())
        level = level_of(framework, after.scores["physical"].point)
        skill_rows.append((before.scores["physical"].band_probability[fed], level[fed]))
    figures = {"coverage": Figure(inside / cases if cases else None, cases), "skill": _skill(skill_rows)}
    return judged("V4", figures)


def _skill(rows: Sequence[tuple[Floats, NDArray[np.int64]]]) -> Figure:
    """1 - Brier of the stated chances over Brier of the shares of levels seen in the earlier pairs of runs."""
    ours, plain, cases = 0.0, 0.0, 0
    earlier = np.zeros(5)
    for probability, level in rows:
        met = np.eye(5)[level - 1]
        if earlier.sum():
            ours += float(((probability - met) ** 2).sum())
            plain += float(((earlier / earlier.sum() - met) ** 2).sum())
            cases += len(level)
        earlier += met.sum(axis=0)
    return Figure(1 - ours / plain if plain else None, cases)
