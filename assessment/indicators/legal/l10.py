"""L10: Civil documents."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("L10", unit="code 0-4", sources=("confirmed claims from reports",), level="country")
def documents(inputs: Inputs) -> ItemTable:
    """Whether a returnee can get identity papers and register births, coded 0 to 4. Without papers there is no work,
    school, aid or way through a checkpoint. Misses informal fees.
    """
    return inputs.claims("L10")
