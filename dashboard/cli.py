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

from dashboard import commands
from dashboard.commands import Context, UsageError
from ingest.archive import ArchiveError
from ingest.publish import PublishError
from ingest.refresh_lock import RunBusy
from ingest.warehouse import WarehouseBusy, WarehouseError

WRONG_USE = 1
NOT_NOW = 2  # another process is at work: the same command may do later


def command_modules() -> list[ModuleType]:
    """Every command, in the order a newcomer meets them (ORDER in each file)."""
    found = [
        importlib.import_module(f"{commands.__name__}.{m.name}")
        for m in pkgutil.iter_modules(commands.__path__)
        if not m.name.startswith("_")
    ]
    return sorted(found, key=lambda module: (module.ORDER, module.NAME))


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; `--json` and `--data-dir` may stand before or after the command."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--data-dir", type=Path, default=argparse.SUPPRESS, help="where the four stores lie")
    common.add_argument("--sources", type=Path, default=argparse.SUPPRESS, help="another sources.toml")
    common.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="answer as JSON on stdout")
    common.add_argument("--verbose", action="store_true", default=argparse.SUPPRESS, help="log details on stderr")
    parser = argparse.ArgumentParser(
        prog="returnwatch",
        description="Country safety monitoring and assessment for voluntary return. Country information, not a "
        "judgement on a person.",
        parents=[common],
    )
    chosen = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in command_modules():
        sub = chosen.add_parser(module.NAME, help=module.HELP, description=module.HELP, parents=[common])
        module.add_arguments(sub)
        sub.set_defaults(run=module.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    0 all well, 1 wrong use or configuration, 2 nothing could be done now (no answer, or another process is at work),
    3 some of it failed and the rest was done.
    """
    arguments = build_parser().parse_args(argv)
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
