"""What an alert says, in English and Dutch. No rule is here, only words; braces are filled by `alerts`."""

TEXTS = {
    "sharp_rise": {
        "en": "Sharp rise in {series}: {statistic:.0f} in the last period, {baseline:.1f} expected (p = {p:.2g}).",
        "nl": "Scherpe stijging ({series}): {statistic:.0f} in de laatste periode; {baseline:.1f} verwacht"
        " (p = {p:.2g}).",
    },
    "record": {
        "en": "More {series} than in any such period of the last two years: {statistic:.0f}, {baseline:.1f} expected"
        " (p = {p:.2g}).",
        "nl": "Meer {series} dan in enige zo'n periode van de laatste twee jaar: {statistic:.0f}; {baseline:.1f}"
        " verwacht (p = {p:.2g}).",
    },
    "regime_change": {
        "en": "Lasting rise in {series}: about {statistic:.1f} a {period} lately, {baseline:.1f} before (probability"
        " that the rate changed {chance:.2f}).",
        "nl": "Blijvende stijging ({series}): de laatste tijd ongeveer {statistic:.1f} per {period}, daarvoor"
        " {baseline:.1f} (kans dat het tempo veranderde {chance:.2f}).",
    },
    "level_worse": {
        "en": "{series}: probably worse than the published level {level} (probability {statistic:.2f}).",
        "nl": "{series}: waarschijnlijk slechter dan het gepubliceerde niveau {level} (kans {statistic:.2f}).",
    },
    "level_better": {
        "en": "{series}: better than the published level {level} in {runs} monthly runs (lowest probability "
        "{statistic:.2f}). Nothing changes until a person reviews it.",
        "nl": "{series}: beter dan het gepubliceerde niveau {level} in {runs} maandelijkse berekeningen (laagste kans "
        "{statistic:.2f}). Er verandert niets tot iemand dit beoordeelt.",
    },
    "arrival": {
        "en": "Arrival or route changed: was {before}, is {after}.",
        "nl": "Aankomst of route veranderd: was {before}, is {after}.",
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
        "en": "Too old to rely on: {what} ({places}). The newest figures of this source speak of {newest}; the oldest"
        " are {statistic:.1f} half-lives old, at most {baseline:.0f} are accepted.",
        "nl": "Te oud om op te steunen: {what} ({places}). De nieuwste cijfers van deze bron gaan over {newest}; de"
        " oudste zijn {statistic:.1f} halfwaardetijden oud, hooguit {baseline:.0f} wordt aanvaard.",
    },
    "review_due": {
        "en": "The review of the advice was due on {due}.",
        "nl": "De herziening van het advies was op {due} aan de beurt.",
    },
    "silence": {
        "en": "Source {series} has been silent for {statistic:.0f} days; it should report every {baseline:.0f} days.",
        "nl": "Bron {series} zwijgt al {statistic:.0f} dagen; ze hoort elke {baseline:.0f} dagen te berichten.",
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
STATES = {
    "open": {"en": "open", "nl": "open"},
    "unknown": {"en": "unknown", "nl": "onbekend"},
    "closed": {"en": "closed", "nl": "gesloten"},
    "none": {"en": "no route known", "nl": "geen route bekend"},
}
