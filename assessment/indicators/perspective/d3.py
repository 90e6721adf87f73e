"""D3: Social cohesion and blocked returns."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("D3", unit="code 0-4", sources=("confirmed claims from reports",), level="region")
def cohesion(inputs: Inputs) -> ItemTable:
    """Whether neighbours accept returnees and whether returns are blocked, coded 0 to 4 from reports."""
    return inputs.claims("D3")
