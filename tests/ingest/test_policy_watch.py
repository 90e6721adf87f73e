"""Policy texts are watched: versions compared in any order of arrival, each change once, format-only edits never."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from ingest import evidence

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 28)
OLD = """#### Het asielbeleid ten aanzien van Soedan

#### Besluitmoratorium

Ten aanzien van Soedan geldt geen besluit in de zin van artikel 43 Vw.

#### Risicogroepen

De IND beschouwt journalisten als risicogroep.
"""
NEW = OLD.replace("geldt geen besluit", "geldt een besluit").replace("journalisten", "*journalisten*")
NOTES = ["Airports are open.\n\nRoads are safe to use by day.", "Airports are closed.\n\nRoads are safe to use by day."]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute((ROOT / "ingest" / "schema.sql").read_text(encoding="utf-8"))
        yield made


def add(connection: duckdb.DuckDBPyConnection, table: str, **known: object) -> None:
    """A row with the columns given and something harmless in the others that may not be NULL."""
    fillers = {"VARCHAR": "", "JSON": "{}", "VARCHAR[]": [], "TIMESTAMP": NOW, "DATE": NOW.date(), "INTEGER": 0,
               "BIGINT": 0, "DOUBLE": 0.0, "BOOLEAN": False}  # fmt: skip
    row = {name: fillers[kind] for name, kind, nullable, *_ in connection.execute(f"DESCRIBE {table}").fetchall()
           if nullable == "NO"}  # fmt: skip
    row |= known
    marks = ", ".join(f"${name}" for name in row)
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)


def version(connection: duckdb.DuckDBPyConnection, key: str, text: str, day: str, *, current: bool = False) -> None:
    moment = datetime.fromisoformat(day)
    add(
        connection, "document", document_id=f"nl:{key}", source_id="nl", row_digest=f"{key} {day}", title=key,
        text=text, kind="policy", published=moment, known_at=moment, countries=["SDN"],
        superseded_at=None if current else NOW,
    )  # fmt: skip


def advice(connection: duckdb.DuckDBPyConnection, level: float, day: str) -> None:
    moment = datetime.fromisoformat(day)
    add(
        connection, "observation", observation_id="ca:CAN|NPL", source_id="ca", row_digest=f"{level} {day}",
        variable="travel_advice_level", iso3="NPL", value=level, text=f"level {level}", known_at=moment,
        ref_start=moment.date(), ref_end=moment.date(),
    )  # fmt: skip


def rows(connection: duckdb.DuckDBPyConnection, statement: str) -> list[tuple[object, ...]]:
    return connection.execute(statement).fetchall()


def test_a_reworded_item_of_a_country_chapter_is_a_change_and_a_trigger(connection: duckdb.DuckDBPyConnection) -> None:
    version(connection, "circular", OLD, "2026-01-01")
    version(connection, "circular", NEW, "2026-06-01", current=True)
    evidence.read_new_documents(connection, NOW)
    found = rows(
        connection,
        "SELECT iso3, item, change, old_answer, new_answer, effective, old_text, new_text FROM evidence.policy_change",
    )
    assert found == [
        (
            "SDN", "decision_moratorium", "changed", "no", "yes", date(2026, 6, 1),
            "Ten aanzien van Soedan geldt geen besluit in de zin van artikel 43 Vw.",
            "Ten aanzien van Soedan geldt een besluit in de zin van artikel 43 Vw.",
        )
    ]  # fmt: skip
    triggers = rows(connection, "SELECT name, iso3, quote FROM evidence.trigger WHERE part = 'change'")
    assert triggers == [("moratorium", "SDN", "Ten aanzien van Soedan geldt een besluit in de zin van artikel 43 Vw.")]
    items = rows(
        connection,
        """
        SELECT item, answer, valid_from, quote = substr(d.text, start_at + 1, end_at - start_at)
        FROM evidence.policy_item
        JOIN document AS d USING (document_id, row_digest)
        ORDER BY item
        """,
    )
    assert items == [
        ("decision_moratorium", "yes", date(2026, 6, 1), True),
        ("risk_groups", "yes", date(2026, 1, 1), True),
    ], "the wording of the risk groups stands since January; bold type is no change"


def test_paragraphs_of_other_texts_are_compared(connection: duckdb.DuckDBPyConnection) -> None:
    for text, day in zip(NOTES, ("2026-01-01", "2026-02-01"), strict=True):
        version(connection, "note", text, day, current=day == "2026-02-01")
    evidence.read_new_documents(connection, NOW)
    found = rows(connection, "SELECT kind, iso3, change, old_text, new_text FROM evidence.policy_change")
    assert found == [("paragraph", "SDN", "changed", "Airports are open.", "Airports are closed.")]


def test_worse_advice_is_a_trigger_and_better_advice_waits_for_review(connection: duckdb.DuckDBPyConnection) -> None:
    for level, day in ((2.0, "2026-01-01"), (2.0, "2026-02-01"), (3.0, "2026-03-01"), (1.0, "2026-04-01")):
        advice(connection, level, day)
    evidence.read_new_documents(connection, NOW)
    statement = "SELECT change, old_level, new_level, effective FROM evidence.policy_change ORDER BY effective"
    assert rows(connection, statement) == [
        ("worse", 2.0, 3.0, date(2026, 3, 1)),
        ("better", 3.0, 1.0, date(2026, 4, 1)),
    ]
    assert rows(connection, "SELECT name, iso3 FROM evidence.trigger") == [("travel_advice", "NPL")]
    evidence.read_new_documents(connection, NOW)
    assert len(rows(connection, statement)) == 2, "looked at once more, nothing is doubled"


def test_the_order_of_arrival_does_not_matter(connection: duckdb.DuckDBPyConnection) -> None:
    """An older version taken in later gives the changes that reading in order would have given."""
    middle = OLD.replace("journalisten", "journalisten en advocaten")
    version(connection, "circular", OLD, "2026-01-01")
    version(connection, "circular", NEW, "2026-06-01", current=True)
    evidence.read_new_documents(connection, NOW)
    version(connection, "circular", middle, "2026-03-01")
    evidence.read_new_documents(connection, NOW)
    found = rows(connection, "SELECT effective, item, change FROM evidence.policy_change ORDER BY effective, item")
    assert found == [
        (date(2026, 3, 1), "risk_groups", "changed"),
        (date(2026, 6, 1), "decision_moratorium", "changed"),
        (date(2026, 6, 1), "risk_groups", "changed"),
    ]
