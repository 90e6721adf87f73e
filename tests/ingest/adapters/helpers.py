"""Build the Answer and the Source an adapter test needs."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest.catalog import Source
from ingest.model import Answer, Document, Event, Observation, Problem, compact, digest_of

__all__ = ["ANSWERS", "RETRIEVED", "answer", "compact", "documents", "events", "expected", "manifest", "observations",
           "problems", "source"]  # fmt: skip

ANSWERS = Path(__file__).parent / "answers"
RETRIEVED = datetime(2026, 11, 23, 6, 0)


def answer(
    body: Path | bytes | str,
    url: str,
    *,
    source_id: str = "test",
    media_type: str = "",
    retrieved_at: datetime = RETRIEVED,
    final_url: str = "",
) -> Answer:
    """An Answer with these bytes (a path is read, text is UTF-8), as if it came from `url`."""
    data = body.read_bytes() if isinstance(body, Path) else body.encode() if isinstance(body, str) else body
    headers = {"content-type": media_type} if media_type else {}
    return Answer(source_id, url, 200, headers, data, retrieved_at, digest_of(data), final_url)


def source(**overrides: Any) -> Source:
    """A complete catalog entry with harmless values; any of them can be given."""
    facts: dict[str, Any] = {
        "id": "test",
        "publisher": "Test",
        "what": "rows for a test",
        "urls": ("https://data.example.org/table.csv",),
        "adapter": "table",
        "schedule": "0 6 * * *",
        "licence": "CC BY 4.0",
        "redistribution": "open",
        "reliability": "A",
        "origin_family": "test",
        "level": "country",
        "known_bias": "none known",
    }
    return Source(**(facts | overrides))


def observations(rows: Any) -> list[Observation]:
    """The observations among what an adapter yielded."""
    return [row for row in rows if isinstance(row, Observation)]


def events(rows: Any) -> list[Event]:
    """The events among what an adapter yielded."""
    return [row for row in rows if isinstance(row, Event)]


def documents(rows: Any) -> list[Document]:
    """The documents among what an adapter yielded."""
    return [row for row in rows if isinstance(row, Document)]


def problems(rows: Any, kind: str | None = None) -> list[Problem]:
    """The problems among what an adapter yielded, of one kind or all."""
    return [row for row in rows if isinstance(row, Problem) and kind in (None, row.kind)]


def manifest(real: Path, source_id: str) -> list[tuple[Path, str]]:
    """(file, address) of every captured answer of a source in the manifest of the captured material."""
    with (real / "MANIFEST.csv").open(encoding="utf-8-sig", newline="") as lines:
        return [(real / row["file"], row["url"]) for row in csv.DictReader(lines) if row["source_id"] == source_id]


def expected(folder: str, name: str) -> list[dict[str, Any]]:
    """The rows written down beside a hand-written answer."""
    found: list[dict[str, Any]] = json.loads((ANSWERS / folder / name).read_text(encoding="utf-8"))
    return found
