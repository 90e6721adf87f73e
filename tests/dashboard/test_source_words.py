"""What the collection says of a source is read in Dutch on the Dutch page."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from dashboard.language import load
from dashboard.source_words import DUTCH, dutch, told
from ingest import crawl_outcome, issues


def said_by_health(root: Path) -> set[str]:
    """Sentences in ingest/health.py that are given as a message or remedy, with their holes unnamed."""
    tree = ast.parse((root / "ingest" / "health.py").read_text(encoding="utf-8"))
    found: set[str] = set()
    judged = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "judge")
    docstring = ast.get_docstring(judged)
    for node in ast.walk(judged):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            found.add(node.value)
    return {text for text in found if text != docstring and not text.startswith(("put a file", "not reached"))}


def test_every_remedy_and_state_has_dutch_words(root: Path) -> None:
    said = {*issues.REMEDIES.values(), issues.remedy_for("?"), *said_by_health(root)}
    for text in (*crawl_outcome._REMEDIES.values(), *crawl_outcome._BY_STATUS.values()):
        said |= {text.format(id="hdx_a", key=key) for key in ("", ": check HDX_KEY")}
    assert len(said) > 60
    assert {text for text in said if dutch(text) == text} == set()


def test_every_remedy_of_an_adapter_has_dutch_words(root: Path) -> None:
    said = {
        node.args[3].value
        for path in sorted((root / "ingest" / "adapters").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem"
        and len(node.args) > 3 and isinstance(node.args[3], ast.Constant)
    }  # fmt: skip
    assert len(said) > 40
    assert {text for text in said if dutch(text) == text} == set()
    assert dutch("compare with the publisher's workbook") == "vergelijk met het werkblad van de uitgever"
    assert dutch("Eastern is no known region of FJI; its rows count for the country only").startswith("Eastern is geen")
    assert dutch("add it to FORMER or REGIONS") == "voeg het toe aan FORMER of REGIONS"


def test_holes_are_filled_and_no_word_is_lost() -> None:
    assert dutch("put a file into inbox/ipc/") == "leg een bestand in inbox/ipc/"
    assert dutch("not reached for three times its usual interval: it was not asked").endswith(
        "gewoonlijk: de bron is niet gevraagd"
    )
    assert dutch("it answers, but brought nothing new since 2026-01-02; usually every 3 days").endswith("elke 3 dagen")
    assert "controleer HDX_KEY" in dutch("The publisher wants a key or a login: check HDX_KEY.")
    for english, said in DUTCH.items():
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", said)), english


def test_english_readers_and_unknown_sentences_keep_what_was_said() -> None:
    assert told(load("en"), "check the network") == "check the network"
    assert told(load("nl"), "check the network") == "controleer het netwerk"
    assert told(load("nl"), "a publisher's own {odd} words") == "a publisher's own {odd} words"
    assert told(load("nl"), None) == ""
