"""A small place tagger for tests: exact names, no gazetteer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

NAMES = {
    "Aleppo": ("SYR", "SY-HL", "region"),
    "Idlib": ("SYR", "SY-ID", "region"),
    "Syria": ("SYR", None, "country"),
    "Kunduz": ("AFG", "AF-KDZ", "region"),
    "Helmand": ("AFG", "AF-HEL", "region"),
    "Afghanistan": ("AFG", None, "country"),
    "Khartoum": ("SDN", "SD-KH", "region"),
    "Khartoem": ("SDN", "SD-KH", "region"),
    "حلب": ("SYR", "SY-HL", "region"),
}


@dataclass(frozen=True)
class FakeMention:
    start: int
    end: int
    text: str
    kind: str
    iso3: str
    region_id: str | None
    confidence: float = 0.9
    rule: str = "exact"
    role: str = "mention"


@dataclass(frozen=True)
class Share:
    id: str
    share: float


@dataclass(frozen=True)
class Main:
    countries: tuple[Share, ...]
    regions: tuple[Share, ...]


def tag(text: str, *, language: str, declared_countries: Any = (), gazetteer: Any = None) -> list[FakeMention]:
    pattern = "|".join(map(re.escape, NAMES))
    found = []
    for match in re.finditer(pattern, text):
        iso3, region, kind = NAMES[match.group()]
        found.append(FakeMention(match.start(), match.end(), match.group(), kind, iso3, region))
    return found


def main(mentions: Any, text: str) -> Main:
    def shares(values: list[str]) -> tuple[Share, ...]:
        return tuple(
            Share(v, values.count(v) / len(values)) for v in sorted(set(values), key=lambda v: (-values.count(v), v))
        )

    return Main(shares([m.iso3 for m in mentions]), shares([m.region_id for m in mentions if m.region_id]))
