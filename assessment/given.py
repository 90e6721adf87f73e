"""What a run is given beside the warehouse: arrival points, official positions, profiles, what people entered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from assessment import positions as official
from assessment import profiles as cards
from assessment.people import People
from assessment.positions import Position
from assessment.profiles import Profiles
from ingest import reference


@dataclass(frozen=True)
class Given:
    """`digest` enters the run's id: another position or confirmed claim is another run."""

    arrivals: tuple[Mapping[str, Any], ...]  # iata, name, iso3, region_id, kind
    positions: tuple[Position, ...]  # shipped and entered, with the ends people gave them
    profiles: Profiles
    people: People = field(default_factory=People)

    @cached_property
    def digest(self) -> str:
        """Digest of everything that may change a level, a category or a text."""
        parts = (
            self.arrivals, self.positions, self.profiles.cards, self.people.claims,
            sorted(self.people.removed.items()), sorted(self.people.reviewed), sorted(self.people.advice.items()),
            self.people.harm,
        )  # fmt: skip
        return hashlib.sha256(repr([_plain(part) for part in parts]).encode()).hexdigest()

    def in_force(self, as_of: date) -> tuple[Position, ...]:
        """Positions that hold on the day as known then."""
        return official.in_force(self.positions, as_of)


def _plain(value: Any) -> Any:
    """Sets in one order, so that the same content has one spelling."""
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def shipped(people: People | None = None, reference_dir: Path | None = None) -> Given:
    """The shipped tables with what people added. Raises PositionError, ProfileError, ReferenceError with the faults."""
    people = people or People()
    folder = reference_dir or reference.shipped_folder()
    arrivals = tuple(
        {"iata": p.iata, "name": p.name, "iso3": p.iso3, "region_id": p.region_id, "kind": p.kind}
        for p in reference.arrival_points(folder)
    )
    own = {position.position_id: position for position in (*official.load(), *people.positions)}
    positions = tuple(people.ending(own[name]) for name in sorted(own))
    return Given(arrivals, positions, cards.load(), people)
