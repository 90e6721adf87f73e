"""Panels: what is a zero, what is refused, what is counted as unlocated."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assessment.validation.panel import Panel, PanelError, load_panel, panel_from_events, panel_from_frame


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "country": ["Aland", "Aland", "Borduria"],
            "unit": ["Aland | North", "Aland | South", "Borduria | Coast"],
            "month": ["2020-01-01", "2020-04-01", "2020-02-01"],
            "n_events": [2, 1, 3],
            "deaths": [0, 5, 9],
        }
    )


def test_absent_rows_are_measured_zeros() -> None:
    panel = panel_from_frame(frame())
    assert panel.months.astype(str).tolist() == ["2020-01", "2020-02", "2020-03", "2020-04"]
    assert panel.counts["n_events"].tolist() == [[2, 0, 0, 0], [0, 0, 0, 1], [0, 3, 0, 0]]
    assert panel.countries.tolist() == ["Aland", "Aland", "Borduria"]


def test_units_only_the_predictions_know_are_added_as_zero() -> None:
    panel = panel_from_frame(frame()).with_units(["Aland | East", "Aland | North"], ["Aland", "Aland"])
    assert panel.units.tolist() == ["Aland | East", "Aland | North", "Aland | South", "Borduria | Coast"]
    assert panel.counts["deaths"][0].sum() == 0
    assert panel.counts["deaths"][2].tolist() == [0, 0, 0, 5]


def test_csv_round_trip(tmp_path) -> None:
    frame().to_csv(tmp_path / "panel.csv", index=False)
    assert load_panel(tmp_path / "panel.csv").counts["deaths"].sum() == 14


def test_views_month_ids(tmp_path) -> None:
    index = pd.MultiIndex.from_tuples([(457, 1), (457, 2), (458, 1), (458, 2)], names=["month_id", "country_id"])
    pd.DataFrame({"outcome": [0, 4, 7, 0]}, index=index).to_parquet(tmp_path / "cm.parquet")
    panel = load_panel(tmp_path)
    assert panel.months.astype(str).tolist() == ["2018-01", "2018-02"]
    assert panel.counts["deaths"].tolist() == [[0, 7], [4, 0]]
    assert panel.activity is panel.counts["deaths"]


@pytest.mark.parametrize(
    ("months", "counts", "says"),
    [
        (["2020-01", "2020-03"], {"deaths": np.zeros((1, 2))}, "consecutive"),
        (["2020-01", "2020-02"], {"deaths": np.array([[1.0, np.nan]])}, "missing or negative"),
        (["2020-01", "2020-02"], {"deaths": np.zeros((2, 2))}, "shape"),
        (["2020-01", "2020-02"], {"wounded": np.zeros((1, 2))}, "unknown count"),
        (["2020-01", "2020-02"], {}, "at least one"),
    ],
)
def test_a_panel_refuses_what_it_cannot_mean(months, counts, says) -> None:
    with pytest.raises(PanelError, match=says):
        Panel(np.array(["u"]), np.array(["c"]), np.array(months, dtype="datetime64[M]"), counts)


def test_missing_files_and_columns_say_what_to_do(tmp_path) -> None:
    with pytest.raises(PanelError, match="no panel file"):
        load_panel(tmp_path / "nothing.csv")
    with pytest.raises(PanelError, match="unit"):
        panel_from_frame(frame().drop(columns="unit"))
    with pytest.raises(PanelError, match="no rows"):
        panel_from_frame(frame().iloc[:0])


def events() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "iso3": ["AFG", "AFG", "AFG", "IRQ"],
            "region_id": ["AF-KAB", "AF-KAB", None, "IQ-BG"],
            "lat": [34.5, 34.6, None, 33.3],
            "lon": [69.2, 69.1, None, 44.4],
            "date": ["2021-01-05", "2021-01-20", "2021-02-01", "2021-03-09"],
            "deaths": [1, None, 8, 2],
        }
    )


def test_events_that_cannot_be_placed_are_counted_not_guessed() -> None:
    panel, unlocated = panel_from_events(events(), "region")
    assert unlocated == 1
    assert panel.units.tolist() == ["AF-KAB", "IQ-BG"]
    assert panel.counts["n_events"].tolist() == [[2, 0, 0], [0, 0, 1]]
    assert panel.counts["deaths"].tolist() == [[1, 0, 0], [0, 0, 2]]
    national, unlocated = panel_from_events(events(), "country")
    assert unlocated == 0
    assert national.counts["deaths"].sum() == 11


def test_coverage_adds_quiet_months_and_cuts_uncovered_ones() -> None:
    panel, _ = panel_from_events(events(), "country", ("2020-12", "2021-02"))
    assert panel.months.astype(str).tolist() == ["2020-12", "2021-01", "2021-02"]
    assert panel.units.tolist() == ["AFG"]
    assert panel.counts["n_events"].tolist() == [[0, 2, 1]]


def test_grid_cells_hold_half_a_degree_and_stay_in_their_country() -> None:
    panel, unlocated = panel_from_events(events(), "grid")
    assert unlocated == 1
    assert panel.units.tolist() == ["AFG +34.5 +69.0", "IRQ +33.0 +44.0"]


def test_unknown_level_and_missing_key_are_refused() -> None:
    with pytest.raises(PanelError, match="unknown level"):
        panel_from_events(events(), "village")
    with pytest.raises(PanelError, match="region_id"):
        panel_from_events(events().drop(columns="region_id"), "region")
    with pytest.raises(PanelError, match="none of 4 events"):
        panel_from_events(events().assign(region_id=None), "region")
