"""A made-up world with known rates, so that tests know what a good forecast is."""

from __future__ import annotations

import numpy as np

from assessment.validation.panel import Floats, Panel


def world(units: int = 60, months: int = 96, countries: int = 8, seed: int = 1) -> Panel:
    """Units whose log rate drifts slowly and is partly shared by their country; deaths follow events."""
    return world_and_rates(units, months, countries, seed)[0]


def world_and_rates(units: int = 60, months: int = 96, countries: int = 8, seed: int = 1) -> tuple[Panel, Floats]:
    """The panel and the true expected events per unit and month (U, T)."""
    random = np.random.default_rng(seed)
    country = np.arange(units) % countries
    level = (random.normal(-1.5, 1.2, units) + random.normal(0, 1.2, countries)[country])[:, None]
    shared = np.zeros((countries, months))
    own = np.zeros((units, months))
    for t in range(1, months):
        shared[:, t] = 0.9 * shared[:, t - 1] + random.normal(0, 0.3, countries)
        own[:, t] = 0.85 * own[:, t - 1] + random.normal(0, 0.5, units)
    rate = np.exp(np.clip(level + shared[country] + own, -6, 4))
    events = random.poisson(rate).astype(float)
    deaths = random.poisson(events * 4.0).astype(float)
    names = np.array([f"C{country[u]} | U{u:03d}" for u in range(units)])
    order = np.argsort(names)
    return (
        Panel(
            names[order],
            np.array([f"C{c}" for c in country])[order],
            np.arange(np.datetime64("2012-01", "M"), np.datetime64("2012-01", "M") + months),
            {"n_events": events[order], "deaths": deaths[order]},
        ),
        rate[order],
    )
