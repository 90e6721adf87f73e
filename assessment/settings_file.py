"""A TOML file of settings that may hold secrets: read it, and say what is wrong without quoting it."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path
from typing import Any


def read_toml(path: Path, fault: type[Exception], lacking: str) -> dict[str, Any]:
    """The content of the file. Raises `fault`. lacking: what to do when the file does not exist."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise fault(f"{path} does not exist; {lacking}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):  # the parser's message may quote a line with a secret
        raise fault(f"{path} is not TOML; check its quotes and brackets") from None


def open_to_others(path: Path) -> bool:
    """Somebody else on this machine may read the file; False where rights are not POSIX."""
    return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
