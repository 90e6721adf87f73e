"""How the early warning was chosen and what it can do: `python -m bench.forecast REAL_FOLDER [part ...]`.

Parts, each printed as a table (all by default):
  settings   ridge weight and knots on months before 2020 only: fit to 2015, score 2016-17; fit to 2017, score 2018-19
  onset      ways to learn onset, on five years before 2020, each fitted to the year before; with intervals
  held_out   the chosen settings on 2020-2022, fitted to 2019, beside the same figure on the validation folds
  extra      what attacks on aid, health and education, as extra inputs, add to one month ahead
  neighbours the same features of adjoining units, which are joined to shapes by name, half of them with success
  quiet      the same test on units that were already known in 2019: the panel lists a unit because of a later event
  speed      seconds to train the product's 16 questions and to ask them once
REAL_FOLDER holds ucdp_panel/, awsd/, insecurity_insight/ and gazetteer/. Nothing here runs in the product.
"""

from __future__ import annotations

import difflib
import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pycountry
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry import shape

from assessment import forecast_model
from assessment.forecast import outlook, train
from assessment.forecast_features import history_features
from assessment.forecast_fit import Rows
from assessment.forecast_model import Question, Recipe
from assessment.validation import metrics, published
from assessment.validation.backtest import Setting, add_ours, default_setting, origins_tested
from assessment.validation.baselines import RANKING_HISTORY
from assessment.validation.evaluate import OURS
from assessment.validation.panel import Floats, Panel, load_panel
from assessment.validation.rows import add_baselines, cases

FOLDS = (("2015-12", "2017-12"), ("2017-12", "2019-12"))
YEARS = tuple((f"{year - 1}-12", f"{year}-12") for year in range(2015, 2020))
TEST = ("2019-12", "2022-12")
ONE_MONTH: tuple[Question, ...] = (("any_event", 1), ("escalation", 1), ("onset", 1))
ASKED: tuple[Question, ...] = (*ONE_MONTH, ("deaths_10", 3), ("deaths_25", 6), ("any_death", 12))
PANEL = "ucdp_adm1_month_2010-2022.csv"
UCDP_NAMES = {  # names of the event data base that ISO does not know
    "DR Congo (Zaire)": "COD", "Russia (Soviet Union)": "RUS", "Yemen (North Yemen)": "YEM", "Ivory Coast": "CIV",
    "Myanmar (Burma)": "MMR", "Turkey": "TUR", "Iran": "IRN", "Syria": "SYR", "Venezuela": "VEN",
}  # fmt: skip


def read(real: Path) -> Panel:
    """The panel with every unit that the published predictions score."""
    folder = real / "ucdp_panel"
    frames = [published.read_predictions(file) for file in published.prediction_files(folder)]
    return published.widened(load_panel(folder / PANEL), frames)


def figures(
    panel: Panel, question: Question, fold: tuple[str, str], lag: int = 0, **inputs: object
) -> dict[str, float]:
    """Average precision and Brier of ours and the better EWMA-3 on one fold."""
    seen = panel.until(fold[1])
    neighbours, extra = inputs.get("neighbours"), inputs.get("extra")
    cut = None if extra is None else {k: v[:, : len(seen.months)] for k, v in extra.items()}  # type: ignore[attr-defined]
    features = history_features(seen, neighbours, cut)  # type: ignore[arg-type]
    setting = replace(default_setting(seen, lag, fold[0]), lag=lag)
    mask = origins_tested(seen, setting)
    if "units" in inputs:
        mask &= inputs["units"][:, None]  # type: ignore[index]
    rows = cases(seen, question, mask)
    refused = add_ours(rows, seen, features, setting)
    if refused:
        return {"AP": float("nan"), "Brier": float("nan"), "EWMA-3 AP": float("nan")}
    add_baselines(rows, seen, setting.train_to, lag)
    ours = rows.forecasts[OURS].probability
    best = max(metrics.average_precision(rows.y, rows.forecasts[name].score) for name in RANKING_HISTORY)
    return {"AP": metrics.average_precision(rows.y, ours), "Brier": metrics.brier(rows.y, ours), "EWMA-3 AP": best}


def table(title: str, rows: Iterable[dict[str, object]]) -> None:
    """Print rows of one part."""
    print(f"\n{title}")
    print(pd.DataFrame(list(rows)).to_string(index=False, float_format=lambda value: f"{value:.4f}"))


def settings(real: Path) -> None:
    """Every candidate recipe on the two validation folds; the product's recipe is in assessment/forecast_model.py."""
    panel = read(real)
    chosen = dict(forecast_model.RECIPES)
    rows = []
    for question in ASKED:
        candidates = [Recipe(p, k) for p in (10.0, 100.0, 300.0, 1000.0) for k in (0, 4)]
        for recipe in candidates:
            forecast_model.RECIPES[question[0]] = recipe
            found = [figures(panel, question, fold) for fold in FOLDS]
            rows.append({"question": f"{question[0]} {question[1]}", "penalty": recipe.penalty, "knots": recipe.knots,
                         "in use": recipe == chosen.get(question[0], forecast_model.PLAIN),
                         **{f"AP {fold[1][:4]}": one["AP"] for fold, one in zip(FOLDS, found, strict=True)},
                         "mean AP": np.mean([one["AP"] for one in found]),
                         "mean Brier": np.mean([one["Brier"] for one in found])})  # fmt: skip
        forecast_model.RECIPES.clear()
        forecast_model.RECIPES.update(chosen)
    table("settings: validation months before 2020", rows)


def onset(real: Path) -> None:
    """Recipes for onset pooled over the five years, and their difference from the plain recipe in the same draws."""
    panel, chosen = read(real).until("2019-12"), dict(forecast_model.RECIPES)
    candidates = {
        "plain": forecast_model.PLAIN,
        "in use": chosen["onset"],
        "plain, penalty 1000": Recipe(1000.0, 4),
        "learnt from 12 calm months": Recipe(300.0, 4, calm_months=12),
        "learnt from 6 calm months": Recipe(300.0, 4, calm_months=6),
        "onsets elsewhere": Recipe(300.0, 4, onsets_nearby=True),
        "onsets elsewhere, penalty 1000": Recipe(1000.0, 4, onsets_nearby=True),
    }
    features, plain = history_features(panel), np.zeros(0)
    rows: list[dict[str, object]] = []
    for name, recipe in candidates.items():
        forecast_model.RECIPES["onset"] = recipe
        y, p, land = (
            np.concatenate(part) for part in zip(*(_year(panel, features, fold) for fold in YEARS), strict=True)
        )
        drawn = metrics.draw_countries(land, 400, 1)
        sample = metrics.drawn_scores(y, p, p, y, drawn)["average_precision"]
        plain = sample if name == "plain" else plain
        low, high = np.quantile(sample - plain, [0.025, 0.975])
        rows.append({"recipe": name, "AP": metrics.average_precision(y, p), "AUROC": metrics.auroc(y, p),
                     "Brier": metrics.brier(y, p), "AP - plain, low": low, "high": high,
                     "better in": float((sample > plain).mean()), "onsets": int(y.sum())})  # fmt: skip
    forecast_model.RECIPES.clear()
    forecast_model.RECIPES.update(chosen)
    table("onset: 2015-2019, each year fitted to the year before", rows)


def _year(
    panel: Panel, features: tuple[tuple[str, ...], Rows], fold: tuple[str, str]
) -> tuple[Floats, Floats, NDArray[np.str_]]:
    """Outcomes, probabilities and countries of one year's onsets without reporting lag."""
    setting = Setting(*fold, lag=0)
    mask = origins_tested(panel, setting)
    mask[:, panel.column(fold[1]) :] = False
    rows = cases(panel, ("onset", 1), mask)
    add_ours(rows, panel, features, setting)
    return rows.y, rows.forecasts[OURS].probability, rows.country


def held_out(real: Path) -> None:
    """Validation and test side by side, with and without the reporting lag."""
    panel = read(real)
    rows = []
    for question in ASKED:
        for lag in (0, 1):
            validation = [figures(panel, question, fold, lag) for fold in FOLDS]
            test = figures(panel, question, TEST, lag)
            rows.append(
                {
                    "question": f"{question[0]} {question[1]}",
                    "lag": lag,
                    "validation AP": np.mean([one["AP"] for one in validation]),
                    "validation EWMA-3": np.mean([one["EWMA-3 AP"] for one in validation]),
                    "test AP": test["AP"],
                    "test EWMA-3": test["EWMA-3 AP"],
                    "test Brier": test["Brier"],
                }
            )
    table("held out: settings chosen before 2020, tested 2020-2022", rows)


def iso3_of(name: str) -> str | None:
    """ISO code of a country name of the event data base."""
    if name in UCDP_NAMES:
        return UCDP_NAMES[name]
    try:
        return str(pycountry.countries.lookup(name).alpha_3)
    except LookupError:
        return None


def incidents(real: Path) -> dict[str, pd.DataFrame]:
    """Attacks per source: iso3, region name, month."""
    aid = pd.read_csv(real / "awsd" / "incidents.csv", low_memory=False).iloc[1:]
    code = aid["Country Code"].map(lambda two: getattr(pycountry.countries.get(alpha_2=str(two)), "alpha_3", None))
    when = pd.to_datetime(aid["Year"].astype(str) + "-" + aid["Month"].astype(str), errors="coerce", format="mixed")
    found = {"attacks on aid": pd.DataFrame({"iso3": code, "region": aid["Region"], "month": when})}
    folder = real / "insecurity_insight"
    health = pd.read_excel(folder / "2016-2023-attacks-on-health-care-incident-data.xlsx").iloc[1:]
    tables = {"attacks on health": health}
    for name, file in (("attacks on education", "education"), ("attacks in camps", "protection")):
        tables[name] = pd.DataFrame(json.loads((folder / f"{file}.json").read_text()))
    for name, one in tables.items():
        when = pd.to_datetime(one["Date"].astype(str).str[:7], errors="coerce", format="%Y-%m")
        found[name] = pd.DataFrame({"iso3": one["Country ISO"], "region": one["Admin 1"], "month": when})
    return found


def plain(name: str) -> str:
    """A region name without its type, for joining by name."""
    drop = {"province", "state", "governorate", "region", "oblast", "department", "county", "district", "division"}
    return " ".join(word for word in str(name).lower().replace("-", " ").split() if word not in drop)


def as_extra(panel: Panel, name: str, frame: pd.DataFrame) -> dict[str, Floats]:
    """Two (U, T) inputs: attacks in the unit (joined by name) and in its country."""
    month = frame["month"].to_numpy().astype("datetime64[M]")
    at = (month - panel.months[0]).astype(float)
    land = [iso3_of(country) for country in panel.countries.tolist()]
    region = [plain(unit.split(" | ")[-1]) for unit in panel.units.tolist()]
    own, national = np.zeros(panel.activity.shape), np.zeros(panel.activity.shape)
    by_place = {key: at for at, key in enumerate(zip(land, region, strict=True))}
    by_land: dict[str | None, list[int]] = {}
    for number, code in enumerate(land):
        by_land.setdefault(code, []).append(number)
    for code, place, column in zip(frame["iso3"], frame["region"].map(plain), at, strict=True):
        if np.isfinite(column) and 0 <= column < own.shape[1]:
            national[by_land.get(code, []), int(column)] += 1
            if (code, place) in by_place:
                own[by_place[(code, place)], int(column)] += 1
    return {f"{name} here": own, f"{name} in the country": national}


def extra(real: Path) -> None:
    """With and without attacks as inputs. Three of the four sources begin in 2017-2020: they are tested on 2022."""
    panel = read(real)
    found = {name: as_extra(panel, name, frame) for name, frame in incidents(real).items()}
    trials: list[tuple[str, tuple[str, str], dict[str, Floats]]] = [
        ("attacks on aid", TEST, found["attacks on aid"]),
        ("all four", ("2021-12", "2022-12"), {k: v for one in found.values() for k, v in one.items()}),
    ]
    rows = []
    for name, fold, inputs in trials:
        for question in ONE_MONTH:
            without, with_them = figures(panel, question, fold), figures(panel, question, fold, extra=inputs)
            rows.append({"inputs": name, "fit to": fold[0], "question": question[0], "AP without": without["AP"],
                         "AP with": with_them["AP"], "Brier without": without["Brier"],
                         "Brier with": with_them["Brier"]})  # fmt: skip
    placed = {name: int(one[f"{name} here"].sum()) for name, one in found.items()}
    table(f"extra inputs (attacks joined to a unit by name: {placed})", rows)


def adjoining(panel: Panel, shapes: Path) -> Floats:
    """0/1 table (U, U) of units whose shapes touch, for units whose name is found in the shapes of their country."""
    features = json.loads(shapes.read_text())["features"]
    by_land: dict[str, dict[str, int]] = {}
    for at, one in enumerate(features):
        by_land.setdefault(one["properties"]["iso3"], {})[plain(one["properties"]["name"])] = at
    found = {}
    for number, unit in enumerate(panel.units.tolist()):
        names = by_land.get(iso3_of(str(panel.countries[number])) or "", {})
        near = difflib.get_close_matches(plain(unit.split(" | ")[-1]), list(names), 1, 0.8)
        if near:
            found[number] = shape(features[names[near[0]]]["geometry"]).buffer(0.05)  # degrees: shapes are simplified
    numbers = list(found)
    tree = STRtree(list(found.values()))
    out = np.zeros((len(panel.units), len(panel.units)))
    for number in numbers:
        for other in tree.query(found[number], predicate="intersects"):
            out[number, numbers[other]] = float(numbers[other] != number)
    return out


def neighbours(real: Path) -> None:
    """With and without the history of adjoining units, on the validation folds and on the test."""
    panel = read(real)
    beside = adjoining(panel, real / "gazetteer" / "ne10m_adm1_iso_0.03.geojson")
    rows = []
    for question in (*ONE_MONTH, ("deaths_25", 6)):
        for fold in (*FOLDS, TEST):
            without, with_them = figures(panel, question, fold), figures(panel, question, fold, neighbours=beside)
            rows.append({"question": f"{question[0]} {question[1]}", "to": fold[1], "AP without": without["AP"],
                         "AP with": with_them["AP"]})  # fmt: skip
    placed = int((beside.sum(axis=1) > 0).sum())
    table(f"neighbours ({placed} of {len(panel.units)} units have one)", rows)


def quiet(real: Path) -> None:
    """Units with an event before 2020 only: nothing is known of them because of the future."""
    panel = read(real)
    before = panel.until("2019-12").activity.sum(axis=1) > 0
    rows = []
    for question in ONE_MONTH:
        every = figures(panel, question, TEST)
        known = figures(panel, question, TEST, units=before)
        never = cases(panel, question, origins_tested(panel, default_setting(panel, 0, TEST[0])) & ~before[:, None])
        rows.append({"question": question[0], "AP all": every["AP"], "AP known": known["AP"],
                     "EWMA-3 known": known["EWMA-3 AP"], "Brier known": known["Brier"],
                     "units never seen": int((~before).sum()), "their rate": float(never.y.mean())})  # fmt: skip
    table("units known in 2019", rows)


def speed(real: Path) -> None:
    """Seconds for the product's monthly work, and how they grow when the regions double."""
    panel = read(real)
    twice = Panel(
        np.concatenate([panel.units, np.array([f"{unit} twin" for unit in panel.units])]),
        np.concatenate([panel.countries, panel.countries]),
        panel.months,
        {name: np.vstack([values, values]) for name, values in panel.counts.items()},
    )
    rows = []
    for name, one in (("858 regions", panel), ("twice the regions", twice)):
        start = time.perf_counter()
        warning = train(one, "2022-12")
        trained = time.perf_counter() - start
        start = time.perf_counter()
        count = len(outlook(warning, one, "2022-12"))
        rows.append({"panel": name, "train (s)": trained, "ask (s)": time.perf_counter() - start, "forecasts": count})
    table("speed", rows)


PARTS: dict[str, Callable[[Path], None]] = {
    "settings": settings, "onset": onset, "held_out": held_out, "extra": extra,
    "neighbours": neighbours, "quiet": quiet, "speed": speed,
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Run the named parts; 1 when the folder or a part does not exist."""
    if not arguments or not Path(arguments[0], "ucdp_panel").is_dir() or set(arguments[1:]) - set(PARTS):
        print(f"usage: python -m bench.forecast REAL_FOLDER [{' | '.join(PARTS)}]", file=sys.stderr)
        return 1
    for part in arguments[1:] or PARTS:
        PARTS[part](Path(arguments[0]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
