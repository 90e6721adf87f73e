"""How long a reader waits: page changes, first paint of the map, and twenty people at once, on the full set.

The full set: every monitored country with five years of monthly scores, made of the shipped figures moved to end last
month. `--data FOLDER` keeps it between two measurements, or measures a data folder of your own.

Measured in Chromium, from the press on a link until the page has run to its footer and its last element is drawn.
The twenty sessions speak the server's protocol (a browser each would measure the browsers), with a pause for reading,
while one person at a browser is timed among them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, sync_playwright

from assessment import framework as frameworks
from assessment.runs import month_ends
from bench import sessions
from dashboard import views
from dashboard.pipeline import is_published, load_starter, monitored, publish_now, save_assessment, save_history
from ingest import catalog
from ingest.refresh_tools import Tools, default_reference_dir
from tests.browser import moved, server
from tests.browser.visit import FLAGS, START, Visit, visiting

ROOT = Path(__file__).resolve().parents[1]
# One person's way through the pages; the start page comes back often.
STOPS: tuple[sessions.Stop, ...] = (
    (START, {}),
    ("country", {"country": "AFG"}),
    ("region", {"region": "AF-BAL"}),
    ("evidence", {"q": "Balkh"}),
    (START, {}),
    ("country", {"country": "SOM"}),
    ("region", {"region": "SO-BY"}),
    ("compare", {"regions": "AF-BAL,SO-BY"}),
    ("brief", {"region": "AF-HER"}),
    ("sources", {}),
    ("method", {}),
)


def fill(data: Path, months: int) -> None:
    """The full set: all monitored countries, an assessment at the end of every month."""
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    countries = monitored(default_reference_dir())
    with tempfile.TemporaryDirectory() as folder:
        manifest = moved.write(ROOT / "data" / "starter", Path(folder), countries, now.date(), years=months // 12 + 3)
        load_starter(data, catalog.load(ROOT / "sources.toml"), manifest.parent, now, Tools(contact="bench"))
    framework = frameworks.load()
    save_history(data, month_ends(now.date(), months), framework, countries, now=now)
    save_assessment(data, now.date(), framework, countries, kind="current", now=now)
    publish_now(data, now)


def press(visit: Visit, path: str, parameters: Mapping[str, str]) -> float:
    """Seconds from the press on a link to the end of the next page.

    The link is put on the page by us, so that every stop can be reached from every other; the application's own router
    follows it as any other.
    """
    target = f"{path}?{urlencode(parameters)}"
    visit.page.evaluate(
        """(target) => {
            const link = Object.assign(document.createElement('a'), {href: target, className: 'rw-link', id: 'bench'});
            document.body.append(link);
        }""",
        target,
    )
    started = time.perf_counter()
    visit.page.evaluate("() => { const link = document.getElementById('bench'); link.click(); link.remove(); }")
    visit.rest()
    seconds = time.perf_counter() - started
    assert visit.path in (path, "" if path == START else path), f"{target} led to {visit.page.url}"
    return seconds


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95 and worst, in seconds."""
    ordered = sorted(seconds)
    return {
        "n": len(ordered),
        "p50": round(statistics.median(ordered), 2),
        "p95": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 2),
        "worst": round(ordered[-1], 2),
    }


def changes(browser: Browser, base: str, stops: Sequence[sessions.Stop], rounds: int) -> dict[str, Any]:
    """Page changes of one person inside one session, and the same pages opened afresh from a mailed address."""
    inside: dict[str, list[float]] = {}
    fresh: dict[str, list[float]] = {}
    with visiting(browser, base) as visit:
        visit.go()
        for _ in range(rounds):
            for path, parameters in stops:
                inside.setdefault(path, []).append(press(visit, path, parameters))
    for path, parameters in dict(stops).items():
        for _ in range(min(rounds, 3)):
            with visiting(browser, base) as visit:
                started = time.perf_counter()
                visit.go(path, **parameters)
                fresh.setdefault(path, []).append(time.perf_counter() - started)
    return {
        "page change": spread([s for found in inside.values() for s in found]),
        "page change by page": {path: spread(found) for path, found in inside.items()},
        "opened from an address": spread([s for found in fresh.values() for s in found]),
        "opened by page": {path: spread(found) for path, found in fresh.items()},
    }


FIRST_PAINT = """() => new Promise((done) => {
  const look = () => document.querySelectorAll('svg path[d]').length > 40
    || [...document.querySelectorAll('*')].some((e) => e.shadowRoot?.querySelectorAll('svg path[d]').length > 40)
    ? requestAnimationFrame(() => done(performance.now())) : requestAnimationFrame(look);
  look();
})"""


def first_paint(browser: Browser, base: str, rounds: int) -> dict[str, Any]:
    """Seconds from the start of loading the start page until the map's outlines are drawn; the server is warm.

    In a browser that was never here, which fetches and compiles some hundred scripts of Streamlit's first, and in one
    that was.
    """
    never, before = [], []
    for _ in range(rounds):
        with visiting(browser, base) as visit:
            visit.page.goto(base, wait_until="commit")
            never.append(float(visit.page.evaluate(FIRST_PAINT)) / 1000)
            visit.rest()
            visit.page.goto("about:blank")
            visit.page.goto(base, wait_until="commit")
            before.append(float(visit.page.evaluate(FIRST_PAINT)) / 1000)
    return {"never here": spread(never), "here before": spread(before)}


def among_others(
    browser: Browser, base: str, stops: Sequence[sessions.Stop], people: int, pause: float
) -> dict[str, Any]:
    """`people` sessions at once, and one person at a browser timed among them."""
    answered: list[sessions.Change] = []
    asked = [("" if path == START else path, parameters) for path, parameters in stops]
    crowd = threading.Thread(
        target=lambda: answered.extend(asyncio.run(sessions.crowd(base, asked, people, pause))), daemon=True
    )
    crowd.start()
    mine = []
    with visiting(browser, base) as visit:
        visit.go()
        while crowd.is_alive():
            for path, parameters in stops:
                mine.append(press(visit, path, parameters))
                visit.page.wait_for_timeout(1000 * pause)
                if not crowd.is_alive():
                    break
    crowd.join()
    return {
        "page change of the crowd": spread([one.seconds for one in answered]),
        "page change at the browser": spread(mine),
    }


def main() -> int:
    """Print the figures, a line of JSON each."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, help="data folder to measure; made when nothing is published in it")
    options.add_argument("--months", type=int, default=60, help="of monthly scores, when the folder is made")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--people", type=int, default=20)
    options.add_argument("--pause", type=float, default=8.0, help="seconds one of them reads a page")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = chosen.data or Path(folder)
        if not is_published(data):
            data.mkdir(parents=True, exist_ok=True)
            fill(data, chosen.months)
        there = {view.PATH for view in views.every()}
        stops = [stop for stop in STOPS if stop[0] in there]
        with server.serving(data) as base, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
            with visiting(browser, base) as visit:  # warm
                for path, parameters in stops:
                    visit.go(path, **parameters)
            say({"first paint of the map": first_paint(browser, base, chosen.rounds)})
            say(changes(browser, base, stops, chosen.rounds))
            say({f"{chosen.people} sessions": among_others(browser, base, stops, chosen.people, chosen.pause)})
            browser.close()
    return 0


def say(found: Mapping[str, Any]) -> None:
    """One figure a line, as soon as it is known."""
    for name, value in found.items():
        print(json.dumps({name: value}), flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
