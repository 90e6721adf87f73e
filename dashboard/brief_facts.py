"""What a brief rests on: the answers of the reading functions about one region, and what people decided."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from assessment.advice_state import Standing, advice_state
from assessment.ledger import Entry
from assessment.ledger_alerts import alert_state
from assessment.read import Reader
from dashboard.brief_parts import Row

VERSION_DIGITS = 12
WATCH = "watch"  # an alert decided to be watched stays open


@dataclass(frozen=True)
class Facts:
    """Everything a brief of one region rests on. What people decided and the day of printing may differ in one run.

    standing: where advice stands, None: nobody decided. settled: alerts people have decided. ledger_read: False when
    the record of decisions could not be opened, so that a decision may exist that is not known here.
    """

    region: Row
    country: Row
    snapshot: Row
    positions: Sequence[Row]
    alerts: Sequence[Row]
    profiles: Sequence[Row]
    names: Mapping[str, Row]  # region_id -> row with names, of the country
    sources: Sequence[Row]
    partners: Sequence[Row]
    indicators: Sequence[Row]
    review_days: Mapping[str, int]
    standing: Standing | None
    today: date
    settled: frozenset[str] = frozenset()
    ledger_read: bool = True

    @property
    def open_alerts(self) -> list[Row]:
        """Alerts for the worse that nobody has decided, or that were decided to be watched."""
        return [row for row in self.alerts if row["alert_id"] not in self.settled]

    @property
    def version(self) -> str:
        """REGION.RUN.DIGEST[.DECISION]: the same in every language and every format."""
        rests_on = [self.region, self.positions, self.alerts, self.profiles]
        text = json.dumps(rests_on, sort_keys=True, ensure_ascii=False, default=str)
        digest = hashlib.sha256(text.encode()).hexdigest()[:VERSION_DIGITS]
        decision = self.standing.decision if self.standing else None
        decided = f".{decision.seq}" if decision else ""
        return f"{self.region['region_id']}.{self.snapshot['run_id']}.{digest}{decided}"


def collect(
    reader: Reader, region_id: str, *, entries: Sequence[Entry] | None, now: datetime, partners: Sequence[Row] = ()
) -> Facts:
    """Ask for everything. Raises assessment.read.NotFound when the region is not assessed.

    entries: the record of decisions; empty: nobody decided anything; None: it could not be opened. now: naive UTC.
    """
    region = reader.region(region_id)
    iso3 = region["iso3"]
    country = next(row for row in reader.countries() if row["iso3"] == iso3)
    alerts = [
        row for row in reader.alerts(iso3=iso3) if row["region_id"] in (region_id, iso3) and row["direction"] == "worse"
    ]
    method, said = reader.method(), entries or ()
    standing = advice_state(said, now).get(region_id)
    return Facts(
        region=region,
        country=country,
        snapshot=reader.snapshot,
        positions=[row for row in reader.positions_in_force(iso3) if row["region_id"] in (None, region_id)],
        alerts=alerts,
        profiles=reader.profiles(),
        names={row["region_id"]: row for row in reader.regions(iso3)},
        sources=reader.sources(),
        partners=[row for row in partners if row["iso3"] == iso3 and row["region_id"] in ("", region_id)],
        indicators=method["indicators"],
        review_days=method["numbers"]["review"],
        standing=standing if standing and standing.decision else None,
        today=now.date(),
        settled=frozenset(
            name for name, alert in alert_state(said).items() if alert.state == "decided" and alert.disposition != WATCH
        ),
        ledger_read=entries is not None,
    )
