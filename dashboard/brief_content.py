"""What the brief says: one content for screen, PDF, web page and Word file.

`content` is pure: it turns collected facts into plain words of one language. The order is the one of the caseworker's
page: date, category, gates, bands, what is not known, the way there; then groups at extra risk, six topics, partners,
sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from assessment.advice_state import Standing
from assessment.framework import DIMENSIONS
from dashboard import bands
from dashboard.brief_facts import Facts
from dashboard.brief_gates import gates
from dashboard.brief_parts import CUT, FULL, Budget, Item, Numbered, Row, clip, item, left_out, of_indicator, section
from dashboard.brief_topics import cards, contacts, perspective, sources
from dashboard.language import Words

OLD_DAYS = 14  # data older than this on the day of printing are said to be old
NAME_CHARS = 60


def content(facts: Facts, words: Words, budget: Budget = FULL) -> dict[str, Any]:
    """Plain text, numbers and lists of one language, ready to show."""
    region = facts.region
    numbered = Numbered(facts.sources)
    name = clip(words.of(region, "name"), NAME_CHARS)
    country = clip(words.country(facts.country), NAME_CHARS)
    native = clip(region["name_native"] or "", NAME_CHARS)
    first = [
        gates(facts, words, budget),
        _unknowns(facts, words, budget),
        _route(facts, words, budget),
    ]
    three = [_band(words, numbered, name_of, region["dimensions"][name_of], budget) for name_of in DIMENSIONS]
    second = [
        cards(facts, words, budget),
        perspective(facts, words, numbered, budget),
        contacts(facts, words, budget),
    ]
    advice = _advice(facts, words, budget)
    every = [*first, *second, sources(words, numbered, budget)]
    return {
        "language": words.language,
        "kind": words("brief.kind"),
        "title": words("brief.document", region=name, country=country, day=words.day(facts.snapshot["as_of"])),
        "heading": words("brief.heading", region=name, country=country),
        "native": native if native != name else "",
        "region_id": region["region_id"],
        "iso3": region["iso3"],
        "map_alt": words("brief.map_alt", country=country, region=name),
        "facts": _facts(facts, words),
        "warnings": _warnings(facts, words),
        "notice": [words("brief.notice.judgement"), words("brief.notice.refoulement")],
        "advice": advice,
        "bands": {"title": words("brief.section.bands"), "intro": words("brief.bands.intro"), "three": three},
        "sections": every,
        "shortened": words("brief.more.shortened") if _shortened(every, three, advice["lines"]) else "",
        "version": facts.version,
        "foot": [
            words("brief.foot.version", version=facts.version),
            words("brief.foot.open"),
            words(
                "brief.foot.run",
                run=facts.snapshot["run_id"],
                framework=facts.snapshot["framework_version"],
                snapshot=words.moment(facts.snapshot["known_to"] or facts.snapshot["made_at"]),
            ),
        ],
    }


def _shortened(sections: Sequence[Row], three: Sequence[Row], said: Sequence[str]) -> bool:
    """Whether anything was left out or cut: then the brief says so."""
    if any(CUT in line for line in said):
        return True
    lines = [line for part in sections for line in part["items"]] + [line for part in three for line in part["reasons"]]
    return any(part["more"] for part in (*sections, *three)) or any(
        line[key].endswith(CUT) for line in lines for key in ("lead", "text", "note")
    )


def _facts(facts: Facts, words: Words) -> list[dict[str, str]]:
    standing, decided = facts.standing, None
    if standing and standing.decision:
        decided = (standing.decision.published or standing.decision.in_effect_since, standing.decision.due)
    level = facts.region["overall_level"]
    days = facts.review_days["open_alert"] if facts.open_alerts else facts.review_days[f"level_{level}"]
    found = [("as_of", words.day(facts.snapshot["as_of"]))]
    if decided:
        found.append(("decided", words.day(decided[0])))
    found.append(("valid", words.day(decided[1] if decided else facts.snapshot["as_of"] + timedelta(days=days))))
    found.append(("arrival", words("brief.fact.arrival_value")))
    return [{"label": words(f"brief.fact.{key}"), "value": value} for key, value in found]


def _warnings(facts: Facts, words: Words) -> list[str]:
    standing, snapshot = facts.standing, facts.snapshot
    troubled = snapshot["sources_broken"] + snapshot["sources_stale"]
    age = (facts.today - snapshot["as_of"]).days
    said = [
        (not facts.ledger_read, "ledger", {}),
        (snapshot["starter"], "starter", {}),
        (age > OLD_DAYS, "old", {"days": OLD_DAYS}),
        (facts.region["blackout"], "blackout", {}),
        (facts.region["frozen"], "frozen", {}),
        (bool(standing and standing.check_overdue), "overdue", {}),
        (troubled > 0, "broken", {"count": troubled}),
    ]
    return [words(f"brief.warn.{key}", **values) for holds, key, values in said if holds]


def _advice(facts: Facts, words: Words, budget: Budget) -> dict[str, Any]:
    """The category people decided, lapsed shown as lapsed; without a decision the suggestion, said to be one."""
    suggested = facts.region["suggested_category"]
    standing = facts.standing
    decision = standing.decision if standing else None
    if standing is None or decision is None or standing.shown is None:
        status, category, lines = "suggestion", suggested, [words("brief.advice.ask")]
        if not facts.ledger_read:
            status = "unread"
    else:
        status, category = standing.status, standing.shown
        lines = _decided(standing, words, budget)
        if category != suggested:
            lines.append(words("brief.advice.now_suggested", words=_category(suggested, words), category=suggested))
    return {
        "status": status,
        "heading": words(f"brief.advice.{status}"),
        "category": category,
        "words": _category(category, words),
        "lines": [*lines, words("brief.advice.individual")],
    }


def _decided(standing: Standing, words: Words, budget: Budget) -> list[str]:
    decision = standing.decision
    assert decision is not None
    since = decision.in_effect_since
    lines = [words("brief.advice.since", day=words.day(since))]
    if standing.status == "lapsed":
        lines.append(words("brief.advice.lapsed_on", day=words.day(decision.due)))
    elif standing.status == "override_expired":
        lines.append(words("brief.advice.expired_on", day=words.day(date.fromisoformat(decision.content["expires"]))))
    lines.append(
        words(
            "brief.advice.who",
            second=words("brief.advice.second" if decision.checked else "brief.advice.not_second"),
            jurist=words("brief.advice.jurist") if decision.jurist else "",
        )
    )
    reason = clip(decision.texts[words.language == "nl"], budget.decision_chars).rstrip(".")
    return [*lines, words("brief.advice.reason", text=reason)] if reason else lines


def _category(category: str, words: Words) -> str:
    return bands.stated("advice", category, words.language)


def _band(words: Words, numbered: Numbered, name: str, row: Row, budget: Budget) -> dict[str, Any]:
    """One dimension: its word, how sure, why, and the strongest reasons with source and date."""
    key = bands.key(row)
    language = words.language
    said = bands.word(str(row["level"]), language)
    if key == bands.UNKNOWN:
        word, severe = bands.word(key, language), bands.known_severe(row)
        if severe:
            said = words("brief.bands.unknown_severe", word=word, known=bands.word(severe, language).lower())
        else:
            said = words("brief.bands.unknown", word=word, level=said.lower())
    by_id = {indicator["indicator_id"]: indicator for indicator in row["indicators"]}
    reasons = [
        of_indicator(words, numbered, by_id[reason["indicator_id"]], clip(words.of(reason, "text"), 200))
        for reason in row["reasons"][: budget.reasons]
        if reason["indicator_id"] in by_id
    ]
    return {
        "id": name,
        "name": bands.stated("dimension", name, language),
        "key": key,
        "level": row["level"],
        "severe": bands.known_severe(row) or "",
        "word": said,
        "lines": _band_lines(words, row),
        "reasons": reasons,
        "none": "" if reasons else words("brief.bands.none"),
        "more": left_out(words, "reasons", len(row["reasons"]) - budget.reasons),
        "evidence_ids": row["evidence_ids"],
    }


def _band_lines(words: Words, row: Row) -> list[str]:
    confidence = bands.stated("confidence", row["confidence"], words.language).lower()
    newest = words("brief.bands.newest", day=words.day(row["freshness"])) if row["freshness"] else ""
    lines = [f"{words('brief.bands.confidence', word=confidence)}; {newest or words('brief.bands.no_date')}."]
    if row["state"] == "insufficient":
        whys = dict.fromkeys(why.split(":", 1)[0] for why in row["why_insufficient"])
        said = ", ".join(words(f"brief.why.{why}") for why in whys if words.has(f"brief.why.{why}"))
        if said:
            lines.append(words("brief.bands.why", why=said))
    elif row["state"] == "stale":
        lines.append(words("brief.bands.stale"))
    if row["state"] != "insufficient" and row["level_before_gates"] < row["level"]:
        before = bands.word(str(row["level_before_gates"]), words.language)
        lines.append(words("brief.bands.before_gates", word=before))
    return lines


def _unknowns(facts: Facts, words: Words, budget: Budget) -> dict[str, Any]:
    """Per dimension the indicators without data, core ones first."""
    found, missing = [], 0
    for name in DIMENSIONS:
        row = facts.region["dimensions"][name]
        by_id = {indicator["indicator_id"]: indicator for indicator in row["indicators"]}
        unknown = sorted((by_id[i] for i in row["unknowns"] if i in by_id), key=lambda i: not i["core"])
        if not unknown:
            continue
        missing += len(unknown)
        said = "; ".join(words.of(indicator, "name") for indicator in unknown[: budget.unknowns])
        found.append(
            item(
                bands.stated("dimension", name, words.language),
                f"{said}.",
                left_out(words, "unknowns", len(unknown) - budget.unknowns),
            )
        )
    intro = [words("brief.unknowns.intro"), words("brief.unknowns.ask")] if missing else [words("brief.unknowns.none")]
    return section("unknowns", words, intro, found)


def _route(facts: Facts, words: Words, budget: Budget) -> dict[str, Any]:
    """The way there, best one first; unknown stays unknown."""
    routes = facts.region["routes"]
    checks = [words("brief.route.check"), words("brief.route.papers")]
    if not routes:
        return section("route", words, [words("brief.route.none"), checks[1]])
    found = [_way(facts, words, row, budget, other=position > 0) for position, row in enumerate(routes[: budget.ways])]
    return section("route", words, checks, found, left_out(words, "routes", len(routes) - budget.ways))


def _way(facts: Facts, words: Words, row: Row, budget: Budget, other: bool) -> Item:
    state = words("brief.route.no_way" if row["state"] == "none" else f"brief.route.{row['state']}")
    parts = []
    if row["arrival_name"]:
        legs = [_place(facts, words, leg) for leg in row["legs"]]
        shown = legs if len(legs) <= budget.legs else [*legs[: budget.legs - 1], "…", legs[-1]]
        arrival = clip(row["arrival_name"], NAME_CHARS)
        parts.append(
            words("brief.route.way", arrival=arrival, legs=", ".join(shown))
            if len(legs) > 1
            else words("brief.route.way_direct", arrival=arrival)
        )
    if row["worst_leg"]:
        day = words("brief.route.worst_day", day=words.day(row["worst_date"])) if row["worst_date"] else ""
        parts.append(words("brief.route.worst", place=_place(facts, words, row["worst_leg"]), day=day))
    lead = f"{words('brief.route.alternative')}: {state[0].lower()}{state[1:]}" if other else state
    return item(lead, " ".join(parts), evidence_ids=row.get("evidence_ids") or ())


def _place(facts: Facts, words: Words, region_id: str) -> str:
    row = facts.names.get(region_id)
    return clip(words.of(row, "name") if row else region_id, NAME_CHARS)
