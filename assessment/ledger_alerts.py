"""What people did with alerts: take, decide, reopen, one by one or all of one cause; replayed from the ledger.

An act on the alerts of one cause is one entry that names each alert it covers, on the cause as its object. An alert it
does not name, also one of the same cause that comes later, is not touched by it. No act changes a level.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from assessment.ledger import Entry, Ledger, LedgerError, Writer
from assessment.read_alerts import cause
from assessment.refusal import because
from assessment.roles import Actor, require

# Kind of an act on the alerts of one cause -> what it does to each of them.
TOGETHER = {"alerts_taken": "alert_taken", "alerts_decided": "alert_decided", "alerts_reopened": "alert_reopened"}
ACTS = (*TOGETHER, *TOGETHER.values())
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AlertStanding:
    """state: open | taken | decided. taken_by: staff id, for the queue only. disposition: real | false | watch."""

    state: str
    rule: str
    direction: str | None = None
    taken_by: str | None = None
    disposition: str | None = None
    reason: str | None = None
    role: str | None = None
    since: datetime | None = None


def covered(entry: Entry) -> tuple[str, ...]:
    """The alerts an entry does something to: its object, or all that an act on their cause names; () for others."""
    if entry.kind in TOGETHER:
        return tuple(entry.payload["alerts"])
    return (entry.object,) if entry.kind in ACTS else ()


def alert_state(entries: Iterable[Entry]) -> dict[str, AlertStanding]:
    """Alert id -> where it stands; an alert nobody touched is not in it and is open."""
    found: dict[str, AlertStanding] = {}
    for entry in entries:
        for name in covered(entry):
            found[name] = _after(entry, found.get(name))
    return found


def _after(entry: Entry, before: AlertStanding | None) -> AlertStanding:
    """Where an alert stands after an act on it."""
    payload, act = entry.payload, TOGETHER.get(entry.kind, entry.kind)
    if act == "alert_taken":
        return AlertStanding("taken", payload["rule"], taken_by=entry.actor, since=entry.time)
    if act == "alert_reopened":
        return AlertStanding("open", payload["rule"], reason=payload["reason"], since=entry.time)
    return replace(
        before or AlertStanding("open", payload["rule"]), state="decided", direction=payload["direction"],
        disposition=payload["disposition"], reason=payload["reason"], role=entry.role, since=entry.time,
    )  # fmt: skip


def history(entries: Iterable[Entry], alert_ids: Iterable[str]) -> list[Entry]:
    """Every act on any of these alerts, in order."""
    wanted = set(alert_ids)
    return [entry for entry in entries if wanted.intersection(covered(entry))]


def take_alert(ledger: Ledger, actor: Actor, alert_id: str, rule: str, now: datetime) -> Entry:
    """Take an open alert. Raises LedgerError when another person has it or it is decided."""
    require(actor, "take_alert", now)

    def work(writer: Writer) -> Entry:
        standing = _standing(writer, alert_id)
        if standing and standing.state != "open":
            fault = LedgerError(f"alert {alert_id} is {standing.state} already; reopen it first")
            raise because("alert_taken", fault)
        return writer.append(actor, "alert_taken", alert_id, {"rule": rule}, now)

    return ledger.transact(work)


def decide_alert(ledger: Ledger, actor: Actor, alert_id: str, decision: Mapping[str, Any], now: datetime) -> Entry:
    """Decide a taken alert: rule, direction, disposition (real, false, watch) and reason."""
    require(actor, "decide_alert", now)

    def work(writer: Writer) -> Entry:
        standing = _standing(writer, alert_id)
        if standing is None or standing.state != "taken":
            fault = LedgerError(f"alert {alert_id} is {standing.state if standing else 'open'}; take it first")
            raise because("alert_take_first", fault)
        if standing.taken_by != actor.subject:
            fault = LedgerError(f"alert {alert_id} was taken by somebody else; they decide, or reopen it")
            raise because("alert_of_another", fault)
        return writer.append(actor, "alert_decided", alert_id, decision, now)

    return ledger.transact(work)


def reopen_alert(ledger: Ledger, actor: Actor, alert_id: str, reason: str, now: datetime) -> Entry:
    """Open a taken or decided alert again."""
    require(actor, "reopen_alert", now)

    def work(writer: Writer) -> Entry:
        standing = _standing(writer, alert_id)
        if standing is None or standing.state == "open":
            raise because("alert_open", LedgerError(f"alert {alert_id} is open"))
        return writer.append(actor, "alert_reopened", alert_id, {"rule": standing.rule, "reason": reason}, now)

    return ledger.transact(work)


def take_together(ledger: Ledger, actor: Actor, alerts: Sequence[Row], now: datetime) -> Entry:
    """Take open alerts of one cause (rows of Reader.alerts) in one act: all of them or none.

    Raises LedgerError when they have no cause in common or one of them is taken or decided.
    """
    require(actor, "take_alert", now)

    def work(writer: Writer) -> Entry:
        name, content = _content(alerts)
        _same(writer, alerts, lambda standing: standing is None or standing.state == "open")
        return writer.append(actor, "alerts_taken", name, content, now)

    return ledger.transact(work)


def decide_together(
    ledger: Ledger, actor: Actor, alerts: Sequence[Row], disposition: str, reason: str, now: datetime
) -> Entry:
    """Decide alerts of one cause that this person took, with one reason: all of them or none. Raises LedgerError."""
    require(actor, "decide_alert", now)

    def mine(standing: AlertStanding | None) -> bool:
        return standing is not None and standing.state == "taken" and standing.taken_by == actor.subject

    def work(writer: Writer) -> Entry:
        name, content = _content(alerts)
        _same(writer, alerts, mine)
        decision = {"direction": alerts[0]["direction"], "disposition": disposition, "reason": reason}
        return writer.append(actor, "alerts_decided", name, {**content, **decision}, now)

    return ledger.transact(work)


def reopen_together(ledger: Ledger, actor: Actor, alerts: Sequence[Row], reason: str, now: datetime) -> Entry:
    """Open taken or decided alerts of one cause again: all of them or none. Raises LedgerError."""
    require(actor, "reopen_alert", now)

    def work(writer: Writer) -> Entry:
        name, content = _content(alerts)
        _same(writer, alerts, lambda standing: standing is not None and standing.state != "open")
        return writer.append(actor, "alerts_reopened", name, {**content, "reason": reason}, now)

    return ledger.transact(work)


def alert_statistics(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Decisions per rule and role: real, false, watch, and the share of false ones. No names.

    A decision on all alerts of one cause is one decision: else one airport would outweigh a year of work.
    """
    counts: dict[tuple[str, str], Counter[str]] = {}
    for entry in entries:
        if TOGETHER.get(entry.kind, entry.kind) == "alert_decided":
            counts.setdefault((entry.payload["rule"], entry.role), Counter())[entry.payload["disposition"]] += 1
    return [
        {
            "rule": rule, "role": role, "real": c["real"], "false": c["false"], "watch": c["watch"],
            "false_share": c["false"] / (c["real"] + c["false"]) if c["real"] + c["false"] else None,
        }
        for (rule, role), c in sorted(counts.items())
    ]  # fmt: skip


def _standing(writer: Writer, alert_id: str) -> AlertStanding | None:
    return alert_state(writer.entries(kinds=ACTS)).get(alert_id)


def _content(alerts: Sequence[Row]) -> tuple[str, dict[str, Any]]:
    """The cause and what every entry about it holds. Raises LedgerError where there is no one cause."""
    causes = {cause(alert) for alert in alerts}
    name = causes.pop() if len(causes) == 1 else None
    if name is None:
        fault = LedgerError("these alerts do not come of one cause; decide each by itself")
        raise because("alerts_differ", fault)
    return name, {"rule": alerts[0]["rule"], "alerts": sorted({alert["alert_id"] for alert in alerts})}


def _same(writer: Writer, alerts: Sequence[Row], fits: Callable[[AlertStanding | None], bool]) -> None:
    """Raises LedgerError when one of the alerts does not stand as the act needs it."""
    names, found = {alert["alert_id"] for alert in alerts}, alert_state(writer.entries(kinds=ACTS))
    others = sum(not fits(found.get(name)) for name in names)
    if others:
        fault = LedgerError(f"{others} of these {len(names)} alerts stand otherwise by now; look at them again")
        raise because("alerts_moved", fault, count=others)
