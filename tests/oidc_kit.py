"""A local OpenID provider (package oidc-provider-mock) and the settings of a sign-in that uses it, for tests only."""

from __future__ import annotations

import json
import secrets
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

PEOPLE: Mapping[str, Sequence[str]] = {  # subject at the provider -> roles in its claim `roles`
    "anna": ("analyst",),
    "boris": ("analyst", "reviewer"),
    "judith": ("jurist",),
    "vera": (),
    "max": ("admin",),
}


@contextmanager
def provider(people: Mapping[str, Sequence[str]] = PEOPLE) -> Iterator[str]:
    """Address of a provider on a free port of 127.0.0.1 that knows these people; skips where it is not installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mock = pytest.importorskip("oidc_provider_mock", reason="oidc-provider-mock is not installed (extra dev)")
    users = [mock.User(sub=name, claims={"roles": list(roles)}) for name, roles in people.items()]
    with mock.run_server_in_thread(user_claims=users) as server:
        yield f"http://127.0.0.1:{server.server_port}"


def settings(folder: Path, provider_address: str, port: int, **roles: object) -> Path:
    """The file for `returnwatch serve --sign-in FILE --port PORT`; its secrets are made anew each time."""
    path = folder / "sign-in.toml"
    lines = [
        "[auth]",
        f'redirect_uri = "http://127.0.0.1:{port}/oauth2callback"',
        f'cookie_secret = "{secrets.token_urlsafe(48)}"',
        'client_id = "returnwatch"',
        f'client_secret = "{secrets.token_urlsafe(24)}"',
        f'server_metadata_url = "{provider_address}/.well-known/openid-configuration"',
        'client_kwargs = { prompt = "login", scope = "openid email profile" }',
        "[roles]",
        *(f"{key} = {json.dumps(value)}" for key, value in {"claim": "roles", **roles}.items()),
    ]
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
