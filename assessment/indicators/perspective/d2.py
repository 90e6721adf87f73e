"""D2: Voluntary return in practice."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs, merge
from assessment.items import ItemTable


@indicator(
    "D2", unit="returns per 1 000 inhabitants a year", sources=("unhcr", "hapi_returnees", "dtm"), level="country"
)
def returns(inputs: Inputs) -> ItemTable:
    """Refugees and displaced people who returned, per 1 000 inhabitants a year. Movement is no proof of safety: people
    also return to danger. Misses unassisted returns.
    """
    return merge(inputs.latest("returned_refugees"), inputs.latest("returned_idps"))
