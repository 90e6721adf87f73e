"""M11: Obstruction of humanitarian access."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("M11", unit="level 0-5", sources=("acaps", "confirmed claims from reports"), level="country")
def access(inputs: Inputs) -> ItemTable:
    """Obstruction of humanitarian access, 0 to 5. Where aid cannot come, nobody sees and nobody helps. Needs a key;
    misses places nobody tries to reach.
    """
    return inputs.latest("humanitarian_access")
