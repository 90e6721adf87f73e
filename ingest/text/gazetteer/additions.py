"""Places and names beyond the packages: aliases.toml, other_names.csv, quarters.csv and event_places.csv."""

import re
import tomllib

from ingest.text.gazetteer import sources
from ingest.text.gazetteer.sources import ALTERNATE, CURATED, HERE, PRIMARY, Row
from ingest.text.gazetteer.spellings import shortened
from ingest.text.places_tokens import fold_name

#: Rank of a curated place among namesakes, as if it had so many inhabitants: it is in the list because reports name it.
EXTRA_SIZE = 20_000
#: Rank of a place of event_places.csv among namesakes: inhabitants per incident reported there, and at most.
EVENT_SIZE, MOST_EVENT_SIZE = 200, 5_000


def add_aliases(rows: list[Row]) -> list[Row]:
    """Adds the curated transliterations of aliases.toml; an unknown region or place there is an error."""
    curated = tomllib.loads((HERE / "aliases.toml").read_text(encoding="utf-8"))
    regions = {row.region_id: row for row in rows if row.kind == "region" and row.region_id}
    for region_id, names in curated["regions"].items():
        if region_id not in regions:
            raise SystemExit(
                f"[gazetteer] aliases.toml [regions] {region_id}: no such ISO 3166-2 region; correct the code"
            )
        regions[region_id].names += [(name, CURATED) for name in names]
    places: dict[tuple[str, str], Row] = {}
    for row in rows:
        if row.kind in ("place", "district"):
            for name, _flag in row.names:
                known = places.get((row.iso3, fold_name(name)))
                if known is None or row.population > known.population:
                    places[(row.iso3, fold_name(name))] = row
    for iso3, table in curated["places"].items():
        for name, names in table.items():
            named = places.get((iso3, fold_name(name)))
            if named is None:
                raise SystemExit(
                    f"[gazetteer] aliases.toml [places.{iso3}] {name!r}: no such place; use [[extra]] with coordinates"
                )
            named.names += [(other, CURATED) for other in names]
    extra = []
    for entry in curated.get("extra", []):
        names = [(entry["name"], CURATED), *((name, CURATED) for name in entry.get("names", []))]
        extra.append(
            Row("place", entry["name"], entry["iso3"], "", entry.get("region_id", ""),
                entry["latitude"], entry["longitude"],
                entry.get("population", EXTRA_SIZE), 0, names)
        )  # fmt: skip
    return extra


def add_other_names(rows: list[Row]) -> None:
    """Adds the names of other_names.csv, which are known to be in use in one language; an unknown place is an error.

    Column `place`: ISO 3166-1 alpha-3, ISO 3166-2, "SYR Damascus" (a settlement, else a district) or an area's name.
    """
    known: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: (row.kind == "district", -row.population)):
        keys = {"country": row.iso3, "region": row.region_id}.get(row.kind, row.name)
        known.setdefault(keys, row)
        if row.kind in ("place", "district"):
            for name, _flag in row.names:
                known.setdefault(f"{row.iso3} {fold_name(name)}", row)
    for entry in sources.other_names():
        where = entry["place"]
        key = f"{where[:4]}{fold_name(where[4:])}" if re.match(r"[A-Z]{3} ", where) else where
        if key not in known:
            raise SystemExit(f"[gazetteer] other_names.csv {where!r}: no such place; correct its code or name")
        known[key].names += [(name, CURATED) for name in entry["names"].split("|")]


def add_quarters(rows: list[Row]) -> list[Row]:
    """Adds the places of quarters.csv: their names go to the settlement of that name in that region, if there is
    one."""
    known: dict[tuple[str, str], Row] = {}
    for row in rows:
        if row.kind == "place":
            for name, _flag in row.names:
                known.setdefault((row.region_id, fold_name(name)), row)
    added = []
    for entry in sources.quarters():
        names = [(name, CURATED) for name in (entry["name"], *entry["other_names"].split("|")) if name]
        here = known.get((entry["region_id"], fold_name(entry["name"])))
        if here is not None:
            here.names += names
            continue
        point = float(entry["latitude"]), float(entry["longitude"])
        added.append(Row("place", entry["name"], entry["iso3"], "", entry["region_id"], *point, EXTRA_SIZE, 0, names))
    return added


def add_event_places(rows: list[Row]) -> list[Row]:
    """Adds the names of event_places.csv: to the settlement at that point (a kilometre), else as a settlement of its
    own. A name that the region has already is left out."""
    known: set[tuple[str, str, str]] = set()
    at: dict[tuple[str, int, int], Row] = {}
    for row in rows:
        if row.kind == "place":
            for name, _flag in row.names:
                key = fold_name(name)
                known |= {(row.iso3, row.region_id, other) for other in (key, *shortened(key, row.kind))}
            if row.latitude is not None and row.longitude is not None:
                spot = (row.iso3, round(row.latitude * 100), round(row.longitude * 100))
                if spot not in at or row.population > at[spot].population:
                    at[spot] = row
    added = []
    for entry in sources.event_places():
        latitude, longitude = float(entry["latitude"]), float(entry["longitude"])
        names = [name for name in (entry["name"], *entry["other_names"].split("|")) if name]
        keys = {(entry["iso3"], entry["region_id"], fold_name(name)) for name in names}
        here = at.get((entry["iso3"], round(latitude * 100), round(longitude * 100)))
        if here is not None and here.region_id == entry["region_id"]:
            here.names += [(name, ALTERNATE) for name in names]
        elif not keys & known:
            size = min(MOST_EVENT_SIZE, EVENT_SIZE * int(entry["incidents"]))
            row = Row("place", names[0], entry["iso3"], "", entry["region_id"], latitude, longitude, size, small=True)
            row.names = [(name, PRIMARY if name == names[0] else ALTERNATE) for name in names]
            added.append(row)
    return added
