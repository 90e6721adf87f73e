"""A filled data folder, the real server and a real browser, each started once for all browser tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra dev)")

from tests.browser import scene, server  # noqa: E402  (they need playwright)
from tests.browser.visit import FLAGS, Visit, visiting  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="chromium is not installed (apt-get install chromium)"))


@pytest.fixture(scope="session")
def clock() -> datetime:
    """When the scene is made. The server reads the real clock, so the scene does too."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory, root: Path, clock: datetime) -> Path:
    """The filled data folder."""
    folder = tmp_path_factory.mktemp("browser")
    scene.prepare(folder, root, clock)
    return folder


@pytest.fixture(scope="session")
def address(data: Path) -> Iterator[str]:
    """Where the server answers."""
    with server.serving(data) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all; each test has a context of its own."""
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Callable[..., Visit]]:
    """Make a visitor: `visit(width=360, color_scheme="dark")`."""
    with ExitStack() as stack:
        yield lambda base=address, **options: stack.enter_context(visiting(browser, base, **options))
