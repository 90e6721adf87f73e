"""L5: Sexual and gender-based violence as a tool of control."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("L5", unit="code 0-4", sources=("confirmed claims from reports",), level="region")
def gender_violence(inputs: Inputs) -> ItemTable:
    """Sexual and gender-based violence as a tool of control, coded 0 to 4. Heavily under-reported: silence says
    nothing.
    """
    return inputs.claims("L5")
