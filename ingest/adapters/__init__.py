"""Adapters: one module per format, each with pure functions over `ingest.model`.

    OPTIONS: dict[str, type]                            keys allowed in [source.<id>.options]  (optional)
    requests(source, since) -> Iterable[Request]        what to ask; `since` is the last good run's time or None
    parse(answer, source) -> Iterable[Row]              what it says; raises AdapterError when it cannot be trusted
    follow(answer, source) -> Iterable[Request]         paging and detail pages                (optional)

What was asked (country, year, page) is read from `answer.url`, so that a replayed answer is judged like a live one.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType


def names() -> list[str]:
    """Every adapter there is, sorted. Modules that start with an underscore are helpers."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


@cache  # listing the folder costs 4 ms, and this is asked for each answer
def load(name: str) -> ModuleType:
    """The adapter module called `name`; KeyError names the ones that exist."""
    if name not in names():
        raise KeyError(f"unknown adapter {name!r}; choose one of: {', '.join(names())}")
    return importlib.import_module(f"{__name__}.{name}")
