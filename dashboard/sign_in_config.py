"""The settings of the sign-in, checked before the server starts; nothing of them is ever printed but where it is wrong.

One TOML file: table [auth] as Streamlit reads it (OpenID Connect), table [roles] as `assessment.roles` reads it. See
docs/sign-in.md.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from assessment import roles
from assessment.settings_file import open_to_others, read_toml

PLACE = "RETURNWATCH_SIGN_IN"  # environment: path of the file
_NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
_SHORTEST = 32  # characters of the cookie secret


class SignInError(Exception):
    """The sign-in is not configured well enough to start; one line per fault, never a value."""


def check(path: Path) -> None:
    """Raises SignInError with every fault of the file."""
    raw = read_toml(path, SignInError, "write it as docs/sign-in.md says")
    faults = [f"{path.name}: {fault}" for fault in _faults(raw.get("auth"))]
    if open_to_others(path):
        faults.append(f"{path.name} holds secrets and others can read it; run chmod 600 {path}")
    try:
        roles.read_config(path)
    except roles.RoleError as error:
        faults.append(str(error))
    if faults:
        raise SignInError("\n".join(faults))


def _faults(auth: Any) -> list[str]:
    if not isinstance(auth, Mapping):
        return ["table [auth] is missing"]
    faults = [f"[auth] {key} is missing" for key in _NEEDED if not isinstance(auth.get(key), str) or not auth[key]]
    if faults:
        return faults
    if len(auth["cookie_secret"]) < _SHORTEST:
        faults.append(f"[auth] cookie_secret needs at least {_SHORTEST} random characters")
    if not auth["redirect_uri"].endswith("/oauth2callback"):
        faults.append("[auth] redirect_uri must end with /oauth2callback")
    for key in ("redirect_uri", "server_metadata_url"):
        parts = urlsplit(auth[key])
        if parts.scheme != "https" and not (parts.scheme == "http" and loopback(parts.hostname or "")):
            faults.append(f"[auth] {key} must begin with https:// (http only on this machine, for a test)")
    if auth.get("expose_tokens"):
        faults.append("[auth] expose_tokens must not be set: no page needs a token of the provider")
    return faults


def loopback(host: str) -> bool:
    """True for this machine only: 127.0.0.1, ::1, localhost."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def place(given: Path | None = None) -> Path | None:
    """The file: the one given on the command line, else of the environment; None: local mode."""
    named = os.environ.get(PLACE)
    return given or (Path(named) if named else None)


def need(address: str, given: Path | None) -> None:
    """What must hold before the server listens on `address`. Raises SignInError."""
    path = place(given)
    if path is not None:
        check(path)
    elif not loopback(address):
        raise SignInError(
            f"{address} can be reached by others and no sign-in is configured, so everyone would be an analyst; "
            "give --sign-in FILE (docs/sign-in.md) or use --address 127.0.0.1"
        )


def options(given: Path | None) -> dict[str, str]:
    """Options of the Streamlit server; the path of the file only."""
    path = place(given)
    return {"secrets.files": str(path.resolve())} if path else {}
