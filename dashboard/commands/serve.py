"""`returnwatch serve`: the dashboard and its read-only API on one port."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from dashboard import theme
from dashboard.commands import Context, UsageError
from dashboard.pipeline import is_published

NAME = "serve"
HELP = "serve the dashboard from the published snapshot"
ORDER = 15
APP = Path(__file__).resolve().parents[1] / "app.py"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument(
        "--address", default="127.0.0.1", help="other than 127.0.0.1 only behind a proxy and with sign-in configured"
    )


def command(port: int, address: str) -> list[str]:
    """The Streamlit server, with every outgoing call of its own switched off."""
    options = {
        "server.port": port,
        "server.address": address,
        "browser.serverAddress": address,
        "server.headless": "true",
        "server.showEmailPrompt": "false",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "runner.magicEnabled": "false",
        **theme.options(),
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "streamlit", "run", str(APP), *flags]


def environment(context: Context) -> dict[str, str]:
    """What the server needs to know: where the data lie and which catalog counts."""
    found = {**os.environ, "RETURNWATCH_DATA": str(context.data_dir)}
    if context.sources_file:
        found["RETURNWATCH_SOURCES"] = str(context.sources_file.resolve())
    return found


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Runs until stopped; the server's own exit status."""
    if not is_published(context.data_dir):
        raise UsageError(
            f"nothing is published in {context.data_dir}; run `returnwatch up` or `returnwatch refresh` first"
        )
    context.say(f"ReturnWatch answers at http://{arguments.address}:{arguments.port}")
    return subprocess.run(command(arguments.port, arguments.address), env=environment(context), check=False).returncode
