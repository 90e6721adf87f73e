"""Travel advice as levels, and the changes of level between two readings of a publisher's list.

Levels run from 1 (usual care) to 4 (do not travel) for every publisher. Wording, case, brackets and links may change
without a change of level; a wording no rule knows gives no level, and no level never makes a change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

# Tried in order; the first that fits counts. Governments' own phrases in English, Dutch, French, German and Spanish.
_PHRASES: tuple[tuple[int, re.Pattern[str]], ...] = tuple(
    (level, re.compile(pattern))
    for level, pattern in (
        (
            3,
            r"non[- ]?essential|all but essential|only (?:if )?essential|alleen noodzakelijke|niet[- "
            r"]noodzakelijke|sauf raison imp",
        ),
        (3, r"reconsider|nicht (?:unbedingt )?notwendig|déconseillé sauf|oranje|\borange\b"),
        (
            4,
            r"do not travel|avoid all travel|against all travel|reis niet|niet reizen|formellement "
            r"déconseillé|(?<!teil)reisewarnung|no viajar|\brood\b|\brode\b|\bred\b|\brouge\b|\brot\b",
        ),
        (
            2,
            r"high degree of caution|increased caution|increased safety|high degree|let op|veiligheidsrisico"
            r"|vigilance renforcée|\bgeel\b|\bgele\b|\byellow\b|\bjaune\b|\bgelb\b",
        ),
        (1, r"\bnormal|\busual|geen bijzondere|vigilance normale|\bgroen\b|\bgreen\b|\bvert\b|\bgrün\b"),
    )
)
_NUMBERED = re.compile(r"(?:\b(?:level|niveau|nivel)|stufe)\s*:?\s*([1-4])\b")
_REGIONAL = re.compile(r"\(?with regional advisor|regional advisories|some areas|delen van het land|parts of")


@dataclass(frozen=True, slots=True)
class AdviceLevel:
    """One publisher's level for a country, or for a region of it. `regional`: the list says that parts have another
    level."""

    publisher: str
    country: str
    region: str | None
    level: int | None
    regional: bool
    wording: str


@dataclass(frozen=True, slots=True)
class LevelChange:
    """A change of level; higher is worse. `day` is when the newer list says it was changed, else when it was read."""

    publisher: str
    country: str
    region: str | None
    old: int
    new: int
    day: date


def level_of(wording: str) -> int | None:
    """The level a wording means, or None when it means none we know ("No summary found", "Other")."""
    text = " ".join(wording.casefold().split())
    numbered = _NUMBERED.search(text)
    if numbered:
        return int(numbered.group(1))
    for level, pattern in _PHRASES:
        if pattern.search(text):
            return level
    return None


def read_summary(publisher: str, rows: Iterable[Mapping[str, Any]]) -> list[AdviceLevel]:
    """Levels of a publisher's list: rows with `destination`, `risk_level` and perhaps `region`. A row that names no
    destination says nothing."""
    found = []
    for row in rows:
        if not row.get("destination"):
            continue
        wording = str(row.get("risk_level") or "")
        region = row.get("region")
        regional = bool(_REGIONAL.search(wording.casefold()))
        found.append(
            AdviceLevel(
                publisher,
                str(row["destination"]).strip(),
                str(region) if region else None,
                level_of(wording),
                regional,
                wording,
            )
        )
    return found


def level_changes(old: Iterable[AdviceLevel], new: Iterable[AdviceLevel], day: date) -> list[LevelChange]:
    """Changes between two readings. A country that appears, vanishes or has no known level in either gives none."""
    before = {(row.publisher, _key(row.country), _key(row.region)): row for row in old}
    changes = []
    for row in new:
        earlier = before.get((row.publisher, _key(row.country), _key(row.region)))
        if earlier is None or earlier.level is None or row.level is None or earlier.level == row.level:
            continue
        changes.append(LevelChange(row.publisher, row.country, row.region, earlier.level, row.level, day))
    return changes


def _key(name: str | None) -> str:
    return re.sub(r"\W+", " ", (name or "").casefold()).strip()
