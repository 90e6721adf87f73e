"""codes.csv, districts.csv and groups.csv: other codes of the regions, districts by name and code, names of groups.

P-codes come from OCHA's global list (CC BY-IGO), which is no registry package: give the downloaded file to rebuild them
(`--pcodes FILE`), otherwise the committed rows stay.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import inputs

from ingest.placenames import Names, fold, short_code


def names_of(aliases: list[dict[str, str]]) -> dict[str, Names]:
    """Spellings per country, as `ingest.places` indexes them."""
    found: dict[str, Names] = {}
    for alias in aliases:
        found.setdefault(alias["iso3"], Names()).add(alias["alias"], alias["region_id"])
    return found


def pcode_rows(path: Path) -> list[dict[str, str]]:
    """Rows of OCHA's list: Location, Admin Level, P-Code, Name, Parent P-Code."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row["Admin Level"] in ("1", "2")]


def from_pcodes(
    path: Path, aliases: list[dict[str, str]], iso: set[str]
) -> tuple[dict[str, tuple[str, str]], list[dict[str, str]], list[str]]:
    """({admin-1 p-code: (region_id, name)}, district rows, p-codes that led nowhere).

    Where OCHA's admin-1 is coarser than ours (Libya, Tunisia, Russia, Palestine) its admin-2 is looked up by name.
    """
    names, fixed = names_of(aliases), inputs.read_toml("groups.toml")["pcodes"]
    for row in curated_districts():
        names.setdefault(row["iso3"], Names()).add(row["name"], row["region_id"])
    first: dict[str, tuple[str, str]] = {}
    districts, lost = [], []
    for row in sorted(pcode_rows(path), key=lambda item: (item["Location"], item["Admin Level"], item["P-Code"])):
        iso3, code, name = row["Location"], row["P-Code"], row["Name"]
        hit = names[iso3].find(name) if iso3 in names else None
        if row["Admin Level"] == "1":
            region = fixed.get(code, hit[0] if hit else "")
            if region:
                first[code] = (region, name)
            elif iso3 in names:
                lost.append(f"{iso3} {code} {name}")
            continue
        region = fixed.get(code) or first.get(row["Parent P-Code"], ("", ""))[0] or (hit[0] if hit else "")
        if region:
            districts.append({"iso3": iso3, "name": name, "code": code, "region_id": region, "source": "ocha"})
        elif iso3 in names:
            lost.append(f"{iso3} {code} {name} (admin 2)")
    return first, districts, lost


def from_iso(rows: list[dict[str, Any]], aliases: list[dict[str, str]]) -> list[dict[str, str]]:
    """Districts that ISO 3166-2 lists under one of our regions, in the spellings of ISO and GeoNames."""
    country = {row["region_id"]: row["iso3"] for row in rows}
    names = names_of(aliases)
    found = []
    for subdivisions in inputs.iso().values():
        for code, fact in subdivisions.items():
            parent = fact["parentCode"]
            if parent in country and code not in country and names[country[parent]].find(fact["name"]) is None:
                found.append({"iso3": country[parent], "name": fact["name"], "code": code, "region_id": parent,
                              "source": "iso"})  # fmt: skip
    return found


def curated_districts() -> list[dict[str, str]]:
    """Districts and newer units written down by people in groups.toml."""
    table = inputs.read_toml("groups.toml")["districts"]
    return [
        {"iso3": iso3, "name": name, "code": "", "region_id": region, "source": "curated"}
        for iso3, regions in table.items()
        for region, names in regions.items()
        for name in names
    ]


def settle(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """One row per country, folded name, code and region, in a stable order."""
    seen: dict[tuple[str, str, str, str], dict[str, str]] = {}
    for row in rows:
        seen.setdefault((row["iso3"], fold(row["name"]), row["code"], row["region_id"]), row)
    return sorted(seen.values(), key=lambda row: (row["iso3"], row["region_id"], row["code"], row["name"]))


def code_rows(rows: list[dict[str, Any]], first: dict[str, tuple[str, str]]) -> list[dict[str, str]]:
    """codes.csv: p-codes (also without leading zeros) and GeoNames admin-1 codes."""
    found = {}
    for code, (region, name) in sorted(first.items()):
        found[code] = {"code": code, "region_id": region, "name": name, "scheme": "pcode"}
        short = short_code(code)
        if short != code:
            clash = found.get(short)
            found[short] = {"code": short, "region_id": region, "name": name, "scheme": "pcode without zeros"}
            if clash and clash["region_id"] != region:
                del found[short]
    by_id = {row["geonames_id"]: row for row in rows if row["geonames_id"]}
    for unit in inputs.geonames_units():
        row = by_id.get(unit["geonames_id"])
        if row and unit["code"]:
            found[unit["code"]] = {"code": unit["code"], "region_id": row["region_id"], "name": row["name_en"],
                                   "scheme": "geonames"}  # fmt: skip
    return [found[code] for code in sorted(found)]


def group_rows(known: set[str]) -> list[dict[str, str]]:
    """groups.csv from groups.toml; every region_id must exist."""
    found = []
    for iso3, groups in inputs.read_toml("groups.toml")["groups"].items():
        for names, regions in groups.items():
            wrong = set(regions) - known
            if wrong:
                raise ValueError(f"groups.toml [groups.{iso3}] {names!r}: no such region {', '.join(sorted(wrong))}")
            for name in names.split("|"):
                found.append({"iso3": iso3, "name": name.strip(), "region_ids": ";".join(sorted(regions))})
    return sorted(found, key=lambda row: (row["iso3"], row["name"]))
