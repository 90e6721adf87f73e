"""Fitting and asking the early-warning model: one small ridge logistic regression per question and horizon.

A question is an outcome by name ("any_death", "deaths_25", "escalation", ...) and a horizon in months. Outcomes used
for fitting end at or before `until`; features used for an origin end `lag` months before it, because the newest
months of event data are still filling up when a forecast has to be made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assessment.forecast_features import BENT, ONSETS_NEARBY, family_of
from assessment.forecast_fit import Coefficients, NotEnoughHistory, Rows, fit_logistic
from assessment.forecast_targets import (
    CIVILIAN_TARGETS,
    TARGETS,
    de_escalation,
    escalation,
    ongoing,
    onset,
    outcomes,
)
from assessment.validation.panel import Floats, Panel

Question = tuple[str, int]  # outcome name, horizon in months
SPECIAL = {"escalation": escalation, "de_escalation": de_escalation, "onset": onset, "ongoing": ongoing}
REPORTING_LAG = 1  # months; the product's default
LONG_PANEL = 84  # months; from here on two years are kept for warming up, otherwise one
MIN_TRAINING_MONTHS = 12  # origin months to learn from: every season once


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one outcome is learnt: ridge weight, knots per bent feature (0 = straight lines), and what it learns from.

    `calm_months`: an onset is learnt from all units calm for so long (it is asked of units calm for 24).
    `onsets_nearby`: onsets elsewhere in the country are among the features.
    """

    penalty: float
    knots: int = 0
    calm_months: int | None = None
    onsets_nearby: bool = False


# Chosen on 2016-2017 (fitted to 2015) and 2018-2019 (fitted to 2017): best or within noise of the best on every
# question and fold, so one recipe serves all (bench/forecast.py prints the table).
PLAIN = Recipe(penalty=300.0, knots=4)
# Onset has some 60 outcomes a year. On the five years 2015-2019, each fitted to the year before and pooled, learning
# from units calm for 12 months and seeing onsets elsewhere gave .035 average precision against .027, better in 94 % of
# draws of countries; on the other outcomes the extra columns were noise (`bench.forecast onset`).
RECIPES: dict[str, Recipe] = {"onset": Recipe(penalty=300.0, knots=4, calm_months=12, onsets_nearby=True)}


@dataclass(frozen=True)
class ForecastModel:
    """Everything needed to ask: `parts` per question; `refused` says why a question has no model."""

    until: str  # YYYY-MM, last month whose counts were seen
    lag: int  # months between the newest features and the origin
    features: tuple[str, ...]
    parts: Mapping[Question, Coefficients]
    refused: Mapping[Question, str]


def labels(panel: Panel, question: Question) -> Floats:
    """1/0/NaN outcome of a question for every unit and origin (U, T). KeyError for a name nobody defined."""
    name, horizon = question
    if name in SPECIAL:
        return SPECIAL[name](panel)
    target = {t.name: t for t in (*TARGETS, *CIVILIAN_TARGETS)}[name]
    return outcomes(panel, target, horizon)


def warm_up(panel: Panel) -> int:
    """Months at the start of the panel that only feed features."""
    return 24 if len(panel.months) >= LONG_PANEL else 12


def rows_at(features: Rows, mask: NDArray[np.bool_], lag: int) -> Rows:
    """Feature rows (n, F) of the (unit, origin) pairs of a mask, read `lag` columns before the origin."""
    unit, origin = np.nonzero(mask)
    return features[unit, origin - lag]


def fit(
    panel: Panel,
    names: tuple[str, ...],
    features: Rows,
    until: str,
    questions: Sequence[Question],
    lag: int = REPORTING_LAG,
) -> ForecastModel:
    """Fit every question on outcomes that were complete at the end of `until` (YYYY-MM).

    `names` and `features` come from `history_features` of the whole panel: they look back only. A question with too
    little history is refused with a reason, not fitted badly.
    """
    known = panel.until(until)
    width = len(known.months)
    bend = [at for at, name in enumerate(names) if name in BENT]
    parts: dict[Question, Coefficients] = {}
    refused: dict[Question, str] = {}
    for question in questions:
        recipe = RECIPES.get(question[0], PLAIN)
        y = onset(known, recipe.calm_months) if recipe.calm_months else labels(known, question)
        asked = np.isfinite(y)
        asked[:, : max(warm_up(panel), lag)] = False
        origins = int(asked.any(axis=0).sum())
        if origins < MIN_TRAINING_MONTHS:
            refused[question] = f"{origins} months to learn from until {until}; {MIN_TRAINING_MONTHS} are needed"
            continue
        columns = [at for at, name in enumerate(names) if recipe.onsets_nearby or name not in ONSETS_NEARBY]
        try:
            parts[question] = fit_logistic(
                rows_at(features[:, :width], asked, lag), y[asked], recipe.penalty, bend, recipe.knots, columns
            )
        except NotEnoughHistory as error:
            refused[question] = str(error)
    return ForecastModel(until, lag, names, parts, refused)


def probabilities(model: ForecastModel, question: Question, features: Rows) -> Floats:
    """Probability for every unit and origin (U, T); NaN in the first `lag` columns. KeyError if it was refused."""
    units, months, width = features.shape
    out = np.full((units, months), np.nan)
    usable = features[:, : months - model.lag].reshape(-1, width)
    out[:, model.lag :] = model.parts[question].probability(usable).reshape(units, months - model.lag)
    return out


def reasons(model: ForecastModel, question: Question, row: Rows, count: int = 3) -> list[tuple[str, float]]:
    """The feature families that move one forecast most, as log-odds against the average row; largest first.

    All families together sum to the forecast's log-odds minus the intercept.
    """
    part = model.parts[question]
    share = part.contributions(row.reshape(1, -1))[0]
    by_family: dict[str, float] = {}
    for column, value in zip([*part.columns.tolist(), *part.bent.tolist()], share.tolist(), strict=True):
        family = family_of(model.features[column])
        by_family[family] = by_family.get(family, 0.0) + value
    return sorted(by_family.items(), key=lambda item: (-abs(item[1]), item[0]))[:count]


def to_json(model: ForecastModel) -> str:
    """The model as text: small enough to read, exact enough (9 digits) to give the same probabilities again."""
    parts = []
    for (name, horizon), part in model.parts.items():
        numbers = {k: [float(f"{v:.9g}") for v in getattr(part, k)] for k in ("knots", "mean", "scale", "weight")}
        whole = {k: getattr(part, k).tolist() for k in ("columns", "bent")}
        parts.append({"outcome": name, "horizon": horizon, **whole, **numbers,
                      "intercept": part.intercept, "rows": part.rows, "events": part.events})  # fmt: skip
    refused = [{"outcome": name, "horizon": horizon, "why": why} for (name, horizon), why in model.refused.items()]
    return json.dumps({"until": model.until, "lag": model.lag, "features": model.features,
                       "parts": parts, "refused": refused})  # fmt: skip


def from_json(text: str) -> ForecastModel:
    """The model written by `to_json`."""
    raw = json.loads(text)
    parts = {}
    for part in raw["parts"]:
        parts[(part["outcome"], part["horizon"])] = Coefficients(
            columns=np.array(part["columns"], dtype=np.int64),
            bent=np.array(part["bent"], dtype=np.int64),
            knots=np.array(part["knots"], dtype=np.float64),
            mean=np.array(part["mean"], dtype=np.float64),
            scale=np.array(part["scale"], dtype=np.float64),
            weight=np.array(part["weight"], dtype=np.float64),
            intercept=part["intercept"],
            rows=part["rows"],
            events=part["events"],
        )
    refused = {(row["outcome"], row["horizon"]): row["why"] for row in raw["refused"]}
    return ForecastModel(raw["until"], raw["lag"], tuple(raw["features"]), parts, refused)
