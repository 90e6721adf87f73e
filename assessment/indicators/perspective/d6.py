"""D6: Freedom of movement and residence."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("D6", unit="code 0-4", sources=("vdem",), level="country")
def movement(inputs: Inputs) -> ItemTable:
    """Freedom of movement and residence inside the country, as V-Dem codes it. Relocation needs it."""
    return inputs.latest("freedom_of_movement_index")
