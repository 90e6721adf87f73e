"""Tables of an older form are made anew; rows of today's form stay."""

from __future__ import annotations

import duckdb

from assessment import store


def test_a_table_of_an_older_form_is_made_anew_and_no_run_is_left_half() -> None:
    connection = duckdb.connect()
    store.prepare(connection)
    connection.execute("INSERT INTO assessment.pillar_score VALUES ('r', 'AF-BAL', 'legal', 'law', 1, 1)")
    store.prepare(connection)
    assert connection.execute("SELECT count(*) FROM assessment.pillar_score").fetchone() == (1,)
    connection.execute("ALTER TABLE assessment.gate_hit DROP COLUMN expires")
    run = "('r', '2024-01-01', 'current', now()::TIMESTAMP, 'v', 'd', 'c', 1, 'i', NULL)"
    connection.execute(f"INSERT INTO assessment.run VALUES {run}")
    store.prepare(connection)
    columns = [row[0] for row in connection.execute("DESCRIBE assessment.gate_hit").fetchall()]
    assert "expires" in columns
    assert connection.execute("SELECT count(*) FROM assessment.run").fetchone() == (0,)
