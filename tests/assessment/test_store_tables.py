"""Tables of an older form are made anew, in whatever order they are met."""

from __future__ import annotations

import duckdb

from assessment import store


def test_tables_of_an_older_form_are_made_again() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA assessment")
    connection.execute("CREATE TABLE assessment.alert (alert_id VARCHAR)")
    connection.execute("CREATE TABLE assessment.run (run_id VARCHAR)")  # older too, and dropped with the first
    store.prepare(connection)
    blank = duckdb.connect()
    store.prepare(blank)
    columns = "SELECT table_name, column_name FROM information_schema.columns ORDER BY ALL"
    assert connection.execute(columns).fetchall() == blank.execute(columns).fetchall()


def test_tables_of_the_present_form_keep_their_rows() -> None:
    connection = duckdb.connect()
    store.prepare(connection)
    connection.execute("INSERT INTO assessment.profile_card (profile, iso3, statement) VALUES ('lgbti', 'AFG', '?')")
    store.prepare(connection)
    assert connection.execute("SELECT count(*) FROM assessment.profile_card").fetchone() == (1,)
