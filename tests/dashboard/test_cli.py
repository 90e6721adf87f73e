"""The command line as a whole: what is imported, what wrong use ends with."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.cli import build_parser, command_modules, main


def test_every_command_stands_in_the_file_of_its_name() -> None:
    assert [module.NAME for module in command_modules()] == [
        module.__name__.rpartition(".")[2] for module in command_modules()
    ]


def test_a_named_command_is_imported_alone(root: Path) -> None:
    code = """
import json, sys
from dashboard.cli import main
status = main(["--data-dir", "export", "sources", "check"])
print(json.dumps([status, sorted(m for m in sys.modules if m.startswith("dashboard.commands."))]))
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root).stdout
    status, imported = json.loads(said.splitlines()[-1])
    assert status == 0
    assert set(imported) == {"dashboard.commands.sources", "dashboard.commands._record"}


@pytest.mark.parametrize("words", [["nonsense"], ["sources", "nonsense"], ["refresh", "--nonsense"], []])
def test_wrong_use_has_exit_status_1(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 1
    assert "usage: returnwatch" in capsys.readouterr().err


def test_options_for_all_may_stand_before_or_after() -> None:
    for words in (["--json", "sources", "list"], ["sources", "list", "--json"]):
        assert build_parser(words).parse_args(words).json
