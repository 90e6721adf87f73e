"""P6: Control and security structure."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("P6", unit="code 0-4", sources=("confirmed claims from reports",), level="region")
def control(inputs: Inputs) -> ItemTable:
    """Who governs and whether their security structure holds, coded 0 (stable, one authority) to 4 (front line). Where
    authority is contested, checkpoints, reprisals and forced recruitment follow people who return. Misses what
    no report names: a quiet front can move in days.
    """
    return inputs.claims("P6")
