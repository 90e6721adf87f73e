"""What the food indicators share: people per phase, prices like with like."""

from __future__ import annotations

from assessment.inputs import Inputs
from assessment.items import ItemTable


def phase_share(inputs: Inputs, total: str, parts: tuple[str, ...]) -> ItemTable:
    """Percent of the people analysed in the phases `parts`, from the row `total` where the source gives it.

    Areas of a region are added by their people; "3+" repeats 3, 4 and 5 and is never added to them. The newest measured
    period per source counts; national rows stay national.
    """
    return inputs.items(
        """
        WITH rows AS (
            SELECT place_id, source_id, ref_end, coalesce(place_name, place_id) AS area, observation_id,
                   value, denominator, dimensions ->> 'phase' AS phase
            FROM observation_asof
            WHERE variable = 'ipc_population'
              AND NOT projection
              AND value IS NOT NULL
              AND denominator > 0
              AND place_id IS NOT NULL
              AND coalesce(dimensions ->> 'superseded', 'no') <> 'yes'
              AND ref_end <= $day + INTERVAL 120 DAY  -- an analysis is current until its period ends
        ),
        newest AS (
            SELECT place_id, source_id, max(ref_end) AS ref_end FROM rows GROUP BY place_id, source_id
        ),
        area AS (
            SELECT place_id, source_id, ref_end, area, max(denominator) AS analysed,
                   coalesce(max(value) FILTER (phase = $total),
                            sum(value) FILTER (list_contains($parts, phase))) AS hungry,
                   list(observation_id ORDER BY observation_id)
                       FILTER (phase = $total OR list_contains($parts, phase)) AS ids
            FROM rows
            JOIN newest USING (place_id, source_id, ref_end)
            GROUP BY place_id, source_id, ref_end, area
        )
        SELECT place_id, 100.0 * sum(hungry) / sum(analysed), NULL, least($day, ref_end), source_id,
               flatten(list(ids ORDER BY area) FILTER (ids IS NOT NULL))[1:8]
        FROM area
        WHERE hungry IS NOT NULL
        GROUP BY place_id, source_id, ref_end
        ORDER BY place_id, source_id
        """,
        total=total,
        parts=list(parts),
    )


def price_change(inputs: Inputs) -> ItemTable:
    """Median percent change over 12 months of all series (market, commodity, unit, price type) of a region."""
    return inputs.items(
        """
        WITH prices AS (
            SELECT place_id, source_id, date_trunc('month', ref_end)::DATE AS month,
                   (dimensions ->> 'market') || '|' || (dimensions ->> 'commodity') || '|' || (dimensions ->> 'unit')
                       || '|' || coalesce(dimensions ->> 'price_type', '') AS series,
                   arg_max(value, (ref_end, observation_id)) AS price,
                   arg_max(observation_id, (ref_end, observation_id)) AS id
            FROM observation_asof
            WHERE variable = 'food_price'
              AND NOT projection
              AND value > 0
              AND ref_end BETWEEN $day - INTERVAL 16 MONTH AND $day
              AND place_id IS NOT NULL
            GROUP BY ALL
        ),
        newest AS (
            SELECT place_id, source_id, series, max(month) AS month
            FROM prices
            WHERE month >= $day - INTERVAL 4 MONTH
            GROUP BY place_id, source_id, series
        )
        SELECT n.place_id, 100 * (median(p.price / before.price) - 1), NULL, last_day(max(n.month)), n.source_id,
               list(p.id ORDER BY abs(p.price / before.price - 1) DESC, p.id)[1:5]
        FROM newest AS n
        JOIN prices AS p USING (place_id, source_id, series, month)
        JOIN prices AS before
            ON before.place_id = n.place_id AND before.source_id = n.source_id AND before.series = n.series
            AND before.month = n.month - INTERVAL 12 MONTH
        GROUP BY n.place_id, n.source_id
        HAVING count(*) >= 3
        ORDER BY n.place_id, n.source_id
        """
    )
