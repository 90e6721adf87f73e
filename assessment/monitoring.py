"""Harm to people who returned, from the council's own follow-up: one person reports it, another judges it.

A report counts at once (gate G9, a same-day alert), as every decision towards "worse" does; it stops counting when a
second person finds that it did not happen, or when a jurist removes the gate. Nothing about the person is kept here:
what happened, where, in which month and how the council knows. The file stays with the council.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from assessment.ledger import Entry, Ledger, LedgerError, Writer
from assessment.ledger_kinds import checked
from assessment.refusal import because
from assessment.roles import Actor, require


@dataclass(frozen=True, slots=True)
class Harm:
    """One report. what: a word of `ledger_kinds.HARM`. month: 2026-03. outcome: None until judged. No names.

    heard: how the council knows, a word of `ledger_kinds.HEARD`; None in old reports.
    """

    report_id: str
    evidence_id: str
    iso3: str
    region_id: str | None  # None: the whole country
    what: str
    month: str
    note: str
    reported: date
    heard: str | None = None
    outcome: str | None = None  # confirmed | not_confirmed
    reason: str | None = None
    judged: date | None = None

    @property
    def place_id(self) -> str:
        """The region, or the country where no region is named."""
        return self.region_id or self.iso3

    @property
    def counts(self) -> bool:
        """Whether gate G9 holds for it."""
        return self.outcome != "not_confirmed"


def report(ledger: Ledger, actor: Actor, content: Mapping[str, Any], now: datetime) -> Entry:
    """Report harm (iso3, region_id, what, month, note, heard). Raises LedgerError, PayloadError, NotAllowed."""
    require(actor, "report_harm", now)
    month = checked("harm_reported", content)["month"]
    if month > f"{now:%Y-%m}":
        fault = LedgerError(f"month {month} has not come yet; write the month in which it happened")
        raise because("harm_month", fault)

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
            fault = LedgerError(f"there is no {report_id}; see the page `harm` for the numbers")
            raise because("no_harm", fault, report=report_id)
        if reported.actor == actor.subject:
            raise because("own_harm", LedgerError(f"{report_id} was reported by you; another person must judge it"))
        if any(e.kind == "harm_judged" for e in mine):
            fault = LedgerError(f"{report_id} is judged already; report it again when more is known")
            raise because("harm_is_judged", fault)
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
            found[entry.object] = replace(found[entry.object], judged=entry.time.date(), **entry.payload)
    return found


def report_of(alert: Mapping[str, Any]) -> str | None:
    """The id of the report an alert is about, None for every other alert. alert: a row of `assessment.alert`."""
    series = alert.get("series") or ""
    return series if alert["rule"] == "qualitative" and series.startswith("harm:") else None
