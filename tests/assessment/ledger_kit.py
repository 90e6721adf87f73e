"""Actors, ledgers and a PostgreSQL server of their own for the tests of the policy loop."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from assessment.ledger import Ledger
from assessment.roles import Actor, RoleConfig, resolve

NOW = datetime(2026, 11, 23, 9, 0)
CONFIG = RoleConfig(claim="roles")
RULE = {"rule": "sharp_rise"}


def person(name: str, *roles: str, at: datetime = NOW) -> Actor:
    """Somebody signed in with these roles."""
    return resolve({"sub": name, "roles": list(roles)}, CONFIG, at)


def _binary(name: str) -> str | None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return str(found[0]) if found else shutil.which(name)


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Address of a fresh server on 127.0.0.1; skips where there is none or nobody to run it as."""
    initdb, control = _binary("initdb"), _binary("pg_ctl")
    if not initdb or not control:
        pytest.skip("no PostgreSQL server is installed (initdb and pg_ctl)")
    prefix: list[str] = []
    if os.getuid() == 0:  # the server refuses to run as root
        try:
            user = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL does not run as root and there is no user postgres")
        if not shutil.which("runuser"):
            pytest.skip("PostgreSQL does not run as root and runuser is missing")
        prefix = ["runuser", "-u", "postgres", "--"]
        os.chown(folder, user.pw_uid, user.pw_gid)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run([*prefix, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=120)

    run(initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8")
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c max_connections=120"
    run(control, "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        run(control, "-D", str(data), "-m", "immediate", "-w", "stop")


def write_many(place: str, writer: int, count: int) -> None:
    """One of many writers: its own connection, `count` entries."""
    ledger = Ledger.open(place)
    actor = person(f"writer-{writer}", "analyst")
    for number in range(count):
        ledger.append(actor, "alert_taken", f"alert:{writer}:{number}", RULE, NOW)
    ledger.close()
