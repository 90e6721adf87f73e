"""How asking one address ended, what it means in words, and what a person can do about it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from ingest.archive_index import Record
from ingest.catalog import Source
from ingest.model import Request

KINDS = (
    "answered", "unchanged", "not_found", "refused", "client_error", "server_error", "throttled", "timeout",
    "too_large", "bad_encoding", "redirect_limit", "tls_error", "dns_error", "offline", "truncated", "not_in_archive",
    "crashed",
)  # fmt: skip
GOOD = frozenset({"answered", "unchanged", "not_in_archive"})


@dataclass(frozen=True)
class Job:
    """What to ask one source. `validators`: address -> (etag, last_modified) of the last good answer."""

    source: Source
    requests: tuple[Request, ...]
    validators: Mapping[str, tuple[str | None, str | None]]


@dataclass(frozen=True)
class Batch:
    """One crawl, as the parent sends it to the child."""

    jobs: Sequence[Job]
    archive_folder: Path
    run_id: str
    replay: tuple[Path, ...]
    contact: str
    keys: Mapping[str, str | None]  # environment variables that hold the sources' keys; never written anywhere
    proxy: str | None = None  # http://host:port


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one request ended. `record` is there whenever bytes were archived, also of an error page."""

    source_id: str
    url: str  # as asked, without any key
    kind: str
    status: int | None  # of HTTP; None: it did not come to that
    record: Record | None
    message: str
    remedy: str  # empty when there is nothing to do
    seconds: float

    def to_line(self) -> str:
        """One JSON line."""
        values = {name: getattr(self, name) for name in self.__slots__}
        if self.record is not None:
            values["record"] = {name: getattr(self.record, name) for name in self.record.__slots__}
        return json.dumps(values, default=datetime.isoformat, ensure_ascii=False)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Outcome:
        """From the object `to_line` wrote."""
        record = values.pop("record")
        if record is not None:
            record["retrieved_at"] = datetime.fromisoformat(record["retrieved_at"])
            record = Record(**record)
        return cls(record=record, **values)


_REMEDIES = {
    "not_found": "The address has moved or was withdrawn: look it up on the publisher's site and correct it in "
    "[source.{id}].",
    "refused": "It is not asked again until this is settled: see the message, then correct [source.{id}].",
    "client_error": "The publisher does not accept the question: open the address in a browser; when it works there, "
    "ask the publisher for access for this service, otherwise correct [source.{id}].",
    "server_error": "The publisher's server has a fault: nothing to do now, it is asked again at the next run; if it "
    "lasts for days, tell the publisher.",
    "throttled": "The publisher asks for fewer requests: raise delay_seconds or space out the schedule of "
    "[source.{id}]; it is asked again at the next run.",
    "timeout": "The server was too slow: it is asked again at the next run; if it always takes this long, raise "
    "timeout_seconds in [source.{id}].",
    "too_large": "Check with the address in a browser that this is the right file; if it is, raise max_megabytes in "
    "[source.{id}].",
    "bad_encoding": "The server's compression is broken: nothing to do now, it is asked again at the next run; if it "
    "lasts, tell the publisher.",
    "redirect_limit": "The addresses point to each other: find the present address on the publisher's site and write "
    "it in [source.{id}].",
    "tls_error": "The server's certificate cannot be trusted, so its answers are not taken in: see in a browser "
    "whether it has expired and tell the publisher. If every source says so, the clock or the certificates "
    "of this machine are wrong.",
    "dns_error": "The host name does not exist or the name server did not answer: if the other sources work, the "
    "publisher has moved: correct the address in [source.{id}].",
    "offline": "Check the network of this machine; the sources are asked again at the next run.",
    "truncated": "The connection broke off: it is asked again at the next run.",
    "crashed": "The crawl ended before this source had its turn; it is asked again at the next run.",
}
_BY_STATUS = {
    401: "The publisher wants a key or a login{key}.",
    402: "The publisher wants to be paid; see its site, then disable [source.{id}] with the reason.",
    403: "The publisher does not let this service in{key}; open the address in a browser, and ask the publisher for "
    "access.",
    405: "The address does not take this kind of request; see the publisher's documentation.",
    406: "The publisher does not give the asked format; see its documentation.",
    414: "The question is too long; ask for fewer things at once in [source.{id}].",
}


def without_key(text: str, source: Source) -> str:
    """The text (an address, a header, a message) with the source's key replaced, in every form it may be written."""
    key = source.key()
    if not key or len(key) < 4:
        return text
    for form in sorted({key, quote(key), quote(key, safe=""), quote_plus(key)}, key=len, reverse=True):
        text = text.replace(form, "KEY")
    return text


def remedy(kind: str, source: Source, status: int | None = None) -> str:
    """What a person can do, in words; empty where there is nothing to do."""
    text = _BY_STATUS.get(status or 0) if kind == "client_error" else None
    key = f": check {source.key_variable}" if source.key_variable else ""
    return (text or _REMEDIES.get(kind, "")).format(id=source.id, key=key)


def kind_of_status(status: int) -> str:
    """The kind of a final HTTP status; 304 is `unchanged` (the caller knows whether it asked conditionally)."""
    if status == 206:
        return "truncated"
    if 200 <= status < 300:
        return "answered"
    if status == 304:
        return "unchanged"
    if status in (404, 410):
        return "not_found"
    if status == 408:
        return "timeout"
    if status == 429:
        return "throttled"
    if 400 <= status < 500:
        return "client_error"
    return "server_error"
