"""The ledger: what people decided, append-only and hash-chained; the one store that cannot be rebuilt.

SQLite (write-ahead log, synchronous FULL) by default, PostgreSQL by address. State is never stored: it is derived by
replaying entries with the reducers of `advice`, `claims_review`, `ledger_state` and `rules`.

Staff ids stand in the entries (four eyes need them), nothing about clients does. The chain shows any change inside;
whoever can rewrite the whole file can write a new chain, so keep the head (`Ledger.head`) somewhere else as well: each
published page and export carries it.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from assessment import ledger_tables as ddl
from assessment.ledger_kinds import KINDS, Payload, PayloadError, checked
from assessment.roles import Actor, require

Result = TypeVar("Result")
COLUMNS = ("seq", "time", "actor", "role", "kind", "object", "payload", "prev_hash", "hash")
WAIT_SECONDS = 60  # how long a writer waits for the others
TRIES = 5
_OBJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.#/-]{0,199}\Z")
_LOCK = 0x52574C  # number of the advisory lock in PostgreSQL ("RWL")


class LedgerError(Exception):
    """The ledger cannot be read or written; says what to do."""


class LedgerBroken(LedgerError):
    """An entry is not what was written. Carries `seq`."""

    def __init__(self, message: str, seq: int) -> None:
        super().__init__(message)
        self.seq = seq


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. time: naive UTC. payload: plain JSON values. actor: staff id; leave it out of what is published."""

    seq: int
    time: datetime
    actor: str
    role: str
    kind: str
    object: str
    payload: Mapping[str, Any]
    prev_hash: str
    hash: str

    def line(self) -> str:
        """The entry as one line of canonical JSON."""
        return canonical({**asdict(self), "time": stamp(self.time), "payload": dict(self.payload)})


class Writer:
    """Inside one write transaction: what it reads cannot change before it has written."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        last = connection.execute(sa.text("SELECT seq, hash FROM ledger_entry ORDER BY seq DESC LIMIT 1")).first()
        self._seq, self._hash = (int(last[0]), str(last[1])) if last else (0, ddl.GENESIS)

    def entries(self, object_id: str | None = None, *, kinds: Sequence[str] = ()) -> list[Entry]:
        """All entries, or those about one object or of some kinds, in order."""
        return read(self._connection, object_id, kinds)

    def append(
        self, actor: Actor, kind: str, object_id: str, payload: Mapping[str, Any] | Payload, now: datetime
    ) -> Entry:
        """Check role, object and payload, and add the entry. Raises NotAllowed, PayloadError, LedgerError."""
        if kind not in KINDS:
            raise PayloadError(f"unknown kind {kind!r}; use one of {', '.join(KINDS)}")
        role = require(actor, KINDS[kind][0], now)
        if not _OBJECT.match(object_id):
            raise LedgerError(f"{object_id!r} is no id; use letters, digits and : _ . # / - (at most 200)")
        body = checked(kind, payload)
        fields = (self._seq + 1, stamp(now), actor.subject, role, kind, object_id, canonical(body), self._hash)
        self.put(dict(zip(COLUMNS, (*fields, digest(fields)), strict=True)))
        return _entry((*fields, self._hash))

    def put(self, row: Mapping[str, Any]) -> None:
        """Add a finished row (import); the database refuses one that does not follow the last."""
        self._connection.execute(
            sa.text(
                "INSERT INTO ledger_entry (seq, time, actor, role, kind, object, payload, prev_hash, hash) "
                "VALUES (:seq, :time, :actor, :role, :kind, :object, :payload, :prev_hash, :hash)"
            ),
            row,
        )
        self._seq, self._hash = int(row["seq"]), str(row["hash"])

    def keep(self, body: str) -> str:
        """Store a page as it is published; its SHA-256. The same page twice is stored once."""
        sha = hashlib.sha256(body.encode("utf-8")).hexdigest()
        known = self._connection.execute(sa.text("SELECT 1 FROM ledger_page WHERE sha256 = :sha"), {"sha": sha}).first()
        if not known:
            self._connection.execute(
                sa.text("INSERT INTO ledger_page (sha256, body) VALUES (:sha, :body)"), {"sha": sha, "body": body}
            )
        return sha


class Ledger:
    """The store. One object per process; it may be used by many threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.sqlite = engine.dialect.name == "sqlite"

    @classmethod
    def open(cls, place: str | Path) -> Ledger:
        """Open (and make, when it is not there) the ledger in a SQLite file or at a postgresql:// address."""
        ledger = cls(_engine(str(place)))
        try:
            ledger._again(ledger._prepare)
        except DBAPIError as error:
            raise LedgerError(f"the ledger cannot be opened: {error.orig}; check the file or the address") from error
        return ledger

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    def transact(self, work: Callable[[Writer], Result]) -> Result:
        """Run `work` as the only writer; all its entries are stored and on disk when this returns, or none is."""

        def once() -> Result:
            with self._writing() as connection:
                return work(Writer(connection))

        return self._again(once)

    def append(
        self, actor: Actor, kind: str, object_id: str, payload: Mapping[str, Any] | Payload, now: datetime
    ) -> Entry:
        """Add one entry that needs no look at earlier ones."""
        return self.transact(lambda writer: writer.append(actor, kind, object_id, payload, now))

    def entries(self, object_id: str | None = None) -> list[Entry]:
        """All entries, or those about one object, in order. Raises LedgerBroken on one that was changed."""
        with self.engine.connect() as connection:
            return read(connection, object_id)

    def head(self) -> tuple[int, str]:
        """Sequence number and hash of the last entry; (0, 64 zeros) when empty."""
        with self.engine.connect() as connection:
            last = connection.execute(sa.text("SELECT seq, hash FROM ledger_entry ORDER BY seq DESC LIMIT 1")).first()
        return (int(last[0]), str(last[1])) if last else (0, ddl.GENESIS)

    def page(self, sha256: str) -> str | None:
        """A page as it was published; None: not kept here. Raises LedgerError when it is not what was stored."""
        with self.engine.connect() as connection:
            found = connection.execute(
                sa.text("SELECT body FROM ledger_page WHERE sha256 = :sha"), {"sha": sha256}
            ).first()
        if found and hashlib.sha256(found[0].encode("utf-8", "surrogateescape")).hexdigest() != sha256:
            raise LedgerError(
                f"the page {sha256[:12]}… was changed after it was stored; run `returnwatch ledger verify`"
            )
        return str(found[0]) if found else None

    def _prepare(self) -> None:
        with self._writing() as connection:
            connection.execute(sa.text(ddl.SQLITE_TABLE if self.sqlite else ddl.TABLE))
            for index in ddl.INDEXES:
                connection.execute(sa.text(index))
            if not self.sqlite:
                connection.execute(sa.text(ddl.POSTGRES_FUNCTION))
            _prepare_pages(connection, self.sqlite)
            # Only while empty: a guard that vanished later is for `verify` to tell, not to be mended in silence.
            if connection.execute(sa.text("SELECT 1 FROM ledger_entry LIMIT 1")).first():
                return
            present = guards(connection)
            for name, statement in (ddl.SQLITE_TRIGGERS if self.sqlite else ddl.POSTGRES_TRIGGERS).items():
                if name not in present:
                    connection.execute(sa.text(statement))

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self.engine.connect().execution_options(ledger_write=True) as connection, connection.begin():
            if not self.sqlite:  # taken before the first read, so that the read sees the last writer's entry
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
            yield connection

    def _again(self, once: Callable[[], Result]) -> Result:
        """Try again while SQLite says busy; it has waited WAIT_SECONDS itself each time."""
        for attempt in range(TRIES):
            try:
                return once()
            except OperationalError as error:
                busy = self.sqlite and ("locked" in str(error.orig) or "busy" in str(error.orig))
                if not busy or attempt == TRIES - 1:
                    raise
        raise AssertionError("unreachable")


def _prepare_pages(connection: sa.Connection, sqlite: bool) -> None:
    connection.execute(sa.text(ddl.PAGES))
    if connection.execute(sa.text("SELECT 1 FROM ledger_page LIMIT 1")).first():
        return  # as below: a guard that vanished later is for `verify` to tell
    if not sqlite:
        connection.execute(sa.text(ddl.POSTGRES_PAGE_FUNCTION))
    present = guards(connection, "ledger_page")
    for name, statement in (ddl.SQLITE_PAGE_TRIGGERS if sqlite else ddl.POSTGRES_PAGE_TRIGGERS).items():
        if name not in present:
            connection.execute(sa.text(statement))


def canonical(value: Any) -> str:
    """One spelling per value: sorted keys, no spaces, UTF-8, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def stamp(time: datetime) -> str:
    """UTC with microseconds; an aware time is converted, a naive one is UTC already."""
    utc = time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time
    return utc.isoformat(timespec="microseconds") + "Z"


def digest(fields: tuple[Any, ...]) -> str:
    """SHA-256 over (seq, time, actor, role, kind, object, payload text, previous hash) as a JSON list."""
    text = json.dumps(list(fields), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def read(connection: sa.Connection, object_id: str | None = None, kinds: Sequence[str] = ()) -> list[Entry]:
    """Entries in order, each checked against its own hash, so that nobody acts on a changed one."""
    asked = [] if object_id is None else ["object = :object"]
    asked += ["kind IN :kinds"] if kinds else []
    where = f"WHERE {' AND '.join(asked)} " if asked else ""
    query = sa.text(f"SELECT {', '.join(COLUMNS)} FROM ledger_entry {where}ORDER BY seq")
    if kinds:
        query = query.bindparams(sa.bindparam("kinds", expanding=True))
    given: dict[str, Any] = {} if object_id is None else {"object": object_id}
    rows = connection.execute(query, {**given, "kinds": list(kinds)} if kinds else given)
    return [_entry(tuple(row)) for row in rows]


def guards(connection: sa.Connection, table: str = "ledger_entry") -> dict[str, str]:
    """The triggers on a table: name -> their text (SQLite) or state (PostgreSQL: O when switched on)."""
    if connection.dialect.name == "sqlite":
        found = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name"
    else:
        found = (
            "SELECT tgname, tgenabled::text FROM pg_trigger "
            "WHERE tgrelid = CAST(:name AS regclass) AND NOT tgisinternal"
        )
    return {str(name): str(text) for name, text in connection.execute(sa.text(found), {"name": table})}


def _entry(row: tuple[Any, ...]) -> Entry:
    if digest(row[:-1]) != row[-1]:
        message = f"ledger entry {row[0]} was changed after it was written; run `returnwatch ledger verify`"
        raise LedgerBroken(message, row[0])
    seq, time, actor, role, kind, object_id, payload, previous, own = row
    when = datetime.fromisoformat(time.removesuffix("Z"))
    return Entry(seq, when, actor, role, kind, object_id, json.loads(payload), previous, own)


def _engine(place: str) -> sa.Engine:
    if place.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
        try:
            return sa.create_engine("postgresql+psycopg://" + place.split("://", 1)[1], pool_pre_ping=True)
        except ModuleNotFoundError:
            raise LedgerError("PostgreSQL needs a driver; install returnwatch[postgres]") from None
    if "://" in place:
        raise LedgerError(f"{place.split('://', 1)[0]}:// is no ledger; give a file or a postgresql:// address")
    Path(place).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=place), connect_args={"timeout": WAIT_SECONDS}, max_overflow=-1
    )
    sa.event.listen(engine, "connect", _on_connect)
    sa.event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # transactions are begun below, not guessed by the driver
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")  # a flipped byte is read, then found
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "fullfsync=ON", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: sa.Connection) -> None:
    # IMMEDIATE takes the write lock before the first read: two writers can never both see the same last entry.
    write = connection.get_execution_options().get("ledger_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
