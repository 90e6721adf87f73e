"""Taking answers in: from the archive through the adapters into the warehouse, per source in order of retrieval."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from ingest import refresh_plan, warehouse_answers
from ingest.archive import Record
from ingest.catalog import Source
from ingest.issues import Issue, remedy_for
from ingest.parse import Parsed
from ingest.parse_pool import Task
from ingest.refresh_plan import AnswerFacts, Backfill, Shortfall
from ingest.refresh_runs import Journal
from ingest.warehouse import note_change, transaction
from ingest.warehouse_answers import AnswerResult
from ingest.warehouse_load import Loader, LoadItem, refresh_coverage

ParseStream = Callable[[Sequence[Task]], Iterator[Parsed]]
# (source_id, answers done, answers in all)
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Taken:
    """What one source gave. `results` are the answers that had never been parsed before; refolded ones do not count."""

    results: list[AnswerResult] = field(default_factory=list)
    shortfall: Shortfall | None = None  # of the newest run taken in
    started_over: str | None = None  # why all its answers were parsed again
    seconds: float = 0.0  # waiting for its rows and writing them


@dataclass(slots=True)
class _Work:
    """One source while it is being taken in."""

    source: Source
    version: str
    answers: list[AnswerFacts]
    fresh: set[tuple]  # answers that were not parsed before, also not by an older adapter
    todo: list[AnswerFacts] = field(default_factory=list)
    before: dict[int, AnswerFacts] = field(default_factory=dict)  # same bytes as the answer before
    parsed: dict[int, Parsed] = field(default_factory=dict)

    def task(self, answer: AnswerFacts, places: Mapping[tuple, dict]) -> Task:
        values = places[(self.source.id, answer.url, answer.digest, answer.retrieved_at)]
        return Task(self.source, Record(**values))


def take_in(
    connection: duckdb.DuckDBPyConnection,
    sources: Mapping[str, Source],
    versions: Mapping[str, str],
    parse: ParseStream,
    journal: Journal,
    progress: Progress | None = None,
) -> dict[str, Taken]:
    """Parse and load every answer of `sources` that is not parsed with today's version; {source_id: what it gave}."""
    taken = {source_id: Taken() for source_id in sources}
    works = _plan(connection, sources, versions, taken)
    places = warehouse_answers.places_in_archive(connection, [work.source.id for work in works])
    tasks = [work.task(a, places) for work in works for a in work.todo if id(a) not in work.before]
    total, done = sum(len(work.todo) for work in works), 0
    stream = iter(parse(tasks)) if tasks else iter(())
    loader = Loader(connection)
    runs = _done_live_runs(connection)
    fresh = {work.source.id: work.fresh for work in works}
    for work in works:
        started = time.perf_counter()
        for answer in work.todo:
            if id(answer) not in work.before:
                _note(work, answer, next(stream))
                done += 1
                if progress:
                    progress(work.source.id, done, total)
        for result in _load(work, loader, parse, places, journal, runs, taken[work.source.id]):
            _credit(fresh, taken, result)
        taken[work.source.id].seconds = time.perf_counter() - started
    for result in loader.flush():
        _credit(fresh, taken, result)
    with transaction(connection):  # also of sources a killed run had finished loading
        refresh_coverage(connection, sorted(sources))
    return taken


def _plan(
    connection: duckdb.DuckDBPyConnection,
    sources: Mapping[str, Source],
    versions: Mapping[str, str],
    taken: Mapping[str, Taken],
) -> list[_Work]:
    """Which answers have to be parsed. Sources that must start over forget their rows here, in one transaction each."""
    works = []
    for source_id, answers in warehouse_answers.facts(connection, sorted(sources)).items():
        fresh = {answer.order() for answer in answers if answer.state is None and answer.parsed_with is None}
        reason = refresh_plan.must_start_over(answers, versions[source_id])
        if reason:
            taken[source_id].started_over = reason
            with transaction(connection):
                warehouse_answers.start_over(connection, source_id)
                note_change(connection)
            for answer in answers:
                answer.state = answer.parsed_with = answer.rows = answer.countries = None
        work = _Work(sources[source_id], versions[source_id], answers, fresh)
        work.todo = [answer for answer in answers if answer.state is None]
        work.before = {
            key: before
            for key, before in refresh_plan.repeats(answers).items()
            if before.state in (None, "good", "empty", "unchanged")
        }
        if work.todo:
            works.append(work)
    return works


def _note(work: _Work, answer: AnswerFacts, parsed: Parsed) -> None:
    answer.rows, answer.countries, answer.state = parsed.rows, parsed.countries, parsed.state
    work.parsed[id(answer)] = parsed


def _load(
    work: _Work,
    loader: Loader,
    parse: ParseStream,
    places: Mapping[tuple, dict],
    journal: Journal,
    done_runs: frozenset[str],
    taken: Taken,
) -> Iterator[AnswerResult]:
    """Decide on each parsed answer of a source and hand it to the loader, in order."""
    for answer in work.todo:  # copies first get the numbers of the answer they repeat
        before = work.before.get(id(answer))
        if before is not None:
            answer.rows, answer.countries = before.rows, before.countries
    run_ids = list(dict.fromkeys(answer.run_id for answer in work.todo))
    short = refresh_plan.shortfalls(work.source, work.answers, journal.unchanged(work.source.id, run_ids), run_ids)
    backfill = Backfill.of(work.answers, done_runs)
    last_of_run = {answer.run_id: id(answer) for answer in work.todo}
    taken.shortfall = short.get(run_ids[-1])
    for answer in work.todo:
        before = work.before.get(id(answer))
        if before is not None and before.state in ("rejected", "withheld"):
            _note(work, answer, next(iter(parse([work.task(answer, places)]))))
        elif before is not None:
            work.parsed[id(answer)] = Parsed(
                work.source.id, "unchanged", rows=before.rows or 0, countries=before.countries or ()
            )
        parsed = work.parsed.pop(id(answer))
        about_run = _about_run(work, answer.run_id, short) if last_of_run[answer.run_id] == id(answer) else ()
        item = LoadItem(
            work.source.id, answer, parsed, work.version, backfill(answer), answer.run_id in short, tuple(about_run)
        )
        answer.state = item.state
        yield from loader.add(item)


def _about_run(work: _Work, run_id: str, short: Mapping[str, Shortfall]) -> Iterable[Issue]:
    """Issues about all answers of one run together: too few rows, too many."""
    if run_id in short:
        message = short[run_id].message(work.source)
        yield Issue(work.source.id, "below_minimum", message, "", remedy_for("below_minimum"))
    rows = sum(answer.rows or 0 for answer in work.answers if answer.run_id == run_id)
    if rows > work.source.max_rows:
        message = f"{rows} rows, the source states at most {work.source.max_rows}: they were taken in"
        yield Issue(work.source.id, "above_maximum", message, "", remedy_for("above_maximum"))


def _credit(fresh: Mapping[str, set[tuple]], taken: Mapping[str, Taken], result: AnswerResult) -> None:
    if result.facts.order() in fresh[result.source_id]:
        taken[result.source_id].results.append(result)


def _done_live_runs(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    rows = connection.execute("SELECT run_id FROM run WHERE kind = 'live' AND state = 'done'").fetchall()
    return frozenset(row[0] for row in rows)
