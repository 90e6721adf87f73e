"""M6: Price of food."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.indicators._food import price_change
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("M6", unit="% change over 12 months", sources=("wfp_prices", "wfp_vam"), level="region")
def food_prices(inputs: Inputs) -> ItemTable:
    """Median change of food prices over 12 months, in percent, like with like: the same market, commodity, unit and
    price type. When food doubles, wages do not. Misses own harvests and shortages without a price.
    """
    return price_change(inputs)
