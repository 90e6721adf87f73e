"""Advice is decided by people: draft, second person, jurist, publication. Every rule is checked inside the write.

Method section 14. A decision stricter than the suggestion takes effect at once with one analyst and is checked within
days; a milder one needs two analysts and a jurist and two independent sources from the region itself, and expires.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from assessment.advice_rules import (
    AdviceError,
    Suggestion,
    Wish,
    effect,
    enough_sources,
    frozen_allows,
    gates_allow,
    latest_review,
)
from assessment.advice_state import Decision, Standing, advice_state
from assessment.framework import Framework
from assessment.ledger import Entry, Ledger, Writer
from assessment.refusal import because
from assessment.roles import Actor, require, system
from assessment.rules import settings

PageMaker = Callable[[Sequence[Entry], Decision, Mapping[str, str]], str]  # (entries before, decision, both reasons)


def draft(
    ledger: Ledger, actor: Actor, framework: Framework, suggestion: Suggestion, wish: Wish, now: datetime
) -> Entry:
    """Accept or override a suggestion. Raises AdviceError, NotAllowed, PayloadError."""
    require(actor, "draft_advice", now)

    def work(writer: Writer) -> Entry:
        entries = writer.entries()
        standing = advice_state(entries, now).get(suggestion.region_id)
        rules, rules_seq = settings(framework, entries)
        gates_allow(suggestion, wish, entries)
        before = standing.shown if standing and standing.shown else None
        frozen_allows(suggestion, wish, before)
        follows = effect(suggestion, wish.category, before)
        if follows.milder_than_suggested:
            enough_sources(suggestion, wish)
        today = now.date()
        latest = latest_review(rules, suggestion, today)
        if not today < wish.review_date <= latest:
            fault = AdviceError(
                f"the review date must lie after {today} and not after {latest}, by the rules for level "
                f"{suggestion.level}{' with an open alert' if suggestion.open_alert else ''}",
                suggestion.region_id,
            )
            raise because("review_date", fault, today=today, latest=latest)
        content = {
            **_said(suggestion),
            "rules_seq": rules_seq,
            "category": wish.category,
            "reason_en": wish.reason_en,
            "reason_nl": wish.reason_nl,
            "unknowns": list(wish.unknowns),
            "sources": [source.model_dump(mode="json") for source in wish.sources],
            "review_date": wish.review_date.isoformat(),
            "needs_jurist": follows.needs_jurist,
            "at_once": follows.at_once,
            "expires": (
                _after(today, rules["review.better_override_expires"]) if follows.milder_than_suggested else None
            ),
            "check_by": _after(today, rules["review.worse_override_check"]) if follows.at_once else None,
        }
        return writer.append(actor, "advice_drafted", suggestion.region_id, content, now)

    return ledger.transact(work)


def read_evidence(
    ledger: Ledger, actor: Actor, region_id: str, draft_seq: int, own_category: str, now: datetime
) -> Entry:
    """The second person has read the evidence and says what it means to them, before seeing the first one's answer."""
    require(actor, "read_for_review", now)

    def work(writer: Writer) -> Entry:
        decision = _open(writer, region_id, draft_seq, ("drafted",), now)
        _not_the_author(decision, actor)
        if actor.subject in decision.readers:
            raise because("read_before", AdviceError("you have recorded your reading of this draft already", region_id))
        content = {"draft": draft_seq, "own_category": own_category}
        return writer.append(actor, "evidence_read", region_id, content, now)

    return ledger.transact(work)


def review_view(
    entries: Sequence[Entry], actor: Actor, region_id: str, draft_seq: int, now: datetime
) -> dict[str, Any]:
    """What the second person may see: the conclusion only after their own reading is recorded."""
    require(actor, "read_for_review", now)
    decision = _find(advice_state(entries, now).get(region_id), region_id, draft_seq)
    _not_the_author(decision, actor)
    open_to_all = ("run_id", "as_of", "iso3", "unknowns", "sources", "framework_version", "rules_seq")
    view = {"region_id": region_id, "draft": draft_seq, **{key: decision.content[key] for key in open_to_all}}
    if actor.subject in decision.readers:
        view |= {"own_category": decision.readers[actor.subject], **decision.content}
    return view


def approve(ledger: Ledger, actor: Actor, region_id: str, draft_seq: int, now: datetime, note: str = "") -> Entry:
    """The second person agrees."""
    content = {"draft": draft_seq, "note": note}
    return _judge(ledger, actor, "advice_reviewed", region_id, content, now)


def send_back(ledger: Ledger, actor: Actor, region_id: str, draft_seq: int, reason: str, now: datetime) -> Entry:
    """The second person does not agree; a decision that took effect at once stops counting."""
    return _judge(ledger, actor, "advice_returned", region_id, {"draft": draft_seq, "reason": reason}, now)


def sign(ledger: Ledger, actor: Actor, region_id: str, draft_seq: int, now: datetime, note: str = "") -> Entry:
    """The jurist signs an approved draft. The third person is neither of the first two."""
    require(actor, "sign_advice", now)

    def work(writer: Writer) -> Entry:
        decision = _open(writer, region_id, draft_seq, ("approved",), now)
        _not_the_author(decision, actor)
        if actor.subject == decision.reviewer:
            raise because("third_person", AdviceError("the jurist must be another person than the reviewer", region_id))
        return writer.append(actor, "advice_signed", region_id, {"draft": draft_seq, "note": note}, now)

    return ledger.transact(work)


def publish(
    ledger: Ledger,
    actor: Actor,
    region_id: str,
    draft_seq: int,
    page: PageMaker,
    now: datetime,
    reason_en: str = "",
    reason_nl: str = "",
) -> Entry:
    """Put an approved (and where needed signed) draft in force. A missing language may be given here.

    page: makes the page as it is published from all entries before it; stored with the entry (see `register.publish`).
    """
    require(actor, "publish_advice", now)

    def work(writer: Writer) -> Entry:
        decision = _open(writer, region_id, draft_seq, ("approved",), now)
        _not_the_author(decision, actor)
        if decision.content["needs_jurist"] and decision.jurist is None:
            raise because("needs_jurist", AdviceError("a jurist must sign this before it is published", region_id))
        if now.date() > decision.due:
            fault = AdviceError(f"its review date {decision.due} has passed; draft again", region_id)
            raise because("draft_too_old", fault, due=decision.due)
        texts = {"reason_en": decision.texts[0] or reason_en, "reason_nl": decision.texts[1] or reason_nl}
        missing = [key for key, text in texts.items() if not text.strip()]
        if missing:
            fault = AdviceError(f"{missing[0]} is missing; advice is published in English and Dutch", region_id)
            raise because("both_languages", fault)
        sha = writer.keep(page(writer.entries(), decision, texts))
        content = {"draft": draft_seq, "page_sha256": sha, **texts}
        return writer.append(actor, "advice_published", region_id, content, now)

    return ledger.transact(work)


def lapse(ledger: Ledger, now: datetime) -> list[Entry]:
    """Write down what has lapsed, once per decision. The state shows it as lapsed whether this ran or not."""

    def work(writer: Writer) -> list[Entry]:
        entries = writer.entries()
        told = {(e.payload["draft"], e.payload["reason"]) for e in entries if e.kind == "advice_lapsed"}
        made = []
        for region_id, standing in sorted(advice_state(entries, now).items()):
            if standing.decision is None or standing.status not in ("lapsed", "override_expired"):
                continue
            reason = "review_date" if standing.status == "lapsed" else "override_expired"
            if (standing.decision.seq, reason) not in told:
                content = {"draft": standing.decision.seq, "reason": reason}
                made.append(writer.append(system(), "advice_lapsed", region_id, content, now))
        return made

    return ledger.transact(work)


def remove_gate(
    ledger: Ledger, actor: Actor, suggestion: Suggestion, gate_id: str, reason: str, url: str, now: datetime
) -> list[Entry]:
    """A gate no longer counts for this region: one entry per hit, so that a new hit of the gate counts again."""
    require(actor, "remove_gate", now)
    hits = suggestion.gates.get(gate_id)
    if not hits:
        holding = ", ".join(suggestion.gates) or "none"
        fault = AdviceError(f"gate {gate_id} does not hold here; the ones that do: {holding}", suggestion.region_id)
        raise because("no_such_gate", fault, gate=gate_id)
    contents = [{"gate_id": gate_id, "evidence_id": hit, "reason": reason, "url": url} for hit in sorted(hits)]
    return ledger.transact(
        lambda writer: [writer.append(actor, "gate_removed", suggestion.region_id, c, now) for c in contents]
    )


def _judge(ledger: Ledger, actor: Actor, kind: str, region_id: str, content: Mapping[str, Any], now: datetime) -> Entry:
    require(actor, "review_advice", now)

    def work(writer: Writer) -> Entry:
        decision = _open(writer, region_id, content["draft"], ("drafted",), now)
        _not_the_author(decision, actor)
        if actor.subject not in decision.readers:
            raise because(
                "read_first", AdviceError("read the evidence and record what it says to you first", region_id)
            )
        return writer.append(actor, kind, region_id, content, now)

    return ledger.transact(work)


def _find(standing: Standing | None, region_id: str, seq: int) -> Decision:
    found = next((d for d in standing.history if d.seq == seq), None) if standing else None
    if found is None:
        raise because("no_draft", AdviceError(f"there is no draft {seq}", region_id), draft=seq)
    return found


def _open(writer: Writer, region_id: str, seq: int, stages: tuple[str, ...], now: datetime) -> Decision:
    decision = _find(advice_state(writer.entries(region_id), now).get(region_id), region_id, seq)
    if decision.stage not in stages:
        fault = AdviceError(f"draft {seq} is {decision.stage}; this step needs it {' or '.join(stages)}", region_id)
        raise because("other_stage", fault, draft=seq)
    return decision


def _not_the_author(decision: Decision, actor: Actor) -> None:
    if actor.subject == decision.author:
        fault = AdviceError("the author cannot do this step; another person must", decision.region_id)
        raise because("author", fault)


def _after(today: date, days: float) -> str:
    return (today + timedelta(days=int(days))).isoformat()


def _said(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "run_id": suggestion.run_id,
        "as_of": suggestion.as_of.isoformat(),
        "iso3": suggestion.iso3,
        "suggested": suggestion.category,
        "before_gates": suggestion.before_gates,
        "level": suggestion.level,
        "gates": sorted(suggestion.gates),
        "frozen": suggestion.frozen,
        "open_alert": suggestion.open_alert,
        "framework_version": suggestion.framework_version,
    }
