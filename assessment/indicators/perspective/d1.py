"""D1: Position of UNHCR and IOM on return."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("D1", unit="status", sources=("official positions",), level="country")
def stance(inputs: Inputs) -> ItemTable:
    """What UNHCR and the IOM say of return to the country: promote, facilitate, monitor only or advise against. Read
    from the official positions; no position is not a yes.
    """
    return inputs.claims("D1")
