"""`python -m tests.browser.later DAYS [options] serve …`: the server as `returnwatch` starts it, its clock moved ahead.

Only the clock the pages read is moved, as when nobody looked for so long; the store and the provider keep theirs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from subprocess import CompletedProcess
from typing import Any

from streamlit.web import cli as streamlit

from dashboard import cli, shell
from dashboard.commands import serve


def _in_this_process(command: Sequence[str], env: Mapping[str, str], **_: Any) -> CompletedProcess[bytes]:
    """Instead of a child, which would have a clock of its own. command: python -m streamlit run …"""
    os.environ.update(env)
    streamlit.main(list(command[3:]), standalone_mode=False)
    return CompletedProcess(command, 0)


def main(days: int, arguments: Sequence[str]) -> int:
    """The exit status of `returnwatch`."""
    now = shell.utc_now
    shell.utc_now = lambda: now() + timedelta(days=days)
    serve.subprocess.run = _in_this_process  # type: ignore[assignment]
    return cli.main(list(arguments))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
