"""Joins the places of the packages with the committed reference tables (data/reference): region ids, names, districts.

Build time only. The reference tables decide which ISO 3166-2 codes are regions; a code they lack is no region here
either.
"""

import csv
from pathlib import Path

from ingest.places import Places
from ingest.text.gazetteer.sources import CURATED, PRIMARY, Row
from ingest.text.places_tokens import fold_name

REFERENCE = Path(__file__).resolve().parents[3] / "data" / "reference"


def _table(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def join_reference(rows: list[Row]) -> list[Row]:
    """Corrects the region ids of `rows` in place, adds names; returns the regions and districts that only the
    reference has."""
    regions = {entry["region_id"]: entry for entry in _table("regions.csv")}
    countries = {entry["iso3"] for entry in regions.values()}
    for row in rows:
        if row.iso3 in countries and row.region_id and row.region_id not in regions:
            row.region_id = ""
            row.kind = "district" if row.kind == "region" else row.kind  # a province of a country we cut into regions
    _locate(rows, countries)
    added = _regions(rows, regions)
    _aliases([*rows, *added])
    return added + _districts([*rows, *added], regions)


def _locate(rows: list[Row], countries: set[str]) -> None:
    """Finds the region of settlements by their point where GeoNames' own admin-1 unit is no ISO region (Serbia,
    Palestine, Kosovo)."""
    places = Places.load(REFERENCE)
    for row in rows:
        if row.kind == "place" and not row.region_id and row.iso3 in countries and row.latitude is not None:
            match = places.resolve(row.iso3, latitude=row.latitude, longitude=row.longitude)
            row.region_id = match.region_id if match and match.region_id else ""


def _regions(rows: list[Row], regions: dict[str, dict[str, str]]) -> list[Row]:
    known = {row.region_id: row for row in rows if row.kind == "region"}
    added = []
    for region_id, entry in regions.items():
        row = known.get(region_id)
        if row is None:
            row = Row(
                "region", entry["name_en"], entry["iso3"], region_id=region_id, geonameid=int(entry["geonames_id"] or 0)
            )
            row.population = int(float(entry["population"] or 0))
            added.append(row)
        if entry["latitude"]:
            row.latitude, row.longitude = float(entry["latitude"]), float(entry["longitude"])
        row.names += [(entry[column], PRIMARY) for column in ("name_en", "name_native", "name_nl") if entry[column]]
    return added


def _aliases(rows: list[Row]) -> None:
    known = {row.region_id: row for row in rows if row.kind == "region"}
    for entry in _table("aliases.csv"):
        row = known.get(entry["region_id"])
        if row is not None and len(entry["alias"]) > 3:
            row.names.append((entry["alias"], CURATED))


def _districts(rows: list[Row], regions: dict[str, dict[str, str]]) -> list[Row]:
    """Districts of OCHA and ISO that no package has under that name in that region."""
    known: set[tuple[str, str, str]] = set()
    region_names: set[tuple[str, str]] = set()
    for row in rows:
        for name, _flag in row.names:
            if row.kind == "district":
                known.add((row.iso3, fold_name(name), row.region_id))
            elif row.kind == "region":
                region_names.add((row.region_id, fold_name(name)))
    added = []
    for entry in _table("districts.csv"):
        region_id = entry["region_id"] if entry["region_id"] in regions else ""
        for name in entry["name"].replace(" / ", "/").split("/"):
            key = (entry["iso3"], fold_name(name), region_id)
            if not key[1] or key in known or (region_id, key[1]) in region_names or any(c.isdigit() for c in name):
                continue
            known.add(key)
            added.append(Row("district", name, entry["iso3"], region_id=region_id, names=[(name, PRIMARY)]))
    return added
