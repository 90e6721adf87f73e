"""One file per command: NAME, HELP, ORDER, add_arguments(parser), run(arguments, context) -> exit status."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass, is_dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from ingest import catalog
from ingest.catalog import CatalogError, Source
from ingest.refresh_tools import Tools


class UsageError(Exception):
    """Wrong use or configuration: the message says what to write instead; exit status 1."""


def shipped(name: str) -> Path:
    """A file or folder that comes with the product: from the checkout, or from the installed package."""
    root = Path(__file__).resolve().parents[2]
    checkout = root / {"reference": "data/reference", "starter": "data/starter"}.get(name, name)
    return checkout if checkout.exists() else root / "ingest" / "shipped" / name


@dataclass(frozen=True)
class Context:
    """What every command needs to know: where the stores lie and how to answer."""

    data_dir: Path
    sources_file: Path | None
    json: bool

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The catalog; a fault in it is wrong configuration."""
        try:
            return catalog.load(self.sources_file or shipped("sources.toml"))
        except CatalogError as error:
            raise UsageError(str(error)) from None

    def chosen(self, ids: list[str]) -> dict[str, Source]:
        """The sources named, or all; an unknown name is refused with the ones that exist."""
        unknown = [name for name in ids if name not in self.sources]
        if unknown:
            raise UsageError(f"no source {', '.join(unknown)} in sources.toml; see `returnwatch sources list`")
        return {name: self.sources[name] for name in ids} if ids else self.sources

    def tools(self) -> Tools:
        """What a refresh uses of the world; the contact stands in the user agent, so that a publisher can reach us."""
        contact = os.environ.get("RETURNWATCH_CONTACT", "set RETURNWATCH_CONTACT to an address")
        return Tools(reference_dir=shipped("reference"), contact=contact)

    def command(self, *words: str) -> list[str]:
        """The line that runs another command on the same stores and the same catalog."""
        extra = ["--sources", str(self.sources_file.resolve())] if self.sources_file else []
        return [sys.executable, "-m", "dashboard.cli", "--data-dir", str(self.data_dir), *extra, *words]

    def say(self, message: str) -> None:
        """A word to the person at the terminal; answers go to stdout, this goes to stderr."""
        print(message, file=sys.stderr, flush=True)

    def answer(self, value: Any, text: str) -> None:
        """The answer to stdout: JSON when asked, otherwise the text."""
        if self.json:
            json.dump(plain(value), sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
        else:
            print(text)


def plain(value: Any) -> Any:
    """Dataclasses, dates, paths and sets as JSON can hold them."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    return value


def utc_now() -> datetime:
    """The clock, read here and nowhere below: naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


def parse_day(text: str) -> date:
    """A day from the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no day; write it as 2026-11-23") from None


def table(rows: list[dict[str, Any]], columns: list[str]) -> str:
    """Rows as plain aligned text: works in a mail, a log and a screen reader."""
    cells = [[("" if row.get(c) is None else str(row.get(c))) for c in columns] for row in rows]
    widths = [max([len(c), *(len(line[i]) for line in cells)]) for i, c in enumerate(columns)]
    lines = ["  ".join(c.ljust(w) for c, w in zip(columns, widths, strict=True)).rstrip()]
    lines += ["  ".join(v.ljust(w) for v, w in zip(line, widths, strict=True)).rstrip() for line in cells]
    return "\n".join(lines)
