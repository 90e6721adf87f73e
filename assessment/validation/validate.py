"""`returnwatch validate`: every test of the method's validation plan on the data in hand, judged by written limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from assessment import positions
from assessment.compute import Assessment, assess
from assessment.forecast_model import REPORTING_LAG
from assessment.framework import Framework
from assessment.validation import backtest, blackout, leave_out, levels, official, ordering, published, replay, robust
from assessment.validation.index import place_index
from assessment.validation.panel import Panel, load_panel
from assessment.validation.substrate import Substrate, from_warehouse
from assessment.validation.thresholds import FAIL, NOT_ENOUGH, PASS, written

Say = Callable[[str], None]
YEARS = 4  # of half-yearly runs for V3 and V4; a quick validation takes the last one
QUICK_DRAWS, DRAWS = 100, 300
QUICK_BASE, BASE = 64, 256  # of the Sobol design


def quiet(_: str) -> None:
    """Say nothing."""


class Runs:
    """Assessments by day on one connection, made once each."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, framework: Framework, countries: Sequence[str], say: Say
    ) -> None:
        self.connection, self.framework, self.countries, self.say = connection, framework, countries, say
        self.made: dict[date, Assessment] = {}

    def at(self, day: date) -> Assessment:
        """The run of a day with what was known then."""
        if day not in self.made:
            self.say(f"assessing as of {day}")
            with self.connection.cursor() as cursor:
                self.made[day] = assess(cursor, day, self.framework, self.countries)
        return self.made[day]


def validate(
    connection: duckdb.DuckDBPyConnection, framework: Framework, countries: Sequence[str], as_of: date, *,
    panel_file: Path | None = None, against: Sequence[Path] = (), train_to: str | None = None,
    quick: bool = False, say: Say = quiet,
) -> dict[str, Any]:  # fmt: skip
    """JSON-ready result of V1 to V10 (plots as SVG text under `plots`).

    `panel_file` with `against`: published predictions, scored on identical rows. Everything else runs on what the
    warehouse holds. Raises PanelError when there is too little history of violence to test on.
    """
    say("reading the monthly counts of violence")
    with connection.cursor() as cursor:
        held = from_warehouse(cursor, as_of)
    setting = backtest.default_setting(held.panel, REPORTING_LAG, train_to)
    setting = replace(setting, draws=QUICK_DRAWS if quick else DRAWS)
    index = place_index(held.panel, framework, held.population)
    runs = Runs(connection, framework, countries, say)
    tests = [
        ordering.ordering(
            framework, held.panel, index, setting, quick=quick, published_on=_published(panel_file, against), say=say
        )
    ]
    say("V2, V3: levels and what followed")
    tests.append(levels.ordering(framework, held.panel, index, held.population, setting.train_to))
    half_years = [runs.at(day) for day in _half_years(held.panel, 1 if quick else YEARS)]
    tests.append(levels.dangerous_green(framework, held.panel, index, held.population, setting.train_to, half_years))
    tests.append(levels.promises(framework, half_years))
    say("V5: official ratings")
    tests.append(official.official(positions.load(), runs.at))
    latest = runs.at(_newest(held.panel))
    say("V6, V7: leaving sources out")
    tests += [leave_out.legal(latest, connection), leave_out.material(latest, connection)]
    say("V8: moving our own choices")
    tests.append(robust.robust(latest, QUICK_BASE if quick else BASE))
    say("V9: replaying the alerts")
    tests.append(replay.replay(framework, held.every))
    say("V10: deleting data")
    tests.append(blackout.blackout(connection, latest, countries))
    say("trying the metrics on bad forecasts")
    metrics = backtest.run_red_team(held.panel, setting)
    return _result(framework, held, setting, tests, metrics, as_of, quick)


def _published(panel_file: Path | None, against: Sequence[Path]) -> tuple[Panel, list[published.Published]] | None:
    if panel_file is None or not against:
        return None
    frames = {file: published.read_predictions(file) for file in published.prediction_files(against)}
    wide = published.widened(load_panel(panel_file), frames.values())
    return wide, [published.place(wide, file, frame) for file, frame in frames.items()]


def _half_years(panel: Panel, years: int) -> list[date]:
    """Ends of June and December within the panel, oldest first: `years` of them and the one before."""
    ends = [month for month in panel.months if str(month)[5:] in ("06", "12")]
    return [_last_day(month) for month in ends[-(2 * years + 1) :]]


def _newest(panel: Panel) -> date:
    """The day on which the newest month of the panel could be known: half a year after it."""
    return _last_day(panel.months[-1] + 6)


def _last_day(month: np.datetime64) -> date:
    day: date = ((month + 1).astype("datetime64[D]") - np.timedelta64(1, "D")).astype(object)
    return day


def _result(
    framework: Framework, held: Substrate, setting: backtest.Setting, tests: list[dict[str, Any]], metrics: Any,
    as_of: date, quick: bool,
) -> dict[str, Any]:  # fmt: skip
    panel = held.panel
    basis = {
        "as_of": as_of.isoformat(), "framework": framework.version, "units": len(panel.units),
        "countries": len(np.unique(panel.countries)), "first": str(panel.months[0]), "last": str(panel.months[-1]),
        "train_to": setting.train_to, "lag": setting.lag, "sources": held.bases,
        "regions_left_out": held.regions_left_out,
    }  # fmt: skip
    history: list[Any] = next((test.pop("history") for test in tests if "history" in test), [])
    counts = {verdict: sum(t["verdict"] == verdict for t in tests) for verdict in (PASS, FAIL, NOT_ENOUGH)}
    found = {
        "written": written()[0]["written"].isoformat(), "quick": quick, "basis": basis, "counts": counts,
        "framework_digest": framework.digest, "history_as_good": history, "metrics": metrics, "tests": tests,
    }  # fmt: skip
    return plain(found)  # type: ignore[no-any-return]


def plain(value: Any) -> Any:
    """NumPy numbers as Python ones and NaN as None: what JSON can hold."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value
