"""Displaced people present per admin area and assessment round (IOM DTM, in the layout of HDX HAPI)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from ingest.adapters import _hapi
from ingest.adapters._numbers import number, within
from ingest.catalog import Source
from ingest.model import Answer, Observation, Place, Problem

OPTIONS: dict[str, type] = {"files": str}
USED = ("operation", "assessment_type", "population", "reporting_round")

requests = _hapi.requests
follow = _hapi.follow


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """idps_present per row; key = operation|assessment|round|place|day. Rounds are vintages of a stock: never add."""
    yield from _hapi.parse(answer, USED, _row)


def _row(row: dict[str, Any], place: Place, start: date, end: date) -> Iterator[Observation]:
    value = within(number(row["population"]), 0, 1e9)
    if value is None:
        return
    round_number = row["reporting_round"] or ""
    dimensions = {"operation": row["operation"], "assessment": row["assessment_type"], "round": str(round_number)}
    level = row["admin_level"]
    key = f"{row['operation']}|{row['assessment_type']}|{round_number}|{level}|{_hapi.where_key(row)}|{start}"
    yield Observation(key, "idps_present", place, start, end, value, dimensions=dimensions)
