"""The backtest as a text table: good and bad, ours beside every baseline, caveats first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assessment.validation.metrics import HIGHER_IS_BETTER

SHORT = {"average_precision": "AP", "auroc": "AUROC", "brier": "Brier", "log_loss": "log loss", "spearman": "Spearman"}
WITH_INTERVAL = ("average_precision", "brier")


def figure(value: float | None, digits: int = 3) -> str:
    """A figure or a dash where there is none."""
    return "-" if value is None else f"{value:.{digits}f}"


def _span(entry: Mapping[str, Any], digits: int) -> str:
    span = entry.get("interval")
    return "" if not span or span[0] is None else f" [{figure(span[0], digits)}, {figure(span[1], digits)}]"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns padded to their widest cell; the first is left-aligned."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  " + "  ".join(cell.ljust(width) if at == 0 else cell.rjust(width)
                         for at, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]  # fmt: skip


def render_task(task: Mapping[str, Any], metrics: Sequence[str]) -> list[str]:
    """One question: a heading, a row per forecast, calibration, and the verdict in words."""
    title = f"{task.get('published_as', task['outcome'])}, {task['horizon']} month(s), lag {task['lag']}"
    if "skipped" in task:
        return [f"{title}: not scored: {task['skipped']}", ""]
    lines = [f"{title}: {task['rows']} rows, {task['events']} outcomes (base rate {figure(task['base_rate'])}), "
             f"{task['countries']} countries, intervals by {task['blocks']}"]  # fmt: skip
    table = [["forecast", *(SHORT[metric] for metric in metrics)]]
    for name, scores in task["models"].items():
        cells = []
        for metric in metrics:
            digits = 4 if metric == "brier" else 3
            span = _span(scores[metric], digits) if metric in WITH_INTERVAL else ""
            cells.append(figure(scores[metric]["value"], digits) + span)
        table.append([name, *cells])
    lines += _table(table)
    for name, found in task.get("calibration", {}).items():
        lines.append(f"  calibration of {name}: mean gap {figure(found['gap'])}, expected/observed "
                     f"{figure(found['ratio'], 2)}, slope {figure(found['slope'], 2)}")  # fmt: skip
    if "not_fitted" in task:
        lines.append(f"  no forecast of ours: {task['not_fitted']}; history is shown")
    if "verdict" in task:
        lines.append(f"  verdict: {task['verdict']}")
        gate = task["gate"]
        lines.append(
            f"  shown in the product: {'the forecast' if gate['shown'] else 'history, because ' + gate['why']}"
        )
    return [*lines, ""]


def render(result: Mapping[str, Any]) -> str:
    """The whole result of `run_backtest_panel` or `run_backtest_events` as text for a terminal or a report."""
    panel = result["panel"]
    lines = [f"{panel['units']} units in {panel['countries']} countries, {panel['months'][0]} to {panel['months'][1]}"]
    if panel.get("unlocated_events"):
        lines.append(f"{panel['unlocated_events']} of {panel['events']} events could not be placed: not counted here")
    if panel.get("units_added_as_zero"):
        lines.append(f"{panel['units_added_as_zero']} units have no row in the file: measured zeros")
    lines += [*result["notes"], ""]
    used = [metric for metric in HIGHER_IS_BETTER if metric in result["metrics"]["used"]]
    refused = result["metrics"]["refused"]
    if not result["metrics"]["figures"]:
        used = list(HIGHER_IS_BETTER)
        lines += ["Too few outcomes or countries to try the metrics on this panel; all are printed.", ""]
    else:
        lines.append("Metrics that told zero, climatology, persistence and right total in the wrong place apart: "
                     + ", ".join(SHORT[metric] for metric in used))  # fmt: skip
        lines += [f"  not used: {name} ({why})" for name, why in refused.items()] + [""]
    lines += [history_sentence(result), ""]
    if "published" in result:
        lines += ["On the rows of the published predictions", "-" * 40]
        for task in result["published"]:
            lines += render_task(task, used)
    for key, title in (("lag_0", "Without reporting lag"), ("tasks", "All questions")):
        if key in result:
            lines += [title, "-" * 40]
            for task in result[key]:
                lines += render_task(task, used)
    return "\n".join(lines + _lead_table(result["lead_months"]))


def history_sentence(result: Mapping[str, Any]) -> str:
    """Where history alone is as good, or better, in one sentence."""
    asked = [task for key in ("published", "tasks") for task in result.get(key, []) if "verdict" in task]
    behind = [task for task in asked if not task["verdict"].startswith("ranks better")]
    if not asked:
        return "No forecast of ours could be scored here: history is all there is."
    if not behind:
        return f"On all {len(asked)} questions scored our forecast ranks better than history alone."
    named = ", ".join(dict.fromkeys(f"{task['outcome']} {task['horizon']}" for task in behind))
    return (
        f"On {len(behind)} of {len(asked)} questions history alone is as good (the interval of the difference includes "
        f"zero, or lies below it), so our forecast adds nothing there: {named} (outcome, months)."
    )


def _lead_table(leads: Sequence[Mapping[str, Any]]) -> list[str]:
    """Average precision of the baselines for the single month so many months ahead, over all origins."""
    if not leads:
        return []
    heads = ["baseline", *(f"{entry['lead']} month(s)" for entry in leads)]
    body = [[name, *(figure(entry["average_precision"][name]) for entry in leads)]
            for name in leads[0]["average_precision"]]  # fmt: skip
    return [f"Average precision for {leads[0]['outcome']} in the single month ahead, all origins", "-" * 40,
            *_table([heads, *body]), ""]  # fmt: skip
