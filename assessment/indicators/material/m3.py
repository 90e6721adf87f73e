"""M3: Access to land and property."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("M3", unit="code 0-4", sources=("confirmed claims from reports",), level="region")
def land(inputs: Inputs) -> ItemTable:
    """Whether people can get to their land and property, coded 0 (free) to 4 (blocked or taken). For many, return
    means a house and a field. No live regional source is open; only confirmed claims feed it, and the page says
    so.
    """
    return inputs.claims("M3")
