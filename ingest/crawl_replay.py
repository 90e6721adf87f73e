"""What WARC files hold, so that the spider can be given archived answers instead of the network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

from ingest.archive_warc import Stored, WarcError, scan
from ingest.crawl_outcome import Job

Place = tuple[Path, int, int]  # file, byte offset of the record or its gzip member, number within the member


class ReplayError(Exception):
    """A file given for replay cannot be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class _Held:
    place: Place
    stored: Stored


class ReplayIndex:
    """The answers in some WARC files, per source and per address. Files of others name no source: it is found by
    address among the sources asked."""

    def __init__(self, files: Sequence[Path], jobs: Sequence[Job]) -> None:
        self.warnings: list[str] = []
        self._by_source: dict[str, list[_Held]] = {job.source.id: [] for job in jobs}
        self._by_url: dict[str, list[_Held]] = {}
        addresses = {job.source.id: [*job.source.urls, *(r.url for r in job.requests)] for job in jobs}
        for path in files:
            for held in self._read(path):
                self._by_url.setdefault(_plain(held.stored.url), []).append(held)
                source_id = held.stored.source_id or source_of(held.stored.url, addresses)
                if source_id in self._by_source:
                    self._by_source[source_id].append(held)

    def of_source(self, source_id: str) -> Iterator[tuple[str, Place]]:
        """(url, place) of every answer of a source, oldest first; targets of its redirects come with the redirect."""
        held = sorted(self._by_source.get(source_id, ()), key=lambda one: (one.stored.retrieved_at, one.place))
        targets = {
            _plain(urljoin(h.stored.url, h.stored.headers["location"]))
            for h in held
            if 300 <= h.stored.status < 400 and "location" in h.stored.headers
        }
        for one in held:
            if one.stored.source_id or _plain(one.stored.url) not in targets:
                yield one.stored.url, one.place

    def find(self, source_id: str, url: str) -> Place | None:
        """Where the latest answer at an address lies, before all the source's own."""
        found = self._by_url.get(_plain(url), ())
        own = [held for held in found if held.stored.source_id in ("", source_id)]
        return max(own, key=lambda h: h.stored.retrieved_at).place if own else None

    def _read(self, path: Path) -> Iterator[_Held]:
        count = 0
        try:
            for stored in scan(path):
                count += 1
                if stored.kind != "revisit" and stored.status not in (0, 304):
                    yield _Held((path, stored.offset, stored.nth), stored)
        except WarcError as error:
            if not count:
                raise ReplayError(
                    f"{error}; give a WARC file, e.g. one made by `returnwatch archive pack MANIFEST.csv OUT.warc.gz`"
                ) from None
            self.warnings.append(f"{error}; its {count} whole records are replayed")
        except OSError as error:
            raise ReplayError(f"{path} cannot be read: {error.strerror or error}") from None


def source_of(url: str, addresses: Mapping[str, Iterable[str]]) -> str | None:
    """The source an address belongs to: the one that names it, else the one on its host with the longest common
    beginning; None when no source or several fit equally well."""
    scores: dict[str, int] = {}
    for source_id, own in addresses.items():
        best = max((_common(url, other) for other in own), default=-1)
        if best >= 0:
            scores[source_id] = best
    top = max(scores.values(), default=-1)
    winners = [source_id for source_id, score in scores.items() if score == top]
    return winners[0] if len(winners) == 1 else None


def _common(url: str, other: str) -> int:
    """How many path parts two addresses share from the start; -1 on different hosts; very many when they are equal."""
    if _plain(url) == _plain(other):
        return 1_000_000
    one, two = urlsplit(url), urlsplit(other)
    if (one.hostname or "").removeprefix("www.") != (two.hostname or "").removeprefix("www."):
        return -1
    shared = 0
    for left, right in zip(one.path.split("/"), two.path.split("/"), strict=False):
        if left != right:
            break
        shared += bool(left)
    return shared


def _plain(url: str) -> str:
    """An address for comparing: no fragment, host in lower case, no default port, http and https the same."""
    parts = urlsplit(urldefrag(url)[0])
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    if not parts.hostname:
        return url
    return f"//{parts.hostname}{port}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
