"""Newer outlines beside the snapshots: the latest Natural Earth layer, drawn under the region ids there are.

Made from the archive when a snapshot is published, once for every new answer: `published/shapes-<digest>.geojson`. It
is for drawing. Which region a point lies in stays with the shipped shapes, so that no stored row changes its region
because a border is drawn better.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from ingest.adapters import natural_earth
from ingest.archive import Archive

_NEWEST = """
    SELECT d.source_id, d.answer_digest
    FROM document AS d
    JOIN source AS s ON s.source_id = d.source_id
    WHERE s.adapter = 'natural_earth' AND d.superseded_at IS NULL
    ORDER BY d.known_at DESC, d.answer_digest
    LIMIT 1
"""


def of_snapshot(cursor: duckdb.DuckDBPyConnection, published_dir: Path) -> Path | None:
    """The file of the newest layer a snapshot knows; None when it knows none, or the file is not there."""
    newest = cursor.execute(_NEWEST).fetchone()
    path = _path(published_dir, newest[1]) if newest else None
    return path if path and path.is_file() else None


def keep(snapshot: Path, archive_folder: Path) -> Path | None:
    """Make the file of a snapshot where it is lacking, and remove those of older layers; None: no layer was taken in.

    Raises AdapterError, OSError and ValueError when the archived answer cannot be read any more.
    """
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        newest = connection.execute(_NEWEST).fetchone()
    if newest is None:
        return None
    source_id, digest = newest
    path = _path(snapshot.parent, digest)
    if not path.is_file():
        with Archive(archive_folder) as archive:
            record = next((one for one in archive.records(source_id=source_id) if one.digest == digest), None)
            if record is None:
                raise OSError(f"the archive has no answer {digest}; `returnwatch doctor` says what else is missing")
            answer = archive.read(record)
        found, _ = natural_earth.newer_shapes(answer, natural_earth.places())
        natural_earth.write(found, path)
    for old in snapshot.parent.glob("shapes-*.geojson"):
        if old != path:
            old.unlink(missing_ok=True)
    return path


def _path(published_dir: Path, digest: str) -> Path:
    return published_dir / f"shapes-{digest[:16]}.geojson"
