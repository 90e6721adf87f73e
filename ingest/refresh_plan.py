"""What to do with each answer of a source: pure decisions on facts, so that any order of arrival ends the same.

The rows of a source are a fold over its answers in order of retrieval. An answer that arrives late (an older archive
replayed after a newer one), or an adapter that changed, makes the source start over: every answer is folded again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.catalog import Source
from ingest.refresh_runs import BACKFILL_KINDS, kind_of

LOADED = frozenset({"good", "empty", "rejected", "withheld", "unchanged"})


@dataclass(slots=True)
class AnswerFacts:
    """One answer of one source. `state`, `rows` and `countries` are None until it was parsed."""

    url: str
    digest: str
    retrieved_at: datetime
    run_id: str
    state: str | None = None
    parsed_with: str | None = None
    rows: int | None = None
    countries: tuple[str, ...] | None = None

    def order(self) -> tuple[datetime, str, str]:
        """Answers are folded in this order."""
        return (self.retrieved_at, self.url, self.digest)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Why the answers of one run are not trusted to correct anything."""

    rows: int
    missing: tuple[str, ...]

    def message(self, source: Source) -> str:
        """For the issue and the table of sources."""
        parts = []
        if self.rows < source.min_rows:
            parts.append(f"{self.rows} rows, the source states at least {source.min_rows}")
        if self.missing:
            parts.append(f"no row for {', '.join(self.missing)}")
        return "; ".join(parts) + ": new rows were taken in, corrections were not, older rows stay"


def must_start_over(answers: Sequence[AnswerFacts], version: str) -> str | None:
    """Why the rows of a source have to be made again from its answers; None when it can go on.

    `version` is the one of everything that shapes its rows today (adapter, helpers, reference).
    """
    loaded = [answer for answer in answers if answer.state in LOADED]
    if any(answer.parsed_with != version for answer in loaded):
        return "the adapter or the reference changed"
    newest = max((answer.order() for answer in loaded), default=None)
    if newest and any(answer.state is None and answer.order() < newest for answer in answers):
        return "older answers arrived after newer ones"
    return None


def repeats(answers: Iterable[AnswerFacts]) -> dict[int, AnswerFacts]:
    """{id(answer): the one before it at the same address} for answers with the very same bytes as the one before."""
    last: dict[str, AnswerFacts] = {}
    found = {}
    for answer in sorted(answers, key=AnswerFacts.order):
        before = last.get(answer.url)
        if before is not None and before.digest == answer.digest:
            found[id(answer)] = before
        last[answer.url] = answer
    return found


def shortfalls(
    source: Source, answers: Sequence[AnswerFacts], unchanged: Mapping[str, Sequence[str]], run_ids: Iterable[str]
) -> dict[str, Shortfall]:
    """{run_id: why} for each run of `run_ids` whose answers together fall short of what the source always contains.

    `unchanged`: run_id -> addresses the server called not modified in that run; the last answer before the run counts
    for them. All answers must have been parsed (rows and countries known).
    """
    by_run: dict[str, list[AnswerFacts]] = {}
    by_url: dict[str, list[AnswerFacts]] = {}
    for answer in sorted(answers, key=AnswerFacts.order):
        by_run.setdefault(answer.run_id, []).append(answer)
        by_url.setdefault(answer.url, []).append(answer)
    found = {}
    for run_id in run_ids:
        group = by_run.get(run_id, [])
        if not group:
            continue
        latest = {answer.url: answer for answer in group}  # in order, so the last one stays
        for url in unchanged.get(run_id, ()):
            history = by_url.get(url, [])
            place = bisect_left(history, group[0].retrieved_at, key=lambda answer: answer.retrieved_at)
            if place and url not in latest:
                latest[url] = history[place - 1]
        rows = sum(answer.rows or 0 for answer in latest.values())
        seen = {code for answer in latest.values() for code in answer.countries or ()}
        missing = tuple(code for code in source.must_have if code not in seen)
        # min_rows 1 is the default and promises nothing: an empty feed is empty, not broken.
        if (rows < source.min_rows and (rows or source.min_rows > 1)) or missing:
            found[run_id] = Shortfall(rows, missing)
    return found


@dataclass(frozen=True, slots=True)
class Backfill:
    """Tells whether the new rows of an answer are history that could have been known before we received them.

    So it is for replays, starters and the inbox, and for a source's first good live run. `starts`: when each good live
    run that came to its end gave its first rows, the two earliest only; a run that was killed was not the first one.
    """

    starts: tuple[tuple[datetime, str], ...]

    @classmethod
    def of(cls, answers: Iterable[AnswerFacts], done_live_runs: frozenset[str]) -> Backfill:
        """From all answers of one source."""
        first: dict[str, datetime] = {}
        for answer in answers:
            if answer.run_id in done_live_runs and (answer.rows or 0) > 0:
                known = first.get(answer.run_id, answer.retrieved_at)
                first[answer.run_id] = min(known, answer.retrieved_at)
        return cls(tuple(sorted((moment, run_id) for run_id, moment in first.items())[:2]))

    def __call__(self, answer: AnswerFacts) -> bool:
        if kind_of(answer.run_id) in BACKFILL_KINDS:
            return True
        return not any(run_id != answer.run_id and moment < answer.retrieved_at for moment, run_id in self.starts)
