"""The register: what was decided, and everything that was known when it was. Pages are rebuilt byte for byte.

A published page is canonical JSON: the decision, the run it stands on (scores, reasons, unknowns, gates, alerts), the
vintage of every piece of evidence known on that day with the digest of the archived answer, and the rules that held.
Names and words are not in it: they are put beside the codes when the page is shown. Roles stand in it, never people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assessment import advice
from assessment.advice_state import Decision, advice_state
from assessment.ledger import Entry, Ledger, LedgerError, canonical, stamp
from assessment.ledger_state import removed_gates
from assessment.read import NotFound, Reader
from assessment.register_known import what_was_known
from assessment.roles import Actor

FORM = 1  # of the page; a change of it is a new number, old pages keep theirs
STEPS = ("advice_drafted", "evidence_read", "advice_reviewed", "advice_returned", "advice_signed", "advice_published")
_DECIDED = (
    "category", "suggested", "before_gates", "level", "gates", "frozen", "open_alert", "unknowns", "sources",
    "review_date", "needs_jurist", "at_once", "expires", "check_by",
)  # fmt: skip


def publish(
    ledger: Ledger, actor: Actor, reader: Reader, region_id: str, draft_seq: int, now: datetime,
    reason_en: str = "", reason_nl: str = "",
) -> Entry:  # fmt: skip
    """Put a draft in force and keep the page as it is published. Raises AdviceError, NotAllowed, NotFound."""

    def page(entries: Sequence[Entry], decision: Decision, texts: Mapping[str, str]) -> str:
        return page_of(reader, entries, decision, texts, now)

    return advice.publish(ledger, actor, region_id, draft_seq, page, now, reason_en, reason_nl)


def page_of(
    reader: Reader, entries: Sequence[Entry], decision: Decision, texts: Mapping[str, str], published: datetime
) -> str:
    """The page of a decision from what the ledger held before its publication. Raises NotFound for a missing run."""
    content = decision.content
    steps = [e for e in entries if e.object == decision.region_id and _of_draft(e, decision.seq)]
    gone = removed_gates(entries).get(decision.region_id, set())
    rules = {
        e.object: e.payload["value"] for e in entries if e.kind == "rule_changed" and e.seq <= content["rules_seq"]
    }
    whole = {
        "form": FORM,
        "region_id": decision.region_id,
        "iso3": content["iso3"],
        "published": stamp(published),
        "decision": {"draft": decision.seq, **{key: content[key] for key in _DECIDED}, **texts},
        "steps": [{"seq": e.seq, "kind": e.kind, "role": e.role, "time": stamp(e.time), "hash": e.hash} for e in steps],
        "rules": {
            "framework_version": content["framework_version"],
            "rules_seq": content["rules_seq"],
            "changed": rules,
        },
        "gates_removed": [{"gate_id": gate, "evidence_id": evidence} for gate, evidence in sorted(gone)],
        "known": what_was_known(reader, content["run_id"], decision.region_id),
    }
    return canonical(whole) + "\n"


def rebuild(reader: Reader, entries: Sequence[Entry], published_seq: int) -> str:
    """The page of a past publication, made again from its run and the entries before it. LedgerError, NotFound."""
    entry = publication(entries, published_seq)
    before = [e for e in entries if e.seq < entry.seq]
    standing = advice_state(before, entry.time)[entry.object]
    decision = next(d for d in standing.history if d.seq == entry.payload["draft"])
    texts = {key: entry.payload[key] for key in ("reason_en", "reason_nl")}
    return page_of(reader, before, decision, texts, entry.time)


def publication(entries: Iterable[Entry], seq: int) -> Entry:
    """The entry of a publication. Raises LedgerError."""
    found = next((e for e in entries if e.seq == seq and e.kind == "advice_published"), None)
    if found is None:
        raise LedgerError(f"entry {seq} is no publication; see the register for the numbers")
    return found


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """One publication compared with what was stored. same: None when it cannot be rebuilt here; `problem` says why."""

    seq: int
    region_id: str
    same: bool | None
    problem: str | None


def compare_with_stored(ledger: Ledger, reader: Reader, entries: Sequence[Entry], seq: int) -> Rebuilt:
    """Rebuild a published page and compare it byte for byte with the stored one."""
    entry = publication(entries, seq)
    stored = ledger.page(entry.payload["page_sha256"])
    if stored is None:
        return Rebuilt(seq, entry.object, None, "the page is not in this store; import a whole export")
    try:
        made = rebuild(reader, entries, seq)
    except NotFound as error:
        return Rebuilt(seq, entry.object, None, f"{error}; open a snapshot that holds this run")
    return Rebuilt(seq, entry.object, made.encode() == stored.encode(), None if made == stored else "the bytes differ")


def history(entries: Iterable[Entry], region_id: str = "", iso3: str = "") -> list[dict[str, Any]]:
    """Every decision on a region, a country, or all, newest first, with roles in place of people.

    published_seq: number of the publication, None: it never was published. taken_back: seq of the return, if any.
    """
    every = list(entries)
    people = {entry.seq: entry.role for entry in every}
    published = {e.payload["draft"]: e.seq for e in every if e.kind == "advice_published"}
    steps: dict[int, dict[str, str]] = {}
    for entry in every:
        if entry.kind in STEPS[2:]:
            steps.setdefault(entry.payload["draft"], {})[entry.kind] = entry.role
    latest = max((e.time for e in every), default=datetime(1970, 1, 1))
    rows = [
        _row(decision, people, published, steps.get(decision.seq, {}))
        for standing in advice_state(every, latest).values()
        for decision in standing.history
        if region_id in ("", decision.region_id) and iso3 in ("", decision.content["iso3"])
    ]
    return sorted(rows, key=lambda row: -row["draft"])


def _row(
    decision: Decision, people: Mapping[int, str], published: Mapping[int, int], steps: Mapping[str, str]
) -> dict[str, Any]:
    content = decision.content
    return {
        "draft": decision.seq,
        "region_id": decision.region_id,
        "iso3": content["iso3"],
        "stage": decision.stage,
        "category": decision.category,
        "suggested": content["suggested"],
        "drafted": decision.drafted,
        "in_effect_since": decision.in_effect_since,
        "published": decision.published,
        "published_seq": published.get(decision.seq),
        "review_date": content["review_date"],
        "expires": content["expires"],
        "author_role": people[decision.seq],
        "reviewer_role": steps.get("advice_reviewed") or steps.get("advice_returned"),
        "jurist_role": steps.get("advice_signed"),
        "reason_en": decision.texts[0],
        "reason_nl": decision.texts[1],
        "sources": [dict(source) for source in content["sources"]],
        "run_id": content["run_id"],
        "as_of": content["as_of"],
        "framework_version": content["framework_version"],
        "rules_seq": content["rules_seq"],
        "page_sha256": decision.page_sha256,
    }


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What differs between two rows of `history`: {"field", "before", "after"}, in the order of the page."""
    compared = (
        "category", "suggested", "as_of", "run_id", "framework_version", "rules_seq", "reason_en", "reason_nl",
        "sources", "review_date", "expires", "author_role", "reviewer_role", "jurist_role",
    )  # fmt: skip
    return [
        {"field": name, "before": before[name], "after": after[name]}
        for name in compared
        if before[name] != after[name]
    ]


def _of_draft(entry: Entry, draft: int) -> bool:
    return entry.kind in STEPS and (entry.seq if entry.kind == "advice_drafted" else entry.payload["draft"]) == draft
