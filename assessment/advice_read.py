"""The suggestion for a region as the published snapshot holds it, for `advice.draft`. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import duckdb

from assessment.advice_rules import AdviceError, Suggestion
from assessment.ledger import Entry
from assessment.ledger_alerts import AlertStanding, alert_state
from assessment.read import Reader

STRONGEST = 3  # reasons and unknowns shown per dimension

_RESULT = """
SELECT r.iso3, u.run_id, u.as_of, s.suggested_category, s.category_before_gates, s.overall_level, s.frozen,
    u.framework_version
FROM (  -- a snapshot holds tables only, so not the view latest_run
    SELECT *
    FROM assessment.run
    WHERE kind = 'current'
    ORDER BY as_of DESC, made_at DESC
    LIMIT 1
) AS u
JOIN assessment.region_result AS s USING (run_id)
JOIN region AS r USING (region_id)
WHERE region_id = $region_id
"""
_GATES = """
SELECT gate_id, evidence_ids, since
FROM assessment.gate_hit
WHERE run_id = $run_id
AND region_id = $region_id
"""
_FAMILIES = "SELECT DISTINCT source_id, origin_family FROM assessment.indicator_item WHERE run_id = $run_id"
_REASONS = """
SELECT dimension, text_en, text_nl
FROM assessment.reason
WHERE run_id = $run_id
AND region_id = $region_id
AND rank <= $strongest
ORDER BY dimension, rank
"""
_UNKNOWNS = """
SELECT dimension, unknowns
FROM assessment.dimension_score
WHERE run_id = $run_id
AND region_id = $region_id
"""
_ALERTS = """
SELECT alert_id
FROM assessment.alert
WHERE run_id = $run_id
AND region_id IN ($region_id, $iso3)
AND direction = 'worse'
"""


def suggestion(
    cursor: duckdb.DuckDBPyConnection, region_id: str, alerts: Mapping[str, AlertStanding], language: str = "en"
) -> Suggestion:
    """What the latest run suggests. alerts: `ledger_alerts.alert_state`; real and false ones no longer shorten reviews.

    Raises AdviceError when the region is not in the latest run.
    """
    found = cursor.execute(_RESULT, {"region_id": region_id}).fetchone()
    if found is None:
        raise AdviceError("is not in the latest assessment; see `returnwatch assess`", region_id)
    iso3, run_id, as_of, category, before, level, frozen, version = found
    here = {"run_id": run_id, "region_id": region_id}
    gates: dict[str, set[str]] = defaultdict(set)
    for gate_id, evidence, since in cursor.execute(_GATES, here).fetchall():
        gates[gate_id] |= set(evidence) or {f"{gate_id}:{since or 'undated'}"}
    reasons: dict[str, list[str]] = defaultdict(list)
    for dimension, english, dutch in cursor.execute(_REASONS, {**here, "strongest": STRONGEST}).fetchall():
        reasons[dimension].append(dutch if language == "nl" else english)
    unknowns = {d: tuple(u[:STRONGEST]) for d, u in cursor.execute(_UNKNOWNS, here).fetchall()}
    raised = [row[0] for row in cursor.execute(_ALERTS, {**here, "iso3": iso3}).fetchall()]
    return Suggestion(
        region_id, iso3, run_id, as_of, category, before, level, frozen,
        open_alert=any(_open(alerts.get(alert)) for alert in raised),
        framework_version=version,
        gates={gate: frozenset(hits) for gate, hits in gates.items()},
        families=dict(cursor.execute(_FAMILIES, {"run_id": run_id}).fetchall()),
        reasons={dimension: tuple(texts) for dimension, texts in reasons.items()},
        unknowns=unknowns,
    )  # fmt: skip


def suggested(reader: Reader, region_id: str, entries: Sequence[Entry], language: str = "en") -> Suggestion:
    """`suggestion` over a reader and the entries of the ledger. Raises AdviceError."""
    with reader.query() as query:
        return suggestion(query.cursor, region_id, alert_state(entries), language)


def _open(standing: AlertStanding | None) -> bool:
    return standing is None or standing.state != "decided" or standing.disposition == "watch"
