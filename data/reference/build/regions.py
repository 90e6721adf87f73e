"""The admin-1 regions: which ISO 3166-2 subdivisions count as regions, and what each is called."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import inputs
import pycountry

from ingest.placenames import bare, tight

ALIKE = 0.55  # share of matching letters above which two spellings are taken for the same name; for choosing a
# display name and refusing renumbered codes at build time only, never for finding a place at run time
KIND = re.compile(
    r"\s+(County|Division|District|Province|Governorate|Region|Department|Prefecture|State|Oblast|Raion|Rayon)$"
)


def alike(first: str, second: str) -> bool:
    """Whether two spellings can be of one name; used to refuse names that came with a renumbered code."""
    a, b = tight(first), tight(second)
    return bool(a and b) and (a in b or b in a or difflib.SequenceMatcher(None, a, b).ratio() >= ALIKE)


def other_names(subdivision: dict[str, Any]) -> list[tuple[str, str]]:
    """`localOtherName` of the ISO package as (name, ISO 639 code) pairs."""
    text = subdivision.get("localOtherName") or ""
    pairs = re.findall(r"\s*([^()]+?)\s*\((\w{3})(?:,[^)]*)?\)\s*,?", text)
    return [(name.strip(" '\"‎"), language) for name, language in pairs]


def chosen(iso2: str) -> dict[str, dict[str, Any]]:
    """The ISO subdivisions of one country that are its regions."""
    rule = inputs.decisions().get("levels", {}).get(iso2, {})
    parents = {None, *rule.get("with_parents", [])}
    if iso2 == "IQ":
        parents.add("IQ-KR")
    left_out = set(rule.get("leave_out", []))
    found = inputs.iso().get(iso2, {})
    if rule.get("use_children"):
        parents |= {row["parentCode"] for row in found.values()}
        left_out |= parents - {None}
    return {code: row for code, row in found.items() if row["parentCode"] in parents and code not in left_out}


def plain(name: str) -> str:
    """The name without scholarly diacritics and quotes; letters of the national alphabet with them are lost too."""
    text = unicodedata.normalize("NFKD", name)
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    return re.sub(r"[‘’ʻʼ'`]", "", text).split(" (")[0].split(" / ")[0].strip()


def cldr_is_same(code: str, row: dict[str, Any], ocha: str, cldr_en: dict[str, str]) -> bool:
    """Whether CLDR's entry for the code is this region: Iran and Morocco were renumbered, CLDR kept the old codes."""
    candidate = cldr_en.get(code.replace("-", "").lower(), "")
    known = [row["name"], ocha, *[name for name, _ in other_names(row)]]
    return bool(candidate) and any(alike(KIND.sub("", candidate), name) for name in known if name)


def english(code: str, row: dict[str, Any], ocha: str, cldr_en: dict[str, str]) -> str:
    """Name in English: the curated one, else CLDR's when it is the same place, else the ISO package's, else OCHA's."""
    fixed = inputs.decisions().get("english", {}).get(code)
    if fixed:
        return str(fixed)
    if cldr_is_same(code, row, ocha, cldr_en):
        return KIND.sub("", cldr_en[code.replace("-", "").lower()]).replace("’", "'")
    for name, language in other_names(row):
        if language == "eng" and alike(name, row["name"]):
            return KIND.sub("", name)
    return KIND.sub("", ocha or plain(row["name"]))


# (CLDR language, ISO 639-3 codes of the ISO package) of the script a country writes in; others use Latin script.
SCRIPTS = {
    "AF": ("fa", "prs"), "AM": ("hy", "hye"), "BD": ("bn", "ben"), "DZ": ("ar", "ara"), "EG": ("ar", "ara"),
    "ER": ("ar", "tir"), "ET": ("am", "amh"), "GE": ("ka", "kat"), "IR": ("fa", "fas"), "IQ": ("ar", "ara"),
    "JO": ("ar", "ara"), "LB": ("ar", "ara"), "LY": ("ar", "ara"), "LK": ("si", "sin"), "MA": ("ar", "ara"),
    "MM": ("my", "mya"), "MN": ("mn", "mon"), "PK": ("ur", "urd"), "PS": ("ar", "ara"), "RU": ("ru", "rus"),
    "SD": ("ar", "ara"), "RS": ("sr", "srp"), "SY": ("ar", "ara"), "TN": ("ar", "ara"), "UA": ("uk", "ukr"),
    "YE": ("ar", "ara"),
}  # fmt: skip


def native(code: str, row: dict[str, Any], names: dict[str, str], same: bool) -> str:
    """Name in the script of the country: CLDR's when its code still means the same place, else the ISO package's.

    The ISO package has a few local names on the wrong row (Khartoum carries Gezira's), hence CLDR first.
    """
    iso2 = code[:2]
    if code in inputs.decisions()["native"]:
        return str(inputs.decisions()["native"][code])
    if iso2 not in SCRIPTS:
        return str(row["name"]).split(" (EH")[0]
    if same and names.get(code.replace("-", "").lower()):
        return names[code.replace("-", "").lower()]
    for name, language in other_names(row):
        if language == SCRIPTS[iso2][1]:
            return "".join(sign.lower() if "\u1c90" <= sign <= "\u1cbf" else sign for sign in name)
    return str(row["name"]).split(" (EH")[0]


DUTCH_FORM = re.compile(
    r"noord|oost|zuid|west-|westelijk|centra|boven|opper|neder|midden|groot|rode |witte|blauwe|nijl|provincie|"
    r"oe|sj|dzj|tsj|ië|ije|ei|kasaï|sinaï|darfoer|stad\)",
    re.IGNORECASE,
)


def in_dutch(code: str, row: dict[str, Any], name_en: str) -> str:
    """A Dutch name of its own, or empty. The package is keyed by name, not by code, and often only respells."""
    fixed = inputs.decisions().get("dutch", {})
    if code in fixed:
        return str(fixed[code])
    text = inputs.dutch().gettext(row["name"]).split(";")[0].split(" (EH")[0].strip(" ,")
    text = re.sub(r",? (Provincie|Provindie|Kraj|Autonoom|Republiek( van de)?|Autonome .*)$", "", text).strip(" ,")
    text = KIND.sub("", text)
    return text if text not in (row["name"], name_en, "") and DUTCH_FORM.search(text) else ""


def unique_names(rows: list[dict[str, Any]]) -> None:
    """Two regions of one country with one name (a city and the district around it) get their type added."""
    counts = Counter((row["iso3"], row["name_en"]) for row in rows)
    for row in rows:
        if counts[row["iso3"], row["name_en"]] > 1:
            row["name_en"] = f"{row['name_en']} ({row['type'].lower()})"


def build(cache: Path) -> list[dict[str, Any]]:
    """Rows of regions.csv without shapes: one per region of every country, ordered by country and code."""
    facts = {row["region_id"]: row for row in inputs.read_csv(inputs.HERE / "facts.csv")}
    units = {unit["iso"]: unit for unit in inputs.geonames_units() if unit["iso"]}
    cldr_en = inputs.cldr(cache, "en")
    scripts = {iso2: inputs.cldr(cache, language) for iso2, (language, _) in SCRIPTS.items()}
    rows = []
    for country in sorted(pycountry.countries, key=lambda item: item.alpha_3):
        for code, row in sorted(chosen(country.alpha_2).items()):
            fact = facts.get(code, {})
            same = cldr_is_same(code, row, fact.get("ocha_name", ""), cldr_en)
            name = english(code, row, fact.get("ocha_name", ""), cldr_en)
            latitude, longitude = row["latLng"] or (None, None)
            rows.append(
                {
                    "region_id": code, "iso3": country.alpha_3, "name_en": name,
                    "name_native": native(code, row, scripts.get(country.alpha_2, {}), same),
                    "name_nl": in_dutch(code, row, name),
                    "type": row["type"], "parent_id": country.alpha_3, "pcode": fact.get("pcode", ""),
                    "geonames_id": fact.get("geonames_id") or units.get(code, {}).get("geonames_id", ""),
                    "population": fact.get("population", ""), "population_year": fact.get("population_year", ""),
                    "population_source": fact.get("population_source", ""),
                    "latitude": latitude, "longitude": longitude,
                }
            )  # fmt: skip
    rows += kosovo()
    unique_names(rows)
    return sorted(rows, key=lambda item: (item["iso3"], item["region_id"]))


def kosovo() -> list[dict[str, Any]]:
    """The seven districts of Kosovo; no population per district is known to us."""
    names = ("pcode", "population", "population_year", "population_source", "name_nl")
    return [
        {**row, "iso3": "XKX", "type": "District", "parent_id": "XKX", "latitude": None, "longitude": None}
        | dict.fromkeys(names, "")
        for row in inputs.decisions()["kosovo"]
    ]


def same_place(name: str, row: dict[str, Any]) -> bool:
    """Whether a name that came with the code is a name of this region."""
    return any(alike(name, known) for known in (row["name_en"], row["name_native"], bare(row["name_en"])) if known)
