"""People confirm, reject or re-code suggested claims; a fifth is coded twice, blind, and their agreement is measured.

A confirmed claim moves scores at the next run. When two coders disagree on whether it is one, it waits for a third.
Krippendorff's alpha, ordinal: Krippendorff, Content Analysis (2004), chapter 11; 1 agreement, 0 chance.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from assessment.ledger import Entry, Ledger, LedgerError, Writer
from assessment.refusal import because
from assessment.roles import Actor, require

SECOND_CODER_SHARE = 0.20
ANSWERS = {"claim_confirmed": "confirmed", "claim_recoded": "confirmed", "claim_rejected": "rejected"}
SCALES = ("scope", "intensity", "range")


@dataclass(frozen=True, slots=True)
class Coding:
    """One person's word on a claim. codes: scope, intensity, range 0-4; None when rejected."""

    coder: str
    answer: str  # confirmed | rejected
    theme: str
    region_id: str | None
    codes: tuple[int, int, int] | None
    time: datetime


@dataclass(frozen=True, slots=True)
class ClaimStanding:
    """status: confirmed | rejected | disputed. first: each coder's first word, the blind one, in order of time."""

    status: str
    theme: str
    region_id: str | None
    codes: tuple[int, int, int] | None
    second_coder: bool
    first: tuple[Coding, ...]


def in_second_sample(claim_id: str) -> bool:
    """The claim is coded by two people: a fixed fifth, drawn by its id, so that nobody chooses which."""
    drawn = int.from_bytes(hashlib.sha256(b"second coder " + claim_id.encode()).digest()[:8], "big")
    return drawn < SECOND_CODER_SHARE * 2**64


def code(ledger: Ledger, actor: Actor, claim_id: str, answer: str, content: Mapping[str, Any], now: datetime) -> Entry:
    """Confirm, reject or re-code (`answer` is the kind of entry). Raises LedgerError, NotAllowed, PayloadError."""
    require(actor, "code_claim", now)
    if answer not in ANSWERS:
        raise LedgerError(f"{answer!r} is no answer to a claim; use one of {', '.join(ANSWERS)}")

    def work(writer: Writer) -> Entry:
        earlier = [entry for entry in writer.entries(claim_id) if entry.kind in ANSWERS]
        mine = any(entry.actor == actor.subject for entry in earlier)
        if answer == "claim_recoded" and not earlier:
            raise because("claim_uncoded", LedgerError(f"[{claim_id}] nobody has coded it yet; confirm or reject it"))
        if answer != "claim_recoded" and mine:
            fault = LedgerError(f"[{claim_id}] you have coded it; re-code it to change your word, or leave it")
            raise because("claim_coded", fault)
        return writer.append(actor, answer, claim_id, content, now)

    return ledger.transact(work)


def claim_state(entries: Iterable[Entry]) -> dict[str, ClaimStanding]:
    """Claim id -> what people made of it."""
    words: dict[str, list[Coding]] = defaultdict(list)
    for entry in entries:
        if entry.kind in ANSWERS:
            words[entry.object].append(_coding(entry))
    return {claim: _standing(claim, found) for claim, found in words.items()}


def queue(suggested: Iterable[str], entries: Sequence[Entry], actor: Actor) -> list[str]:
    """Claims this person can code, in the order given: uncoded ones, second codings and disputes, never their own."""
    state = claim_state(entries)
    coders: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.kind in ANSWERS:
            coders[entry.object].add(entry.actor)
    waiting = []
    for claim in suggested:
        standing = state.get(claim)
        wanted = standing is None or (standing.second_coder and len(coders[claim]) < 2) or standing.status == "disputed"
        if wanted and actor.subject not in coders[claim]:
            waiting.append(claim)
    return waiting


def ordinal_alpha(units: Sequence[Sequence[float | None]]) -> float | None:
    """Krippendorff's alpha with the ordinal distance. units: the values given to each unit, None for no word.

    None when nothing was said twice or only one value was ever used (alpha is not defined there).
    """
    paired = [[v for v in unit if v is not None] for unit in units]
    paired = [unit for unit in paired if len(unit) >= 2]
    values = sorted({v for unit in paired for v in unit})
    if len(values) < 2:
        return None
    place = {value: i for i, value in enumerate(values)}
    together = np.zeros((len(values), len(values)))
    for unit in paired:
        count = np.bincount([place[v] for v in unit], minlength=len(values)).astype(float)
        together += (np.outer(count, count) - np.diag(count)) / (len(unit) - 1)
    total = together.sum(axis=1)
    middle = np.cumsum(total) - total / 2  # the sum between two ranks, ends counted half, is a difference of these
    distance = (middle[:, None] - middle[None, :]) ** 2
    expected = (np.outer(total, total) * distance).sum() / (total.sum() - 1)
    return float(1 - (together * distance).sum() / expected)


def agreement(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Per theme: claims coded twice and alpha of the answer and of each scale, on everyone's first word. No names.

    The theme is the one of the first word: a second coder who names another theme disagrees, and is not lost.
    """
    by_theme: dict[str, list[tuple[Coding, ...]]] = defaultdict(list)
    for standing in claim_state(entries).values():
        if len(standing.first) >= 2:
            by_theme[standing.first[0].theme].append(standing.first)
    rows = []
    for theme, found in sorted(by_theme.items()):
        row: dict[str, Any] = {"theme": theme, "claims": len(found)}
        row["answer"] = ordinal_alpha([[float(c.answer == "confirmed") for c in codings] for codings in found])
        for i, scale in enumerate(SCALES):
            row[scale] = ordinal_alpha([[c.codes[i] if c.codes else None for c in codings] for codings in found])
        rows.append(row)
    return rows


def learning_rows(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """What the learner may use: settled claims with their theme and label (1 confirmed, 0 rejected). No names."""
    return [
        {
            "claim_id": claim,
            "theme": standing.theme,
            "region_id": standing.region_id,
            "label": int(standing.status == "confirmed"),
            **dict(zip(SCALES, standing.codes or (None, None, None), strict=True)),
        }
        for claim, standing in sorted(claim_state(entries).items())
        if standing.status != "disputed"
    ]


def _coding(entry: Entry) -> Coding:
    payload = entry.payload
    answer = ANSWERS[entry.kind]
    codes = (payload["scope"], payload["intensity"], payload["range"]) if answer == "confirmed" else None
    return Coding(entry.actor, answer, payload["theme"], payload.get("region_id"), codes, entry.time)


def _standing(claim: str, words: Sequence[Coding]) -> ClaimStanding:
    first: dict[str, Coding] = {}
    last: dict[str, Coding] = {}
    for word in words:
        first.setdefault(word.coder, word)
        last[word.coder] = word
    yes = [word for word in last.values() if word.answer == "confirmed"]
    no = len(last) - len(yes)
    status = "disputed" if len(yes) == no else "confirmed" if len(yes) > no else "rejected"
    newest = words[-1] if status != "confirmed" else max(yes, key=lambda word: word.time)
    codes = None
    if status == "confirmed":  # the middle of all; between two middles the worse one, as everywhere else
        columns = zip(*(word.codes for word in yes if word.codes), strict=True)
        scope, intensity, extent = (sorted(column)[len(column) // 2] for column in columns)
        codes = (scope, intensity, extent)
    return ClaimStanding(status, newest.theme, newest.region_id, codes, in_second_sample(claim), tuple(first.values()))
