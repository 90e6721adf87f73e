"""Every spelling under which a region is known, with where the spelling comes from."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import inputs
import regions

from ingest.placenames import fold

# Languages whose CLDR names are kept for countries of origin; for the rest of the world the first few do.
LANGUAGES = [
    "en",
    "nl",
    "fr",
    "es",
    "ar",
    "ru",
    "de",
    "pt",
    "it",
    "fa",
    "ps",
    "uk",
    "tr",
    "so",
    "am",
    "ka",
    "hy",
    "my",
    "ur",
    "bn",
    "az",
    "mn",
    "si",
    "ta",
    "sw",
    "ha",
    "yo",
    "ku",
    "sq",
    "sr",
    "ro",
    "ti",
    "so",
    "he",
    "hi",
    "zh",
]
WORLD_LANGUAGES = ("en", "nl", "fr", "es", "ar", "ru", "pt", "zh")
# A spelling claimed for two regions of a country goes to the one whose source stands first here.
RANK = ("curated", "name", "iso", "ocha", "cldr", "geonames", "overture", "iso_local", "natural_earth")

Alias = tuple[str, str, str, str]  # iso3, spelling, region_id, source


def from_iso(row: dict[str, Any]) -> list[tuple[str, str]]:
    """Spellings of the ISO package; its English "names" include slogans and translations, which are left out."""
    subdivision = inputs.iso().get(row["region_id"][:2], {}).get(row["region_id"])
    if subdivision is None:
        return []
    found = [(subdivision["name"], "iso"), (subdivision["name"].split(" (EH")[0], "iso")]
    found += [(part, "iso_local") for part in re.split(r"\s*/\s*", subdivision["name"]) if " (EH" not in part]
    for name, language in regions.other_names(subdivision):
        if language == "eng" and not regions.same_place(name, row):
            continue
        found.append((name, "iso_local"))
    return found


def from_cldr(rows: list[dict[str, Any]], cache: Path) -> list[Alias]:
    """CLDR names in many languages, only for codes whose English name is this region's (codes may be outdated)."""
    english = inputs.cldr(cache, "en")
    monitored = set(inputs.decisions()["monitored"])
    available = set(inputs.cldr_languages(cache))
    found: list[Alias] = []
    for language in dict.fromkeys(LANGUAGES):
        if language not in available:
            continue
        names = inputs.cldr(cache, language)
        for row in rows:
            key = row["region_id"].replace("-", "").lower()
            if language not in WORLD_LANGUAGES and row["iso3"] not in monitored:
                continue
            if key in names and regions.same_place(regions.KIND.sub("", english.get(key, "")), row):
                found.append((row["iso3"], names[key], row["region_id"], "cldr"))
    return found


def from_geonames(rows: list[dict[str, Any]]) -> list[Alias]:
    """GeoNames names and alternates, joined on the ISO code and checked by name (or on a curated GeoNames id)."""
    by_id = {row["geonames_id"]: row for row in rows if row["geonames_id"]}
    by_iso = {row["region_id"]: row for row in rows}
    found: list[Alias] = []
    for unit in inputs.geonames_units():
        row = by_id.get(unit["geonames_id"]) or by_iso.get(unit["iso"])
        if row is None:
            continue
        names = [unit["name"], *[name for name in (unit["aliases"] or "").split("|") if name]]
        if not any(regions.same_place(name, row) for name in names):
            continue
        found += [(row["iso3"], name, row["region_id"], "geonames") for name in names]
    return found


def from_overture(rows: list[dict[str, Any]]) -> tuple[list[Alias], dict[str, str]]:
    """Overture names by ISO code, checked by name; also {region_id: Overture id}."""
    import pyarrow.parquet as parquet

    table = parquet.read_table(inputs.package_folder("wkls") / "data" / "overture.zstd18.parquet")
    by_iso = {row["region_id"]: row for row in rows}
    found: list[Alias] = []
    ids: dict[str, str] = {}
    for unit in table.to_pylist():
        row = by_iso.get(unit["region"] or "")
        if unit["subtype"] != "region" or row is None:
            continue
        names = [name for name in (unit["name_en"], unit["name_primary"]) if name]
        if not any(regions.same_place(regions.KIND.sub("", name), row) for name in names):
            continue
        ids.setdefault(row["region_id"], unit["id"])
        found += [(row["iso3"], name, row["region_id"], "overture") for name in names]
    return found, ids


def curated(rows: list[dict[str, Any]]) -> list[Alias]:
    """Spellings and former names written down by people in aliases.toml."""
    known = {row["region_id"]: row["iso3"] for row in rows}
    found: list[Alias] = []
    table = inputs.read_toml("aliases.toml")
    for region_id, names in table.items():
        if region_id not in known:
            raise ValueError(f"aliases.toml: {region_id!r} is no region; write a region_id of regions.csv")
        found += [(known[region_id], name, region_id, "curated") for name in names]
    return found


def from_natural_earth(rows: list[dict[str, Any]], found: list[Alias], cache: Path) -> list[Alias]:
    """Natural Earth's spellings of polygons that are exactly one region, in countries of origin.

    Only where its own name is the region's: some polygons carry another's name, or link to another's article.
    """
    import shapes

    so_far = [dict(zip(("iso3", "alias", "region_id"), alias[:3], strict=True)) for alias in settle(found)]
    polygons = shapes.polygons(cache, shapes.known(rows, so_far))
    by_id = {row["region_id"]: row for row in rows}
    counts = Counter(one.region_id for one in polygons)
    monitored = set(inputs.decisions()["monitored"])
    added: list[Alias] = []
    for one in polygons:
        row = by_id.get(one.region_id or "")
        if row is None or not one.exact or counts[one.region_id] > 1 or row["iso3"] not in monitored:
            continue
        if regions.same_place(one.names[0], row):
            added += [(row["iso3"], name, row["region_id"], "natural_earth") for name in (*one.names, *one.translated)]
    return added


def settle(found: list[Alias]) -> list[Alias]:
    """One row per country and folded spelling: the first source of RANK wins; a tie between regions drops the spelling.

    The name of a group of regions ("Gaza Strip") is no spelling of one of them, unless people or its own name say so.
    """
    groups = {(iso3, fold(name)) for iso3, table in inputs.read_toml("groups.toml")["groups"].items()
              for names, members in table.items() if len(members) > 1 for name in names.split("|")}  # fmt: skip
    found = [one for one in found if one[3] in ("name", "curated") or (one[0], fold(one[1])) not in groups]
    claims: dict[tuple[str, str], list[Alias]] = defaultdict(list)
    for alias in found:
        if fold(alias[1]):
            claims[alias[0], fold(alias[1])].append(alias)
    kept = []
    for group in claims.values():
        best = min(RANK.index(alias[3]) for alias in group)
        first = [alias for alias in group if RANK.index(alias[3]) == best]
        if len({alias[2] for alias in first}) == 1:
            kept.append(first[0])
    return sorted(kept, key=lambda alias: (alias[0], alias[2], RANK.index(alias[3]), alias[1]))


def build(rows: list[dict[str, Any]], cache: Path) -> tuple[list[dict[str, str]], dict[str, str]]:
    """Rows of aliases.csv, and {region_id: Overture id}."""
    facts = {row["region_id"]: row for row in inputs.read_csv(inputs.HERE / "facts.csv")}
    found: list[Alias] = []
    for row in rows:
        names = [(row[key], "name") for key in ("name_en", "name_native", "name_nl") if row[key]]
        names += from_iso(row)
        if facts.get(row["region_id"], {}).get("ocha_name"):
            names.append((facts[row["region_id"]]["ocha_name"], "ocha"))
        found += [(row["iso3"], name, row["region_id"], source) for name, source in names]
    overture, ids = from_overture(rows)
    found += from_cldr(rows, cache) + from_geonames(rows) + overture + curated(rows)
    found += from_natural_earth(rows, found, cache)
    fields = ("iso3", "alias", "region_id", "source")
    return [dict(zip(fields, alias, strict=True)) for alias in settle(found)], ids
