"""D2: Voluntary return in practice."""

from __future__ import annotations

from assessment.indicators import indicator
from assessment.inputs import Inputs
from assessment.items import ItemTable


@indicator(
    "D2", unit="returns per 1 000 inhabitants a year", sources=("unhcr", "hapi_returnees", "dtm"), level="country"
)
def returns(inputs: Inputs) -> ItemTable:
    """Refugees and displaced people who returned, per 1 000 inhabitants a year. Movement is no proof of safety: people
    also return to danger. Misses unassisted returns.
    """
    return inputs.items(
        """
        WITH people AS (
            SELECT iso3, sum(population) AS population FROM region WHERE admin_level = 1 GROUP BY iso3
        ),
        yearly AS (
            SELECT iso3, source_id, ref_end, sum(value) AS returned,
                   list(observation_id ORDER BY value DESC, observation_id)[1:5] AS ids
            FROM observation_asof
            WHERE variable IN ('returned_refugees', 'returned_idps')
              AND precision = 'country'
              AND value IS NOT NULL
              AND ref_end <= $day
            GROUP BY iso3, source_id, ref_end
        )
        SELECT y.iso3, arg_max(1000 * y.returned / p.population, y.ref_end), NULL, max(y.ref_end), y.source_id,
               arg_max(y.ids, y.ref_end)
        FROM yearly AS y
        JOIN people AS p ON p.iso3 = y.iso3 AND p.population > 0
        GROUP BY y.iso3, y.source_id
        ORDER BY y.iso3, y.source_id
        """
    )
