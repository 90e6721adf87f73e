"""M8: Education."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("M8", unit="% attending or enrolled", sources=("wdi_secondary_enrolment", "worldbank"), level="country")
def education(inputs: Inputs) -> ItemTable:
    """Secondary school enrolment, gross, in percent. Children decide many returns. Gross figures exceed 100 where
    older pupils attend; national. A ban on a whole group is not an average: it is a gate of its own.
    """
    return inputs.latest("secondary_enrolment")
