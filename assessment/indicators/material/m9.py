"""M9: Safe water."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator(
    "M9",
    unit="% with basic service",
    sources=("confirmed claims from reports", "JMP (not yet in the catalog)"),
    level="country",
)
def water(inputs: Inputs) -> ItemTable:
    """People with at least basic drinking water, in percent. Outbreaks follow where it is missing. The open series is
    national and not yet in the catalog; confirmed claims feed it.
    """
    return inputs.claims("M9")
