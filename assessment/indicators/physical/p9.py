"""P9: Arrival point."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs, merge
from assessment.items import ItemTable


@indicator("P9", unit="code 0 open - 4 closed", sources=("easa_czib", "confirmed claims from reports"), level="path")
def arrival(inputs: Inputs) -> ItemTable:
    """State of the arrival point, 0 open to 4 closed: 2 while a conflict-zone bulletin for the country's airspace is
    active. The way back begins at an airport. No bulletin is no statement, so it gives no item. Misses closures
    of single airports, which confirmed claims add.
    """
    bulletins = inputs.items(
        """
        SELECT r.region_id, 2.0, NULL, least($day, max(e.ref_end)), e.source_id,
               list(DISTINCT e.event_id ORDER BY e.event_id)[1:5]
        FROM event_asof AS e
        JOIN region AS r ON r.iso3 = e.iso3 AND r.admin_level = 1
        WHERE e.kind = 'airspace_bulletin'
          AND e.severity = 1
          AND $day BETWEEN e.ref_start AND e.ref_end
        GROUP BY r.region_id, e.source_id
        ORDER BY r.region_id
        """,
        kind="official",
    )
    return merge(bulletins, inputs.claims("P9"))
