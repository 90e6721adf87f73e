"""L9: Conscription and forced recruitment."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("L9", unit="code 0-4", sources=("confirmed claims from reports",), level="region")
def conscription(inputs: Inputs) -> ItemTable:
    """Conscription, forced recruitment and the treatment of evaders, coded 0 to 4. Young men are asked for papers
    first. Misses recruitment by groups that publish nothing.
    """
    return inputs.claims("L9")
