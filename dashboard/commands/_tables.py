"""Tables of a published snapshot as files: CSV, Parquet or JSON lines, in a fixed order of rows."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from pyarrow import parquet

BATCH = 20_000  # rows held at a time
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run what begins so; sources write what they like


def names(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """The tables there are; those outside the main schema with its name before them."""
    found = cursor.execute(
        """
        SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT temporary
        ORDER BY schema_name <> 'main', schema_name, table_name
        """
    ).fetchall()
    return [table if schema == "main" else f"{schema}.{table}" for schema, table in found]


def write(cursor: duckdb.DuckDBPyConnection, table: str, target: Path, kind: str, *, every_vintage: bool) -> int:
    """Write one table; the number of rows. Rows a source has corrected since are left out unless asked for."""
    quoted = ".".join(f'"{part}"' for part in table.split("."))
    columns = [row[0] for row in cursor.execute(f"DESCRIBE {quoted}").fetchall()]
    only = "WHERE superseded_at IS NULL" if "superseded_at" in columns and not every_vintage else ""
    keys = [name for name in columns if name.endswith("_id") or name == "known_at"]
    order = ", ".join(f'"{name}"' for name in keys) or "ALL"
    reader = cursor.sql(f"SELECT * FROM {quoted} {only} ORDER BY {order}").to_arrow_reader(BATCH)
    unfinished = target.with_name(target.name + ".part")
    rows = WRITERS[kind](reader, unfinished)
    unfinished.replace(target)
    return rows


def _parquet(reader: pa.RecordBatchReader, target: Path) -> int:
    rows = 0
    with parquet.ParquetWriter(target, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def _csv(reader: pa.RecordBatchReader, target: Path) -> int:
    rows = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(reader.schema.names)
        for row in _rows(reader):
            writer.writerow([_cell(value) for value in row.values()])
            rows += 1
    return rows


def _json(reader: pa.RecordBatchReader, target: Path) -> int:
    rows = 0
    with target.open("w", encoding="utf-8") as file:
        for row in _rows(reader):
            file.write(json.dumps(row, ensure_ascii=False, default=_plain) + "\n")
            rows += 1
    return rows


def _rows(reader: pa.RecordBatchReader) -> Iterator[dict[str, Any]]:
    for batch in reader:
        yield from batch.to_pylist()


def _cell(value: Any) -> Any:
    """A value as a spreadsheet can hold it: lists and maps as JSON, no text that would be run as a formula."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return _plain(value) if isinstance(value, date) else value


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


WRITERS: dict[str, Callable[[pa.RecordBatchReader, Path], int]] = {"csv": _csv, "parquet": _parquet, "json": _json}
ENDINGS = {"csv": "csv", "parquet": "parquet", "json": "jsonl"}
