"""Sobol indices of functions whose indices are known, and plots that say what they show."""

from xml.etree import ElementTree

import numpy as np
import pytest

from assessment.validation import plots
from assessment.validation.robust import total_indices


def test_total_indices_of_a_sum_and_of_a_product() -> None:
    names = ["a", "b", "c"]
    added = total_indices(lambda u: np.array([2 * u[0] + u[1]]), names, 4000, 1)
    assert added["a"] == pytest.approx(0.8, abs=0.03)
    assert added["b"] == pytest.approx(0.2, abs=0.03)
    assert added["c"] == 0.0
    product = total_indices(lambda u: np.array([(u[0] - 0.5) * (u[1] - 0.5)]), names, 4000, 1)
    assert product["a"] == pytest.approx(1.0, abs=0.08)  # it has a part in all of the variance
    assert product["b"] == pytest.approx(1.0, abs=0.08)
    assert total_indices(lambda u: np.ones(2), names, 10, 1) == {"a": 0.0, "b": 0.0, "c": 0.0}


def test_plots_are_well_formed_inside_their_frame_and_speak() -> None:
    rows = [
        {"level": n, "rows": 300, "rate": 0.2 * 4.0**n, "rate_interval": (0.1 * 4.0**n, 0.4 * 4.0**n)}
        for n in range(1, 6)
    ]
    months = np.arange(np.datetime64("2019-11", "M"), np.datetime64("2021-03", "M"))
    drawn = [
        plots.dots("average_precision", [("ours & <you>", 0.83, (0.7, 0.9), True), ("zero", 0.1, None, False)], 0.2),
        plots.bars("sobol", [("never seen", 0.8), ("weight P1", 0.02)]),
        plots.levels(rows),
        plots.line("alerts_month", months, np.arange(len(months)), 13.0),
        plots.reliability("reliability", [{"rows": 10, "forecast": 0.1, "happened": 0.2}]),
    ]
    for plot in drawn:
        picture = ElementTree.fromstring(plot["svg"])
        height = float(picture.attrib["viewBox"].split()[3])
        assert picture.attrib["aria-label"]
        for part in picture:
            for name in ("x", "x1", "x2", "cx"):
                assert 0 <= float(part.attrib.get(name, 0)) <= plots.WIDTH, (plot["caption"], part.attrib)
            for name in ("y", "y1", "y2", "cy"):
                assert 0 <= float(part.attrib.get(name, 0)) <= height, (plot["caption"], part.attrib)
