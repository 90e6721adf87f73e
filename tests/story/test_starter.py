"""The shipped figures go the same way as live answers, and every country has something to show."""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from dashboard.pipeline import load_starter
from ingest import catalog, reference
from ingest.refresh_report import RefreshReport
from ingest.refresh_tools import Tools
from tests.story.conftest import NOW

LEGAL = ("political_terror_state", "rule_of_law_index", "wgi_estimate")
MATERIAL = ("unemployment_rate", "human_development_index", "inform_risk", "secondary_enrolment", "inflation_rate")


def manifest(root: Path) -> list[dict[str, str]]:
    with (root / "data" / "starter" / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_file_is_what_the_manifest_says(root: Path) -> None:
    folder = root / "data" / "starter"
    for entry in manifest(root):
        body = (folder / entry["file"]).read_bytes()
        assert hashlib.sha256(body).hexdigest() == entry["sha256"]
        assert gzip.decompress(body).count(b"\n") - 1 == int(entry["rows"])
        assert entry["licence"]
        assert entry["note"]
    assert sum(path.stat().st_size for path in folder.iterdir()) < 8_000_000


def test_no_sentence_is_shipped(root: Path) -> None:
    """Numbers, dates, codes and names of goods and markets: no cell is as long as a sentence, no column holds prose."""
    for entry in manifest(root):
        text = gzip.decompress((root / "data" / "starter" / entry["file"]).read_bytes()).decode("utf-8")
        for row in csv.DictReader(text.splitlines()):
            assert not {"title", "text", "summary", "details"} & set(row)
            assert all(len(value or "") < 400 for value in row.values())


def test_every_row_is_taken_in_and_a_second_time_changes_nothing(
    root: Path, starter: tuple[Path, RefreshReport], tmp_path: Path
) -> None:
    data, report = starter
    wanted = {entry["source_id"]: int(entry["rows"]) for entry in manifest(root)}
    found = {line.source: line.new for line in report.sources if line.new}
    assert found == wanted
    again = load_starter(data, catalog.load(root / "sources.toml"), root / "data" / "starter", NOW, Tools())
    assert all((line.new, line.changed) == (0, 0) for line in again.sources)


def test_every_monitored_country_has_legal_and_material_rows_and_the_panel_has_regions(
    root: Path, starter: tuple[Path, RefreshReport]
) -> None:
    monitored = {c.iso3 for c in reference.countries(root / "data" / "reference") if c.monitored}
    assert len(monitored) >= 45
    with duckdb.connect(str(starter[0] / "warehouse.duckdb"), read_only=True) as connection:
        for variables in (LEGAL, MATERIAL):
            rows = connection.execute(
                """
                SELECT DISTINCT iso3
                FROM observation
                WHERE variable IN (SELECT unnest($variables::VARCHAR[])) AND value IS NOT NULL
                """,
                {"variables": list(variables)},
            ).fetchall()
            assert monitored - {row[0] for row in rows} == set()
        placed = Counter(
            dict(
                connection.execute(
                    """
                    SELECT iso3, count(DISTINCT region_id)
                    FROM observation
                    WHERE variable = 'panel_events'
                    GROUP BY iso3
                    """
                ).fetchall()
            )
        )
    assert len(placed) >= 25
    assert all(regions > 0 for regions in placed.values())


def test_a_damaged_file_is_refused_and_the_others_are_taken_in(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "starter"
    folder.mkdir()
    entries = [e for e in manifest(root) if e["source_id"] in ("pts", "vdem")]
    for entry in entries:
        (folder / entry["file"]).write_bytes((root / "data" / "starter" / entry["file"]).read_bytes())
    (folder / "pts.csv.gz").write_bytes(gzip.compress(b"some,other,columns\n1,2,3\n"))
    with (folder / "MANIFEST.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(entries[0]))
        writer.writeheader()
        writer.writerows(entries)
    report = load_starter(tmp_path / "data", catalog.load(root / "sources.toml"), folder, NOW, Tools())
    states = {line.source: line.state for line in report.sources}
    assert states == {"pts": "failed", "vdem": "ok"}
    assert (
        "python -m ingest.starter" in " ".join(str(line.message) for line in report.sources) or report.exit_code() == 3
    )


@pytest.mark.parametrize("column", ["licence", "sha256", "as_of", "captured"])
def test_credit_and_origin_stand_beside_every_file(root: Path, column: str) -> None:
    assert all(entry[column] for entry in manifest(root))
