"""V5: official ratings of indiscriminate violence beside our physical level before gates, at the day of the rating."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import numpy as np
from scipy.stats import kendalltau

from assessment.compute import Assessment
from assessment.positions import HIGHEST, Position
from assessment.validation.thresholds import Figure, judged

RATING = {"mere_presence": 3, "highest": 3, "high": 2, "lower": 2, "not_high": 1, "no_real_risk": 0}
SAME_LEVEL = {3: 5, 2: 4, 1: 3, 0: 2}  # our level that says the same


def ratings(positions: Iterable[Position]) -> list[Position]:
    """The ratings of whole regions; one about a part of a region says nothing of the rest."""
    return [p for p in positions if p.kind == "15c" and p.region_id and p.level in RATING]


def official(positions: Iterable[Position], run_at: Callable[[date], Assessment]) -> dict[str, Any]:
    """One line per rating. Our level is that of what is known alone, or the level used for advice where the framework
    holds that too little; a region is contradicted when either is 1 or 2. Baseline: deaths per 100 000 (P1) alone."""
    lines: list[dict[str, Any]] = []
    for one in ratings(positions):
        run = run_at(one.valid_from)
        found = np.flatnonzero(run.regions.region_id == one.region_id)
        if not len(found):
            continue
        row, grades = int(found[0]), run.grades["physical"]
        known, used = int(grades.known_level[row]), int(grades.level[row])
        column = [i.id for i in run.framework.indicators].index("P1")
        lines.append(
            {
                "authority": one.authority, "region": one.region_id, "day": str(one.valid_from),
                "rating": RATING[str(one.level)], "highest": (one.authority, one.level) in HIGHEST,
                "known": known, "used": used, "point": float(run.scores["physical"].point[row]),
                "deaths": float(run.judged.x[row, column]), "insufficient": bool(grades.insufficient[row]),
            }
        )  # fmt: skip
    highest = [line for line in lines if line["highest"]]
    wrong = sum(line["used"] <= 2 or line["known"] in (1, 2) for line in highest)
    near = [abs(SAME_LEVEL[line["rating"]] - (line["known"] or line["used"])) <= 1 for line in lines]
    figures = {
        "contradiction": Figure(float(wrong), len(highest)),
        "tau": Figure(_tau(lines, "point"), len(lines), why=FEW),
        "near": Figure(float(np.mean(near)) if near else None, len(near), why=FEW),
    }
    table = {
        "caption": "official",
        "columns": ["authority", "region", "day", "rating", "known_level", "used_level", "score", "score_deaths"],
        "rows": [
            [line["authority"], line["region"], line["day"], line["rating"], line["known"] or None, line["used"],
             line["point"], None if np.isnan(line["deaths"]) else line["deaths"]]
            for line in lines
        ],
    }  # fmt: skip
    note = {"caption": "official_baseline", "columns": ["baseline", "tau_b"],
            "rows": [["score", _tau(lines, "point")], ["score_deaths", _tau(lines, "deaths")]]}  # fmt: skip
    return judged("V5", figures, tables=[table, note])


FEW = {
    "en": "the ratings still to be collected are needed before this can be judged",
    "nl": "eerst moeten de oordelen die nog ontbreken worden verzameld",
}


def _tau(lines: list[dict[str, Any]], name: str) -> float | None:
    """Kendall tau-b of rating and danger (a low score is dangerous); None where one side is constant or missing."""
    pairs = [(line["rating"], -line[name]) for line in lines if np.isfinite(line[name])]
    if len({a for a, _ in pairs}) < 2 or len({b for _, b in pairs}) < 2:
        return None
    return float(kendalltau(*zip(*pairs, strict=True)).statistic)
