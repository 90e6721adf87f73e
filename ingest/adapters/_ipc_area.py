"""What the forms of IPC answers have in common: one analysed area, one period, people per phase.

Keys are made of what every form gives (country, month of analysis, Level 1, area, kind of period, first day, phase), so
that the same figure from a file and from the API is one row. "3+" holds phases 3, 4 and 5 together: it is a phase of
its own here and must never be added to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from ingest.adapters._numbers import month_span, within
from ingest.model import Observation, Place

PHASES = ("all", "3+", "1", "2", "3", "4", "5")
CURRENT, FIRST, SECOND = "current", "first projection", "second projection"
PERIODS = (CURRENT, FIRST, SECOND)

# Words of IPC area names that say who or what part was analysed, not where: "Jawzjan Urban", "Concentration of Obo".
_BEFORE = re.compile(
    r"^(?:urban|rural|(?:idps?|refugees?|returnees?|displaced|concentrations?|sites?|camps?)\s+(?:of|in|at|de|à))\s+",
    re.I,
)
_AFTER = re.compile(r"[\s_\-–,]*[(\[]?\b(?:urban|rural|urbain|idps?|idp sites?|idp camps?|refugees?)\b[)\]]?\s*$", re.I)
# A Level 1 made of these words alone is a group of areas and no place: "Concentrations in Prefectures analyzed".
_GROUP = frozenset(
    re.findall(
        r"\w+",
        """
    prefecture prefectures province provinces district districts region regions governorate governorates county
    counties state states department departments commune communes zone zones area areas site sites camp camps group
    groups cluster clusters concentration concentrations idp idps refugee refugees returnee returnees displaced
    people population populations household households host community communities urban rural other others rest
    total all in of the and or analyzed analysed assessed classified
        """,
    )
)


@dataclass(frozen=True, slots=True)
class Area:
    """One analysed area; `level1` and `name` as the source writes them, both empty for the whole analysis."""

    iso3: str
    analysis: date  # first day of the month of analysis
    level1: str
    name: str
    kind: str  # one of PERIODS
    start: date
    end: date

    def place(self) -> Place:
        """The words of the source that are a place: Level 1 as region, the area as district, or the area alone."""
        words = re.findall(r"\w+", self.level1.casefold())
        level1 = "" if _GROUP.issuperset(words) else bare(self.level1)
        name = bare(self.name)
        if not level1 and not name:
            return Place(self.iso3, precision="country")
        if level1 and name:
            return Place(self.iso3, region_name=level1, district_name=name, precision="district")
        return Place(self.iso3, region_name=level1 or name, precision="region")

    def published(self) -> datetime:
        """The source dates an analysis by its month; the last day of that month is taken."""
        return datetime.combine(month_span(self.analysis.year, self.analysis.month)[1], time())

    def key(self, phase: str) -> str:
        """Stable within the source, the same from every form."""
        parts = (self.iso3, f"{self.analysis:%Y-%m}", self.level1, self.name, self.kind, self.start, phase)
        return "|".join(str(part) for part in parts)


def bare(name: str) -> str:
    """The place in an area's name: without setting ("Urban", "IDPs in"), unchanged when nothing else is left."""
    core = _AFTER.sub("", _BEFORE.sub("", name.strip())).strip(" ,:")
    return core or name.strip()


def people(area: Area, numbers: Iterable[tuple[str, float | None]], analysed: float | None) -> Iterator[Observation]:
    """One Observation per phase that has a number of people; ValueError for a number that cannot be."""
    place, dimensions = area.place(), {"period": area.kind, "analysis": f"{area.analysis:%Y-%m}"}
    if label := " / ".join(part for part in (area.level1, area.name) if part):
        dimensions["area"] = label
    for phase, value in numbers:
        if within(value, 0, 2e9) is None:
            continue
        yield Observation(
            key=area.key(phase),
            variable="ipc_population",
            place=place,
            ref_start=area.start,
            ref_end=area.end,
            value=value,
            published=area.published(),
            denominator=analysed or None,  # nobody analysed: a share would have no meaning
            dimensions={**dimensions, "phase": phase},
            projection=area.kind != CURRENT,
        )


def classified(area: Area, phase: float | None) -> Iterator[Observation]:
    """The phase of the area as a whole, when it has one."""
    if within(phase, 1, 5) is not None:
        yield Observation(
            key=area.key("class"),
            variable="ipc_phase",
            place=area.place(),
            ref_start=area.start,
            ref_end=area.end,
            value=phase,
            published=area.published(),
            dimensions={"period": area.kind, "analysis": f"{area.analysis:%Y-%m}"},
            projection=area.kind != CURRENT,
        )
