"""V1: forecasts and the physical score beside every baseline, on months after those used for fitting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from assessment.forecast import product_questions
from assessment.forecast_features import history_features
from assessment.forecast_model import Question
from assessment.framework import Framework
from assessment.validation import backtest, plots, published
from assessment.validation.evaluate import OURS
from assessment.validation.index import PlaceIndex, place_index
from assessment.validation.panel import Floats, Panel
from assessment.validation.thresholds import Figure, judged

SCORE = "physical_score"
METHOD_BASELINES = ("last_month", "mean_12", "persistence", "national_mean")  # of the method's V1
PUBLISHED_FROM = "2019-12"  # last month the published predictions of the reference panel were fitted on
SCORED_AT: tuple[Question, ...] = (("any_death", 3), ("any_death", 6))
QUICK: tuple[Question, ...] = (("any_event", 1), *SCORED_AT, ("deaths_25", 6), ("any_death", 12))
SHOWN = (OURS, SCORE, f"{SCORE}_known", "ewma_3_log", "ewma_3", "share_12", "mean_12", "last_month", "persistence",
         "climatology", "national_mean")  # fmt: skip
Task = Mapping[str, Any]


def index_scores(index: PlaceIndex) -> dict[str, Floats]:
    """The physical score as something that ranks danger: higher = worse."""
    return {SCORE: -index.score, f"{SCORE}_known": -index.known}


def ordering(
    framework: Framework, panel: Panel, index: PlaceIndex, setting: backtest.Setting, *, quick: bool,
    published_on: tuple[Panel, Sequence[published.Published]] | None, say: Callable[[str], None],
) -> dict[str, Any]:  # fmt: skip
    """Every product question and split at the setting's lag; published predictions on identical rows at lag 0."""
    inputs, scores, tasks = history_features(panel, setting.neighbours), index_scores(index), []
    asked = list(QUICK) if quick else product_questions(panel) + list(backtest.SPLIT)
    for number, question in enumerate(asked, 1):
        say(f"V1: {question[0]} in {question[1]} month(s), {number} of {len(asked)}")
        tasks.append(backtest.run_question(panel, question, inputs, setting, scores))
    found, same = {}, []
    if published_on is not None:
        wide, predictions = published_on
        say("V1: published predictions on identical rows")
        as_made = replace(setting, lag=0, train_to=PUBLISHED_FROM, test_to=str(wide.months[-1]), neighbours=None)
        scores = index_scores(place_index(wide, framework))
        same = backtest.run_published(wide, predictions, history_features(wide), as_made, scores)
        found = {task["published_as"]: task for task in same}
    figures = _against_published(found) | _of_score(tasks, found) | _of_product(tasks)
    tables = [task_table(task, "published") for task in same] + [task_table(task, "task") for task in tasks]
    return judged("V1", figures, tables=tables, plots=_plots(same or tasks), history=history_as_good(tasks + same))


def _value(task: Task, model: str, metric: str) -> float:
    value = task["models"][model][metric]["value"] if model in task.get("models", {}) else None
    return float("nan") if value is None else float(value)


def _span(task: Task, model: str, metric: str) -> tuple[float, float] | None:
    span = task["models"][model][metric]["interval"]
    return None if not span or span[0] is None else (span[0], span[1])


NOT_GIVEN = {
    "en": "published predictions were not given (--panel and --against)",
    "nl": "gepubliceerde voorspellingen zijn niet meegegeven (--panel en --against)",
}


def _against_published(found: Mapping[str, Task]) -> dict[str, Figure]:
    figures = {}
    for name in ("occurrence", "escalation"):
        task = found.get(name)
        if task is None or OURS not in task.get("models", {}):
            figures[name] = Figure(None, 0, why=NOT_GIVEN)
        else:
            value, span = _value(task, OURS, "average_precision"), _span(task, OURS, "average_precision")
            figures[name] = Figure(value, task["rows"], span)
    figures["onset"] = Figure(None, 0, why=NOT_GIVEN)
    task = found.get("onset")
    if task is not None and OURS in task.get("models", {}):
        others = [name for name in task["differences"] if name.startswith("preds_")]
        best = max(others, key=lambda name: _value(task, name, "average_precision"))
        span = task["differences"][best]["average_precision"]["interval"]
        figures["onset"] = Figure(span[1] if span else None, task["rows"], tuple(span) if span else None)
    return figures


def _of_score(tasks: Sequence[Task], found: Mapping[str, Task]) -> dict[str, Figure]:
    """The physical score against baselines; climatology on the published rows where they are given."""
    by_question = {(task["outcome"], task["horizon"]): task for task in tasks if "models" in task}
    first = found.get("occurrence") or by_question.get(("any_event", 1))
    figures = {}
    if first is not None and "models" in first:
        gap = _value(first, SCORE, "average_precision") - _value(first, "climatology", "average_precision")
        figures["score_climatology"] = Figure(gap, first["rows"])
    both = [by_question[q] for q in SCORED_AT if q in by_question]
    if len(both) == len(SCORED_AT):
        rows = min(task["rows"] for task in both)

        def worst(metric: str, others: Sequence[str]) -> Figure:
            gaps = [_value(t, SCORE, metric) - max(_value(t, name, metric) for name in others) for t in both]
            return Figure(min(gaps), rows)

        figures |= {
            "score_auroc": worst("auroc", METHOD_BASELINES),
            "score_precision": worst("average_precision", ["last_month"]),
            "score_spearman": worst("spearman", ["national_mean"]),
        }
    return figures


def _of_product(tasks: Sequence[Task]) -> dict[str, Figure]:
    shown = [t["gate"]["shown"] for t in tasks if "gate" in t and (t["outcome"], t["horizon"]) not in backtest.SPLIT]
    return {"questions_shown": Figure(float(np.mean(shown)) if shown else None, len(shown))}


def task_table(task: Task, caption: str) -> dict[str, Any]:
    """One question: a row per forecast with AP and its interval, AUROC, Brier and its interval, log loss, Spearman."""
    about = {
        k: task.get(k) for k in ("outcome", "horizon", "lag", "rows", "events", "base_rate", "countries", "blocks")
    }
    if "models" not in task:
        return {"caption": caption, "about": about | {"skipped": task["skipped"]}, "columns": [], "rows": []}
    metrics = ("average_precision", "auroc", "brier", "log_loss", "spearman")
    columns = ["forecast", "average_precision", "interval_95", "auroc", "brier", "interval_95", "log_loss", "spearman"]
    rows = []
    for name in task["models"]:
        ap, auroc, brier, loss, rank = (_value(task, name, metric) for metric in metrics)
        spans = [_span(task, name, metric) for metric in ("average_precision", "brier")]
        rows.append([name, ap, spans[0], auroc, brier, spans[1], loss, rank])
    return {"caption": caption, "about": about | {"verdict": task.get("verdict", task.get("not_fitted"))},
            "columns": columns, "rows": rows}  # fmt: skip


def history_as_good(tasks: Sequence[Task]) -> list[list[Any]]:
    """[outcome, horizon] where history ranks as well as the forecast, or the forecast is not shown."""
    out: list[list[Any]] = []
    for task in tasks:
        line = [task["outcome"], task["horizon"]]
        good = not task.get("verdict", "").startswith("ranks better")
        if "models" in task and (good or not task["gate"]["shown"] if "gate" in task else True) and line not in out:
            out.append(line)
    return out


def _plots(tasks: Sequence[Task]) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for task in tasks[:3]:
        if "models" not in task:
            continue
        names = [n for n in task["models"] if n in SHOWN or n.startswith("preds_")]
        ap = "average_precision"
        rows = [(n, _value(task, n, ap), _span(task, n, ap), n.startswith((OURS, SCORE))) for n in names]
        rows.sort(key=lambda row: -row[1])
        out.append(
            plots.dots("average_precision", rows, task["base_rate"]) | {"about": [task["outcome"], task["horizon"]]}
        )
    first = next((t for t in tasks if t["outcome"] == "any_event" and OURS in t.get("calibration", {})), None)
    if first is not None:
        drawn = plots.reliability("reliability", first["calibration"][OURS]["table"])
        out.append(drawn | {"about": [first["outcome"], first["horizon"]]})
    return out
