"""Claims and stories of a large snapshot: `python -m bench.claims [documents] [folder]`.

The rows are made by DuckDB itself (invented: 60 countries, 17 regions each, 45 themes, ten years; a tenth of the
documents was corrected once; stories of one to eight documents; 2.5 claims a document, a tenth of them superseded).
Each kind of question is asked of a reader as the pages ask it. Prints JSON: p50 and p95 of the wait and of processor
time (all threads; other people's load counts less in it) in milliseconds over all and by kind, with the same for a
tenth of the documents and the ratio of the two: ten times the documents should cost far less than ten times the work.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from assessment.read import Reader
from ingest import evidence
from ingest.publish import publish
from ingest.warehouse import Warehouse

NOW = datetime(2026, 11, 23)
COUNTRIES, REGIONS, THEMES, DAYS = 60, 17, 45, 3_650
ROUNDS = 12
_DOCUMENTS = """
    INSERT INTO document
    SELECT 'feed' || (i % 90) || ':' || i, 'feed' || (i % 90), md5(i || '.' || vintage),
           'Title ' || i || ' of ' || md5((i * 7)::VARCHAR), 'https://feed' || (i % 90) || '.example/' || i, 'news',
           published, NULL, 'en', 'Publisher ' || (i % 90), NULL, repeat(md5(i::VARCHAR) || ' ', 40),
           ['C' || lpad((hash(i) % $countries)::VARCHAR, 2, '0')], [], NULL, [], '{}', published::DATE,
           published::DATE, published, published, 'retrieved',
           CASE WHEN vintage < newest THEN published + INTERVAL 1 DAY END, 'live-1', md5('answer')
    FROM (
        SELECT i, unnest(range(newest + 1)) AS vintage, newest,
               $now::TIMESTAMP - to_seconds(hash(i, 3) % ($days * 86400)) AS published
        FROM (SELECT i, (i % 10 = 0)::INTEGER AS newest FROM range($rows) AS numbers(i))
    )
"""
_READ = """
    INSERT INTO evidence.document
    SELECT document_id, row_digest, 'bench', 'en', 0.9, 'physical', (hash(document_id, 1) % 1000) / 1000,
           ['theme' || (hash(document_id, 2) % $themes), 'theme' || (hash(document_id, 4) % $themes)], [0.9, 0.6],
           countries, [countries[1] || '-' || (hash(document_id, 5) % $regions)]
    FROM document
    WHERE superseded_at IS NULL
"""
_CLAIMS = """
    INSERT INTO evidence.claim
    SELECT md5(d.document_id || '#' || n), d.document_id, d.row_digest, 'text', 33 * n, 33 * n + 32,
           substr(d.text, 33 * n + 1, 32), d.countries[1],
           CASE WHEN hash(d.document_id, n) % 3 > 0 THEN d.countries[1] || '-' || (hash(d.document_id, 5) % $regions)
                END,
           'mention', 'theme' || (hash(d.document_id, n, 6) % $themes),
           ['legal', 'physical', 'material'][1 + (hash(d.document_id, n, 6) % $themes % 3)::INTEGER],
           'P1', NULL, -1, 2,
           (hash(d.document_id, n, 7) % 1000) / 1000, NULL, 'bench',
           d.published,
           CASE WHEN hash(d.document_id, n, 8) % 10 = 0 THEN d.known_at END
    FROM document AS d, LATERAL (SELECT unnest(range((hash(d.document_id, 9) % 6)::INTEGER)) AS n)
    WHERE d.superseded_at IS NULL
"""
_STORIES = """
    INSERT INTO evidence.member
    SELECT document_id, 'story:' || md5((row_number() OVER (ORDER BY published, document_id) // size)::VARCHAR || size),
           'first', 0.5, NULL, NULL, source_id, source_id, '', published
    FROM (SELECT *, 1 + hash(countries) % 8 AS size FROM document WHERE superseded_at IS NULL);
    UPDATE evidence.claim AS c
    SET cluster_id = m.cluster_id
    FROM evidence.member AS m
    WHERE m.document_id = c.document_id;
    INSERT INTO evidence.story
    SELECT m.cluster_id, list(m.document_id ORDER BY m.document_id), count(DISTINCT m.origin_family), NULL,
           min(m.published), max(m.published), max(e.relevance), list_sort(list_distinct(flatten(list(e.countries)))),
           list_sort(list_distinct(flatten(list(e.regions)))), list_sort(list_distinct(flatten(list(e.themes))))
    FROM evidence.member AS m
    JOIN evidence.document AS e USING (document_id)
    GROUP BY m.cluster_id
"""


def fill(connection: duckdb.DuckDBPyConnection, documents: int) -> dict[str, int]:
    """Invented documents, claims and stories in a new warehouse; rows per table."""
    evidence.prepare(connection)
    given = {"rows": documents, "now": NOW, "days": DAYS, "countries": COUNTRIES}
    connection.execute(_DOCUMENTS, given)
    connection.execute(_READ, {"themes": THEMES, "regions": REGIONS})
    connection.execute(_CLAIMS, {"themes": THEMES, "regions": REGIONS})
    connection.execute(_STORIES)
    counts = {}
    for table in ("document", "evidence.claim", "evidence.story"):
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        counts[table] = int(row[0]) if row else 0
    return counts


def questions(reader: Reader, generator: random.Random) -> Iterator[tuple[str, Callable[[], Any]]]:
    """One of each kind the pages and the API ask, about a country, region and theme drawn anew."""
    iso3 = f"C{generator.randrange(COUNTRIES):02d}"
    region, theme = f"{iso3}-{generator.randrange(REGIONS)}", f"theme{generator.randrange(THEMES)}"
    since, page = date(2026, 9, 1), 50 * generator.randrange(1, 8)
    yield "claims: all", lambda: reader.claims()
    yield "claims: country", lambda: reader.claims(iso3=iso3)
    yield "claims: region", lambda: reader.claims(region_id=region)
    yield "claims: theme", lambda: reader.claims(theme=theme)
    yield "claims: country and theme", lambda: reader.claims("suggested", theme, iso3)
    yield "claims: country, a later page", lambda: reader.claims(iso3=iso3, offset=page)
    yield "claims: all, a later page", lambda: reader.claims(offset=page)
    yield "claims: confirmed", lambda: reader.claims("confirmed", iso3=iso3)
    yield "claims: dimension, recent", lambda: reader.claims(dimension="legal", since=since)
    yield "claims: to review", lambda: reader.claims("suggested", limit=2_000)
    some = reader.claims(iso3=iso3, limit=1)["hits"][0]
    yield "claims: of a document", lambda: reader.claims("suggested", document_id=some["document_id"], limit=1_000)
    yield "claims: of a story", lambda: reader.claims(cluster_id=some["cluster_id"])
    yield "stories: all", lambda: reader.stories()
    yield "stories: country", lambda: reader.stories(iso3)
    yield "stories: region", lambda: reader.stories(region_id=region)
    yield "stories: country, theme", lambda: reader.stories(iso3, theme=theme)
    yield "stories: country, a later page", lambda: reader.stories(iso3, offset=20)
    yield "stories: theme, recent", lambda: reader.stories(theme=theme, since=since)


def measure(documents: int, folder: Path | None) -> dict[str, Any]:
    """Fill, publish, open and ask; milliseconds."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        data = Path(name)
        with Warehouse(data / "warehouse.duckdb").writer() as connection:
            counts = fill(connection, documents)
            began = time.perf_counter()
            publish(connection, data / "published", made_at=NOW, code_version="bench")
            published = time.perf_counter() - began
        kinds: dict[str, list[tuple[float, float]]] = {}
        generator = random.Random(5)
        with Reader.open(data / "published") as reader:
            for _ in range(ROUNDS):
                for kind, ask in questions(reader, generator):
                    began, worked = time.perf_counter(), time.process_time()
                    ask()
                    spent = time.perf_counter() - began, time.process_time() - worked
                    kinds.setdefault(kind, []).append((spent[0] * 1_000, spent[1] * 1_000))
    every = [value for values in kinds.values() for value in values]
    return {
        "rows": counts,
        "publish_seconds": round(published, 2),
        "all": spread(every),
        "by kind": {kind: spread(values) for kind, values in kinds.items()},
    }


def spread(milliseconds: list[tuple[float, float]]) -> dict[str, float]:
    """p50 and p95 of waits and of processor times."""
    found = {}
    for name, values in zip(("", "processor "), zip(*milliseconds, strict=True), strict=True):
        ordered = sorted(values)
        found[f"{name}p50"] = round(statistics.median(ordered), 1)
        found[f"{name}p95"] = round(ordered[int(0.95 * (len(ordered) - 1))], 1)
    return found


def main(documents: int = 200_000, folder: Path | None = None) -> dict[str, Any]:
    """The asked size beside a tenth of it."""
    small, large = measure(documents // 10, folder), measure(documents, folder)
    ratio = {
        kind: round(found["processor p50"] / max(small["by kind"][kind]["processor p50"], 0.1), 1)
        for kind, found in large["by kind"].items()
    }
    return {"a tenth": small, "whole": large, "processor time of the whole over that of a tenth": ratio}


if __name__ == "__main__":
    arguments = sys.argv[1:]
    size = int(arguments[0]) if arguments else 200_000
    print(json.dumps(main(size, Path(arguments[1]) if len(arguments) > 1 else None), indent=1))
