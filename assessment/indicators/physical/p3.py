"""P3: Spread of lethal violence."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.indicators._violence import districts_hit
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator(
    "P3",
    unit="% of districts or cells with a lethal event in 12 months",
    sources=("ucdp_ged", "ucdp_candidate"),
    level="region",
)
def spread(inputs: Inputs) -> ItemTable:
    """Share of the last 12 months with a lethal event in the region, used where the number of districts hit cannot be
    told; with event points, share of the region's districts with a lethal event. Violence in one corner is
    something else than violence everywhere. Misses districts from which nothing is reported.
    """
    return districts_hit(inputs)
