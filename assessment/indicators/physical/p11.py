"""P11: Checkpoints and extortion on the route."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("P11", unit="code 0-4", sources=("confirmed claims from reports",), level="path")
def checkpoints(inputs: Inputs) -> ItemTable:
    """Checkpoints, extortion and identity checks on the road to the region, coded 0 to 4. The journey must be legally
    possible, not only physically. Misses roads nobody writes about.
    """
    return inputs.claims("P11")
