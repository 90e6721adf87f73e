"""Roles: every pair of role and action, forged actors, sessions that end, sign-ins that claim too much."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assessment import roles
from assessment.ledger import Ledger
from assessment.ledger_kinds import KINDS
from assessment.roles import MAY, ROLES, SYSTEM, Actor, NotAllowed, RoleConfig, RoleError, read_config, resolve
from tests.assessment.ledger_kit import CONFIG, NOW, person

# Written by hand beside the table in the code: action -> who may, in the order v a r j m s.
LETTERS = dict(zip("varjms", (*ROLES, SYSTEM), strict=True))
EXPECTED = {
    "report_counter_evidence": "varjm", "write_note": "arj", "code_claim": "a", "edit_position": "aj",
    "report_harm": "varj", "judge_harm": "rj",
    "take_alert": "a", "decide_alert": "a", "reopen_alert": "ar", "draft_advice": "a", "read_for_review": "r",
    "review_advice": "r", "sign_advice": "j", "publish_advice": "r", "lapse_advice": "s", "remove_gate": "j",
    "change_rule": "m", "answer_counter_evidence": "arj", "record_notice": "s",
}  # fmt: skip


def actor_of(role: str) -> Actor:
    return roles.system() if role == SYSTEM else person(role, role)


@pytest.mark.parametrize("role", [*ROLES, SYSTEM])
@pytest.mark.parametrize("action", [*EXPECTED, "format_disk"])
def test_every_pair_of_role_and_action(role: str, action: str) -> None:
    held = {"viewer", role} if role != SYSTEM else {SYSTEM}
    allowed = {LETTERS[letter] for letter in EXPECTED.get(action, "")}
    if held & allowed:
        assert roles.require(actor_of(role), action, NOW) in held & allowed
    else:
        with pytest.raises(NotAllowed):
            roles.require(actor_of(role), action, NOW)


def test_the_table_by_hand_is_complete() -> None:
    assert set(EXPECTED) == set(MAY) == {action for action, _ in KINDS.values()}


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_forged_actor_writes_nothing(kind: str, tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.sqlite")
    real = person("vera")
    everything = frozenset({*ROLES, SYSTEM})

    class Pretender(Actor):
        pass

    forged = [
        Actor("vera", everything, None, ""),
        replace(real, roles=everything),
        replace(real, subject="anna", roles=everything),
        Actor("vera", everything, real.until, real.seal),
        replace(roles.system(), roles=everything),
        Pretender("vera", everything, None, real.seal),
    ]
    for actor in forged:
        with pytest.raises(NotAllowed, match="not made by a sign-in"):
            ledger.append(actor, kind, "AF-KAB", {}, NOW)
    assert ledger.head()[0] == 0


def test_a_subject_or_an_end_cannot_be_exchanged() -> None:
    real = person("anna", "analyst")
    for forged in (
        replace(real, subject="boris"),
        replace(real, until=None),
        replace(real, until=datetime(2030, 1, 1)),
    ):
        with pytest.raises(NotAllowed):
            roles.require(forged, "draft_advice", NOW)
    assert roles.require(pickle.loads(pickle.dumps(real)), "draft_advice", NOW) == "analyst"


def test_a_session_ends() -> None:
    actor = resolve({"sub": "anna", "roles": ["analyst"]}, CONFIG, NOW)
    assert roles.require(actor, "draft_advice", NOW + timedelta(hours=7, minutes=59))
    with pytest.raises(NotAllowed, match="ended"):
        roles.require(actor, "draft_advice", NOW + timedelta(hours=8))
    soon = (NOW + timedelta(minutes=5)).replace(tzinfo=UTC).timestamp()
    claims = {"sub": "anna", "roles": ["analyst"], "exp": soon}
    assert resolve(claims, CONFIG, NOW).until == NOW + CONFIG.session, "a token of five minutes is no session of five"
    short = resolve(claims, replace(CONFIG, end_with_token=True), NOW)
    with pytest.raises(NotAllowed, match="ended"):
        roles.require(short, "draft_advice", NOW + timedelta(minutes=5))


@pytest.mark.parametrize("claim", ["iat", "auth_time"])
def test_looking_again_does_not_lengthen_a_session(claim: str) -> None:
    began = (NOW - timedelta(hours=3)).replace(tzinfo=UTC).timestamp()
    assert resolve({"sub": "anna", claim: began}, CONFIG, NOW).until == NOW + timedelta(hours=5)
    later = resolve({"sub": "anna", claim: began, "roles": ["analyst"]}, CONFIG, NOW + timedelta(hours=5))
    with pytest.raises(NotAllowed, match="ended"):
        roles.require(later, "draft_advice", NOW + timedelta(hours=5))
    future = (NOW + timedelta(days=9)).replace(tzinfo=UTC).timestamp()
    assert resolve({"sub": "anna", claim: future}, CONFIG, NOW).until == NOW + timedelta(hours=8)


def test_what_a_sign_in_may_not_claim() -> None:
    assert resolve({"sub": "x", "roles": ["root", SYSTEM, 7]}, CONFIG, NOW).roles == {"viewer"}
    assert resolve({"sub": "x", "roles": "admin"}, CONFIG, NOW).roles == {"viewer"}
    assert resolve({"sub": "x", "roles": ["admin"]}, RoleConfig(), NOW).roles == {"viewer"}
    for claims in ({}, {"sub": ""}, {"sub": SYSTEM}, {"sub": "local"}, {"sub": 5}, None):
        with pytest.raises(RoleError):
            resolve(claims, CONFIG, NOW)


def test_the_same_name_at_two_providers_is_two_people() -> None:
    one, two = (resolve({"sub": "1", "iss": f"https://{n}.example"}, CONFIG, NOW) for n in "ab")
    assert one.subject != two.subject


def test_local_mode_is_one_analyst() -> None:
    actor = resolve(None, RoleConfig(local=True), NOW)
    assert actor.roles == {"viewer", "analyst"}


def test_roles_by_address_need_a_checked_address(tmp_path: Path) -> None:
    path = tmp_path / "roles.toml"
    path.write_text('session_hours = 1\n[people]\n"Anna@Example.org" = ["analyst", "reviewer"]\n')
    config = read_config(path)
    claims = {"sub": "1", "email": "anna@example.org"}
    assert resolve({**claims, "email_verified": True}, config, NOW).roles == {"viewer", "analyst", "reviewer"}
    for unchecked in (claims, {**claims, "email_verified": False}, {**claims, "email_verified": "true"}):
        assert resolve(unchecked, config, NOW).roles == {"viewer"}
    assert resolve({**claims, "email_verified": True}, config, NOW).until == NOW + timedelta(hours=1)


@pytest.mark.parametrize("text", ['[people]\na = ["boss"]', '[people]\na = "analyst"', "[people"])
def test_a_faulty_file_says_where(tmp_path: Path, text: str) -> None:
    path = tmp_path / "roles.toml"
    path.write_text(text)
    with pytest.raises(RoleError, match=r"roles\.toml"):
        read_config(path)
    with pytest.raises(RoleError, match="does not exist"):
        read_config(tmp_path / "none.toml")
