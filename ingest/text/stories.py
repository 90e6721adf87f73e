"""Which documents tell the same thing, so that it counts once and from how many independent origins.

Four relations, tried in this order: the same page again (same address: an edited article is a *revision*), a *copy*
(5-word shingles, Jaccard >= 0.3), the *same story* (words close, days close, a shared place; between languages the same
numbers in the same region), and an *update* (same source, same title with another number or date: a new issue of a
series, its own story, linked to the one before).
A day's documents are compared with the remembered fingerprints of the last 30 days; no text is read again.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from .fingerprints import Fingerprint, containment, cosine, figure_overlap, place_overlap

COPY = 0.3  # Jaccard of shingles
STORY = 0.5  # cosine with a shared place
STORY_NO_PLACE = 0.6  # cosine where one of the two names no place, or they name other regions of one country
FIGURE = 0.04  # what each of up to three shared numbers adds to the cosine
FIGURES_ALONE = (3, 0.4)  # shared numbers, and their share, that with a shared region tell one story in two languages
STORY_DAYS = 3.0
WINDOW_DAYS = 30
_KEYS = 12  # heaviest words under which a fingerprint is found again
_CANDIDATES = 60
_FIGURES = 20  # numbers under which, with a region, a fingerprint is found again


@dataclass(frozen=True, slots=True)
class Member:
    """A document's place: its cluster, why it is there, and the document that decided it. `series_id` links updates."""

    document_id: str
    cluster_id: str
    relation: str  # first | same_page | revision | copy | same_story | update
    similarity: float
    other_id: str | None
    series_id: str | None
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Story:
    """A cluster: counted once. `n_origins` are independent origins, never more than documents."""

    cluster_id: str
    document_ids: tuple[str, ...]
    n_origins: int


def cluster(new: Iterable[Fingerprint], window: Sequence[Member] = ()) -> list[Member]:
    """Members for the new documents, given those remembered. Order of `new` does not matter; deterministic."""
    index = _Index()
    for member in sorted(window, key=lambda m: _order(m.fingerprint)):
        index.add(member)
    members = []
    for print_ in sorted(new, key=_order):
        member = index.place(print_)
        index.add(member)
        members.append(member)
    return members


def stories(members: Iterable[Member]) -> list[Story]:
    """The clusters of members (new and remembered together), with their number of independent origins."""
    grouped: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        grouped[member.cluster_id].append(member)
    return [
        Story(cluster_id, tuple(dict.fromkeys(m.document_id for m in group)), independent_origins(group))
        for cluster_id, group in sorted(grouped.items())
    ]


def independent_origins(group: Sequence[Member]) -> int:
    """Origins that do not draw on each other: one family, one cited body, and copies of one text count once each."""
    parent = {member.document_id: member.document_id for member in group}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    seen: dict[str, str] = {}
    for member in group:
        print_ = member.fingerprint
        family = print_.origin_family.casefold()
        keys = [f"family:{family}"] + ([f"body:{print_.cited}"] if print_.cited else [])
        keys += [f"body:{family}"]  # the cited body's own text joins those who cite it
        for key in keys:
            parent[root(seen.setdefault(key, member.document_id))] = root(member.document_id)
        if member.relation in ("same_page", "revision", "copy") and member.other_id in parent:
            parent[root(str(member.other_id))] = root(member.document_id)
    return len({root(key) for key in parent})


def forget(members: Iterable[Member], newest: Fingerprint) -> list[Member]:
    """The members still within WINDOW_DAYS before `newest`; those without a date are kept."""
    if newest.published is None:
        return list(members)
    limit = newest.published - timedelta(days=WINDOW_DAYS)
    return [m for m in members if m.fingerprint.published is None or m.fingerprint.published >= limit]


def is_copy(a: Fingerprint, b: Fingerprint) -> bool:
    """The one text is (mostly) the other."""
    return containment(a, b) >= COPY


def is_same_story(a: Fingerprint, b: Fingerprint) -> bool:
    """The two tell of the same happening."""
    if a.published and b.published and abs((a.published - b.published).total_seconds()) > STORY_DAYS * 86400:
        return False
    overlap, shared = place_overlap(a, b), len(a.numbers & b.numbers)
    if overlap == 0:
        return False
    apart = bool(_regions(a) and _regions(b)) and not _regions(a) & _regions(b)
    if overlap is None or apart:
        return cosine(a, b) >= STORY_NO_PLACE
    if cosine(a, b) + FIGURE * min(shared, 3) >= STORY:
        return True
    least, share = FIGURES_ALONE
    return shared >= least and figure_overlap(a, b) >= share and bool(_regions(a) & _regions(b))


def similarity(a: Fingerprint, b: Fingerprint) -> float:
    """How alike two documents are, for ranking (0 to about 1.4): words and names, then places and figures, which cross
    languages."""
    overlap = place_overlap(a, b)
    return (
        max(cosine(a, b), containment(a, b))
        + 0.2 * (0.15 if overlap is None else overlap)
        + 0.25 * figure_overlap(a, b)
    )


def _regions(print_: Fingerprint) -> frozenset[str]:
    """The places below a country: its ids hold a hyphen (ISO 3166-2)."""
    return frozenset(place for place in print_.places if "-" in place)


def _order(print_: Fingerprint) -> tuple[str, str]:
    return (print_.published.isoformat() if print_.published else "9999", print_.document_id)


class _Index:
    """Finds the remembered documents worth comparing with: shared shingles, shared heavy words, the same numbers in the
    same region, same address, same title."""

    def __init__(self) -> None:
        self.members: list[Member] = []
        self.by_shingle: dict[int, list[int]] = defaultdict(list)
        self.by_term: dict[int, list[int]] = defaultdict(list)
        self.by_figure: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.by_url: dict[str, int] = {}
        self.by_title: dict[tuple[str, str], int] = {}

    def add(self, member: Member) -> None:
        number, print_ = len(self.members), member.fingerprint
        self.members.append(member)
        for shingle in print_.sketch[::4].tolist():
            self.by_shingle[shingle].append(number)
        for term in _heavy(print_):
            self.by_term[term].append(number)
        for figure in _figures(print_):
            self.by_figure[figure].append(number)
        if print_.url_key:
            self.by_url[print_.url_key] = number
        if print_.title_key:
            self.by_title[print_.source_id, print_.title_key] = number

    def place(self, print_: Fingerprint) -> Member:
        page = self.by_url.get(print_.url_key) if print_.url_key else None
        if page is not None:
            other = self.members[page]
            relation = "same_page" if other.fingerprint.digest == print_.digest else "revision"
            return _member(print_, other, relation, 1.0)
        series = self.by_title.get((print_.source_id, print_.title_key)) if print_.title_key else None
        if series is not None and self.members[series].fingerprint.title_marks != print_.title_marks:
            other = self.members[series]
            series_id = other.series_id or other.cluster_id
            return Member(print_.document_id, _cluster_id(print_), "update", 1.0, other.document_id, series_id, print_)
        best = self._best(print_, self.by_shingle, print_.sketch.tolist(), containment, is_copy)
        if best is not None:
            return _member(print_, best[1], "copy", best[0])
        best = self._best(print_, self.by_term, _heavy(print_), cosine, is_same_story) or self._best(
            print_, self.by_figure, _figures(print_), figure_overlap, is_same_story
        )
        if best is not None:
            return _member(print_, best[1], "same_story", best[0])
        return Member(print_.document_id, _cluster_id(print_), "first", 0.0, None, None, print_)

    def _best(self, print_, table, keys, measure, accepts):  # type: ignore[no-untyped-def]
        """The most alike member that `accepts`, among those sharing most keys; ties go to the earlier one."""
        shared: dict[int, int] = defaultdict(int)
        for key in keys:
            for number in table.get(key, ()):
                shared[number] += 1
        order = sorted(shared, key=lambda number: (-shared[number], number))[:_CANDIDATES]
        best = None
        for number in order:
            other = self.members[number]
            value = measure(print_, other.fingerprint)
            if (best is None or value > best[0]) and accepts(print_, other.fingerprint):
                best = (value, other)
        return best


def _heavy(print_: Fingerprint) -> list[int]:
    order = (-print_.weights).argsort(kind="stable")[:_KEYS]
    return [int(term) for term in print_.terms[order]]


def _figures(print_: Fingerprint) -> list[tuple[str, str]]:
    return [(place, number) for place in sorted(_regions(print_)) for number in sorted(print_.numbers)[:_FIGURES]]


def _member(print_: Fingerprint, other: Member, relation: str, value: float) -> Member:
    return Member(
        print_.document_id, other.cluster_id, relation, round(value, 4), other.document_id, other.series_id, print_
    )


def _cluster_id(print_: Fingerprint) -> str:
    return "story:" + hashlib.sha256(print_.document_id.encode()).hexdigest()[:16]
