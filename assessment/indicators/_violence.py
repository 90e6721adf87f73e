"""What P1 to P4 share: counts of the last twelve months per region, from `assessment.violence`."""

from __future__ import annotations

import numpy as np
from scipy.stats import gamma

from assessment.inputs import Inputs
from assessment.items import ItemTable

POPULATION_FLOOR = 500_000.0  # persons: smaller regions would explode (method section 5)
JEFFREYS = 0.5
WINDOW_MONTHS = 12


def rate_per_year(inputs: Inputs, measure: str, *, half_life_days: float, per: float, periods: float) -> ItemTable:
    """Rate per `per` inhabitants and period (a year has `periods` of them): median and sd of the Gamma posterior.

    The window ends where the source's cover ends, so that a source that is late does not count silence as calm. Months
    weigh 0.5 ** (age / half-life), in the count and in the exposure alike.
    """
    rows = inputs.connection.execute(
        f"""
        WITH span AS (
            SELECT iso3, max(month) AS last FROM region_month_violence GROUP BY iso3
        ),
        weighted AS (
            SELECT v.region_id, v.base_source, v.month, v.{measure} AS count, v.evidence,
                   power(0.5, date_diff('day', v.month, s.last) / $half_life) AS weight,
                   last_day(s.last) AS ref_end
            FROM region_month_violence AS v
            JOIN span AS s ON s.iso3 = v.iso3 AND v.month > s.last - INTERVAL {WINDOW_MONTHS} MONTH
        )
        SELECT w.region_id, sum(count * weight), sum(weight), max(ref_end), arg_max(base_source, month),
               flatten(list(evidence ORDER BY month DESC) FILTER (evidence IS NOT NULL))[1:5], any_value(r.population)
        FROM weighted AS w
        JOIN region AS r USING (region_id)
        GROUP BY w.region_id
        ORDER BY w.region_id
        """,
        {"half_life": half_life_days},
    ).fetchall()
    if not rows:
        return ItemTable.empty()
    region, count, months, ref_end, source, evidence, population = zip(*rows, strict=True)
    people = np.maximum([0.0 if p is None else p for p in population], POPULATION_FLOOR)
    exposure = people / per * np.array(months, dtype=float) / WINDOW_MONTHS * periods
    shape = np.array(count, dtype=float) + JEFFREYS
    median, sd = gamma.ppf(0.5, shape) / exposure, np.sqrt(shape) / exposure
    ids = [tuple(e or ()) for e in evidence]
    return ItemTable.of(region, median, ref_end, source, ids, sd=sd)


def districts_hit(inputs: Inputs) -> ItemTable:
    """Percent of a region's districts with a lethal event in 12 months; regions whose districts are known only."""
    return inputs.items(
        """
        WITH hit AS (
            SELECT e.region_id, e.source_id, max(e.ref_end) AS ref_end,
                   count(DISTINCT lower(split_part(e.place_name, ',', 1))) AS districts,
                   list(e.event_id ORDER BY e.deaths_best DESC, e.event_id)[1:5] AS evidence
            FROM event_asof AS e
            WHERE e.kind IN ('state_based', 'non_state', 'one_sided')
              AND e.deaths_best > 0
              AND e.precision IN ('point', 'district')
              AND e.region_id IS NOT NULL
              AND e.ref_end BETWEEN $day - INTERVAL 12 MONTH AND $day
            GROUP BY e.region_id, e.source_id
        ),
        known AS (
            SELECT region_id, count(DISTINCT lower(split_part(place_name, ',', 1))) AS districts
            FROM event_asof
            WHERE precision IN ('point', 'district') AND region_id IS NOT NULL
            GROUP BY region_id
        )
        SELECT h.region_id, 100.0 * h.districts / greatest(k.districts, 5), NULL, h.ref_end, h.source_id, h.evidence
        FROM hit AS h
        JOIN known AS k USING (region_id)
        ORDER BY h.region_id, h.source_id
        """
    )


def targeting(inputs: Inputs) -> ItemTable:
    """Percent of events of the last 12 covered months that target civilians; five events or more."""
    return inputs.items(
        f"""
        WITH span AS (
            SELECT iso3, max(month) AS last FROM region_month_violence GROUP BY iso3
        )
        SELECT v.region_id, 100.0 * sum(v.one_sided) / sum(v.events), NULL, last_day(any_value(s.last)),
               arg_max(v.base_source, v.month),
               flatten(list(v.evidence ORDER BY v.month DESC) FILTER (v.evidence IS NOT NULL))[1:5]
        FROM region_month_violence AS v
        JOIN span AS s ON s.iso3 = v.iso3 AND v.month > s.last - INTERVAL {WINDOW_MONTHS} MONTH
        GROUP BY v.region_id
        HAVING sum(v.events) >= 5
        ORDER BY v.region_id
        """
    )
