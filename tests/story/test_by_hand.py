"""One province as of mid 2023, worked out apart from the product: from shipped figures to level, gates and category.

Written from the method's formulas with plain Python; it shares no code with the score.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import math
import tomllib
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from assessment import framework as frameworks
from assessment.compute import Assessment, assess
from ingest.refresh_report import RefreshReport

DAY = date(2023, 6, 30)
REGION = "AF-BAL"
QUALITY = {"A": 1.0, "B": 0.85, "C": 0.65, "D": 0.35, "E": 0.0, "F": 0.35}
CREDIBILITY = {1: 1.0, 2: 0.85, 3: 0.6, 4: 0.3, 5: 0.0, 6: 0.3}
NEVER_SEEN = 25.0  # middle of 0 to 50


@pytest.fixture(scope="module")
def run(starter: tuple[Path, RefreshReport]) -> Assessment:
    with duckdb.connect(str(starter[0] / "warehouse.duckdb"), read_only=True) as connection:
        return assess(connection.cursor(), DAY, frameworks.load(), ["AFG"])


@pytest.fixture(scope="module")
def catalog(root: Path) -> dict[str, dict]:
    found: dict[str, dict] = tomllib.loads((root / "sources.toml").read_text(encoding="utf-8"))["source"]
    return found


def rows_known(root: Path, catalog: dict[str, dict], source: str) -> list[dict[str, str]]:
    """Rows of a shipped file that a reader could know on the day: by publication, else by the source's stated lag."""
    text = gzip.decompress((root / "data" / "starter" / f"{source}.csv.gz").read_bytes()).decode("utf-8")
    found = []
    for row in csv.DictReader(text.splitlines()):
        if row.get("published"):
            known = datetime.fromisoformat(row["published"]).date()
        else:
            known = date.fromisoformat(row["ref_end"]) + timedelta(days=lag(catalog[source]))
        if known <= DAY:
            found.append(row)
    return found


def lag(source: dict) -> int:
    return int(source["publication_lag_days"])


def quality(source: dict) -> float:
    """Reliability of the source times credibility of its items; "probably true" where the catalog says nothing."""
    return QUALITY[source["reliability"]] * CREDIBILITY[source.get("credibility", 2)]


def newest_national(rows: list[dict[str, str]], variable: str) -> tuple[float, date]:
    mine = [r for r in rows if r["iso3"] == "AFG" and r["variable"] == variable and not r["region_code"]]
    last = max(mine, key=lambda r: r["ref_end"])
    return float(last["value"]), date.fromisoformat(last["ref_end"])


def between(value: float, anchors: list[tuple[float, float]]) -> float:
    """Piecewise linear through anchors (raw, points), flat outside."""
    points = sorted(anchors)
    if value <= points[0][0]:
        return points[0][1]
    for (a, x), (b, y) in itertools.pairwise(points):
        if value <= b:
            return x + (value - a) / (b - a) * (y - x)
    return points[-1][1]


def test_means_of_existence_and_the_material_score(root: Path, catalog: dict[str, dict], run: Assessment) -> None:
    """M1 own, M2 national and capped at 75, M4 own, M6 own, M8 national or missing; the rest never seen."""
    x = dict(zip([i.id for i in run.framework.indicators], run.judged.x[row_of(run)].tolist(), strict=True))
    # The index is published for groups of provinces; each has the value of its group.
    shdi = [r for r in rows_known(root, catalog, "shdi") if "|AFG|" in r["key"] and "Balkh" in r["key"]]
    last = max(shdi, key=lambda r: r["ref_end"])
    land, land_day = newest_national(rows_known(root, catalog, "undp_hdr"), "human_development_index")
    anchors = [(0.80, 100), (0.55, 50), (0.35, 0)]
    # Two origins: the group's own index, and the national one at half the weight.
    own = quality(catalog["shdi"]) * 0.5 ** ((DAY - date.fromisoformat(last["ref_end"])).days / 900)
    far = quality(catalog["undp_hdr"]) * 0.5 * 0.5 ** ((DAY - land_day).days / 900)
    mean = (own * between(float(last["value"]), anchors) + far * between(land, anchors)) / (own + far)
    assert x["M1"] == pytest.approx(mean, abs=0.01)
    jobless, day = newest_national(rows_known(root, catalog, "wdi_unemployment"), "unemployment_rate")
    assert (DAY - day).days < 4 * 540, "not lapsed"
    assert x["M2"] == pytest.approx(min(75.0, between(jobless, [(5, 100), (20, 50), (45, 0)])), abs=0.01)
    assert math.isnan(x["M3"]), "land and property: no source but confirmed reports"

    weight = {"M1": 0.30, "M2": 0.35, "M3": 0.35, "M4": 0.45, "M5": 0.35, "M6": 0.20,
              "M7": 0.30, "M8": 0.20, "M9": 0.15, "M10": 0.20, "M11": 0.15}  # fmt: skip
    filled = {name: NEVER_SEEN if math.isnan(x[name]) else x[name] for name in weight}
    pillars = [("M1", "M2", "M3"), ("M4", "M5", "M6"), ("M7", "M8", "M9", "M10", "M11")]
    shares = [0.30, 0.35, 0.35]
    means = [sum(weight[n] * filled[n] for n in names) for names in pillars]
    score = math.exp(sum(w * math.log(max(mean, 5.0)) for w, mean in zip(shares, means, strict=True)))
    assert run.scores["material"].point[row_of(run)] == pytest.approx(score, abs=1e-6)
    covered = sum(
        share * weight[n]
        for names, share in zip(pillars, shares, strict=True)
        for n in names
        if origin(run, n) not in ("missing", "carried")
    )
    assert run.grades["material"].coverage[row_of(run)] == pytest.approx(covered)
    assert covered < 0.60
    assert {"coverage", "core:M3"} <= set(run.grades["material"].why_insufficient[row_of(run)])
    assert run.grades["material"].level[row_of(run)] >= 4


def test_state_terror_is_inherited_and_weighed(root: Path, catalog: dict[str, dict], run: Assessment) -> None:
    """L1: the worst Political Terror Scale of the newest year, a national value: points, weight and doubt."""
    mine = [r for r in rows_known(root, catalog, "pts") if r["iso3"] == "AFG"]
    year = max(r["ref_end"] for r in mine)
    worst = max(float(r["value"]) for r in mine if r["ref_end"] == year)
    column = [i.id for i in run.framework.indicators].index("L1")
    points = {1: 100, 2: 75, 3: 45, 4: 20, 5: 0}[int(worst)]
    assert run.judged.x[row_of(run), column] == pytest.approx(min(points, 75))
    rows = run.judged.items[column]
    (item,) = [n for n in range(len(rows.region)) if rows.region[n] == row_of(run)]
    age = (DAY - date.fromisoformat(year)).days / 540
    assert rows.weight[item] == pytest.approx(quality(catalog["pts"]) * 0.5 * 0.5**age)
    doubt = math.sqrt(6.0**2 + 12.0**2 + (15.0 * (1 - 0.5**age)) ** 2)
    assert run.judged.sd[row_of(run), column] == pytest.approx(doubt)


def test_no_event_is_missing_where_reporting_cannot_be_relied_on(
    root: Path, catalog: dict[str, dict], run: Assessment
) -> None:
    """The panel's newest month known on the day: was the country, and the province in half a year, heard of?"""
    events: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    last = ""
    for row in rows_known(root, catalog, "ucdp_panel"):
        if row["variable"] == "panel_events" and float(row["value"]) > 0:
            last = max(last, row["ref_end"])
            if row["iso3"] == "AFG":
                events[row["region_code"]][row["ref_end"]] += float(row["value"])
    frontier = date.fromisoformat(last)
    country = max(date.fromisoformat(d) for months in events.values() for d in months)
    mine = [date.fromisoformat(d) for d in events[REGION]]
    heard = (frontier - country).days <= 31 and any((frontier - d).days <= 180 for d in mine)
    assert bool(run.signs.flags.unheard[row_of(run)]) is not heard
    column = [i.id for i in run.framework.indicators].index("P1")
    known = run.judged.x[row_of(run), column]
    if not heard:
        assert origin(run, "P1") == "missing"
        assert math.isnan(known) or known <= NEVER_SEEN


def test_the_way_from_the_airport_and_the_gates(root: Path, run: Assessment) -> None:
    """No report says an arrival is open, so P10 is missing or a bound; UNHCR's position decides the category."""
    with (root / "data" / "reference" / "arrival_points.csv").open(encoding="utf-8") as file:
        airports = {r["iata"]: r for r in csv.DictReader(file) if r["iso3"] == "AFG" and r["kind"] == "international"}
    best = run.journey.best()[REGION]
    assert best.state == "unknown"
    assert best.arrival is not None
    assert best.arrival.iata in airports
    assert best.legs[0] == airports[best.arrival.iata]["region_id"]
    assert best.legs[-1] == REGION
    assert origin(run, "P10") == "missing"
    gated = run.outcome.gated[row_of(run)]
    hits = {hit.gate_id for hit in gated.hits if hit.effect != "note"}
    assert "G1" in hits, "UNHCR's position of August 2021 stands"
    assert gated.category == "A0"
    assert run.outcome.before[row_of(run)] in ("A1", "AU")
    assert ("G5" in hits) == bool(run.signs.famine.get(REGION))


def row_of(run: Assessment) -> int:
    return run.regions.region_id.tolist().index(REGION)


def origin(run: Assessment, indicator: str) -> str:
    column = [i.id for i in run.framework.indicators].index(indicator)
    return ("missing", "own", "zone", "inherited", "carried")[run.judged.origin[row_of(run), column]]
