"""Claims and stories by filter and page, against counting by hand; snapshots of an older form answer the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assessment import framework as frameworks
from assessment import read_claims
from assessment.read_query import Query, tables
from ingest import evidence
from ingest.warehouse import append_rows

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2024, 6, 30, 12)
TEXTS = (
    "Artillery shells killed 14 civilians in Aleppo on Monday. Food prices doubled in Aleppo this month.",
    "Artillery shells killed 14 civilians in Aleppo on Monday. Food prices doubled in Aleppo this month. More follows.",
    "Gunmen abducted six teachers in Kandahar. Prisoners were tortured in Kandahar, witnesses said.",
    "Floods destroyed 300 houses in Balkh. The hospital in Kabul ran out of medicine and closed its maternity ward.",
    "Journalists were detained without charge in Kabul. A mine exploded near Herat and injured four children.",
    "The orchestra played in Utrecht and the hall was full.",
)


@pytest.fixture(scope="module")
def read() -> Iterator[Query]:
    """Twelve documents over nine days, one corrected after it was read, one without a date."""
    with duckdb.connect() as made:
        made.execute((ROOT / "ingest" / "schema.sql").read_text(encoding="utf-8"))
        source = {"source_id": "news", "publisher": "n", "what": "w", "adapter": "feed", "urls": [], "schedule": "",
                  "licence": "", "redistribution": "none", "reliability": "C", "credibility": 3, "origin_family": "n",
                  "local_family": False, "level": "country", "countries": ["*"], "known_bias": "", "min_rows": 0,
                  "max_rows": 9}  # fmt: skip
        append_rows(made, "source", [{**dict.fromkeys(_names(made, "source")), **source}])
        for number in range(12):
            day = None if number == 7 else NOW - timedelta(days=number % 9)
            _add(made, f"news:{number}", TEXTS[number % 6], day, "first")
        evidence.read_new_documents(made, NOW)
        made.execute("UPDATE document SET superseded_at = $now WHERE document_id = 'news:2'", {"now": NOW})
        _add(made, "news:2", "Gunmen abducted seven teachers in Kandahar.", NOW - timedelta(days=2), "second")
        evidence.read_new_documents(made, NOW)
        yield Query(made, tables(made), frameworks.load(), None)


def _names(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()]


def _add(connection: duckdb.DuckDBPyConnection, name: str, text: str, day: datetime | None, digest: str) -> None:
    row: dict[str, Any] = {
        "document_id": name, "source_id": "news", "row_digest": digest, "title": f"Report {name}", "kind": "news",
        "url": f"https://news.example/{name}", "text": text, "published": day, "countries": [], "topics": [],
        "attachments": [], "attributes": "{}", "retrieved_at": NOW, "known_at": NOW, "known_basis": "retrieved",
        "run_id": "r", "answer_digest": "a",
    }  # fmt: skip
    append_rows(connection, "document", [{**dict.fromkeys(_names(connection, "document")), **row}])


FILTERS: tuple[dict[str, Any], ...] = (
    {}, {"iso3": "AFG"}, {"region_id": "AF-KAN"}, {"theme": "torture"}, {"iso3": "SYR", "theme": "shelling_airstrike"},
    {"since": date(2024, 6, 28)}, {"iso3": "NLD"},
)  # fmt: skip


@pytest.mark.parametrize("chosen", FILTERS)
def test_claims_are_those_that_fit_newest_and_surest_first(read: Query, chosen: dict[str, Any]) -> None:
    rows = read.rows(
        """
        SELECT c.claim_id, c.iso3, c.region_id, c.theme, c.confidence, d.published::DATE AS day
        FROM evidence.claim AS c
        JOIN document AS d ON d.document_id = c.document_id AND d.row_digest = c.row_digest
        WHERE c.superseded_at IS NULL
        """
    )
    fitting = [
        row for row in rows
        if all(row[name] == value for name, value in chosen.items() if name != "since")
        and ("since" not in chosen or (row["day"] is not None and row["day"] >= chosen["since"]))
    ]  # fmt: skip
    fitting.sort(key=lambda row: (-(row["day"] or date.min).toordinal(), -row["confidence"], row["claim_id"]))
    wanted = [row["claim_id"] for row in fitting]
    found = read_claims.claims(read, **chosen)
    assert [hit["claim_id"] for hit in found["hits"]] == wanted[:50]
    assert found["total"] == len(wanted)
    assert bool(wanted) == (chosen.get("iso3") != "NLD"), "the texts must say something for every filter but one"
    paged = [read_claims.claims(read, **chosen, limit=3, offset=start) for start in range(0, len(wanted) + 3, 3)]
    assert [hit["claim_id"] for page in paged for hit in page["hits"]] == wanted
    assert {page["total"] for page in paged} == {len(wanted)}
    for hit in found["hits"]:
        assert hit["quote"] in (hit["title"] if hit["part"] == "title" else _text(read, hit["document_id"]))
        assert hit["evidence_ids"] == [hit["claim_id"]]


def _text(query: Query, document_id: str) -> str:
    statement = "SELECT text FROM document WHERE document_id = $name AND superseded_at IS NULL"
    return str(query.rows(statement, name=document_id)[0]["text"])


@pytest.mark.parametrize("chosen", FILTERS)
def test_a_story_is_about_what_any_of_its_documents_is_about(read: Query, chosen: dict[str, Any]) -> None:
    told: dict[str, list[dict[str, Any]]] = {}
    for row in read.rows(
        """
        SELECT m.cluster_id, m.published, e.relevance, e.countries, e.regions, e.themes
        FROM evidence.member AS m
        JOIN evidence.document AS e USING (document_id)
        """
    ):
        told.setdefault(row["cluster_id"], []).append(row)
    lists = {"iso3": "countries", "region_id": "regions", "theme": "themes"}
    wanted = {
        name for name, rows in told.items()
        if max(row["relevance"] for row in rows) >= 0.5
        and all(any(chosen[key] in row[column] for row in rows) for key, column in lists.items() if key in chosen)
        and ("since" not in chosen
             or any(row["published"] and row["published"].date() >= chosen["since"] for row in rows))
    }  # fmt: skip
    found = read_claims.stories(read, **chosen)
    assert {hit["cluster_id"] for hit in found["hits"]} == wanted
    assert found["total"] == len(wanted)
    for hit in found["hits"]:
        rows = told[hit["cluster_id"]]
        for name in ("countries", "regions", "themes"):
            assert hit[name] == sorted({value for row in rows for value in row[name]})
        assert len(hit["documents"]) == hit["n_documents"] == len(rows)
    assert read_claims.stories(read, **chosen, offset=99) == {"total": len(wanted), "hits": []}


def test_a_snapshot_of_an_older_form_answers_the_same(read: Query, tmp_path: Path) -> None:
    read.cursor.execute(f"ATTACH '{tmp_path / 'older.duckdb'}' AS older")
    read.cursor.execute("COPY FROM DATABASE memory TO older")
    read.cursor.execute("DETACH older")
    with duckdb.connect(str(tmp_path / "older.duckdb")) as connection:
        connection.execute("ALTER TABLE evidence.claim DROP COLUMN published")
        for column in ("relevance", "countries", "regions", "themes"):
            connection.execute(f"ALTER TABLE evidence.story DROP COLUMN {column}")
        older = Query(connection, tables(connection), read.framework, None)
        for chosen in FILTERS:
            assert read_claims.claims(older, **chosen) == read_claims.claims(read, **chosen)
            assert read_claims.stories(older, **chosen) == read_claims.stories(read, **chosen)


def test_confirmed_claims_stand_beside_the_suggested_ones(read: Query) -> None:
    suggested = read_claims.claims(read)
    newest = suggested["hits"][0]
    read.cursor.execute((ROOT / "assessment" / "schema.sql").read_text(encoding="utf-8"))
    row = {"claim_id": newest["claim_id"], "indicator_id": "P2", "iso3": "SYR", "region_id": "SY-HL", "severity": 3,
           "ref_end": date(2024, 7, 1), "source_id": "news", "document_id": "news:0", "quote": newest["quote"],
           "known_at": date(2024, 7, 2)}  # fmt: skip
    append_rows(read.cursor, "assessment.confirmed_claim", [row, {**row, "claim_id": "claim:older", "iso3": "AFG"}])
    both = Query(read.cursor, tables(read.cursor), read.framework, None)
    found = read_claims.claims(both, limit=3)
    assert found["total"] == suggested["total"] + 2
    assert [(hit["claim_id"], hit["status"]) for hit in found["hits"]] == [
        *sorted([(newest["claim_id"], "confirmed"), ("claim:older", "confirmed")]), (newest["claim_id"], "suggested"),
    ]  # fmt: skip
    assert len({frozenset(hit) for hit in found["hits"]}) == 1, "every hit has the same keys"
    assert found["hits"][0]["severity"] == 3
    only = read_claims.claims(both, "confirmed", iso3="AFG")
    assert [hit["claim_id"] for hit in only["hits"]] == ["claim:older"]
    assert read_claims.claims(both, "suggested") == suggested
    assert read_claims.claims(both, "confirmed", theme="P2")["total"] == 2
    assert read_claims.claims(read, "confirmed") == {"total": 0, "hits": []}
