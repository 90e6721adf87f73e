"""Early warning of a run: the model where counts reach today, history where they do not reach back, else nothing."""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import pandas as pd
import pytest

from assessment import framework as frameworks
from assessment import outlooks

FRAMEWORK = frameworks.load()
AS_OF = date(2024, 6, 30)
NEWEST = np.datetime64("2024-06", "M")


def counts(country: str, units: int, first: str, last: str, source: str = "ucdp_ged", seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(units):
        rate = rng.gamma(0.5, 1.0)
        for month in pd.date_range(first, last, freq="MS"):
            events = int(rng.poisson(rate))
            deaths = float(rng.poisson(6.0 * events))
            rows.append((f"{country}-{number}", country, month, source, float(events), 0.0, deaths))
    names = ["region_id", "iso3", "month", "base_source", "events", "one_sided", "deaths"]
    return pd.DataFrame(rows, columns=names)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    """AAA and BBB are covered throughout, CCC for the last year by another family, DDD until two years ago."""
    found = duckdb.connect()
    frame = pd.concat([
        counts("AAA", 12, "2016-01-01", "2024-06-01"), counts("BBB", 12, "2016-01-01", "2024-06-01", seed=2),
        counts("CCC", 2, "2023-07-01", "2024-06-01", "hapi_conflict"), counts("DDD", 2, "2016-01-01", "2022-06-01"),
    ])  # fmt: skip
    found.register("frame", frame)
    found.execute("CREATE TABLE region_month_violence AS SELECT * REPLACE (month::DATE AS month) FROM frame")
    found.execute("CREATE TABLE region AS SELECT DISTINCT region_id, 1 AS admin_level FROM frame")
    found.execute("ALTER TABLE region ADD COLUMN neighbours VARCHAR[] DEFAULT []")
    return found


def test_the_panel_holds_the_countries_without_gaps(connection: duckdb.DuckDBPyConnection) -> None:
    panel = outlooks.panel_of(outlooks.counts_of(connection, AS_OF))
    assert panel is not None
    assert set(panel.countries.tolist()) == {"AAA", "BBB"}
    assert (str(panel.months[0]), str(panel.months[-1])) == ("2016-01", "2024-06")


def test_no_month_that_is_not_over_is_counted(connection: duckdb.DuckDBPyConnection) -> None:
    assert outlooks.counts_of(connection, date(2024, 6, 29))["month"].max() == pd.Timestamp("2024-05-01")


def test_history_is_the_last_twelve_covered_months_of_lately(connection: duckdb.DuckDBPyConnection) -> None:
    frame = outlooks.counts_of(connection, AS_OF)
    found = outlooks.history(frame, NEWEST)
    mine = frame[frame["unit"] == "CCC-0"]
    assert found["CCC-0", "any_death"] == (int((mine["deaths"] >= 1).sum()), 12)
    assert found["CCC-0", "deaths_25"] == (int((mine["deaths"] >= 25).sum()), 12)
    assert ("DDD-0", "any_death") not in found


def test_each_region_says_what_its_outlook_rests_on(connection: duckdb.DuckDBPyConnection) -> None:
    model = outlooks.train(connection, AS_OF)
    names = ["AAA-0", "CCC-0", "DDD-0", "EEE-0"]
    rows = {
        (r["region_id"], r["target"], r["horizon_months"]): r
        for r in outlooks.rows(connection, FRAMEWORK, "run", names, AS_OF, model)
    }
    assert len(rows) == 4 * 3 * 4
    mine = rows["AAA-0", "any", 3]
    if mine["basis"] == "model":
        assert 0 <= mine["probability"] <= 1
        assert mine["word_en"] in {w["en"] for w in FRAMEWORK.raw["likelihood"]["words"]}
    else:  # history did as well on the months kept aside: then the reason is given
        assert mine["why"]
    assert mine["months_seen"] == 12
    other = rows["CCC-0", "any", 3]
    assert (other["basis"], other["probability"], other["why"]) == ("history", None, outlooks.PANEL_ENDS)
    for name in ("DDD-0", "EEE-0"):
        assert (rows[name, "any", 3]["basis"], rows[name, "any", 3]["why"]) == ("none", outlooks.NOTHING_RECENT)
    untrained = next(iter(outlooks.rows(connection, FRAMEWORK, "run", ["AAA-0"], AS_OF, None)))
    assert (untrained["basis"], untrained["why"]) == ("history", outlooks.NOT_TRAINED)


def test_a_year_later_nobody_forecasts_from_old_counts(connection: duckdb.DuckDBPyConnection) -> None:
    late = date(2025, 6, 30)
    rows = list(outlooks.rows(connection, FRAMEWORK, "run", ["AAA-0"], late, outlooks.train(connection, AS_OF)))
    assert {row["basis"] for row in rows} == {"none"}
