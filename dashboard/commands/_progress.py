"""A progress bar on stderr; silent where stderr is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from ingest.refresh_tools import Step

PHASES = {"crawl": "asking the sources", "load": "taking in the answers"}


@contextmanager
def progress_bar() -> Iterator[Callable[[Step], None]]:
    """Yields a function that takes the steps of a refresh; one bar per phase."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def report(step: Step) -> None:
            if step.phase not in tasks:
                tasks[step.phase] = bars.add_task(PHASES.get(step.phase, step.phase), total=step.total)
            bars.update(tasks[step.phase], completed=step.done, total=step.total)

        yield report
