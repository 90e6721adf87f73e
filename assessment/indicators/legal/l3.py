"""L3: Arbitrary detention and disappearance."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("L3", unit="code 0-4", sources=("confirmed claims from reports",), level="region")
def detention(inputs: Inputs) -> ItemTable:
    """Arbitrary detention and disappearance by those in control, coded 0 to 4. Arrest after return is the risk people
    fear most. Misses secret detention; where families dare not speak there are no reports.
    """
    return inputs.claims("L3")
