"""A file of settings is read or refused with what to do, never quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.settings_file import open_to_others, read_toml


class Fault(Exception):
    """Of the reader's own."""


def test_what_cannot_be_read_is_refused_without_a_word_of_it(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    with pytest.raises(Fault, match="does not exist; write it first"):
        read_toml(file, Fault, "write it first")
    for content in (b'secret = "hunter2', b"\xff\xfe hunter2"):
        file.write_bytes(content)
        with pytest.raises(Fault, match="is not TOML") as raised:
            read_toml(file, Fault, "write it first")
        assert "hunter2" not in str(raised.value)
        assert raised.value.__suppress_context__, "the parser's own message may quote a secret"
    file.write_text('name = "a"', encoding="utf-8")
    assert read_toml(file, Fault, "") == {"name": "a"}


def test_rights_of_others_are_seen(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.touch(mode=0o600)
    assert not open_to_others(file)
    file.chmod(0o640)
    assert open_to_others(file)
