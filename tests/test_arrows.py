"""Data flows one way: ingest <- assessment <- dashboard. The imports hold it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ALLOWED_OF_INGEST = {
    "warehouse", "catalog", "model", "publish", "text", "reference", "archive", "health", "refresh_tools", "shape_file",
    "variables",
}  # fmt: skip
ALLOWED_OF_ASSESSMENT = {
    "read", "ledger", "advice", "framework", "roles", "notify", "claims_review", "rules", "calendar", "register",
    "positions", "policy", "monitoring", "settings",
}  # fmt: skip
JOINING = {"cli.py", "pipeline.py", "tell.py", "commands"}


def imports(path: Path) -> set[str]:
    """Dotted names of everything a module imports from this project."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return {name for name in found if name.split(".")[0] in ("ingest", "assessment", "dashboard")}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("path", modules("ingest"), ids=lambda p: str(p.relative_to(ROOT)))
def test_ingest_knows_nothing_of_scores_or_pages(path: Path) -> None:
    assert not {name for name in imports(path) if not name.startswith("ingest")}


@pytest.mark.parametrize("path", modules("assessment"), ids=lambda p: str(p.relative_to(ROOT)))
def test_assessment_knows_little_of_ingest_and_nothing_of_pages(path: Path) -> None:
    names = imports(path)
    assert not {name for name in names if name.startswith("dashboard")}
    used = {name.split(".")[1] for name in names if name.startswith("ingest.")}
    assert used <= ALLOWED_OF_INGEST


@pytest.mark.parametrize("path", modules("dashboard"), ids=lambda p: str(p.relative_to(ROOT)))
def test_pages_ask_only_the_reading_functions(path: Path) -> None:
    if JOINING & set(path.relative_to(ROOT / "dashboard").parts):
        return
    used = {name.split(".")[1] for name in imports(path) if name.startswith("assessment.")}
    assert {name.split("_")[0] for name in used} <= {name.split("_")[0] for name in ALLOWED_OF_ASSESSMENT}


def test_a_forbidden_import_would_be_seen(tmp_path: Path) -> None:
    module = tmp_path / "wrong.py"
    module.write_text("from dashboard import cli\nimport assessment.score\n")
    assert imports(module) == {"dashboard.cli", "assessment.score"}
