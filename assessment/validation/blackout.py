"""V10: delete a feed, a country or the last 90 days, assess again, and look for anything that became better."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import duckdb
import numpy as np

from assessment.compute import Assessment, assess
from assessment.framework import DIMENSIONS
from assessment.judged import Memory
from assessment.validation.thresholds import Figure, judged

KEPT_DAYS = 90
MILD = 3  # levels up to this do not advise against return
EVENT_SOURCES = "('ucdp_ged', 'ucdp_candidate', 'ucdp_panel', 'hapi_conflict')"


def blackout(connection: duckdb.DuckDBPyConnection, before: Assessment, countries: Sequence[str]) -> dict[str, Any]:
    """Three deletions on the day of `before`, each with and without memory of it. The warehouse is not touched."""
    memory = Memory.of(
        before.judged, {d: before.scores[d].p20 for d in DIMENSIONS}, {d: before.grades[d].level for d in DIMENSIONS}
    )
    lines, better, forgetful, unsaid, asked = [], 0, 0, 0, 0
    for name, condition, cut in deletions(before):
        with connection.cursor() as cursor:
            hide(cursor, condition)
            runs = [assess(cursor, before.as_of, before.framework, countries, memory=kept) for kept in (memory, None)]
        improved = [improvements(before, run) for run in runs]
        quiet = np.isin(before.regions.iso3, cut) & (before.grades["physical"].known_level > 0)
        silent = int((quiet & ~runs[0].grades["physical"].insufficient).sum())
        mild = improvements(before, runs[1], MILD)
        lines.append([name, improved[0], improved[1], mild, int(quiet.sum()), silent])
        better, forgetful = better + improved[0], forgetful + improved[1]
        unsaid, asked = unsaid + silent, asked + int(quiet.sum())
    n = len(before.regions.region_id)
    figures = {
        "improved": Figure(float(better), n), "forgetful": Figure(float(forgetful), n),
        "unsaid": Figure(float(unsaid), asked),
    }  # fmt: skip
    columns = ["deleted", "better_with_memory", "better_without", "of_which_mild", "regions", "unsaid"]
    table = {"caption": "blackout", "columns": columns, "rows": lines}
    return judged("V10", figures, tables=[table])


def deletions(before: Assessment) -> list[tuple[str, str, list[str]]]:
    """(name, SQL condition of the rows to hide, iso3 of the countries whose events are gone)."""
    fed = before.grades["physical"].known_level > 0
    lands, size = np.unique(before.regions.iso3[fed], return_counts=True)
    country = str(lands[size.argmax()]) if len(lands) else str(before.regions.iso3[0])
    newest = before.as_of - timedelta(days=KEPT_DAYS)
    everywhere = sorted({str(land) for land in lands.tolist()})
    return [
        ("events of every country", f"source_id IN {EVENT_SOURCES}", everywhere),
        (f"all rows of {country}", f"iso3 = '{country}'", [country]),
        (f"the last {KEPT_DAYS} days", f"ref_end > DATE '{newest.isoformat()}'", []),
    ]


def hide(cursor: duckdb.DuckDBPyConnection, condition: str) -> None:
    """Views of this cursor alone stand before the tables of observations and events, without the rows of `condition`.

    `condition` is text of this module, never of a user.
    """
    (name,) = cursor.execute("SELECT current_database()").fetchone() or ("",)
    for table in ("observation", "event"):
        cursor.execute(
            f'CREATE OR REPLACE TEMP VIEW {table} AS SELECT * FROM "{name}".main.{table} WHERE NOT ({condition})'
        )


def improvements(before: Assessment, after: Assessment, at_most: int = 5) -> int:
    """Levels for advice that are better than before and at most `at_most`, over all regions and dimensions."""
    found = 0
    for d in DIMENSIONS:
        then, now = before.grades[d].level, after.grades[d].level
        found += int(((now < then) & (now <= at_most)).sum())
    return found
