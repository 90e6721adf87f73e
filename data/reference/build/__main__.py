"""Rebuild data/reference: `python data/reference/build [CACHE]` from the repository root.

Needs npm and the Python packages named in inputs.py. Deterministic: the same packages give the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import aliases
import inputs
import regions

REGION_FIELDS = [
    "region_id",
    "iso3",
    "name_en",
    "name_native",
    "name_nl",
    "type",
    "parent_id",
    "pcode",
    "geonames_id",
    "overture_id",
    "population",
    "population_year",
    "population_source",
    "latitude",
    "longitude",
    "neighbours",
    "has_shape",
]


def main(cache: Path) -> None:
    """Build every file of data/reference."""
    rows = regions.build(cache)
    names, overture = aliases.build(rows, cache)
    for row in rows:
        row |= {"overture_id": overture.get(row["region_id"], ""), "neighbours": "", "has_shape": 0}
    inputs.write_csv(inputs.OUT / "regions.csv", REGION_FIELDS, rows)
    inputs.write_csv(inputs.OUT / "aliases.csv", ["iso3", "alias", "region_id", "source"], names)
    print(f"{len(rows)} regions, {len(names)} aliases", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path.home() / ".cache" / "returnwatch-reference")
