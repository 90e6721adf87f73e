"""Profile cards: what an authority says about a group in a country. Nothing about a person is asked or stored.

There is no function here that writes: the table is a file people maintain, cards are only read.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).with_name("official") / "profiles.toml"
STATEMENTS = ("W", "C", "N", "?")
SHOWN_LIKE = {"W": "W", "C": "C", "N": "N", "?": "C"}  # no information is never shown like "not substantiated"
GRADES = ("high", "moderate", "low", "very_low")
CARD_KEYS = frozenset(["profile", "iso3", "region_id", "statement", "quote", "url", "stated", "grade"])


class ProfileError(Exception):
    """The table of profiles cannot be used; one line per fault."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A group, by words and key questions per language."""

    id: str
    names: Mapping[str, str]
    questions: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Card:
    """One cell of profile x country (or region). quote, url, stated and grade are None only with statement "?"."""

    profile: str
    iso3: str
    region_id: str | None
    statement: str
    quote: str | None = None
    url: str | None = None
    stated: date | None = None
    grade: str | None = None

    @property
    def shown_like(self) -> str:
        """W, C or N: how it is displayed and sorted."""
        return SHOWN_LIKE[self.statement]

    def row(self) -> dict[str, Any]:
        """As a row of assessment.profile_card."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Profiles:
    """The table: profiles in file order, cards people added, words of the statements."""

    profiles: tuple[Profile, ...]
    cards: tuple[Card, ...]
    words: Mapping[str, Mapping[str, str]]


def load(path: Path | None = None) -> Profiles:
    """Read and check a table (the shipped one by default). Raises ProfileError with every fault."""
    path = path or SHIPPED
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProfileError(f"{path} does not exist; give the path of a table of profiles") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path.name} is not TOML: {error}") from None
    entries, cards = raw.get("profile", {}), raw.get("card", [])
    needed = ("en", "nl", "questions_en", "questions_nl")
    faults = [f"[profile.{n}] {key} is missing" for n, e in entries.items() for key in needed if not e.get(key)]
    faults += [f"[statement] {s} needs words en and nl" for s in STATEMENTS if not _both(raw.get("statement", {}), s)]
    faults += [f"card {number}: {fault}" for number, card in enumerate(cards, 1) for fault in _faults(card, entries)]
    if faults:
        raise ProfileError("\n".join(f"{path.name}: {fault}" for fault in faults))
    profiles = tuple(
        Profile(
            name,
            {"en": entry["en"], "nl": entry["nl"]},
            {"en": tuple(entry["questions_en"]), "nl": tuple(entry["questions_nl"])},
        )
        for name, entry in entries.items()
    )
    found = tuple(Card(**{"region_id": None, **card}) for card in cards)
    return Profiles(profiles, found, raw["statement"])


def _both(words: Mapping[str, Any], statement: str) -> bool:
    return bool(words.get(statement, {}).get("en") and words.get(statement, {}).get("nl"))


def _faults(card: Mapping[str, Any], profiles: Mapping[str, Any]) -> list[str]:
    faults = [f"unknown key {key!r}; known: {', '.join(sorted(CARD_KEYS))}" for key in card if key not in CARD_KEYS]
    faults += [f"{key} is missing" for key in ("profile", "iso3", "statement") if not card.get(key)]
    if faults:
        return faults
    if card["profile"] not in profiles:
        faults.append(f"profile {card['profile']!r} is not in the table: {', '.join(profiles)}")
    if card["statement"] not in STATEMENTS:
        faults.append(f"statement must be one of {' '.join(STATEMENTS)}")
    elif card["statement"] != "?":
        faults += [
            f"{key} is missing: a statement cites its text"
            for key in ("quote", "url", "stated", "grade")
            if not card.get(key)
        ]
    if card.get("grade") not in (None, *GRADES):
        faults.append(f"grade must be one of {', '.join(GRADES)}")
    if "stated" in card and type(card["stated"]) is not date:
        faults.append("stated must be a plain date, such as 2024-06-27")
    return faults


def cards(table: Profiles, countries: Iterable[str], as_of: date) -> list[Card]:
    """Every profile for every country, "?" where nothing was stated by the day; cards of regions come on top.

    Of several cards for one cell the newest counts; of one day the worst (W before C before ? before N).
    """
    order = {"N": 0, "?": 1, "C": 2, "W": 3}
    best: dict[tuple[str, str, str | None], Card] = {}
    for card in table.cards:
        key = (card.profile, card.iso3, card.region_id)
        if card.stated is not None and card.stated > as_of:
            continue
        rank = (card.stated or date.min, order[card.statement])
        if key not in best or rank > (best[key].stated or date.min, order[best[key].statement]):
            best[key] = card
    result = []
    for iso3 in sorted(set(countries)):
        for profile in table.profiles:
            result.append(best.get((profile.id, iso3, None), Card(profile.id, iso3, None, "?")))
            own = [c for (name, land, region), c in best.items() if (name, land) == (profile.id, iso3) and region]
            result += sorted(own, key=lambda c: c.region_id or "")
    return result
