"""sources.toml -> Source. A wrong entry is answered before any request with the table, the key and what to write."""

from __future__ import annotations

import difflib
import os
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ingest import adapters
from ingest.adapters import _boilerplate
from ingest.cron import cron_trigger

LEVELS = ("country", "region", "district", "point")


class CatalogError(Exception):
    """sources.toml is wrong; every message names the table, the key, what is wrong and what to write."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages


class Source(BaseModel):
    """One source: facts only. `[source.<id>]` in sources.toml; see docs/sources.md for the meaning of each key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")
    publisher: str
    what: str
    urls: tuple[str, ...] = ()  # empty only for sources dropped into the inbox
    adapter: str
    schedule: str  # cron, five fields, in Europe/Amsterdam time
    licence: str
    redistribution: Literal["open", "figures", "none"]  # all of it, numbers only, or nothing may be passed on
    reliability: Literal["A", "B", "C", "D", "E", "F"]  # Admiralty grade of the source
    credibility: int = Field(default=2, ge=1, le=6)  # Admiralty grade of its items until confirmed
    origin_family: str  # who first said it; items of one family count once
    countries: tuple[str, ...] = ("*",)  # iso3 of the countries it covers, or "*" for all
    level: Literal["country", "region", "district", "point"]
    known_bias: str
    min_rows: int = Field(default=1, ge=0)
    max_rows: int = Field(default=1_000_000, ge=1)
    must_have: tuple[str, ...] = ()  # iso3 that a complete answer always contains
    key_variable: str | None = None  # name of the environment variable that holds the key
    key_help: str | None = None  # where and how to apply for it
    disabled: str | None = None  # why it is off, and what a person can do about it
    substitutes: tuple[str, ...] = ()  # sources without a key that stand in for this one
    store_fulltext: bool = False
    local_family: bool = False  # a local or non-governmental voice (confidence needs one)
    language: str | None = None
    timezone: str = "UTC"
    date_formats: tuple[str, ...] = ()  # strptime patterns the guard tries before anything else
    earliest: date = date(1995, 1, 1)  # an older date in an answer is an error of the source
    publication_lag_days: int = Field(default=30, ge=0)  # when a row without a publication date became known
    delay_seconds: float = Field(default=1.0, ge=0)
    timeout_seconds: float = Field(default=60.0, gt=0)
    max_megabytes: float = Field(default=100.0, gt=0)
    max_requests: int = Field(default=500, ge=1)
    allow_private: bool = False  # only for a server of one's own, e.g. in tests
    options: dict[str, Any] = Field(default_factory=dict)

    @field_validator("schedule")
    @classmethod
    def _cron(cls, value: str) -> str:
        try:
            cron_trigger(value, "UTC")
        except ValueError as error:
            raise ValueError(f"{value!r} is no cron line ({error}); write five fields, e.g. '15 */6 * * *'") from None
        return value

    @field_validator("urls")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for url in value:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError(f"{url!r} is no web address; write https://host/path")
        return value

    @field_validator("countries", "must_have")
    @classmethod
    def _codes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for code in value:
            if code != "*" and not (len(code) == 3 and code.isalpha() and code.isupper()):
                raise ValueError(f"{code!r} is no ISO 3166-1 alpha-3 code; write e.g. 'AFG'")
        return value

    @model_validator(mode="after")
    def _together(self) -> Source:
        if self.min_rows > self.max_rows:
            raise ValueError(f"min_rows {self.min_rows} is above max_rows {self.max_rows}; swap them")
        if self.key_variable and not self.key_help:
            raise ValueError("key_variable needs key_help; write where a person applies for the key")
        return self

    def key(self) -> str | None:
        """The key from the environment, or None. It is never logged, archived or written to a table."""
        return os.environ.get(self.key_variable) or None if self.key_variable else None

    def why_off(self) -> str | None:
        """Why this source is not asked, in words a person can act on; None when it is asked."""
        if self.disabled:
            return self.disabled
        if self.key_variable and not self.key():
            return f"needs a key: {self.key_help} Then set {self.key_variable}."
        return None

    def hosts(self) -> set[str]:
        """Host names the source's own addresses lie on."""
        return {urlsplit(url).hostname or "" for url in self.urls}


def load(path: Path) -> dict[str, Source]:
    """Read sources.toml; {id: Source} in file order. Raises CatalogError with one message per fault."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CatalogError([f"{path} does not exist; run from the checkout or give --sources"]) from None
    except tomllib.TOMLDecodeError as error:
        raise CatalogError([f"{path} is not TOML: {error}"]) from None
    stray = [key for key in data if key != "source"]
    messages = [f"[{key}] unknown table in {path.name}; sources are [source.<id>]" for key in stray]
    found: dict[str, Source] = {}
    for source_id, table in data.get("source", {}).items():
        try:
            source = Source(id=source_id, **table)
        except ValidationError as error:
            messages += [_message(source_id, item, path.name) for item in error.errors()]
            continue
        except TypeError as error:
            messages.append(f"[source.{source_id}] {error} in {path.name}; remove that key")
            continue
        messages += _adapter_faults(source, path.name)
        found[source_id] = source
    messages += _cross_faults(found, path.name)
    if messages:
        raise CatalogError(messages)
    return found


def _message(source_id: str, item: Any, file: str) -> str:
    key = ".".join(str(part) for part in item["loc"]) or "table"
    if item["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, Source.model_fields, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"keys are: {', '.join(Source.model_fields)}"
        return f"[source.{source_id}] unknown key {key!r} in {file}; {hint}"
    if item["type"] == "missing":
        return f"[source.{source_id}] key {key!r} is missing in {file}; write {key} = …"
    text = str(item["msg"]).removeprefix("Value error, ")
    return f"[source.{source_id}] {key}: {text} (in {file})"


def _adapter_faults(source: Source, file: str) -> list[str]:
    try:
        module = adapters.load(source.adapter)
    except KeyError as error:
        near = difflib.get_close_matches(source.adapter, adapters.names(), n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        return [f"[source.{source.id}] adapter: {error.args[0]} (in {file}).{hint}"]
    known: dict[str, type] = getattr(module, "OPTIONS", {})
    faults = []
    for key, value in source.options.items():
        if key not in known:
            faults.append(
                f"[source.{source.id}] options.{key}: adapter {source.adapter!r} has no such option (in {file}); "
                f"it knows: {', '.join(sorted(known)) or 'none'}"
            )
        elif not isinstance(value, known[key]):
            faults.append(f"[source.{source.id}] options.{key}: {value!r} should be {known[key].__name__} (in {file})")
        elif key == "boilerplate" and isinstance(value, list):
            faults += [
                f"[source.{source.id}] options.{key}: {fault} (in {file})" for fault in _boilerplate.faults(value)
            ]
    return faults


def _cross_faults(found: dict[str, Source], file: str) -> list[str]:
    return [
        f"[source.{source.id}] substitutes: {other!r} is no source in {file}; write the id of one"
        for source in found.values()
        for other in source.substitutes
        if other not in found
    ]
