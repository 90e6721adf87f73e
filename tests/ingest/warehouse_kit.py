"""What the warehouse tests share: sources, a small JSON adapter, a crawl without a network, a small world."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb

from ingest import adapters, variables
from ingest.archive import Archive
from ingest.catalog import Source
from ingest.crawl import Outcome
from ingest.model import AdapterError, Answer, Document, Event, Observation, Place, Problem, Request, digest_of
from ingest.parse_places import World
from ingest.parse_pool import Task, parse_in_process
from ingest.refresh_tools import Tools

NOW = datetime(2026, 11, 23, 12)


@dataclass(frozen=True)
class Region:
    """A match of the small gazetteer."""

    region_id: str
    rule: str = "name"


def locate(places: Sequence[Place]) -> list[Region | None]:
    """Knows the regions of a country that does not exist: any region name with 'north' or 'south' in it."""
    known = {"north": Region("XA-N"), "south": Region("XA-S")}
    return [known.get((place.region_name or "").casefold()) for place in places]


def group(iso3: str, name: str) -> list[str]:
    """Knows one group of regions."""
    return ["XA-N", "XA-S"] if name == "north and south" else []


WORLD = World(variables.load(), frozenset({"XAA", "XBB"}), locate, group)


def source(source_id: str = "alpha", **overrides: Any) -> Source:
    """A source with plain facts."""
    facts: dict[str, Any] = {
        "id": source_id,
        "publisher": "A publisher",
        "what": "invented rows",
        "urls": (f"https://{source_id.replace('_', '-')}.example/data.json",),
        "adapter": "feed",
        "schedule": "0 6 * * *",
        "licence": "CC BY 4.0",
        "redistribution": "open",
        "reliability": "B",
        "origin_family": source_id,
        "level": "region",
        "known_bias": "none, it is invented",
    }
    return Source(**{**facts, **overrides})


def row(key: str, value: float | None = 1.0, **fields: Any) -> dict[str, Any]:
    """One row of the small JSON format: an observation unless `type` says otherwise."""
    return {"key": key, "value": value, **fields}


def body(*rows: Mapping[str, Any], **envelope: Any) -> bytes:
    """An answer in the small JSON format."""
    return json.dumps({"rows": list(rows), **envelope}, sort_keys=True).encode()


def _place(entry: Mapping[str, Any]) -> Place:
    return Place(
        entry.get("iso3", "XAA"),
        region_name=entry.get("region"),
        latitude=entry.get("latitude"),
        longitude=entry.get("longitude"),
        precision=entry.get("precision", "region"),
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def parse(answer: Answer, source: Source) -> Iterator[Document | Event | Observation | Problem]:
    """The small JSON format, as an adapter reads it."""
    content = json.loads(answer.body)
    if "error" in content:
        raise AdapterError(content["error"], "ask again")
    for entry in content["rows"]:
        kind = entry.get("type", "observation")
        published = datetime.fromisoformat(entry["published"]) if entry.get("published") else None
        start, end = _day(entry.get("start", "2025-01-01")), _day(entry.get("end", entry.get("start", "2025-01-31")))
        if kind == "problem":
            yield Problem("bad_row", entry["message"], entry["key"])
        elif kind == "document":
            yield Document(
                entry["key"], entry["title"], entry.get("url", ""), published=published, text=entry.get("text"),
                countries=tuple(entry.get("countries", ())),
            )  # fmt: skip
        elif kind == "event":
            yield Event(
                entry["key"], entry.get("kind", "battle"), _place(entry), start, end, published,
                deaths_best=entry["value"], title=entry.get("title"), url=entry.get("url"),
            )  # fmt: skip
        else:
            yield Observation(
                entry["key"], entry.get("variable", "population"), _place(entry), start, end, entry["value"],
                published, projection=entry.get("projection", False),
            )  # fmt: skip


def requests(source: Source, since: datetime | None) -> Iterable[Request]:
    """One request per address."""
    return [Request(url) for url in source.urls]


SMALL = ModuleType("small_json_adapter")
SMALL.parse = parse  # type: ignore[attr-defined]
SMALL.requests = requests  # type: ignore[attr-defined]


@dataclass
class Web:
    """A crawl without a network: `pages` says what each address answers; every answer reaches a real archive."""

    now: datetime = NOW
    pages: dict[str, bytes | str] = field(default_factory=dict)  # bytes: an answer; text: the kind of failure
    asked: list[str] = field(default_factory=list)
    validators: dict[str, Any] = field(default_factory=dict)
    etags: bool = False
    before_return: Callable[[], None] | None = None

    def crawl(self, jobs: Sequence[Any], *, archive_folder: Path, run_id: str, progress: Any = None, **_: Any) -> list:
        """Like `ingest.crawl.crawl`."""
        outcomes = []
        with Archive(archive_folder) as archive:
            for job in jobs:
                self.validators.update(job.validators)
                for request in job.requests:
                    self.asked.append(request.url)
                    outcomes.append(self._one(archive, job.source, request.url, run_id, job.validators))
        if self.before_return:
            self.before_return()
        return outcomes

    def _one(self, archive: Archive, of: Source, url: str, run_id: str, validators: Mapping[str, Any]) -> Outcome:
        page = self.pages.get(url, "not_found")
        if isinstance(page, str):
            return Outcome(of.id, url, page, None, None, f"it ended as {page}", f"do something about {page}", 0.1)
        digest = digest_of(page)
        if self.etags and validators.get(url, (None, None))[0] == digest:
            return Outcome(of.id, url, "unchanged", 304, None, "", "", 0.1)
        headers = {"content-type": "application/json", **({"etag": digest} if self.etags else {})}
        answer = Answer(of.id, url, 200, headers, page, self.now, digest)
        return Outcome(of.id, url, "answered", 200, archive.append(answer, run_id=run_id), "", "", 0.1)

    def tools(self, reference_dir: Path) -> Tools:
        """Tools for `refresh` around this web; parsing happens in this process."""
        return Tools(self.crawl, parser_here, lambda: self.now, reference_dir)


@contextmanager
def parser_here(archive_folder: Path, reference_dir: Path, spool: Path) -> Iterator[Callable]:
    """A parser without child processes that knows the small world and reads every answer as small JSON."""
    with Archive(archive_folder) as archive:

        def parse_tasks(tasks: Sequence[Task]) -> Iterator:
            return parse_in_process(tasks, archive, WORLD, lambda name: SMALL)

        yield parse_tasks


def small_reference(folder: Path) -> Path:
    """A reference folder with one country of two regions and one without regions."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "countries.csv").write_text(
        "iso3,iso2,iso_numeric,gw,fips,m49,name_en,name_nl,name_native,also,monitored\n"
        "XAA,XA,900,,,,Aland,Aland,,,1\nXBB,XB,901,,,,Beland,Beland,,,0\n"
    )
    (folder / "regions.csv").write_text(
        "region_id,iso3,name_en,name_native,name_nl,type,parent_id,pcode,geonames_id,overture_id,population,"
        "population_year,population_source,latitude,longitude,neighbours,has_shape,shape_source\n"
        "XA-N,XAA,North,,,Province,XAA,XA1,,,1000,2024,census,1.0,2.0,XA-S,0,\n"
        "XA-S,XAA,South,,,Province,XAA,XA2,,,,,,0.5,2.0,XA-N,0,\n"
    )
    (folder / "aliases.csv").write_text("iso3,alias,region_id,source\nXAA,North,XA-N,name\nXAA,South,XA-S,name\n")
    (folder / "codes.csv").write_text("code,region_id,name\n")
    (folder / "districts.csv").write_text("iso3,name,code,region_id\n")
    (folder / "groups.csv").write_text("iso3,name,region_ids\n")
    shapes = {"type": "Topology", "objects": {"regions": {"type": "GeometryCollection", "geometries": []}}, "arcs": []}
    (folder / "shapes.topojson").write_text(json.dumps(shapes))
    return folder


def use_small_adapter(monkeypatch: Any) -> None:
    """Let every source be asked with the small adapter."""
    monkeypatch.setattr(adapters, "load", lambda name: SMALL)


def rows_of(path: Path, sql: str, **values: Any) -> list[tuple]:
    """Rows of a query on a database file."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql, values or None).fetchall()


TABLES = (
    "source",
    "variable",
    "region",
    "run",
    "source_run",
    "answer",
    "document",
    "event",
    "observation",
    "coverage",
    "issue",
)
_CLOCK = {
    "run": ("started_at", "ended_at"),
    "source_run": ("started_at", "ended_at"),
    "answer": ("warc_file", "warc_offset"),
}


def content(path: Path) -> dict[str, str]:
    """{table: ordered hash of its rows}, without clock columns of runs and places in archive files."""
    found = {}
    with duckdb.connect(str(path), read_only=True) as connection:
        for table in TABLES:
            left_out = ", ".join(_CLOCK.get(table, ()))
            columns = f"* EXCLUDE ({left_out})" if left_out else "*"
            row = connection.execute(
                f"SELECT count(*) || ':' || coalesce(md5(string_agg(line, chr(10) ORDER BY line)), '') "
                f"FROM (SELECT to_json(t)::VARCHAR AS line FROM (SELECT {columns} FROM {table}) AS t) AS lines"
            ).fetchone()
            found[table] = row[0] if row else ""
    return found
