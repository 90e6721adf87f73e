"""Fixtures every test may use."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

MAIN = sys.modules["__main__"]

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "real"
# Files that take longest go first, so that the last process to end has not just begun one of them.
LONG = ("test_properties.py", "test_kill.py", "test_starter.py", "test_read.py", "test_block_a.py", "test_crawl.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, browser walks last; within a file the order stays.

    Playwright leaves an event loop running in its process: tests that start one of their own must come before.
    """
    items.sort(key=lambda item: ("browser" in item.path.parts, item.path.name not in LONG))


@pytest.fixture(autouse=True)
def _main_module_stays() -> Iterator[None]:
    """Streamlit's AppTest leaves its script as `__main__`; a child process that is spawned later would run it."""
    sys.modules["__main__"] = MAIN
    yield
    sys.modules["__main__"] = MAIN


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout: where sources.toml and data/reference lie."""
    return ROOT


@pytest.fixture(scope="session")
def real() -> Path:
    """Captured real answers and labelled texts; they are other people's work and never part of the checkout."""
    if not REAL.is_dir():
        pytest.skip(f"captured real answers are not here ({REAL.name} folder beside the checkout is missing)")
    return REAL
