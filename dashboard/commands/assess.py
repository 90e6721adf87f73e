"""`returnwatch assess [--as-of DATE]`: score every region with what was known on a day, and publish it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from assessment import framework as frameworks
from assessment.compute import assess
from assessment.framework import DIMENSIONS, FrameworkError
from dashboard.commands import Context, UsageError, parse_day, shipped, table, utc_now
from dashboard.pipeline import monitored, publish_now, save_assessment
from ingest.publish import NothingPublished, Snapshot
from ingest.refresh_tools import Folders

NAME = "assess"
HELP = "score every region with what was known on a day; --compare shows every band another framework would change"
ORDER = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as-of", metavar="DATE", help="a past day, e.g. 2023-06-30 (default: today)")
    parser.add_argument("--framework", type=Path, help="another framework.toml")
    parser.add_argument("--compare", type=Path, metavar="FRAMEWORK", help="print the bands this framework would change")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Exit status 1 when there is nothing to assess or a framework contradicts itself."""
    now = utc_now()
    as_of = parse_day(arguments.as_of) if arguments.as_of else now.date()
    try:
        chosen = frameworks.load(arguments.framework)
        other = frameworks.load(arguments.compare) if arguments.compare else None
    except FrameworkError as error:
        raise UsageError(str(error)) from None
    countries = monitored(shipped("reference"))
    if other is not None:
        return _compare(context, as_of, chosen, other, countries)
    kind = "history" if arguments.as_of else "current"
    result = save_assessment(context.data_dir, as_of, chosen, countries, kind=kind, now=now)
    publish_now(context.data_dir, now)
    rows = [
        {
            "dimension": dimension,
            "regions": len(result.regions.region_id),
            "insufficient": int(result.grades[dimension].insufficient.sum()),
            **{f"level {n}": int((result.grades[dimension].level == n).sum()) for n in range(1, 6)},
        }
        for dimension in DIMENSIONS
    ]
    answer = {"run_id": result.run_id, "as_of": as_of, "framework": chosen.version, "dimensions": rows}
    context.answer(answer, f"run {result.run_id}, as of {as_of}\n" + table(rows, list(rows[0])))
    return 0


def _compare(context: Context, as_of: Any, first: Any, second: Any, countries: list[str]) -> int:
    try:
        with Snapshot.open(Folders(context.data_dir).published) as snapshot, snapshot.cursor() as cursor:
            results = [assess(cursor, as_of, framework, countries) for framework in (first, second)]
    except NothingPublished as error:
        raise UsageError(str(error)) from None
    rows = [
        {"region": str(region), "dimension": d, "before": int(before), "after": int(after)}
        for d in DIMENSIONS
        for region, before, after in zip(
            results[0].regions.region_id, results[0].grades[d].level, results[1].grades[d].level, strict=True
        )
        if before != after
    ]
    text = table(rows, ["region", "dimension", "before", "after"]) if rows else "no band differs"
    context.answer({"as_of": as_of, "from": first.version, "to": second.version, "changed": rows}, text)
    return 0
