"""Alerts as people meet them: which of them one change raised, where each stands, in which order they wait. Pure.

One change of an arrival point is an alert for each region behind it; a country that falls silent is one for each of its
regions. They stay alerts of their own, with their own evidence, deadline and history. What they share is their cause:
on one line they are shown and told, and in one act a person may take, decide or reopen them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assessment.ledger_alerts import AlertStanding

SHARED_RULES = frozenset({"arrival", "blackout"})  # a blackout is judged by country, never by region
SEVERITY = (  # of rules that fall due on the same day, gravest first
    "arrival", "sharp_rise", "level_worse", "blackout", "regime_change", "qualitative", "level_better", "staleness",
    "silence",
)  # fmt: skip
Row = dict[str, Any]


def cause(alert: Mapping[str, Any]) -> str | None:
    """The id that alerts of one change have in common; None: the alert stands alone. alert: a row of Reader.alerts.

    One country, rule and day with the same words: they name the arrival point before and after.
    """
    if alert["rule"] not in SHARED_RULES:
        return None
    said = [str(alert[n]) for n in ("rule", "iso3", "direction", "opened", "deadline", "text_en", "text_nl")]
    return f"cause:{hashlib.sha256('|'.join(said).encode()).hexdigest()[:16]}"


def queue(
    alerts: Sequence[Mapping[str, Any]], standings: Mapping[str, AlertStanding], newest: Sequence[Mapping[str, Any]],
    me: str = "",
) -> list[Row]:  # fmt: skip
    """Alerts with where they stand (`state`, `mine`, `standing`, `found_now`), by deadline, then severity.

    found_now: the newest run finds it too. One nobody decided stays in the queue when later runs no longer find it; at
    its end, unless something became worse.
    """
    now = {row["alert_id"] for row in newest}
    rows = []
    for alert in alerts:
        standing = standings.get(alert["alert_id"])
        rows.append(
            {
                **alert,
                "state": standing.state if standing else "open",
                "mine": bool(standing and standing.taken_by == me),
                "standing": standing,
                "found_now": alert["alert_id"] in now,
            }
        )
    return sorted(rows, key=_urgency)


def gathered(rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """One row per line, in the order of `rows`: the first of those alike, with all of them under `alike`.

    Alerts are alike only where they stand alike too (`state`, `mine`, `found_now`, disposition, where rows have them).
    """
    lines: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        shared = cause(row)
        standing = row.get("standing")
        stands = (row.get("state"), row.get("mine"), row.get("found_now"), standing and standing.disposition)
        key = (row["alert_id"],) if shared is None else (shared, *stands)
        lines.setdefault(key, {**row, "alike": []})["alike"].append(row)
    return list(lines.values())


def _urgency(row: Row) -> tuple[Any, ...]:
    rank = SEVERITY.index(row["rule"]) if row["rule"] in SEVERITY else len(SEVERITY)
    gone = not row["found_now"] and row["direction"] != "worse"  # what became worse waits in its place for a person
    return gone, row["deadline"], row["direction"] != "worse", rank, row["alert_id"]
