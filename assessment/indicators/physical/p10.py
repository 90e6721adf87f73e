"""P10: Worst leg of the best route."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("P10", unit="score 0-100", sources=("computed from the regions crossed",), level="path")
def worst_leg(inputs: Inputs) -> ItemTable:
    """Score of the worst region on the least bad road from an arrival point. A chain is as strong as its weakest link:
    a calm region behind a front line cannot be reached. Computed by the run from the first pillar of the
    regions crossed; misses the state of roads.
    """
    return inputs.extra.get("P10", ItemTable.empty())
