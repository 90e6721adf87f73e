"""L8: Treatment of returnees."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("L8", unit="code 0-4", sources=("confirmed claims from reports",), level="region")
def returnees(inputs: Inputs) -> ItemTable:
    """How returnees and rejected asylum seekers are treated on arrival and after, coded 0 (no incidents, with
    monitoring) to 4 (systematic harm). Our clients are exactly this group. No monitoring means missing, never
    good.
    """
    return inputs.claims("L8")
