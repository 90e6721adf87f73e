"""Official positions, gates and counter-evidence, derived by replaying entries; alerts are in `ledger_alerts`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from assessment.days import working_day
from assessment.grade import strictness
from assessment.ledger import Entry, Ledger, LedgerError, Writer
from assessment.refusal import because
from assessment.roles import Actor, require

COUNTER_EVIDENCE_DAYS = 10  # working days until an answer is due


@dataclass(frozen=True, slots=True)
class CounterEvidence:
    """A report that something is wrong, and its answer. Public but for who wrote it."""

    case: str
    region_id: str
    where: str
    text: str
    opened: datetime
    deadline: date
    outcome: str | None = None
    answer_en: str | None = None
    answer_nl: str | None = None
    answered: datetime | None = None

    def overdue(self, today: date) -> bool:
        """Unanswered past its deadline."""
        return self.outcome is None and today > self.deadline


def override_statistics(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Drafts per role: how many were milder than, as, or stricter than suggested. No names."""
    counts: dict[str, Counter[str]] = {}
    for entry in entries:
        if entry.kind == "advice_drafted":
            step = strictness(entry.payload["category"]) - strictness(entry.payload["suggested"])
            word = "as_suggested" if step == 0 else "stricter" if step > 0 else "milder"
            counts.setdefault(entry.role, Counter())[word] += 1
    return [
        {"role": role, "drafts": c.total(), **{w: c[w] for w in ("milder", "as_suggested", "stricter")}}
        for role, c in sorted(counts.items())
    ]


def removed_gates(entries: Iterable[Entry]) -> dict[str, set[tuple[str, str]]]:
    """Region -> (gate id, evidence id) pairs that no longer count."""
    found: dict[str, set[tuple[str, str]]] = {}
    for entry in entries:
        if entry.kind == "gate_removed":
            found.setdefault(entry.object, set()).add((entry.payload["gate_id"], entry.payload["evidence_id"]))
    return found


def position_state(entries: Iterable[Entry], as_of: date) -> list[dict[str, Any]]:
    """Official positions people entered, as known on the day: rows for `assessment.official_position`."""
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if entry.time.date() > as_of:
            continue
        if entry.kind == "position_added":
            row = {
                "position_id": entry.object,
                **entry.payload,
                "verified_by": entry.role,
                "known_at": entry.time.date(),
            }
            found[entry.object] = row
        elif entry.kind == "position_ended" and entry.object in found:
            found[entry.object] = {**found[entry.object], "valid_to": entry.payload["valid_to"]}
    return [found[key] for key in sorted(found)]


def open_counter_evidence(ledger: Ledger, actor: Actor, region_id: str, where: str, text: str, now: datetime) -> Entry:
    """Report an error or counter-evidence from a page or a brief; the case number follows from the entry's place."""
    require(actor, "report_counter_evidence", now)
    deadline = working_day(now.date(), COUNTER_EVIDENCE_DAYS)
    content = {"region_id": region_id, "where": where, "text": text, "deadline": deadline.isoformat()}

    def work(writer: Writer) -> Entry:
        number = sum(e.kind == "counter_evidence_opened" for e in writer.entries()) + 1
        return writer.append(actor, "counter_evidence_opened", f"case:{number}", content, now)

    return ledger.transact(work)


def answer_counter_evidence(ledger: Ledger, actor: Actor, case: str, answer: Mapping[str, Any], now: datetime) -> Entry:
    """Answer a case (outcome, answer_en, answer_nl): by another person than who reported it. Public."""
    require(actor, "answer_counter_evidence", now)

    def work(writer: Writer) -> Entry:
        opened = next((e for e in writer.entries(case) if e.kind == "counter_evidence_opened"), None)
        if opened is None:
            raise because("no_case", LedgerError(f"there is no {case}; see the register for the numbers"), case=case)
        if opened.actor == actor.subject:
            fault = LedgerError(f"{case} was reported by you; another person must answer it")
            raise because("own_case", fault, case=case)
        return writer.append(actor, "counter_evidence_answered", case, answer, now)

    return ledger.transact(work)


def counter_evidence_state(entries: Iterable[Entry]) -> dict[str, CounterEvidence]:
    """Case -> report and (last) answer."""
    found: dict[str, CounterEvidence] = {}
    for entry in entries:
        payload = entry.payload
        if entry.kind == "counter_evidence_opened":
            deadline = date.fromisoformat(payload["deadline"])
            found[entry.object] = CounterEvidence(
                entry.object, payload["region_id"], payload["where"], payload["text"], entry.time, deadline
            )
        elif entry.kind == "counter_evidence_answered":
            found[entry.object] = replace(found[entry.object], **payload, answered=entry.time)
    return found
