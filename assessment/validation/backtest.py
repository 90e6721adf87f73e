"""V1, the ordering backtest: our forecasts and every baseline on the same later months, with intervals.

Nothing after `train_to` is used to fit; settings were chosen on earlier months still (bench/forecast.py). `lag` months
lie between the newest data used and the origin, because final event data hide how late reports arrive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from assessment.forecast_features import history_features
from assessment.forecast_fit import Rows
from assessment.forecast_model import REPORTING_LAG, Question, fit, probabilities, warm_up
from assessment.forecast_targets import HORIZONS, TARGETS, outcomes, targets_of
from assessment.validation import metrics, published, red_team
from assessment.validation.baselines import BASELINES
from assessment.validation.evaluate import DRAWS, MIN_BLOCKS, OURS, SEED, Result, rounded, score_cases
from assessment.validation.panel import Floats, Panel, PanelError, load_panel, panel_from_events
from assessment.validation.rows import Cases, Forecast, add_baselines, add_scores, cases, story

MIN_MONTHS = 36
TEST_MONTHS = 36  # at most; a shorter panel keeps two thirds for fitting
LEAD_WARM_UP = 12  # months of history before the first origin of the lead table
RED_TEAM_EVENTS = 50  # outcomes; with fewer, figures of the five forecasts meet by chance
SPLIT: tuple[Question, ...] = (("ongoing", 1), ("escalation", 1), ("onset", 1), ("de_escalation", 1))
RED_TEAM: tuple[Question, ...] = (("any_event", 1), ("any_death", 1), ("deaths_25", 1), ("escalation", 1))


@dataclass(frozen=True)
class Setting:
    """How a backtest is run. `train_to`, `test_to`: YYYY-MM. `neighbours` (U, U) and `extra` are optional inputs."""

    train_to: str
    test_to: str
    lag: int = REPORTING_LAG
    draws: int = DRAWS
    seed: int = SEED
    neighbours: Floats | None = None
    extra: Mapping[str, Floats] | None = None


def questions_of(panel: Panel) -> list[Question]:
    """Every question the panel can answer: targets x horizons, and the four splits where events are counted."""
    plain: list[Question] = [(target.name, horizon) for target in targets_of(panel) for horizon in HORIZONS]
    return plain + (list(SPLIT) if "n_events" in panel.counts else [])


def default_setting(panel: Panel, lag: int, train_to: str | None = None) -> Setting:
    """Fit on the first two thirds (or all but 36 months), test on the rest; PanelError for a panel under 36 months."""
    months = len(panel.months)
    if months < MIN_MONTHS:
        raise PanelError(f"the panel has {months} months; a backtest needs at least {MIN_MONTHS}")
    end = months - 1 - min(TEST_MONTHS, months // 3) if train_to is None else panel.column(train_to)
    return Setting(str(panel.months[end]), str(panel.months[-1]), lag)


def origins_tested(panel: Panel, setting: Setting) -> NDArray[np.bool_]:
    """Origins after the last month used for fitting, up to `test_to`: (U, T)."""
    mask = np.zeros(panel.activity.shape, dtype=bool)
    mask[:, panel.column(setting.train_to) + 1 : panel.column(setting.test_to) + 1] = True
    return mask


def model_question(question: Question) -> Question:
    """The question whose model answers: ongoing violence is a subset of rows, not another model."""
    return ("any_event", 1) if question[0] == "ongoing" else question


def add_ours(
    rows: Cases, panel: Panel, inputs: tuple[tuple[str, ...], Rows], setting: Setting, yearly: bool = False
) -> str:
    """Put our forecast on the rows, fitted once to `train_to` or again at each year's end; returns why it could not."""
    names, features = inputs
    asked = model_question(rows.question)
    p = np.full(panel.activity.shape, np.nan)
    first, last = panel.column(setting.train_to), panel.column(setting.test_to)
    starts = range(first, last, 12) if yearly else [first]
    for start in starts:
        model = fit(panel, names, features, str(panel.months[start]), [asked], setting.lag)
        if asked in model.refused:
            return model.refused[asked]
        p[:, start + 1 :] = probabilities(model, asked, features)[:, start + 1 :]
    ours = p[rows.unit, rows.origin]
    rows.forecasts[f"{OURS}_yearly" if yearly else OURS] = Forecast(ours, ours)
    return ""


def run_question(
    panel: Panel, question: Question, inputs: tuple[tuple[str, ...], Rows], setting: Setting,
    scores: Mapping[str, Floats] | None = None,
) -> Result:  # fmt: skip
    """Score one question on the test months: ours, every baseline, and any other index given."""
    rows = cases(panel, question, origins_tested(panel, setting))
    return _scored(rows, panel, inputs, setting, scores or {})


def _scored(
    rows: Cases, panel: Panel, inputs: tuple[tuple[str, ...], Rows], setting: Setting, scores: Mapping[str, Floats]
) -> Result:
    if not len(rows.y) or not 0 < rows.y.sum() < len(rows.y):
        why = "no outcome, or nothing but outcomes, in the test months: there is nothing to rank"
        name, horizon = rows.question
        return {"outcome": name, "horizon": horizon, "rows": len(rows.y), "lag": setting.lag, "skipped": why}
    refused = add_ours(rows, panel, inputs, setting)
    add_baselines(rows, panel, setting.train_to, setting.lag)
    add_scores(rows, panel, scores, setting.train_to)
    result = score_cases(rows, setting.draws, setting.seed) | {"lag": setting.lag}
    return result | ({"not_fitted": refused} if refused else {})


def run_published(
    panel: Panel, found: Sequence[published.Published], inputs: tuple[tuple[str, ...], Rows], setting: Setting,
    scores: Mapping[str, Floats] | None = None,
) -> list[Result]:  # fmt: skip
    """Each question of the published predictions on exactly their rows in the test months; ours also with refits."""
    results = []
    for question in dict.fromkeys(one.question for one in found):
        same = [one for one in found if one.question == question]
        mask = origins_tested(panel, setting) & np.logical_and.reduce([np.isfinite(one.probability) for one in same])
        rows = cases(panel, question, mask, known_y=same[0].y)
        published.add_published(rows, same)
        refused = add_ours(rows, panel, inputs, setting) or add_ours(rows, panel, inputs, setting, yearly=True)
        add_baselines(rows, panel, setting.train_to, setting.lag)
        add_scores(rows, panel, scores or {}, setting.train_to)
        scored = score_cases(rows, setting.draws, setting.seed)
        scored |= {
            "lag": setting.lag,
            "published_as": published.TITLES[question[0]],
            "label_agreement": {one.name: rounded(one.agreement, 6) for one in same},
            "rows_outside_panel": {one.name: one.rows_outside for one in same},
        }
        results.append(scored | ({"not_fitted": refused} if refused else {}))
    return results


def run_lead_months(panel: Panel) -> list[Result]:
    """Baselines only, for the single month `lead` months ahead, over all origins with a year of history."""
    target = next(t for t in TARGETS if t.series in panel.counts or t.name == "any_event")
    target = TARGETS[1] if "deaths" in panel.counts else target
    results = []
    for lead in HORIZONS:
        y = outcomes(panel, target, lead, lead=True)
        y[:, : LEAD_WARM_UP - 1] = np.nan
        asked = np.isfinite(y)
        told = replace(story(panel, (target.name, 1)), horizon=1)
        figures = {
            name: rounded(metrics.average_precision(y[asked], baseline(told).score[asked]))
            for name, baseline in BASELINES.items()
        }
        results.append({"outcome": target.name, "lead": lead, "rows": int(asked.sum()), "average_precision": figures})
    return results


def run_red_team(panel: Panel, setting: Setting) -> Result:
    """Which metrics may be used on this panel: tried on a common outcome and on rare ones, whichever it can answer.

    No verdict with few outcomes or countries: in one country the wrong places are a coin toss and teach nothing.
    """
    able = {target.name for target in targets_of(panel)} | ({"escalation"} if "n_events" in panel.counts else set())
    verdicts: dict[str, list[red_team.Verdict]] = {}
    for question in RED_TEAM:
        if question[0] in able:
            rows = cases(panel, question, origins_tested(panel, setting))
            if rows.y.sum() >= RED_TEAM_EVENTS and len(np.unique(rows.country)) >= MIN_BLOCKS:
                add_baselines(rows, panel, setting.train_to, 0)
                verdicts[f"{question[0]}, {question[1]} month"] = red_team.red_team(rows, setting.seed)
    used, refused = red_team.used_metrics(verdicts)
    figures = {
        question: {one.metric: {key: rounded(value) for key, value in one.figures.items()} for one in several}
        for question, several in verdicts.items()
    }
    return {"used": used, "refused": refused, "figures": figures}


def describe(panel: Panel, setting: Setting) -> Result:
    """What was tested on, and the caveats that belong beside every figure."""
    notes = [
        f"Fitted on months to {setting.train_to}; tested on origins after it, to {setting.test_to}.",
        f"Reporting lag: {setting.lag} month(s) between the newest data used and the origin. Final data hide how late "
        "reports arrive, so live figures will be lower than those at lag 0.",
        "Intervals: 95 %, whole countries drawn with replacement; units where there are too few countries, and then "
        "they are too narrow, because neighbouring units share their fate.",
        "Units of an event file are those with at least one event at some time: places that were always quiet are "
        "missing, so rates of first violence are higher here than over all regions.",
    ]
    return {
        "panel": {
            "units": len(panel.units), "countries": len(np.unique(panel.countries)), "series": sorted(panel.counts),
            "months": [str(panel.months[0]), str(panel.months[-1])], "warm_up_months": warm_up(panel),
        },
        "protocol": {
            "train_to": setting.train_to, "test_to": setting.test_to, "lag": setting.lag,
            "draws": setting.draws, "seed": setting.seed,
        },
        "notes": notes,
    }  # fmt: skip


def run_backtest(panel: Panel, setting: Setting, scores: Mapping[str, Floats] | None = None,
                 questions: Iterable[Question] | None = None) -> Result:  # fmt: skip
    """Every question the panel can answer, JSON-ready. `scores` adds other indices, e.g. the physical score, (U, T)."""
    inputs = history_features(panel, setting.neighbours, setting.extra)
    result = describe(panel, setting)
    result["metrics"] = run_red_team(panel, setting)
    asked = list(questions) if questions is not None else questions_of(panel)
    result["tasks"] = [run_question(panel, question, inputs, setting, scores) for question in asked]
    result["lead_months"] = run_lead_months(panel)
    return result


def run_backtest_panel(
    path: Path | str, against: Path | str | Iterable[Path | str] | None = None, *,
    train_to: str | None = None, lag: int = REPORTING_LAG, draws: int = DRAWS,
) -> dict[str, Any]:  # fmt: skip
    """`returnwatch backtest --panel FILE [--against PREDS]`.

    `against`: parquet file(s) or a folder of published one-month-ahead predictions; they are scored on identical
    rows, at lag 0 as they were made, in `published`. Raises PanelError with what is wrong and what to do.
    """
    panel = load_panel(path)
    files = published.prediction_files(against) if against is not None else []
    frames = {file: published.read_predictions(file) for file in files}
    wide = published.widened(panel, frames.values())
    setting = replace(default_setting(wide, lag, train_to), draws=draws)
    result = run_backtest(wide, setting)
    result["panel"]["units_added_as_zero"] = len(wide.units) - len(panel.units)
    if frames:
        found = [published.place(wide, file, frame) for file, frame in frames.items()]
        inputs = history_features(wide)
        result["published"] = run_published(wide, found, inputs, replace(setting, lag=0))
        result["lag_0"] = [run_question(wide, ("any_event", h), inputs, replace(setting, lag=0)) for h in HORIZONS]
    return result


def run_backtest_events(
    event_frame: pd.DataFrame, level: str = "region", *,
    months: tuple[str, str] | None = None, all_units: Mapping[str, str] | None = None,
    train_to: str | None = None, lag: int = REPORTING_LAG, draws: int = DRAWS,
) -> dict[str, Any]:  # fmt: skip
    """`returnwatch backtest --events FILE --level region|country|grid` on rows of any event adapter.

    `event_frame`: iso3, date, deaths, civilian_deaths and region_id or lat/lon. `months` (first, last): what the
    source covers. `all_units` (unit -> iso3): every region it covers, so that always-quiet ones count as zeros.
    Events that cannot be placed are counted in `panel.unlocated_events`.
    """
    panel, unlocated = panel_from_events(event_frame, level, months)
    units = dict(all_units or {})
    wide = panel.with_units(list(units), list(units.values()))
    setting = replace(default_setting(wide, lag, train_to), draws=draws)
    result = run_backtest(wide, setting)
    result["panel"] |= {"level": level, "events": len(event_frame), "unlocated_events": unlocated}
    result["panel"]["units_added_as_zero"] = len(wide.units) - len(panel.units)
    return result
