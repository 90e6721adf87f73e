"""Plain answers of the reading functions as JSON and CSV."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from dashboard.table import Column, as_csv

JSON = "application/json"
CSV = "text/csv; charset=utf-8"
GEOJSON = "application/geo+json"


def as_json(value: Any) -> bytes:
    """UTF-8; days as 2026-11-23, moments as 2026-11-23T14:05:00Z; no data is null, also where a number is none."""
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(_plain(item) for item in value)
    return str(value)


def rows_as_csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """One line per row; what is nested gets a column per part (`dimensions.legal.level`), lists are joined by "; "."""
    flat = [dict(_flat(row)) for row in rows]
    names = list(dict.fromkeys(name for row in flat for name in row))
    return as_csv(flat, [Column(name, lambda row, name=name: row.get(name)) for name in names])  # type: ignore[misc]


def _flat(row: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    for key, value in row.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", None if isinstance(value, float) and not math.isfinite(value) else value
