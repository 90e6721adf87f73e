"""Writes `event_places.csv`: villages and quarters that the place packages lack, from lists of located incidents.

    python -m ingest.text.gazetteer.event_places FOLDER

FOLDER holds `ucdp_ged/` (georeferenced events, .parquet, .xlsx or a .zip with a .csv), `awsd/incidents.csv` and
`wfp_prices/wfp_markets_global.csv` in the forms their publishers give. Kept are the name, the region and the rounded
point of a place and the number of incidents there; nothing else of an incident. Build time only (needs pandas).
"""

import csv
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ingest.places import Places
from ingest.reference import countries
from ingest.text.gazetteer.reference import REFERENCE
from ingest.text.gazetteer.sources import HERE
from ingest.text.places_tokens import fold_name
from ingest.text.places_words import MONTHS_DAYS, words_of

TARGET = HERE / "event_places.csv"
COLUMNS = ("iso3", "name", "other_names", "region_id", "latitude", "longitude", "incidents")
#: Words behind a name that say what it is; the name stands without them.
_KIND = r"villl?ages?|villge|vilage|towns?|city|suburb|neighbou?rhood|quarter|locality|kebele|commune|hamlet|farms?"
_TRAILING = re.compile(rf"\s+(?:{_KIND})$", re.IGNORECASE)
#: What is no settlement: its name would be found in other senses, or it is in the gazetteer as a region or district.
_OTHER_KIND = words_of(
    """governorate province state region district subdistrict county department municipality municipio tehsil upazila
    zone woreda hromada raion township sector groupement colline area areas mountain mount hill hills road highway
    checkpoint crossing crossroad junction roundabout field fields oilfield oilfields base airbase airport heliport
    brigade division battalion regiment plant factory station complex company prison dam reservoir lake valley river
    island desert pan plain ruins castle hospital school university mosque church market mall restaurant hotel bank
    square street bridge border near between outside towards from and or unknown various north south east west
    northern southern eastern western central enclave pocket cave park silos mill depot colony farm farms sea
    gulf coast km side location compound headquarters office camp camps"""
)


class Spot(NamedTuple):
    """A place of one incident: `name` as published, `region` its admin-1 name, degrees."""

    iso3: str
    name: str
    region: str
    latitude: float
    longitude: float


def names_of(published: str) -> list[str]:
    """The names in a published location ("Qestele/Qastal Jend village", "Busra (Bosra) town"); empty for no
    settlement."""
    plain = _TRAILING.sub("", " ".join(published.split()))
    parts = [part.strip(" -.'’") for part in re.split(r"[/()]", _TRAILING.sub("", plain))]
    parts = [_TRAILING.sub("", part) for part in parts if part]
    for part in parts:
        words = fold_name(part).split()
        if not words or len(words) > 4 or any(c.isdigit() or c in ',;:&"' for c in part):
            return []
        if set(words) & (_OTHER_KIND | MONTHS_DAYS) or not part[:1].isalpha() or len("".join(words)) < 4:
            return []
        if not any(word[:1].isupper() for word in part.split()):
            return []
    return parts


def _ucdp(folder: Path) -> Iterator[Spot]:
    """Events placed at a named location (`where_prec` 1) or near it (2): the point is that of the location."""
    import pandas

    iso3s = {country.gw: country.iso3 for country in countries(REFERENCE) if country.gw is not None}
    for path in sorted(folder.iterdir()):
        read: Any = {".parquet": pandas.read_parquet, ".xlsx": pandas.read_excel, ".zip": pandas.read_csv}.get(
            path.suffix
        )
        if read is None:
            continue
        table = read(path)
        for row in table[table["where_prec"].isin((1, 2))].to_dict("records"):
            iso3 = iso3s.get(int(row["country_id"]))
            if iso3:
                yield Spot(iso3, str(row["where_coordinates"]), _text(row["adm_1"]), row["latitude"], row["longitude"])


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig") as stream:
        yield from csv.DictReader(stream)


def _aid_workers(path: Path, known: Places) -> Iterator[Spot]:
    """Incidents of the Aid Worker Security Database; its point is that of the town where one is named."""
    by_iso2 = {country.iso2: country.iso3 for country in known.countries.values()}
    for row in _rows(path):
        iso3 = by_iso2.get(row["Country Code"])
        if iso3 and row["City"] and _is_number(row["Latitude"]) and _is_number(row["Longitude"]):
            latitude, longitude = float(row["Latitude"]), float(row["Longitude"])
            if latitude != int(latitude) or longitude != int(longitude):  # whole degrees: the middle of the country
                yield Spot(iso3, row["City"], row["Region"], latitude, longitude)


def _markets(path: Path) -> Iterator[Spot]:
    """Markets whose prices the World Food Programme watches."""
    for row in _rows(path):
        if _is_number(row["latitude"]) and _is_number(row["longitude"]):
            point = float(row["latitude"]), float(row["longitude"])
            yield Spot(row["countryiso3"], row["market"], row["admin1"], *point)


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", text.strip()))


def gather(spots: Iterable[Spot], known: Places) -> list[dict[str, Any]]:
    """One row per country, region and name; the most frequent point is that of the place."""
    points: dict[tuple[str, str, str], Counter[tuple[float, float]]] = {}
    written: dict[tuple[str, str, str], Counter[tuple[str, ...]]] = {}
    for spot in spots:
        names = names_of(spot.name)
        if not names:
            continue
        match = known.resolve(
            spot.iso3, region_name=spot.region or None, latitude=spot.latitude, longitude=spot.longitude
        )
        if match is None or not match.region_id:
            continue
        iso3 = known.regions[match.region_id].iso3  # UCDP counts Gaza under Israel
        key = (iso3, match.region_id, fold_name(names[0]))
        points.setdefault(key, Counter())[round(spot.latitude, 2), round(spot.longitude, 2)] += 1
        written.setdefault(key, Counter())[tuple(unicodedata.normalize("NFC", name) for name in names)] += 1
    rows = []
    for key in sorted(points):
        name, *others = min(written[key], key=lambda option: (-written[key][option], option))
        latitude, longitude = min(points[key], key=lambda point: (-points[key][point], point))
        also = "|".join(dict.fromkeys(others))
        count = points[key].total()
        rows.append(dict(zip(COLUMNS, (key[0], name, also, key[1], latitude, longitude, count), strict=True)))
    return rows


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit("python -m ingest.text.gazetteer.event_places FOLDER (the folder that holds ucdp_ged/)")
    folder, known = Path(sys.argv[1]), Places.load(REFERENCE)
    spots = [
        *_ucdp(folder / "ucdp_ged"),
        *_aid_workers(folder / "awsd" / "incidents.csv", known),
        *_markets(folder / "wfp_prices" / "wfp_markets_global.csv"),
    ]
    rows = gather(spots, known)
    with TARGET.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} places from {len(spots)} incidents and markets", file=sys.stderr)


if __name__ == "__main__":
    main()
