"""Harm to people who returned, from the council's own follow-up: one person reports it, another judges it.

A report counts at once (gate G9, a same-day alert), as every decision towards "worse" does; it stops counting when a
second person finds that it did not happen, or when a jurist removes the gate. Nothing about the person is kept here:
what happened, where and in which month. The file stays with the council.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from assessment.ledger import Entry, Ledger, LedgerError, Writer
from assessment.ledger_kinds import checked
from assessment.roles import Actor, require


@dataclass(frozen=True, slots=True)
class Harm:
    """One report. what: a word of `ledger_kinds.HARM`. month: 2026-03. outcome: None until judged. No names."""

    report_id: str
    evidence_id: str
    iso3: str
    region_id: str | None  # None: the whole country
    what: str
    month: str
    note: str
    reported: date
    outcome: str | None = None  # confirmed | not_confirmed
    reason: str | None = None

    @property
    def place_id(self) -> str:
        """The region, or the country where no region is named."""
        return self.region_id or self.iso3

    @property
    def counts(self) -> bool:
        """Whether gate G9 holds for it."""
        return self.outcome != "not_confirmed"


def report(ledger: Ledger, actor: Actor, content: Mapping[str, Any], now: datetime) -> Entry:
    """Report harm (iso3, region_id, what, month, note). Raises LedgerError, PayloadError, NotAllowed."""
    require(actor, "report_harm", now)
    month = checked("harm_reported", content)["month"]
    if month > f"{now:%Y-%m}":
        raise LedgerError(f"month {month} has not come yet; write the month in which it happened")

    def work(writer: Writer) -> Entry:
        number = sum(e.kind == "harm_reported" for e in writer.entries()) + 1
        return writer.append(actor, "harm_reported", f"harm:{number}", content, now)

    return ledger.transact(work)


def judge(ledger: Ledger, actor: Actor, report_id: str, outcome: str, reason: str, now: datetime) -> Entry:
    """Say whether it happened ("confirmed", "not_confirmed"): another person than who reported it, once."""
    require(actor, "judge_harm", now)

    def work(writer: Writer) -> Entry:
        mine = writer.entries(report_id)
        reported = next((e for e in mine if e.kind == "harm_reported"), None)
        if reported is None:
            raise LedgerError(f"there is no {report_id}; see the positions page for the numbers")
        if reported.actor == actor.subject:
            raise LedgerError(f"{report_id} was reported by you; another person must judge it")
        if any(e.kind == "harm_judged" for e in mine):
            raise LedgerError(f"{report_id} is judged already; report it again when more is known")
        return writer.append(actor, "harm_judged", report_id, {"outcome": outcome, "reason": reason}, now)

    return ledger.transact(work)


def harm_state(entries: Iterable[Entry]) -> dict[str, Harm]:
    """Report id -> the report as it stands, in the order of reporting."""
    found: dict[str, Harm] = {}
    for entry in entries:
        if entry.kind == "harm_reported":
            day = entry.time.date()
            found[entry.object] = Harm(entry.object, f"ledger:{entry.seq}", reported=day, **entry.payload)
        elif entry.kind == "harm_judged" and entry.object in found:
            found[entry.object] = replace(found[entry.object], **entry.payload)
    return found
