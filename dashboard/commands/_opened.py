"""From the version at the foot of a brief to the tree it was made from and the decision it showed."""

from __future__ import annotations

from typing import Any

from assessment.explain import NotAssessed, explain
from assessment.ledger import Ledger, LedgerError
from dashboard.brief_version import Version, VersionError, decided, find, parse
from dashboard.commands import Context, UsageError
from dashboard.commands.ledger import place
from ingest.publish import Snapshot
from ingest.refresh_tools import Folders


def opened(text: str, context: Context) -> dict[str, Any]:
    """The tree of `explain` with "brief": {version, snapshot, decision, said}. Raises UsageError."""
    try:
        version = parse(text)
        path = find(version, Folders(context.data_dir).published)
        with Snapshot(path) as snapshot, snapshot.cursor() as cursor:
            tree = explain(cursor, version.region_id, None)
        decision = _decision(version, context)
    except (VersionError, NotAssessed, LedgerError) as error:
        raise UsageError(str(error)) from None
    said = [f"brief {text.strip()}: its facts are those of {path.name}, unchanged"]
    if decision:
        said.append(f"it showed decision {version.decision}: {decision['category']}, review {decision['review_date']}")
        said.append(f"  {decision['reason_en']}")
    else:
        said.append("nobody had decided; it showed the suggestion of the rules")
    return {**tree, "brief": {"version": text.strip(), "snapshot": path.name, "decision": decision, "said": said}}


def _decision(version: Version, context: Context) -> dict[str, Any] | None:
    if version.decision is None:
        return None
    ledger = Ledger.open(place(context, must_exist=True))
    try:
        entry = decided(ledger.entries(version.region_id), version)
    finally:
        ledger.close()
    return None if entry is None else {"entry_hash": entry.hash, **entry.payload}
