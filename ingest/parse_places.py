"""Where checked rows lie: their places become regions, and every place that has none is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ingest.model import Place
from ingest.parse_checks import Report, words_of
from ingest.variables import Variable

# Key, digest, place and column values of one row that passed the checks.
Checked = tuple[str, str, Place | None, dict[str, Any]]


class Placed(Protocol):
    """A region found: `ingest.places.Match`."""

    @property
    def region_id(self) -> str: ...
    @property
    def rule(self) -> str: ...


Locate = Callable[[Sequence[Place]], Sequence[Placed | None]]
Group = Callable[[str, str], Sequence[str]]  # (iso3, name of a group of regions) -> their region_ids


@dataclass(frozen=True)
class World:
    """What parsing needs to know besides the answer: the vocabulary, the countries there are, and where places lie."""

    variables: Mapping[str, Variable]
    countries: frozenset[str]
    locate: Locate
    group: Group = lambda iso3, name: ()


def place_rows(family: str, rows: list[Checked], world: World, report: Report) -> None:
    """Fill in region_id for every row with a place; name each place that has no region."""
    members: list[Checked] = []
    distinct = list(dict.fromkeys(place for _, _, place, _ in rows if place is not None and place.is_subnational()))
    matches = dict(zip(distinct, world.locate(distinct), strict=True)) if distinct else {}
    for key, digest, place, values in rows:
        if place is None:
            continue
        match = matches.get(place)
        values.update(
            iso3=place.iso3,
            region_id=match.region_id if match else None,
            place_rule=match.rule if match else None,
            precision=place.precision,
            place_name=words_of(place),
            latitude=place.latitude,
            longitude=place.longitude,
        )
        if match is None and place.is_subnational():
            inside = _members(family, place, values, world)
            if not inside:
                _unplaced(place, report)
            for region_id in inside:
                copied = {**values, "region_id": region_id, "place_rule": "group"}
                members.append((f"{key}@{region_id}", digest, place, copied))
    rows += members


def _members(family: str, place: Place, values: Mapping[str, Any], world: World) -> Sequence[str]:
    """Regions a named group stands for ("South (Helmand Kandahar …)", "Gaza Strip"), for values each shares.

    An index, level or share of the group is the best that is known of each member, so each gets a row of its own
    beside the group's; a count of persons is not, and stays with the group.
    """
    variable = world.variables.get(values.get("variable", ""))
    if family != "observation" or not place.region_name or variable is None:
        return ()
    if not variable.unit.startswith(("index", "level", "share", "points", "standard normal")):
        return ()
    return world.group(place.iso3, place.region_name)


def _unplaced(place: Place, report: Report) -> None:
    words = words_of(place)
    code = place.region_code or place.district_code
    if words and code and code not in words:
        words = f"{words} ({code})"
    if not words:
        words = f"point {place.latitude:.2f}, {place.longitude:.2f}"
    report("unplaced", f"{words} is no known region of {place.iso3}; its rows count for the country only", place.iso3)
