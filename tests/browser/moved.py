"""The shipped figures of a few countries, moved in time so that they end last month: a full and fresh set for tests.

The figures are real, their dates are not: nothing made of them says anything about a real place.
"""

from __future__ import annotations

import csv
import functools
import gzip
import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from dateutil.relativedelta import relativedelta

from ingest.archive_pack import COLUMNS

Row = dict[str, str]
FRESH = relativedelta(months=3)  # files that end later than this are left as they are
KEPT = relativedelta(years=4)
MANY = {"wfp_prices.csv.gz": relativedelta(years=2)}  # files with so many rows that less is kept


def write(starter: Path, folder: Path, countries: Sequence[str], today: date, years: int = 0) -> Path:
    """Files and MANIFEST.csv in `folder`, under the addresses of the shipped ones; the manifest's path.

    years: of history to keep in every file; 0: few, so that loading takes seconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / "MANIFEST.csv"
    with (
        (starter / "MANIFEST.csv").open(encoding="utf-8", newline="") as source,
        manifest.open("w", encoding="utf-8", newline="") as target,
    ):
        lines = csv.DictWriter(target, COLUMNS, extrasaction="ignore", lineterminator="\n")
        lines.writeheader()
        for entry in csv.DictReader(source):
            kept = relativedelta(years=years) if years else MANY.get(entry["file"], KEPT)
            if _file(starter / entry["file"], folder / entry["file"], countries, today, today - kept):
                lines.writerow({**entry, "captured": today.isoformat()})
    return manifest


def _file(source: Path, target: Path, countries: Sequence[str], today: date, oldest: date) -> int:
    """The number of rows kept; a file with none is not written."""
    with gzip.open(source, "rt", encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        header = list(reader.fieldnames or ())
        rows = [row for row in reader if row["iso3"] in countries]
    if not rows:
        return 0
    step = shift(rows, today)
    text = io.StringIO()
    lines = csv.DictWriter(text, header, lineterminator="\n")
    lines.writeheader()
    moved = (_moved(row, step) for row in rows)
    lines.writerows(row for row in moved if row["ref_end"] >= oldest.isoformat())
    with target.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, compresslevel=1) as packed:
        packed.write(text.getvalue().encode())
    return len(rows)


def shift(rows: Sequence[Mapping[str, str]], today: date) -> relativedelta:
    """How far a file moves: yearly figures by whole years to last year, others by whole months to last month."""
    newest = max(date.fromisoformat(row["ref_start"]) for row in rows)
    if max(date.fromisoformat(row["ref_end"]) for row in rows) > today - FRESH:
        return relativedelta()
    if all(row["ref_start"][5:] == "01-01" and row["ref_end"][5:] == "12-31" for row in rows):
        return relativedelta(years=today.year - 1 - newest.year)
    last = today - relativedelta(months=1)
    return relativedelta(months=(last.year - newest.year) * 12 + last.month - newest.month)


def _moved(row: Row, step: relativedelta) -> Row:
    moved = {name: (_later(row[name], step)) for name in ("ref_start", "ref_end", "published") if row[name]}
    return {**row, **moved}


@functools.cache
def _later(text: str, step: relativedelta) -> str:
    """The day moved; the last day of a month stays one. A time behind it is kept."""
    day = date.fromisoformat(text[:10])
    later = day + step
    if step and (day + relativedelta(days=1)).day == 1:
        later += relativedelta(day=31)
    return later.isoformat() + text[10:]
