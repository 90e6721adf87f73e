"""The main job on everything that was captured: packed, replayed, counted against the files, replayed again."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from ingest import archive_pack, catalog
from ingest.refresh import refresh
from ingest.refresh_report import RefreshReport
from ingest.refresh_tools import Folders

pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 28, 12)


@pytest.fixture(scope="module")
def replayed(
    real: Path, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[list[RefreshReport], duckdb.DuckDBPyConnection]]:
    """The reports of two replays of all captured answers, and the warehouse after them."""
    folder = tmp_path_factory.mktemp("replay")
    packed = folder / "real.warc.gz"
    archive_pack.pack(real / "MANIFEST.csv", packed)
    sources = catalog.load(root / "sources.toml")
    reports = [refresh(folder / "data", sources, replay=(packed,), now=NOW) for _ in range(2)]
    with duckdb.connect(str(Folders(folder / "data").warehouse), read_only=True) as connection:
        yield reports, connection


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    assert row
    return int(row[0])


def test_every_captured_answer_is_taken_in(real, replayed):
    reports, connection = replayed
    captured = Counter(row["source_id"] for row in lines(real / "MANIFEST.csv"))
    assert {line.source: line.state for line in reports[0].sources} == dict.fromkeys(captured, "ok")
    sql = "SELECT source_id, count(*) FROM answer WHERE state IN ('good', 'empty', 'unchanged') GROUP BY source_id"
    stored = dict(connection.execute(sql).fetchall())
    assert stored == captured


def test_a_second_run_reports_nothing_new(replayed):
    reports, _ = replayed
    assert sum(line.new for line in reports[0].sources) > 500_000
    assert [(line.source, line.new, line.changed) for line in reports[1].sources if line.new or line.changed] == []


def test_rows_equal_counts_made_from_the_files(real, replayed):
    """Rows that stand for the members of a named group come on top of a source's own and are left out."""
    _, connection = replayed
    own = "FROM observation WHERE place_rule IS DISTINCT FROM 'group' AND source_id ="
    awsd = [row for row in lines(real / "awsd/incidents.csv") if not row["Incident ID"].startswith("#")]
    assert count(connection, "SELECT count(*) FROM event WHERE source_id = 'awsd'") == len(awsd) == 4_954
    years = "SELECT count(DISTINCT year(ref_start)) FROM event WHERE source_id = 'awsd'"
    assert count(connection, years) == len({row["Year"] for row in awsd})
    conflict, flagged = hapi_figures(real)
    assert count(connection, f"SELECT count(*) {own} 'hapi_conflict'") == conflict
    issues = "SELECT coalesce(sum(\"count\"), 0) FROM issue WHERE source_id = 'hapi_conflict' AND kind = 'source_error'"
    assert count(connection, issues) == flagged
    syria = 12713 + 20951 + 27084 + 27864 + 25805  # rows in Syrian pounds, counted file by file
    assert count(connection, f"SELECT count(*) {own} 'wfp_prices' AND iso3 = 'SYR'") == syria


def hapi_figures(real: Path) -> tuple[int, int]:
    """(figures in the good rows, flagged rows) of the captured conflict files."""
    figures = flagged = 0
    for item in lines(real / "MANIFEST.csv"):
        if item["source_id"] == "hapi_conflict":
            for row in lines(real / item["file"]):
                if row["error"]:
                    flagged += 1
                elif not row["location_code"].startswith("#"):
                    figures += (row["events"] != "") + (row["fatalities"] != "")
    return figures, flagged


PLACED = """
SELECT source_id, iso3, region_id, precision, place_name, latitude, longitude, place_rule FROM observation
UNION ALL
SELECT source_id, iso3, region_id, precision, place_name, latitude, longitude, place_rule FROM event
"""
SUBNATIONAL = "precision <> 'country' AND (place_name IS NOT NULL OR latitude IS NOT NULL)"


def test_nearly_every_row_with_a_place_has_a_region(replayed):
    _, connection = replayed
    own = f"FROM ({PLACED}) WHERE {SUBNATIONAL} AND place_rule IS DISTINCT FROM 'group'"
    assert count(connection, f"SELECT count(*) {own}") > 300_000
    assert count(connection, f"SELECT count(region_id) {own}") / count(connection, f"SELECT count(*) {own}") >= 0.95


def test_every_place_without_a_region_is_named_by_an_issue(replayed):
    _, connection = replayed
    unnamed = f"""
    WITH placed AS ({PLACED})
    SELECT DISTINCT source_id, iso3, place_name, latitude, longitude FROM placed AS p
    WHERE region_id IS NULL AND {SUBNATIONAL} AND iso3 <> 'XXX'
      AND NOT EXISTS (SELECT 1 FROM placed AS g WHERE g.place_rule = 'group' AND g.source_id = p.source_id
                      AND g.iso3 = p.iso3 AND g.place_name = p.place_name)
      AND NOT EXISTS (SELECT 1 FROM issue AS i WHERE i.source_id = p.source_id AND i.kind = 'unplaced'
                      AND i.where_in = p.iso3 AND starts_with(i.message, coalesce(p.place_name, 'point ')))
    """
    assert connection.execute(unnamed).fetchall() == []
