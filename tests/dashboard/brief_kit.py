"""Facts for briefs, written by hand: a plain region, and one in which every text is long, hostile or foreign."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from assessment import framework as frameworks
from assessment import profiles as profile_table
from assessment.advice_state import Decision, Standing
from assessment.framework import DIMENSIONS
from assessment.read_country import profiles
from dashboard.brief_facts import Facts

AS_OF = date(2026, 11, 23)
HOSTILE = (
    "#panic() *bold* $x$ <script>alert(1)</script> [x](javascript:alert(1)) \u202eabc \u0000 & \"q\" 'q' \\ @a #let"
)
LONG = "Unendlich" * 400 + " " + "words that go on " * 600
FRAMEWORK = frameworks.load()


def _indicator(definition: Any, value: float | None = 2.0, source: str = "ucdp") -> dict[str, Any]:
    items = [] if value is None else [{"source_id": source, "ref_end": date(2026, 8, 31)}]
    return {
        "indicator_id": definition.id, "dimension": definition.dimension, "pillar": definition.pillar,
        "unit": definition.unit, "name_en": definition.names["en"], "name_nl": definition.names["nl"],
        "core": definition.core, "raw_value": value, "origin": "missing" if value is None else "own",
        "items": items, "evidence_ids": [] if value is None else [f"{source}:{definition.id}"],
    }  # fmt: skip


def dimension(name: str, known: int = 4, **changes: Any) -> dict[str, Any]:
    """A dimension whose first `known` indicators have a value and whose others have none."""
    mine = [i for i in FRAMEWORK.indicators if i.dimension == name]
    rows = [_indicator(i, 2.0 if n < known else None, f"source_{name}_{n}") for n, i in enumerate(mine)]
    return {
        "state": "assessed", "level": 3, "level_before_gates": 3, "indicative_level": 3, "confidence": "low",
        "freshness": date(2026, 8, 31), "why_insufficient": [], "unknowns": [i.id for i in mine[known:]],
        "evidence_ids": ["ucdp:1"], "indicators": rows,
        "reasons": [
            {"indicator_id": i.id, "text_en": "Reason: 2", "text_nl": "Reden: 2", "evidence_ids": ["ucdp:1"]}
            for i in mine[: min(known, 3)]
        ],
        **changes,
    }  # fmt: skip


def facts(**changes: Any) -> Facts:
    """A region with something of everything; `changes` are fields of Facts."""
    region = {
        "region_id": "AF-BAL", "iso3": "AFG", "name_en": "Balkh", "name_nl": None, "name_native": "بلخ",
        "overall_level": 3, "overall_state": "assessed", "suggested_category": "A2", "blackout": False, "frozen": False,
        "gates": [], "routes": [], "profile_cards": [], "perspective": [], "reason_dimension": "physical",
        "dimensions": {name: dimension(name) for name in DIMENSIONS},
    }  # fmt: skip
    names = {"AF-BAL": region, "AF-KAB": {"region_id": "AF-KAB", "name_en": "Kabul", "name_nl": "Kaboel"}}
    sources = [
        {"source_id": f"source_{name}_{n}", "publisher": f"Publisher {n} of {name}", "state": "fine",
         "last_good": datetime(2026, 11, 22, 6, 0), "urls": [f"https://www.example.org/{name}/{n}"]}
        for name in DIMENSIONS
        for n in range(12)
    ]  # fmt: skip
    defaults: dict[str, Any] = {
        "region": region,
        "country": {"iso3": "AFG", "iso2": "AF", "name_en": "Afghanistan", "name_nl": "Afghanistan"},
        "snapshot": {"run_id": "0123456789abcdef", "as_of": AS_OF, "framework_version": "2026.1", "starter": False,
                     "known_to": datetime(2026, 11, 22, 6, 0), "made_at": datetime(2026, 11, 23, 7, 0),
                     "sources_broken": 0, "sources_stale": 0, "snapshot_id": "snap-1"},
        "positions": [], "alerts": [], "profiles": profiles(), "names": names, "sources": sources, "partners": [],
        "indicators": [{"indicator_id": name, "unit": entry["unit"], "name_en": entry["en"], "name_nl": entry["nl"]}
                       for name, entry in FRAMEWORK.raw["indicator"].items()],
        "review_days": FRAMEWORK.raw["review"], "standing": None, "today": AS_OF,
    }  # fmt: skip
    return Facts(**{**defaults, **changes})


def with_region(found: Facts, **changes: Any) -> Facts:
    """The same with other fields of the region."""
    return replace(found, region={**found.region, **changes})


def gate(text: str = "Moratorium in force. The Netherlands, in force since 27 June 2024: no departure") -> Any:
    """A gate that holds."""
    address = "https://example.org"
    text = f"{text} ({address})"
    return {"gate_id": "G2", "effect": "category", "text_en": text, "text_nl": text, "since": date(2024, 6, 27),
            "expires": None, "evidence_ids": ["position:1"], "authority": "NL", "url": address}  # fmt: skip


def route(state: str = "open", text: str = "Kabul") -> Any:
    """A way to the region."""
    return {"rank": 1, "state": state, "arrival_name": text, "arrival_iata": "KBL", "legs": ["AF-KAB", "AF-BAL"],
            "worst_leg": "AF-KAB", "worst_date": date(2026, 9, 1)}  # fmt: skip


def card(statement: str, profile: str = "women", quote: str = "As the authority says.") -> Any:
    """A profile's statement."""
    return {"profile": profile, "iso3": "AFG", "region_id": None, "statement": statement, "quote": quote,
            "url": "https://euaa.europa.eu/x", "stated": date(2024, 5, 1), "grade": "high"}  # fmt: skip


def hostile(size: str = HOSTILE) -> Facts:
    """Everything at once, each text of the world `size`: the worst a page can be asked to hold."""
    found = facts()
    many = 14
    all_profiles = [p.id for p in profile_table.load().profiles]
    alert = {"alert_id": "a:1", "text_en": size, "text_nl": size, "opened": AS_OF, "region_id": "AF-BAL"}
    position = {"position_id": "p:1", "authority": "EUAA", "quote": size, "url": "https://euaa.europa.eu/" + "x" * 300,
                "valid_from": AS_OF, "evidence_ids": ["p:1"], "region_id": None}  # fmt: skip
    beside = [
        {"indicator_id": f"D{n}", "value": None, "text": size, "ref_end": AS_OF, "source_id": "source_legal_1",
         "evidence_ids": ["x:1"]} for n in range(1, 7)
    ]  # fmt: skip
    region = {
        **found.region, "name_en": size, "name_nl": size, "name_native": size, "blackout": True, "frozen": True,
        "gates": [gate(f"{size}. {size}") for _ in range(many)], "routes": [route(text=size), route("closed", size)],
        "profile_cards": [card(s, p, size) for p in all_profiles for s in "WCN"], "perspective": beside,
        "dimensions": {
            name: dimension(name, known=6, state="insufficient", level=5, indicative_level=5,
                            why_insufficient=["coverage", "core:L1", "no_recent_region_item", "blackout"])
            for name in DIMENSIONS
        },
    }  # fmt: skip
    partner = {"name": size, "what": size, "contact": size, "checked": AS_OF}
    return replace(
        found,
        region=region,
        country={**found.country, "name_en": size, "name_nl": size},
        alerts=[alert] * many,
        positions=[position] * many,
        partners=[partner] * many,
        sources=[{**row, "publisher": size, "state": "broken"} for row in found.sources],
        snapshot={**found.snapshot, "starter": True, "sources_broken": 3},
        standing=standing("lapsed", reason=size),
        today=date(2027, 3, 1),
    )


def standing(status: str = "in_force", category: str = "A1", reason: str = "Roads are closed.", **changes: Any) -> Any:
    """Where advice stands, with a decision behind it."""
    content = {"category": category, "suggested": "A2", "review_date": "2026-12-20", "expires": None, "check_by": None}
    decision = Decision(
        seq=12, region_id="AF-BAL", author="somebody@example.org", content={**content, **changes}, stage="published",
        drafted=datetime(2026, 11, 1), in_effect_since=datetime(2026, 11, 2, 10, 0), reviewer="other@example.org",
        jurist="jurist@example.org", published=datetime(2026, 11, 2, 10, 0), texts=(reason, reason),
    )  # fmt: skip
    return Standing("AF-BAL", status, category, decision, None, False, (decision,))
