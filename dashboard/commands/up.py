"""`returnwatch up`: everything at once. Prepare, load the shipped figures, serve, and refresh by schedule."""

from __future__ import annotations

import argparse
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

from assessment.read import Reader
from dashboard.commands import Context, UsageError, serve, shipped, utc_now
from dashboard.pipeline import assess_and_publish, is_published, load_starter
from ingest.refresh_tools import Folders

NAME = "up"
HELP = "prepare the data folder, load the starter data, serve the dashboard and refresh by schedule"
ORDER = 10
HISTORY_MONTHS = 24  # month ends assessed at the first start, so that trends have a past
PATIENCE = 60.0  # seconds for the server to answer, for children to end


def add_arguments(parser: argparse.ArgumentParser) -> None:
    serve.add_arguments(parser)
    parser.add_argument("--no-refresh", action="store_true", help="serve what is there and ask no source")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Runs until Ctrl-C or SIGTERM; ends its children with it."""
    serve.need_sign_in(arguments.address, arguments.sign_in)
    _need_free_port(arguments.address, arguments.port)
    sources = context.sources  # a fault in the catalog is said before anything starts
    context.data_dir.mkdir(parents=True, exist_ok=True)
    (context.data_dir / "inbox").mkdir(exist_ok=True)
    context.say(f"data folder {context.data_dir}: loading the starter data")
    report = load_starter(context.data_dir, sources, shipped("starter"), utc_now(), context.tools())
    for line in report.sources:
        if line.state == "failed":
            context.say(f"starter data of {line.source}: {line.message}")
    if report.changed_anything or not is_published(context.data_dir):
        assess_and_publish(context.data_dir, shipped("reference"), utc_now())
    started = serve.command(arguments.port, arguments.address, arguments.sign_in)
    server = subprocess.Popen(started, env=serve.environment(context, arguments.sign_in))
    children = [server]
    _stop_on_signals()
    try:
        base = f"http://{arguments.address}:{arguments.port}"
        serve.wait_until_it_answers(server, base, PATIENCE)
        context.say(f"ReturnWatch answers at {base}  (Ctrl-C ends it)")
        if not arguments.no_refresh:
            # Trends need a past; it is made after the first refresh, so that live answers do not wait for it.
            past = ["--history", str(HISTORY_MONTHS)] if _without_history(context) else []
            children.append(_command(context, "schedule", *past))
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        raise UsageError("a part of ReturnWatch ended by itself; its last words stand above")
    except KeyboardInterrupt:
        return 0
    finally:
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()


def _command(context: Context, *words: str) -> subprocess.Popen[bytes]:
    """Another command of ours as a child; its answers go to stderr, so that stdout stays ours."""
    return subprocess.Popen(context.command(*words), env=serve.environment(context), stdout=sys.stderr)


def _without_history(context: Context) -> bool:
    """True when no past month was assessed yet: the first start."""
    with Reader.open(Folders(context.data_dir).published) as reader:
        return not any(run["kind"] == "history" for run in reader.runs())


def _need_free_port(address: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise UsageError(
                f"cannot listen on {address}:{port} ({error.strerror}); choose another with --port"
            ) from None


def _stop_on_signals() -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
