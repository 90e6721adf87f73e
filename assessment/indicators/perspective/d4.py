"""D4: Independent monitoring after return."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("D4", unit="status", sources=("official positions", "confirmed claims from reports"), level="country")
def monitoring(inputs: Inputs) -> ItemTable:
    """Whether somebody independent visits people after return. Without it the best category is out of reach."""
    return inputs.claims("D4")
