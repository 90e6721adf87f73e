"""L11: Amnesty or assurance kept."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("L11", unit="code 0-4", sources=("confirmed claims from reports",), level="country")
def amnesty(inputs: Inputs) -> ItemTable:
    """Whether an amnesty or assurance is in force and kept, coded 0 (respected) to 4 (broken). A promise is worth what
    its record is worth. Misses cases families keep quiet.
    """
    return inputs.claims("L11")
