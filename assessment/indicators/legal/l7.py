"""L7: Protection by those in control."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("L7", unit="code 0-4", sources=("confirmed claims from reports",), level="region")
def protection(inputs: Inputs) -> ItemTable:
    """Whether those in control protect people, 0 (able and willing) to 4 (the persecutor itself). Without protection
    every other risk weighs more. Misses differences between groups: see the profile cards.
    """
    return inputs.claims("L7")
