"""Partner organisations in countries of origin, from data/reference/partners.csv, kept by people. None is made up."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from ingest import reference

COLUMNS = ("iso3", "region_id", "name", "what", "contact", "checked")


def partners(folder: Path | None = None) -> list[dict[str, Any]]:
    """Every row; region_id "" means the whole country, `checked` is the day somebody last spoke with them.

    Raises ingest.reference.ReferenceError naming the line.
    """
    place = folder or reference.shipped_folder()
    found: list[dict[str, Any]] = []
    for line, row in reference.read_rows(place, "partners.csv", COLUMNS):
        try:
            checked = date.fromisoformat(row["checked"])
        except (ValueError, TypeError):
            raise reference.ReferenceError(
                f"{place / 'partners.csv'} line {line}: checked must be a day such as 2026-11-23"
            ) from None
        if not (row["iso3"] and row["name"] and row["contact"]):
            raise reference.ReferenceError(f"{place / 'partners.csv'} line {line}: iso3, name and contact are needed")
        found.append({**{name: row[name] or "" for name in COLUMNS}, "checked": checked})
    return found
