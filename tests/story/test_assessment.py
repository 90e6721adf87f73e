"""From shipped figures to a score: arithmetic by hand, the same bytes twice, and nothing that leads nowhere."""

from __future__ import annotations

import csv
import gzip
import json
import statistics
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from assessment import framework as frameworks
from assessment import store
from assessment.compute import Assessment, assess
from assessment.explain import NotAssessed, dangling, explain
from ingest.refresh_report import RefreshReport
from tests.story.conftest import NOW

DAY = date(2023, 6, 30)
COUNTRIES = ["AFG", "SOM", "SYR", "ETH"]


@pytest.fixture(scope="module")
def warehouse(starter: tuple[Path, RefreshReport], tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("assessment") / "warehouse.duckdb"
    copy.write_bytes((starter[0] / "warehouse.duckdb").read_bytes())
    return copy


@pytest.fixture(scope="module")
def run(warehouse: Path) -> Assessment:
    with duckdb.connect(str(warehouse)) as connection:
        result = assess(connection.cursor(), DAY, frameworks.load(), COUNTRIES)
        store.save(connection, result, kind="history", made_at=NOW, code_version="test")
    return result


def starter_rows(root: Path, source_id: str) -> list[dict[str, str]]:
    text = gzip.decompress((root / "data" / "starter" / f"{source_id}.csv.gz").read_bytes()).decode("utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_food_insecurity_of_one_province_by_hand(root: Path, run: Assessment) -> None:
    """M4 of Balkh: people in phase 3+ of all its analysed areas, over the people analysed, as of mid 2023."""
    rows = [
        (row, json.loads(row["dimensions"]))
        for row in starter_rows(root, "ipc")
        if row["region_code"] == "AF-BAL" and row["variable"] == "ipc_population"
    ]
    lag = timedelta(days=45)
    known = [
        (row, dims)
        for row, dims in rows
        if datetime.fromisoformat(row["published"] or (str(date.fromisoformat(row["ref_end"]) + lag))).date() <= DAY
        and date.fromisoformat(row["ref_end"]) <= DAY + timedelta(days=120)
    ]
    newest = max(row["ref_end"] for row, _ in known)
    current = [(row, dims) for row, dims in known if row["ref_end"] == newest]
    hungry = sum(float(row["value"]) for row, dims in current if dims["phase"] == "3+")
    analysed = sum(float(row["denominator"]) for row, dims in current if dims["phase"] == "3+")
    share = 100 * hungry / analysed
    assert 40 < share < 60
    by_hand = 50 - (share - 20) / (60 - 20) * 50  # between the anchors 20 % -> 50 and 60 % -> 0

    column = [i.id for i in run.framework.indicators].index("M4")
    region = list(run.regions.region_id).index("AF-BAL")
    assert run.judged.x[region, column] == pytest.approx(by_hand, abs=0.01)


def test_food_price_change_of_one_province_by_hand(root: Path, run: Assessment) -> None:
    """M6 of Balkh: median change of like series between the newest month known and twelve months before."""
    prices: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for row in starter_rows(root, "wfp_prices"):
        known_at = date.fromisoformat(row["published"][:10]) if row["published"] else None
        if row["region_code"] != "AF-BAL" or (known_at and known_at > DAY):
            continue
        dims = json.loads(row["dimensions"])
        series = tuple(dims.get(name, "") for name in ("market", "commodity", "unit", "price_type"))
        prices[series][row["ref_end"][:7]] = float(row["value"])
    column = [i.id for i in run.framework.indicators].index("M6")
    region = list(run.regions.region_id).index("AF-BAL")
    items = run.judged.items[column]
    mine = [n for n in range(len(items.region)) if items.region[n] == region]
    assert mine, "Balkh has food prices in the starter data"
    value = float(run.items["M6"].value[items.item[mine[0]]])
    month = str(run.items["M6"].ref_end[items.item[mine[0]]])[:7]
    before = f"{int(month[:4]) - 1}{month[4:]}"
    changes = [100 * (s[month] / s[before] - 1) for s in prices.values() if month in s and before in s]
    assert len(changes) >= 3
    assert value == pytest.approx(statistics.median(changes), abs=1.5)


def test_every_region_has_a_row_per_dimension_in_a_known_state(warehouse: Path, run: Assessment) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            "SELECT region_id, dimension, state FROM assessment.dimension_score WHERE run_id = $run_id",
            {"run_id": run.run_id},
        ).fetchall()
    assert len(rows) == 3 * len(run.regions.region_id)
    assert {row[2] for row in rows} <= {"assessed", "stale", "insufficient"}
    provinces = {row[0] for row in rows if row[0].startswith("AF-")}
    assert len(provinces) == 34


def test_no_evidence_leads_nowhere(warehouse: Path, run: Assessment) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        assert dangling(connection, run.run_id) == []
        tree = explain(connection, "AF-BAL", DAY)
    hunger = next(v for v in tree["indicators"] if v["indicator_id"] == "M4")
    record = hunger["items"][0]["evidence"][0]
    assert record["answer_url"] == "https://starter.invalid/ipc/ipc.csv.gz"
    assert record["warc_file"]
    assert record["licence"]
    assert [gate["gate_id"] for gate in tree["gates"]][:1] == ["G1"], "the non-return position covers Afghanistan"
    assert tree["routes"][0]["rank"] == 1


def test_contributions_sum_to_what_is_missing_from_a_hundred(run: Assessment) -> None:
    from assessment.reasons import contributions

    for dimension, scores in run.scores.items():
        total = contributions(run, dimension).sum(axis=1)
        assert total == pytest.approx(100.0 - scores.point)


def test_two_runs_give_the_same_tables(warehouse: Path, run: Assessment, tmp_path: Path) -> None:
    other = tmp_path / "other.duckdb"
    other.write_bytes(warehouse.read_bytes())
    with duckdb.connect(str(other)) as connection:
        first = _scores(connection)
        again = assess(connection.cursor(), DAY, frameworks.load(), COUNTRIES)
        store.save(connection, again, kind="history", made_at=datetime(2030, 1, 1), code_version="test")
        assert again.run_id == run.run_id
        second = _scores(connection)
    for table, rows in first.items():
        assert second[table] == rows, table
    assert all(first[table] for table in ("gate_hit", "route", "alert", "indicator_item"))


def test_a_past_day_is_assessed_with_what_was_known_then(warehouse: Path, tmp_path: Path) -> None:
    """Today's run as of end 2021 equals a run on a warehouse that holds only the rows known by then."""
    day = date(2021, 12, 31)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        today = assess(connection.cursor(), day, frameworks.load(), COUNTRIES)
    then = tmp_path / "then.duckdb"
    then.write_bytes(warehouse.read_bytes())
    with duckdb.connect(str(then)) as connection:
        for table in ("observation", "event"):
            connection.execute(f"DELETE FROM {table} WHERE known_at >= $end", {"end": day + timedelta(days=1)})
            connection.execute(
                f"UPDATE {table} SET superseded_at = NULL WHERE superseded_at >= $end", {"end": day + timedelta(days=1)}
            )
        past = assess(connection.cursor(), day, frameworks.load(), COUNTRIES)
    assert past.run_id == today.run_id
    for dimension in today.scores:
        assert past.scores[dimension].p20.tobytes() == today.scores[dimension].p20.tobytes()
    assert past.outcome == today.outcome
    assert past.journey.routes == today.journey.routes
    assert past.alerts == today.alerts


def test_a_region_nobody_knows_is_answered_with_a_hint(warehouse: Path, run: Assessment) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        with pytest.raises(NotAssessed, match="AF-BAL"):
            explain(connection, "balkh", DAY)
        with pytest.raises(NotAssessed, match="returnwatch assess --as-of 2019-01-01"):
            explain(connection, "AF-BAL", date(2019, 1, 1))


RUN_TABLES = (
    "indicator_value", "indicator_item", "dimension_score", "pillar_score", "reason", "region_result", "gate_hit",
    "perspective", "route", "alert",
)  # fmt: skip


def _scores(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[object, ...]]]:
    """Every table of the runs, in one order."""
    found = {
        table: connection.execute(f"SELECT * FROM assessment.{table} ORDER BY ALL").fetchall() for table in RUN_TABLES
    }
    found["run"] = connection.execute("SELECT * EXCLUDE (made_at) FROM assessment.run ORDER BY ALL").fetchall()
    return found
