"""One file per page. Each has PATH (its URL), ORDER, ROLES (who sees it) and `show(page)`; words stand under [PATH]."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

EVERYBODY = frozenset({"viewer", "analyst", "reviewer", "jurist", "admin"})
STAFF = EVERYBODY - {"viewer"}  # people who work on evidence, alerts and advice


def every() -> list[ModuleType]:
    """All views in the order of the navigation."""
    found = [importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)]
    return sorted((m for m in found if hasattr(m, "PATH")), key=lambda module: module.ORDER)
