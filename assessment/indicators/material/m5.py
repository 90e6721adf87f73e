"""M5: Housing destroyed or damaged."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator(
    "M5",
    unit="% of housing",
    sources=("confirmed claims from reports", "UNOSAT (not yet in the catalog)"),
    level="region",
)
def housing(inputs: Inputs) -> ItemTable:
    """Housing destroyed or damaged, in percent. Without a roof there is no return that lasts. Damage assessments are
    made per city and not published as one open series, so only confirmed claims feed it today.
    """
    return inputs.claims("M5")
