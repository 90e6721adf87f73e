"""L2: Freedom from torture and killing by the state."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs, merge
from assessment.items import ItemTable


@indicator("L2", unit="index 0-1", sources=("vdem",), level="country")
def torture(inputs: Inputs) -> ItemTable:
    """Freedom from torture and killing by the state, 0 to 1, the worse of V-Dem's items. Article 3 of the European
    Convention is about this. Misses torture by others and differences between regions; confirmed claims add
    them.
    """
    parts = ("physical_integrity_index", "freedom_from_torture", "freedom_from_political_killings")
    return merge(*(inputs.latest(variable) for variable in parts))
