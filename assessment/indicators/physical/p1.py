"""P1: Civilian and unknown deaths in organised violence."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.indicators._violence import rate_per_year
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator(
    "P1",
    unit="deaths per 100 000 a year",
    sources=("ucdp_ged", "ucdp_candidate", "ucdp_panel", "hapi_conflict"),
    level="region",
)
def civilian_deaths(inputs: Inputs) -> ItemTable:
    """Civilian and unknown deaths in organised violence per 100 000 inhabitants a year, months weighted by age. What
    the law asks first: is there a real risk of being killed by being there? Misses unreported killings,
    injuries and threats; where a source does not tell civilians from fighters all deaths count. Zero deaths
    give a low rate with a wide interval, not a zero: the rate is the median of a Gamma posterior with Jeffreys
    prior.
    """
    return rate_per_year(inputs, "harmed", half_life_days=90, per=1e5, periods=1.0)
