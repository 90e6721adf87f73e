"""P4: Methods of violence that endanger civilians."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.indicators._violence import targeting
from assessment.inputs import Inputs, merge
from assessment.items import ItemTable


@indicator(
    "P4",
    unit="% of events with explosives or against civilians",
    sources=("ucdp_ged", "ucdp_candidate", "ucdp_panel", "hapi_conflict", "confirmed claims from reports"),
    level="region",
)
def methods(inputs: Inputs) -> ItemTable:
    """Share of events that target civilians, in percent, over 12 months and only with five events or more. Methods
    that strike civilians raise the risk beyond the count. Misses shelling and air strikes where a source has no
    such type; claims add them.
    """
    return merge(targeting(inputs), inputs.claims("P4"))
