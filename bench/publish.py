"""Publish time of the read model from a warehouse of 2 million events: `python -m bench.publish [events] [folder]`.

The rows are made by DuckDB itself (invented, spread over 60 countries and 30 years). Prints JSON: seconds for writing,
checking and swapping, size of the snapshot, and the time a reader needs to open it and count one country's year.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from ingest.publish import Snapshot, publish
from ingest.warehouse import Warehouse

_FILL = """
INSERT INTO event
SELECT
    'ucdp:' || i, 'ucdp', md5(i::VARCHAR), 'state_based', 'C' || lpad((i % 60)::VARCHAR, 2, '0'),
    'C' || (i % 60) || '-' || (i % 17), 'name:exact', 'point', 'District ' || (i % 997), 10 + random() * 20,
    30 + random() * 20, DATE '1995-01-01' + (i % 11000)::INTEGER, DATE '1995-01-01' + (i % 11000)::INTEGER, NULL,
    (i % 7)::DOUBLE, 0, (i % 9)::DOUBLE, NULL, NULL, NULL, NULL, NULL, NULL,
    ['Government of C' || (i % 60), 'Group ' || (i % 300)], NULL, NULL, '{"dyad":' || (i % 900) || '}',
    TIMESTAMP '2026-11-01', TIMESTAMP '1995-02-01' + INTERVAL (i % 11000) DAY, 'lag', NULL, 'live-1', md5('answer')
FROM range($rows) AS numbers(i)
"""


def main(rows: int = 2_000_000, folder: Path | None = None) -> dict[str, float]:
    """Fill a warehouse, publish it three times; the median counts."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        data = Path(name)
        warehouse = Warehouse(data / "warehouse.duckdb")
        with warehouse.writer() as connection:
            started = time.perf_counter()
            connection.execute(_FILL, {"rows": rows})
            filled = time.perf_counter() - started
            times = []
            for _ in range(3):
                started = time.perf_counter()
                publish(connection, data / "published", made_at=datetime(2026, 11, 23), code_version="bench")
                times.append(time.perf_counter() - started)
        started = time.perf_counter()
        with Snapshot.open(data / "published") as snapshot, snapshot.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM event WHERE iso3 = 'C07' AND ref_end BETWEEN '2010-01-01' AND '2010-12-31'"
            ).fetchone()
            read = time.perf_counter() - started
            size = snapshot.path.stat().st_size
    return {
        "events": rows,
        "fill_seconds": round(filled, 2),
        "publish_seconds": round(sorted(times)[1], 2),
        "first_read_seconds": round(read, 3),
        "snapshot_megabytes": round(size / 1e6, 1),
        "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


if __name__ == "__main__":
    arguments = sys.argv[1:]
    count = int(arguments[0]) if arguments else 2_000_000
    print(json.dumps(main(count, Path(arguments[1]) if len(arguments) > 1 else None)))
