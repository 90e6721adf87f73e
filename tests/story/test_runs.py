"""Runs of the past, what changed between two of them, and what people entered moving a run."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from assessment import framework as frameworks
from assessment import runs
from assessment.explain import dangling, explain
from assessment.ledger import Entry
from assessment.read import Reader
from dashboard import cli
from dashboard.pipeline import publish_now, save_history
from ingest.refresh_report import RefreshReport
from tests.story.conftest import NOW

COUNTRIES = ["AFG"]
DAYS = [date(2023, 4, 30), date(2023, 6, 30), date(2023, 5, 31)]
FRAMEWORK = frameworks.load()


@pytest.fixture(scope="module")
def data(starter: tuple[Path, RefreshReport], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Afghanistan as of three days."""
    folder = tmp_path_factory.mktemp("runs")
    shutil.copy(starter[0] / "warehouse.duckdb", folder / "warehouse.duckdb")
    assert save_history(folder, DAYS, FRAMEWORK, COUNTRIES, now=NOW) == sorted(DAYS)
    publish_now(folder, NOW)
    return folder


def test_a_day_that_has_its_run_is_not_assessed_again(data: Path) -> None:
    assert save_history(data, DAYS, FRAMEWORK, COUNTRIES, now=NOW) == []


def test_month_ends_are_over_before_the_day() -> None:
    assert runs.month_ends(date(2024, 3, 31), 3) == [date(2023, 12, 31), date(2024, 1, 31), date(2024, 2, 29)]


def test_every_run_is_compared_with_the_one_before_and_keeps_its_own_past(data: Path) -> None:
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute("SELECT as_of, run_id, compared_run_id FROM assessment.run ORDER BY as_of").fetchall()
        assert [row[2] for row in rows] == [None, rows[0][1], rows[1][1]]
        late = connection.execute(
            """
            SELECT count(*)
            FROM assessment.indicator_item AS i
            JOIN assessment.run AS r USING (run_id)
            JOIN observation AS o ON list_contains(i.evidence_ids, o.observation_id)
            GROUP BY i.evidence_ids, r.as_of
            HAVING min(o.known_at) >= r.as_of + INTERVAL 1 DAY
            """
        ).fetchall()
    assert late == [], "a run of the past knows nothing that was learnt later"


def test_what_changed_between_two_days_sums_up(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    order = ["--data-dir", str(data), "diff", "2023-04-30", "2023-06-30"]
    assert cli.main([*order, "AF-BAL", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    moved = 0
    for part in answer["dimensions"].values():
        assert sum(p["contribution"] for p in part["parts"]) == pytest.approx(part["change"], abs=1e-9)
        moved += len(part["parts"])
    assert moved
    assert cli.main(order) == 0
    table = capsys.readouterr().out
    with Reader.open(data / "published") as reader:
        ids = {run["as_of"]: run["run_id"] for run in reader.runs()}
        changed = reader.changes_between(ids[DAYS[0]], ids[DAYS[1]])
    assert all(row["region_id"] in table for row in changed)
    assert cli.main([*order[:3], "2023-04-30", "2000-01-01"]) == 1
    assert "no run or day '2000-01-01'" in capsys.readouterr().err


def test_a_confirmed_claim_moves_the_run_and_opens_to_its_quote(data: Path, tmp_path: Path) -> None:
    """L3 has no other source: a person's word is its first evidence, and the legal core is then known."""
    shutil.copy(data / "warehouse.duckdb", tmp_path / "warehouse.duckdb")
    day = date(2023, 6, 30)
    coded = {"theme": "L3", "region_id": "AF-BAL", "scope": 3, "intensity": 4, "range": 2}
    word = Entry(1, datetime(2023, 6, 1), "s1", "analyst", "claim_confirmed", "claim:x", coded, "", "")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute((Path(runs.__file__).parents[1] / "ingest/evidence.sql").read_text(encoding="utf-8"))
        connection.execute(
            """
            INSERT INTO document (document_id, source_id, row_digest, title, url, kind, published, countries, topics,
                attachments, attributes, retrieved_at, known_at, known_basis, run_id, answer_digest)
            SELECT 'easa_czib:one', 'easa_czib', 'd', 'A report', 'https://example.org/', 'report', '2023-05-20',
                ['AFG'], [], [], '{}', '2023-05-20', '2023-05-20', 'published', 'test',
                (SELECT digest FROM answer WHERE source_id = 'easa_czib' LIMIT 1)
            """
        )
        connection.execute(
            """
            INSERT INTO evidence.claim (claim_id, document_id, row_digest, part, start_at, end_at, quote, iso3,
                region_id, region_rule, theme, dimension, indicator_id, polarity, severity, confidence,
                extractor_version)
            VALUES ('claim:x', 'easa_czib:one', 'd', 'text', 0, 5, 'People are held without charge.', 'AFG', NULL,
                'country', 'detention', 'legal', 'L3', -1, 3, 0.9, 'v')
            """
        )
        without, with_it = (
            runs.make(connection, day, FRAMEWORK, COUNTRIES, entries, kind="current", now=made, code_version="test")
            for made, entries in ((NOW, ()), (NOW + timedelta(minutes=1), [word]))
        )
        assert with_it.run_id != without.run_id
        row = with_it.regions.region_id.tolist().index("AF-BAL")
        column = [i.id for i in FRAMEWORK.indicators].index("L3")
        assert with_it.judged.x[row, column] == pytest.approx(20.0), "code 3"
        assert "core:L3" in without.grades["legal"].why_insufficient[row]
        assert "core:L3" not in with_it.grades["legal"].why_insufficient[row]
        assert dangling(connection, with_it.run_id) == []
        tree = explain(connection, "AF-BAL", day)
    item = next(v for v in tree["indicators"] if v["indicator_id"] == "L3")["items"][0]
    assert item["kind"] == "claim"
    assert item["evidence"][0]["quote"] == "People are held without charge."
    assert item["evidence"][0]["warc_file"]
