"""What was refused is said in the reader's language; every code of `assessment` has its words."""

from __future__ import annotations

import ast
import string
from datetime import date
from pathlib import Path

import pytest

from assessment.ledger_kinds import PayloadError, checked
from assessment.refusal import because, refusal
from assessment.roles import NotAllowed, require
from dashboard.language import LANGUAGES, load
from dashboard.refused import reason
from tests.assessment.ledger_kit import NOW, person

OWN = {"other", "fields"}  # said without a call that names them


def codes(root: Path) -> dict[str, set[str]]:
    """{code: names of its values} of every `because("code", …, name=…)` in the assessment."""
    found = {}
    for path in sorted((root / "assessment").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "because"
            if called and isinstance(node, ast.Call) and isinstance(node.args[0], ast.Constant):
                found[str(node.args[0].value)] = {str(k.arg) for k in node.keywords if k.arg}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words_that_it_can_fill(root: Path, language: str) -> None:
    found = codes(root)
    assert len(found) > 20
    texts = {
        key.removeprefix("refused."): text for key, text in load(language).texts.items() if key.startswith("refused.")
    }
    assert set(texts) == set(found) | OWN
    for code, names in found.items():
        assert {name for _, name, _, _ in string.Formatter().parse(texts[code]) if name} <= names, code


def test_days_numbers_and_roles_take_the_readers_form() -> None:
    error = because("review_date", ValueError("…"), today=date(2026, 11, 23), latest=date(2027, 1, 2))
    assert (
        reason(load("nl"), error)
        == "De herzieningsdatum moet na 23 november 2026 liggen en uiterlijk op 2 januari 2027."
    )
    with pytest.raises(NotAllowed) as raised:
        require(person("vera"), "sign_advice", NOW)
    assert reason(load("nl"), raised.value) == "Dit mag alleen iemand met de rol jurist."


@pytest.mark.parametrize(
    ("text", "said"),
    [("Ask anna@example.org.", "waaraan een persoon te herkennen is"), ("", "Een van de velden is leeg")],
)
def test_what_a_field_holds_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(PayloadError) as raised:
        checked("note", {"text": text})
    assert said in reason(load("nl"), raised.value)


def test_what_has_no_code_is_said_as_it_was_raised() -> None:
    assert refusal(ValueError("no bus")) is None
    assert reason(load("nl"), ValueError("no bus")) == "In het Engels: no bus"
    assert reason(load("en"), because("nobody_wrote_this", ValueError("no bus"))) == "no bus"
