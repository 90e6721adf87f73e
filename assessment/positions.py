"""Official positions: load the shipped table, check it, and say which were in force on a day as known by a day."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).with_name("official") / "positions.toml"
AUTHORITIES = ("UNHCR", "EUAA", "NL", "court")
KINDS = ("non_return", "decision_moratorium", "departure_moratorium", "15c", "court", "stance", "group_ban",
         "no_entry_document")  # fmt: skip
LEVELS: Mapping[tuple[str, str], tuple[str, ...]] = {  # (authority, kind) -> levels that may be written
    ("EUAA", "15c"): ("mere_presence", "high", "not_high", "no_real_risk", "none_at_highest"),
    ("NL", "15c"): ("highest", "lower", "no_real_risk", "none_at_highest"),
    ("UNHCR", "non_return"): ("excepted",),
    ("UNHCR", "stance"): ("promote", "facilitate", "monitor_only", "advise_against"),
}
HIGHEST = frozenset({("EUAA", "mere_presence"), ("NL", "highest")})  # gate G3
HIGH = frozenset({("EUAA", "high"), ("NL", "lower")})  # gate G4
IN_PART = "_in_part"  # the rating is of a district or city inside the region
ROLES = ("analyst", "jurist", "reviewer")
KEYS = frozenset(
    [
        "id",
        "authority",
        "iso3",
        "regions",
        "kind",
        "level",
        "quote",
        "paraphrase",
        "url",
        "valid_from",
        "valid_to",
        "verified_by",
        "known_at",
        "note",
    ]
)


class PositionError(Exception):
    """The table of positions cannot be used; `messages` has one line per fault: which row, what, what to write."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages


@dataclass(frozen=True, slots=True)
class Position:
    """One position about one region or country. valid_to: last day in force, None until withdrawn.

    verified_by: the role of the person who read it in the original, never a name. known_at: the day it was public or,
    for rows people add later, the day they added it.
    """

    position_id: str
    authority: str
    iso3: str
    region_id: str | None  # None: the whole country
    kind: str
    level: str | None
    quote: str
    url: str
    valid_from: date
    valid_to: date | None
    verified_by: str
    known_at: date

    def covers(self, region_id: str, iso3: str) -> bool:
        """Whether it speaks about this region, by name or through its country."""
        return self.iso3 == iso3 and self.region_id in (None, region_id)

    @property
    def in_part(self) -> bool:
        """It rates a part of the region only."""
        return bool(self.level and self.level.endswith(IN_PART))

    def row(self) -> dict[str, Any]:
        """As a row of assessment.official_position."""
        return asdict(self)


def load(path: Path | None = None, regions: Mapping[str, str] | None = None) -> tuple[Position, ...]:
    """Positions of a table (the shipped one by default), one per region named, sorted by id.

    `regions` maps region_id -> iso3 of the reference; with it unknown regions are refused too. Raises PositionError
    with every fault.
    """
    path = path or SHIPPED
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PositionError([f"{path} does not exist; give the path of a table of positions"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PositionError([f"{path.name} is not TOML: {error}"]) from None
    entries = raw.get("position", [])
    faults = [f"[{e.get('id', f'row {n}')}] {f}" for n, e in enumerate(entries, 1) for f in _entry_faults(e, regions)]
    ids = [e.get("id") for e in entries]
    faults += [f"[{name}] the id is used twice; give each row its own" for name in sorted(_twice(ids))]
    if faults:
        raise PositionError([f"{path.name}: {fault}" for fault in faults])
    found = [position for entry in entries for position in _positions(entry)]
    return tuple(sorted(found, key=lambda p: p.position_id))


def _twice(ids: list[Any]) -> set[str]:
    return {str(name) for name in ids if name is not None and ids.count(name) > 1}


def _positions(entry: Mapping[str, Any]) -> Iterable[Position]:
    """One row of the table as one position per region; the id of a region's position ends in its region_id."""
    for region in entry.get("regions") or [None]:
        yield Position(
            position_id=entry["id"] if region is None else f"{entry['id']}:{region}",
            authority=entry["authority"],
            iso3=entry["iso3"],
            region_id=region,
            kind=entry["kind"],
            level=entry.get("level"),
            quote=entry["quote"],
            url=entry["url"],
            valid_from=entry["valid_from"],
            valid_to=entry.get("valid_to"),
            verified_by=entry["verified_by"],
            known_at=entry["known_at"],
        )


def _entry_faults(entry: Mapping[str, Any], regions: Mapping[str, str] | None) -> list[str]:
    needed = ("id", "authority", "iso3", "kind", "quote", "url", "valid_from", "verified_by", "known_at")
    faults = [f"{key} is missing" for key in needed if not entry.get(key)]
    faults += [f"unknown key {key!r}; known: {', '.join(sorted(KEYS))}" for key in entry if key not in KEYS]
    if faults:
        return faults
    if entry["authority"] not in AUTHORITIES:
        faults.append(f"authority must be one of {', '.join(AUTHORITIES)}")
    if entry["kind"] not in KINDS:
        faults.append(f"kind must be one of {', '.join(KINDS)}")
    faults += level_faults(entry)
    if not str(entry["url"]).startswith(("https://", "http://")):
        faults.append("url must be the address of the authority's text, beginning with https://")
    if entry["verified_by"] not in ROLES:
        faults.append(f"verified_by must be a role ({', '.join(ROLES)}), not a name")
    days = [entry[key] for key in ("valid_from", "valid_to", "known_at") if key in entry]
    if any(type(day) is not date for day in days):
        faults.append("valid_from, valid_to and known_at must be plain dates, such as 2024-06-27")
    elif entry.get("valid_to") and entry["valid_to"] < entry["valid_from"]:
        faults.append("valid_to lies before valid_from")
    for region in entry.get("regions", []) if regions is not None else []:
        if (regions or {}).get(region) != entry["iso3"]:
            faults.append(f"region {region!r} is not a region of {entry['iso3']}; see data/reference/regions.csv")
    return faults


def level_faults(entry: Mapping[str, Any]) -> list[str]:
    """What is wrong with the level of a position (authority, kind, level, regions); [] when nothing is."""
    allowed = LEVELS.get((entry["authority"], entry["kind"]), ())
    level = entry.get("level")
    if level is None:
        return ["level is missing: a 15c position without a level says nothing"] if entry["kind"] == "15c" else []
    if str(level).removesuffix(IN_PART) not in allowed:
        return [f"level {level!r} is not one of {', '.join(allowed) or 'none: leave it out'}"]
    if str(level).endswith(IN_PART) and not entry.get("regions"):
        return ["a position about a part of a region must name the region"]
    return []


def in_force(positions: Iterable[Position], as_of: date, known_by: date | None = None) -> tuple[Position, ...]:
    """Positions valid on `as_of` that were known by `known_by` (as_of by default: what did we know when we advised)."""
    known_by = known_by or as_of
    return tuple(
        p
        for p in positions
        if p.known_at <= known_by and p.valid_from <= as_of and (p.valid_to is None or as_of <= p.valid_to)
    )
