"""Sign-in: local mode on this machine only, denied by default, sessions that end, faults said without secrets."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from dashboard import sign_in, sign_in_config
from dashboard.commands import Context, UsageError, serve
from dashboard.sign_in import SignedOut
from dashboard.sign_in_config import SignInError, check, loopback, need
from tests import oidc_kit

NOW = datetime(2026, 11, 28, 12, 0)


class Request:
    """What `st.context` says of a request."""

    def __init__(self, **headers: str) -> None:
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return oidc_kit.settings(tmp_path, "http://127.0.0.1:9", 8501)


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv(sign_in_config.PLACE, raising=False)
    monkeypatch.setattr(sign_in, "configured", lambda: False)
    return monkeypatch


def signed_in(monkeypatch: pytest.MonkeyPatch, file: Path, claims: dict[str, Any] | None) -> None:
    monkeypatch.setenv(sign_in_config.PLACE, str(file))
    monkeypatch.setattr(sign_in, "claims", lambda: claims)


def seconds(at: datetime) -> float:
    return at.replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize("headers", [{}, {"Host": "127.0.0.1:8501"}, {"Host": "localhost"}, {"Host": "[::1]:8501"}])
def test_local_mode_on_this_machine(local: pytest.MonkeyPatch, headers: dict[str, str]) -> None:
    local.setattr(st, "context", Request(**headers))
    assert sign_in.actor(NOW).roles == {"viewer", "analyst"}


@pytest.mark.parametrize(
    "headers",
    [{"Host": "rebound.example"}, {"Host": "192.0.2.7:8501"}, {"Host": "127.0.0.1", "X_Forwarded_For": "192.0.2.1"},
     {"Host": "localhost", "Forwarded": "for=192.0.2.1"}, {"Host": "127.0.0.1.evil.example"}],
)  # fmt: skip
def test_local_mode_answers_nobody_else(local: pytest.MonkeyPatch, headers: dict[str, str]) -> None:
    local.setattr(st, "context", Request(**headers))
    with pytest.raises(SignedOut) as out:
        sign_in.actor(NOW)
    assert out.value.why == "not_here"


def test_nobody_sees_a_page_before_signing_in(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    signed_in(monkeypatch, file, None)
    with pytest.raises(SignedOut) as out:
        sign_in.actor(NOW)
    assert out.value.why == "please"


def test_roles_come_from_the_claim(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    said = {"sub": "anna", "iss": "https://p.example", "iat": seconds(NOW), "roles": ["analyst", "root"]}
    signed_in(monkeypatch, file, said)
    actor = sign_in.actor(NOW)
    assert (actor.subject, actor.roles) == ("https://p.example#anna", {"viewer", "analyst"})


def test_a_session_ends_for_reading_too(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    signed_in(monkeypatch, file, {"sub": "anna", "iat": seconds(NOW - timedelta(hours=7, minutes=59))})
    assert sign_in.actor(NOW)
    with pytest.raises(SignedOut) as out:
        sign_in.actor(NOW + timedelta(minutes=1))
    assert out.value.why == "ended"


@pytest.mark.parametrize(
    "said", [{"sub": "anna"}, {"iat": 1.0}, {"sub": "system", "iat": 1.7e9}, {"sub": "", "iat": 1.7e9}]
)
def test_a_sign_in_that_says_too_little_is_none(
    monkeypatch: pytest.MonkeyPatch, file: Path, said: dict[str, Any]
) -> None:
    signed_in(monkeypatch, file, said)
    with pytest.raises(SignedOut) as out:
        sign_in.actor(NOW)
    assert out.value.why == "unusable"


def test_a_file_that_vanished_lets_nobody_in(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    signed_in(monkeypatch, file, {"sub": "anna", "iat": seconds(NOW)})
    file.unlink()
    assert sign_in.configured()
    with pytest.raises(SignedOut):
        sign_in.actor(NOW)


def test_a_good_file_passes(file: Path) -> None:
    check(file)
    assert sign_in_config.options(file) == {"secrets.files": str(file.resolve())}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('client_id = "returnwatch"\n', "", "client_id is missing"),
        ("/oauth2callback", "/back", "must end with /oauth2callback"),
        (
            'metadata_url = "http://127.0.0.1:9',
            'metadata_url = "http://login.example',
            "server_metadata_url must begin",
        ),
        ("[auth]", "[other]", r"table \[auth\] is missing"),
        ('claim = "roles"', 'people = { a = ["boss"] }', "is no list of roles"),
        ("[roles]", 'expose_tokens = ["id"]\n[roles]', "expose_tokens must not be set"),
        ("[auth]", "[auth", "is not TOML"),
    ],
)
def test_a_fault_is_said_without_a_secret(file: Path, old: str, new: str, said: str) -> None:
    text = file.read_text()
    assert old in text
    secrets = [line.split('"')[1] for line in text.splitlines() if "secret" in line]
    file.write_text(text.replace(old, new))
    with pytest.raises(SignInError, match=said) as fault:
        check(file)
    assert not any(secret in str(fault.value) for secret in secrets)


def test_secrets_others_can_read_are_refused(file: Path) -> None:
    file.chmod(0o640)
    with pytest.raises(SignInError, match="chmod 600"):
        check(file)


def test_a_short_cookie_secret_is_refused(file: Path) -> None:
    lines = file.read_text().splitlines()
    file.write_text("\n".join('cookie_secret = "short"' if "cookie" in line else line for line in lines))
    with pytest.raises(SignInError, match="cookie_secret needs at least 32"):
        check(file)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.7", "returnwatch.example"])
def test_an_address_others_can_reach_needs_a_sign_in(
    local: pytest.MonkeyPatch, file: Path, address: str, tmp_path: Path
) -> None:
    with pytest.raises(SignInError, match="no sign-in is configured"):
        need(address, None)
    need(address, file)
    arguments = argparse.Namespace(address=address, port=1, sign_in=None)
    with pytest.raises(UsageError, match="no sign-in is configured"):
        serve.run(arguments, Context(tmp_path, None, False))


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_this_machine_needs_none(local: pytest.MonkeyPatch, address: str) -> None:
    assert loopback(address)
    need(address, None)


def test_the_path_of_the_settings_reaches_the_server_and_no_secret_does(local: pytest.MonkeyPatch, file: Path) -> None:
    started = serve.command(8501, "127.0.0.1", file)
    assert f"--secrets.files={file.resolve()}" in started
    text = file.read_text()
    secrets = [line.split('"')[1] for line in text.splitlines() if "secret" in line]
    assert len(secrets) == 2
    shown = " ".join(started) + repr(serve.environment(Context(file.parent, None, False), file))
    assert not any(secret in shown for secret in secrets)
