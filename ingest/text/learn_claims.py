"""Learning from people, second half: what they confirmed and rejected refits the scorer of claims (claim_scorer.py).

The shipped weights are the prior's mean and the documents kept out are those of learn.py. Of a decision the quote and
its theme are known, not what the document looked like: only what the sentence says is learned, the rest stays at what
is usual. Decisions on texts of other languages teach nothing here, for the scorer does not judge these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .claim_scorer import LANGUAGE, Facts, Scorer, scorer_arrays, scorer_of
from .claim_scorer_fit import refit
from .examples import is_held_out
from .response import read_told
from .themes import Lexicon
from .tokens import words_of

FEWEST_HELD_OUT = 20  # judgements; with fewer, chance decides
BETTER = 0.01  # the held-out loss must fall by at least this share


class DecisionLike(Protocol):
    """What is needed of a decision (ingest.text.learn.Decision has it)."""

    @property
    def document_id(self) -> str: ...
    @property
    def quote(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def theme(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def right_theme(self) -> str | None: ...


@dataclass(frozen=True)
class LearnedClaims:
    """What a refit gave: the new scorer when it is better on the decisions kept out, else None; mean log losses."""

    scorer: Scorer | None
    loss_before: float | None = None
    loss_after: float | None = None


def learn_claims(decisions: Sequence[DecisionLike], shipped: Scorer, in_use: Scorer, lexicon: Lexicon) -> LearnedClaims:
    """Refit the shipped scorer; it must be better than the one in use. Pure and deterministic."""
    training: list[tuple[Facts, float]] = []
    held_out: list[tuple[Facts, float]] = []
    for decision in decisions:
        if decision.language == LANGUAGE:
            judged = [(facts_of(decision, decision.theme, lexicon), float(decision.status == "confirmed"))]
            if decision.right_theme:
                judged.append((facts_of(decision, decision.right_theme, lexicon), 1.0))
            (held_out if is_held_out(decision.document_id) else training).extend(judged)
    if not training or len(held_out) < FEWEST_HELD_OUT:
        return LearnedClaims(None)
    new = refit(shipped, [facts for facts, _ in training], np.array([keep for _, keep in training]))
    new = replace(new, meta={**shipped.meta, "decisions": len(training), "refit_of": shipped.digest})
    new = scorer_of(scorer_arrays(new))  # as it will be read back, so that learning the same again changes nothing
    before, after = (_loss(scorer, held_out) for scorer in (in_use, new))
    return LearnedClaims(new if after <= before * (1 - BETTER) else None, round(before, 4), round(after, 4))


def facts_of(decision: DecisionLike, theme_id: str, lexicon: Lexicon) -> Facts:
    """What a quote alone tells of a theme; what its document looked like is taken as usual."""
    words = words_of(decision.quote)
    theme = lexicon.themes[theme_id]
    told = read_told(words, (0, len(words.folded)), decision.language)
    return Facts(words.folded, theme.id, theme.dimension, theme.polarity, deeds=told.deeds, states=told.states)


def _loss(scorer: Scorer, judged: Sequence[tuple[Facts, float]]) -> float:
    scores: NDArray[np.float64] = np.clip([scorer.probability(facts) for facts, _ in judged], 1e-9, 1 - 1e-9)
    keep = np.array([keep for _, keep in judged])
    return float(-(keep * np.log(scores) + (1 - keep) * np.log(1 - scores)).mean())
