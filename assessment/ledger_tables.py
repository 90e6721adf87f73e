"""The table of the ledger and the triggers that keep it append-only, for SQLite and PostgreSQL.

The database itself refuses an entry that does not follow the last one, and any change or removal. An owner of the file
or of the database can drop a trigger: that is what the hash chain, and a head kept elsewhere, are for.
"""

from __future__ import annotations

TABLE = """
CREATE TABLE IF NOT EXISTS ledger_entry (
    seq BIGINT PRIMARY KEY NOT NULL,  -- 1, 2, 3 … without gaps
    time TEXT NOT NULL,               -- UTC, 2026-11-23T09:00:00.000000Z
    actor TEXT NOT NULL,              -- stable id of the staff member from the sign-in, or system
    role TEXT NOT NULL,               -- the role under which it was allowed
    kind TEXT NOT NULL,               -- see assessment/ledger_kinds.py
    object TEXT NOT NULL,             -- region, alert, claim, position, rule the entry is about
    payload TEXT NOT NULL,            -- canonical JSON
    prev_hash TEXT NOT NULL,          -- hash of the entry before; 64 zeros for the first
    hash TEXT NOT NULL                -- SHA-256, hex, over all columns above
)
"""
PAGES = """
CREATE TABLE IF NOT EXISTS ledger_page (  -- pages as they were published; the entry of the publication names the digest
    sha256 TEXT PRIMARY KEY NOT NULL,     -- of the bytes of `body` in UTF-8, hex
    body TEXT NOT NULL
)
"""
INDEXES = ("CREATE INDEX IF NOT EXISTS ledger_entry_object ON ledger_entry (object, seq)",)
SQLITE_TABLE = TABLE.replace("seq BIGINT PRIMARY KEY NOT NULL", "seq INTEGER PRIMARY KEY NOT NULL")
GENESIS = "0" * 64

# BEFORE INSERT also stops INSERT OR REPLACE, which removes rows without firing a DELETE trigger.
SQLITE_TRIGGERS = {
    "ledger_no_update": """CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no entry is changed'); END""",
    "ledger_no_delete": """CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no entry is removed'); END""",
    "ledger_follows": f"""CREATE TRIGGER ledger_follows BEFORE INSERT ON ledger_entry
WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq), 0) + 1 FROM ledger_entry)
OR NEW.prev_hash IS NOT COALESCE((SELECT hash FROM ledger_entry ORDER BY seq DESC LIMIT 1), '{GENESIS}')
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: an entry must follow the last one'); END""",
}
POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION ledger_guard() RETURNS trigger AS $guard$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'the ledger is append-only: no entry is changed or removed';
    END IF;
    IF NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM ledger_entry)
    OR NEW.prev_hash <> COALESCE((SELECT hash FROM ledger_entry ORDER BY seq DESC LIMIT 1), '{GENESIS}') THEN
        RAISE EXCEPTION 'the ledger is append-only: an entry must follow the last one';
    END IF;
    RETURN NEW;
END $guard$ LANGUAGE plpgsql
"""
POSTGRES_TRIGGERS = {
    "ledger_rows": "CREATE TRIGGER ledger_rows BEFORE INSERT OR UPDATE OR DELETE ON ledger_entry "
    "FOR EACH ROW EXECUTE FUNCTION ledger_guard()",
    "ledger_whole": "CREATE TRIGGER ledger_whole BEFORE TRUNCATE ON ledger_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard()",
}

SQLITE_PAGE_TRIGGERS = {
    f"ledger_page_no_{verb.lower()}": f"""CREATE TRIGGER ledger_page_no_{verb.lower()} BEFORE {verb} ON ledger_page
BEGIN SELECT RAISE(ABORT, 'a published page is never changed or removed'); END"""
    for verb in ("UPDATE", "DELETE")
}
POSTGRES_PAGE_FUNCTION = """
CREATE OR REPLACE FUNCTION ledger_page_guard() RETURNS trigger AS $guard$
BEGIN
    RAISE EXCEPTION 'a published page is never changed or removed';
END $guard$ LANGUAGE plpgsql
"""
POSTGRES_PAGE_TRIGGERS = {
    "ledger_page_rows": "CREATE TRIGGER ledger_page_rows BEFORE UPDATE OR DELETE ON ledger_page "
    "FOR EACH ROW EXECUTE FUNCTION ledger_page_guard()",
    "ledger_page_whole": "CREATE TRIGGER ledger_page_whole BEFORE TRUNCATE ON ledger_page "
    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_page_guard()",
}
