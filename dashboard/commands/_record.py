"""A live answer kept as a test fixture: its bytes, the rows the adapter reads from it, and a line in MANIFEST.csv."""

from __future__ import annotations

import csv
import json
import mimetypes
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingest import adapters
from ingest.archive import Archive
from ingest.archive_pack import COLUMNS
from ingest.catalog import Source
from ingest.crawl import Job, Outcome
from ingest.model import AdapterError, Answer, compact
from ingest.refresh_tools import Tools

MANIFEST = "MANIFEST.csv"
MOST_ROWS = 200  # of one answer in its .expected.json: a person has to check them
MAY_SHIP = {"open": "yes", "figures": "figures", "none": "no"}


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer and what came of it. `file` None: nothing came, `message` says why."""

    source_id: str
    url: str
    file: Path | None
    rows: int
    message: str


def record(source: Source, into: Path, tools: Tools, now: datetime) -> list[Kept]:
    """Ask a source once, as a refresh would, and keep every answer below `into`. The stores are not touched."""
    asked = tuple(adapters.load(source.adapter).requests(source, None))
    with tempfile.TemporaryDirectory() as folder:
        outcomes = tools.crawl(
            [Job(source, asked, {})],
            archive_folder=Path(folder),
            run_id=f"live-{now:%Y%m%dT%H%M%S}-record",
            contact=tools.contact,
            wall_seconds=tools.wall_seconds,
        )
        with Archive(Path(folder)) as archive:
            kept = [_keep(outcome, source, archive, into) for outcome in outcomes]
    _note([item for item in kept if item.file], source, into, now)
    return kept


def _keep(outcome: Outcome, source: Source, archive: Archive, into: Path) -> Kept:
    if outcome.record is None or outcome.kind != "answered":
        return Kept(source.id, outcome.url, None, 0, f"{outcome.message}; {outcome.remedy}".strip("; "))
    answer = archive.read(outcome.record)
    path = into / source.id / f"{answer.digest[:12]}{_ending(answer.media_type)}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(answer.body)
    rows, message = _read(answer, source)
    expected = path.with_name(f"{path.stem}.expected.json")
    expected.write_text(json.dumps(rows[:MOST_ROWS], ensure_ascii=False, indent=1, default=str) + "\n", "utf-8")
    return Kept(source.id, outcome.url, path, len(rows), message)


def _read(answer: Answer, source: Source) -> tuple[list[dict[str, object]], str]:
    """What the adapter says today: to be checked by hand before it becomes what a test expects."""
    rows: list[dict[str, object]] = []
    try:
        for row in adapters.load(source.adapter).parse(answer, source):
            rows.append(compact(row))
    except AdapterError as error:
        return rows, f"the adapter refuses it: {error}"
    except Exception as error:  # an answer an adapter fails on is the best fixture there is
        return rows, f"the adapter fails on it: {type(error).__name__}: {error}"
    return rows, "" if len(rows) <= MOST_ROWS else f"the first {MOST_ROWS} rows are written down"


def _ending(media_type: str) -> str:
    if media_type.endswith("json"):
        return ".json"
    if media_type.endswith("xml"):
        return ".xml"
    return mimetypes.guess_extension(media_type) or ".bin"


def _note(kept: Sequence[Kept], source: Source, into: Path, now: datetime) -> None:
    """Add the answers to the manifest that `returnwatch archive pack` reads; each file once."""
    if not kept:
        return
    path = into / MANIFEST
    known: set[str] = set()
    if path.exists():
        with path.open(encoding="utf-8-sig", newline="") as file:
            known = {row["file"] for row in csv.DictReader(file)}
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if not known and not path.stat().st_size:
            writer.writerow(COLUMNS)
        for item in kept:
            name = item.file.relative_to(into).as_posix() if item.file else ""
            if name not in known:
                media = mimetypes.guess_type(name)[0] or ""
                ships = MAY_SHIP[source.redistribution]
                writer.writerow([name, source.id, item.url, media, f"{now:%Y-%m-%d}", source.licence, ships, ""])
                known.add(name)
