"""M4: Acute food insecurity."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.indicators._food import phase_share
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator(
    "M4",
    unit="% of people in IPC phase 3 or worse",
    sources=("ipc", "cadre_harmonise", "fews", "ipc_api"),
    level="region",
)
def food_insecurity(inputs: Inputs) -> ItemTable:
    """People in IPC or Cadre Harmonisé phase 3 or worse, in percent of the people analysed, measured and not
    projected. Hunger is where material safety ends first. Misses areas without access, which are often the
    worst; areas of a region are added by their people.
    """
    return phase_share(inputs, "3+", ("3", "4", "5"))
