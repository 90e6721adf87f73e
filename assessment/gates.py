"""Gates G1-G12: rules that can only worsen, each citing its document. Method section 10.

Pure: what is known of a region goes in, levels, category and hits come out. The effects are framework.toml's; the
conditions are here. A gate is removed for a region only by a person with a reason and a source (`removal`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from assessment.framework import DIMENSIONS, Framework
from assessment.gate_texts import hit_text
from assessment.grade import CATEGORIES, stricter
from assessment.positions import HIGH, HIGHEST, IN_PART, Position

MILDEST_FOR_LEVEL = {1: "A4", 2: "A3", 3: "A2", 4: "A1", 5: "A1"}  # method section 9, before gates
RETURNEE_CODE = 3  # L8 code from which G9 holds
NOTE = "note"  # a hit that is shown and changes nothing


class GateError(ValueError):
    """A gate was asked for something it does not do; the text says what to give."""


@dataclass(frozen=True, slots=True)
class Review:
    """The published advice: when its review is due, and what of its evidence was replaced since (evidence ids)."""

    due: date
    evidence_id: str  # the advice
    replaced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegionFacts:
    """What the gates look at for one region. Levels are 1 (best) to 5 by dimension, category as `grade.suggest` gives.

    route_state: of the best route (`route.Route`), None where none was computed. route_level: of its worst link, also
    where the rest of the way is unknown. arrivals_shut: the arrivals known are closed, others unknown. famine,
    blackout: evidence ids of the flag; `phase_5` and `silent` say whether it is raised. returnee_code: worst L8 code
    that counts, None unknown. harm: evidence of harm to returned people from our own monitoring. sharp_rise: ids of
    open alerts on deaths nobody reviewed. previous: level by dimension and category last published, for frozen regions.
    """

    region_id: str
    iso3: str
    levels: Mapping[str, int]
    category: str
    phase_5: bool = False
    famine: tuple[str, ...] = ()
    silent: bool = False
    blackout: tuple[str, ...] = ()
    returnee_code: int | None = None
    returnee_evidence: tuple[str, ...] = ()
    harm: tuple[str, ...] = ()
    route_state: str | None = None
    route_level: int | None = None
    arrivals_shut: bool = False
    route_evidence: tuple[str, ...] = ()
    sharp_rise: tuple[str, ...] = ()
    review: Review | None = None
    previous_levels: Mapping[str, int] = field(default_factory=dict)
    previous_category: str | None = None


@dataclass(frozen=True, slots=True)
class GateHit:
    """One gate that holds for a region. expires: last day, None until withdrawn. effect: words for the table."""

    region_id: str
    gate_id: str
    effect: str
    text_en: str
    text_nl: str
    evidence_ids: tuple[str, ...]
    since: date | None
    expires: date | None

    def row(self, run_id: str) -> dict[str, Any]:
        """As a row of assessment.gate_hit."""
        names = ("region_id", "gate_id", "effect", "text_en", "text_nl", "since", "expires")
        return {"run_id": run_id, **{n: getattr(self, n) for n in names}, "evidence_ids": list(self.evidence_ids)}


@dataclass(frozen=True, slots=True)
class Gated:
    """A region after the gates: never better than before in any level or in the category."""

    levels: Mapping[str, int]
    category: str
    frozen: bool  # G6 or G12: may not improve until reviewed
    lapsed: bool  # G11
    legal_review: bool  # G12
    unknown: bool  # G10: shown as insufficient information
    cards: tuple[str, ...]  # positions of kind group_ban, shown above the region
    hits: tuple[GateHit, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A condition that holds, before its effect: which gate, on what ground, since when."""

    gate_id: str
    ground: str  # key of gate_texts
    evidence_ids: tuple[str, ...]
    since: date | None = None
    expires: date | None = None
    position: Position | None = None
    note: bool = False


def apply_gates(
    framework: Framework,
    facts: RegionFacts,
    positions: Iterable[Position],
    as_of: date,
    removed: frozenset[tuple[str, str]] = frozenset(),
) -> Gated:
    """Levels, category and hits of one region. `positions` are those in force (`positions.in_force`).

    `removed`: (gate_id, evidence_id) pairs a person removed for this region; a hit goes only when all its evidence did.
    """
    mine = [p for p in positions if p.covers(facts.region_id, facts.iso3)]
    found = [*_official(mine), *_conditions(facts), *_route(facts), *_lapsed(framework, facts, as_of)]
    found = [f for f in found if not _is_removed(f, removed)]
    levels, category = dict(facts.levels), facts.category
    flags = {"frozen": False, "lapsed": False, "legal_review": False, "unknown": False}
    for item in found:
        if item.note:
            continue
        effect = framework.raw["gate"][item.gate_id]["effect"]
        for dimension in DIMENSIONS:
            levels[dimension] = max(levels[dimension], effect.get(f"{dimension}_level", 1))
        wanted = "category_level_4" if item.ground == "route_level_4" else "category"
        category = stricter(category, effect.get(wanted, category))
        flags = {name: value or bool(effect.get(name)) for name, value in flags.items()}
    if flags["unknown"]:
        levels["physical"] = max(levels["physical"], framework.raw["bands"]["unknown"]["treated_as"])
        category = "AU" if stricter(category, "A2") == "A2" else category
    category = stricter(category, MILDEST_FOR_LEVEL[max(levels.values())])
    if flags["frozen"]:
        levels = {d: max(level, facts.previous_levels.get(d, 1)) for d, level in levels.items()}
        category = stricter(category, facts.previous_category or category)
    cards = tuple(f.evidence_ids[0] for f in found if f.gate_id == "G8")
    hits = tuple(_hit(framework, facts, item) for item in found)
    return Gated(levels, category, **flags, cards=cards, hits=hits)


def _is_removed(found: _Found, removed: frozenset[tuple[str, str]]) -> bool:
    return bool(found.evidence_ids) and all((found.gate_id, e) in removed for e in found.evidence_ids)


def _hit(framework: Framework, facts: RegionFacts, found: _Found) -> GateHit:
    effect = framework.raw["gate"][found.gate_id]["effect"]
    words = NOTE if found.note else ", ".join(f"{key}={value}" for key, value in effect.items())
    text = {
        language: hit_text(language, framework.raw["gate"][found.gate_id][language], found.ground, found.position)
        for language in ("en", "nl")
    }
    ids, since, expires = found.evidence_ids, found.since, found.expires
    return GateHit(facts.region_id, found.gate_id, words, text["en"], text["nl"], ids, since, expires)


def _official(mine: list[Position]) -> Iterable[_Found]:
    """G1-G4, G7 (documents), G8 and G12 from official positions; a rating of a part of the region is a note."""
    excepted = {p.authority for p in mine if p.kind == "non_return" and p.level == "excepted"}
    for position in mine:
        gate = _gate_of(position, excepted)
        if gate:
            ids = (position.position_id,)
            ground, note = ("in_part", True) if position.in_part else ("position", False)
            yield _Found(gate, ground, ids, position.valid_from, position.valid_to, position, note)


def _gate_of(position: Position, excepted: set[str]) -> str | None:
    if position.kind == "non_return":
        return None if position.authority in excepted else "G1"
    if position.kind == "15c":
        rating = (position.authority, (position.level or "").removesuffix(IN_PART))
        return "G3" if rating in HIGHEST else "G4" if rating in HIGH else None
    return {
        "decision_moratorium": "G2", "departure_moratorium": "G2", "group_ban": "G8", "court": "G12",
        "no_entry_document": "G7",
    }.get(position.kind)  # fmt: skip


def _conditions(facts: RegionFacts) -> Iterable[_Found]:
    """G5, G6, G9, G10: famine, open escalation, harm to returnees, silence."""
    if facts.phase_5:
        yield _Found("G5", "famine", facts.famine)
    if facts.sharp_rise:
        yield _Found("G6", "sharp_rise", facts.sharp_rise)
    if facts.returnee_code is not None and facts.returnee_code >= RETURNEE_CODE:
        yield _Found("G9", "returnee_code", facts.returnee_evidence)
    if facts.harm:
        yield _Found("G9", "harm", facts.harm)
    if facts.silent:
        yield _Found("G10", "blackout", facts.blackout)


def _route(facts: RegionFacts) -> Iterable[_Found]:
    """G7: no route, or the least bad route crosses level 5 (category) or level 4 (milder category).

    The best route is the minimax one, so its worst leg is the worst leg of every route. An arrival nobody reported on
    is a note here: the missing indicator itself lowers the score.
    """
    ids = facts.route_evidence
    if facts.route_state in ("closed", "none"):
        yield _Found("G7", f"route_{facts.route_state}", ids)
        return
    if facts.arrivals_shut:
        yield _Found("G7", "arrivals_shut", ids)
    elif facts.route_level is not None and facts.route_level >= 4:
        yield _Found("G7", f"route_level_{facts.route_level}", ids)
    if facts.route_state == "unknown":
        yield _Found("G7", "route_unknown", ids, note=True)


def _lapsed(framework: Framework, facts: RegionFacts, as_of: date) -> Iterable[_Found]:
    """G11: the review date passed more than the framework's days ago, or key evidence was replaced."""
    review = facts.review
    if review is None:
        return
    last = review.due + timedelta(days=framework.raw["review"]["lapsed_after_days"])
    if as_of > last:
        yield _Found("G11", "review_passed", (review.evidence_id,), last + timedelta(days=1))
    if review.replaced:
        yield _Found("G11", "evidence_replaced", review.replaced)


def removal(hit: GateHit, evidence_id: str, *, actor: str, reason: str, url: str) -> dict[str, str]:
    """Payload of the ledger entry that removes a gate for a region; whether the actor may is the ledger's question.

    Raises GateError when the actor, the reason or the source is missing or the evidence is not the hit's.
    """
    given = {"actor": actor, "reason": reason, "url": url}
    missing = [name for name, value in given.items() if not value.strip()]
    if missing:
        raise GateError(f"gate {hit.gate_id} of {hit.region_id} stays: give {', '.join(missing)} to remove it")
    if evidence_id not in hit.evidence_ids:
        known = ", ".join(hit.evidence_ids) or "none"
        raise GateError(f"gate {hit.gate_id} of {hit.region_id} does not rest on {evidence_id!r}; it rests on: {known}")
    if not url.startswith(("https://", "http://")):
        raise GateError(f"gate {hit.gate_id} of {hit.region_id} stays: url must be the address of the source")
    return {"gate_id": hit.gate_id, "evidence_id": evidence_id, "reason": reason.strip(), "url": url.strip()}


def not_milder(first: str, second: str) -> bool:
    """Whether category `first` is at least as strict as `second`."""
    return CATEGORIES.index(first) >= CATEGORIES.index(second)
