"""What an advice decision must satisfy: gates, freezes, sources; and what the rules suggest. Pure.

Method sections 10 and 14.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlsplit

from assessment.grade import CATEGORIES as CATEGORIES  # pages offer them
from assessment.grade import strictness
from assessment.ledger import Entry, LedgerError
from assessment.ledger_kinds import Cited
from assessment.ledger_state import removed_gates
from assessment.refusal import because

NEEDS_JURIST = frozenset({"G1", "G2", "G3", "G4", "G12"})
SOURCES_FOR_MILDER = 2


class AdviceError(LedgerError):
    """This step of the workflow is not possible; says why and who may do what. Carries `region_id`."""

    def __init__(self, message: str, region_id: str) -> None:
        super().__init__(f"[{region_id}] {message}")
        self.region_id = region_id


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the rules suggest for a region (see `advice_read.suggestion`).

    category, before_gates: after and before category gates. level: worst of three after gates. gates: gate id -> ids
    of the evidence behind its hits. families: source id -> origin family, of the catalog.
    """

    region_id: str
    iso3: str
    run_id: str
    as_of: date
    category: str
    before_gates: str
    level: int
    frozen: bool
    open_alert: bool
    framework_version: str
    gates: Mapping[str, frozenset[str]] = field(default_factory=dict)
    families: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknowns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the analyst decides. At least one of the two reasons; the other language may come with the publication."""

    category: str
    sources: Sequence[Cited]
    review_date: date
    reason_en: str = ""
    reason_nl: str = ""
    unknowns: Sequence[str] = ()


def milder(first: str, second: str) -> bool:
    """The first category is less strict than the second; AU and A1 are as strict as each other."""
    return strictness(first) < strictness(second)


@dataclass(frozen=True, slots=True)
class Effect:
    """What follows from a category. milder_than_suggested: two own-region sources, an end date. at_once: counts now."""

    milder_than_suggested: bool
    needs_jurist: bool
    at_once: bool


def effect(suggestion: Suggestion, category: str, before: str | None) -> Effect:
    """What deciding this category asks for; before: the category shown now, None: nothing was ever decided."""
    less_strict = milder(category, suggestion.category)
    milder_than_before = bool(before and milder(category, before))
    return Effect(
        less_strict,
        needs_jurist=less_strict or milder_than_before or bool(NEEDS_JURIST & set(suggestion.gates)),
        at_once=milder(suggestion.category, category) and not milder_than_before,
    )


def latest_review(rules: Mapping[str, float], suggestion: Suggestion, today: date) -> date:
    """The last day the review may be put on: by the level, sooner with an open alert."""
    days = rules[f"review.level_{suggestion.level}"]
    if suggestion.open_alert:
        days = min(days, rules["review.open_alert"])
    return today + timedelta(days=int(days))


def gates_allow(suggestion: Suggestion, wish: Wish, entries: Sequence[Entry]) -> None:
    """Gates can only worsen: milder than they say is possible only after a person removed every one that holds."""
    gone = removed_gates(entries).get(suggestion.region_id, set())
    holding = [gate for gate, hits in suggestion.gates.items() if any((gate, hit) not in gone for hit in hits)]
    if holding and milder(wish.category, suggestion.category):
        fault = AdviceError(
            f"{', '.join(sorted(holding))} holds, so nothing milder than {suggestion.category}; a jurist can remove a "
            "gate with a reason and a source",
            suggestion.region_id,
        )
        raise because("gate_holds", fault, gates=tuple(sorted(holding)), category=suggestion.category)


def frozen_allows(suggestion: Suggestion, wish: Wish, before: str | None) -> None:
    """G6 and G12: nothing milder than what stands (or, where nothing stands, than suggested)."""
    if suggestion.frozen and milder(wish.category, before or suggestion.category):
        fault = AdviceError(
            "an alert or a court ruling freezes the category: it cannot improve before that is decided",
            suggestion.region_id,
        )
        raise because("frozen", fault)


def enough_sources(suggestion: Suggestion, wish: Wish) -> None:
    """Independent: other origin families and other sites; what the catalog knows cannot be declared otherwise."""
    own = [source for source in wish.sources if source.region_id == suggestion.region_id]
    families = {suggestion.families.get(source.source_id, source.origin_family) for source in own}
    sites = {(urlsplit(source.url).hostname or "").removeprefix("www.") for source in own}
    counted = min(len(families), len(sites))
    if counted < SOURCES_FOR_MILDER:
        fault = AdviceError(
            f"milder than suggested needs {SOURCES_FOR_MILDER} independent sources from the region itself; these come "
            f"from {counted} ({', '.join(sorted(families)) or 'none'})",
            suggestion.region_id,
        )
        raise because("own_sources", fault, needed=SOURCES_FOR_MILDER, counted=counted)
