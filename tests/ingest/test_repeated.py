"""Paragraphs in many documents of a source are found, and the claims cut out of them counted."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb

from ingest.repeated import repeated
from ingest.warehouse import append_rows

ROOT = Path(__file__).resolve().parents[2]
NOTE = "There is a threat of attack everywhere, our desk says."
NOW = datetime(2024, 6, 30)


def test_a_standing_note_is_told_with_its_claims() -> None:
    with duckdb.connect() as connection:
        connection.execute((ROOT / "ingest" / "schema.sql").read_text(encoding="utf-8"))
        texts = [f"Shelling in town {n}.\n\n{NOTE}\n\n{NOTE}" for n in range(3)] + ["Rain fell.", NOTE]
        for number, text in enumerate(texts):
            _add(connection, f"news:{number}", text, source_id="news" if number < 4 else "other")
        found = repeated(connection, "news")
        assert [(row.paragraph, row.documents, row.share, row.claims) for row in found] == [(NOTE, 3, 0.75, 0)]
        connection.execute((ROOT / "ingest" / "evidence.sql").read_text(encoding="utf-8"))
        for number, start in ((0, texts[0].index(NOTE)), (1, texts[1].index(NOTE) + 5), (2, 0)):
            connection.execute(
                """
                INSERT INTO evidence.claim (claim_id, document_id, row_digest, part, start_at, end_at, quote, iso3,
                    region_rule, theme, dimension, polarity, confidence, extractor_version)
                VALUES ($id, $id, 'd', 'text', $start, $start + 9, 'q', 'SOM', '', 'crime', 'physical', -1, 0.5, 'v')
                """,
                {"id": f"news:{number}", "start": start},
            )
        assert repeated(connection, "news")[0].claims == 2
        assert repeated(connection, "nobody") == []


def _add(connection: duckdb.DuckDBPyConnection, name: str, text: str, source_id: str) -> None:
    names = [row[0] for row in connection.execute("DESCRIBE document").fetchall()]
    row = {
        "document_id": name, "source_id": source_id, "row_digest": "d", "title": name, "kind": "news", "text": text,
        "url": "https://news.example/", "countries": [], "topics": [], "attachments": [], "attributes": "{}",
        "retrieved_at": NOW, "known_at": NOW, "known_basis": "retrieved", "run_id": "r", "answer_digest": "a",
    }  # fmt: skip
    append_rows(connection, "document", [{**dict.fromkeys(names), **row}])
