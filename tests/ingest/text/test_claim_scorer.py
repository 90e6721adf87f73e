"""The scorer of claims: situations above responses, weights that survive their file, people's decisions refit it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ingest.text.claim_scorer import Facts, Scorer, ScorerError, load_scorer, scorer_arrays, scorer_of
from ingest.text.claim_scorer_fit import fit
from ingest.text.gate import load_gate, read_gate, save_gate
from ingest.text.learn import Decision, learn, learn_file
from ingest.text.learn_claims import facts_of, learn_claims
from ingest.text.pipeline import TextDocument, process_documents
from ingest.text.themes import load_lexicon
from ingest.text.train_claims import drafts, main

LEXICON = load_lexicon()
PAIRS = [
    (
        "displacement",
        "Fighting has displaced 12,000 people, and most of them have no access to clean water.",
        "UNHCR held a workshop for partners on the protection of displaced people.",
    ),
    (
        "health",
        "The only hospital in the district was destroyed and 60 cases of cholera were reported.",
        "The fund signed a new grant to strengthen health programmes across the region.",
    ),
    (
        "education",
        "Some 300 schools remain closed because of insecurity.",
        "The project will train teachers and help boost education in the coming years.",
    ),
    (
        "shelling_airstrike",
        "Shelling killed nine civilians and damaged forty houses.",
        "The speaker recalled the convention on cluster munitions and thanked the delegates for their commitment.",
    ),
]


def facts(theme: str, quote: str) -> Facts:
    return facts_of(Decision("d", quote, "en", theme, "confirmed"), theme, LEXICON)


@pytest.mark.parametrize(("theme", "situation", "response"), PAIRS)
def test_a_situation_is_likelier_than_a_response(theme: str, situation: str, response: str) -> None:
    scorer = load_scorer()
    assert scorer.probability(facts(theme, situation)) > scorer.probability(facts(theme, response)) + 0.2


def test_a_country_in_passing_is_less_likely_than_the_documents_own() -> None:
    own = facts("displacement", PAIRS[0][1])
    scorer = load_scorer()
    assert scorer.probability(own) > scorer.probability(replace(own, share=0.02, is_main=False))


def test_numbers_do_not_matter_by_their_digits() -> None:
    scorer = load_scorer()
    one, other = (facts("displacement", f"Some {number} people fled the town.") for number in ("1,250", "9,871"))
    assert scorer.probability(one) == scorer.probability(other)


def test_weights_survive_their_file() -> None:
    scorer = load_scorer()
    again = scorer_of(scorer_arrays(scorer))
    for theme, situation, _ in PAIRS:
        assert again.probability(facts(theme, situation)) == pytest.approx(scorer.probability(facts(theme, situation)))
    with pytest.raises(ScorerError, match="train_claims again"):
        scorer_of({**scorer_arrays(scorer), "claim_hashed": np.zeros(3, np.int8)})
    with pytest.raises(ScorerError, match="train one"):
        load_scorer(Path("nowhere.npz"))


def decisions(count: int, word: str = "zorblat") -> list[Decision]:
    """People keep what is said of a zorblat and reject the rest."""
    found = []
    for number in range(count):
        about = number % 2 == 0
        quote = f"Some {number} people near the {word if about else 'meadow'} fled from clashes."
        found.append(Decision(f"doc-{number}", quote, "en", "displacement", "confirmed" if about else "rejected"))
    return found


def test_decisions_refit_the_scorer_that_is_part_of_the_gate(tmp_path: Path) -> None:
    made = decisions(200)
    learned = learn(made, load_gate())
    assert learned.claims_kept
    assert (learned.claims_loss_after or 0) < (learned.claims_loss_before or 0)
    kept, rejected = (facts_of(decision, decision.theme, LEXICON) for decision in made[:2])
    before, after = load_scorer(), learned.gate.scorer
    assert after.probability(kept) > before.probability(kept)
    assert after.probability(rejected) < before.probability(rejected)
    assert learned.gate.digest != load_gate().digest
    out = tmp_path / "gate.npz"
    assert learn_file(made, out).kept
    assert read_gate(out, LEXICON).scorer.probability(kept) == pytest.approx(after.probability(kept), abs=0.01)


def test_a_theme_put_right_speaks_for_the_right_and_against_the_wrong() -> None:
    made = [
        replace(decision, status="recoded", right_theme="armed_clash") if decision.status == "rejected" else decision
        for decision in decisions(200)
    ]
    shipped = load_scorer()
    after = learn_claims(made, shipped, shipped, LEXICON).scorer
    assert after is not None
    wrong, right = (facts_of(made[1], theme, LEXICON) for theme in ("displacement", "armed_clash"))
    assert after.probability(wrong) < shipped.probability(wrong)
    assert after.probability(right) > shipped.probability(right)


def test_a_gate_without_a_scorer_of_its_own_uses_the_shipped_one(tmp_path: Path) -> None:
    out = tmp_path / "gate.npz"
    save_gate(load_gate(), out)
    assert read_gate(out, LEXICON).scorer is load_scorer()


def test_few_decisions_and_other_languages_change_nothing() -> None:
    scorer = load_scorer()
    assert learn_claims(decisions(10), scorer, scorer, LEXICON).scorer is None
    dutch = [replace(decision, language="nl") for decision in decisions(200)]
    assert learn_claims(dutch, scorer, scorer, LEXICON).scorer is None


class Nothing:
    """Keeps no draft."""

    def probability(self, facts: Facts) -> float:
        return 0.0


@pytest.mark.parametrize(
    ("title", "text", "kept"),
    [
        ("Iraq: Floods and Landslides - Oct 2026", "", 1),
        ("", "Artillery shelling killed nine civilians in Aleppo.", 0),
        ("", "In Aleppo kwamen negen burgers om bij beschietingen.", 1),
        ("", "Police tortured three detainees in Aleppo.", 1),
    ],
)
def test_only_english_sentences_on_other_than_law_may_be_dropped(title: str, text: str, kept: int) -> None:
    document = TextDocument(id="d", title=title, text=text, source_id="s", origin_family="s", url="")
    claims = process_documents([document], gate=replace(load_gate(), claims=Nothing())).claims
    assert len({claim.quote for claim in claims}) == kept


def test_a_fit_finds_what_tells_them_apart() -> None:
    made = [facts(theme, quote) for theme, *quotes in PAIRS for quote in quotes] * 5
    scorer: Scorer = fit(made, np.array([1.0, 0.0] * 20), {})
    scores = np.array([scorer.probability(one) for one in made])
    assert scores[::2].min() > 0.5 > scores[1::2].max()


def test_training_from_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts, labels, out = (tmp_path / name for name in ("themes_reliefweb.jsonl", "labels.csv", "claims.npz"))
    body = (
        "Shelling killed nine civilians in Aleppo. In Homs 4,000 displaced people have no water. "
        "Clashes killed six people in Idlib. Landmines killed two children in Hama."
    )
    texts.write_text(json.dumps({"id": "a", "text": body}), encoding="utf-8")
    rows = sorted(drafts([{"id": "a", "text": body}]), key=str)
    assert len(rows) > 3
    lines = ["document,start,theme,iso3,region_id,keep,held"]
    for number, (document, _part, start, theme, iso3, region_id) in enumerate(rows):
        lines.append(f"{document},{start},{theme},{iso3},{region_id or ''},{int(number % 2 == 0)},{int(number > 1)}")
    labels.write_text("\n".join(lines), encoding="utf-8")
    assert main([str(tmp_path), "--labels", str(labels), "--out", str(out)]) == 0
    assert load_scorer(out).columns == load_scorer().columns
    assert json.loads(capsys.readouterr().out)["drafts"] == len(rows) - 2


@pytest.mark.parametrize(
    ("texts", "labels", "message"),
    [
        ("", "document,start,theme,iso3,region_id,keep,held", "holds none of"),
        ('{"id": "a", "text": "Rain."}', "document,start,theme,iso3,region_id,keep,held", "no label belongs"),
        ('{"id": "a", "text": "Rain."}', "document,start\na,first", "label 1"),
    ],
)
def test_training_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], texts: str, labels: str, message: str
) -> None:
    if texts:
        (tmp_path / "themes_reliefweb.jsonl").write_text(texts, encoding="utf-8")
    (tmp_path / "labels.csv").write_text(labels, encoding="utf-8")
    with pytest.raises(SystemExit):
        main([str(tmp_path), "--labels", str(tmp_path / "labels.csv")])
    assert message in capsys.readouterr().err


@pytest.mark.slow
def test_the_shipped_scorer_is_what_the_shipped_labels_give(
    real: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And on claims it has not seen it keeps what a person kept more often than not."""
    assert main([str(real / "text"), "--out", str(tmp_path / "claims.npz")]) == 0
    assert np.allclose(load_scorer(tmp_path / "claims.npz").dense, load_scorer().dense, atol=1e-3)
    held_out = json.loads(capsys.readouterr().out)
    assert held_out["precision"] > 0.55
    assert held_out["recall"] > 0.7
