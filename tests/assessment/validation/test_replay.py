"""The replay of alerts: workload counted by hand, planted rises found, places outside the data not judged."""

import numpy as np
import pytest

from assessment import framework as frameworks
from assessment.validation.replay import KNOWN, large_rises, replay
from assessment.validation.substrate import Watched

FRAMEWORK = frameworks.load()


def quiet_world(months: int = 60) -> Watched:
    units = np.array(["AF-KAB", "ET-TI", "ET-AM", "MZ-P", "MZ-A"])
    lands = np.array(["AFG", "ETH", "ETH", "MOZ", "MOZ"])
    counts = np.random.default_rng(2).poisson(1.0, (5, months)).astype(float)
    first = np.datetime64("2018-01", "M")
    return Watched(units, lands, np.arange(first, first + months), counts, np.ceil(counts / 3))


def test_a_planted_war_is_found_and_counted_by_country() -> None:
    panel = quiet_world()
    at = 34  # November 2020
    panel.deaths[1, at : at + 3] = [80.0, 120.0, 90.0]
    assert (1, at) in large_rises(panel.deaths, 24)
    found = replay(FRAMEWORK, panel)
    named = {row[0]: row for row in found["tables"][1]["rows"]}
    assert named["Tigray"][2] is True
    assert named["Cabo Delgado"][2] is False
    assert named["Sudan"][2] is None
    checks = {check["check"]: check for check in found["checks"]}
    assert checks["known"]["verdict"] == "not_enough_data"
    assert checks["known"]["cases"] == 3  # Tigray, Cabo Delgado, Afghanistan
    assert checks["swallowed"]["value"] == 0
    rules = {row[0]: row for row in found["tables"][2]["rows"]}
    years = (60 - 12) / 12
    deaths = rules["sharp_rise deaths"]
    assert checks["alarms"]["value"] == pytest.approx(deaths[1] / years / (365.25 / 7), abs=1e-3)
    assert deaths[3] == pytest.approx(deaths[1] / (5 * years))
    land = {row[0]: row for row in found["tables"][3]["rows"]}
    assert land["ETH"][2] >= 1
    by_month = found["tables"][4]["rows"]
    assert ["ETH", "2020-11", 1, pytest.approx(3 * 365.25 / 7 / 12 * 2 / 5)] in by_month
    assert sum(row[2] for row in by_month) == sum(row[2] for row in found["tables"][3]["rows"]) == rules["tasks"][1]


def test_months_without_data_are_neither_alarms_nor_misses() -> None:
    panel = quiet_world()
    panel.deaths[1, 30:40] = np.nan
    panel.deaths[1, 40:43] = 90.0
    found = replay(FRAMEWORK, panel)
    named = {row[0]: row for row in found["tables"][1]["rows"]}
    assert named["Tigray"][2] is None
    assert (1, 40) in large_rises(panel.deaths, 24)
    panel.deaths[1, 20:40] = np.nan
    assert large_rises(panel.deaths, 24) == []


def test_the_list_is_the_methods() -> None:
    assert len(KNOWN) == 11
