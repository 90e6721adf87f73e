"""M2: Work."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("M2", unit="% unemployed or without income", sources=("wdi_unemployment", "worldbank"), level="country")
def work(inputs: Inputs) -> ItemTable:
    """Unemployment in percent of the labour force, as modelled by the ILO. Without income return does not last. Misses
    informal and unpaid work, which is most of it in many places; national.
    """
    return inputs.latest("unemployment_rate")
