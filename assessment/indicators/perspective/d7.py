"""D7: Family and network, care, housing to return to."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("D7", unit="checklist, not stored", sources=("the conversation itself",), level="country")
def checklist(inputs: Inputs) -> ItemTable:
    """Family and network, health needs, housing to return to: questions for the conversation. Nothing of it is stored,
    so there is nothing to read.
    """
    return ItemTable.empty()
