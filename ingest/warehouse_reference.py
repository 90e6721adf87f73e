"""The tables that copy what lies in the checkout: the catalog, the vocabulary and the regions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ingest import reference
from ingest.catalog import Source
from ingest.variables import Variable

_LIST = pa.list_(pa.string())
_SOURCE = pa.schema(
    [
        ("source_id", pa.string()), ("publisher", pa.string()), ("what", pa.string()), ("adapter", pa.string()),
        ("urls", _LIST), ("schedule", pa.string()), ("licence", pa.string()), ("redistribution", pa.string()),
        ("reliability", pa.string()), ("credibility", pa.int32()), ("origin_family", pa.string()),
        ("local_family", pa.bool_()), ("level", pa.string()), ("countries", _LIST), ("known_bias", pa.string()),
        ("why_off", pa.string()), ("min_rows", pa.int32()), ("max_rows", pa.int32()),
    ]
)  # fmt: skip
_VARIABLE = pa.schema(
    [("variable", pa.string()), ("family", pa.string()), ("unit", pa.string()), ("meaning", pa.string())]
)
_REGION = pa.schema(
    [
        ("region_id", pa.string()), ("iso3", pa.string()), ("admin_level", pa.int32()), ("parent_id", pa.string()),
        ("name_en", pa.string()), ("name_nl", pa.string()), ("name_native", pa.string()), ("pcode", pa.string()),
        ("population", pa.float64()), ("population_year", pa.int32()), ("population_source", pa.string()),
        ("latitude", pa.float64()), ("longitude", pa.float64()), ("neighbours", _LIST), ("has_shape", pa.bool_()),
    ]
)  # fmt: skip


def put_catalog(connection: duckdb.DuckDBPyConnection, sources: Mapping[str, Source]) -> None:
    """The catalog as it is now; sources taken out of it keep their row, so that their rows keep their credit."""
    rows = [
        {**source.model_dump(include=set(_SOURCE.names)), "source_id": source.id, "why_off": source.why_off(),
         "urls": list(source.urls), "countries": list(source.countries)}
        for source in sources.values()
    ]  # fmt: skip
    text = json.dumps(rows, sort_keys=True)
    if _is_new(connection, "catalog_digest", hashlib.blake2b(text.encode(), digest_size=16).hexdigest()):
        _replace(connection, "source", "source_id", rows, _SOURCE)


def put_variables(connection: duckdb.DuckDBPyConnection, variables: Mapping[str, Variable]) -> None:
    """The vocabulary as it is now."""
    rows = [{"variable": v.id, "family": v.family, "unit": v.unit, "meaning": v.meaning} for v in variables.values()]
    text = json.dumps(rows, sort_keys=True)
    if _is_new(connection, "variables_digest", hashlib.blake2b(text.encode(), digest_size=16).hexdigest()):
        _replace(connection, "variable", "variable", rows, _VARIABLE)


def put_regions(connection: duckdb.DuckDBPyConnection, reference_dir: Path, digest: str) -> None:
    """The regions of data/reference; nothing is done when they are those already there."""
    if _is_new(connection, "reference_digest", digest):
        connection.execute("DELETE FROM region")
        _replace(connection, "region", "region_id", read_regions(reference_dir), _REGION)


def _is_new(connection: duckdb.DuckDBPyConnection, name: str, digest: str) -> bool:
    """True when the digest differs from the one noted under `name`, which is then replaced."""
    known = connection.execute("SELECT value FROM meta WHERE name = $name", {"name": name}).fetchone()
    if known and known[0] == digest:
        return False
    connection.execute("DELETE FROM meta WHERE name = $name", {"name": name})
    connection.execute("INSERT INTO meta VALUES ($name, $digest)", {"name": name, "digest": digest})
    return True


def read_regions(reference_dir: Path) -> list[dict[str, Any]]:
    """Rows of the table `region`: countries, then their admin-1 regions. Raises reference.ReferenceError."""
    countries: list[dict[str, Any]] = [
        {
            "region_id": country.iso3,
            "iso3": country.iso3,
            "admin_level": 0,
            "name_en": country.name_en,
            "name_nl": country.name_nl or None,
            "name_native": country.name_native,
            "neighbours": [],
            "has_shape": False,
        }
        for country in reference.countries(reference_dir)
    ]
    regions = [
        {
            **{name: getattr(region, name, None) for name in _REGION.names},
            "admin_level": 1,
            "parent_id": region.parent_id or region.iso3,
            "neighbours": list(region.neighbours),
        }
        for region in reference.regions(reference_dir)
    ]
    return [*countries, *regions]


def _replace(
    connection: duckdb.DuckDBPyConnection, table: str, key: str, rows: Sequence[Mapping[str, Any]], schema: pa.Schema
) -> None:
    """Delete the rows with the keys of `rows`, then insert `rows`. Within the caller's transaction."""
    incoming = pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
    connection.register("incoming_reference", incoming)
    try:
        connection.execute(f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM incoming_reference)")
        columns = ", ".join(schema.names)
        connection.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM incoming_reference")
    finally:
        connection.unregister("incoming_reference")
