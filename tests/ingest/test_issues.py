"""Issues: the same problem is one row, however its sightings are batched."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.issues import REMEDIES, Issue, record, remedy_for
from ingest.warehouse import Warehouse

_sightings = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["live-1", "live-2"])), min_size=1, max_size=8)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sightings=_sightings, cuts=st.sets(st.integers(1, 7)))
def test_batches_make_no_difference(tmp_path: Path, sightings: list[tuple[str, str]], cuts: set[int]) -> None:
    sightings.sort(key=lambda item: item[1])  # runs follow each other
    seen = [
        (Issue("alpha", "bad_row", message, answer_digest=f"answer {number}", count=number + 1), run_id,
         datetime(2026, 1, 1) + timedelta(days=number))
        for number, (message, run_id) in enumerate(sightings)
    ]  # fmt: skip
    edges = [0, *sorted(cut for cut in cuts if cut < len(seen)), len(seen)]
    batchings = [[seen], [seen[start:end] for start, end in pairwise(edges)]]
    found = []
    with Warehouse(tmp_path / "w.duckdb").writer() as connection:
        for batches in batchings:
            connection.execute("DELETE FROM issue")
            for batch in batches:
                record(connection, batch)
            found.append(connection.execute("SELECT * FROM issue ORDER BY issue_id").fetchall())
        kept = connection.execute("SELECT first_seen, last_seen, answer_digest, count FROM issue").fetchall()
    assert found[0] == found[1]
    for first_seen, last_seen, answer_digest, _ in kept:
        assert first_seen <= last_seen
        assert datetime(2026, 1, 1) + timedelta(days=int(answer_digest.split()[1])) == last_seen


def test_a_count_is_that_of_the_run_that_last_saw_it(tmp_path: Path) -> None:
    issue, day = Issue("alpha", "bad_row", "x", count=5), datetime(2026, 1, 1)
    with Warehouse(tmp_path / "w.duckdb").writer() as connection:
        for run_id in ("live-1", "live-1", "live-2"):
            record(connection, [(issue, run_id, day)])
        assert connection.execute("SELECT run_id, last_run_id, count FROM issue").fetchall() == [
            ("live-1", "live-2", 5)
        ]


def test_every_kind_has_a_remedy_in_words() -> None:
    assert all(len(remedy_for(kind)) > 20 for kind in [*REMEDIES, "something new"])
