"""Published predictions on the rows they were made for: which question they answer, and their labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from assessment.forecast_model import Question, labels
from assessment.validation.panel import Floats, Panel, PanelError, country_prefix
from assessment.validation.rows import Cases, Forecast

QUESTIONS: tuple[Question, ...] = (("any_event", 1), ("escalation", 1), ("onset", 1))
LEAST_AGREEMENT = 0.999  # share of rows on which our label must equal theirs before we compare anything
TITLES = {"any_event": "occurrence", "escalation": "escalation", "onset": "onset"}


@dataclass(frozen=True)
class Published:
    """One file of predictions: (U, T) arrays with NaN where it has no row. `agreement` = share of equal labels.

    `rows` lie in the panel, `rows_outside` in units or months it does not have.
    """

    name: str
    question: Question
    y: Floats
    probability: Floats
    agreement: float
    rows: int
    rows_outside: int


def prediction_files(against: Path | str | Iterable[Path | str]) -> list[Path]:
    """Parquet files of predictions: one file, a folder (files named preds_*), or a list of either."""
    if isinstance(against, (str, Path)):
        path = Path(against)
        found = sorted(path.glob("preds_*.parquet")) if path.is_dir() else [path]
        if not found or not all(file.is_file() for file in found):
            raise PanelError(f"{path}: no predictions there; give a parquet file or a folder with preds_*.parquet")
        return found
    return [file for entry in against for file in prediction_files(entry)]


def read_predictions(path: Path) -> pd.DataFrame:
    """Columns `week` (origin month), `adm1` (unit), `y`, `p`; PanelError when one is missing."""
    frame = pd.read_parquet(path)
    missing = {"week", "adm1", "y", "p"} - set(frame.columns)
    if missing:
        raise PanelError(
            f"{path.name}: predictions need columns week, adm1, y, p; missing: {', '.join(sorted(missing))}"
        )
    return frame


def widened(panel: Panel, frames: Iterable[pd.DataFrame]) -> Panel:
    """The panel plus every unit that only the predictions know, in countries that the panel has: measured zeros.

    A panel file has no zero rows, so a unit that was quiet throughout is not in it. Units of countries that are not
    in the panel at all are not quiet but unknown: they stay out.
    """
    lands = set(panel.countries.tolist())
    units = sorted({str(unit) for frame in frames for unit in frame["adm1"].unique()})
    known = [(unit, land) for unit, land in zip(units, country_prefix(units), strict=True) if land in lands]
    return panel.with_units([unit for unit, _ in known], [land for _, land in known])


def place(panel: Panel, path: Path, frame: pd.DataFrame) -> Published:
    """Predictions on the panel's grid, with the question found from their own labels, not from the file's name.

    Raises PanelError when no question of ours gives their labels: then the definitions differ and a comparison
    would mean nothing.
    """
    number = {unit: at for at, unit in enumerate(panel.units.tolist())}
    unit = frame["adm1"].astype(str).map(number).fillna(-1).to_numpy().astype(int)
    origin = (frame["week"].to_numpy().astype("datetime64[M]") - panel.months[0]).astype(int)
    inside = (unit >= 0) & (origin >= 0) & (origin < len(panel.months))
    if not inside.any():
        raise PanelError(f"{path.name}: none of its {len(frame)} rows lies in the panel's units and months")
    unit, origin, frame = unit[inside], origin[inside], frame[inside]
    y = np.full(panel.activity.shape, np.nan)
    p = np.full(panel.activity.shape, np.nan)
    y[unit, origin] = frame["y"].to_numpy(dtype=float)
    p[unit, origin] = frame["p"].to_numpy(dtype=float)
    best, question = 0.0, QUESTIONS[0]
    for candidate in QUESTIONS:
        ours = labels(panel, candidate)
        inner = np.isfinite(y)
        inner[:, -1:] = False  # the outcome of the last month lies beyond the panel
        # A row the question does not ask (NaN on our side) counts against the candidate.
        agreement = float(np.mean(ours[inner] == y[inner])) if inner.any() else 0.0
        if agreement > best or (agreement == best and _covers(ours, inner)):
            best, question = agreement, candidate
    if best < LEAST_AGREEMENT:
        raise PanelError(f"{path.name}: no known question gives these labels (best {best:.1%} by {question[0]})")
    return Published(path.stem, question, y, p, best, len(frame), int((~inside).sum()))


def _covers(ours: Floats, inner: Floats) -> bool:
    """Whether the question asks only the rows that the file has: then it is the narrower, better answer."""
    return bool(np.isfinite(ours[inner]).all() and np.isnan(ours).mean() > 0.3)


def add_published(rows: Cases, published: Iterable[Published]) -> None:
    """Put published predictions for the same question on the rows; skipped when one row lacks a prediction."""
    for one in published:
        p = one.probability[rows.unit, rows.origin]
        if one.question == rows.question and np.isfinite(p).all():
            rows.forecasts[one.name] = Forecast(p, np.clip(p, 0.0, 1.0))
