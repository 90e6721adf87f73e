"""P8: Lethal crime and kidnapping."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator(
    "P8",
    unit="homicides per 100 000 a year",
    sources=("confirmed claims from reports", "UNODC (not yet in the catalog)"),
    level="region",
)
def crime(inputs: Inputs) -> ItemTable:
    """Killing and kidnapping by criminals, coded from reports. People who return from Europe are thought to have
    money. Misses what is not reported to a police that is feared; no open regional series is in the catalog.
    """
    return inputs.claims("P8")
