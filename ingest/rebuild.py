"""The warehouse made again from the archive: same answers, same order, same rows, whatever happened to the old file."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

import duckdb

from ingest import variables, warehouse_answers, warehouse_reference, warehouse_runs
from ingest.archive import Archive
from ingest.catalog import Source
from ingest.parse_world import reference_digest, version_of
from ingest.publish import NothingPublished, current
from ingest.refresh_load import take_in
from ingest.refresh_runs import Journal, kind_of
from ingest.refresh_tools import Folders, Step, Tools, code_version
from ingest.warehouse import Warehouse, WarehouseBusy, WarehouseError, note_change, transaction


def rebuild(
    data_dir: Path,
    sources: Mapping[str, Source],
    *,
    progress: Callable[[Step], None] | None = None,
    tools: Tools | None = None,
) -> dict[str, int]:
    """Write a new warehouse from the archive and put it in the place of the old one; {source_id: rows in its answers}.

    The old file stays in use until the new one is whole. What `assessment` keeps in the warehouse is not copied: assess
    again afterwards. Issues about failed requests are not in the archive and begin anew. Raises WarehouseBusy while
    another process writes.
    """
    tools = tools or Tools()
    folders = Folders(data_dir)
    fresh = folders.data / "warehouse.rebuild.tmp"
    _remove(fresh)
    with ExitStack() as stack:
        try:
            stack.enter_context(Warehouse(folders.warehouse, memory=tools.memory).writer())
        except WarehouseError as error:
            if isinstance(error, WarehouseBusy):
                raise
            # a damaged file is the very reason to rebuild
        rows = _fill(fresh, folders, dict(sources), tools, progress)
    _remove(folders.warehouse, only_log=True)
    os.replace(fresh, folders.warehouse)
    return rows


def _fill(
    path: Path, folders: Folders, sources: dict[str, Source], tools: Tools, progress: Callable[[Step], None] | None
) -> dict[str, int]:
    reference = reference_digest(tools.reference_dir)
    versions = {source_id: version_of(source, reference) for source_id, source in sources.items()}
    journal = Journal(folders.archive)

    def loaded(source_id: str, done: int, total: int) -> None:
        if progress:
            progress(Step("load", source_id, done, total))

    with ExitStack() as stack:
        archive = stack.enter_context(Archive(folders.archive))
        connection = stack.enter_context(Warehouse(path, memory=tools.memory).writer())
        with transaction(connection):
            warehouse_reference.put_catalog(connection, sources)
            warehouse_reference.put_variables(connection, variables.load())
            warehouse_reference.put_regions(connection, tools.reference_dir, reference)
            warehouse_answers.add(connection, archive.records())
            _restore_runs(connection, journal)
        parse = stack.enter_context(tools.parser(folders.archive, tools.reference_dir, folders.spool))
        taken = take_in(connection, sources, versions, parse, journal, loaded)
        with transaction(connection):
            _restore_source_runs(connection, journal)
            with suppress(NothingPublished):  # what is published came from another file: it is to be made again
                note_change(connection, above=current(folders.published).content_number)
    return {source_id: sum(result.rows for result in found.results) for source_id, found in taken.items()}


def _restore_runs(connection: duckdb.DuckDBPyConnection, journal: Journal) -> None:
    """Runs from the journal; answers of runs it does not know belong to runs that were killed."""
    for run_id, started_at, ended_at, version, _ in journal.runs():
        warehouse_runs.start(connection, run_id, kind_of(run_id), started_at, version)
        warehouse_runs.finish(connection, run_id, ended_at)
    others = connection.execute(
        """
        SELECT run_id, min(retrieved_at)
        FROM answer AS a
        WHERE NOT EXISTS (SELECT 1 FROM run AS r WHERE r.run_id = a.run_id)
        GROUP BY run_id
        ORDER BY run_id
        """
    ).fetchall()
    for run_id, started_at in others:
        warehouse_runs.start(connection, run_id, kind_of(run_id), started_at, code_version())
        warehouse_runs.interrupt(connection, run_id)


def _restore_source_runs(connection: duckdb.DuckDBPyConnection, journal: Journal) -> None:
    rows = []
    for run_id, _, _, _, sources in journal.runs():
        totals = warehouse_runs.totals(connection, run_id)
        for source_id, facts in sources.items():
            total = totals.get(source_id, warehouse_runs.NO_TOTALS)
            rows.append(
                {
                    "run_id": run_id,
                    "source_id": source_id,
                    "state": facts.state,
                    "started_at": facts.started_at,
                    "ended_at": facts.ended_at,
                    "answers": total.answers,
                    "new_rows": total.new,
                    "changed_rows": total.changed,
                    "same_rows": total.same,
                    "issues": total.issues + len(facts.failures),
                    "message": facts.message,
                }
            )
    warehouse_runs.put_source_runs(connection, rows)


def _remove(path: Path, *, only_log: bool = False) -> None:
    for name in (f"{path}.wal",) if only_log else (str(path), f"{path}.wal"):
        Path(name).unlink(missing_ok=True)
