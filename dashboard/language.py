"""Every word a person reads comes from words/<language>.toml; dates and numbers take the reader's form."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

LANGUAGES = ("nl", "en")
DEFAULT = "nl"  # the council works in Dutch
FOLDER = Path(__file__).with_name("words")


class MissingWord(KeyError):
    """A page asked for a word that its language does not have; add it to words/<language>.toml."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Words:
    """The words of one language. `words("region.title", name="Balkh")` gives the sentence filled in."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: Any) -> str:
        """The text under a dotted key. Raises MissingWord."""
        try:
            text = self.texts[key]
        except KeyError:
            raise MissingWord(f"words/{self.language}.toml has no [{key}]") from None
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """True when there is such a word."""
        return key in self.texts

    def of(self, row: Mapping[str, Any], stem: str) -> str:
        """What a row says in the reader's language: `of(region, "name")` is its name_nl or name_en; "" when neither."""
        return row.get(f"{stem}_{self.language}") or row.get(f"{stem}_en") or ""

    def country(self, row: Mapping[str, Any]) -> str:
        """A country's name in the reader's language: the row's own name, else the one of CLDR by its iso2."""
        return self.of(row, "name") or Locale.parse(self.language).territories.get(row.get("iso2", ""), row["iso3"])

    def day(self, value: date | datetime | None) -> str:
        """23 november 2026; "-" when there is none."""
        if value is None:
            return "-"
        return format_date(value, "d MMMM y", locale=self.language)

    def month(self, value: date) -> str:
        """nov 2026."""
        return format_date(value, "MMM y", locale=self.language)

    def moment(self, value: datetime | None) -> str:
        """23 november 2026 14:05 (UTC); "-" when there is none."""
        if value is None:
            return "-"
        return format_datetime(value, "d MMMM y HH:mm", locale=self.language) + " UTC"

    def number(self, value: float | None, digits: int = 0) -> str:
        """1.234,5 with at most `digits` decimals; "-" when there is none."""
        if value is None:
            return "-"
        return format_decimal(round(value, digits), "#,##0." + "#" * digits, locale=self.language)

    def share(self, value: float | None, digits: int = 0) -> str:
        """0.123 as 12 %; "-" when there is none."""
        if value is None:
            return "-"
        return format_percent(round(value, digits + 2), "#,##0." + "#" * digits + " %", locale=self.language)


def flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Nested TOML tables as dotted keys."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


@functools.cache
def load(language: str) -> Words:
    """The words of a language; an unknown one gives the default's. Raises OSError, tomllib.TOMLDecodeError."""
    chosen = language if language in LANGUAGES else DEFAULT
    return Words(chosen, dict(flatten(tomllib.loads((FOLDER / f"{chosen}.toml").read_text(encoding="utf-8")))))
