"""Early warning for the regions of a run: the trained model where its panel reaches today, else plain history.

A panel needs every month of every region, so the countries whose base covers all months up to a common end are in it.
Where it ends long ago, or nothing was trained, the product shows in how many of the last twelve covered months the
target was met; without recent counts it says so. Rows of assessment.forecast; none of them touches a level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from assessment import forecast
from assessment.forecast import EarlyWarning, Outlook
from assessment.forecast_targets import HORIZONS
from assessment.framework import Framework
from assessment.validation.panel import Floats, Panel, panel_from_frame

TARGETS = {"any_death": ("any", 1), "deaths_10": ("ge10", 10), "deaths_25": ("ge25", 25)}  # outcome -> word, deaths
SHORTEST = 48  # months a panel must have: two years to warm up, two to learn and measure
RECENT = 4  # months the newest counts may lie back for a word about the next ones
MONTHS = 240  # looked back at most
NOTHING_RECENT = "no source has counted violence here lately"
NOT_TRAINED = "no model has been trained yet"
PANEL_ENDS = "the counts of this country do not reach back without gaps to what the model needs"

COUNTS = """
    SELECT region_id AS unit, iso3 AS country, month, split_part(base_source, '_', 1) AS family, events AS n_events,
           one_sided AS n_os, deaths
    FROM region_month_violence
    WHERE last_day(month) <= $day AND month > $day - to_months($months::INTEGER)
    ORDER BY unit, month
"""


def counts_of(connection: duckdb.DuckDBPyConnection, as_of: date) -> pd.DataFrame:
    """Every covered month that is over, by region. Needs the temporary tables of `violence.build`."""
    return connection.execute(COUNTS, {"day": as_of, "months": MONTHS}).df()


def panel_of(counts: pd.DataFrame) -> Panel | None:
    """The countries covered in every month up to a common end, by one family of sources; None when that is too little.

    The end is the newest month that at least half as many countries reach as any month does.
    """
    if counts.empty:
        return None
    month = counts["month"].to_numpy().astype("datetime64[M]").astype(int)
    frame = counts.assign(m=month)
    covered = frame.groupby(["country", "m"])["family"].first().unstack("m")
    reached = covered.notna().sum()
    end = int(reached.index[reached >= reached.max() / 2].max())
    back = {}
    for country, row in covered.iterrows():
        family, length = row.get(end), 0
        while family == family and family is not None and row.get(end - length) == family:
            length += 1
        back[country] = length
    lengths = sorted((n for n in back.values() if n >= SHORTEST), reverse=True)
    if not lengths:
        return None
    length = lengths[(2 * len(lengths)) // 3] if len(lengths) > 2 else lengths[-1]
    chosen = {country for country, n in back.items() if n >= length}
    inside = frame[frame["country"].isin(chosen) & frame["m"].between(end - length + 1, end)]
    # A region that is not covered in some month has no count there: the panel would take that for a zero.
    inside = inside[inside.groupby("unit")["m"].transform("nunique") == length]
    return panel_from_frame(inside, ("n_events", "n_os", "deaths"))


def neighbours_of(connection: duckdb.DuckDBPyConnection, panel: Panel) -> Floats:
    """0/1 table of borders between the units of a panel."""
    at = {unit: i for i, unit in enumerate(panel.units.tolist())}
    table = np.zeros((len(at), len(at)))
    for region, near in connection.execute("SELECT region_id, neighbours FROM region WHERE admin_level = 1").fetchall():
        for other in near:
            if region in at and other in at:
                table[at[region], at[other]] = table[at[other], at[region]] = 1.0
    return table


def train(connection: duckdb.DuckDBPyConnection, as_of: date) -> EarlyWarning | None:
    """Fit on everything known at the day; about a minute. None when no country is covered long enough."""
    panel = panel_of(counts_of(connection, as_of))
    if panel is None:
        return None
    questions = [(outcome, horizon) for outcome in TARGETS for horizon in HORIZONS]
    near = neighbours_of(connection, panel)
    return forecast.train(panel, str(panel.months[-1]), neighbours=near, questions=questions)


def rows(
    connection: duckdb.DuckDBPyConnection, framework: Framework, run_id: str, regions: list[str], as_of: date,
    model: EarlyWarning | None,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """One row per region, target and horizon."""
    counts = counts_of(connection, as_of)
    newest = np.datetime64(as_of + timedelta(days=1), "M") - np.timedelta64(1, "M")  # last month that is over
    told = _model(connection, counts, newest, model) if model else {}
    past = history(counts, newest)
    words = framework.raw["likelihood"]["words"]
    for region in regions:
        for outcome, (target, _) in TARGETS.items():
            for horizon in HORIZONS:
                key = {"run_id": run_id, "region_id": region, "horizon_months": horizon, "target": target}
                one = told.get((region, outcome, horizon))
                met, seen = past.get((region, outcome), (None, None))
                row: dict[str, Any] = {"probability": None, "word_en": None, "word_nl": None}
                row |= {"months_met": met, "months_seen": seen}
                if one is not None and one.probability is not None:
                    word = next(w for w in words if one.probability <= w["to"])
                    row |= {"probability": one.probability, "word_en": word["en"], "word_nl": word["nl"],
                            "basis": "model", "why": None}  # fmt: skip
                elif seen:
                    why = one.why_history if one is not None else PANEL_ENDS if model else NOT_TRAINED
                    row |= {"basis": "history", "why": why}
                else:
                    row |= {"basis": "none", "why": NOTHING_RECENT}
                yield key | row


def _model(
    connection: duckdb.DuckDBPyConnection, counts: pd.DataFrame, newest: np.datetime64, model: EarlyWarning
) -> Mapping[tuple[str, str, int], Outlook]:
    panel = panel_of(counts)
    if panel is None or newest - panel.months[-1] > np.timedelta64(RECENT, "M"):
        return {}
    try:
        found = forecast.outlook(model, panel, str(panel.months[-1]), neighbours_of(connection, panel), reason_count=0)
    except ValueError:  # trained on other series than there are now: history, until it is trained again
        return {}
    return {(one.unit, one.outcome, one.horizon): one for one in found}


def history(counts: pd.DataFrame, newest: np.datetime64) -> dict[tuple[str, str], tuple[int, int]]:
    """(region, outcome) -> in how many of how many of the last twelve covered months the target was met."""
    if counts.empty:
        return {}
    month = counts["month"].to_numpy().astype("datetime64[M]")
    frame = counts.assign(m=month)
    last = frame.groupby("country")["m"].transform("max").to_numpy().astype("datetime64[M]")
    recent = (newest - last <= np.timedelta64(RECENT, "M")) & (month > last - np.timedelta64(12, "M"))
    found = {}
    for unit, part in frame[recent].groupby("unit"):
        for outcome, (_, deaths) in TARGETS.items():
            found[str(unit), outcome] = (int((part["deaths"] >= deaths).sum()), len(part))
    return found
