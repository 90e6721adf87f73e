"""D5: Reintegration support."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("D5", unit="facts", sources=("confirmed claims from reports",), level="country")
def support(inputs: Inputs) -> ItemTable:
    """Which reintegration support exists, its amount and end."""
    return inputs.claims("D5")
