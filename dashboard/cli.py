"""`returnwatch`: the command line, and the only place that joins all layers. One file per command in commands/."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from dashboard import commands
from dashboard.commands import Context, UsageError
from ingest.archive import ArchiveError
from ingest.publish import PublishError
from ingest.refresh_lock import RunBusy
from ingest.warehouse import WarehouseBusy, WarehouseError

WRONG_USE = 1
NOT_NOW = 2  # another process is at work: the same command may do later


class _Parser(argparse.ArgumentParser):
    """Wrong use ends with our exit status; argparse's own, 2, means here that nothing could be done now."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(WRONG_USE, f"{self.prog}: {message}\n")


def command_modules(only: str | None = None) -> list[ModuleType]:
    """Every command, in the order a newcomer meets them (ORDER in each file), or the one whose file is called `only`.

    All of them together take two seconds to import, so a command that was named is imported alone.
    """
    names = [m.name for m in pkgutil.iter_modules(commands.__path__) if not m.name.startswith("_")]
    wanted = [only] if only in names else names
    found = [importlib.import_module(f"{commands.__name__}.{name}") for name in wanted]
    return sorted(found, key=lambda module: (module.ORDER, module.NAME))


def build_parser(argv: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The whole command line, or the part `argv` is about; `--json` and `--data-dir` may stand before or after the
    command."""
    common = _Parser(add_help=False)
    common.add_argument("--data-dir", type=Path, default=argparse.SUPPRESS, help="where the four stores lie")
    common.add_argument("--sources", type=Path, default=argparse.SUPPRESS, help="another sources.toml")
    common.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="answer as JSON on stdout")
    common.add_argument("--verbose", action="store_true", default=argparse.SUPPRESS, help="log details on stderr")
    parser = _Parser(
        prog="returnwatch",
        description="Country safety monitoring and assessment for voluntary return. Country information, not a "
        "judgement on a person.",
        parents=[common],
    )
    named = next((word for word in common.parse_known_args(argv)[1] if not word.startswith("-")), None)
    chosen = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in command_modules(named):
        sub = chosen.add_parser(module.NAME, help=module.HELP, description=module.HELP, parents=[common])
        module.add_arguments(sub)
        sub.set_defaults(run=module.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    0 all well, 1 wrong use or configuration, 2 nothing could be done now (no answer, or another process is at work),
    3 some of it failed and the rest was done.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    arguments = build_parser(words).parse_args(words)
    verbose = getattr(arguments, "verbose", False)
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        stream=sys.stderr,
        format="%(levelname)s %(name)s %(message)s",
    )
    context = Context(
        data_dir=Path(getattr(arguments, "data_dir", None) or os.environ.get("RETURNWATCH_DATA") or "data").resolve(),
        sources_file=getattr(arguments, "sources", None),
        json=getattr(arguments, "json", False),
    )
    try:
        return int(arguments.run(arguments, context) or 0)
    except (WarehouseBusy, RunBusy) as error:
        print(error, file=sys.stderr)
        return NOT_NOW
    except (UsageError, WarehouseError, PublishError, ArchiveError) as error:
        print(error, file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 0


if __name__ == "__main__":
    raise SystemExit(main())
