"""Who may do what: one table of roles and actions, denied by default, asked by every function that writes.

An `Actor` is made by `resolve` (from the claims of a checked sign-in) or `system` (the scheduler) and carries a seal
over its name, roles and end of session. A hand-made or altered Actor fails at its first write. Limit: the key lives in
this process, so the seal stops mistakes, forged objects and copied fields, not code that already runs inside the
process. Claims must come from a sign-in library that checked the token; this module checks no signature of a provider.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from assessment.refusal import because
from assessment.settings_file import read_toml

ROLES = ("viewer", "analyst", "reviewer", "jurist", "admin")
SYSTEM = "system"  # the scheduler; nobody can sign in as it
MAY: Mapping[str, frozenset[str]] = {
    "report_counter_evidence": frozenset({"viewer", "analyst", "reviewer", "jurist", "admin"}),
    "write_note": frozenset({"analyst", "reviewer", "jurist"}),
    "code_claim": frozenset({"analyst"}),
    "edit_position": frozenset({"analyst", "jurist"}),
    "report_harm": frozenset({"viewer", "analyst", "reviewer", "jurist"}),  # who follows up returned people hears it
    "judge_harm": frozenset({"reviewer", "jurist"}),
    "take_alert": frozenset({"analyst"}),
    "decide_alert": frozenset({"analyst"}),
    "reopen_alert": frozenset({"analyst", "reviewer"}),
    "draft_advice": frozenset({"analyst"}),
    "read_for_review": frozenset({"reviewer"}),
    "review_advice": frozenset({"reviewer"}),
    "sign_advice": frozenset({"jurist"}),
    "publish_advice": frozenset({"reviewer"}),
    "lapse_advice": frozenset({SYSTEM}),
    "remove_gate": frozenset({"jurist"}),
    "change_rule": frozenset({"admin"}),
    "answer_counter_evidence": frozenset({"analyst", "reviewer", "jurist"}),
    "record_notice": frozenset({SYSTEM}),
}
_KEY = secrets.token_bytes(32)


class RoleError(Exception):
    """The roles in the configuration or the claims cannot be used; says where and what to write."""


class NotAllowed(RoleError):
    """This actor may not do this; says which roles may. Carries `action`."""

    def __init__(self, message: str, action: str) -> None:
        super().__init__(message)
        self.action = action


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person (or the scheduler) with roles. Made by `resolve` and `system` only.

    subject: stable id from the provider. until: end of the session (naive UTC), None: no end (the scheduler).
    """

    subject: str
    roles: frozenset[str]
    until: datetime | None
    seal: str = field(repr=False)


@dataclass(frozen=True)
class RoleConfig:
    """Where roles come from.

    claim: name of the list claim with roles; None: none is trusted. by_address: address (lower case) -> roles.
    session: how long a sign-in lasts, from the moment of signing in. end_with_token: it ends with the provider's token
    too, which many providers end after minutes. local: no provider is configured, the app answers on 127.0.0.1 only.
    """

    claim: str | None = None
    by_address: Mapping[str, frozenset[str]] = field(default_factory=dict)
    session: timedelta = timedelta(hours=8)
    end_with_token: bool = False
    local: bool = False


def read_config(path: Path) -> RoleConfig:
    """Roles from TOML: `claim = "roles"`, `session_hours = 8` and a table `[people]` of address = ["analyst", …].

    They stand at the top of the file, or in its table `[roles]` beside the settings of the sign-in.
    """
    raw = read_toml(path, RoleError, "write it or start in local mode")
    raw = raw.get("roles", raw)
    people = {}
    for address, roles in raw.get("people", {}).items():
        unknown = sorted(set(roles) - set(ROLES)) if isinstance(roles, list) else [roles]
        if unknown:
            raise RoleError(f"{path.name} [people] {address}: {unknown} is no list of roles; use {', '.join(ROLES)}")
        people[address.strip().lower()] = frozenset(roles)
    session = timedelta(hours=float(raw.get("session_hours", 8)))
    return RoleConfig(raw.get("claim"), people, session, end_with_token=bool(raw.get("end_with_token", False)))


def resolve(claims: Mapping[str, Any] | None, config: RoleConfig, now: datetime) -> Actor:
    """The actor of a sign-in. Unknown roles are dropped, nobody becomes `system`, an unknown person is a viewer.

    claims None: nobody signed in; in local mode that is the one local analyst, otherwise RoleError.
    """
    if claims is None:
        if not config.local:
            raise RoleError("nobody is signed in; sign in first")
        return _seal("local", {"viewer", "analyst"}, now + config.session)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 200 or subject in (SYSTEM, "local"):
        raise RoleError("the sign-in carries no usable `sub` claim; check the provider's settings")
    issuer = str(claims.get("iss", ""))
    roles = {"viewer"}
    named = claims.get(config.claim) if config.claim else None
    if isinstance(named, (list, tuple)):
        roles |= {role for role in named if role in ROLES}
    address = claims.get("email")
    if isinstance(address, str) and claims.get("email_verified") is True:
        roles |= config.by_address.get(address.strip().lower(), frozenset())
    # From the sign-in, not from now: a session that is looked at every minute would never end otherwise.
    until = min(_moment(claims.get("auth_time")), _moment(claims.get("iat")), now) + config.session
    if config.end_with_token:
        until = min(until, _moment(claims.get("exp")))
    # The same `sub` of two providers is two people: the issuer belongs to the name.
    return _seal(f"{issuer}#{subject}" if issuer else subject, roles, until)


def _moment(seconds: Any) -> datetime:
    """Seconds since 1970, UTC, as a claim has them; the far future when there is none."""
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool) or not 0 <= seconds < 32_503_680_000:
        return datetime.max
    return datetime(1970, 1, 1) + timedelta(seconds=float(seconds))


def system() -> Actor:
    """The scheduler: may lapse advice and record notices, nothing a person decides."""
    return _seal(SYSTEM, {SYSTEM}, None)


def require(actor: Actor, action: str, now: datetime) -> str:
    """The role under which the actor may do this now; NotAllowed otherwise. Unknown actions are denied."""
    if type(actor) is not Actor or not hmac.compare_digest(actor.seal, _sum(actor.subject, actor.roles, actor.until)):
        raise because("sign_in_again", NotAllowed("this actor was not made by a sign-in; sign in again", action))
    if actor.until is not None and now >= actor.until:
        raise because("sign_in_again", NotAllowed("the session has ended; sign in again", action))
    allowed = MAY.get(action, frozenset())
    for role in (*ROLES, SYSTEM):
        if role in allowed and role in actor.roles:
            return role
    who = ", ".join(r for r in (*ROLES, SYSTEM) if r in allowed) or "nobody"
    fault = NotAllowed(
        f"{action.replace('_', ' ')} may be done by: {who}; you are {', '.join(sorted(actor.roles))}", action
    )
    raise because("not_allowed", fault, roles=tuple(sorted(allowed)))


def _seal(subject: str, roles: Iterable[str], until: datetime | None) -> Actor:
    held = frozenset(roles)
    return Actor(subject, held, until, _sum(subject, held, until))


def _sum(subject: str, roles: Iterable[str], until: datetime | None) -> str:
    text = json.dumps([subject, sorted(roles), until.isoformat() if until else None])
    return hmac.new(_KEY, text.encode(), hashlib.sha256).hexdigest()
