"""Documents are read once, in the vintage that counts, and every claim cuts its quote out of the text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from ingest import evidence
from ingest.text import pipeline
from ingest.text.gate import lexicon_gate
from ingest.text.read_document import ReadDocument, Tools, read_document
from ingest.text.rows import TextDocument
from ingest.text.themes import load_lexicon

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
    statement = "SELECT quote, superseded_at FROM evidence.claim WHERE document_id = 'news:a'"
    quotes = connection.execute(statement).fetchall()
    assert any("15 civilians" in quote for quote, superseded in quotes if superseded is None)
    assert not any("14 civilians" in quote for quote, superseded in quotes if superseded is None)
    kept = {superseded for quote, superseded in quotes if "14 civilians" in quote}
    assert kept == {NOW}, "a claim somebody may have confirmed does not vanish with its sentence"


def test_a_copy_joins_the_story_of_an_earlier_day(connection: duckdb.DuckDBPyConnection) -> None:
    evidence.read_new_documents(connection, NOW)
    add(connection, "copy", *TEXTS["a"], "first")
    evidence.read_new_documents(connection, NOW)
    clusters = connection.execute(
        "SELECT count(DISTINCT cluster_id) FROM evidence.member WHERE document_id IN ('news:a', 'news:copy')"
    ).fetchone()
    assert clusters == (1,)


def test_one_new_document_is_the_only_text_read_although_it_joins_a_story_of_before(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence.read_new_documents(connection, NOW)
    read: list[str] = []

    def counted(document: TextDocument, tools: Tools) -> ReadDocument:
        read.append(document.id)
        return read_document(document, tools)

    monkeypatch.setattr(pipeline, "read_document", counted)
    add(connection, "later", "Shelling in Aleppo", TEXTS["a"][1] + " More follows.", "first")
    assert evidence.read_new_documents(connection, NOW + timedelta(days=1)) == 1
    assert read == ["news:later"]
    told = connection.execute("SELECT document_ids FROM evidence.story WHERE len(document_ids) > 1").fetchall()
    assert told == [(["news:a", "news:later"],)]


def test_one_report_passed_on_by_others_is_one_origin(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        INSERT INTO source SELECT * REPLACE ('paper' AS source_id, 'paper' AS origin_family) FROM source
        """
    )
    add(connection, "copy", *TEXTS["a"], "first")
    connection.execute(
        "UPDATE document SET source_id = 'paper', document_id = 'paper:copy' WHERE document_id = 'news:copy'"
    )
    evidence.read_new_documents(connection, NOW)
    stories = connection.execute(
        "SELECT document_ids, n_origins FROM evidence.story WHERE len(document_ids) > 1"
    ).fetchall()
    assert stories == [(["news:a", "paper:copy"], 1)]


def test_an_unrelated_document_changes_no_other_documents_rows(connection: duckdb.DuckDBPyConnection) -> None:
    evidence.read_new_documents(connection, NOW)
    before = {name: table(connection, name) for name in (*evidence.PER_DOCUMENT, "story")}
    add(connection, "new", "Floods in Beira", "Floods in Beira displaced 3,000 people on Tuesday.", "first")
    assert evidence.read_new_documents(connection, NOW) == 1
    after = {name: table(connection, name) for name in before}
    assert all(set(map(str, before[name])) <= set(map(str, after[name])) for name in before)
    assert len(after["document"]) == len(before["document"]) + 1


def test_tables_of_an_older_form_are_made_again(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE SCHEMA evidence")
    connection.execute("CREATE TABLE evidence.document (document_id VARCHAR)")
    connection.execute("CREATE VIEW evidence.story AS SELECT 1 AS cluster_id")
    assert evidence.read_new_documents(connection, NOW) == 3
    assert len(table(connection, "story")) == 3


def test_another_gate_reads_recent_documents_again(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("UPDATE document SET published = '2020-01-01' WHERE document_id = 'news:b'")
    evidence.read_new_documents(connection, NOW)
    other = lexicon_gate(load_lexicon())
    assert evidence.read_new_documents(connection, NOW, other) == 2, "the one of 2020 stays as it was read"
    assert evidence.read_new_documents(connection, NOW, other) == 0


@pytest.mark.parametrize(
    ("kind", "text", "stored", "expected"),
    [
        ("report", "Shelling in Aleppo.", False, True),
        ("notice", "Updated note on torture.", False, False),
        ("policy", "Letter on torture in Syria", False, False),
        ("policy", "Torture is common in the prisons of Syria, witnesses say.", True, True),
        (
            "policy",
            "#### Het asielbeleid ten aanzien van Syrië\n\n#### Risicogroepen\n\nAls groep gelden:",
            True,
            False,
        ),
    ],
)
def test_rules_and_notes_of_change_state_no_facts(kind: str, text: str, stored: bool, expected: bool) -> None:
    assert evidence.states_facts(kind, text, stored) is expected


def test_a_heading_is_no_claim(connection: duckdb.DuckDBPyConnection) -> None:
    text = "Torture of prisoners\n\nPrisoners in Damascus were tortured."
    add(connection, "t", "Report on Syria", text, "first")
    evidence.read_new_documents(connection, NOW)
    quotes = connection.execute("SELECT DISTINCT quote FROM evidence.claim WHERE document_id = 'news:t'").fetchall()
    assert quotes == [("Prisoners in Damascus were tortured.",)]
