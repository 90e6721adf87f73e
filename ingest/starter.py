"""Make data/starter from a warehouse that has taken in the captured answers: numbers only, with credit per file.

    python -m ingest.starter DATA_DIR data/starter

Rows are chosen by data/starter/selection.toml. The files are deterministic: the same rows give the same bytes.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from ingest import reference
from ingest.adapters.starter import EVENT, EVENT_COLUMNS, OBSERVATION, OBSERVATION_COLUMNS, SCHEME

MANIFEST = (
    "file",
    "source_id",
    "url",
    "media_type",
    "captured",
    "licence",
    "may_ship",
    "note",
    "rows",
    "sha256",
    "as_of",
)


def export(warehouse: Path, folder: Path) -> list[dict[str, Any]]:
    """Write one file per table of selection.toml and MANIFEST.csv; returns the manifest's rows."""
    selection = tomllib.loads((folder / "selection.toml").read_text(encoding="utf-8"))
    made = []
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for source_id, chosen in selection.items():
            columns = EVENT_COLUMNS if chosen["table"] == "event" else OBSERVATION_COLUMNS
            rows = list(_rows(connection, source_id, chosen))
            if not rows:
                print(f"{source_id}: no rows in the warehouse, no file made", file=sys.stderr)
                continue
            body = _pack(columns, rows)
            name = f"{source_id}.csv.gz"
            (folder / name).write_bytes(body)
            made.append(_entry(name, source_id, chosen, rows, columns, body))
    with (folder / "MANIFEST.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, MANIFEST, lineterminator="\n")
        writer.writeheader()
        writer.writerows(made)
    return made


def _rows(connection: duckdb.DuckDBPyConnection, source_id: str, chosen: dict[str, Any]) -> Iterator[Sequence[str]]:
    """Current rows of monitored countries, in key order, as text cells."""
    event = chosen["table"] == "event"
    numbers = EVENT if event else OBSERVATION
    identity = "event_id" if event else "observation_id"
    extra = "" if event else ", CAST(projection AS INTEGER), dimensions"
    query = f"""
        SELECT substr({identity}, length(source_id) + 2), {"kind" if event else "variable"}, iso3, region_id,
               CASE WHEN region_id IS NULL THEN 'country' WHEN precision IN ('country', 'unknown') THEN 'region'
                    ELSE precision END,
               latitude, longitude, ref_start, ref_end, published, {", ".join(numbers)}{extra}
        FROM {chosen["table"]}
        WHERE source_id = $source_id
          AND superseded_at IS NULL
          AND ref_end >= $since
          AND list_contains($countries, iso3)
          AND ({chosen.get("where", "TRUE")})
        ORDER BY ALL
    """
    countries = [country.iso3 for country in reference.countries(reference.shipped_folder()) if country.monitored]
    wanted = {"source_id": source_id, "since": chosen["since"], "countries": countries}
    for row in connection.execute(query, wanted).fetchall():
        cells = ["" if cell is None else _text(cell) for cell in row]
        if not event:
            cells[-1] = (
                "" if cells[-1] == "{}" else json.dumps(json.loads(cells[-1]), sort_keys=True, ensure_ascii=False)
            )
        if cells[4] == "country":
            cells[5] = cells[6] = ""
        yield cells


def _text(cell: Any) -> str:
    return f"{cell:.10g}" if isinstance(cell, float) else str(cell)


def _pack(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return gzip.compress(text.getvalue().encode("utf-8"), compresslevel=9, mtime=0)


def _entry(
    name: str, source_id: str, chosen: dict[str, Any], rows: list[Sequence[str]], columns: Sequence[str], body: bytes
) -> dict[str, Any]:
    return {
        "file": name,
        "source_id": source_id,
        "url": f"{SCHEME}{source_id}/{name}",
        "media_type": "text/csv",
        "captured": chosen["captured"],
        "licence": chosen["licence"],
        "may_ship": "figures yes",
        "note": chosen["credit"],
        "rows": len(rows),
        "sha256": hashlib.sha256(body).hexdigest(),
        "as_of": max(row[columns.index("ref_end")] for row in rows),
    }


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: python -m ingest.starter DATA_DIR data/starter")
    for line in export(Path(sys.argv[1]) / "warehouse.duckdb", Path(sys.argv[2])):
        print(f"{line['source_id']}: {line['rows']} rows, as of {line['as_of']}")
