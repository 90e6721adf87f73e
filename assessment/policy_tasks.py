"""A watched policy text changed: somebody must look. Tasks stand in the ledger with the paragraphs that differ.

A task is closed by a note on it that says what was done; positions themselves are entered on their own page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from assessment.ledger import Entry, Ledger, LedgerError, Writer
from assessment.personal_data import personal_data
from assessment.read import Reader
from assessment.roles import Actor, require, system

LONGEST = 3900  # characters of paragraphs kept in a task; the page links to the whole text
RECENT = timedelta(days=60)  # a text that changed before that was known when this began
MOST = 1000  # changes looked at in one run


@dataclass(frozen=True, slots=True)
class Task:
    """One changed text. diff: lines that begin with + (new) or - (gone). done: what a person wrote when closing it."""

    task_id: str
    title: str
    diff: str
    evidence_id: str
    url: str | None
    iso3: str | None
    opened: datetime
    done: str | None = None
    closed: datetime | None = None


def tasks(entries: Iterable[Entry]) -> list[Task]:
    """All tasks, open ones first, newest first."""
    found: dict[str, Task] = {}
    for entry in entries:
        if entry.kind == "position_task":
            found[entry.object] = Task(entry.object, opened=entry.time, **entry.payload)
        elif entry.kind == "note" and entry.object in found:
            found[entry.object] = replace(found[entry.object], done=entry.payload["text"], closed=entry.time)
    return sorted(found.values(), key=lambda task: (task.done is not None, -task.opened.timestamp()))


def close(ledger: Ledger, actor: Actor, task_id: str, text: str, now: datetime) -> Entry:
    """Say what was done about a task. Raises LedgerError when there is none or it is closed."""
    require(actor, "write_note", now)

    def work(writer: Writer) -> Entry:
        task = next((task for task in tasks(writer.entries(task_id)) if task.task_id == task_id), None)
        if task is None or task.done is not None:
            raise LedgerError(f"there is no open {task_id}")
        return writer.append(actor, "note", task_id, {"text": text}, now)

    return ledger.transact(work)


def open_new(ledger: Ledger, reader: Reader, now: datetime) -> list[Entry]:
    """Open a task for each new change of a policy text; run after each publication. Old changes open none."""
    changes = changed_texts(reader, now.date() - RECENT)

    def work(writer: Writer) -> list[Entry]:
        known = {entry.object for entry in writer.entries() if entry.kind == "position_task"}
        return [
            writer.append(system(), "position_task", task_id, content, now)
            for task_id, content in changes.items()
            if task_id not in known
        ]

    return ledger.transact(work) if changes else []


def changed_texts(reader: Reader, since: date) -> dict[str, dict[str, Any]]:
    """Task id -> content, one per changed text and country. Levels of travel advice are no policy of ours."""
    found: dict[str, dict[str, Any]] = {}
    hits = [hit for hit in reader.policy_changes(since=since, limit=MOST)["hits"] if hit["kind"] != "level"]
    for hit in sorted(hits, key=lambda hit: str(hit["change_id"])):
        key = f"{hit['evidence_id']}|{hit['new_digest']}|{hit['iso3']}"
        task_id = f"task:{hashlib.sha256(key.encode()).hexdigest()[:16]}"
        diff = shown_diff(hit)
        if not diff:
            continue
        if task_id in found:
            found[task_id]["diff"] = _short(f"{found[task_id]['diff']}\n{diff}")
            continue
        url = hit["url"] if str(hit["url"]).startswith(("https://", "http://")) else None
        title = _clean(hit["title"] or hit["heading"] or hit["source_id"])
        found[task_id] = {
            "title": title, "url": url, "diff": _short(diff), "evidence_id": hit["evidence_id"], "iso3": hit["iso3"],
        }  # fmt: skip
    return found


def shown_diff(hit: Mapping[str, Any]) -> str:
    """The changed paragraphs under their heading. A paragraph that holds what identifies a person is left out."""
    paragraphs = hit["paragraphs"] or [{"old": hit["old_text"], "new": hit["new_text"]}]
    lines = [
        f"{sign} {' '.join(text.split())}"
        for paragraph in paragraphs
        for sign, text in (("-", paragraph["old"]), ("+", paragraph["new"]))
        if text and not personal_data(text)
    ]
    heading = [] if not hit["heading"] or personal_data(hit["heading"]) else [f"# {hit['heading']}"]
    return "\n".join([*heading, *lines]) if lines else ""


def _short(diff: str) -> str:
    return diff if len(diff) <= LONGEST else diff[:LONGEST].rsplit("\n", 1)[0] + "\n…"


def _clean(title: str) -> str:
    return title[:300] if not personal_data(title) else "…"
