"""L1: State terror."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator("L1", unit="Political Terror Scale 1-5", sources=("pts",), level="country")
def state_terror(inputs: Inputs) -> ItemTable:
    """Political Terror Scale, the worst of the levels coded from Amnesty, Human Rights Watch and US reports, 1 to 5.
    Where the state terrorises people, return is not protected by law. Its coders give the benefit of the doubt,
    so read it as an upper bound. Misses other powers than the state and differences between regions.
    """
    return inputs.items(
        """
        WITH newest AS (
            SELECT place_id, source_id, max(ref_end) AS ref_end
            FROM observation_asof
            WHERE variable LIKE 'political_terror_%' AND value IS NOT NULL AND ref_end <= $day
            GROUP BY place_id, source_id
        )
        SELECT place_id, max(o.value), NULL, ref_end, source_id,
               list(o.observation_id ORDER BY o.value DESC, o.observation_id)
        FROM observation_asof AS o
        JOIN newest USING (place_id, source_id, ref_end)
        WHERE o.variable LIKE 'political_terror_%' AND o.value IS NOT NULL AND place_id IS NOT NULL
        GROUP BY place_id, source_id, ref_end
        ORDER BY place_id
        """
    )
