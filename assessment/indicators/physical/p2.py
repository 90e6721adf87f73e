"""P2: Security incidents."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.indicators._violence import rate_per_year
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator(
    "P2",
    unit="incidents per week per million",
    sources=("ucdp_ged", "ucdp_candidate", "ucdp_panel", "hapi_conflict"),
    level="region",
)
def incidents(inputs: Inputs) -> ItemTable:
    """Security incidents per week and million inhabitants, months weighted by age. Frequent incidents mean roads,
    markets and schools that close, also where few people die. Misses threats and violence nobody reports.
    """
    return rate_per_year(inputs, "events", half_life_days=60, per=1e6, periods=365.25 / 7)
