"""`returnwatch serve`: the dashboard and its read-only API on one port."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from dashboard import sign_in_config, theme
from dashboard.commands import Context, UsageError, shipped
from dashboard.pipeline import is_published

NAME = "serve"
HELP = "serve the dashboard from the published snapshot"
ORDER = 15
SERVER = Path(__file__).resolve().parents[1] / "server.py"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument(
        "--address", default="127.0.0.1", help="other than 127.0.0.1 only behind a proxy and with sign-in configured"
    )
    parser.add_argument("--sign-in", type=Path, metavar="FILE", help="settings of the sign-in (docs/sign-in.md)")


def command(port: int, address: str, sign_in: Path | None = None) -> list[str]:
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
        **sign_in_config.options(sign_in),
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "streamlit", "run", str(SERVER), *flags]


def need_sign_in(address: str, sign_in: Path | None) -> None:
    """An address others can reach needs a sign-in. Raises UsageError."""
    try:
        sign_in_config.need(address, sign_in)
    except sign_in_config.SignInError as error:
        raise UsageError(str(error)) from None


def environment(context: Context, sign_in: Path | None = None) -> dict[str, str]:
    """What the server needs to know: where the data lie, which catalog counts, where the sign-in is configured."""
    found = {**os.environ, "RETURNWATCH_DATA": str(context.data_dir)}
    path = sign_in_config.place(sign_in)
    if path:
        found[sign_in_config.PLACE] = str(path.resolve())
    found["RETURNWATCH_SOURCES"] = str((context.sources_file or shipped("sources.toml")).resolve())
    return found


def wait_until_it_answers(server: subprocess.Popen[bytes], base: str, patience: float) -> None:
    """Until the server at this address is ready. patience: seconds. Raises UsageError when it ended or takes longer."""
    end = time.monotonic() + patience
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < end:
        if server.poll() is not None:
            raise UsageError("the dashboard did not start; its last words stand above")
        try:
            with direct.open(f"{base}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise UsageError(f"the dashboard does not answer after {patience:.0f} seconds")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Runs until stopped; the server's own exit status."""
    need_sign_in(arguments.address, arguments.sign_in)
    if not is_published(context.data_dir):
        raise UsageError(
            f"nothing is published in {context.data_dir}; run `returnwatch up` or `returnwatch refresh` first"
        )
    context.say(f"ReturnWatch answers at http://{arguments.address}:{arguments.port}")
    started = command(arguments.port, arguments.address, arguments.sign_in)
    return subprocess.run(started, env=environment(context, arguments.sign_in), check=False).returncode
