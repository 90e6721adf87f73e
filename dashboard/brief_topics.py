"""The brief's second page: groups at extra risk, six topics for the conversation, partners, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from dashboard.brief_parts import Budget, Item, Numbered, Row, clip, item, left_out, measured, of_indicator, section
from dashboard.language import Words

if TYPE_CHECKING:
    from dashboard.brief_facts import Facts

# Topic -> scored indicators and perspective items that speak about it; the questions stand in the words.
TOPICS: Mapping[str, tuple[str, ...]] = {
    "work": ("M2", "M1", "M6"),
    "education": ("M8",),
    "care": ("M7", "M9"),
    "housing": ("M5", "M3"),
    "family": ("D3",),
    "support": ("D1", "D5", "D4", "D2", "D6"),
}
TONES = {"W": "5", "C": "U", "?": "U", "N": "2"}  # swatches; no information looks like "depends"
COMPUTED = "computed"  # source of what a run works out itself, such as the worst leg of a route
ORDER = {"W": 0, "C": 1, "?": 1, "N": 2}  # no information stands with "depends", never with "not substantiated"


def cards(facts: Facts, words: Words, budget: Budget) -> dict[str, Any]:
    """Every profile with its statement, worst first; then the ones nobody stated anything about."""
    stated: dict[str, list[Row]] = {}
    for row in facts.region["profile_cards"]:
        stated.setdefault(row["profile"], []).append(row)
    named = {row["profile"]: row for row in facts.profiles}
    said = [card for rows in stated.values() for card in rows if card["statement"] != "?"]
    said.sort(key=lambda card: ORDER.get(card["statement"], 1))
    silent = [row for row in facts.profiles if not any(card["profile"] == row["profile"] for card in said)]
    intro = [words("brief.cards.intro")]
    if silent:
        key = "brief.cards.others" if said else "brief.cards.none"
        intro.append(words(key, said=words.of(silent[0], "unknown")))
    shown = [_card(words, named.get(card["profile"]), card, budget) for card in said[: budget.cards]]
    shown += _names_only(words, named, said[: budget.cards], said[budget.cards :])
    shown += [_silent(words, row, budget) for row in silent]
    return section("cards", words, intro, shown)


def _names_only(words: Words, named: Mapping[str, Row], shown: Sequence[Row], rest: Sequence[Row]) -> list[Item]:
    """Cards there is no room for: no group at risk is left out, only what the authority wrote about it."""
    mentioned = {(card["profile"], card["statement"]) for card in shown}
    found: dict[str, dict[str, None]] = {}
    for card in rest:
        if (card["profile"], card["statement"]) not in mentioned:
            profile = named.get(card["profile"])
            name = words.of(profile, "name") if profile else card["profile"]
            found.setdefault(card["statement"], {})[clip(name, 90)] = None
    return [
        item(
            words.of(next(iter(named.values())), f"statement_{statement}"),
            "; ".join(names),
            words("brief.cards.elsewhere"),
            tone=TONES[statement],
        )
        for statement, names in found.items()
    ]


def _silent(words: Words, profile: Row, budget: Budget) -> Item:
    """A profile nobody stated anything about: its key questions, shown like "depends"."""
    asked = profile[f"questions_{words.language}"] if budget.questions else ()
    return item(clip(words.of(profile, "name"), 90), " ".join(asked), tone="U")


def _unknown(words: Words, profile: Row) -> str:
    return words.of(profile, "unknown")


def _card(words: Words, profile: Row | None, card: Row, budget: Budget) -> Item:
    name = clip(words.of(profile, "name") if profile else card["profile"], 90)
    statement = words.of(profile, f"statement_{card['statement']}") if profile else card["statement"]
    note = [words.day(card["stated"])] if card["stated"] else []
    if card["region_id"] is None:
        note.append(words("brief.cards.national"))
    if card["url"]:
        note.append(host(card["url"]))
    quote = clip(card["quote"] or "", budget.card_chars)
    return item(name, f"{statement}. {quote}".strip(), ", ".join(note), tone=TONES[card["statement"]])


def perspective(facts: Facts, words: Words, numbered: Numbered, budget: Budget) -> dict[str, Any]:
    """Six topics: what is known about each, and the question for the client."""
    scored = {
        row["indicator_id"]: row for dimension in facts.region["dimensions"].values() for row in dimension["indicators"]
    }
    beside: dict[str, Row] = {}
    for row in facts.region["perspective"]:  # newest first
        beside.setdefault(row["indicator_id"], row)
    found = []
    for topic, wanted in TOPICS.items():
        known = [
            line
            for name in wanted
            if (line := _fact(facts, words, numbered, name, scored.get(name), beside.get(name), budget.fact_chars))
            is not None
        ]
        shown = known[: budget.facts]
        title = words(f"brief.topic.{topic}.name")
        text = " ".join(_sentence(line, title) for line in shown) or words("brief.perspective.none")
        more = left_out(words, "facts", len(known) - budget.facts)
        refs = sorted({number for line in shown for number in line["refs"]})
        evidence = [name for line in shown for name in line["evidence_ids"][:2]]
        ask = words(f"brief.topic.{topic}.ask")
        found.append(item(title, f"{text} {more}".strip(), "", refs, evidence, ask=ask))
    return section("perspective", words, [words("brief.perspective.intro")], found)


def _sentence(line: Item, topic: str) -> str:
    """A fact under its topic; a name that the topic says already is not said twice."""
    note = f" ({line['note']})" if line["note"] else ""
    lead = "" if line["lead"].lower() in topic.lower() else f"{line['lead']}: "
    said = f"{lead}{line['text']}{note}."
    return said[0].upper() + said[1:]


def _fact(
    facts: Facts, words: Words, numbered: Numbered, name: str, scored: Row | None, beside: Row | None, room: int
) -> Item | None:
    if scored is not None and scored["raw_value"] is not None and scored["items"]:
        return of_indicator(words, numbered, scored)
    if beside is None or (beside["value"] is None and not beside["text"]):
        return None
    unit = next((row["unit"] for row in facts.indicators if row["indicator_id"] == name), "")
    named = next((words.of(row, "name") for row in facts.indicators if row["indicator_id"] == name), name)
    said = clip(beside["text"], room) if beside["text"] else measured(words, name, unit, beside["value"])
    refs = numbered.ref(beside["source_id"], beside["ref_end"])
    return item(named, said, words.day(beside["ref_end"]), refs, beside["evidence_ids"])


def contacts(facts: Facts, words: Words, budget: Budget) -> dict[str, Any]:
    """Partners people recorded for this country; none is made up."""
    found = [
        item(
            clip(row["name"], 80),
            clip(row["what"], budget.contact_chars),
            ", ".join(clip(part, 80) for part in (row["contact"], words.day(row["checked"])) if part),
        )
        for row in facts.partners
    ]
    intro = [] if found else [words("brief.contacts.none")]
    more = left_out(words, "contacts", len(found) - budget.contacts)
    return section("contacts", words, intro, found[: budget.contacts], more)


def sources(words: Words, numbered: Numbered, budget: Budget) -> dict[str, Any]:
    """What the numbers in brackets stand for, with the day of the information and the address."""
    found = []
    for position, (source_id, day) in enumerate(numbered.days.items(), start=1):
        row: Row = numbered.rows.get(source_id, {})
        if source_id == COMPUTED:
            found.append(item(f"[{position}]", words("brief.sources.computed")) | {"url": "", "host": ""})
            continue
        publisher = clip(row.get("publisher") or source_id, 90)
        said = words("brief.sources.line", publisher=publisher, day=words.day(day)) if day else publisher
        found.append(item(f"[{position}]", said, _state(words, row)) | _address(row, budget))
    return section("sources", words, [], found)


def _state(words: Words, row: Row) -> str:
    state = row.get("state")
    if state in ("stale", "broken"):
        return words(f"brief.sources.{state}")
    if row.get("state") == "never" or row.get("last_good") is None:
        return words("brief.sources.starter")
    return words("brief.sources.fetched", day=words.day(row["last_good"]))


def _address(row: Row, budget: Budget) -> dict[str, str]:
    """{"url", "host"} of a source; both "" when it has no web address or there is no room for it."""
    urls: Sequence[str] = row.get("urls") or ()
    url = urls[0] if budget.addresses and urls and urls[0].startswith(("https://", "http://")) else ""
    return {"url": url, "host": host(url).removeprefix("www.")}


def host(url: str) -> str:
    """The machine an address names; "" when it names none."""
    return urlsplit(url).netloc
