"""What an alert says, in English and Dutch. No rule is here, only words; braces are filled by `saying.filled`."""

TEXTS = {
    "sharp_rise": {
        "en": "Sharp rise in {series}: {statistic:count} in the last period, {baseline:tenth} expected. Without a real"
        " change that happens {p:once}.",
        "nl": "Scherpe stijging ({series}): {statistic:count} in de laatste periode; {baseline:tenth} verwacht. Zonder"
        " echte verandering gebeurt dat {p:once}.",
    },
    "record": {
        "en": "More {series} than in any such period of the last two years: {statistic:count}, {baseline:tenth}"
        " expected. Without a real change that happens {p:once}.",
        "nl": "Meer {series} dan in enige zo'n periode van de laatste twee jaar: {statistic:count}; {baseline:tenth}"
        " verwacht. Zonder echte verandering gebeurt dat {p:once}.",
    },
    "regime_change": {
        "en": "Lasting rise in {series}: about {statistic:tenth} a {period} lately, {baseline:tenth} before"
        " ({chance:percent} sure that the rate really changed).",
        "nl": "Blijvende stijging ({series}): de laatste tijd ongeveer {statistic:tenth} per {period}, daarvoor"
        " {baseline:tenth} ({chance:percent} zeker dat het tempo echt veranderde).",
    },
    "level_worse": {
        "en": "{series}: probably worse than the published level {level}; {statistic:percent} sure.",
        "nl": "{series}: waarschijnlijk slechter dan het gepubliceerde niveau {level}; {statistic:percent} zeker.",
    },
    "level_better": {
        "en": "{series}: better than the published level {level} in {runs} monthly runs; each at least"
        " {statistic:percent} sure. Nothing changes until a person reviews it.",
        "nl": "{series}: beter dan het gepubliceerde niveau {level} in {runs} maandelijkse berekeningen; elk minstens"
        " {statistic:percent} zeker. Er verandert niets tot iemand dit beoordeelt.",
    },
    "arrival": {
        "en": "The way in has changed. Before: {before}. Now: {after}.",
        "nl": "De weg erheen is veranderd. Eerst: {before}. Nu: {after}.",
    },
    "qualitative": {
        "en": "A report suggests: {series}. A person must confirm it.",
        "nl": "Een bericht wijst op: {series}. Iemand moet dit bevestigen.",
    },
    "harm": {
        "en": "Our own follow-up reports harm to a person who returned.",
        "nl": "Onze eigen opvolging meldt schade aan iemand die is teruggekeerd.",
    },
    "staleness": {
        "en": "Too old to rely on: {what} ({places}). The newest figures of this source speak of {newest:day}; the"
        " oldest are {times:tenth} times as old as we accept.",
        "nl": "Te oud om op te steunen: {what} ({places}). De nieuwste cijfers van deze bron gaan over {newest:day}; de"
        " oudste zijn {times:tenth} keer zo oud als we aanvaarden.",
    },
    "review_due": {
        "en": "The review of the advice was due on {due:day}.",
        "nl": "De herziening van het advies was op {due:day} aan de beurt.",
    },
    "silence": {
        "en": "{source} has been silent for {statistic:count} days; it should report every {baseline:tenth} days.",
        "nl": "{source} zwijgt al {statistic:count} dagen en hoort elke {baseline:tenth} dagen te berichten.",
    },
    "blackout": {
        "en": "Reports can no longer be expected from here; events are missing, not zero.",
        "nl": "Van hier zijn geen berichten meer te verwachten; gebeurtenissen ontbreken, ze zijn niet nul.",
    },
}
COUNTRIES = {"en": "countries", "nl": "landen"}
PERIOD = {True: {"en": "month", "nl": "maand"}, False: {"en": "week", "nl": "week"}}  # monthly or not
SERIES = {
    "deaths": {"en": "deaths", "nl": "doden"},
    "incidents": {"en": "incidents", "nl": "incidenten"},
    "displacement": {"en": "displacement", "nl": "ontheemding"},
    "coup": {"en": "a coup", "nl": "een staatsgreep"},
    "ceasefire_end": {"en": "the end of a ceasefire", "nl": "het einde van een bestand"},
    "criminal_law": {"en": "a new criminal law", "nl": "een nieuwe strafwet"},
    "moratorium": {"en": "a moratorium", "nl": "een moratorium"},
    "non_return_position": {"en": "an official position on return", "nl": "een officieel standpunt over terugkeer"},
    "mass_arrest_returnees": {"en": "arrests of returnees", "nl": "arrestaties van terugkeerders"},
    "famine": {"en": "famine", "nl": "hongersnood"},
    "shutdown": {"en": "a shutdown of communications", "nl": "afsluiting van communicatie"},
    "policy_change": {"en": "a change of published policy", "nl": "een wijziging van gepubliceerd beleid"},
    "travel_advice": {"en": "a worse travel advice", "nl": "een slechter reisadvies"},
}
NO_ARRIVAL = {
    "none": {"en": "no route known", "nl": "geen route bekend"},
    "closed": {"en": "every arrival point we know of closed", "nl": "alle bekende aankomstpunten gesloten"},
}
ARRIVAL = {  # P9 code of the arrival point; None: nobody reported on it
    None: {"en": "nobody reported whether it is open", "nl": "niemand berichtte of het open is"},
    0: {"en": "open", "nl": "open"},
    1: {"en": "open, with disruptions", "nl": "open, met storingen"},
    2: {"en": "restricted or risky", "nl": "beperkt of riskant"},
    3: {"en": "attacked in the last 30 days", "nl": "aangevallen in de laatste 30 dagen"},
    4: {"en": "closed", "nl": "gesloten"},
}
WAY_UNKNOWN = {"en": "too little known about the way from there", "nl": "te weinig bekend over de weg daarvandaan"}
