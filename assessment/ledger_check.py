"""Walk the chain, take it out, bring it in: `verify`, `export`, `import_lines`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from assessment import ledger_tables as ddl
from assessment.ledger import COLUMNS, Ledger, LedgerError, Writer, canonical, digest, guards


@dataclass(frozen=True)
class Verdict:
    """Outcome of `verify`. broken: sequence number of the first broken link, None: the chain holds.

    faults: everything wrong, in words. head: (seq, hash) of the last entry read.
    """

    entries: int
    broken: int | None
    faults: tuple[str, ...]
    head: tuple[int, str]

    @property
    def holds(self) -> bool:
        """Nothing at all is wrong."""
        return not self.faults


def verify(ledger: Ledger, expected: tuple[int, str] | None = None) -> Verdict:
    """Check every entry, its link, the guards of the database and (SQLite) the file.

    expected: a head kept elsewhere; without it, entries cut off at the end, or a chain rewritten as a whole, show in
    no other way.
    """
    faults: list[str] = []
    broken: int | None = None
    count, previous, at_expected = 0, ddl.GENESIS, None
    try:
        with ledger.engine.connect() as connection:
            faults += _guard_faults(connection)
            for row in connection.execute(sa.text(f"SELECT {', '.join(COLUMNS)} FROM ledger_entry ORDER BY seq")):
                fault = link_fault(tuple(row), count + 1, previous)
                if fault:
                    broken = count + 1
                    faults.insert(0, fault)
                    break
                count, previous = count + 1, row[8]
                if expected and count == expected[0]:
                    at_expected = previous
            faults += _page_faults(connection)
            if ledger.sqlite:
                faults += _file_faults(connection)
    except DBAPIError as error:
        broken = broken or count + 1
        faults.insert(0, f"entry {count + 1} cannot be read: {error.orig}; restore the last backup beside this file")
    if expected and expected[0] and broken is None and at_expected != expected[1]:
        broken = min(expected[0], count + 1)
        noted = f"entry {expected[0]} is not the one noted as {expected[1][:12]}…"
        faults.insert(0, f"{noted}: the chain was cut or rewritten")
    return Verdict(count, broken, tuple(faults), (count, previous))


def link_fault(row: tuple[Any, ...], seq: int, previous: str) -> str | None:
    """What is wrong with the entry that should be number `seq` and follow `previous`; None: nothing."""
    if row[0] != seq:
        return f"entry {seq} is missing: entry {row[0]} stands in its place"
    wrong = [n for n, v in zip(COLUMNS, row, strict=True) if type(v) is not (int if n == "seq" else str)]
    if wrong:
        return f"entry {seq} was changed: {', '.join(wrong)} is of another type"
    if row[7] != previous:
        return f"entry {seq} does not follow entry {seq - 1}: its previous hash is {row[7][:12]}…, not {previous[:12]}…"
    if digest(row[:-1]) != row[8]:
        return f"entry {seq} was changed: its content does not give its hash {row[8][:12]}…"
    return None


def export(ledger: Ledger) -> Iterator[str]:
    """Every entry, then every published page, as one line of canonical JSON without line end. Raises LedgerBroken."""
    for entry in ledger.entries():
        yield entry.line()
    with ledger.engine.connect() as connection:
        for sha, body in connection.execute(sa.text("SELECT sha256, body FROM ledger_page ORDER BY sha256")):
            yield canonical({"sha256": sha, "body": body})


def import_lines(ledger: Ledger, lines: Iterable[str]) -> int:
    """Bring an export into an empty ledger, all or nothing; the number of entries. Raises LedgerError."""

    def work(writer: Writer) -> int:
        if writer.entries():
            raise LedgerError("the ledger is not empty; import into a new one and compare")
        count, previous = 0, ddl.GENESIS
        for line in lines:
            if not line.strip():
                continue
            if line.startswith('{"body":'):
                _keep(writer, line)
                continue
            row = _row(line, count + 1)
            fault = link_fault(tuple(row[name] for name in COLUMNS), count + 1, previous)
            if fault:
                raise LedgerError(f"line {count + 1}: {fault}; nothing was imported")
            writer.put(row)
            count, previous = count + 1, row["hash"]
        return count

    return ledger.transact(work)


def _keep(writer: Writer, line: str) -> None:
    page = json.loads(line)
    if writer.keep(page["body"]) != page["sha256"]:
        raise LedgerError(f"the page {page['sha256'][:12]}… was changed; nothing was imported")


def _row(line: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise LedgerError(f"line {number} is not JSON: {error}; nothing was imported") from None
    if not isinstance(row, dict) or set(row) != set(COLUMNS):
        raise LedgerError(f"line {number} must have exactly {', '.join(COLUMNS)}; nothing was imported")
    return {**row, "payload": canonical(row["payload"])}


def _guard_faults(connection: sa.Connection) -> list[str]:
    present = guards(connection)
    lite = connection.dialect.name == "sqlite"
    wanted = ddl.SQLITE_TRIGGERS if lite else dict.fromkeys(ddl.POSTGRES_TRIGGERS, "O")
    gone = [name for name, text in wanted.items() if present.get(name) != text]
    extra = sorted(set(present) - set(wanted))
    return [f"guard {name} of the database is missing or was changed" for name in gone] + [
        f"guard {name} of the database is not ours" for name in extra
    ]


def _page_faults(connection: sa.Connection) -> list[str]:
    """Pages that are not what was published, and guards of their table that are gone."""
    faults = []
    for sha, body in connection.execute(sa.text("SELECT sha256, body FROM ledger_page ORDER BY sha256")):
        if hashlib.sha256(str(body).encode("utf-8", "surrogateescape")).hexdigest() != sha:
            faults.append(f"the published page {sha[:12]}… was changed after it was stored")
    lite = connection.dialect.name == "sqlite"
    wanted = ddl.SQLITE_PAGE_TRIGGERS if lite else dict.fromkeys(ddl.POSTGRES_PAGE_TRIGGERS, "O")
    present = guards(connection, "ledger_page")
    gone = [name for name, text in wanted.items() if present.get(name) != text]
    return faults + [f"guard {name} of the database is missing or was changed" for name in gone]


def _file_faults(connection: sa.Connection) -> list[str]:
    found = [str(row[0]) for row in connection.execute(sa.text("PRAGMA integrity_check(5)"))]
    return [] if found == ["ok"] else [f"the file is damaged: {text}" for text in found]
