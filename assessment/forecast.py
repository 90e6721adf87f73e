"""Early warning: how likely is deadly violence in a region in the next 1, 3, 6 and 12 months.

A forecast stands beside the assessment. It never improves a band and is never mixed with the confidence grade. Where
history alone does as well on months the model has not seen, history is shown instead and the reason is given.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from assessment.forecast_features import history_features, rolling_sum
from assessment.forecast_fit import Rows
from assessment.forecast_model import (
    REPORTING_LAG,
    ForecastModel,
    Question,
    fit,
    from_json,
    probabilities,
    reasons,
    to_json,
)
from assessment.forecast_targets import HORIZONS, PRODUCT_TARGETS, Target, targets_of
from assessment.validation.panel import Floats, Panel

TEST_MONTHS = 36  # newest months kept aside to decide whether the model or history is shown
HISTORY_MONTHS = 12  # "in k of the last 12 months"

# Words of likelihood: US Intelligence Community Directive 203 (2015), section D.6.e.(2)(a); upper bounds of p.
# The directive speaks of 1-99 %; probabilities outside it are given its outermost words.
WORDS = (
    (0.05, "almost_no_chance"),
    (0.20, "very_unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly_even_chance"),
    (0.80, "likely"),
    (0.95, "very_likely"),
    (1.01, "almost_certain"),
)


def likelihood_word(probability: float) -> str:
    """Key of the ICD 203 word for a probability in [0, 1] (texts are in dashboard/words). ValueError outside it."""
    if not 0.0 <= probability <= 1.0:
        raise ValueError(f"a probability lies in [0, 1], not {probability}")
    return next(word for bound, word in WORDS if probability < bound)


@dataclass(frozen=True, slots=True)
class Skill:
    """How one question did on months not used for fitting; `shown` is False when history is shown instead.

    `average_precision` against the better EWMA-3, `brier` against the best share of the last 12 months; None where
    it could not be computed. `why` says what failed.
    """

    shown: bool
    why: str
    average_precision: float | None
    history_average_precision: float | None
    brier: float | None
    history_brier: float | None
    test_from: str
    test_to: str
    rows: int


@dataclass(frozen=True)
class EarlyWarning:
    """A model fitted on all complete months, and the skill of each question measured before that fit."""

    model: ForecastModel
    skills: Mapping[Question, Skill]


@dataclass(frozen=True, slots=True)
class Outlook:
    """One unit, target and horizon as shown. `probability` and `word` are None when `basis` is "history".

    `months_met` of `months_seen` newest months met the target; `reasons` are the families of features that
    move the forecast most, as log-odds against the average region-month.
    """

    unit: str
    country: str
    outcome: str
    horizon: int
    origin: str
    basis: str
    probability: float | None
    word: str | None
    months_met: int
    months_seen: int
    why_history: str
    reasons: tuple[tuple[str, float], ...]


def product_questions(panel: Panel) -> list[Question]:
    """Any event, any death, >= 10, >= 25 deaths at 1, 3, 6, 12 months, as far as the panel has the counts."""
    able = targets_of(panel)
    return [(target.name, horizon) for target in PRODUCT_TARGETS if target in able for horizon in HORIZONS]


def train(
    panel: Panel, month: str, lag: int = REPORTING_LAG, neighbours: Floats | None = None,
    questions: Sequence[Question] | None = None,
) -> EarlyWarning:  # fmt: skip
    """Measure, then fit: the newest 36 months decide what is shown, then all months until `month` - `lag` are used.

    `month` (YYYY-MM) is the newest month in the panel. About a second per question on 900 regions and 13 years: train
    once a month or year, keep `dumps`, and ask `outlook` as often as wanted.
    """
    known = panel.until(month)
    complete = str(known.months[len(known.months) - 1 - lag])
    names, features = history_features(known, neighbours)
    asked = list(questions) if questions is not None else product_questions(known)
    skills = measure(known, (names, features), asked, lag, complete)
    return EarlyWarning(fit(known, names, features, complete, asked, lag), skills)


def measure(
    panel: Panel, inputs: tuple[tuple[str, ...], Rows], questions: Sequence[Question], lag: int, complete: str
) -> dict[Question, Skill]:
    """Fit without the newest 36 months (a third of a short panel) and score those months against history."""
    # Late import: validation reads this layer's model, and the product needs only its row scoring.
    from assessment.validation.evaluate import OURS, gate
    from assessment.validation.metrics import point_scores
    from assessment.validation.rows import Forecast, add_baselines, cases

    end = panel.column(complete)
    start = end - min(TEST_MONTHS, end // 3)
    until = str(panel.months[start])
    model = fit(panel, *inputs, until, questions, lag)
    mask = np.zeros(panel.activity.shape, dtype=bool)
    mask[:, start + 1 : end] = True
    skills = {}
    for question in questions:
        rows = cases(panel.until(complete), question, mask[:, : end + 1])
        period = (str(panel.months[start + 1]), complete, len(rows.y))
        if question in model.refused:
            skills[question] = Skill(False, model.refused[question], None, None, None, None, *period)
            continue
        if not len(rows.y):
            why = f"no complete {question[1]}-month window in the {end - start} test months"
            skills[question] = Skill(False, why, None, None, None, None, *period)
            continue
        p = probabilities(model, question, inputs[1])[rows.unit, rows.origin]
        rows.forecasts[OURS] = Forecast(p, p)
        add_baselines(rows, panel, until, lag)
        figures = {
            name: {key: {"value": value} for key, value in
                   point_scores(rows.y, one.score, one.probability, rows.total).items()}
            for name, one in rows.forecasts.items()
        }  # fmt: skip
        found = gate(figures)
        skills[question] = Skill(
            found["shown"],
            found["why"],
            _known(figures[OURS]["average_precision"]["value"]),
            _known(figures[found["ranking_opponent"]]["average_precision"]["value"]),
            _known(figures[OURS]["brier"]["value"]),
            _known(figures[found["share_opponent"]]["brier"]["value"]),
            *period,
        )
    return skills


def _known(value: float) -> float | None:
    return round(value, 6) if np.isfinite(value) else None


def outlook(
    warning: EarlyWarning, panel: Panel, month: str, neighbours: Floats | None = None, reason_count: int = 3
) -> list[Outlook]:
    """The forecast of every unit from `month` (YYYY-MM, the newest month in the panel; the windows start after it).

    Raises ValueError when the panel gives other features than the model was fitted on (a series or the neighbour
    table is missing or new): train again.
    """
    known = panel.until(month)
    names, features = history_features(known, neighbours)
    model = warning.model
    if names != model.features:
        odd = sorted(set(names) ^ set(model.features))
        raise ValueError(f"the model was fitted on other features ({', '.join(odd[:3])}, ...); train it again")
    origin = len(known.months) - 1
    newest = features[:, origin - model.lag]
    targets = {target.name: target for target in PRODUCT_TARGETS}
    out: list[Outlook] = []
    for question, skill in warning.skills.items():
        met, seen = _history(known, targets[question[0]], model.lag)
        asked = skill.shown and question in model.parts
        p = model.parts[question].probability(newest) if asked else np.full(len(known.units), np.nan)
        for unit in range(len(known.units)):
            chance = round(float(p[unit]), 3) if asked else None
            out.append(
                Outlook(
                    str(known.units[unit]), str(known.countries[unit]), *question, str(known.months[origin]),
                    "model" if asked else "history", chance,
                    None if chance is None else likelihood_word(chance), int(met[unit]), seen,
                    "" if asked else (skill.why or model.refused.get(question, "")),
                    _reasons(model, question, newest[unit], reason_count) if asked else (),
                )
            )  # fmt: skip
    return out


def _reasons(model: ForecastModel, question: Question, row: Rows, count: int) -> tuple[tuple[str, float], ...]:
    return tuple((name, round(value, 2)) for name, value in reasons(model, question, row, count)) if count else ()


def _history(panel: Panel, target: Target, lag: int) -> tuple[Floats, int]:
    """In how many of the newest 12 complete months the target was met, and how many months that were."""
    met = (target.values(panel) >= target.threshold).astype(float)
    end = met.shape[1] - 1 - lag
    return rolling_sum(met[:, : end + 1], HISTORY_MONTHS)[:, -1], min(HISTORY_MONTHS, end + 1)


def dumps(warning: EarlyWarning) -> str:
    """Model and skills as JSON text."""
    skills = [{"outcome": name, "horizon": h, **asdict(skill)} for (name, h), skill in warning.skills.items()]
    return json.dumps({"model": json.loads(to_json(warning.model)), "skills": skills})


def loads(text: str) -> EarlyWarning:
    """The model and skills written by `dumps`."""
    raw = json.loads(text)
    skills = {(row.pop("outcome"), row.pop("horizon")): Skill(**row) for row in raw["skills"]}
    return EarlyWarning(from_json(json.dumps(raw["model"])), skills)
