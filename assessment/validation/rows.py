"""Which (unit, origin) rows are scored, and every forecast on exactly those rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assessment.forecast_fit import NotEnoughHistory, fit_logistic
from assessment.forecast_model import SPECIAL, Question, labels, warm_up
from assessment.forecast_targets import CIVILIAN_TARGETS, TARGETS, Target, totals
from assessment.validation.baselines import BASELINES, Guess, Story, window_met
from assessment.validation.panel import Floats, Panel

Ints = NDArray[np.int64]
RANKS_ONLY = 1.0  # penalty of the one-slope scale of a count baseline


@dataclass(frozen=True)
class Forecast:
    """One forecast on N rows: `score` ranks, `probability` in [0, 1]."""

    score: Floats
    probability: Floats


@dataclass(frozen=True)
class Cases:
    """N scored rows: unit and origin numbers, outcome 0/1, what happened in numbers, country of each row."""

    question: Question
    unit: Ints
    origin: Ints
    y: Floats
    total: Floats
    country: NDArray[np.str_]
    forecasts: dict[str, Forecast] = field(default_factory=dict)


def target_of(name: str) -> Target:
    """The counted target behind an outcome name; the special outcomes are about events."""
    return {t.name: t for t in (*TARGETS, *CIVILIAN_TARGETS)}.get(name, TARGETS[0])


def cases(panel: Panel, question: Question, mask: NDArray[np.bool_], known_y: Floats | None = None) -> Cases:
    """The rows of `mask` whose outcome is known. `known_y` (U, T) fills outcomes after the end of the panel."""
    y = labels(panel, question)
    total = totals(panel, target_of(question[0]), question[1])
    if known_y is not None:
        y = np.where(np.isnan(y) & (mask & np.isfinite(known_y)), known_y, y)
        total = np.where(np.isnan(total), y, total)  # beyond the panel only yes or no is known
    unit, origin = np.nonzero(mask & np.isfinite(y))
    return Cases(question, unit, origin, y[unit, origin], total[unit, origin], panel.countries[unit])


def story(panel: Panel, question: Question) -> Story:
    """What the baselines may read for a question."""
    name, horizon = question
    target = target_of(name)
    series = target.values(panel)
    if name in ("escalation", "de_escalation"):
        met = np.zeros(series.shape)
        met[:, 1:] = np.nan_to_num(SPECIAL[name](panel)[:, :-1])
        return Story(panel, series, met, met, 1)
    met = (series >= target.threshold).astype(float)
    return Story(panel, series, met, window_met(series, target.threshold, horizon), horizon)


def lagged(values: Floats, lag: int) -> Floats:
    """The value known `lag` months ago, at each origin; the first columns repeat the first one."""
    if lag == 0:
        return values
    return np.concatenate([np.repeat(values[:, :1], lag, axis=1), values[:, :-lag]], axis=1)


def _training(panel: Panel, question: Question, until: str) -> tuple[NDArray[np.bool_], Floats]:
    """Which (unit, origin) pairs may fit a scale (U, T), and their outcomes: complete at the end of `until`."""
    known = labels(panel.until(until), question)
    y = np.full(panel.activity.shape, np.nan)
    y[:, : known.shape[1]] = known
    asked = np.isfinite(y)
    asked[:, : warm_up(panel)] = False
    return asked, y


def _scaled(score: Floats, training: tuple[NDArray[np.bool_], Floats], at: tuple[Ints, Ints]) -> Floats:
    """Probability of a score: one slope and intercept fitted on the training rows; their base rate if that fails."""
    asked, y = training
    try:
        fitted = fit_logistic(score[asked][:, None].astype(np.float32), y[asked], RANKS_ONLY)
    except NotEnoughHistory:
        return np.full(len(at[0]), float(y[asked].mean()) if asked.any() else 0.5)
    return fitted.probability(score[at][:, None].astype(np.float32))


def add_baselines(rows: Cases, panel: Panel, until: str, lag: int) -> None:
    """Put every baseline on the rows; scales are fitted on outcomes known at the end of `until`."""
    training = _training(panel, rows.question, until)
    told = story(panel, rows.question)
    at = (rows.unit, rows.origin)
    for name, baseline in BASELINES.items():
        guess: Guess = baseline(told)
        score = lagged(guess.score, lag)
        if guess.probability is None:
            rows.forecasts[name] = Forecast(score[at], _scaled(score, training, at))
        else:
            rows.forecasts[name] = Forecast(score[at], lagged(guess.probability, lag)[at])


def add_scores(rows: Cases, panel: Panel, scores: Mapping[str, Floats], until: str) -> None:
    """Put other forecasts or indices (U, T, higher = more violence expected) on the rows, scaled like a count.

    NaN (nothing known) is ranked lowest. Raises ValueError when a table does not fit the panel.
    """
    training = _training(panel, rows.question, until)
    at = (rows.unit, rows.origin)
    for name, values in scores.items():
        if values.shape != panel.activity.shape:
            raise ValueError(f"score {name!r} is {values.shape}, the panel is {panel.activity.shape}")
        filled = np.nan_to_num(values, nan=float(np.nanmin(values)))
        rows.forecasts[name] = Forecast(filled[at], _scaled(filled, training, at))
