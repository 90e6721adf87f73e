"""What was asked, and whether the answer is about that: the guards every adapter puts before its rows.

Many services ignore a parameter they do not know and answer with the whole world and status 200, or with a page of
HTML that says "please wait". Both look like success to a crawler. The functions here read what was asked from the
address (query, path or file name) and raise `AdapterError` for the whole answer when the rows are about something else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from babel.core import Locale, get_global

from ingest.model import AdapterError, Answer, Problem, Row
from ingest.placenames import fold

# Codes of sources that are not ISO 3166-1 alpha-3: World Bank and older UN usage, Our World in Data, V-Dem.
OTHER_CODES = {
    "ADO": "AND", "IMY": "IMN", "ROM": "ROU", "TMP": "TLS", "WBG": "PSE", "ZAR": "COD",
    "KSV": "XKX", "KOS": "XKX", "OWID_KOS": "XKX", "UVK": "XKX", "XKO": "XKX", "XKK": "XKX",
}  # fmt: skip

# Names in English that are neither CLDR's long nor short form, in lower case; folded before use.
OTHER_NAMES = {
    "afghanistan islamic state of": "AFG", "bahamas the": "BHS", "bolivia plurinational state of": "BOL",
    "bosnia": "BIH", "brunei darussalam": "BRN", "burma": "MMR", "cabo verde": "CPV", "cape verde": "CPV",
    "congo": "COG", "congo brazzaville": "COG", "congo republic of": "COG", "congo rep": "COG",
    "republic of congo": "COG", "republic of the congo": "COG", "congo republic of the": "COG",
    "congo kinshasa": "COD", "congo dem rep": "COD", "congo dr": "COD", "dr congo": "COD", "drc": "COD",
    "congo democratic republic of": "COD", "congo democratic republic of the": "COD",
    "congo the democratic republic of the": "COD", "democratic republic of congo": "COD",
    "democratic republic of the congo": "COD", "cote d'ivoire": "CIV", "ivory coast": "CIV",
    "czech republic": "CZE", "east timor": "TLS", "timor leste": "TLS", "egypt arab rep": "EGY",
    "eswatini kingdom of": "SWZ", "swaziland": "SWZ", "gambia the": "GMB", "the gambia": "GMB", "great britain": "GBR",
    "guinea bissau": "GNB", "holy see": "VAT",
    "vatican city state": "VAT", "hong kong": "HKG", "iran islamic rep": "IRN",
    "iran islamic republic of": "IRN", "islamic republic of iran": "IRN",
    "korea democratic people's republic of": "PRK",
    "democratic people's republic of korea": "PRK", "korea dem people's rep": "PRK", "korea north": "PRK",
    "korea republic of": "KOR", "republic of korea": "KOR", "korea rep": "KOR", "korea south": "KOR",
    "republic of china": "TWN",
    "kyrgyz republic": "KGZ", "lao pdr": "LAO", "lao people's democratic republic": "LAO",
    "libyan arab jamahiriya": "LBY",
    "macedonia": "MKD", "the former yugoslav republic of macedonia": "MKD", "micronesia federated states of": "FSM",
    "micronesia fed sts": "FSM", "moldova republic of": "MDA", "republic of moldova": "MDA", "myanmar": "MMR",
    "myanmar burma": "MMR", "burma myanmar": "MMR", "netherlands the": "NLD", "the netherlands": "NLD",
    "palestine": "PSE", "palestine state of": "PSE", "state of palestine": "PSE", "west bank and gaza": "PSE",
    "occupied palestinian territory": "PSE", "occupied palestinian territories": "PSE", "opt": "PSE",
    "palestinian territory occupied": "PSE", "palestinian territory": "PSE", "russian federation": "RUS",
    "saint kitts and nevis": "KNA", "st kitts and nevis": "KNA", "st lucia": "LCA",
    "st vincent and the grenadines": "VCT",
    "saint vincent and the grenadines": "VCT", "saint lucia": "LCA", "sao tome and principe": "STP",
    "slovak republic": "SVK", "syrian arab republic": "SYR", "syria arab republic": "SYR",
    "taiwan province of china": "TWN",
    "tanzania united republic of": "TZA", "united republic of tanzania": "TZA", "turkey": "TUR", "turkiye": "TUR",
    "usa": "USA", "united states of america": "USA", "uk": "GBR", "uae": "ARE",
    "united kingdom of great britain and northern ireland": "GBR", "venezuela bolivarian republic of": "VEN",
    "venezuela rb": "VEN", "viet nam": "VNM", "virgin islands us": "VIR", "yemen rep": "YEM",
    "yemen republic of": "YEM",
    "kingdom of saudi arabia": "SAU", "kosovo": "XKX", "antigua and barbuda": "ATG", "trinidad and tobago": "TTO",
    "bosnia and herzegovina": "BIH", "central african rep": "CAF", "dominican rep": "DOM", "north macedonia": "MKD",
}  # fmt: skip


# What reading a row of an unexpected form raises: a missing field, a list where a number was, a year 99999.
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, OverflowError)

_RETIRED = {
    "ANT",
    "BUR",
    "DDR",
    "FXX",
    "NTZ",
    "ROM",
    "SCG",
    "SUN",
    "TMP",
    "YMD",
    "YUG",
    "ZAR",
}  # states that are no more
_NO_COUNTRY = {"AA", "AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


@cache
def _codes() -> tuple[dict[str, str], dict[str, str]]:
    """({iso2: iso3}, {three-digit UN code: iso3}) of the territories of ISO 3166-1, from CLDR, and Kosovo as XKX."""
    names = Locale("en").territories
    aliases = {code: targets[0] for code, targets in get_global("territory_aliases").items() if len(targets) == 1}
    two = {
        iso2: code
        for code, iso2 in aliases.items()
        if len(code) == 3 and code.isalpha() and code not in _RETIRED and iso2 in names and iso2 not in _NO_COUNTRY
    }
    two["XK"] = "XKX"
    numeric = {code: two[iso2] for code, iso2 in aliases.items() if len(code) == 3 and code.isdigit() and iso2 in two}
    return two, numeric


@cache
def iso3_codes() -> frozenset[str]:
    """Every ISO 3166-1 alpha-3 code in force, and XKX for Kosovo."""
    return frozenset(_codes()[0].values())


@cache
def iso3_of(code: str) -> str | None:
    """ISO alpha-3 for an alpha-3, alpha-2 or numeric code, or a code other sources use; None for anything else."""
    code = code.strip().upper()
    two, numeric = _codes()
    if code in iso3_codes():
        return code
    return two.get(code) or OTHER_CODES.get(code) or numeric.get(code.zfill(3) if code.isdigit() else code)


@cache
def _names() -> dict[str, str]:
    names = Locale("en").territories
    table = {fold(names[iso2].replace("&", " and ")): iso3 for iso2, iso3 in _codes()[0].items() if iso2 in names}
    return table | {fold(name): iso3 for name, iso3 in OTHER_NAMES.items()}


_STYLE = re.compile(  # "Islamic Republic of X", looked at only after the whole name was not found
    r"^(the )?((islamic|federal|democratic|socialist|plurinational|bolivarian|hashemite|arab|federative) )*"
    r"(republic|kingdom|state|sultanate) of (the )?"
)


@cache
def iso3_of_name(name: str) -> str | None:
    """ISO alpha-3 for a country's English name as sources write it; None when it is no country we know. Never fuzzy."""
    folded = fold(name.replace("&", " and "))
    return _names().get(folded) or _names().get(_STYLE.sub("", folded))


def country_names() -> dict[str, str]:
    """{folded English name: iso3}, for finding names inside a title."""
    return dict(_names())


def names_in(text: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """iso3 of the countries whose folded names stand in a text as whole words, in the order of the text.

    The longest name wins ("South Sudan" is not Sudan). Names of three letters and fewer are left out: they are words.
    """
    rest = f" {fold(text)} "
    found: dict[str, int] = {}
    for name in sorted((name for name in names if len(name) > 3), key=len, reverse=True):
        if (at := rest.find(f" {name} ")) >= 0:
            found.setdefault(names[name], at)
            rest = rest.replace(f" {name} ", f" {'_' * len(name)} ")
    return tuple(sorted(found, key=lambda iso3: found[iso3]))


def data_of(answer: Answer) -> bytes:
    """The body when it is data; AdapterError when it is empty or a web page."""
    body = answer.body
    if not body.strip():
        raise AdapterError(f"empty answer from {answer.url}", "try again later; if it stays empty, check the address")
    start = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head")):
        raise AdapterError(
            f"a web page where data was expected from {answer.url}: blocked or moved",
            "open the address in a browser; correct `urls` in sources.toml or switch the source off with `disabled`",
        )
    return body


def json_of(answer: Answer) -> Any:
    """The body read as JSON (a byte-order mark is allowed); AdapterError when it is a web page or no JSON."""
    try:
        return json.loads(data_of(answer).decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise AdapterError(
            f"no JSON from {answer.url}: {error}",
            "look at the archived answer; the form of the service may have changed",
        ) from None


def rows_in(answer: Answer, value: Any) -> list[dict[str, Any]]:
    """`value` when it is a list of JSON objects; AdapterError when it is anything else."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise not_recognised(answer, value)
    return value


def each(
    records: Any, read: Callable[[Any], Iterable[Row]], remedy: str = "compare with the publisher's page"
) -> Iterator[Row]:
    """What `read` makes of each record; one of an unexpected form becomes one Problem and the others go on."""
    if not isinstance(records, list):
        yield Problem("bad_row", f"no list of records but {str(records)[:60]!r}", "the answer", remedy)
        return
    for position, record in enumerate(records, 1):
        try:
            yield from list(read(record))
        except UNREADABLE as error:
            yield Problem("bad_row", why(error), f"record {position}: {str(record)[:80]}", remedy)


def under(value: Any, *names: str) -> Any:
    """`value[name][name]...` as far as there are JSON objects; None where one is missing. For links to follow."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def dicts(value: Any) -> list[dict[str, Any]]:
    """The JSON objects of a list; none when it is no list. For links to follow, never for rows."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def query_of(answer: Answer) -> dict[str, str]:
    """Parameters of the address, names in lower case; the last one wins."""
    return {name.lower(): value for name, value in parse_qsl(urlsplit(answer.url).query, keep_blank_values=True)}


def path_of(answer: Answer) -> tuple[str, ...]:
    """Parts of the path of the address, decoded, without empty ones."""
    return tuple(unquote(part) for part in urlsplit(answer.url).path.split("/") if part)


def file_name(answer: Answer) -> str:
    """Last part of the path, in lower case; empty for a bare host."""
    path = path_of(answer)
    return path[-1].lower() if path else ""


def assert_countries(answer: Answer, asked: Collection[str], found: Collection[str]) -> None:
    """AdapterError when rows are about countries nobody asked for. `asked` empty: the whole world was asked."""
    stray = sorted(set(found) - set(asked))
    if not asked or not stray:
        return
    example = ", ".join(stray[:3])
    raise AdapterError(
        f"asked {', '.join(sorted(asked))}, got {len(set(found))} countries ({example} among them) from {answer.url}",
        "the service seems to ignore the country parameter; check its name in the publisher's documentation",
    )


def assert_years(answer: Answer, first: int, last: int, found: Iterable[int]) -> None:
    """AdapterError when a row lies outside the years asked for, first and last included."""
    stray = sorted({year for year in found if not first <= year <= last})
    if stray:
        raise AdapterError(
            f"asked {first}-{last}, got {stray[0]}{f' to {stray[-1]}' if len(stray) > 1 else ''} from {answer.url}",
            "the service seems to ignore the period parameter; check its name in the publisher's documentation",
        )


def unused_fields(found: Iterable[str], used: Collection[str], ignored: Collection[str]) -> Iterator[Problem]:
    """One Problem per field that the adapter neither reads nor declares as ignored, so that nothing is lost unseen."""
    for name in dict.fromkeys(found):
        if name and name not in used and name not in ignored:
            yield Problem(
                "unused_field",
                f"field {name!r} is new: nobody reads it",
                name,
                "read it in the adapter or add it to IGNORED",
            )


def why(error: Exception) -> str:
    """What an UNREADABLE error says, in words."""
    if isinstance(error, KeyError):
        return f"field {error} is missing"
    return str(error) if isinstance(error, ValueError) else f"a field of the wrong type: {error}"


def not_recognised(answer: Answer, saw: object) -> AdapterError:
    """The error for a form of answer this adapter does not know."""
    return AdapterError(
        f"unknown form of answer from {answer.url}: {str(saw)[:200]}",
        "compare the archived answer with the adapter's docstring; the publisher may have changed its layout",
    )


def per_country(url: str, countries: Iterable[str]) -> Iterator[str]:
    """`url` once for each country when it holds {iso3} or {iso2}, else once; "*" (all countries) cannot be expanded."""
    if "{iso3}" not in url and "{iso2}" not in url:
        yield url
        return
    iso2_of = {iso3: iso2 for iso2, iso3 in _codes()[0].items()}
    for iso3 in countries:
        if iso3 != "*":
            yield url.replace("{iso3}", iso3).replace("{iso2}", iso2_of.get(iso3, ""))
