"""L4: Death or corporal penalty for protected conduct."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("L4", unit="code 0-4", sources=("confirmed claims from reports",), level="country")
def penalties(inputs: Inputs) -> ItemTable:
    """Death or corporal penalty for protected conduct, in law and practice, coded 0 to 4. An unused law still counts:
    it can be used tomorrow. Misses penalties outside the courts.
    """
    return inputs.claims("L4")
