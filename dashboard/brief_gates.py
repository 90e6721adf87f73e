"""The part of the brief that weighs more than figures: gates, open alerts, and official positions no gate cites."""

from __future__ import annotations

from typing import Any

from dashboard.brief_facts import Facts
from dashboard.brief_parts import Budget, Item, Row, clip, item, left_out, section
from dashboard.brief_topics import host
from dashboard.gate_words import authority, sentence
from dashboard.language import Words

NOTE = "note"  # effect of a gate that says something and changes nothing


def gates(facts: Facts, words: Words, budget: Budget) -> dict[str, Any]:
    """Gates that hold, open alerts, then official positions that no gate cites already."""
    found = [_gate(row, words, budget) for row in facts.region["gates"]]
    found += [
        item(
            words("brief.gates.alert"),
            clip(words.of(row, "text"), budget.gate_chars),
            words("brief.gates.alert_since", day=words.day(row["opened"])),
            evidence_ids=[row["alert_id"]],
        )
        for row in facts.open_alerts
    ]
    cited = {name for row in facts.region["gates"] for name in row["evidence_ids"]}
    found += [
        item(
            words(
                "brief.gates.position", authority=authority(words, row["authority"]), day=words.day(row["valid_from"])
            ),
            clip(row["quote"], budget.gate_chars),
            host(row["url"]),
            evidence_ids=row["evidence_ids"],
        )
        for row in facts.positions
        if row["position_id"] not in cited
    ]
    intro = [] if any(row["effect"] != NOTE for row in facts.region["gates"]) else [words("brief.gates.none")]
    return section("gates", words, intro, found[: budget.gates], left_out(words, "gates", len(found) - budget.gates))


def _position(row: Row, words: Words, budget: Budget) -> Item:
    who = authority(words, row["authority"])
    return item(
        words("brief.gates.position", authority=who, day=words.day(row["valid_from"])),
        clip(row["quote"], budget.gate_chars),
        host(row["url"]),
        evidence_ids=row["evidence_ids"],
    )


def _gate(row: Row, words: Words, budget: Budget) -> Item:
    when = [words("brief.gates.since", day=words.day(row["since"])) if row["since"] else words("brief.gates.no_date")]
    if row["expires"]:
        when.append(words("brief.gates.until", day=words.day(row["expires"])))
    if "card" in row["effect"]:
        when.append(words("brief.gates.group_only"))
    lead, _, rest = sentence(words, row).partition(". ")
    if row["effect"] == NOTE:
        lead, rest = words("brief.gates.note"), rest or lead
    return item(
        clip(lead, budget.gate_chars),
        clip(rest, budget.gate_chars),
        ", ".join([*when, *([host(row["url"])] if row["url"] else [])]),
        evidence_ids=row["evidence_ids"],
    )
