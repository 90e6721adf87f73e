"""The country chapters of the Vreemdelingencirculaire 2000 (C7) as rows: one per country and item, each with its quote
and, where the wording allows, a yes or no and the groups and areas it names. Headings may stand on one line with their
number or on the line after it, at any depth, or in bold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .policy_countries import country_code
from .tokens import fold

_HEADING = re.compile(r"^(?:(#{1,6})[ \t]*(.+?)|\*\*[ \t]*(.+?)[ \t]*\*\*:?)[ \t\r]*$", re.MULTILINE)
NUMBER = re.compile(r"^[A-Z]?\d+(?:[./]\d+)*\.?$")
_CHAPTER_NUMBER = re.compile(r"[A-Z]\d+")
_NUMBERED = re.compile(r"^(?:paragraaf\s+)?([A-Z]?\d+(?:[./]\d+)*)\.?[ \t:–-]+(?=\D)", re.IGNORECASE)
_COUNTRY_CHAPTER = re.compile(
    r"(?:asielbeleid|landenbeleid|landgebonden beleid).*?"
    r"(?:ten aanzien van|inzake|voor|over|met betrekking tot|:|–|-)\s+(?:de\s+)?(.+)$",
    re.IGNORECASE,
)
_PARAGRAPH_REFERENCE = re.compile(r"\s+in de zin van\b.*$", re.IGNORECASE)

# Heading of an item (folded, beginning) -> item id. Names of the law as it was and as it became.
ITEMS = {
    "besluitmoratorium": "decision_moratorium",
    "vertrekmoratorium": "departure_moratorium",
    "besluit en vertrekmoratorium": "decision_and_departure_moratorium",
    "artikel 1f": "article_1f",
    "groepsvervolging": "group_persecution",
    "risicogroepen": "risk_groups",
    "risicoprofielen": "risk_groups",
    "uitzonderlijke situatie": "exceptional_situation",
    "willekeurig geweld": "exceptional_situation",
    "systematische blootstelling": "systematic_exposure",
    "kwetsbare minderheidsgroepen": "vulnerable_minorities",
    "individuele kenmerken": "individual_characteristics",
    "bescherming": "protection",
    "vlucht en vestigingsalternatief": "internal_alternative",
    "beschermingsalternatief": "internal_alternative",
    "binnenlands beschermingsalternatief": "internal_alternative",
    "adequate opvang": "minors_reception",
    "bijzonderheden": "particulars",
    "vervolging in de zin": "",
    "foltering": "",
}
_NO = re.compile(
    r"geldt (?:voor .{1,60} )?geen besluit|geen sprake van|geen (?:\w+\s){0,2}(?:risicogroepen|minderheidsgroepen"
    r"|risicoprofielen)|niet als (?:een )?land,?\s*waar|geen gebied waar"
    r"|neemt .{0,120}geen (?:vlucht|beschermings|binnenlands)|^geen bijzonderheden|\bniet aan dat\b|niet aannemelijk"
    r"|geen (?:\w+[- ](?:en )?){0,2}\w*moratorium|^geen\.?$|niet van toepassing"
    r"|geen vlucht- (?:of|en) vestigingsalternatief aanwezig|\bgeen uitzonderlijke situatie",
    re.IGNORECASE,
)
_YES = re.compile(
    r"geldt (?:(?:sinds|vanaf|van|met ingang van|tot) .{1,80} )?een (?:besluit|vertrek)|(?<!geen )sprake van"
    r"|moratorium (?:is |wordt )?(?:ingesteld|van kracht|verlengd)|(?:is|bestaat) (?:er )?een uitzonderlijke situatie"
    r"|(?:de volgende|uitsluitend) .{0,60}(?:risicogroepen|risicoprofielen|minderheidsgroepen)"
    r"|\been (?:vlucht|binnenlands|bescherm)\S* (?:(?:of|en) )?(?:\S*alternatief )?(?:is aanwezig|voor|aan\b)"
    r"|als (?:kwetsbare )?(?:risicogroep"
    r"|minderheidsgroep|risicoprofiel)|als groep die"
    r"|neemt .{0,80}aan dat|kan worden tegengeworpen|wel mogelijk|aangewezen als",
    re.IGNORECASE,
)
_LIST_ITEM = re.compile(r"(?:^|\n)\s*(?:[*•-]|[a-z][.)]|\d{1,2}[.)])\s+([^\n]{2,200})")
_NAME = r"[A-Z][\w'’]*(?:-(?:[A-Z][\w'’]*)?)*(?:\s(?:al|el|as|ad|de)?-?[A-Z][\w'’-]*)*"
_AREA_WORD = (
    r"(?:provincies?|regio['’]?s?|gebied(?:en)?|districte?n?|districts?|steden|stad|staten|staat"
    r"|deelstaten|gouvernorate?n?|gouvernoraat|gouvernement(?:en)?)"
)
_AREAS = re.compile(
    rf"(?:{_AREA_WORD}|afkomstig(?: is)? uit|grondgebied van)\s+(?:de |het )?({_NAME}(?:(?:\s*,\s*|,?\s+(?:en"
    rf"|of)\s+)(?:de |het )?{_NAME})*)"
)


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One item of one country's chapter. `answer`: yes, no, or None where the wording decides neither (then a person
    reads).
    `groups` and `areas` as the text names them;
    `text[start:end] == quote`; `iso3` None when the name is unknown to us."""

    iso3: str | None
    country: str
    item: str
    heading: str
    answer: str | None
    groups: tuple[str, ...]
    areas: tuple[str, ...]
    valid_from: date
    quote: str
    start: int
    end: int


def read_country_chapters(text: str, valid_from: date) -> list[PolicyRow]:
    """The rows of all country chapters of one dated version."""
    rows: list[PolicyRow] = []
    country = ""
    headings = [heading for match in _HEADING.finditer(text) if (heading := _heading(match)) is not None]
    for number, heading in enumerate(headings):
        if heading.country:
            country = heading.country
            continue
        if _CHAPTER_NUMBER.fullmatch(heading.number):
            country = ""  # another chapter begins
            continue
        if not heading.title:
            continue
        end = headings[number + 1].start if number + 1 < len(headings) else len(text)
        body = text[heading.end : end]
        if country and body.strip():
            rows.append(_row(text, heading.end, end, country, heading.title, valid_from))
    return rows


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading of a chapter or an item. `country`: the one whose chapter begins; empty otherwise."""

    number: str
    title: str
    country: str
    start: int
    end: int


def _heading(match: re.Match[str]) -> _Heading | None:
    """Number and title of a heading, which may stand on one line or on two; None for one inside an item (`### *Ad b.*`)
    and for words in bold that are no heading we know."""
    words = (match.group(2) or match.group(3)).strip("* \t\r:")
    if NUMBER.match(words):
        return _Heading(words.rstrip("."), "", "", match.start(), match.end())
    numbered = _NUMBERED.match(words)
    title = words[numbered.end() :].strip("* \t") if numbered else words
    chapter = _COUNTRY_CHAPTER.search(title)
    country = (chapter.group(1) if chapter else title if country_code(title) else "").strip("*. \t")
    known = bool(country) or bool(numbered and match.group(1)) or _item(title) != "other"
    if not known and len(match.group(1) or "") < 4:
        return None
    return _Heading(numbered.group(1) if numbered else "", title, country, match.start(), match.end())


def _row(text: str, start: int, end: int, country: str, title: str, valid_from: date) -> PolicyRow:
    body = text[start:end]
    begin = start + len(body) - len(body.lstrip())
    quote = body.strip()
    heading = _PARAGRAPH_REFERENCE.sub("", title)
    item = _item(heading)
    return PolicyRow(
        iso3=country_code(country),
        country=country,
        item=item,
        heading=heading,
        answer=_answer(quote),
        groups=tuple(_clean_item(found) for found in _LIST_ITEM.findall(quote)) if item in _WITH_GROUPS else (),
        areas=areas_named(quote) if item in _WITH_AREAS else (),
        valid_from=valid_from,
        quote=quote,
        start=begin,
        end=begin + len(quote),
    )


_WITH_GROUPS = frozenset({"risk_groups", "vulnerable_minorities", "group_persecution", "protection", "article_1f"})
_WITH_AREAS = frozenset(
    {"exceptional_situation", "internal_alternative", "protection", "group_persecution", "risk_groups"}
)


def _item(heading: str) -> str:
    folded = " ".join(fold(word) for word in re.findall(r"\w+", heading))
    for beginning, item in ITEMS.items():
        if folded.startswith(beginning) and item:
            return item
    return "other"


def _answer(quote: str) -> str | None:
    """Yes or no of the first sentence; None when it says neither or both."""
    first = re.split(r"(?<=[.:;])\s", " ".join(quote.split()), maxsplit=1)[0]
    no, yes = bool(_NO.search(first)), bool(_YES.search(first))
    return None if no == yes else "no" if no else "yes"


def areas_named(quote: str) -> tuple[str, ...]:
    """Provinces, districts and cities a passage names after such a word, in order."""
    names: list[str] = []
    for match in _AREAS.finditer(" ".join(quote.split())):
        parts = [re.sub(r"^(?:de|het)\s+", "", name.strip()) for name in re.split(r",|\ben\b|\bof\b", match.group(1))]
        names += _whole_names([part for part in parts if part])
    return tuple(dict.fromkeys(names))


def _whole_names(parts: Sequence[str]) -> list[str]:
    """ "Noord-", "Zuid-Kivu" means Noord-Kivu and Zuid-Kivu."""
    whole: list[str] = []
    for number, part in enumerate(parts):
        following = parts[number + 1] if number + 1 < len(parts) else ""
        if not part.endswith("-"):
            whole.append(part)
        elif "-" in following.rstrip("-"):
            whole.append(part + following.split("-", 1)[1])
    return whole


def _clean_item(found: str) -> str:
    return re.sub(r"[;.,]?\s*(?:\ben\b|\bof\b)?\s*$", "", found.strip()).rstrip(";., ")
