"""M1: Living standard."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs, merge
from assessment.items import ItemTable


@indicator("M1", unit="subnational human development index 0-1", sources=("shdi", "owid_hdi"), level="region")
def living_standard(inputs: Inputs) -> ItemTable:
    """Human development index of the region, 0 to 1: income, schooling and length of life. It says what a life there
    rests on. Old by nature, and blind to who is left out; national values stand in where there is no regional
    one.
    """
    return merge(inputs.latest("subnational_hdi"), inputs.latest("human_development_index"))
