"""Who is asking: OpenID Connect through `st.login` when it is configured, else one local analyst on this machine.

Denied by default: with a sign-in configured nobody sees a page before signing in, and a session that has ended shows
nothing more. Without one, only requests for this machine by name are answered, so that neither a forwarded port nor a
foreign site's name for 127.0.0.1 opens it.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from assessment import roles
from assessment.roles import Actor, RoleConfig, RoleError
from dashboard import sign_in_config
from dashboard.language import Words
from dashboard.page import Page, escape

# A mailed link must survive the sign-in, which always comes back to the root: the tab remembers where it was going.
# Only a path of this application is kept, never a host. A sign-in that failed comes back to the bare root too: that
# must not take the place of what is remembered.
_REMEMBER = """<script>{
const here = location.pathname + location.search;
if (here !== '/' || !sessionStorage.getItem('rw-after-sign-in')) sessionStorage.setItem('rw-after-sign-in', here);
}</script>"""
_CONTINUE = """<script>{
const going = sessionStorage.getItem('rw-after-sign-in');
sessionStorage.removeItem('rw-after-sign-in');
if (going && /^\\/(?!\\/)/.test(going) && going !== location.pathname + location.search) location.replace(going);
}</script>"""


class SignedOut(Exception):
    """Nobody may see a page now. `why` is a word key: sign_in.<why>."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def configured() -> bool:
    """A provider is configured. True also when it was meant to be and its file is gone: then nobody gets in."""
    if os.environ.get(sign_in_config.PLACE):
        return True
    try:
        return "auth" in st.secrets
    except (StreamlitSecretNotFoundError, FileNotFoundError):
        return False


def claims() -> Mapping[str, Any] | None:
    """What the checked sign-in says of this person; None: not signed in."""
    if not getattr(st.user, "is_logged_in", False):
        return None
    found: Mapping[str, Any] = st.user.to_dict()
    return found


@functools.cache
def _config(path: str, changed: float) -> RoleConfig:
    return roles.read_config(Path(path))


def config() -> RoleConfig:
    """Who has which role; read again when the file changes. Without a file everybody is a viewer."""
    path = os.environ.get(sign_in_config.PLACE)
    return _config(path, Path(path).stat().st_mtime) if path else RoleConfig()


def actor(now: datetime) -> Actor:
    """The person of this session. Raises SignedOut."""
    if not configured():
        if not _this_machine():
            raise SignedOut("not_here")
        return roles.resolve(None, RoleConfig(local=True), now)
    said = claims()
    if said is None:
        raise SignedOut("please")
    if not isinstance(said.get("iat"), (int, float)):
        raise SignedOut("unusable")  # without a moment of signing in a session would never end
    try:
        found = roles.resolve(said, config(), now)
    except (RoleError, OSError):
        raise SignedOut("unusable") from None
    if found.until is not None and now >= found.until:
        raise SignedOut("ended")
    return found


def _this_machine() -> bool:
    """The request names this machine and nobody passed it on. Without headers (a test) it is this machine."""
    headers = st.context.headers
    if headers.get("X-Forwarded-For") or headers.get("Forwarded"):
        return False
    host = headers.get("Host")
    return host is None or sign_in_config.loopback(urlsplit(f"//{host}").hostname or "")


def screen(words: Words, why: str) -> None:
    """All that somebody sees who is not signed in."""
    st.title("ReturnWatch")
    st.markdown(words(f"sign_in.{why}"))
    if why != "not_here":
        st.html(_REMEMBER, unsafe_allow_javascript=True)
        st.button(words("sign_in.button"), on_click=st.login, type="primary", key="sign_in")
    st.html(f'<p class="rw-footer">{escape(words("footer.not_a_judgement"))}</p>')


def bar(page: Page) -> None:
    """Under the header: local mode says so; somebody signed in sees their roles and can sign out."""
    if not configured():
        st.html(f'<p class="rw-banner">{escape(page.word("sign_in.local"))}</p>')
        return
    held = ", ".join(page.word(f"roles.{role}") for role in roles.ROLES if role in page.actor.roles)
    left, right = st.columns([5, 1], vertical_alignment="center")
    said = escape(page.word("sign_in.as", roles=held))
    left.html(f'<p class="rw-note">{said}</p>{_CONTINUE}', unsafe_allow_javascript=True)
    right.button(page.word("sign_in.out"), on_click=st.logout, key="sign_out", type="tertiary")
