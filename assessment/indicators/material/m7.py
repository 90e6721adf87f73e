"""M7: Health care."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("M7", unit="service coverage 0-100", sources=("hungermap", "confirmed claims from reports"), level="region")
def health_care(inputs: Inputs) -> ItemTable:
    """Access to health care, 0 to 100: people without difficulty in reaching it, where surveys ask. Ill people need
    care that exists and can be paid. The survey covers few countries; misses quality and price.
    """
    return inputs.items(
        """
        SELECT place_id, 100 * (1 - arg_max(value, (ref_end, observation_id))), NULL, max(ref_end), source_id,
               [arg_max(observation_id, (ref_end, observation_id))]
        FROM observation_asof
        WHERE variable = 'health_access_lack_share' AND value BETWEEN 0 AND 1 AND NOT projection
          AND ref_end <= $day AND place_id IS NOT NULL
        GROUP BY place_id, source_id
        ORDER BY place_id
        """
    )
