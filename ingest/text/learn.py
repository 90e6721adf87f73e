"""Learning from people: confirmed, rejected and re-coded claims refit the gate's theme heads and its scorer of claims.

The shipped weights are the prior's mean, so a few decisions move little and no training text is needed. Decisions are
split by document: three in ten are kept out, for ever the same ones, and judged by the gate in use and by the new one.
The gate in use stays unless the new one is better there. A learned gate lives in the data folder, beside the stores.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import features
from .claim_scorer import Scorer, load_scorer
from .examples import is_held_out
from .features import Reading
from .gate import Gate, GateError, load_gate, read_gate, save_gate, sigmoid
from .gate_fit import Prior, fit_binary
from .learn_claims import learn_claims
from .themes import Lexicon, load_lexicon
from .train_gate import read

LEARNED_FILE = "gate.npz"  # in the data folder
FEWEST_HELD_OUT = 20  # judgements; with fewer, chance decides
BETTER = 0.01  # the held-out loss must fall by at least this share
_SPREAD = 0.3  # how far a weight may move, as standard deviation
_STATUSES = ("confirmed", "rejected", "recoded")


class LearnError(ValueError):
    """A decision that cannot be learned from; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on a suggested claim: its quote, the theme we suggested, and for `recoded` the right theme."""

    document_id: str
    quote: str
    language: str
    theme: str
    status: str  # confirmed | rejected | recoded
    right_theme: str | None = None


@dataclass(frozen=True)
class Learned:
    """What a refit gave. `gate` is the new one when `kept`, else the old. Loss: mean log loss on held-out judgements;
    accuracy: share judged right at one half. None: nothing was held out. `claims_*`: the same for the scorer of claims,
    which is part of the gate; either may be the better one alone."""

    gate: Gate
    kept: bool
    reason: str
    trained_on: int
    held_out: int
    loss_before: float | None
    loss_after: float | None
    accuracy_before: float | None
    accuracy_after: float | None
    claims_kept: bool = False
    claims_loss_before: float | None = None
    claims_loss_after: float | None = None


@dataclass(frozen=True, slots=True)
class _Judgement:
    document_id: str
    row: int
    theme: int
    right: float


def learn(
    decisions: Sequence[Decision], gate: Gate, lexicon: Lexicon | None = None, in_use: Gate | None = None
) -> Learned:
    """Refit `gate` on decisions. Pure and deterministic: the caller stores the result.

    gate: what the weights start from, the shipped one, so that no decision is learned twice. in_use: the gate the new
    one must be better than; None: `gate`.
    """
    old = in_use or gate
    lexicon = lexicon or load_lexicon()
    judgements, rows = _judgements(decisions, gate, lexicon)
    training = [j for j in judgements if not is_held_out(j.document_id)]
    held_out = [j for j in judgements if is_held_out(j.document_id)]
    if not training or len(held_out) < FEWEST_HELD_OUT:
        reason = f"{len(held_out)} judgements held out, {FEWEST_HELD_OUT} are needed; confirm or reject more claims"
        return Learned(old, False, reason, len(training), len(held_out), None, None, None, None)
    weights = np.array(gate.weights["theme"], dtype=np.float64)
    for theme in sorted({j.theme for j in training}):
        own = [j for j in training if j.theme == theme]
        prior = Prior(weights[:, theme].copy(), np.full(gate.layout.size, _SPREAD))
        target = np.array([j.right for j in own])
        weights[:, theme] = fit_binary(rows[[j.row for j in own]], target, np.ones(len(own)), prior, 100)
    before = _measure(rows, old.weights["theme"].astype(np.float64), held_out)
    after = _measure(rows, weights, held_out)
    better = after[0] <= before[0] * (1 - BETTER) and after[1] >= before[1]
    claims = learn_claims(decisions, _scorer(gate), _scorer(old), lexicon)
    kept = better or claims.scorer is not None
    reason = "better on the decisions kept out" if kept else "not better on the decisions kept out; the old gate stays"
    new = old
    if kept:
        fitted = {**gate.weights, "theme": weights.astype(np.float32)} if better else old.weights
        meta = {**gate.meta, "decisions": len(decisions), "refit_of": gate.digest}
        new = replace(gate, weights=fitted, meta=meta, claims=claims.scorer or old.claims)
    figures = (
        before[0],
        after[0],
        before[1],
        after[1],
        claims.scorer is not None,
        claims.loss_before,
        claims.loss_after,
    )
    return Learned(new, kept, reason, len(training), len(held_out), *figures)


def _scorer(gate: Gate) -> Scorer:
    """The gate's scorer where it is one that was fitted, else the shipped one."""
    return gate.scorer if isinstance(gate.scorer, Scorer) else load_scorer()


def gate_in_use(learned: Path) -> Gate:
    """The learned gate at `learned` when there is one that refits the shipped gate of today, else the shipped one: a
    new version brings new weights, and a refit of the old ones would hide them for ever."""
    if not learned.exists():
        return load_gate()
    try:
        found = read_gate(learned, load_lexicon())
        if found.meta.get("refit_of") == load_gate().digest:
            return found
        raise GateError("it was learned from the gate of another version")
    except (GateError, OSError, ValueError, KeyError) as error:
        logging.getLogger(__name__).warning(
            "learned_gate_unusable file=%s error=%s; the shipped one is used: run `returnwatch learn`",
            learned.name,
            error,
        )
        return load_gate()


def learn_file(decisions: Sequence[Decision], out: Path) -> Learned:
    """`returnwatch learn`: refit the shipped gate and write `out` only when it is better than the gate in use."""
    learned = learn(decisions, load_gate(), in_use=gate_in_use(out))
    if learned.kept:
        draft = out.with_name(out.name + ".new")
        save_gate(learned.gate, draft)
        draft.replace(out)
    return learned


def _judgements(decisions: Sequence[Decision], gate: Gate, lexicon: Lexicon):  # type: ignore[no-untyped-def]
    index = {theme: number for number, theme in enumerate(gate.layout.themes)}
    judgements: list[_Judgement] = []
    readings: list[Reading] = []
    for number, decision in enumerate(decisions):
        _check(decision, index)
        readings.append(read(decision.quote, lexicon, decision.language))
        right = 1.0 if decision.status == "confirmed" else 0.0
        judgements.append(_Judgement(decision.document_id, number, index[decision.theme], right))
        if decision.right_theme:
            judgements.append(_Judgement(decision.document_id, number, index[decision.right_theme], 1.0))
    return judgements, features.rows(readings, gate.layout, gate.idf)


def _check(decision: Decision, index: dict[str, int]) -> None:
    if decision.status not in _STATUSES:
        raise LearnError(f"[{decision.document_id}] status {decision.status!r}; write one of {', '.join(_STATUSES)}")
    for theme in (decision.theme, decision.right_theme):
        if theme is not None and theme not in index:
            raise LearnError(f"[{decision.document_id}] theme {theme!r} is not in themes.toml; was it renamed?")
    if (decision.status == "recoded") != (decision.right_theme is not None):
        raise LearnError(f"[{decision.document_id}] right_theme belongs to status 'recoded' and to no other")


def _measure(rows, weights: NDArray[np.float64], judged: Sequence[_Judgement]) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    margin = np.array([float((rows[j.row] @ weights[:, j.theme])[0]) for j in judged])
    right = np.array([j.right for j in judged])
    loss = float((np.logaddexp(0, margin) - right * margin).mean())
    return round(loss, 4), round(float(((sigmoid(margin) >= 0.5) == (right >= 0.5)).mean()), 4)
