"""Documents are read once, in the vintage that counts, and every claim cuts its quote out of the text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from ingest import evidence

NOW = datetime(2024, 6, 30)
ROOT = Path(__file__).resolve().parents[2]
TEXTS = {
    "a": ("Shelling in Aleppo", "Artillery shells killed 14 civilians in Aleppo on Monday. A market was destroyed."),
    "b": ("Food prices in Kabul", "Food prices doubled in Kabul this month, and families cannot afford bread."),
    "c": ("Concert in Utrecht", "The orchestra played in Utrecht and the hall was full."),
}


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute((ROOT / "ingest" / "schema.sql").read_text(encoding="utf-8"))
        made.execute(
            """
            INSERT INTO source (source_id, publisher, what, adapter, urls, schedule, licence, redistribution,
                                reliability, credibility, origin_family, local_family, level, countries, known_bias,
                                min_rows, max_rows)
            VALUES ('news', 'n', 'w', 'feed', [], '', '', 'none', 'C', 3, 'news', false, 'country', ['*'], '', 0, 1)
            """
        )
        for key, (title, text) in TEXTS.items():
            add(made, key, title, text, "first")
        yield made


def add(connection: duckdb.DuckDBPyConnection, key: str, title: str, text: str, digest: str) -> None:
    described = connection.execute("DESCRIBE document").fetchall()
    row: dict[str, object] = {
        "document_id": f"news:{key}", "source_id": "news", "row_digest": digest, "title": title, "text": text,
        "url": f"https://news.example/{key}", "language": "en", "published": NOW, "known_at": NOW,
    }  # fmt: skip
    fillers = {
        "VARCHAR": "",
        "JSON": "{}",
        "BOOLEAN": False,
        "VARCHAR[]": [],
        "TIMESTAMP": NOW,
        "INTEGER": 0,
        "BIGINT": 0,
    }
    for name, kind, nullable, *_ in described:
        if name not in row and nullable == "NO":
            row[name] = fillers[kind]
    names, marks = ", ".join(row), ", ".join(f"${name}" for name in row)
    connection.execute(f"INSERT INTO document ({names}) VALUES ({marks})", row)


def table(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[object, ...]]:
    return connection.execute(f"SELECT * FROM evidence.{name} ORDER BY ALL").fetchall()


def test_every_document_is_read_once(connection: duckdb.DuckDBPyConnection) -> None:
    assert evidence.read_new_documents(connection, NOW) == 3
    before = {name: table(connection, name) for name in evidence.PER_DOCUMENT}
    assert evidence.read_new_documents(connection, NOW) == 0
    assert {name: table(connection, name) for name in evidence.PER_DOCUMENT} == before


def test_every_claim_cuts_its_quote_out_of_the_text(connection: duckdb.DuckDBPyConnection) -> None:
    evidence.read_new_documents(connection, NOW)
    rows = connection.execute(
        """
        SELECT c.quote, c.start_at, c.end_at, c.part, d.title, d.text, c.iso3
        FROM evidence.claim AS c
        JOIN document AS d USING (document_id)
        """
    ).fetchall()
    assert "SYR" in {row[6] for row in rows}
    for quote, start, end, part, title, text, _ in rows:
        assert (title if part == "title" else text)[start:end] == quote
    about_the_concert = "SELECT count(*) FROM evidence.claim WHERE document_id = 'news:c'"
    assert connection.execute(about_the_concert).fetchone() == (0,)


def test_a_corrected_document_is_read_again_and_no_other(connection: duckdb.DuckDBPyConnection) -> None:
    evidence.read_new_documents(connection, NOW)
    untouched = "SELECT * FROM evidence.claim WHERE document_id <> 'news:a' ORDER BY claim_id"
    before = connection.execute(untouched).fetchall()
    connection.execute("UPDATE document SET superseded_at = known_at WHERE document_id = 'news:a'")
    add(connection, "a", "Shelling in Idlib", "Artillery shells killed 15 civilians in Idlib on Monday.", "second")
    assert evidence.read_new_documents(connection, NOW) == 1
    assert connection.execute(untouched).fetchall() == before
    quotes = connection.execute("SELECT quote FROM evidence.claim WHERE document_id = 'news:a'").fetchall()
    assert quotes
    assert not any("14 civilians" in quote for (quote,) in quotes)


def test_a_copy_joins_the_story_of_an_earlier_day(connection: duckdb.DuckDBPyConnection) -> None:
    evidence.read_new_documents(connection, NOW)
    add(connection, "copy", *TEXTS["a"], "first")
    evidence.read_new_documents(connection, NOW)
    clusters = connection.execute(
        "SELECT count(DISTINCT cluster_id) FROM evidence.member WHERE document_id IN ('news:a', 'news:copy')"
    ).fetchone()
    assert clusters == (1,)
