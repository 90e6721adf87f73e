"""Who works where: organisations per admin area and sector (OCHA 3W, in the layout of HDX HAPI).

The source lists one row per organisation, sector and area; the product needs how many organisations work in an area, so
rows are counted per place, sector and period. End dates as late as 2029 occur: a plan, not a measurement. A row whose
end lies more than a year after it was fetched stands for its first day only, and keeps the planned end as a dimension.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from ingest.adapters import _hapi
from ingest.catalog import Source
from ingest.model import Answer, Observation, Place, Problem

OPTIONS: dict[str, type] = {"files": str}
USED = ("org_acronym", "org_name", "org_type_description", "sector_code", "sector_name")

AHEAD = timedelta(days=366)  # an end later than this after the day of retrieval is a plan

requests = _hapi.requests
follow = _hapi.follow


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """organisations_present = 1 per organisation, sector and area; counted by the reader, never by name of a person."""
    yield from _hapi.parse(answer, USED, partial(_row, answer.retrieved_at.date() + AHEAD))


def _row(latest: date, row: dict[str, Any], place: Place, start: date, end: date) -> Iterator[Observation]:
    organisation, sector = row["org_acronym"] or row["org_name"], row["sector_code"]
    if not organisation:
        raise ValueError("a row without an organisation")
    key = f"{row['org_acronym']}|{row['org_name']}|{sector}|{row['admin_level']}|{_hapi.where_key(row)}|{start}|{end}"
    dimensions = {"organisation": organisation, "type": row["org_type_description"], "sector": row["sector_name"]}
    if end > latest:
        dimensions["planned_end"] = end.isoformat()
        end = start
    yield Observation(key, "organisations_present", place, start, end, 1.0, dimensions=dimensions)
