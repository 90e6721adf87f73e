"""P7: Mines and explosive remnants."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator(
    "P7",
    unit="casualties per 100 000 a year",
    sources=("confirmed claims from reports", "Landmine Monitor and UNMAS (not yet in the catalog)"),
    level="region",
)
def remnants(inputs: Inputs) -> ItemTable:
    """Casualties of mines and explosive remnants, or contamination, coded by people from reports. Mines stay when the
    fighting stops and hit those who return to fields and homes first. Misses unsurveyed land; no figure per
    region is published without a key, so only confirmed claims feed it today.
    """
    return inputs.claims("P7")
