"""Writing down how each source fared in a run: issues, the table of source runs, the journal, the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from ingest import issues, warehouse_answers, warehouse_runs
from ingest.crawl_outcome import GOOD, Outcome
from ingest.issues import Issue
from ingest.refresh_load import Taken
from ingest.refresh_report import SourceReport, message_of, state_of
from ingest.refresh_runs import SourceFacts
from ingest.warehouse_runs import RunTotals


def facts_of_crawl(outcomes: Iterable[Outcome], started_at: datetime, ended_at: datetime) -> dict[str, SourceFacts]:
    """What the answers themselves will not say: which addresses were unchanged, which failed and how."""
    return {
        source_id: SourceFacts(
            state_of(found, ()),
            started_at,
            ended_at,
            tuple(sorted(outcome.url for outcome in found if outcome.kind == "unchanged")),
            {outcome.url: outcome.kind for outcome in found if outcome.kind not in GOOD},
            message_of(found, (), None),
        )
        for source_id, found in _by_source(outcomes).items()
    }


def _by_source(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        # A replay asks for more than the files hold; what is not there was not asked of anybody.
        if outcome.kind != "not_in_archive":
            found.setdefault(outcome.source_id, []).append(outcome)
    return found


@dataclass
class Recorder:
    """Writes the end of a refresh, within the caller's transaction. `facts` is what the journal keeps, per run."""

    connection: duckdb.DuckDBPyConnection
    started_at: datetime
    ended_at: datetime
    facts: dict[str, dict[str, SourceFacts]] = field(default_factory=dict)

    def record(
        self, run_ids: Sequence[str], outcomes: Sequence[Outcome], taken: Mapping[str, Taken]
    ) -> list[SourceReport]:
        """One report line per source. `run_ids`: the run of the crawl, then that of the inbox if there was one."""
        by_source = _by_source(outcomes)
        crawl_facts = facts_of_crawl(outcomes, self.started_at, self.ended_at)
        issues.record(self.connection, [(issue, run_ids[0], self.started_at) for issue in _of_outcomes(outcomes)])
        known = warehouse_answers.states(self.connection, list(taken))
        latest = warehouse_answers.latest(self.connection, list(taken))
        rejected = self._rejected(run_ids)
        lines: dict[str, SourceReport] = {}
        rows: list[dict[str, object]] = []
        for run_id in run_ids:
            totals = warehouse_runs.totals(self.connection, run_id)
            self.facts[run_id] = {}
            for source_id in dict.fromkeys([*by_source, *totals] if run_id == run_ids[0] else totals):
                found = by_source.get(source_id, []) if run_id == run_ids[0] else []
                total = totals.get(source_id, warehouse_runs.NO_TOTALS)
                state, same = self._state(found, total, known, latest, taken[source_id])
                message = message_of(found, rejected.get(source_id, []), total.shortfall)
                fresh = [result for result in taken[source_id].results if result.facts.run_id == run_id]
                rows.append(self._row(run_id, source_id, state, total, len(_bad(found)), message))
                urls = crawl_facts[source_id] if found else SourceFacts(state, self.started_at, self.ended_at)
                self.facts[run_id][source_id] = SourceFacts(
                    state, self.started_at, self.ended_at, urls.unchanged, urls.failures, message
                )
                line = lines.setdefault(source_id, SourceReport(source_id, ""))
                _add(line, state if fresh or state != "ok" else "unchanged", message)
                line.same += same
                line.issues += len(_bad(found))
                line.seconds += sum(outcome.seconds for outcome in found)
            warehouse_runs.finish(self.connection, run_id, self.ended_at)
        warehouse_runs.put_source_runs(self.connection, rows)
        self._count(lines, taken)
        return [lines[source_id] for source_id in sorted(lines)]

    def _state(
        self,
        found: Sequence[Outcome],
        total: RunTotals,
        known: Mapping[tuple[str, str, str], tuple[str, int]],
        latest: Mapping[tuple[str, str], warehouse_answers.LatestAnswer],
        taken: Taken,
    ) -> tuple[str, int]:
        """State of a source in a run, and the rows of answers that brought nothing because they were known before."""
        states = set(total.states)
        counted = {(result.facts.url, result.facts.digest) for result in taken.results}
        same = 0
        for outcome in found:
            record = outcome.record
            if outcome.kind == "unchanged" and (outcome.source_id, outcome.url) in latest:
                same += latest[outcome.source_id, outcome.url].rows
            elif outcome.kind == "answered" and record is not None:
                seen = known.get((record.source_id, record.url, record.digest))
                states.update([seen[0]] if seen else ())
                same += seen[1] if seen and (record.url, record.digest) not in counted else 0
        return state_of(found, states), same

    def _row(
        self, run_id: str, source_id: str, state: str, total: RunTotals, failures: int, message: str | None
    ) -> dict[str, object]:
        """A row of source_run."""
        return {
            "run_id": run_id,
            "source_id": source_id,
            "state": state,
            "started_at": self.started_at,
            "ended_at": self.ended_at,
            "answers": total.answers,
            "new_rows": total.new,
            "changed_rows": total.changed,
            "same_rows": total.same,
            "issues": total.issues + failures,
            "message": message,
        }

    def _rejected(self, run_ids: Sequence[str]) -> dict[str, list[str]]:
        """{source_id: messages} of answers of these runs that could not be used."""
        rows = self.connection.execute(
            """
            SELECT source_id, message
            FROM issue
            WHERE kind IN ('answer_rejected', 'adapter_crashed', 'archive_damaged') AND answer_digest IS NOT NULL
                AND last_run_id IN (SELECT unnest($run_ids::VARCHAR[]))
            ORDER BY source_id, where_in, message
            """,
            {"run_ids": list(run_ids)},
        ).fetchall()
        found: dict[str, list[str]] = {}
        for source_id, message in rows:
            found.setdefault(source_id, []).append(message)
        return found

    def _count(self, lines: Mapping[str, SourceReport], taken: Mapping[str, Taken]) -> None:
        """Rows and issues of the answers this refresh parsed for the first time, whichever run they belong to."""
        for source_id, line in lines.items():
            done = taken[source_id]
            line.new += sum(result.new for result in done.results)
            line.changed += sum(result.changed for result in done.results)
            line.same += sum(result.same for result in done.results)
            line.issues += sum(result.issues for result in done.results)
            line.seconds += done.seconds


def _bad(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.kind not in GOOD]


def _of_outcomes(outcomes: Iterable[Outcome]) -> list[Issue]:
    """Failed requests as issues. Without a network nothing is wrong with any source, so that is none."""
    return [
        Issue(
            outcome.source_id,
            outcome.kind,
            outcome.message or f"the request ended as {outcome.kind}",
            outcome.url,
            outcome.remedy or issues.remedy_for(outcome.kind),
        )
        for outcome in _bad(outcomes)
        if outcome.kind != "offline"
    ]


_WORST_FIRST = ("failed", "offline", "partial", "below_minimum", "ok", "empty", "unchanged", "")


def _add(line: SourceReport, state: str, message: str | None) -> None:
    """Join what the crawl and the inbox say of one source."""
    states = {line.state, state}
    if "ok" in states and states & {"failed", "offline"}:
        states = {"partial"}
    line.state = min(states, key=_WORST_FIRST.index)
    if message and message != line.message:
        line.message = f"{line.message}; {message}" if line.message else message
