"""Where is it? From the words, codes or point of a source to one region_id, or to nothing: never a fuzzy guess.

Order of evidence: the region's name (with its code as a check), the code alone, the district, the name read as a
district's, the point. Codes lie (Iran and Morocco were renumbered, p-codes have shifted), so a code that comes with a
name counts only when the code's own name looks like it; a name that is known wins over a code. What finds no region is
returned as None and becomes an issue naming it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ingest import reference
from ingest.placenames import GENERIC, Names, alike, bare, fold, short_code

NEAR = (
    0.1  # degrees (11 km): a point outside every region of its country belongs to the nearest one within this distance,
)
# which covers coasts and borders that simplification moved
REUSED = ("IR-", "MA-")  # ISO 3166-2 codes that named other regions before: without an agreeing name they say nothing

# Data sets that count a territory under another state: UCDP puts Gaza under Israel and, before 2011, Juba under Sudan.
RELATED = {"ISR": ("PSE",), "SDN": ("SSD",), "SRB": ("XKX",), "XKX": ("SRB",)}

# What surveys put around the name of a place: "Kabul Urban", "Concentration of Obo", "IDPs in Bria".
_AROUND = re.compile(
    r"^(concentrations?|idps?|returnees|communes?|ville|camps?) (of|de|in|du) |[ ,]+\(?(urban|rural|countryside)\)?$",
    re.I,
)
_SPLIT = re.compile(r"\s*[/|;(),]\s*|\s+-\s+")


@dataclass(frozen=True, slots=True)
class Match:
    """The region found, and by what: name, code, district, point, and how strictly (see `docs/sources.md`)."""

    region_id: str
    rule: str


class Places:
    """The reference tables, indexed. Build it once with `load`; it is read-only and may be shared by threads."""

    def __init__(
        self,
        countries: Sequence[reference.Country],
        regions: Sequence[reference.Region],
        shapes: Mapping[str, BaseGeometry],
    ) -> None:
        self.countries = {country.iso3: country for country in countries}
        self.regions = {region.region_id: region for region in regions}
        self._names: dict[str, Names] = {}
        self._districts: dict[str, Names] = {}
        self._codes: dict[str, tuple[str, str]] = {}  # code -> (region_id, name that belongs to the code)
        self._groups: dict[tuple[str, str], tuple[str, ...]] = {}
        self._country_index = _country_index(countries)
        self._set_shapes(shapes)

    @classmethod
    def load(cls, folder: Path) -> Places:
        """Read data/reference. Raises reference.ReferenceError."""
        regions = reference.regions(folder)
        places = cls(reference.countries(folder), regions, reference.shapes(folder))
        for region in regions:
            places._codes[region.region_id] = (region.region_id, region.name_en)
        for _, row in reference.read_rows(folder, "aliases.csv", ("iso3", "alias", "region_id")):
            places._names.setdefault(row["iso3"], Names()).add(row["alias"], row["region_id"])
        for _, row in reference.read_rows(folder, "codes.csv", ("code", "region_id", "name")):
            places._codes.setdefault(row["code"], (row["region_id"], row["name"]))
        for _, row in reference.read_rows(folder, "districts.csv", ("iso3", "name", "code", "region_id")):
            places._districts.setdefault(row["iso3"], Names()).add(row["name"], row["region_id"])
            if row["code"]:
                places._codes.setdefault(row["code"], (row["region_id"], row["name"]))
        for _, row in reference.read_rows(folder, "groups.csv", ("iso3", "name", "region_ids")):
            places._groups[row["iso3"], fold(row["name"])] = tuple(row["region_ids"].split(";"))
        return places

    # -- one place -----------------------------------------------------------------------------------------------

    def resolve(
        self,
        iso3: str,
        *,
        region_name: str | None = None,
        region_code: str | None = None,
        district_name: str | None = None,
        district_code: str | None = None,
        latitude: float | None = None,
        longitude: float | None = None,
    ) -> Match | None:
        """The region a source means, or None. `iso3` is ISO 3166-1 alpha-3; the point is WGS 84 degrees."""
        for country in (iso3, *RELATED.get(iso3, ())):
            found = (
                self._by_region(country, region_name, region_code)
                or self._by_district(country, district_name, district_code)
                or self._by_name_as_district(country, region_name)
            )
            if found:
                return found
        if latitude is None or longitude is None:
            return None
        return self.resolve_many([iso3], [longitude], [latitude])[0]

    def _by_region(self, iso3: str, name: str | None, code: str | None) -> Match | None:
        coded = self._code(iso3, code)
        if name and (named := self._name(iso3, name)):
            if coded and coded[0] == named.region_id:
                return Match(named.region_id, f"{named.rule}, code agrees")
            return Match(named.region_id, f"{named.rule}, code differs") if coded else named
        if coded is None:
            return None
        if not (name or "").strip():
            return None if coded[0].startswith(REUSED) and coded[2] == "iso" else Match(coded[0], f"code:{coded[2]}")
        return Match(coded[0], f"code:{coded[2]}, name alike") if alike(name or "", coded[1]) else None

    def _by_district(self, iso3: str, name: str | None, code: str | None) -> Match | None:
        coded = self._code(iso3, code)
        if coded:
            if not (name or "").strip() or alike(name or "", coded[1]):
                return Match(coded[0], f"district code:{coded[2]}")
            named = self._districts.get(iso3, Names()).find(name or "")
            if coded[2] == "prefix" and (named is None or named[0] == coded[0]):
                return Match(coded[0], "district code:prefix")
        return self._by_name_as_district(iso3, name) or (self._name(iso3, name) if name else None)

    def _by_name_as_district(self, iso3: str, name: str | None) -> Match | None:
        if not name or iso3 not in self._districts:
            return None
        districts = self._districts[iso3]
        hit = districts.find(name) or districts.find(_AROUND.sub("", name.strip()))
        return Match(hit[0], f"district:{hit[1]}") if hit else None

    def _name(self, iso3: str, name: str) -> Match | None:
        """The region of a name, whole or (for "Raqqa / Ar-Raqqah") by its parts, when all known parts agree."""
        names = self._names.get(iso3)
        if names is None:
            return None
        hit = names.find(name) or names.find(_AROUND.sub("", name.strip()))
        if hit:
            return Match(hit[0], f"name:{hit[1]}")
        parts = [part for part in _SPLIT.split(name) if part]
        if len(parts) < 2:
            return None
        hits = {found[0] for part in parts if (found := names.find(part))}
        return Match(hits.pop(), "name:part") if len(hits) == 1 else None

    def _code(self, iso3: str, code: str | None) -> tuple[str, str, str] | None:
        """(region_id, name of the code, "iso" | "table" | "prefix") of a code of this country."""
        if not code:
            return None
        key = code.strip().upper()
        hit = self._codes.get(key) or self._codes.get(short_code(key))
        rule = "iso" if key in self.regions else "table"
        if hit is None:
            for length in range(len(key) - 1, 3, -1):  # an admin-2 or -3 p-code starts with its admin-1 p-code
                hit = self._codes.get(key[:length])
                if hit:
                    rule = "prefix"
                    break
        if hit is None or self.regions[hit[0]].iso3 != iso3:
            return None
        return hit[0], hit[1], rule

    # -- many points ---------------------------------------------------------------------------------------------

    def _set_shapes(self, shapes: Mapping[str, BaseGeometry]) -> None:
        self._shape_ids = np.array(sorted(shapes), dtype=object)
        self._shapes = [shapes[key] for key in self._shape_ids]
        self._shape_country = np.array([self.regions[key].iso3 for key in self._shape_ids], dtype=object)
        self._tree = shapely.STRtree(self._shapes)

    def resolve_many(
        self, iso3: Sequence[str], longitude: Iterable[float], latitude: Iterable[float]
    ) -> list[Match | None]:
        """Regions of many points at once (100,000 take about a second). A point finds regions of its own country only.

        Impossible coordinates and the null island (0, 0) give None.
        """
        x, y = np.asarray(list(longitude), dtype=float), np.asarray(list(latitude), dtype=float)
        usable = (np.abs(x) <= 180) & (np.abs(y) <= 90) & ~((x == 0) & (y == 0))
        points = shapely.points(np.where(usable, x, 0), np.where(usable, y, 0))
        own = [frozenset((country, *RELATED.get(country, ()))) for country in iso3]
        found: list[Match | None] = [None] * len(own)
        for index, shape in zip(*self._tree.query(points, predicate="intersects"), strict=True):
            if usable[index] and found[index] is None and self._shape_country[shape] in own[index]:
                found[index] = Match(str(self._shape_ids[shape]), "point")
        for index in np.flatnonzero(usable):
            if found[index] is None:
                found[index] = self._nearest(points[index], own[index])
        return found

    def _nearest(self, point: BaseGeometry, own: frozenset[str]) -> Match | None:
        near = self._tree.query(point, predicate="dwithin", distance=NEAR)
        near = [int(shape) for shape in near if self._shape_country[shape] in own]
        if not near:
            return None
        distances = shapely.distance(point, [self._shapes[shape] for shape in near])
        return Match(str(self._shape_ids[near[int(np.argmin(distances))]]), "point:near")

    def overlap(self, shape: BaseGeometry) -> list[tuple[str, float]]:
        """[(region_id, share of `shape` inside that region)], 0 to 1, for regions it meets."""
        area = shapely.area(shape)
        near = self._tree.query(shape, predicate="intersects")
        if not area:
            return []
        parts = [shapely.area(shapely.intersection(self._shapes[int(index)], shape)) / area for index in near]
        return [(str(self._shape_ids[index]), float(part)) for index, part in zip(near, parts, strict=True)]

    # -- groups and countries ------------------------------------------------------------------------------------

    def resolve_group(self, iso3: str, name: str) -> list[str]:
        """All regions a name stands for, sorted; empty when any part of it is not understood.

        Understands one region, a named group (groups.csv: former provinces, zones, territories), a district, and a list
        of these such as "Central (Kabul Wardak Kapisa)" or "Bagerhat, Khulna, Satkhira".
        """
        for country in (iso3, *RELATED.get(iso3, ())):
            found = self._group(country, name)
            if found:
                return found
        return []

    def _group(self, iso3: str, name: str) -> list[str]:
        whole = self._group_part(iso3, name, split=False)
        if whole:
            return sorted(whole)
        listed = re.search(r"\(([^()]+)\)", name)
        texts = [listed.group(1), name.split("(")[0]] if listed else [name.split("(")[0] if "(" in name else name]
        for text in texts:
            found = self._listed(iso3, text)
            if found:
                return sorted(found)
        return []

    def _group_part(self, iso3: str, name: str, split: bool = True) -> set[str]:
        """Regions of one part of a list; with `split` also names joined by spaces only."""
        names = self._names.get(iso3)
        group = self._groups.get((iso3, fold(name))) or self._groups.get((iso3, bare(name)))
        if names is None:
            return set()
        if hit := names.find(name):
            return {hit[0]}
        if group:
            return set(group)
        if district := self._by_name_as_district(iso3, name):
            return {district.region_id}
        return self._joined(names, name.replace("-", " ").split()) if split else set()

    def _listed(self, iso3: str, text: str) -> set[str]:
        found: set[str] = set()
        for part in re.split(r"\s*[,;/&]\s*|\s+(?:and|et|y|e)\s+|\s+-\s+", text.strip()):
            if part:
                regions = self._group_part(iso3, part)
                if not regions and not all(word in GENERIC for word in fold(part).split()):
                    return set()
                found |= regions
        return found

    @staticmethod
    def _joined(names: Names, words: list[str]) -> set[str]:
        """Names written one after the other without separators: the longest known run of words is taken each time."""
        found: set[str] = set()
        while words:
            for length in range(min(len(words), 5), 0, -1):
                hit = names.find(" ".join(words[:length]))
                if hit:
                    found.add(hit[0])
                    break
            else:
                if fold(words[0]) not in GENERIC:
                    return set()
                length = 1
            words = words[length:]
        return found

    def country_iso3(self, value: str | int | None, scheme: str = "name") -> str | None:
        """ISO alpha-3 of a country. `scheme`: "name" (any name, alpha-2 or alpha-3), "gw", "fips", "m49", "numeric"."""
        if value is None or str(value).strip() == "":
            return None
        text = str(value).strip()
        if scheme == "name":
            return self._country_index.get(("name", fold(text))) or self._country_index.get(
                ("name", fold(text.split("(")[0]))
            )
        key = text.removesuffix(".0")
        return self._country_index.get((scheme, key.lstrip("0") if key.isdigit() else key.upper()))


def _country_index(countries: Sequence[reference.Country]) -> dict[tuple[str, str], str]:
    index: dict[tuple[str, str], str] = {}
    for country in countries:
        for name in (country.iso3, country.iso2, country.name_en, country.name_nl, country.name_native, *country.also):
            if name:
                index.setdefault(("name", fold(name)), country.iso3)
        codes = {"gw": country.gw, "m49": country.m49, "numeric": country.iso_numeric, "fips": country.fips}
        for scheme, code in codes.items():
            if code is not None:
                text = str(code)
                index[scheme, text.lstrip("0") if text.isdigit() else text] = country.iso3
    return index
