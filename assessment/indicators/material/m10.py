"""M10: Severity of need."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs, merge
from assessment.items import ItemTable


@indicator("M10", unit="severity 1-5", sources=("hno", "acaps"), level="region")
def need_severity(inputs: Inputs) -> ItemTable:
    """Severity of need, 1 to 5, as the humanitarian system classifies it. It sums up what agencies see. Missing where
    there is no response plan, which is no sign of less need.
    """
    return merge(inputs.latest("need_severity"), inputs.latest("inform_severity"))
