"""What people entered, as known on a day, in plain data: the assessment runs with or without a ledger.

Only entries of that day or before count. Nobody's name is in here; a removal or a position carries the role alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time
from typing import Any

from assessment.advice_state import Decision, advice_state
from assessment.claims_review import claim_state
from assessment.ledger import Entry
from assessment.ledger_alerts import alert_state
from assessment.ledger_state import removed_gates
from assessment.monitoring import Harm, harm_state
from assessment.positions import Position
from ingest.text.themes import load_lexicon


@dataclass(frozen=True, slots=True)
class Claim:
    """One confirmed claim: code 0 (nothing) to 4 (severe), place a region_id or iso3, `ref_end` the document's day.

    known_at: the day a person confirmed it, for nobody knew it as a fact before.
    """

    claim_id: str
    indicator_id: str
    iso3: str
    region_id: str | None
    severity: int
    ref_end: date
    source_id: str
    document_id: str
    quote: str
    known_at: date

    @property
    def place_id(self) -> str:
        """The region, or the country where no region is named."""
        return self.region_id or self.iso3


@dataclass(frozen=True, slots=True)
class Advice:
    """The advice in force on a region: category, worst level it was given on, day its review is due, ledger entry."""

    category: str
    level: int
    due: date
    run_id: str
    evidence_id: str


@dataclass(frozen=True)
class People:
    """claims: confirmed ones. positions: added ones; ended: position id -> last day. reviewed: ids of alerts a person
    called real or false. removed: region -> pairs of gate and evidence that no longer count. advice: by region. harm:
    reports of harm to people who returned that count.
    """

    claims: tuple[Claim, ...] = ()
    positions: tuple[Position, ...] = ()
    ended: Mapping[str, date] = field(default_factory=dict)
    removed: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    reviewed: frozenset[str] = frozenset()
    advice: Mapping[str, Advice] = field(default_factory=dict)
    harm: tuple[Harm, ...] = ()

    def harm_in(self, region_id: str, iso3: str) -> tuple[str, ...]:
        """Evidence of harm to people who returned to the region, or somewhere in its country."""
        return tuple(h.evidence_id for h in self.harm if h.place_id in (region_id, iso3))

    def ending(self, position: Position) -> Position:
        """The position with the end a person gave it; an end of a row of several regions ends all of them."""
        for name in (position.position_id, position.position_id.rsplit(":", 1)[0]):
            if name in self.ended:
                last = self.ended[name]
                return replace(position, valid_to=min(last, position.valid_to or last))
        return position


def on_day(entries: Iterable[Entry], day: date, suggested: Mapping[str, Mapping[str, Any]]) -> People:
    """What the ledger said at the end of `day`. suggested: the claims the text stages proposed, by claim_id, each with
    indicator_id, iso3, region_id, theme, document_id, quote, source_id and published (a time or None).
    """
    known = [entry for entry in entries if entry.time.date() <= day]
    return People(
        claims=tuple(_claims(known, suggested)),
        positions=tuple(_positions(known)),
        ended={e.object: date.fromisoformat(e.payload["valid_to"]) for e in known if e.kind == "position_ended"},
        removed={region: frozenset(pairs) for region, pairs in removed_gates(known).items()},
        reviewed=frozenset(
            name for name, s in alert_state(known).items() if s.state == "decided" and s.disposition != "watch"
        ),
        advice=_advice(known, day),
        harm=tuple(harm for harm in harm_state(known).values() if harm.counts),
    )


def _claims(entries: Sequence[Entry], suggested: Mapping[str, Mapping[str, Any]]) -> Iterable[Claim]:
    """Confirmed claims of an indicator. A claim whose text is no longer there cannot be opened and does not count."""
    for claim_id, standing in sorted(claim_state(entries).items()):
        said = suggested.get(claim_id)
        if standing.status != "confirmed" or standing.codes is None or said is None:
            continue
        indicator = said["indicator_id"] if standing.theme == said["theme"] else indicator_of(standing.theme)
        spoken = said["published"]
        if indicator is None or spoken is None:
            continue
        yield Claim(
            claim_id, indicator, said["iso3"], standing.region_id or said["region_id"],
            round(sum(standing.codes) / len(standing.codes)), spoken.date(), said["source_id"], said["document_id"],
            said["quote"], max(word.time for word in standing.first).date(),
        )  # fmt: skip


def indicator_of(theme: str) -> str | None:
    """Indicator a theme is evidence for; an indicator's own id stands for itself."""
    found = load_lexicon().themes.get(theme)
    if found is not None:
        return found.indicator
    return theme if theme[:1] in "PLMD" and theme[1:].isdigit() else None


def _positions(entries: Iterable[Entry]) -> Iterable[Position]:
    names = {f.name for f in fields(Position)}
    for entry in entries:
        if entry.kind == "position_added":
            row = {
                **entry.payload, "position_id": entry.object, "verified_by": entry.role, "known_at": entry.time.date(),
                "valid_from": date.fromisoformat(entry.payload["valid_from"]),
                "valid_to": entry.payload["valid_to"] and date.fromisoformat(entry.payload["valid_to"]),
            }  # fmt: skip
            yield Position(**{name: row[name] for name in names})


def _advice(entries: Sequence[Entry], day: date) -> dict[str, Advice]:
    """What is in force or has lapsed per region; a decision that never took effect is not there."""
    found = {}
    for region, standing in advice_state(entries, datetime.combine(day, time.max)).items():
        decision: Decision | None = standing.decision
        if decision is not None:
            content = decision.content
            found[region] = Advice(
                decision.category, int(content["level"]), decision.due, content["run_id"], f"ledger:{decision.seq}"
            )
    return found
