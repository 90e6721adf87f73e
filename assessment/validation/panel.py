"""A dense panel: units x months arrays of counts, the substrate of every backtest and of the early warning.

In a panel an absent row of the file is a measured zero, because the grid of the source is complete. A month or a
place a source does not cover must be cut away before a panel is made: a panel holds no "no data".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
COUNTS = ("n_events", "n_sb", "n_ns", "n_os", "deaths", "civilian_deaths")
LEVELS = ("region", "country", "grid")
VIEWS_EPOCH = np.datetime64("1980-01", "M")  # VIEWS month id 1
GRID_DEGREES = 0.5  # side of a PRIO-GRID cell


class PanelError(ValueError):
    """A file or frame cannot be read as a panel; the text says what is wrong, where and what to do."""


@dataclass(frozen=True)
class Panel:
    """U units by T consecutive months. `counts` maps a name of COUNTS to a (U, T) array, no NaN, no negative.

    `n_events` counts events; `n_sb`, `n_ns`, `n_os` those that are state-based, non-state, one-sided; `deaths` is the
    best estimate of deaths, `civilian_deaths` the part that were civilians. A name that a source lacks is absent.
    """

    units: NDArray[np.str_]
    countries: NDArray[np.str_]
    months: NDArray[np.datetime64]
    counts: Mapping[str, Floats]

    def __post_init__(self) -> None:
        if self.months.dtype != np.dtype("datetime64[M]") or np.any(np.diff(self.months.astype(int)) != 1):
            raise PanelError("panel months must be consecutive datetime64[M] values; fill the gaps first")
        if not self.counts:
            raise PanelError(f"a panel needs at least one of {', '.join(COUNTS)}")
        shape = (len(self.units), len(self.months))
        for name, values in self.counts.items():
            if name not in COUNTS:
                raise PanelError(f"unknown count {name!r} in a panel; known: {', '.join(COUNTS)}")
            if values.shape != shape:
                raise PanelError(f"count {name!r} has shape {values.shape}, the panel is {shape}")
            if not np.all(values >= 0):
                raise PanelError(f"count {name!r} holds missing or negative values; cut what the source does not cover")

    @property
    def activity(self) -> Floats:
        """Events where the source counts events, otherwise deaths: what 'violence this month' is read from."""
        return self.counts.get("n_events", self.counts.get("deaths", next(iter(self.counts.values()))))

    def column(self, month: str | np.datetime64) -> int:
        """Index of a month; raises PanelError when the panel does not reach it."""
        at = int((np.datetime64(str(month), "M") - self.months[0]).astype(int))
        if not 0 <= at < len(self.months):
            raise PanelError(f"month {month} is outside the panel ({self.months[0]} to {self.months[-1]})")
        return at

    def until(self, month: str | np.datetime64) -> Panel:
        """The same units with the months up to and including `month`: what was known then (if nothing lagged)."""
        end = self.column(month) + 1
        return Panel(self.units, self.countries, self.months[:end], {k: v[:, :end] for k, v in self.counts.items()})

    def with_units(self, units: Sequence[str], countries: Sequence[str]) -> Panel:
        """The panel plus units that had no row at all, as measured zeros. Units already there are left as they are."""
        have = set(self.units.tolist())
        new = [(unit, country) for unit, country in zip(units, countries, strict=True) if unit not in have]
        if not new:
            return self
        names = np.concatenate([self.units, np.array([unit for unit, _ in new])])
        lands = np.concatenate([self.countries, np.array([country for _, country in new])])
        zeros = np.zeros((len(new), len(self.months)))
        counts = {k: np.vstack([v, zeros]) for k, v in self.counts.items()}
        order = np.argsort(names, kind="stable")
        return Panel(names[order], lands[order], self.months, {k: v[order] for k, v in counts.items()})


def panel_from_frame(frame: pd.DataFrame, names: Sequence[str] | None = None) -> Panel:
    """Panel of a long frame with `unit`, `country`, `month` and counts; absent unit-months become measured zeros."""
    missing = {"country", "unit", "month"} - set(frame.columns)
    if missing:
        raise PanelError(f"a panel file needs columns country, unit, month; missing: {', '.join(sorted(missing))}")
    if frame.empty:
        raise PanelError("the panel file has no rows; nothing can be backtested on it")
    present = [name for name in (names or COUNTS) if name in frame.columns]
    units, row = np.unique(frame["unit"].astype(str).to_numpy(dtype=np.str_), return_inverse=True)
    month = pd.to_datetime(frame["month"]).to_numpy().astype("datetime64[M]")
    months = np.arange(month.min(), month.max() + 1)
    column = (month - months[0]).astype(int)
    countries = np.empty(len(units), dtype=object)
    countries[row] = frame["country"].astype(str).to_numpy(dtype=object)
    counts = {}
    for name in present:
        values = np.zeros((len(units), len(months)))
        np.add.at(values, (row, column), frame[name].to_numpy(dtype=float))
        counts[name] = values
    return Panel(units, countries.astype(np.str_), months, counts)


def load_panel(path: Path | str) -> Panel:
    """Read a panel from a CSV (country, unit, month, counts), or VIEWS country-month parquet (one file or a folder)."""
    path = Path(path)
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        raise PanelError(f"{path}: no panel file there; give a CSV with country, unit, month or a folder of parquet")
    if files[0].suffix != ".parquet":
        return panel_from_frame(pd.read_csv(files[0]))
    frame = pd.concat([pd.read_parquet(file).reset_index() for file in files], ignore_index=True)
    if {"month_id", "country_id", "outcome"} <= set(frame.columns):
        return panel_from_views(frame)
    return panel_from_frame(frame)


def panel_from_views(frame: pd.DataFrame) -> Panel:
    """Country-months of VIEWS: `month_id` (1 = January 1980), `country_id`, `outcome` = state-based deaths."""
    month = VIEWS_EPOCH + (frame["month_id"].to_numpy(dtype=int) - 1)
    name = frame["country_id"].astype(int).map("{:03d}".format)
    return panel_from_frame(
        pd.DataFrame(
            {
                "country": name,
                "unit": name,
                "month": month.astype("datetime64[ns]"),
                "deaths": frame["outcome"].to_numpy(dtype=float),
            }
        )
    )


def panel_from_events(events: pd.DataFrame, level: str, months: tuple[str, str] | None = None) -> tuple[Panel, int]:
    """Count events by unit and month; returns the panel and the number of events that could not be placed.

    `events` has one row per event: `iso3`, `date`, `deaths` and, for level "region", `region_id` (or, for "grid",
    `lat` and `lon`); `civilian_deaths` where the source says. Events without the key of the level cannot be placed:
    they are counted and returned, never dropped in silence and never guessed into a unit. `months` (first, last, as
    YYYY-MM) is what the source covers; without it the panel runs from the first to the last event.
    A missing death count is read as zero known deaths (the event itself still counts).
    """
    if level not in LEVELS:
        raise PanelError(f"unknown level {level!r}; choose one of {', '.join(LEVELS)}")
    needed = {"iso3", "date"} | {"region": {"region_id"}, "grid": {"lat", "lon"}, "country": set()}[level]
    if needed - set(events.columns):
        raise PanelError(
            f"level {level!r} needs columns {', '.join(sorted(needed))}; "
            f"missing: {', '.join(sorted(needed - set(events.columns)))}"
        )
    placed = events.dropna(subset=sorted(needed))
    month = pd.to_datetime(placed["date"]).to_numpy().astype("datetime64[M]")
    if months is not None:
        inside = (month >= np.datetime64(months[0], "M")) & (month <= np.datetime64(months[1], "M"))
        placed, month = placed[inside], month[inside]
    if placed.empty:
        raise PanelError(f"none of {len(events)} events has {', '.join(sorted(needed))}; try --level country")
    country = placed["iso3"].astype(str).to_numpy()
    frame = pd.DataFrame(
        {"country": country, "unit": _unit_of(placed, level), "month": month.astype("datetime64[ns]"), "n_events": 1.0}
    )
    for name in ("deaths", "civilian_deaths"):
        if name in placed.columns and placed[name].notna().any():
            frame[name] = placed[name].fillna(0.0).to_numpy(dtype=float)
    panel = panel_from_frame(frame)
    return (_widen(panel, months) if months else panel), len(events) - len(events.dropna(subset=sorted(needed)))


def _unit_of(placed: pd.DataFrame, level: str) -> NDArray[np.object_]:
    """The unit key of each placed event. A grid cell belongs to the country of its event, so borders cut cells."""
    country = placed["iso3"].astype(str)
    if level == "country":
        return country.to_numpy(dtype=object)
    if level == "region":
        return placed["region_id"].astype(str).to_numpy(dtype=object)
    cells = [
        (placed[axis].astype(float) // GRID_DEGREES * GRID_DEGREES).map("{:+.1f}".format) for axis in ("lat", "lon")
    ]
    return (country + " " + cells[0] + " " + cells[1]).to_numpy(dtype=object)


def _widen(panel: Panel, months: tuple[str, str]) -> Panel:
    """The panel over exactly the covered months; months without any event are measured zeros."""
    wanted = np.arange(np.datetime64(months[0], "M"), np.datetime64(months[1], "M") + 1)
    at = (panel.months - wanted[0]).astype(int)
    counts = {}
    for name, values in panel.counts.items():
        wide = np.zeros((len(panel.units), len(wanted)))
        wide[:, at] = values
        counts[name] = wide
    return Panel(panel.units, panel.countries, wanted, counts)


def country_prefix(units: Iterable[str]) -> list[str]:
    """Country of units named 'Country | Region', for units that a prediction file has and the panel file lacks."""
    return [unit.split(" | ")[0] for unit in units]
