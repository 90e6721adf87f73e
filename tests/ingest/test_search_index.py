"""The search file lies beside its snapshot, is linked when nothing changed, and goes with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from ingest import search_index
from ingest.evidence import read_new_documents
from ingest.publish import publish
from ingest.text.search import Filters, beside, search
from ingest.warehouse import Warehouse
from tests.ingest.test_evidence import NOW, TEXTS, add

SOURCE = """
    INSERT INTO source (source_id, publisher, what, adapter, urls, schedule, licence, redistribution, reliability,
                        credibility, origin_family, local_family, level, countries, known_bias, min_rows, max_rows)
    VALUES ('news', 'n', 'w', 'feed', [], '', '', 'none', 'C', 3, 'news', false, 'country', ['*'], '', 0, 1)
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with Warehouse(tmp_path / "warehouse.duckdb").writer() as connection:
        connection.execute(SOURCE)
        for key, (title, text) in TEXTS.items():
            add(connection, key, title, text, "first")
        read_new_documents(connection, NOW)
    return tmp_path


def published(data: Path, hours: int, keep: int = 10) -> Path:
    with Warehouse(data / "warehouse.duckdb").writer() as connection:
        pointer = publish(
            connection, data / "published", made_at=NOW + timedelta(hours=hours), code_version="t", keep=keep,
            derive=search_index.derive,
        )  # fmt: skip
    return data / "published" / pointer.file


def test_documents_and_claims_are_found_by_what_the_texts_say(data: Path) -> None:
    path = beside(published(data, 0))
    found = search(path, "aleppo", Filters(kind="document", regions=("SY-HL",)))
    assert [hit.id for hit in found.hits] == ["news:a"]
    assert found.hits[0].about["n_origins"] == 1
    claims = search(path, "civilians", Filters(kind="claim", countries=("SYR",)))
    assert claims.total == len(claims.hits) > 0
    assert all(hit.about["document_id"] == "news:a" for hit in claims.hits)
    assert search(path, "orchestra", Filters(kind="claim")).total == 0
    assert search(path, "", Filters(kind="document")).total == 3


def test_a_file_is_linked_while_no_text_changed_and_made_again_when_one_did(data: Path) -> None:
    first, second = beside(published(data, 0)), beside(published(data, 1))
    assert first.samefile(second)
    with Warehouse(data / "warehouse.duckdb").writer() as connection:
        add(connection, "d", "Snow in Bamyan", "Snow closed the road to Bamyan.", "first")
        read_new_documents(connection, NOW)
    third = beside(published(data, 2))
    assert not third.samefile(second)
    assert search(third, "snow").total >= 1
    assert search(second, "snow").total == 0, "an older snapshot keeps its own"


def test_the_file_goes_with_its_snapshot(data: Path) -> None:
    first = beside(published(data, 0))
    published(data, 1, keep=1)
    assert not first.exists()
    assert len(list((data / "published").glob("*.search.sqlite"))) == 1


def test_a_snapshot_without_texts_has_none(tmp_path: Path) -> None:
    snapshot = tmp_path / "snap-00000000000000000001.duckdb"
    duckdb.connect(str(snapshot)).close()
    assert search_index.derive(snapshot) is None
    assert not beside(snapshot).exists()


def test_documents_without_a_day_come_last(data: Path) -> None:
    with Warehouse(data / "warehouse.duckdb").writer() as connection:
        connection.execute("UPDATE document SET published = NULL WHERE document_id = 'news:b'")
        connection.execute(
            "UPDATE document SET published = $day WHERE document_id = 'news:c'", {"day": datetime(2020, 1, 1)}
        )
    hits = search(beside(published(data, 0)), "", Filters(kind="document")).hits
    assert [hit.id for hit in hits] == ["news:a", "news:c", "news:b"]
