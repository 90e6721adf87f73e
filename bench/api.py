"""How many questions a second the API answers, and how long a brief takes, on a small set made of the shipped figures.

`--data FOLDER` measures a data folder of your own (nothing is written into it). A number of clients ask one mix of
addresses for some seconds each; every answer is checked. Half of the mix names the version it holds already.
"""

from __future__ import annotations

import argparse
import http.client
import random
import statistics
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from assessment.read import Reader
from dashboard import brief
from dashboard.language import LANGUAGES
from dashboard.pipeline import is_published
from tests.browser import scene, server

ROOT = Path(__file__).resolve().parents[1]


def measure_briefs(data: Path, count: int) -> None:
    """Seconds per PDF: the first of the process, then `count` regions in both languages."""
    with Reader.open(data / "published") as reader:
        reader.warm()
        rows = reader.regions()
        chosen = [row["region_id"] for row in rows[:: max(1, len(rows) // count)]][:count]
        now = datetime.now(UTC).replace(tzinfo=None)
        taken = []
        for region_id in chosen:
            for language in LANGUAGES:
                began = time.perf_counter()
                facts = brief.collect(reader, region_id, entries=(), now=now)
                made = brief.render(reader, facts, language, "pdf")
                taken.append(time.perf_counter() - began)
                assert made.startswith(b"%PDF")
    after = sorted(taken[1:])
    print(
        f"brief: first {taken[0]:.2f} s; {len(after)} more: p50 {statistics.median(after):.2f} s, "
        f"slowest {after[-1]:.2f} s"
    )


def measure_answers(data: Path, clients: int, seconds: float) -> None:
    """Answers a second and their times, with `clients` asking at once."""
    with Reader.open(data / "published") as reader:
        regions = [row["region_id"] for row in reader.regions()]
        countries = sorted({row["iso3"] for row in reader.regions()})
        tag = f'"{reader.snapshot["snapshot_id"]}"'
    with server.serving(data) as address:
        port = urlsplit(address).port or 0
        _ask(http.client.HTTPConnection("127.0.0.1", port, timeout=120), "/regions", None)  # opens and warms
        times: dict[str, list[float]] = {}
        lock = threading.Lock()
        end = time.monotonic() + seconds

        def client(number: int) -> None:
            chance, mine = random.Random(number), http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            while time.monotonic() < end:
                region, country = chance.choice(regions), chance.choice(countries)
                kind, path = chance.choice(
                    [
                        ("list", f"/regions?country={country}"),
                        ("region", f"/regions/{region}"),
                        ("country", f"/countries/{country}"),
                        ("map", f"/map/{country}.geojson"),
                        ("sources", "/sources"),
                        ("csv", f"/regions.csv?country={country}"),
                        ("brief", f"/regions/{region}/brief.pdf?lang=nl"),
                    ]
                )
                held = tag if chance.random() < 0.5 else None
                began = time.perf_counter()
                status = _ask(mine, path, held)
                taken = time.perf_counter() - began
                assert status == 200 or (status == 304 and held), (status, path)
                with lock:
                    times.setdefault("304" if status == 304 else kind, []).append(taken)

        threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    total = sum(len(found) for found in times.values())
    print(f"{clients} clients, {seconds:.0f} s: {total / seconds:.0f} answers a second")
    for kind, found in sorted(times.items()):
        ordered = sorted(found)
        p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
        print(f"  {kind:8} {len(found):6}  p50 {1000 * statistics.median(found):6.1f} ms  p95 {1000 * p95:6.1f} ms")


def _ask(connection: http.client.HTTPConnection, path: str, held: str | None) -> int:
    connection.request("GET", f"/api/v1{path}", headers={"If-None-Match": held} if held else {})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def main() -> None:
    options = argparse.ArgumentParser(description="load on the API, time of a brief")
    options.add_argument("--data", type=Path, help="a data folder of your own")
    options.add_argument("--clients", type=int, default=8)
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--briefs", type=int, default=10, help="regions whose briefs are timed")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = chosen.data or Path(folder)
        if not is_published(data):
            scene.prepare(data, ROOT, datetime.now(UTC).replace(tzinfo=None, microsecond=0), months=0)
        measure_briefs(data, chosen.briefs)
        measure_answers(data, chosen.clients, chosen.seconds)


if __name__ == "__main__":
    main()
