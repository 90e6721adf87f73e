"""What a gate says to a reader, in English and Dutch. No rule is here, only words."""

from __future__ import annotations

from datetime import date

from assessment.positions import IN_PART, Position

MONTHS_NL = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november",
    "december",
)  # fmt: skip
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

GROUNDS = {
    "en": {
        "famine": "An area of the region is in phase 5 (famine or catastrophe).",
        "sharp_rise": "The number of deaths rose sharply; nobody has reviewed it. The category cannot improve.",
        "returnee_code": "Frequent or systematic harm to people who returned is reported.",
        "harm": "Our own follow-up reports harm to a person who returned.",
        "blackout": "Reports can no longer be expected from here: no news is not good news.",
        "route_closed": "Every arrival point is closed.",
        "arrivals_shut": "The arrival points we know of are closed; whether another is open is unknown.",
        "route_none": "No route from an arrival point to the region is known.",
        "route_level_5": "Every route crosses a region at the exceptional level.",
        "route_level_4": "Every route crosses a region at the severe level.",
        "route_unknown": "Whether the arrival point is open is unknown: check before any travel.",
        "review_passed": "The review date passed more than 30 days ago.",
        "evidence_replaced": "Key country information under the advice has been replaced.",
    },
    "nl": {
        "famine": "Een deel van de regio verkeert in fase 5 (hongersnood of catastrofe).",
        "sharp_rise": "Het aantal doden steeg scherp; nog niet beoordeeld. De categorie kan niet verbeteren.",
        "returnee_code": "Er zijn berichten over frequente of systematische mishandeling van teruggekeerde mensen.",
        "harm": "Uit onze eigen opvolging blijkt schade aan iemand die is teruggekeerd.",
        "blackout": "Van hier zijn geen berichten meer te verwachten: geen nieuws is geen goed nieuws.",
        "route_closed": "Alle aankomstpunten zijn gesloten.",
        "arrivals_shut": "De bekende aankomstpunten zijn gesloten; of een ander open is, is onbekend.",
        "route_none": "Er is geen route van een aankomstpunt naar de regio bekend.",
        "route_level_5": "Elke route gaat door een regio op het uitzonderlijke niveau.",
        "route_level_4": "Elke route gaat door een regio op het zeer ernstige niveau.",
        "route_unknown": "Onbekend of het aankomstpunt open is: controleer dit vóór elke reis.",
        "review_passed": "De herzieningsdatum is meer dan 30 dagen geleden verstreken.",
        "evidence_replaced": "Belangrijke landeninformatie onder het advies is vervangen.",
    },
}
# What is said instead of the gate's name where the name would say more than is known.
HEADS = {
    "en": {"route_unknown": "The route is not known", "no_entry_document": "No legal entry document can be obtained"},
    "nl": {
        "route_unknown": "De route is niet bekend",
        "no_entry_document": "Er is geen wettig inreisdocument te krijgen",
    },
}
LEVELS = {
    "en": {
        "mere_presence": "real risk by mere presence", "highest": "the most exceptional situation",
        "high": "high level of indiscriminate violence", "lower": "a less exceptional situation",
    },
    "nl": {
        "mere_presence": "reëel risico door de enkele aanwezigheid", "highest": "de meest uitzonderlijke situatie",
        "high": "hoog niveau van willekeurig geweld", "lower": "een minder uitzonderlijke situatie",
    },
}  # fmt: skip
SOURCE = {
    "en": "{who}, in force since {day}{level}: {quote} ({url})",
    "nl": "{who}, van kracht sinds {day}{level}: {quote} ({url})",
}
PART = {"en": "Part of the region only. ", "nl": "Alleen een deel van de regio. "}
WHO = {"en": {"court": "Court", "NL": "The Netherlands"}, "nl": {"court": "Rechter", "NL": "Nederland"}}


def spoken(day: date, language: str) -> str:
    """A date in words: 27 June 2024, 27 juni 2024."""
    return f"{day.day} {(MONTHS_NL if language == 'nl' else MONTHS_EN)[day.month - 1]} {day.year}"


def hit_text(language: str, gate: str, ground: str, position: Position | None) -> str:
    """What the gate says, then its ground: a sentence of ours or the position with authority, date and address."""
    if position is None:
        return f"{HEADS[language].get(ground, gate)}. {GROUNDS[language][ground]}"
    word = LEVELS[language].get((position.level or "").removesuffix(IN_PART))
    source = SOURCE[language].format(
        who=WHO[language].get(position.authority, position.authority),
        day=spoken(position.valid_from, language),
        level=f" ({word})" if word else "",
        quote=position.quote,
        url=position.url,
    )
    return f"{HEADS[language].get(position.kind, gate)}. {PART[language] if position.in_part else ''}{source}"
