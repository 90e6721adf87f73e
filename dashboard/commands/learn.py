"""`returnwatch learn`: refit the document gate and its scorer of claims on claims people coded."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from assessment.claims_review import claim_state
from assessment.ledger import Entry, Ledger, LedgerError
from dashboard import language
from dashboard.commands import Context, UsageError
from dashboard.commands.ledger import place
from ingest.publish import NothingPublished, Snapshot
from ingest.refresh_tools import Folders
from ingest.text.learn import LEARNED_FILE, Decision, Learned, learn_file
from ingest.text.themes import load_lexicon

NAME = "learn"
HELP = "refit the document gate on claims people coded; the old one stays unless the new one is better"
ORDER = 85
NOT_ABOUT_THE_THEME = ("other_place", "old", "duplicate")  # reasons to reject that say nothing against the theme


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: what is learned from stands in the ledger and the published claims."""


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Exit status 0 whether or not the new gate was kept; 1 without a ledger or a snapshot."""
    try:
        ledger = Ledger.open(place(context, must_exist=True))
        try:
            entries = ledger.entries()
        finally:
            ledger.close()
        suggested = _suggested(context)
    except (LedgerError, NothingPublished) as error:
        raise UsageError(str(error)) from None
    decisions, left_out = decisions_of(entries, suggested)
    learned = learn_file(decisions, context.data_dir / LEARNED_FILE)
    context.answer({**_figures(learned), "decisions": len(decisions), "left_out": left_out}, _text(learned, left_out))
    return 0


def _suggested(context: Context) -> dict[str, dict[str, Any]]:
    """Every claim the texts made, also those no longer made, with the language of its document."""
    with Snapshot.open(Folders(context.data_dir).published) as snapshot, snapshot.cursor() as cursor:
        exists = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'evidence' AND table_name = 'claim'"
        if cursor.execute(exists).fetchone() == (0,):
            return {}
        found = cursor.execute(
            """
            SELECT c.claim_id, c.document_id, c.quote, c.theme, coalesce(e.language, 'und') AS language
            FROM evidence.claim AS c
            LEFT JOIN evidence.document AS e USING (document_id)
            """
        )
        names = [column[0] for column in found.description or ()]
        return {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}


def decisions_of(
    entries: Sequence[Entry], suggested: Mapping[str, Mapping[str, Any]]
) -> tuple[list[Decision], dict[str, int]]:
    """What can be learned from, and how many words of people were left out, by why."""
    themes = load_lexicon().themes
    silent = {language.load(name)(f"claims.why.{why}") for name in language.LANGUAGES for why in NOT_ABOUT_THE_THEME}
    reasons = {entry.object: entry.payload["reason"] for entry in entries if entry.kind == "claim_rejected"}
    decisions: list[Decision] = []
    left_out = {"disputed": 0, "claim_gone": 0, "not_about_the_theme": 0}
    for claim_id, word in sorted(claim_state(entries).items()):
        claim = suggested.get(claim_id)
        if word.status == "disputed":
            left_out["disputed"] += 1
        elif claim is None or claim["theme"] not in themes:
            left_out["claim_gone"] += 1
        elif word.status == "rejected" and reasons.get(claim_id) in silent:
            left_out["not_about_the_theme"] += 1
        else:
            recoded = word.status == "confirmed" and word.theme != claim["theme"] and word.theme in themes
            status = "recoded" if recoded else word.status
            decisions.append(
                Decision(
                    claim["document_id"], claim["quote"], claim["language"], claim["theme"], status,
                    word.theme if recoded else None,
                )
            )  # fmt: skip
    return decisions, left_out


def _figures(learned: Learned) -> dict[str, Any]:
    names = (
        "kept",
        "reason",
        "trained_on",
        "held_out",
        "loss_before",
        "loss_after",
        "accuracy_before",
        "accuracy_after",
        "claims_kept",
        "claims_loss_before",
        "claims_loss_after",
    )
    return {name: getattr(learned, name) for name in names}


def _text(learned: Learned, left_out: dict[str, int]) -> str:
    lines = [
        f"{'new gate kept' if learned.kept else 'old gate stays'}: {learned.reason}",
        f"learned from {learned.trained_on} judgements, {learned.held_out} kept out",
    ]
    if learned.loss_before is not None:
        lines.append(f"log loss   {learned.loss_before:.4f} -> {learned.loss_after:.4f}")
        lines.append(f"accuracy   {learned.accuracy_before:.4f} -> {learned.accuracy_after:.4f}")
    if learned.claims_loss_before is not None:
        stays = "new scorer of claims kept" if learned.claims_kept else "old scorer of claims stays"
        lines.append(f"{stays}: log loss {learned.claims_loss_before:.4f} -> {learned.claims_loss_after:.4f}")
    if learned.kept:
        lines.append(
            f"the next refresh reads the documents of the last 30 days again; remove {LEARNED_FILE} from the data"
        )
        lines.append("folder to go back to the shipped gate")
    lines += [f"left out: {count} {why.replace('_', ' ')}" for why, count in left_out.items() if count]
    return "\n".join(lines)
