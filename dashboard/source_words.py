"""What the collection says of a source, in Dutch: its state, what went wrong and what to do.

The stores keep these sentences in English, for logs and the terminal. A sentence nobody translated stays English.
"""

# ruff: noqa: E501
# Sentences are easier to compare in lines as long as they are.

from __future__ import annotations

import functools
import re

from dashboard.language import Words

DUTCH = {
    # ingest.health: how a source is doing
    "it is asked at the next refresh": "de bron wordt bij de volgende verversing gevraagd",
    "put a file into inbox/{id}/": "leg een bestand in inbox/{id}/",
    "no run yet": "nog nooit gevraagd",
    "the last run failed": "de laatste keer mislukte",
    "see its issues": "zie de problemen van deze bron",
    "files come through the inbox": "bestanden komen via de inbox",
    "check the network": "controleer het netwerk",
    "check that `returnwatch schedule` or `up` runs": "controleer of `returnwatch schedule` of `up` draait",
    "no network at the last run": "geen netwerk bij de laatste keer",
    "it was not asked": "de bron is niet gevraagd",
    "not reached for three times its usual interval: {why}": "drie keer zo lang niet bereikt als gewoonlijk: {why}",
    "open its page: it may have moved or stopped; the answers look valid": "open de pagina van de bron: zij kan zijn "
    "verhuisd of gestopt; de antwoorden zien er geldig uit",
    "it answers; nothing new, as usual": "de bron antwoordt; niets nieuws, zoals gewoonlijk",
    "no network at the last run; earlier answers stay in use": "geen netwerk bij de laatste keer; eerdere antwoorden "
    "blijven in gebruik",
    "it answers with new rows": "de bron antwoordt met nieuwe rijen",
    "it answers, but brought nothing new since {day}; usually every {span}": "de bron antwoordt, maar bracht niets "
    "nieuws sinds {day}; gewoonlijk elke {span}",
    "{n} days": "{n} dagen",
    "{n} hours": "{n} uur",
    "needs a key: {help} Then set {name}.": "vraagt een sleutel: {help} Zet daarna {name}.",
    # ingest.issues: what to do about a problem in an answer
    "add the code to ingest/variables.toml and to the adapter if it is new, or tell the publisher": "voeg de code toe "
    "aan ingest/variables.toml en aan de adapter als zij nieuw is, of meld het de uitgever",
    "check the country code in the answer; add it to data/reference/countries.csv if it is real": "controleer de "
    "landcode in het antwoord; voeg haar toe aan data/reference/countries.csv als zij bestaat",
    "compare with the publisher's page; set date_formats, timezone or earliest of the source": "vergelijk met de "
    "pagina van de uitgever; zet date_formats, timezone of earliest van de bron",
    "compare with the publisher's page; the adapter may read the wrong column or unit": "vergelijk met de pagina van "
    "de uitgever; de adapter leest misschien de verkeerde kolom of eenheid",
    "compare with the publisher's page; latitude and longitude may be swapped": "vergelijk met de pagina van de "
    "uitgever; breedte en lengte zijn misschien verwisseld",
    "open the archived answer and compare the row with what the adapter expects": "open het gearchiveerde antwoord en "
    "vergelijk de rij met wat de adapter verwacht",
    "open the archived answer and compare it with what the adapter expects": "open het gearchiveerde antwoord en "
    "vergelijk het met wat de adapter verwacht",
    "add the name or code to the aliases in data/reference for that country, or correct the point": "voeg de naam of "
    "code toe aan de aliassen van dat land in data/reference, of verbeter het punt",
    "nothing is lost; if the two rows are one, tell the publisher": "er is niets verloren; zijn de twee rijen er één, "
    "meld het dan de uitgever",
    "teach the adapter the field, or list it among the fields it ignores": "leer de adapter dit veld, of zet het bij de "
    "velden die hij overslaat",
    "open the archived answer at the place named; what stands before it was taken in": "open het gearchiveerde antwoord "
    "op de genoemde plaats; wat ervoor staat, is ingelezen",
    "open the archived answer; if the publisher changed its form, the adapter has to follow": "open het gearchiveerde "
    "antwoord; heeft de uitgever de vorm veranderd, dan moet de adapter volgen",
    "this is a fault in the adapter: file it with the archived answer; no other source is affected": "dit is een fout "
    "in de adapter: meld haar met het gearchiveerde antwoord; geen andere bron heeft er last van",
    "open the archived answer; if the source is really smaller now, lower min_rows or must_have": "open het "
    "gearchiveerde antwoord; is de bron echt kleiner geworden, verlaag dan min_rows of must_have",
    "open the archived answer; if the source is really larger now, raise max_rows": "open het gearchiveerde antwoord; "
    "is de bron echt groter geworden, verhoog dan max_rows",
    "open the address in a browser; the publisher may have moved it: correct urls in sources.toml": "open het adres in "
    "een browser; de uitgever heeft het misschien verplaatst: verbeter urls in sources.toml",
    "see the message: robots.txt forbids it, or the address is not a public one": "zie de melding: robots.txt verbiedt "
    "het, of het adres is niet openbaar",
    "open the address in a browser; the service may want a key or other parameters": "open het adres in een browser; de "
    "dienst wil misschien een sleutel of andere parameters",
    "the publisher's server failed; the next run asks again": "de server van de uitgever faalde; de volgende keer wordt "
    "het opnieuw gevraagd",
    "raise delay_seconds or make the schedule of the source rarer": "verhoog delay_seconds of vraag de bron minder vaak",
    "raise timeout_seconds of the source, or ask for less at once": "verhoog timeout_seconds van de bron, of vraag "
    "minder tegelijk",
    "raise max_megabytes of the source if the answer is really that large": "verhoog max_megabytes van de bron als het "
    "antwoord echt zo groot is",
    "the answer could not be decoded; open the address in a browser": "het antwoord kon niet worden gelezen; open het "
    "adres in een browser",
    "open the address in a browser and put the final address into urls in sources.toml": "open het adres in een browser "
    "en zet het laatste adres in urls in sources.toml",
    "the server's certificate is not valid; tell the publisher, never switch the check off": "het certificaat van de "
    "server is niet geldig; meld het de uitgever en zet de controle nooit uit",
    "check the host name in urls in sources.toml": "controleer de hostnaam in urls in sources.toml",
    "the connection broke; the next run asks again": "de verbinding brak af; de volgende keer wordt het opnieuw gevraagd",
    "the crawl stopped before this address; the next run asks again": "het ophalen stopte vóór dit adres; de volgende "
    "keer wordt het opnieuw gevraagd",
    # ingest.crawl_outcome: what to do when an address gave no answer
    "The address has moved or was withdrawn: look it up on the publisher's site and correct it in [source.{id}].":
    "Het adres is verhuisd of ingetrokken: zoek het op de site van de uitgever en verbeter het in [source.{id}].",
    "It is not asked again until this is settled: see the message, then correct [source.{id}].":
    "Het wordt pas weer gevraagd als dit is opgelost: zie de melding en verbeter [source.{id}].",
    "The publisher does not accept the question: open the address in a browser; when it works there, ask the publisher "
    "for access for this service, otherwise correct [source.{id}].":
    "De uitgever neemt de vraag niet aan: open het adres in een browser; werkt het daar, vraag de uitgever dan om "
    "toegang voor deze dienst, en verbeter anders [source.{id}].",
    "The publisher's server has a fault: nothing to do now, it is asked again at the next run; if it lasts for days, "
    "tell the publisher.":
    "De server van de uitgever heeft een storing: nu niets te doen, de volgende keer wordt het opnieuw gevraagd; duurt "
    "het dagen, meld het dan de uitgever.",
    "The publisher asks for fewer requests: raise delay_seconds or space out the schedule of [source.{id}]; it is asked "
    "again at the next run.":
    "De uitgever vraagt om minder verzoeken: verhoog delay_seconds of vraag [source.{id}] minder vaak; de volgende keer "
    "wordt het opnieuw gevraagd.",
    "The server was too slow: it is asked again at the next run; if it always takes this long, raise timeout_seconds in "
    "[source.{id}].":
    "De server was te traag: de volgende keer wordt het opnieuw gevraagd; duurt het altijd zo lang, verhoog dan "
    "timeout_seconds in [source.{id}].",
    "Check with the address in a browser that this is the right file; if it is, raise max_megabytes in [source.{id}].":
    "Controleer in een browser of dit het goede bestand is; zo ja, verhoog max_megabytes in [source.{id}].",
    "The server's compression is broken: nothing to do now, it is asked again at the next run; if it lasts, tell the "
    "publisher.":
    "De compressie van de server is kapot: nu niets te doen, de volgende keer wordt het opnieuw gevraagd; blijft het "
    "zo, meld het dan de uitgever.",
    "The addresses point to each other: find the present address on the publisher's site and write it in [source.{id}].":
    "De adressen verwijzen naar elkaar: zoek het huidige adres op de site van de uitgever en zet het in [source.{id}].",
    "The server's certificate cannot be trusted, so its answers are not taken in: see in a browser whether it has "
    "expired and tell the publisher. If every source says so, the clock or the certificates of this machine are wrong.":
    "Het certificaat van de server is niet te vertrouwen, dus zijn antwoorden worden niet ingelezen: kijk in een "
    "browser of het is verlopen en meld het de uitgever. Zegt elke bron dit, dan kloppen de klok of de certificaten van "
    "deze machine niet.",
    "The host name does not exist or the name server did not answer: if the other sources work, the publisher has "
    "moved: correct the address in [source.{id}].":
    "De hostnaam bestaat niet of de naamserver gaf geen antwoord: werken de andere bronnen, dan is de uitgever "
    "verhuisd: verbeter het adres in [source.{id}].",
    "Check the network of this machine; the sources are asked again at the next run.":
    "Controleer het netwerk van deze machine; de bronnen worden de volgende keer opnieuw gevraagd.",
    "The connection broke off: it is asked again at the next run.":
    "De verbinding brak af: de volgende keer wordt het opnieuw gevraagd.",
    "The crawl ended before this source had its turn; it is asked again at the next run.":
    "Het ophalen eindigde vóór deze bron aan de beurt was; de volgende keer wordt zij opnieuw gevraagd.",
    "The publisher wants a key or a login{key}.": "De uitgever wil een sleutel of een aanmelding{key}.",
    "The publisher wants to be paid; see its site, then disable [source.{id}] with the reason.":
    "De uitgever wil betaald worden; zie de site en zet [source.{id}] uit, met de reden.",
    "The publisher does not let this service in{key}; open the address in a browser, and ask the publisher for access.":
    "De uitgever laat deze dienst niet toe{key}; open het adres in een browser en vraag de uitgever om toegang.",
    "The address does not take this kind of request; see the publisher's documentation.":
    "Het adres neemt dit soort verzoek niet aan; zie de documentatie van de uitgever.",
    "The publisher does not give the asked format; see its documentation.":
    "De uitgever geeft het gevraagde formaat niet; zie de documentatie.",
    "The question is too long; ask for fewer things at once in [source.{id}].":
    "De vraag is te lang; vraag minder tegelijk in [source.{id}].",
    ": check {variable}": ": controleer {variable}",
    # ingest.adapters: what to do about a problem that one kind of answer has (operators read these)
    "none": "niets",
    "none; it says nothing": "niets; er staat niets in",
    "none; it cannot be placed in time": "niets; het is niet in de tijd te plaatsen",
    "none; the change history dates it": "niets; de lijst van wijzigingen geeft de datum",
    "none; the agency fills it in later": "niets; de dienst vult het later in",
    "none; a later release may have them, or add a spelling to aliases": "niets; een latere uitgave heeft ze misschien, "
    "of voeg een schrijfwijze toe aan aliases",
    "nothing to do: the publisher fills it or drops it": "niets te doen: de uitgever vult het of laat het vervallen",
    "nothing to do: the same figures come dated with the population answer or the file on HDX": "niets te doen: "
    "dezelfde cijfers komen met datum in het antwoord over de bevolking of in het bestand op HDX",
    "tell the publisher": "meld het de uitgever",
    "tell the publisher; the year it states is kept": "meld het de uitgever; het jaar dat er staat blijft",
    "the entries before the fault were taken in; tell the publisher": "wat vóór de fout staat is ingelezen; meld het de "
    "uitgever",
    "the source is wrong; the time of retrieval counts instead": "de bron heeft het mis; het moment van ophalen telt",
    "retrieval counts instead": "het moment van ophalen telt",
    "the level is unknown, not 'no warning'; look at the page": "het niveau is onbekend, niet 'geen waarschuwing'; "
    "bekijk de pagina",
    "add its form to date_formats of [source.{id}], e.g. {form}": "voeg de vorm toe aan date_formats van [source.{id}], "
    "bijvoorbeeld {form}",
    "compare with the publisher's {place}": "vergelijk met {place} van de uitgever",
    "table": "de tabel",
    "file": "het bestand",
    "portal": "de website",
    "workbook": "het werkblad",
    "compare with the analysis on ipcinfo.org": "vergelijk met de analyse op ipcinfo.org",
    "compare with the ACAPS page": "vergelijk met de pagina van ACAPS",
    "compare with the map of the source": "vergelijk met de kaart van de bron",
    "compare with the map on fews.net": "vergelijk met de kaart op fews.net",
    "compare with ilostat.ilo.org": "vergelijk met ilostat.ilo.org",
    "compare with the INFORM spreadsheet": "vergelijk met het werkblad van INFORM",
    "compare with the table": "vergelijk met de tabel",
    "compare with the codebook": "vergelijk met het codeboek",
    "look the year up in the codebook": "zoek het jaar op in het codeboek",
    "look at that line": "bekijk die regel",
    "look at the answer": "bekijk het antwoord",
    "look at the notice on who.int": "bekijk het bericht op who.int",
    "read the page; the wording may have changed": "lees de pagina; de tekst is misschien veranderd",
    "read it by eye and enter what matters": "lees het zelf en voer in wat telt",
    "read it in the adapter or add it to {list}": "lees het in de adapter of voeg het toe aan {list}",
    "add it to {list} once its meaning is known": "voeg het toe aan {list} als de betekenis bekend is",
    "add it to FORMER or REGIONS": "voeg het toe aan FORMER of REGIONS",
    "add it to AGGREGATES or OTHER_CODES": "voeg het toe aan AGGREGATES of OTHER_CODES",
    "add it to the names": "voeg het toe aan de namen",
    "add it to {list}": "voeg het toe aan {list}",
    "add the code": "voeg de code toe",
    "add the code, or the state": "voeg de code toe, of de staat",
    "add the name or the wording": "voeg de naam of de woorden toe",
    "add the name to the country names": "voeg de naam toe aan de namen van landen",
    "a summary page, or a new name": "een overzichtspagina, of een nieuwe naam",
    "ask FEWS NET for access": "vraag FEWS NET om toegang",
    "check the filter": "controleer het filter",
    "count the panel again from GED": "tel het panel opnieuw uit GED",
    "decide if it is measured": "beslis of het wordt gemeten",
    "kept with its words for the country": "bewaard met de eigen woorden, voor het land",
    "split the file": "splits het bestand",
    "put the file into inbox/<source id>/; `returnwatch sources list` shows the ids": "leg het bestand in "
    "inbox/<source id>/; `returnwatch sources list` toont de namen",
    # problems that answers have most
    "{place} is no known region of {iso3}; its rows count for the country only": "{place} is geen bekende regio van "
    "{iso3}; deze rijen tellen alleen voor het land",
    "the source names no country we know; the row is kept and counts for none": "de bron noemt geen land dat we kennen; "
    "de rij blijft bewaard en telt voor geen land",
    "no single region in {text}": "niet één regio in {text}",
    "the source flags: {what}": "de bron meldt zelf: {what}",
    "the event ends {end}, before it starts {start}": "de gebeurtenis eindigt op {end}, voor het begin op {start}",
    "areas of analysis {number} (period {period}) carry no months": "gebieden van analyse {number} (periode {period}) "
    "hebben geen maanden",
}  # fmt: skip
_HOLE = re.compile(r"\{(\w+)\}")


@functools.cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """(pattern of the whole English sentence, Dutch template), those with the fewest holes first."""
    ordered = sorted(DUTCH.items(), key=lambda pair: len(_HOLE.findall(pair[0])))
    return [(re.compile(_HOLE.sub(r"(?P<\1>.*)", _escaped(english))), dutch) for english, dutch in ordered]


def _escaped(text: str) -> str:
    """Everything but the holes taken as written."""
    return "".join(part if _HOLE.fullmatch(part) else re.escape(part) for part in re.split(r"(\{\w+\})", text))


@functools.lru_cache(maxsize=2_000)
def dutch(text: str) -> str:
    """The sentence in Dutch; what fills its holes is translated where it is a sentence of ours too."""
    for pattern, template in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return template.format(**{name: dutch(value) if value else "" for name, value in found.groupdict().items()})
    return text


def told(words: Words, text: str | None) -> str:
    """A sentence of the collection in the reader's language; "" for none."""
    if not text:
        return ""
    return dutch(text) if words.language == "nl" else text
