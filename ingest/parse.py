"""One archived answer -> rows that may stand, as Arrow tables, and issues for those that may not. Deterministic.

The adapter says what the answer says; here every row is checked, given an identity and a digest, and placed in a
region. Nothing here knows of the warehouse, the clock or the network.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa

from ingest import parse_checks as checks
from ingest.catalog import Source
from ingest.issues import Collector, Issue, from_problem, remedy_for
from ingest.model import AdapterError, Answer, Document, Event, Observation, Place, Problem
from ingest.parse_places import Checked, World, place_rows
from ingest.warehouse_tables import PARSED

PARSE_VERSION = "2"  # raise it when the rows below change their form: every answer is then parsed again


@dataclass(slots=True)
class Parsed:
    """What one answer gave. `tables` has a table per family that has rows (schema: warehouse_tables.PARSED).

    A child process leaves its tables in files (`spooled`); `fetch` brings them in when it is their turn.
    """

    source_id: str
    state: str  # good | empty | rejected
    tables: dict[str, pa.Table] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    rows: int = 0
    countries: tuple[str, ...] = ()
    spooled: dict[str, Path] = field(default_factory=dict)

    def fetch(self) -> None:
        """Read the tables a child process left in files, and remove the files."""
        for family, path in self.spooled.items():
            with pa.OSFile(str(path), "rb") as stream:
                self.tables[family] = pa.ipc.open_file(stream).read_all()
            path.unlink()
        self.spooled = {}


def parse_answer(answer: Answer, source: Source, adapter: ModuleType, world: World) -> Parsed:
    """Run the adapter on the answer and check what it yields. Never raises for what an answer or adapter does wrong."""
    found: list[Document | Event | Observation] = []
    collector = Collector()
    try:
        for row in adapter.parse(answer, source):
            if isinstance(row, Problem):
                collector.add(from_problem(source.id, row, answer.digest))
            elif isinstance(row, Document | Event | Observation):
                found.append(row)
            else:
                raise TypeError(f"the adapter yielded {type(row).__name__}, which is no row")
    except AdapterError as error:
        return rejected(answer, source, "answer_rejected", str(error), error.remedy, collector.all())
    except Exception as error:  # an adapter is code about other people's data: whatever it does stays its own failure
        message = f"adapter {source.adapter!r} failed on this answer: {type(error).__name__}: {error}"
        return rejected(answer, source, "adapter_crashed", message[:500], "", collector.all())
    return _Builder(answer, source, world, collector).build(found)


def rejected(
    answer: Answer, source: Source, kind: str, message: str, remedy: str = "", others: Iterable[Issue] = ()
) -> Parsed:
    """An answer that gives no row at all, with the reason as an issue. Rows read before the fault are not trusted."""
    issue = Issue(source.id, kind, message, answer.url, remedy or remedy_for(kind), answer.digest)
    return Parsed(source.id, "rejected", issues=[issue, *others])


class _Builder:
    """Collects the checked rows of one answer."""

    def __init__(self, answer: Answer, source: Source, world: World, collector: Collector) -> None:
        self.answer, self.source, self.world, self.collector = answer, source, world, collector
        self.limits = checks.Limits(source.earliest, answer.retrieved_at.date())
        self.lag = timedelta(days=source.publication_lag_days)
        self.rows: dict[str, list[Checked]] = {}

    def report(self, kind: str, message: str, where: str, remedy: str = "") -> None:
        remedy = remedy or remedy_for(kind)
        self.collector.add(Issue(self.source.id, kind, message, where, remedy, self.answer.digest))

    def build(self, found: Sequence[Document | Event | Observation]) -> Parsed:
        makers: dict[type, Callable[[Any], None]] = {
            Document: self._document,
            Event: self._event,
            Observation: self._observation,
        }
        for row in found:
            try:
                makers[type(row)](row)
            except checks.Unfit:
                continue  # reported where it was found
        tables: dict[str, pa.Table] = {}
        countries: set[str] = set()
        total = 0
        for family, rows in self.rows.items():
            place_rows(family, rows, self.world, self.report)
            unique = self._unique(family, rows)
            total += len(unique)
            tables[family] = _table(family, unique)
            for values in unique:
                countries.update(values["countries"] if family == "document" else (values["iso3"],))
        state = "good" if total else "empty"
        return Parsed(self.source.id, state, tables, self.collector.all(), total, tuple(sorted(countries)))

    def _keep(self, family: str, key: Any, place: Place | None, values: dict[str, Any], history: Any) -> None:
        digest = digest_of_row(family, values, place)
        values.update(source_id=self.source.id, row_digest=digest, history_at=history[0], history_basis=history[1])
        self.rows.setdefault(family, []).append((key, digest, place, values))

    def _key(self, row: Any) -> str:
        key = checks.text(row.key)
        if not key:
            self.report("bad_row", f"a {type(row).__name__.lower()} without a key", str(getattr(row, "title", ""))[:80])
            raise checks.Unfit
        return key

    def _history(self, published: datetime | None, end: date) -> tuple[datetime, str]:
        """When a reader of the source could have known the row, had anyone been reading."""
        if published is not None:
            return published, "published"
        return datetime.combine(end, time()) + self.lag, "lag"

    def _document(self, row: Document) -> None:
        key, report, limits = self._key(row), self.report, self.limits
        published = checks.instant(row.published, "published", limits, report, key)
        revised = checks.instant(row.revised, "revised", limits, report, key)
        countries = [code for code in checks.texts(row.countries) if code in self.world.countries]
        for code in set(checks.texts(row.countries)) - set(countries):
            report("unknown_country", f"country code {code!r:.40} is not ISO 3166-1 alpha-3", key)
        day_published = published.date() if published else None
        values = {
            "title": checks.text(row.title) or "",
            "url": checks.link(row.url, report, key) or "",
            "kind": checks.text(row.kind) or "report",
            "published": published,
            "revised": revised,
            "language": checks.text(row.language),
            "publisher": checks.text(row.publisher),
            "summary": checks.text(row.summary),
            "text": checks.text(row.text) if self.source.store_fulltext else None,
            "countries": countries,
            "topics": checks.texts(row.topics),
            "withdrawn": checks.day(row.withdrawn, "withdrawn", report, key) if row.withdrawn else None,
            "attachments": checks.texts(row.attachments),
            "attributes": checks.mapping(row.attributes),
            "ref_start": day_published,
            "ref_end": day_published,
        }
        # The text we have is the revised one: it could not be known before the revision.
        known = revised or published
        self._keep("document", key, None, values, (known, "published") if known else (None, None))

    def _event(self, row: Event) -> None:
        key, report = self._key(row), self.report
        self._variable(row.kind, "event", key)
        place = checks.place(row.place, self.world.countries, report, key)
        start, end = checks.period(row.ref_start, row.ref_end, self.limits, report, key, False)
        published = checks.instant(row.published, "published", self.limits, report, key)
        values: dict[str, Any] = {"kind": row.kind, "ref_start": start, "ref_end": end, "published": published}
        for name in _PERSONS:
            values[name] = checks.number(getattr(row, name), name, report, key, least=0.0)
        values["severity"] = checks.number(row.severity, "severity", report, key)
        values["actors"] = checks.texts(row.actors)
        values["title"] = checks.text(row.title)
        values["url"] = checks.link(row.url, report, key)
        values["attributes"] = checks.mapping(row.attributes)
        self._keep("event", key, place, values, self._history(published, end))

    def _observation(self, row: Observation) -> None:
        key, report = self._key(row), self.report
        self._variable(row.variable, "observation", key)
        place = checks.place(row.place, self.world.countries, report, key)
        start, end = checks.period(row.ref_start, row.ref_end, self.limits, report, key, row.projection)
        published = checks.instant(row.published, "published", self.limits, report, key)
        values: dict[str, Any] = {"variable": row.variable, "ref_start": start, "ref_end": end, "published": published}
        for name in ("value", "value_low", "value_high", "denominator"):
            values[name] = checks.number(getattr(row, name), name, report, key)
        values["text"] = checks.text(row.text)
        if row.value is not None and values["value"] is None and not values["text"]:
            raise checks.Unfit  # the value was no number (reported); NULL would say "unknown", which is not so
        values["dimensions"] = checks.mapping(row.dimensions)
        values["projection"] = bool(row.projection)
        self._keep("observation", key, place, values, self._history(published, end))

    def _variable(self, name: str, family: str, key: str) -> None:
        known = self.world.variables.get(name)
        if known is None or known.family != family:
            self.report("unknown_code", f"{name!r:.80} is no {family} in variables.toml", key)
            raise checks.Unfit

    def _unique(self, family: str, rows: list[Checked]) -> list[dict[str, Any]]:
        """One row per fact. Different facts under one key are all kept: the others get a suffix made of their digest.

        Which one keeps the plain key depends on the digests alone, so the order of rows in an answer changes nothing.
        """
        by_key: dict[str, dict[str, dict[str, Any]]] = {}
        for key, digest, _, values in rows:
            by_key.setdefault(key, {}).setdefault(digest, values)
        unique = []
        for key, facts in by_key.items():
            first = min(facts)
            if len(facts) > 1:
                self.report(
                    "duplicate_key",
                    f"key {key!r:.120} is used for {len(facts)} different {family}s; "
                    f"{len(facts) - 1} of them stored as {key:.120}~…",
                    key,
                )
            for digest, values in facts.items():
                suffix = "" if digest == first else f"~{digest[:8]}"
                values[f"{family}_id"] = f"{self.source.id}:{key}{suffix}"
                unique.append(values)
        return unique


_PERSONS = (
    "deaths_best", "deaths_low", "deaths_high", "deaths_civilians", "deaths_unknown", "injured", "abducted",
    "displaced",
)  # fmt: skip


def digest_of_row(family: str, values: Mapping[str, Any], place: Place | None) -> str:
    """Digest of what the source says: its words for the place, not the region we found for them."""
    parts = [family]
    parts += [_said(value) for value in values.values()]
    if place is not None:
        parts += [
            place.iso3, _said(place.region_name), _said(place.region_code), _said(place.district_name),
            _said(place.district_code), _said(place.latitude), _said(place.longitude), place.precision,
        ]  # fmt: skip
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


def _said(value: Any) -> str:
    """A checked value as text; NUL, which no checked text contains, stands for NULL. Faster than JSON by far."""
    if value is None:
        return "\x00"
    if isinstance(value, str):
        return value
    return "\x1e".join(value) if isinstance(value, list) else str(value)


def _table(family: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    schema = PARSED[family]
    return pa.table([pa.array([row[f.name] for row in rows], f.type) for f in schema], schema=schema)
