"""`returnwatch assess [--as-of DATE | --history MONTHS]`: score every region with what was known; publish it."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from assessment import framework as frameworks
from assessment.compute import Assessment, assess
from assessment.framework import DIMENSIONS, Framework, FrameworkError
from assessment.runs import month_ends
from dashboard.commands import Context, UsageError, parse_day, shipped, table, utc_now
from dashboard.pipeline import (
    forecast_is_due,
    monitored,
    publish_now,
    save_assessment,
    save_history,
    train_forecast,
)
from ingest.publish import NothingPublished, Snapshot
from ingest.refresh_tools import Folders

NAME = "assess"
HELP = "score every region with what was known on a day; --compare shows every band another framework would change"
ORDER = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--as-of", metavar="DATE", help="a past day, e.g. 2023-06-30 (default: today)")
    when.add_argument(
        "--history", type=int, metavar="MONTHS", help="the ends of the last months that have no assessment, for trends"
    )
    when.add_argument("--forecast", action="store_true", help="train the early warning anew (a minute), then today")
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
    if arguments.history is not None:
        return _history(context, arguments.history, chosen, countries)
    if arguments.forecast and not train_forecast(context.data_dir, chosen, countries, now=now):
        context.say("too little is covered month by month to train on: history is shown instead of a forecast")
    kind = "history" if arguments.as_of else "current"
    result = save_assessment(context.data_dir, as_of, chosen, countries, kind=kind, now=now)
    publish_now(context.data_dir, now)
    context.answer(_answer(result), "\n".join(_lines(result)))
    return 0


def _history(context: Context, months: int, framework: Framework, countries: list[str]) -> int:
    if not 1 <= months <= 600:
        raise UsageError(f"--history takes 1 to 600 months, not {months}")
    now = utc_now()

    def progress(day: date, left: int) -> None:
        context.say(f"assessed as of {day}, {left} to go")

    made = save_history(context.data_dir, month_ends(now.date(), months), framework, countries, now=now,
                        progress=progress)  # fmt: skip
    if made:
        publish_now(context.data_dir, now)
    if forecast_is_due(context.data_dir, now) and train_forecast(context.data_dir, framework, countries, now=now):
        publish_now(context.data_dir, now)
    text = f"{len(made)} days assessed ({made[0]} to {made[-1]})" if made else "every month has its assessment already"
    context.answer({"made": made, "framework": framework.version}, text)
    return 0


def _answer(result: Assessment) -> dict[str, Any]:
    categories = [gated.category for gated in result.outcome.gated]
    return {
        "run_id": result.run_id,
        "as_of": result.as_of,
        "framework": result.framework.version,
        "dimensions": _dimensions(result),
        "categories": {name: categories.count(name) for name in sorted(set(categories))},
        "gates": _counted([hit.gate_id for g in result.outcome.gated for hit in g.hits if hit.effect != "note"]),
        "alerts": _counted([item.rule for item in result.alerts]),
    }


def _counted(names: list[str]) -> dict[str, int]:
    return {name: names.count(name) for name in sorted(set(names))}


def _dimensions(result: Assessment) -> list[dict[str, Any]]:
    """Regions by level after gates; insufficient ones apart: how many are treated as worst, or known to be severe."""
    rows = []
    for dimension in DIMENSIONS:
        grades, level = result.grades[dimension], result.levels[dimension]
        enough = ~grades.insufficient
        rows.append(
            {
                "dimension": dimension,
                "regions": len(level),
                **{f"level {n}": int(((level == n) & enough).sum()) for n in range(1, 6)},
                "insufficient": int(grades.insufficient.sum()),
                "treated as 5": int((~enough & (level == 5)).sum()),
                "known to be severe": int((~enough & (grades.known_level >= 4)).sum()),
            }
        )
    return rows


def _lines(result: Assessment) -> list[str]:
    answer, framework = _answer(result), result.framework
    yielded = [
        f"run {result.run_id}, as of {result.as_of}, framework {framework.version}: "
        f"{len(result.regions.region_id)} regions of {len(set(result.regions.iso3.tolist()))} countries",
        "",
        table(answer["dimensions"], list(answer["dimensions"][0])),
        "insufficient information is treated as level 4, or 5 where that is what is known; docs/assessment.md says",
        "what it takes to leave it",
        "",
        "suggested, after gates:",
    ]
    yielded += [f"  {name} {n:>5}  {framework.raw['advice'][name]['en']}" for name, n in answer["categories"].items()]
    yielded += ["gates that hold (regions):" if answer["gates"] else "no gate holds"]
    yielded += [f"  {name:<3} {n:>4}  {framework.raw['gate'][name]['en']}" for name, n in answer["gates"].items()]
    words = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in answer["alerts"].items())
    return [*yielded, f"alerts: {words or 'none'}"]


def _compare(context: Context, as_of: date, first: Framework, second: Framework, countries: list[str]) -> int:
    """Every level and category that differs between two frameworks on the same data."""
    try:
        with Snapshot.open(Folders(context.data_dir).published) as snapshot, snapshot.cursor() as cursor:
            results = [assess(cursor, as_of, framework, countries) for framework in (first, second)]
    except NothingPublished as error:
        raise UsageError(str(error)) from None
    rows = []
    for row, region in enumerate(results[0].regions.region_id.tolist()):
        pairs = [(d, *(_band(result, d, row) for result in results)) for d in DIMENSIONS]
        pairs.append(("category", *(result.outcome.gated[row].category for result in results)))
        rows += [{"region": region, "what": w, "before": a, "after": b} for w, a, b in pairs if a != b]
    text = table(rows, ["region", "what", "before", "after"]) if rows else "no band differs"
    heading = f"as of {as_of}, framework {first.version} ({first.digest[:8]}) to {second.version} ({second.digest[:8]})"
    context.answer({"as_of": as_of, "from": first.version, "to": second.version, "changed": rows}, f"{heading}\n{text}")
    return 0


def _band(result: Assessment, dimension: str, row: int) -> str:
    level = int(result.levels[dimension][row])
    return f"U ({level})" if result.grades[dimension].insufficient[row] else str(level)
