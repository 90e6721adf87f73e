"""The indicators: one file each, found by walking the folders, checked against framework.toml.

An indicator is a function `Inputs -> ItemTable` with the decorator below. Its docstring says what it measures, why it
matters for return and what it misses; the method page is made from it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from assessment.framework import Framework, FrameworkError
from assessment.inputs import Inputs
from assessment.items import ItemTable

Observe = Callable[[Inputs], ItemTable]


@dataclass(frozen=True, slots=True)
class Definition:
    """What the decorator states. `sources` are words for a reader: which sources feed it when there are rows."""

    id: str
    unit: str
    sources: tuple[str, ...]
    level: str  # best geographic level: region | country | path
    observe: Observe
    text: str


_found: dict[str, Definition] = {}


def indicator(
    indicator_id: str, *, unit: str, sources: tuple[str, ...], level: str = "region"
) -> Callable[[Observe], Observe]:
    """Register a function as the indicator `indicator_id`; the unit must be the framework's."""

    def register(observe: Observe) -> Observe:
        _found[indicator_id] = Definition(indicator_id, unit, sources, level, observe, (observe.__doc__ or "").strip())
        return observe

    return register


@cache
def definitions() -> dict[str, Definition]:
    """Every indicator there is, by id."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    return dict(sorted(_found.items()))


def check(framework: Framework) -> None:
    """Raises FrameworkError when an indicator and framework.toml disagree, or one has no counterpart."""
    found, listed = definitions(), framework.raw["indicator"]
    faults = [f"[indicator.{name}] has no file under assessment/indicators/" for name in listed if name not in found]
    faults += [f"indicator {name} is not in framework.toml" for name in found if name not in listed]
    faults += [
        f"[indicator.{name}] unit {listed[name]['unit']!r} differs from the file's {found[name].unit!r}"
        for name in found
        if name in listed and listed[name]["unit"] != found[name].unit
    ]
    faults += [f"indicator {name} has no docstring" for name, item in found.items() if not item.text]
    if faults:
        raise FrameworkError(faults)
