"""What the documents name exists, and what exists is named."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from dashboard.cli import build_parser, command_modules
from ingest import adapters
from ingest.catalog import Source

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SOURCES = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")


def test_every_command_is_in_the_readme_and_the_other_way_round() -> None:
    named = set(re.findall(r"returnwatch (\w+)", README))
    existing = {module.NAME for module in command_modules()}
    assert named - existing == set()
    assert existing - named - {"up"} == set()


def test_every_key_of_a_source_is_explained() -> None:
    explained = {key.strip() for row in re.findall(r"^\| ([\w, ]+) \|", SOURCES, re.M) for key in row.split(",")}
    assert set(Source.model_fields) - {"id"} - explained == set()


def test_the_example_source_is_valid() -> None:
    example = tomllib.loads(re.search(r"```toml\n(.*?)```", SOURCES, re.S)[1])  # type: ignore[index]
    for source_id, table in example["source"].items():
        assert Source(id=source_id, **table).adapter in adapters.names()


def test_files_the_readme_names_exist() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_no_committed_text_names_a_machine_or_an_index() -> None:
    forbidden = re.compile(r"/work/|/root/|files\.pythonhosted|pypi\.org/simple")
    for path in [*ROOT.glob("*.md"), *ROOT.glob("*.lock"), *ROOT.glob("*.toml"), *(ROOT / "docs").rglob("*.md")]:
        assert not forbidden.search(path.read_text(encoding="utf-8")), path


def test_the_help_of_every_command_can_be_shown() -> None:
    assert build_parser().format_help()
