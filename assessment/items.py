"""What indicators give to the score: pieces of evidence in columns, one table per indicator.

Collect, observe, judge are three layers: adapters collect rows, indicators observe (this file's tables), the score
judges. An item is in the indicator's own unit; nothing here knows anchors, weights or bands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

KINDS = ("number", "claim", "official", "at_best")
COMPUTED = "computed"  # source of what the run works out itself from other indicators, e.g. routes


@dataclass(frozen=True, slots=True)
class ItemTable:
    """N pieces of evidence for one indicator, newest or not; all arrays have length N.

    place_id: region_id (ISO 3166-2) for a value about that region, iso3 for a national value.
    value: in the indicator's unit. sd: measurement standard deviation in the same unit, NaN where not known.
    ref_end: the last day the value speaks about (datetime64[D]). source_id: a source of the catalog, or
    "claim:<source_id>" parts are not used: claims carry the source of their document and kind "claim".
    kind: "number" | "claim" | "official" | "at_best" (not known, but not better than this).
    evidence_ids: tuple of observation_id / event_id / claim_id per item; for sums over many events the ids of the
    largest few, the rest found again by `explain` with the same question.
    """

    place_id: NDArray[np.str_]
    value: NDArray[np.float64]
    sd: NDArray[np.float64]
    ref_end: NDArray[np.datetime64]
    source_id: NDArray[np.str_]
    kind: NDArray[np.str_]
    evidence_ids: Sequence[tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.place_id)

    @staticmethod
    def empty() -> ItemTable:
        """No evidence: the indicator exists and says so."""
        text = np.array([], dtype="U1")
        number = np.array([], dtype=np.float64)
        return ItemTable(text, number, number, np.array([], dtype="datetime64[D]"), text, text, ())

    @staticmethod
    def of(
        place_id: Sequence[str],
        value: Sequence[float],
        ref_end: Sequence[object],
        source_id: Sequence[str],
        evidence_ids: Sequence[tuple[str, ...]],
        sd: Sequence[float] | None = None,
        kind: str = "number",
    ) -> ItemTable:
        """Build a table from plain sequences of one length.

        Numbers keep twelve significant digits: the database adds in any order, and the last digits would tell.
        """
        n = len(place_id)
        return ItemTable(
            np.asarray(place_id, dtype=np.str_),
            _steady(value),
            np.full(n, np.nan) if sd is None else _steady(sd),
            np.asarray(ref_end, dtype="datetime64[D]"),
            np.asarray(source_id, dtype=np.str_),
            np.full(n, kind, dtype="U8"),
            tuple(evidence_ids),
        )


def _steady(numbers: Sequence[float]) -> NDArray[np.float64]:
    return np.array([float(f"{number:.12g}") for number in numbers], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Regions:
    """The regions that are scored, in a fixed order (sorted by region_id). Arrays of length R."""

    region_id: NDArray[np.str_]
    iso3: NDArray[np.str_]
    population: NDArray[np.float64]  # persons, NaN where unknown


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What the score needs to know of a source; from the warehouse's source table."""

    source_id: str
    origin_family: str
    reliability: str  # Admiralty A-F
    credibility: int  # Admiralty 1-6
    local_family: bool
    publisher: str = ""  # as the catalog names it
