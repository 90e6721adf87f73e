"""Every question a page, the brief or the API may ask, over one published snapshot. Plain data out.

    with Reader.open(published_dir) as reader:
        reader.regions("AFG")

Dicts and lists of text, numbers, dates and None; NULL of the snapshot is None and means no data. Rows with numbers
carry `evidence_ids`, and each of these resolves in `Reader.evidence`. A reader is safe to share among threads: each
call has its own cursor. The snapshot never changes; `refresh` gives a reader of the newer one. Some answers are worked
out once per snapshot; `warm` does that before anybody asks. Treat lists of evidence ids as read-only.

Tables that no run has written yet (gate_hit, route, alert, official_position, profile_card, forecast) give empty lists
until they hold rows. So do claims, stories and policy changes before the text stages have read a document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from assessment import (
    explain as explained,
)
from assessment import (
    framework as frameworks,
)
from assessment import (
    read_change,
    read_claims,
    read_country,
    read_documents,
    read_events,
    read_evidence,
    read_policy,
    read_query,
    read_region,
    read_regions,
    read_shapes,
    read_sources,
    read_violence,
)
from assessment.framework import Framework
from assessment.read_query import NoSnapshot, NotFound, Query, ReadError, Row
from ingest import shape_file
from ingest.catalog import Source
from ingest.publish import NothingPublished, Pointer, Snapshot, current
from ingest.text.search import beside

__all__ = ["NoSnapshot", "NotFound", "ReadError", "Reader"]


class Reader:
    """Answers over one snapshot. Make it with `Reader.open`; `close` it, or use it in a `with`."""

    def __init__(
        self, folder: Path, snapshot: Snapshot, framework: Framework, catalog: Mapping[str, Source] | None
    ) -> None:
        self._folder, self._snapshot, self._framework, self._catalog = folder, snapshot, framework, catalog
        self._memory: dict[Any, Any] = {}
        with snapshot.cursor() as cursor:
            self._tables = read_query.tables(cursor)
            every = read_query.runs(Query(cursor, self._tables, framework, None))
        self._run = next((run for run in every if run["kind"] == "current"), None)

    @classmethod
    def open(
        cls, published_dir: Path, *, framework: Framework | None = None, catalog: Mapping[str, Source] | None = None
    ) -> Reader:
        """A reader of the current snapshot. Raises NoSnapshot with what to do.

        framework: the shipped one by default. catalog: adds what only sources.toml knows to `sources`.
        """
        try:
            snapshot = Snapshot.open(published_dir)
        except NothingPublished as error:
            raise NoSnapshot(str(error)) from None
        except duckdb.Error as error:
            raise NoSnapshot(f"the snapshot in {published_dir} cannot be opened: {error}; publish again") from error
        return cls(published_dir, snapshot, framework or frameworks.load(), catalog)

    @classmethod
    def kept(cls, path: Path) -> Reader:
        """A reader of a kept snapshot, current or not. Raises NoSnapshot when the file cannot be opened."""
        nanoseconds = int(path.stem.rsplit("-", 1)[-1])
        made_at = datetime(1970, 1, 1) + timedelta(microseconds=nanoseconds // 1000)
        try:
            snapshot = Snapshot(path, Pointer(path.name, "", made_at, "", None, 0))
        except duckdb.Error as error:
            raise NoSnapshot(f"{path} cannot be opened: {error}") from error
        return cls(path.parent, snapshot, frameworks.load(), None)

    def is_current(self) -> bool:
        """False when a newer snapshot is published. A pointer that cannot be read changes nothing."""
        try:
            return self._snapshot.pointer is None or current(self._folder).file == self._snapshot.pointer.file
        except NothingPublished:
            return True  # what is open stays readable

    def refresh(self) -> Reader:
        """This reader, or one of the newer snapshot when there is one; this one stays open for those who use it."""
        if self.is_current():
            return self
        return Reader.open(self._folder, framework=self._framework, catalog=self._catalog)

    def warm(self) -> Reader:
        """Work out what is kept per snapshot, so that no page waits for it; for the start and after a `refresh`."""
        _ = self.snapshot
        self.regions()
        self.changes()
        self.method()
        self.world()
        with self._ask() as query:
            read_evidence.kinds(query)
            if self._run is not None:
                read_violence.counts(query)
        return self

    def close(self) -> None:
        """Give the file free."""
        self._snapshot.close()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @contextmanager
    def query(self) -> Iterator[Query]:
        """A question of one's own, for the modules of `assessment` that join the snapshot with the ledger."""
        with self._ask() as query:
            yield query

    @contextmanager
    def _ask(self) -> Iterator[Query]:
        with self._snapshot.cursor() as cursor:
            yield Query(cursor, self._tables, self._framework, self._run, self._memory, beside(self._snapshot.path))

    @property
    def snapshot(self) -> Row:
        """{snapshot_id, file, made_at, known_to, as_of, run_id, framework_version, code_version, starter, …}.

        starter: nothing but shipped figures is in it. sources_broken, sources_stale: as of the publication.
        """
        pointer = self._snapshot.pointer
        assert pointer is not None  # Reader.open always reads one
        about = {"snapshot_id": self._snapshot.snapshot_id, "file": pointer.file, "made_at": pointer.made_at,
                 "known_to": pointer.known_to, "code_version": pointer.code_version}  # fmt: skip
        if "header" not in self._memory:
            with self._ask() as query:
                self._memory["header"] = read_sources.header(query, self.sources())
        return {**about, **self._memory["header"]}

    def countries(self, dimension: str = "overall") -> list[Row]:
        """Every country: regions per level, worst first. See `read_regions.countries`."""
        with self._ask() as query:
            return read_regions.countries(query, dimension)

    def regions(self, iso3: str | None = None, dimension: str = "overall") -> list[Row]:
        """Regions in short, worst first. See `read_regions.regions`."""
        with self._ask() as query:
            return read_regions.regions(query, iso3, dimension)

    def region(self, region_id: str) -> Row:
        """One region in full. See `read_region.region`. Raises NotFound."""
        with self._ask() as query:
            return read_region.region(query, region_id)

    def country(self, iso3: str) -> Row:
        """One country in full. See `read_country.country`. Raises NotFound."""
        with self._ask() as query:
            return read_country.country(query, iso3)

    @property
    def newer_outlines(self) -> Path | None:
        """The file of outlines newer than the shipped ones; it stays the same until a newer layer comes."""
        if "newer outlines" not in self._memory:
            with self._snapshot.cursor() as cursor:
                self._memory["newer outlines"] = shape_file.of_snapshot(cursor, self._snapshot.path.parent)
        found: Path | None = self._memory["newer outlines"]
        return found

    def shapes(self, iso3: str) -> Row:
        """Outlines of a country's regions. See `read_shapes.shapes`. Raises NotFound."""
        return read_shapes.shapes(iso3, newer=self.newer_outlines)

    def world(self) -> list[Row]:
        """Outlines of all countries. See `read_shapes.world`."""
        return read_shapes.world(newer=self.newer_outlines)

    def trend(self, region_id: str, dimension: str, months: int = 24) -> list[Row]:
        """A dimension over the months; gaps stay gaps. See `read_regions.trend`. Raises NotFound."""
        with self._ask() as query:
            return read_regions.trend(query, region_id, dimension, months)

    def violence_trend(self, region_id: str, months: int = 36) -> list[Row]:
        """Events and deaths per month with the source they come from. See `read_violence.violence_trend`."""
        with self._ask() as query:
            return read_violence.violence_trend(query, region_id, months)

    def changes(self, since: date | None = None) -> list[Row]:
        """Levels that changed since a day (None: since the run before), worse and better. See `read_change.changes`."""
        with self._ask() as query:
            return read_change.changes(query, since)

    def alerts(self, open_only: bool = True, iso3: str | None = None) -> list[Row]:
        """Alerts of the run shown. See `read_country.alerts`."""
        with self._ask() as query:
            return read_country.alerts(query, open_only, iso3)

    def positions(self, iso3: str | None = None) -> list[Row]:
        """Official positions as published, also ended ones, newest first. See `read_country.every_position`."""
        with self._ask() as query:
            return read_country.every_position(query, iso3)

    def routes(self, region_id: str) -> list[Row]:
        """Ways to a region, best first."""
        with self._ask() as query:
            return read_country.routes(query, region_id)

    def positions_in_force(self, iso3: str) -> list[Row]:
        """Official positions on a country in force on the day of the run shown. See `read_country.positions`."""
        with self._ask() as query:
            return read_country.positions(query, iso3, query.needed_run()["as_of"])

    def profiles(self) -> list[Row]:
        """Names and key questions of the profiles. See `read_country.profiles`."""
        if "profiles" not in self._memory:
            self._memory["profiles"] = read_country.profiles()
        kept: list[Row] = self._memory["profiles"]
        return [row.copy() for row in kept]

    def relocation(self, iso3: str) -> list[Row]:
        """Regions of a country, best first, with routes. See `read_country.relocation`."""
        with self._ask() as query:
            return read_country.relocation(query, iso3)

    def evidence(self, evidence_id: str, as_of: date | None = None) -> Row:
        """Row, source, archive record and older vintages. See `read_evidence.evidence`. Raises NotFound."""
        with self._ask() as query:
            return read_evidence.evidence(query, evidence_id, as_of)

    def search(
        self, text: str = "", filters: Mapping[str, Any] | None = None, limit: int = 20, offset: int = 0
    ) -> dict[str, Any]:
        """{"total", "hits"} of documents and claims. See `read_documents.search`."""
        with self._ask() as query:
            return read_documents.search(query, text, filters, limit, offset)

    def events(
        self, text: str = "", filters: Mapping[str, Any] | None = None, limit: int = 20, offset: int = 0
    ) -> dict[str, Any]:
        """{"total", "hits"} of events, newest first. See `read_events.events`."""
        with self._ask() as query:
            return read_events.events(query, text, filters, limit, offset)

    def document(self, document_id: str) -> Row:
        """One document. See `read_documents.document`. Raises NotFound."""
        with self._ask() as query:
            return read_documents.document(query, document_id)

    def claims(
        self, status: str | None = None, theme: str | None = None, iso3: str | None = None,
        limit: int = 50, offset: int = 0, **narrower: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """{"total", "hits"} of claims. See `read_claims.claims`, also for region_id, dimension, document_id …"""
        with self._ask() as query:
            return read_claims.claims(query, status, theme, iso3, limit, offset, **narrower)

    def stories(
        self, iso3: str | None = None, region_id: str | None = None, theme: str | None = None,
        since: date | None = None, limit: int = 20, offset: int = 0,
    ) -> dict[str, Any]:  # fmt: skip
        """{"total", "hits"} of stories, each counted once with its independent origins. See `read_claims.stories`."""
        with self._ask() as query:
            return read_claims.stories(query, iso3, region_id, theme, since, limit, offset)

    def policy_changes(
        self, iso3: str | None = None, since: date | None = None, kind: str | None = None,
        limit: int = 50, offset: int = 0,
    ) -> dict[str, Any]:  # fmt: skip
        """{"total", "hits"} of changes in policy texts and travel advice. See `read_policy.policy_changes`."""
        with self._ask() as query:
            return read_policy.policy_changes(query, iso3, since, kind, limit, offset)

    def policy_items(self, iso3: str) -> list[Row]:
        """Items of a country's chapter in the Dutch circular. See `read_policy.policy_items`."""
        with self._ask() as query:
            return read_policy.policy_items(query, iso3)

    def sources(self, now: datetime | None = None) -> list[Row]:
        """State of every source at `now` (naive UTC; None: at the publication). See `read_sources.sources`."""
        pointer = self._snapshot.pointer
        assert pointer is not None  # Reader.open always reads one
        with self._ask() as query:
            if now is not None:
                return read_sources.sources(query, self._catalog, now)
            kept: list[Row] = query.remembered(
                "sources", lambda: read_sources.sources(query, self._catalog, pointer.made_at)
            )
            return [row.copy() for row in kept]

    def issues(self, source_id: str | None = None) -> list[Row]:
        """Problems with a remedy, last seen first."""
        with self._ask() as query:
            return read_sources.issues(query, source_id)

    def compare(self, region_ids: Sequence[str]) -> Row:
        """Two to six regions side by side. See `read_region.compare`. Raises NotFound."""
        with self._ask() as query:
            return read_region.compare(query, region_ids)

    def method(self) -> Row:
        """Framework, indicators, bands, gates, validation. See `read_sources.method`."""
        with self._ask() as query:
            return read_sources.method(query, self._folder)

    def runs(self) -> list[Row]:
        """Every run, newest as-of date first."""
        with self._ask() as query:
            return read_query.runs(query)

    def explain(self, region_id: str, as_of: date | None = None) -> dict[str, Any]:
        """The whole tree down to archive records. See `explain.explain`. Raises NotFound."""
        with self._ask() as query:
            try:
                return explained.explain(query.cursor, region_id, as_of)
            except explained.NotAssessed as error:
                raise NotFound("assessment of", region_id, str(error)) from None

    def changes_between(self, run_a: str, run_b: str) -> list[Row]:
        """Levels that changed from one run to another. See `read_change.changes`."""
        with self._ask() as query:
            return read_change.changes_between(query, run_a, run_b)

    def diff(self, run_a: str, run_b: str, region_id: str) -> dict[str, Any]:
        """A region from run A to run B by contributions that sum to the change. See `read_change.diff`."""
        with self._ask() as query:
            return read_change.diff(query, run_a, run_b, region_id)
