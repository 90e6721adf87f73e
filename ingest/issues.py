"""A problem is a row with a remedy: what is wrong, where, what a person can do. The same problem twice is one issue."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import duckdb
import pyarrow as pa

from ingest.model import Problem

# More distinct problems of one kind in one answer say the same thing over and over: the rest is counted in one issue.
MOST_PER_KIND = 200
# Except places: each name that could not be placed is a thing a person can add to the gazetteer.
MOST_PLACES = 5_000

REMEDIES = {
    "unknown_code": "add the code to ingest/variables.toml and to the adapter if it is new, or tell the publisher",
    "unknown_country": "check the country code in the answer; add it to data/reference/countries.csv if it is real",
    "bad_date": "compare with the publisher's page; set date_formats, timezone or earliest of the source",
    "bad_number": "compare with the publisher's page; the adapter may read the wrong column or unit",
    "bad_coordinates": "compare with the publisher's page; latitude and longitude may be swapped",
    "bad_row": "open the archived answer and compare the row with what the adapter expects",
    "unplaced": "add the name or code to the aliases in data/reference for that country, or correct the point",
    "duplicate_key": "nothing is lost; if the two rows are one, tell the publisher",
    "unused_field": "teach the adapter the field, or list it among the fields it ignores",
    "partly_read": "open the archived answer at the place named; what stands before it was taken in",
    "answer_rejected": "open the archived answer; if the publisher changed its form, the adapter has to follow",
    "adapter_crashed": "this is a fault in the adapter: file it with the archived answer; no other source is affected",
    "below_minimum": "open the archived answer; if the source is really smaller now, lower min_rows or must_have",
    "above_maximum": "open the archived answer; if the source is really larger now, raise max_rows",
    "not_found": "open the address in a browser; the publisher may have moved it: correct urls in sources.toml",
    "refused": "see the message: robots.txt forbids it, or the address is not a public one",
    "client_error": "open the address in a browser; the service may want a key or other parameters",
    "server_error": "the publisher's server failed; the next run asks again",
    "throttled": "raise delay_seconds or make the schedule of the source rarer",
    "timeout": "raise timeout_seconds of the source, or ask for less at once",
    "too_large": "raise max_megabytes of the source if the answer is really that large",
    "bad_encoding": "the answer could not be decoded; open the address in a browser",
    "redirect_limit": "open the address in a browser and put the final address into urls in sources.toml",
    "tls_error": "the server's certificate is not valid; tell the publisher, never switch the check off",
    "dns_error": "check the host name in urls in sources.toml",
    "truncated": "the connection broke; the next run asks again",
    "crashed": "the crawl stopped before this address; the next run asks again",
}


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem of one source. `count` is the number of rows concerned in one answer."""

    source_id: str
    kind: str
    message: str
    where: str = ""
    remedy: str = ""
    answer_digest: str | None = None
    count: int = 1

    def issue_id(self) -> str:
        """The same problem of the same source has the same id, whenever it is seen."""
        text = "\x1f".join((self.source_id, self.kind, self.where, self.message))
        return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def remedy_for(kind: str) -> str:
    """What a person can do about a kind of problem when nothing more particular is known."""
    return REMEDIES.get(kind, "open the archived answer and compare it with what the adapter expects")


def from_problem(source_id: str, problem: Problem, answer_digest: str | None) -> Issue:
    """An adapter's Problem as an issue; its own remedy goes before the general one."""
    remedy = problem.remedy or remedy_for(problem.kind)
    return Issue(source_id, problem.kind, problem.message, problem.where, remedy, answer_digest)


class Collector:
    """Issues of one answer, counted per distinct problem, bounded per kind. Order of first sight is kept."""

    def __init__(self) -> None:
        self._found: dict[str, Issue] = {}
        self._per_kind: dict[str, int] = {}
        self._rest: dict[tuple[str, str], Issue] = {}

    def add(self, issue: Issue) -> None:
        """Count one more row with this problem."""
        known = self._found.get(issue.issue_id())
        if known:
            self._found[issue.issue_id()] = replace(known, count=known.count + issue.count)
            return
        limit = MOST_PLACES if issue.kind == "unplaced" else MOST_PER_KIND
        if self._per_kind.get(issue.kind, 0) < limit:
            self._per_kind[issue.kind] = self._per_kind.get(issue.kind, 0) + 1
            self._found[issue.issue_id()] = issue
            return
        key = (issue.source_id, issue.kind)
        rest = self._rest.get(key) or replace(
            issue, message=f"more rows with problems of kind {issue.kind}, like those listed", where="", count=0
        )
        self._rest[key] = replace(rest, count=rest.count + issue.count)

    def all(self) -> list[Issue]:
        """Every distinct issue, the overflow per kind last."""
        return [*self._found.values(), *self._rest.values()]


_SCHEMA = pa.schema(
    [
        ("issue_id", pa.string()), ("source_id", pa.string()), ("run_id", pa.string()), ("answer_digest", pa.string()),
        ("kind", pa.string()), ("where_in", pa.string()), ("message", pa.string()), ("remedy", pa.string()),
        ("first_seen", pa.timestamp("us")), ("last_seen", pa.timestamp("us")), ("count", pa.int64()),
    ]
)  # fmt: skip


def record(
    connection: duckdb.DuckDBPyConnection, issues: Iterable[tuple[Issue, str, datetime]], *, table: str = "issue"
) -> None:
    """Write issues as (issue, run_id, when seen), in one step, inside the caller's transaction.

    A known issue keeps where it was first seen; its count starts anew with each run and adds up within one run.
    """
    merged: dict[tuple[str, str], dict] = {}
    for issue, run_id, seen in issues:
        known = merged.setdefault((issue.issue_id(), run_id), {"first_seen": seen, "last_seen": seen, "count": 0})
        newest = seen >= known["last_seen"]
        known["first_seen"], known["last_seen"] = min(known["first_seen"], seen), max(known["last_seen"], seen)
        known["count"] += issue.count
        if newest:  # as if each answer had been written by itself, however they share batches
            known.update(
                issue_id=issue.issue_id(),
                source_id=issue.source_id,
                run_id=run_id,
                answer_digest=issue.answer_digest,
                kind=issue.kind,
                where_in=issue.where,
                message=issue.message,
                remedy=issue.remedy or remedy_for(issue.kind),
            )
    # One issue may be seen in two runs of one batch (answers of a killed run): each run in its own step.
    for run_id in dict.fromkeys(key[1] for key in merged):
        rows = [row for key, row in merged.items() if key[1] == run_id]
        incoming = pa.Table.from_pylist(rows, schema=_SCHEMA)
        connection.register("incoming_issue", incoming)
        try:
            connection.execute(_UPDATE.format(table=table))
            connection.execute(_INSERT.format(table=table))
        finally:
            connection.unregister("incoming_issue")


_UPDATE = """
UPDATE {table} SET
    last_run_id = i.run_id,
    last_seen = greatest({table}.last_seen, i.last_seen),
    first_seen = least({table}.first_seen, i.first_seen),
    remedy = i.remedy,
    answer_digest = i.answer_digest,
    count = CASE WHEN {table}.last_run_id = i.run_id THEN {table}.count + i.count ELSE i.count END
FROM incoming_issue AS i
WHERE {table}.issue_id = i.issue_id
"""
_INSERT = """
INSERT INTO {table} (
    issue_id, source_id, run_id, last_run_id, answer_digest, kind, where_in, message, remedy, first_seen, last_seen,
    count
)
SELECT i.issue_id, i.source_id, i.run_id, i.run_id, i.answer_digest, i.kind, i.where_in, i.message, i.remedy,
    i.first_seen, i.last_seen, i.count
FROM incoming_issue AS i
WHERE NOT EXISTS (SELECT 1 FROM {table} AS t WHERE t.issue_id = i.issue_id)
"""
