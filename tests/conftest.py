"""Fixtures every test may use."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "real"


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
