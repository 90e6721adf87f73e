"""The real server in a process of its own, as `returnwatch serve` starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.commands import UsageError, serve

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds until the server must answer
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(data: Path, *options: str, port: int | None = None, days: int = 0) -> Iterator[str]:
    """Its address, e.g. http://127.0.0.1:40123; the server and its children end with the block.

    days: how far the clock its pages read is moved ahead.
    """
    port = port or free_port()
    module = ["tests.browser.later", str(days)] if days else ["dashboard.cli"]
    command = [sys.executable, "-m", *module, "--data-dir", str(data), "serve", "--port", str(port), *options]
    log = data / f"serve-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        try:
            serve.wait_until_it_answers(process, address, PATIENCE)
        except UsageError as error:
            raise AssertionError(f"{error}:\n{log.read_text(errors='replace')[-4000:]}") from None
        yield address
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """The whole group: `serve` has the Streamlit server as its child."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            continue
    process.wait(10)
