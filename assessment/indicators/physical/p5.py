"""P5: New displacement by conflict."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("P5", unit="displaced per 1 000 in 12 months", sources=("idmc_idu", "iom dtm"), level="region")
def displacement(inputs: Inputs) -> ItemTable:
    """New displacement by conflict in 12 months per 1 000 inhabitants of the region people fled. People leave where
    they cannot stay. Misses flight that is not counted, and regions no counter may enter.
    """
    return inputs.items(
        """
        SELECT e.region_id, sum(e.displaced) * 1000 / greatest(any_value(r.population), 500000), NULL,
               max(e.ref_end), e.source_id,
               list(e.event_id ORDER BY e.displaced DESC, e.event_id)[1:5]
        FROM event_asof AS e
        JOIN region AS r USING (region_id)
        WHERE e.kind = 'conflict_displacement'
          AND e.ref_end BETWEEN $day - INTERVAL 12 MONTH AND $day
          AND e.displaced IS NOT NULL
        GROUP BY e.region_id, e.source_id
        ORDER BY e.region_id, e.source_id
        """
    )
