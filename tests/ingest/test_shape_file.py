"""Newer outlines from the archive to the map: kept once per layer, drawn under the same region ids."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
import shapely

from assessment import read_shapes
from ingest import reference, shape_file
from ingest.adapters import natural_earth
from ingest.archive import Archive
from ingest.model import Answer, digest_of

NOW = datetime(2026, 11, 23)
RWANDA = ["RW-01", "RW-02", "RW-03", "RW-04", "RW-05"]


@pytest.fixture(autouse=True)
def few_polygons_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(natural_earth, "FEWEST", 5)


def _layer(grown: float) -> Answer:
    """Rwanda as shipped, its eastern region widened by so many degrees where it meets no other."""
    shapes, names = reference.shapes(reference.shipped_folder()), _names()
    others = shapely.union_all([shapes[key] for key in RWANDA if key != "RW-02"])
    wider = {**shapes, "RW-02": shapely.difference(shapely.buffer(shapes["RW-02"], grown), others)}
    features = [
        {"type": "Feature", "properties": {"name": names[key], "adm0_a3": "RWA"},
         "geometry": json.loads(shapely.to_geojson(wider[key]))}
        for key in RWANDA
    ]  # fmt: skip
    body = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    return Answer("natural_earth", "https://example.org/admin_1.json", 200, {}, body, NOW, digest_of(body))


def _names() -> dict[str, str]:
    return {region.region_id: region.name_en for region in reference.regions(reference.shipped_folder())}


def _snapshot(path: Path, digests: dict[str, datetime]) -> Path:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE source (source_id VARCHAR, adapter VARCHAR)")
        connection.execute("INSERT INTO source VALUES ('natural_earth', 'natural_earth'), ('other', 'feed')")
        connection.execute(
            "CREATE TABLE document (source_id VARCHAR, answer_digest VARCHAR, known_at TIMESTAMP, "
            "superseded_at TIMESTAMP)"
        )
        connection.execute("INSERT INTO document VALUES ('other', 'ff', '2030-01-01', NULL)")
        for digest, known_at in digests.items():
            connection.execute("INSERT INTO document VALUES ('natural_earth', ?, ?, NULL)", [digest, known_at])
    return path


def test_the_newest_layer_is_drawn_and_older_files_go(tmp_path: Path) -> None:
    published = tmp_path / "published"
    published.mkdir()
    older, newer = _layer(0.05), _layer(0.2)
    with Archive(tmp_path / "archive") as archive:
        archive.append(older, run_id="r1")
        archive.append(newer, run_id="r2")
    first = _snapshot(published / "snap-1.duckdb", {older.digest: NOW})
    kept = shape_file.keep(first, tmp_path / "archive")
    assert kept
    assert kept.is_file()
    second = _snapshot(published / "snap-2.duckdb", {older.digest: NOW, newer.digest: datetime(2026, 12, 1)})
    path = shape_file.keep(second, tmp_path / "archive")
    assert path
    assert path != kept
    assert not kept.exists()
    with duckdb.connect(str(second), read_only=True) as connection:
        assert shape_file.of_snapshot(connection, published) == path

    shipped, drawn = read_shapes.shapes("RWA"), read_shapes.shapes("RWA", newer=path)
    assert [row["region_id"] for row in drawn["regions"]] == [row["region_id"] for row in shipped["regions"]]
    assert drawn["bounds"] != shipped["bounds"], "a region of Rwanda is wider now"
    assert not any(row["approximate"] for row in drawn["regions"])
    assert read_shapes.shapes("GMB", newer=path)["regions"] == read_shapes.shapes("GMB")["regions"]


def test_a_layer_is_worked_out_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = _layer(0.1)
    with Archive(tmp_path / "archive") as archive:
        archive.append(layer, run_id="r1")
    snapshot = _snapshot(tmp_path / "snap-1.duckdb", {layer.digest: NOW})
    path = shape_file.keep(snapshot, tmp_path / "archive")
    monkeypatch.setattr(natural_earth, "newer_shapes", lambda *_: pytest.fail("the file is there"))
    assert shape_file.keep(snapshot, tmp_path / "archive") == path


def test_without_a_layer_the_shipped_outlines_are_drawn(tmp_path: Path) -> None:
    snapshot = _snapshot(tmp_path / "snap-1.duckdb", {})
    assert shape_file.keep(snapshot, tmp_path / "archive") is None
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        assert shape_file.of_snapshot(connection, tmp_path) is None


def test_an_answer_that_is_gone_is_named(tmp_path: Path) -> None:
    snapshot = _snapshot(tmp_path / "snap-1.duckdb", {"0" * 64: NOW})
    with pytest.raises(OSError, match="the archive has no answer"):
        shape_file.keep(snapshot, tmp_path / "archive")
