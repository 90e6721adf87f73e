"""`returnwatch backtest --panel FILE | --events FILE`: how well history and our early warning order what came next."""

from __future__ import annotations

import argparse
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from assessment.validation.backtest import run_backtest_events, run_backtest_panel
from assessment.validation.panel import PanelError
from assessment.validation.render import render
from dashboard.commands import Context, UsageError, parse_day, shipped
from ingest import adapters, catalog
from ingest.model import AdapterError, Answer, Event, digest_of
from ingest.places import Places

NAME = "backtest"
HELP = "test how well violence is ordered in time, on a panel or on events, beside plain history"
ORDER = 70
FORMATS = {"ucdp": "ucdp_ged", "awsd": "awsd", "insecurity_insight": "insecurity_insight", "idmc": "idmc_idu"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("--panel", type=Path, help="CSV: country, unit, month, n_events, n_sb, n_ns, n_os, deaths")
    given.add_argument("--events", type=Path, help="an event file one of our adapters reads")
    parser.add_argument("--format", choices=sorted(FORMATS), default="ucdp", help="of the event file")
    parser.add_argument("--level", choices=["region", "country", "grid"], default="region")
    parser.add_argument("--against", type=Path, nargs="+", help="published predictions, scored on identical rows")
    parser.add_argument("--train-to", metavar="MONTH", help="a day in the last month of the fit, e.g. 2019-12-31")
    parser.add_argument("--lag", type=int, default=1, help="months of reporting lag (default 1)")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Exit status 1 when the file is missing, has another form or is too short."""
    path = arguments.panel or arguments.events
    for wanted in [path, *(arguments.against or [])]:
        if not wanted.exists():
            raise UsageError(f"{wanted} does not exist; give a file")
    train_to = str(parse_day(arguments.train_to))[:7] if arguments.train_to else None
    try:
        if arguments.panel:
            result = run_backtest_panel(path, arguments.against, train_to=train_to, lag=arguments.lag)
        else:
            frame = event_frame(path, FORMATS[arguments.format], shipped("reference"))
            result = run_backtest_events(frame, arguments.level, train_to=train_to, lag=arguments.lag)
    except (PanelError, AdapterError, ValueError) as error:
        raise UsageError(f"{path}: {error}") from None
    context.answer(result, render(result))
    return 0


def event_frame(path: Path, adapter: str, reference_dir: Path) -> pd.DataFrame:
    """Events of a file as a table: iso3, region_id, lat, lon, date, deaths, civilian_deaths."""
    body = path.read_bytes()
    answer = Answer(
        "backtest", f"file:///{path.name}", 200, {}, body, datetime.fromtimestamp(path.stat().st_mtime), digest_of(body)
    )
    facts: dict[str, Any] = {
        "publisher": "file", "what": "file", "adapter": adapter, "schedule": "0 0 1 1 *", "licence": "own",
        "redistribution": "none", "reliability": "B", "origin_family": "file", "level": "point", "known_bias": "none",
    }  # fmt: skip
    events = [
        row
        for row in adapters.load(adapter).parse(answer, catalog.Source(id="backtest", **facts))
        if isinstance(row, Event)
    ]
    places = Places.load(reference_dir)
    return pd.DataFrame([_line(event, places) for event in events])


def _line(event: Event, places: Places) -> dict[str, Any]:
    place = event.place
    match = None
    if place.is_subnational():
        match = places.resolve(
            place.iso3,
            region_name=place.region_name,
            region_code=place.region_code,
            district_name=place.district_name,
            district_code=place.district_code,
            latitude=place.latitude,
            longitude=place.longitude,
        )
    day: date = event.ref_end
    return {
        "iso3": place.iso3,
        "region_id": match.region_id if match else None,
        "lat": place.latitude,
        "lon": place.longitude,
        "date": pd.Timestamp(day),
        "deaths": event.deaths_best,
        "civilian_deaths": event.deaths_civilians,
    }
