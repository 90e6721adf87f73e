"""Advice per region, derived by replaying entries: drafts, what is in force, what has lapsed. Pure functions.

Method section 14. Lapsed advice is never green: past its review date a decision is shown as lapsed and at best A2, and
a decision milder than the suggestion stops counting when its time is over, whatever the scheduler has written.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from assessment.grade import stricter
from assessment.ledger import Entry

AT_BEST_WHEN_LAPSED = "A2"  # gate G11
OPEN = ("drafted", "approved")


@dataclass(frozen=True, slots=True)
class Decision:
    """One draft and what became of it. stage: drafted | approved | published | returned | replaced.

    readers: who recorded having read the evidence, with their own category before seeing the first one's.
    in_effect_since: from when it counted; None: it never did.
    """

    seq: int
    region_id: str
    author: str
    content: dict[str, Any]
    stage: str
    drafted: datetime
    in_effect_since: datetime | None
    readers: dict[str, str] = field(default_factory=dict)
    reviewer: str | None = None
    jurist: str | None = None
    published: datetime | None = None
    page_sha256: str | None = None
    texts: tuple[str, str] = ("", "")

    @property
    def category(self) -> str:
        """The decided category."""
        return str(self.content["category"])

    @property
    def checked(self) -> bool:
        """A second person approved it."""
        return self.reviewer is not None

    @property
    def due(self) -> date:
        """Last day it counts without a new look."""
        days = [self.content["review_date"], self.content["expires"]]
        return min(date.fromisoformat(day) for day in days if day)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where advice on a region stands now. status: none | in_force | lapsed | override_expired.

    shown: the category to show (None: nothing was ever decided). check_overdue: a decision that took effect at once
    has not been checked in time. pending: the draft under way.
    """

    region_id: str
    status: str
    shown: str | None
    decision: Decision | None
    pending: Decision | None
    check_overdue: bool
    history: tuple[Decision, ...]


def advice_state(entries: Iterable[Entry], now: datetime) -> dict[str, Standing]:
    """Region -> where its advice stands, from entries in order (others than advice are passed over)."""
    decisions: dict[str, dict[int, Decision]] = {}
    for entry in entries:
        if entry.kind == "advice_drafted":
            _drafted(decisions.setdefault(entry.object, {}), entry)
        elif entry.kind in _STEPS:
            mine = decisions.get(entry.object, {})
            seq = entry.payload["draft"]
            if seq in mine:
                mine[seq] = _STEPS[entry.kind](mine[seq], entry)
    return {region: _standing(region, list(found.values()), now) for region, found in decisions.items()}


def _drafted(mine: dict[int, Decision], entry: Entry) -> None:
    for seq, earlier in mine.items():  # a new draft takes the place of an unfinished one; what took effect stays
        if earlier.stage in OPEN and earlier.in_effect_since is None:
            mine[seq] = replace(earlier, stage="replaced")
    since = entry.time if entry.payload["at_once"] else None
    texts = (entry.payload["reason_en"], entry.payload["reason_nl"])
    mine[entry.seq] = Decision(
        entry.seq, entry.object, entry.actor, dict(entry.payload), "drafted", entry.time, since, texts=texts
    )


def _read(decision: Decision, entry: Entry) -> Decision:
    return replace(decision, readers={**decision.readers, entry.actor: entry.payload["own_category"]})


def _approved(decision: Decision, entry: Entry) -> Decision:
    return replace(decision, stage="approved", reviewer=entry.actor)


def _returned(decision: Decision, entry: Entry) -> Decision:
    return replace(decision, stage="returned", reviewer=entry.actor, in_effect_since=None)


def _signed(decision: Decision, entry: Entry) -> Decision:
    return replace(decision, jurist=entry.actor)


def _published(decision: Decision, entry: Entry) -> Decision:
    return replace(
        decision,
        stage="published",
        published=entry.time,
        page_sha256=entry.payload["page_sha256"],
        in_effect_since=decision.in_effect_since or entry.time,
        texts=(entry.payload["reason_en"], entry.payload["reason_nl"]),
    )


_STEPS = {
    "evidence_read": _read,
    "advice_reviewed": _approved,
    "advice_returned": _returned,
    "advice_signed": _signed,
    "advice_published": _published,
}


def _standing(region: str, history: list[Decision], now: datetime) -> Standing:
    # The moment of taking effect decides, not the draft's number: an old draft published late is the newer word.
    effective = [d for d in history if d.in_effect_since is not None and d.in_effect_since <= now]
    current = max(effective, key=lambda d: (d.in_effect_since, d.seq), default=None)
    pending = next((d for d in reversed(history) if d.stage in OPEN), None)
    if current is None:
        return Standing(region, "none", None, None, pending, False, tuple(history))
    check_by = current.content["check_by"]
    overdue = bool(check_by) and not current.checked and now.date() > date.fromisoformat(check_by)
    status, shown = _shown(current, now.date())
    return Standing(region, status, shown, current, pending, overdue, tuple(history))


def _shown(current: Decision, today: date) -> tuple[str, str]:
    expires = current.content["expires"]
    if expires and today > date.fromisoformat(expires):
        return "override_expired", stricter(stricter(current.content["suggested"], current.category), "A2")
    if today > current.due:
        return "lapsed", stricter(current.category, AT_BEST_WHEN_LAPSED)
    return "in_force", current.category
