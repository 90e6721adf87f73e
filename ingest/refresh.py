"""One refresh: ask the chosen sources (or replay archived answers), take in what they gave, say what it did.

    report = refresh(data_dir, sources, now=now)

The warehouse is opened twice: before the crawl (what is known) and after it (rows); in between nothing is held. A
refresh that was killed is taken up by the next one: its answers lie in the archive, and each answer's rows are written
together with the mark that says so.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from ingest import (
    adapters,
    inbox,
    issues,
    refresh_record,
    variables,
    warehouse_answers,
    warehouse_reference,
    warehouse_runs,
)
from ingest.archive import Archive, Record
from ingest.catalog import Source
from ingest.crawl import Job, Outcome
from ingest.crawl import Progress as CrawlProgress
from ingest.due import due
from ingest.issues import Issue
from ingest.model import AdapterError, Request
from ingest.parse_world import reference_digest, version_of
from ingest.publish import is_behind
from ingest.refresh_load import take_in
from ingest.refresh_lock import RunLock, is_alive
from ingest.refresh_report import RefreshReport, SourceReport
from ingest.refresh_runs import Journal, content_run_id, live_run_id
from ingest.refresh_tools import Folders, Step, Tools, code_version
from ingest.warehouse import Warehouse, content_number, transaction


class RefreshError(Exception):
    """The refresh was asked for something that is not there; the message says what to write instead."""


def refresh(
    data_dir: Path,
    sources: Mapping[str, Source],
    *,
    only: Sequence[str] | None = None,
    replay: Sequence[Path] = (),
    kind: str | None = None,
    now: datetime,
    due_only: bool = False,
    progress: Callable[[Step], None] | None = None,
    tools: Tools | None = None,
) -> RefreshReport:
    """Refresh the sources `only` (None: all), live or from the WARC files `replay`; `kind` "starter": shipped data.

    Raises RefreshError for unknown sources, WarehouseBusy when another writer does not end, CrawlError for replay files
    that are not there. What a source does wrong never raises: it is in the report and in the table of issues.
    """
    return _Refresh(Folders(data_dir), dict(sources), tools or Tools(), now, progress).run(
        _chosen(sources, only), tuple(replay), kind or ("replay" if replay else "live"), due_only, only is not None
    )


def _chosen(sources: Mapping[str, Source], only: Sequence[str] | None) -> list[str]:
    if only is None:
        return list(sources)
    for wanted in only:
        if wanted not in sources:
            near = difflib.get_close_matches(wanted, sources, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "`returnwatch sources list` shows the ids"
            raise RefreshError(f"no source {wanted!r} in sources.toml; {hint}")
    return list(dict.fromkeys(only))


@dataclass(frozen=True, slots=True)
class _Dropped:
    """What the inbox brought."""

    run_id: str  # empty: nothing new
    records: list[Record]
    issues: list[Issue]

    def source_ids(self) -> list[str]:
        return list(dict.fromkeys(record.source_id for record in self.records))


@dataclass
class _Refresh:
    """One refresh on its way; the methods are its steps, in order."""

    folders: Folders
    sources: dict[str, Source]
    tools: Tools
    now: datetime
    progress: Callable[[Step], None] | None

    def run(self, chosen: list[str], replay: tuple[Path, ...], kind: str, due_only: bool, named: bool) -> RefreshReport:
        self.archive = Archive(self.folders.archive)
        self.journal = Journal(self.folders.archive)
        self.warehouse = Warehouse(self.folders.warehouse, memory=self.tools.memory)
        self.reference = reference_digest(self.tools.reference_dir)
        live = kind == "live"
        run_id = live_run_id(self.now, chosen) if live else content_run_id(kind, replay, chosen)
        report = RefreshReport(run_id, kind)
        with RunLock(self.folders.locks, run_id), self.archive:
            self._before(run_id, kind, chosen, due_only)
            if due_only:
                chosen = self.asked
                report.nothing_due = not chosen and not self.dropped
                if report.nothing_due:
                    report.unpublished = self.unpublished
                    return report
            dropped = self._take_inbox()
            jobs, failed = self._jobs(chosen, live)
            outcomes = failed + self._crawl(jobs, run_id, replay)
            self._after(report, list(dict.fromkeys([*chosen, *dropped.source_ids()])), outcomes, dropped)
        if live and not due_only:
            report.sources += [
                SourceReport(source_id, "disabled", message=why)
                for source_id in chosen
                if (why := self.sources[source_id].why_off()) and source_id not in {r.source for r in report.sources}
            ]
        if named:
            _say_absent(report, chosen)
        return report

    def _before(self, run_id: str, kind: str, chosen: list[str], due_only: bool) -> None:
        """First write window: what is known. Killed runs are noted, so that their answers are taken in."""
        with self.warehouse.writer() as connection, transaction(connection):
            warehouse_reference.put_catalog(connection, self.sources)
            warehouse_reference.put_variables(connection, variables.load())
            warehouse_reference.put_regions(connection, self.tools.reference_dir, self.reference)
            self._adopt(connection, run_id)
            candidates = {source_id: self.sources[source_id] for source_id in chosen}
            self.asked = chosen
            if due_only:
                self.asked = due(candidates, warehouse_runs.last_runs(connection), self.now)
            self.validators = warehouse_answers.validators(connection, self.asked)
            self.since = warehouse_runs.last_good(connection)
            self.unpublished = is_behind(self.folders.published, content_number(connection), self.now)
            found, self.stray = inbox.find(self.folders.inbox, self.sources)
            latest = warehouse_answers.latest(connection, list({item.source_id for item in found}))
            self.dropped = [
                item for item in found
                if item.source_id in chosen and not inbox.is_known(item, latest)
            ]  # fmt: skip
            if self.asked or self.dropped or not due_only:
                warehouse_runs.start(connection, run_id, kind, self.now, code_version())

    def _adopt(self, connection: duckdb.DuckDBPyConnection, run_id: str) -> None:
        """Take over the archived answers of killed runs; runs alive in another process are left alone."""
        for other in warehouse_runs.unfinished(connection):
            if other == run_id or is_alive(self.folders.locks, other):
                continue
            warehouse_answers.add(connection, self.archive.records(run_id=other))
            warehouse_runs.interrupt(connection, other)

    def _take_inbox(self) -> _Dropped:
        """Files dropped since the last time enter the archive under a run of their own."""
        if not self.dropped:
            return _Dropped("", [], list(self.stray))
        run_id = content_run_id("inbox", [item.path for item in self.dropped], [item.url for item in self.dropped])
        with self.warehouse.writer() as connection, transaction(connection):
            warehouse_runs.start(connection, run_id, "inbox", self.now, code_version())
        records, found = inbox.deposit(self.dropped, self.sources, self.archive, run_id=run_id, now=self.now)
        return _Dropped(run_id, records, [*self.stray, *found])

    def _jobs(self, chosen: Sequence[str], live: bool) -> tuple[list[Job], list[Outcome]]:
        """What to ask each source. An adapter that fails at asking is one failed source."""
        jobs: list[Job] = []
        failed: list[Outcome] = []
        for source_id in chosen:
            source = self.sources[source_id]
            if live and (source.why_off() or not source.urls):
                continue
            asked: tuple[Request, ...] = ()
            try:
                since = self.since.get(source_id) if live else None
                asked = tuple(adapters.load(source.adapter).requests(source, since))
            except Exception as error:  # as with parsing: the adapter's failure stays its own
                if live:
                    remedy = getattr(error, "remedy", "") or issues.remedy_for("adapter_crashed")
                    what = str(error) if isinstance(error, AdapterError) else f"{type(error).__name__}: {error}"
                    message = f"adapter {source.adapter!r} cannot say what to ask: {what}"
                    failed.append(Outcome(source_id, source.urls[0], "crashed", None, None, message, remedy, 0.0))
                    continue
            if asked or not live:
                jobs.append(Job(source, asked, self.validators.get(source_id, {}) if live else {}))
        return jobs, failed

    def _crawl(self, jobs: Sequence[Job], run_id: str, replay: tuple[Path, ...]) -> list[Outcome]:
        if not jobs:
            return []
        self.archive.close()  # the child appends
        return self.tools.crawl(
            jobs,
            archive_folder=self.folders.archive,
            run_id=run_id,
            replay=replay,
            contact=self.tools.contact,
            wall_seconds=self.tools.wall_seconds,
            progress=self._crawled,
        )

    def _crawled(self, step: CrawlProgress) -> None:
        if self.progress:
            self.progress(Step("crawl", step.outcome.source_id, step.done, step.total))

    def _loaded(self, source_id: str, done: int, total: int) -> None:
        if self.progress:
            self.progress(Step("load", source_id, done, total))

    def _after(self, report: RefreshReport, chosen: Sequence[str], outcomes: list[Outcome], dropped: _Dropped) -> None:
        """Second write window: rows, issues, and how each source fared."""
        asked = {source_id: self.sources[source_id] for source_id in chosen}
        versions = {source_id: version_of(source, self.reference) for source_id, source in asked.items()}
        records = [outcome.record for outcome in outcomes if outcome.record is not None]
        crawled = refresh_record.facts_of_crawl(outcomes, self.now, self.tools.clock())
        self.journal.write(report.run_id, self.now, self.tools.clock(), code_version(), crawled)
        with ExitStack() as stack:
            connection = stack.enter_context(self.warehouse.writer())
            with transaction(connection):
                warehouse_answers.add(connection, [*records, *dropped.records])
                about_inbox = [(issue, dropped.run_id or report.run_id, self.now) for issue in dropped.issues]
                issues.record(connection, about_inbox)
            parse = stack.enter_context(
                self.tools.parser(self.folders.archive, self.tools.reference_dir, self.folders.spool)
            )
            taken = take_in(connection, asked, versions, parse, self.journal, self._loaded)
            runs = [report.run_id, *([dropped.run_id] if dropped.run_id else [])]
            recorder = refresh_record.Recorder(connection, self.now, self.tools.clock())
            with transaction(connection):
                report.sources = recorder.record(runs, outcomes, taken)
            report.unpublished = is_behind(self.folders.published, content_number(connection), self.now)
        if report.offline:
            report.messages.append("no network: no source could be asked; what was stored before stays in use")
        for run_id in runs:
            self.journal.write(run_id, self.now, self.tools.clock(), code_version(), recorder.facts[run_id])


def _say_absent(report: RefreshReport, chosen: Iterable[str]) -> None:
    there = {line.source for line in report.sources}
    absent = [source_id for source_id in chosen if source_id not in there]
    if absent:
        report.messages.append(f"no answer for {', '.join(absent)}: nothing to ask, or not in the replayed files")
