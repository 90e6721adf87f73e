"""Dated policy texts: what changed between two versions, and the Dutch country chapters as rows.

Versions are compared paragraph by paragraph in a form without markup, case, link targets and white space, so that a
format-only edit is no change. The country chapters of the Vreemdelingencirculaire 2000 (C7) become one row per country
and item, each with its quote and, where the wording allows, a yes or no and the groups and areas it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher

from .policy_countries import country_code
from .tokens import fold

_HEADING = re.compile(r"^(#{1,6})[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_NUMBER = re.compile(r"^[A-Z]?\d+(?:[./]\d+)*\.?$")
_COUNTRY_CHAPTER = re.compile(
    r"asielbeleid.*?(?:ten aanzien van|inzake|voor|met betrekking tot|:)\s+(?:de\s+)?(.+)$", re.IGNORECASE
)
_MARKUP = re.compile(r"[*_#>`|]+|\[([^\]]*)\]\([^)]*\)")
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
    r"geldt geen besluit|geen sprake van|geen (?:\w+\s){0,2}(?:risicogroepen|minderheidsgroepen"
    r"|risicoprofielen)|niet als (?:een )?land,?\s*waar|geen gebied waar"
    r"|neemt .{0,120}geen (?:vlucht|beschermings|binnenlands)|^geen bijzonderheden|\bniet aan dat\b|niet aannemelijk",
    re.IGNORECASE,
)
_YES = re.compile(
    r"geldt (?:sinds .{1,40} )?een besluit|(?<!geen )sprake van|als (?:kwetsbare )?(?:risicogroep"
    r"|minderheidsgroep|risicoprofiel)|als groep die"
    r"|neemt .{0,80}aan dat|kan worden tegengeworpen|wel mogelijk|aangewezen als",
    re.IGNORECASE,
)
_LIST_ITEM = re.compile(r"(?:^|\n)\s*(?:[*•-]|[a-z][.)]|\d{1,2}[.)])\s+([^\n]{2,200})")
_NAME = r"[A-Z][\w'’]*(?:-(?:[A-Z][\w'’]*)?)*(?:\s(?:al|el|as|ad|de)?-?[A-Z][\w'’-]*)*"
_AREA_WORD = (
    r"(?:provincies?|regio['’]?s?|gebied(?:en)?|districte?n?|districts?|steden|stad|staten|staat"
    r"|deelstaten|gouvernorate?n?|gouvernoraat)"
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


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph that was added, removed or changed. `heading` is the last heading before it in its version."""

    kind: str  # added | removed | changed
    heading: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A country's item that differs between two versions. `old` or `new` None: the item appeared or vanished."""

    country: str
    item: str
    heading: str
    old: PolicyRow | None
    new: PolicyRow | None


def plain(text: str) -> str:
    """A text without markup, link targets, case and runs of white space: what counts as its wording."""
    text = _MARKUP.sub(lambda match: match.group(1) or " ", text)
    text = text.replace("“", '"').replace("”", '"').replace("’", "'").replace("‘", "'").replace("\u00a0", " ")
    return " ".join(text.split()).casefold()


def compare_versions(old: str, new: str) -> list[Change]:
    """Paragraph changes between two versions of a text, in the order of the new one. Format-only edits are none."""
    before, after = _paragraphs(old), _paragraphs(new)
    matcher = SequenceMatcher(None, [p[2] for p in before], [p[2] for p in after], autojunk=False)
    changes: list[Change] = []
    for tag, low, high, new_low, new_high in matcher.get_opcodes():
        if tag == "equal":
            continue
        gone, come = before[low:high], after[new_low:new_high]
        for number in range(max(len(gone), len(come))):
            left = gone[number] if number < len(gone) else None
            right = come[number] if number < len(come) else None
            kind = "changed" if left and right else "added" if right else "removed"
            named = right or left
            changes.append(
                Change(kind, named[0] if named else "", left[1] if left else None, right[1] if right else None)
            )
    return changes


def _paragraphs(text: str) -> list[tuple[str, str, str]]:
    """(heading above, paragraph as written, its plain form); headings themselves are paragraphs too."""
    found, heading = [], ""
    apart = r"\n\s*\n|\n(?=#)" if "\n\n" in text else r"\n"  # a text without blank lines has a paragraph a line
    for block in re.split(apart, text):
        for piece in block.split("\n") if block.lstrip().startswith("#") else [block]:
            form = plain(piece)
            if not form or _NUMBER.match(form.upper()):
                continue  # renumbering is not a change of policy
            if piece.lstrip().startswith("#"):
                heading = piece.strip("#* \t")
            found.append((heading, piece.strip(), form))
    return found


def read_country_chapters(text: str, valid_from: date) -> list[PolicyRow]:
    """The rows of all country chapters of one dated version."""
    rows: list[PolicyRow] = []
    country = ""
    headings = [match for match in _HEADING.finditer(text) if not _is_inner(match)]
    for number, match in enumerate(headings):
        title = match.group(2).strip("* \t")
        if _NUMBER.match(title):
            if re.fullmatch(r"[A-Z]\d+", title):
                country = ""  # another chapter begins
            continue
        chapter = _COUNTRY_CHAPTER.search(title)
        if chapter or country_code(title):
            country = (chapter.group(1) if chapter else title).strip()
            continue
        end = headings[number + 1].start() if number + 1 < len(headings) else len(text)
        body = text[match.end() : end]
        if country and body.strip():
            rows.append(_row(text, match.end(), end, country, title, valid_from))
    return rows


def _is_inner(match: re.Match[str]) -> bool:
    """Headings inside an item (`### *Ad b.*`) belong to its text."""
    title = match.group(2)
    return len(match.group(1)) < 4 and not _NUMBER.match(title.strip("* \t")) and not country_code(title)


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
    return None if no == yes and not no else "no" if no else "yes"


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


def changed_rows(old: Sequence[PolicyRow], new: Sequence[PolicyRow]) -> list[PolicyChange]:
    """Items whose wording differs; a format-only edit is none."""
    before, after = _by_key(old), _by_key(new)
    changes = []
    for key in [*after, *(key for key in before if key not in after)]:
        left, right = before.get(key), after.get(key)
        if left and right and plain(left.quote) == plain(right.quote):
            continue
        shown = right or left
        if shown:
            changes.append(PolicyChange(shown.country, shown.item, shown.heading, left, right))
    return changes


def merge_versions(versions: Iterable[Sequence[PolicyRow]]) -> list[PolicyRow]:
    """The rows of the newest version, each with the date from which its wording has stood unchanged. Oldest first."""
    known: Mapping[tuple[str, str, int], PolicyRow] = {}
    for rows in versions:
        current = _by_key(rows)
        for key, row in current.items():
            earlier = known.get(key)
            if earlier and plain(earlier.quote) == plain(row.quote):
                current[key] = replace(row, valid_from=earlier.valid_from)
        known = current
    return list(known.values())


def _by_key(rows: Sequence[PolicyRow]) -> dict[tuple[str, str, int], PolicyRow]:
    """Rows by country, heading and occurrence (a heading may stand twice in a chapter)."""
    found: dict[tuple[str, str, int], PolicyRow] = {}
    for row in rows:
        number = 0
        while (row.country, row.heading.casefold(), number) in found:
            number += 1
        found[row.country, row.heading.casefold(), number] = row
    return found
