"""The gate: features, fitting, storing, labels, measuring, and learning from people's decisions."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from ingest.text import cross_validate as cross_validate_module
from ingest.text import features, gate_fit
from ingest.text.cross_validate import FOLDS, _folds, cross_validate
from ingest.text.evaluate_other_texts import main as evaluate_other_texts
from ingest.text.evaluate_other_texts import read_facts
from ingest.text.evaluate_themes import average_precision, calibration_error, evaluate_themes, macro_f1
from ingest.text.examples import Example, is_held_out, load_advice_examples, load_law_examples
from ingest.text.gate import GATE_FILE, Gate, GateError, lexicon_gate, load_gate, read_gate, save_gate
from ingest.text.gate_fit import Prior, balanced, fit_binary, fit_softmax
from ingest.text.labels import CASE2021, RELIEFWEB, TRAVEL_ADVICE, UPR
from ingest.text.learn import Decision, LearnError, gate_in_use, learn, learn_file
from ingest.text.themes import DIMENSIONS, load_lexicon
from ingest.text.tokens import words_of
from ingest.text.train_gate import TrainingSet, read, train

LEXICON = load_lexicon()


def test_labels_name_themes_that_exist() -> None:
    for mapping in (RELIEFWEB, CASE2021, UPR, TRAVEL_ADVICE):
        assert set(mapping.values()) <= set(LEXICON.themes)


def test_the_shipped_gate_is_small_and_holds_no_word() -> None:
    assert GATE_FILE.stat().st_size <= 3_000_000
    gate = load_gate()
    assert "ReliefWeb" in str(gate.meta["trained_on"])
    with np.load(GATE_FILE, allow_pickle=False) as arrays:
        assert all(
            arrays[name].dtype.kind in "fiu" for name in arrays.files
        )  # numbers only (the header is ASCII bytes)


def test_rows_do_not_depend_on_their_neighbours() -> None:
    gate = load_gate()
    one, two = (
        read("Clashes in the north killed nine soldiers.", LEXICON),
        read("Cholera cases rise and clinics close.", LEXICON),
    )
    alone, together = gate.score([one]), gate.score([one, two])
    assert np.array_equal(alone.theme[0], together.theme[0])
    assert np.array_equal(alone.dimension[0], together.dimension[0])
    assert together.dimension.sum(1) == pytest.approx([1.0, 1.0])


def test_plain_texts_fall_in_their_dimension() -> None:
    texts = {
        "physical": "Heavy shelling and armed clashes continued; landmines block the road and militants "
        "attacked the base.",
        "material": "Cholera cases are rising and the clinics lack medicines; vaccination campaign starts "
        "for children under five.",
        "legal": "Activists were arbitrarily detained and tortured; the court denied a fair trial and "
        "women's rights groups were banned.",
    }
    scores = load_gate().score([read(text, LEXICON) for text in texts.values()])
    assert [("legal", "physical", "material", "none")[i] for i in scores.dimension.argmax(1)] == list(texts)


def test_an_empty_text_scores() -> None:
    scores = load_gate().score([read("", LEXICON)])
    assert scores.theme.shape == (1, len(LEXICON.themes))
    assert np.isfinite(scores.theme).all()


def test_a_text_without_any_theme_word_is_about_none_of_the_dimensions() -> None:
    texts = ["The film festival awards were handed out on Monday.", "A recipe for lentil soup with lemon."]
    scores = load_gate().score([read(text, LEXICON) for text in texts])
    assert (scores.dimension.argmax(1) == 3).all()


def test_themes_learned_from_reports_judge_the_dimension_too() -> None:
    gate = load_gate()
    assert set(gate.voting) == set(RELIEFWEB.values())
    rows = features.rows([read("A", LEXICON)], gate.layout, gate.idf)
    heads = {group: np.zeros_like(weights) for group, weights in gate.weights.items()}
    heads["theme"][0] = -9.0
    heads["theme"][0, gate.layout.themes.index("human_rights")] = 9.0
    alone = replace(gate, weights=heads, voting=()).score_rows(rows).dimension[0]
    judged = replace(gate, weights=heads).score_rows(rows).dimension[0]
    assert alone == pytest.approx([0.25] * 4)
    assert judged[0] > 0.7
    assert judged[3] == pytest.approx(0.25), "the themes say which dimension, not whether there is one"
    assert judged.sum() == pytest.approx(1.0)


def test_summaries_of_reports_on_rights_teach_what_is_legal(tmp_path: Path) -> None:
    file = tmp_path / "law.json"
    file.write_text(json.dumps({"Atland": {"summary": "The zorblat was described."}}), encoding="utf-8")
    told = [Example(f"The meadow in district {n} was described.", frozenset({theme}), frozenset(), "report")
            for n in range(20) for theme in ("health", "mines_erw")]  # fmt: skip
    legal = read("The zorblat was described.", LEXICON)
    without, with_law = (
        train(told + more, LEXICON, {}).score([legal]) for more in ([], load_law_examples([file] * 40))
    )
    assert with_law.dimension[0, 0] > without.dimension[0, 0]


def test_cross_validation_spreads_every_stratum_and_scores_each_text_unseen(tmp_path: Path) -> None:
    strata = ["legal"] * 7 + ["material"] * 23
    fold = _folds(strata, np.random.default_rng(1))
    for stratum in set(strata):
        sizes = np.bincount(fold[[name == stratum for name in strata]], minlength=FOLDS)
        assert sizes.max() - sizes.min() <= 1
    subjects = {"Health": "clinic", "Mine Action": "landmine", "Gender": "women s rights"}
    reports = [{"id": f"{n}", "text": f"The {word} of village {n}.", "themes": [label]}
               for n in range(5) for label, word in subjects.items()]  # fmt: skip
    events = [{"id": f"{n}", "text": f"Warplanes bombed village {n}.", "subtype": "AIR_STRIKE"} for n in range(6)]
    for name, rows in (("themes_reliefweb", reports), ("events_case2021", events), ("themes_upr", [])):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    figures = cross_validate(tmp_path, [], 1, LEXICON)
    assert figures["dimension_macro_f1"] == [1.0]
    assert figures["macro_f1"] == [1.0]
    assert 0 < figures["dimension_log_loss"][0] < 1
    assert 0 <= figures["theme_calibration_error"][0] < 0.5


def test_settings_are_chosen_by_what_the_other_texts_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only words the theme table lacks tell the dimension, a word must be free to move."""
    told = [Example(f"The {word} of village {n}.", frozenset({theme}), frozenset(RELIEFWEB.values()), "report")
            for n in range(10) for word, theme in (("zorblat", "human_rights"), ("plonk", "mines_erw"))]  # fmt: skip
    monkeypatch.setattr(cross_validate_module, "FITTED", ((1.0, 0.001), (1.0, 2.8)))
    chosen = cross_validate_module._choose(TrainingSet.of(told, LEXICON), np.random.default_rng(0))
    assert chosen.words == 2.8
    assert chosen.vote in cross_validate_module.VOTES


def test_calibration_error_is_the_distance_of_promise_and_outcome() -> None:
    right = np.array([1.0, 0.0, 0.0, 0.0])
    assert calibration_error(np.full(4, 0.25), right) == 0.0
    assert calibration_error(np.full(4, 0.75), right) == 0.5
    assert calibration_error(np.array([1.0, 0.0, 0.0, 0.4]), right) == 0.1


def test_each_theme_of_the_table_speaks_for_its_dimension_in_every_language() -> None:
    facts = read_facts(Path(__file__).with_name("cases"), LEXICON)
    assert set(facts) == {"nl", "fr", "ar"}
    for language, sentences in facts.items():
        scores = load_gate().score([read(text, LEXICON, language) for text, _, _ in sentences]).dimension
        named = [DIMENSIONS[number] for number in scores.argmax(1)]
        right = np.mean([name == row[2] for name, row in zip(named, sentences, strict=True)])
        assert right >= 0.88, (language, right)


def test_pages_of_travel_advice_teach_the_dimension_their_name_says(tmp_path: Path) -> None:
    for name in ("Safety and security", "Health", "Entry requirements"):
        (tmp_path / "Atland").mkdir(exist_ok=True)
        (tmp_path / "Atland" / f"{name}.md").write_text(f"The page on {name}.", encoding="utf-8")
    pages = load_advice_examples(tmp_path)
    assert sorted(min(page.themes) for page in pages) == ["health", "insecurity"]
    assert all(page.kind == "advice" and page.weight < 1 for page in pages)


def test_other_texts_are_measured_by_a_gate_that_has_not_seen_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = [{"id": f"{n}", "text": f"The {word} of village {n}.", "themes": [label]}
               for n in range(5) for label, word in (("Health", "clinic"), ("Mine Action", "landmine"))]  # fmt: skip
    lines = {
        "themes_reliefweb": reports,
        "events_case2021": [],
        "themes_upr": [{"id": "u", "text": "End torture.", "issues": ["Torture and other CID treatment"]}],
        "region_fakes": [{"text": "Heavy shelling hit the town."}],
    }
    for name, rows in lines.items():
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    for country in ("Atland", "Betland"):
        (tmp_path / country).mkdir()
        (tmp_path / country / "Health.md").write_text("Clinics lack medicines.", encoding="utf-8")
    assert evaluate_other_texts([str(tmp_path), "--advice", str(tmp_path)]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures == {"advice: health": [100, 2], "war news": [100, 1], "recommendations": [100, 1]}


def test_save_and_read_keep_scores(tmp_path: Path) -> None:
    gate = load_gate()
    save_gate(gate, tmp_path / "g.npz")
    again = read_gate(tmp_path / "g.npz", LEXICON)
    readings = [read("Police fired tear gas at protesters.", LEXICON)]
    assert np.allclose(gate.score(readings).theme, again.score(readings).theme, atol=0.02)
    assert again.voting == gate.voting
    save_gate(replace(gate, vote=1.25), tmp_path / "g.npz")
    assert read_gate(tmp_path / "g.npz", LEXICON).vote == 1.25


def test_a_missing_gate_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(GateError, match="train_gate"):
        read_gate(tmp_path / "none.npz", LEXICON)


def test_a_gate_of_another_layout_is_refused(tmp_path: Path) -> None:
    gate = load_gate()
    older = Gate(gate.layout, gate.idf[: features.WORD_CELLS], gate.weights, gate.meta)
    save_gate(older, tmp_path / "older.npz")
    with pytest.raises(GateError, match="another theme table"):
        read_gate(tmp_path / "older.npz", LEXICON)


def test_the_opening_has_cells_of_its_own() -> None:
    title, later = words_of("Bombing " + "x " * 40), words_of("x " * 40 + "bombing")
    first, second = features.hashed_counts(title)[0], features.hashed_counts(later)[0]
    assert set(first[first >= features.WORD_CELLS]) > set(second[second >= features.WORD_CELLS])


def test_a_handful_of_words_says_less_than_many() -> None:
    def lengths(text: str) -> list[float]:
        row = features.stack(np.zeros((1, 3)), [features.hashed_counts(words_of(text))], np.full(features.CELLS, 4.0))
        blocks = row[:, 3 : 3 + features.WORD_CELLS], row[:, 3 + features.WORD_CELLS :]
        return [float(np.sqrt(block.multiply(block).sum())) for block in blocks]

    short, long = lengths("Bombing"), lengths(" ".join(f"word{n}" for n in range(2000)))
    assert max(short) < 0.8
    assert long == pytest.approx([1.0, 1.0], abs=0.1)
    assert long[0] <= 1.0


def test_a_head_can_be_fitted_against_others() -> None:
    rows = sparse.csr_matrix(np.ones((200, 1)))
    against = np.full(200, 2.0)
    target = np.array([1.0] * 100 + [0.0] * 100)
    weights = fit_binary(rows, target, np.ones(200), Prior(np.zeros(1), np.full(1, 50.0)), against=against)
    assert weights[0] == pytest.approx(2.0, abs=0.01), "even odds where its margin equals the others'"


def test_fits_follow_data_and_stay_at_the_mean_without() -> None:
    rows = sparse.csr_matrix(np.array([[1.0, 2.0, 0.0], [1.0, -2.0, 0.0]] * 20))
    prior = Prior(np.array([0.0, 0.0, 7.0]), np.array([1.0, 5.0, 5.0]))
    weights = fit_binary(rows, np.array([1.0, 0.0] * 20), np.ones(40), prior)
    assert weights[1] > 1
    assert weights[2] == 7.0  # no row has this column
    target = np.eye(2)[[0, 1] * 20]
    classes = fit_softmax(rows, target, np.ones(40), Prior(np.zeros((3, 2)), np.ones(3)))
    assert (np.asarray(rows @ classes).argmax(1) == [0, 1] * 20).all()


def test_many_texts_and_few_are_fitted_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(2)
    rows = sparse.csr_matrix(random.random((12, 40)) * (random.random((12, 40)) < 0.3))
    prior = Prior(random.normal(size=40), random.random(40) + 0.1)
    target = (random.random(12) < 0.5).astype(float)
    weights = fit_binary(rows, target, np.ones(12), prior)
    monkeypatch.setattr(gate_fit, "MOST_TEXTS", 5)
    assert fit_binary(rows, target, np.ones(12), prior) == pytest.approx(weights, abs=1e-3)


def test_balanced_weights() -> None:
    target = np.eye(2)[[0, 0, 0, 1]]
    weight = balanced(target, np.ones(4))
    assert weight[:3].sum() == pytest.approx(weight[3:].sum())
    assert balanced(target, np.ones(4), 0.0) == pytest.approx(np.ones(4))


def test_measures_against_known_values() -> None:
    assert macro_f1(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])) == pytest.approx((2 / 3 + 0.8) / 2, abs=1e-4)
    assert average_precision(np.array([True, False, True]), np.array([0.9, 0.8, 0.7])) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(np.array([True, False]), np.array([0.5, 0.5])) == pytest.approx(
        0.5
    )  # a tie earns its share
    assert macro_f1(np.array([], int), np.array([], int)) is None


def test_measures_agree_with_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    generator = np.random.default_rng(3)
    for _ in range(20):
        truth, guess = generator.integers(0, 4, 30), generator.integers(0, 5, 30)
        assert macro_f1(truth, guess) == pytest.approx(metrics.f1_score(truth, guess, average="macro"), abs=1e-4)
        target, score = generator.random(30) < 0.3, generator.integers(0, 6, 30) / 6
        if target.any():
            assert average_precision(target, score) == pytest.approx(metrics.average_precision_score(target, score))


def test_a_trained_head_learns_a_word_the_lexicon_lacks() -> None:
    examples = []
    for n in range(30):
        about = n % 2 == 0
        text = (
            f"The zorblat in district {n} was described by people."
            if about
            else f"The meadow in district {n} was described by people."
        )
        examples.append(
            Example(text, frozenset({"health"} if about else {"funding"}), frozenset(RELIEFWEB.values()), "report")
        )
    gate = train(examples, LEXICON, {})
    scores = gate.score([read("A zorblat was described.", LEXICON), read("A meadow was described.", LEXICON)])
    health = list(LEXICON.themes).index("health")
    assert scores.theme[0, health] > scores.theme[1, health] + 0.1
    untrained = lexicon_gate(LEXICON).score([read("A zorblat was described.", LEXICON)])
    assert untrained.theme[0, health] < scores.theme[0, health]
    again = train(examples, LEXICON, {})
    assert all(np.array_equal(gate.weights[group], again.weights[group]) for group in gate.weights)


def test_layout_matches_columns() -> None:
    layout = features.Layout.of(LEXICON)
    assert features.rows([read("war", LEXICON)], layout, np.ones(features.CELLS)).shape == (1, layout.size)
    assert features.rows([], layout, np.ones(features.CELLS)).shape == (0, layout.size)


def test_evaluate_refuses_other_files(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"words": "x"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="rows need 'text'"):
        evaluate_themes(path)


def test_evaluate_both_forms(tmp_path: Path) -> None:
    reports = [
        {"text": "Landmine clearance teams removed unexploded ordnance.", "themes": ["Mine Action"]},
        {"text": "Cholera outbreak: clinics lack medicines.", "themes": ["Health"]},
        {"text": "Donors pledged 5 million in funding.", "themes": ["Contributions"]},
    ]
    path = tmp_path / "r.jsonl"
    path.write_text("\n".join(map(json.dumps, reports)), encoding="utf-8")
    figures = evaluate_themes(path)
    assert figures["dimension_macro_f1"] == 1.0
    assert figures["theme_macro_ap"] > 0.8
    events = [
        {"text": "Warplanes bombed the town.", "subtype": "AIR_STRIKE"},
        {"text": "Protesters marched.", "subtype": "PEACE_PROTEST"},
    ]
    path.write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
    assert evaluate_themes(path)["macro_f1"] == 1.0


def test_shipped_gate_on_the_labelled_texts(real: Path) -> None:
    """The shipped gate has seen these texts: this guards against a broken file, it is no measurement."""
    figures = evaluate_themes(real / "text" / "events_case2021.jsonl")
    assert figures["macro_f1"] > 0.85
    assert figures["lexicon"]["macro_f1"] > 0.5


def decisions(count: int, word: str = "zorblat") -> list[Decision]:
    found = []
    for n in range(count):
        about = n % 2 == 0
        quote = f"The {word if about else 'meadow'} near village {n} is described in this report."
        found.append(Decision(f"doc-{n}", quote, "en", "health", "confirmed" if about else "rejected"))
    return found


def test_learning_keeps_what_helps() -> None:
    learned = learn(decisions(200), load_gate())
    assert learned.kept
    assert learned.loss_after < learned.loss_before
    assert learned.held_out >= 20
    assert learned.held_out == sum(is_held_out(d.document_id) for d in decisions(200))


def test_learning_from_noise_keeps_the_old_gate() -> None:
    gate = lexicon_gate(LEXICON)
    generator = np.random.default_rng(5)
    fitted = learn(decisions(200), load_gate()).gate
    noise = [
        Decision(d.document_id, d.quote, d.language, d.theme, "confirmed" if generator.random() < 0.5 else "rejected")
        for d in decisions(200)
    ]
    assert learn(noise, fitted).gate is fitted or learn(noise, fitted).loss_after < learn(noise, fitted).loss_before
    few = learn(decisions(10), gate)
    assert few.gate is gate
    assert "confirm or reject more" in few.reason


def test_learning_writes_only_a_better_gate(tmp_path: Path) -> None:
    out = tmp_path / "new.npz"
    assert not learn_file(decisions(8), out).kept
    assert not out.exists()
    assert gate_in_use(out) is load_gate()
    assert learn_file(decisions(200), out).kept
    assert read_gate(out, LEXICON).meta["decisions"] == 200
    assert gate_in_use(out).digest == read_gate(out, LEXICON).digest != load_gate().digest
    assert gate_in_use(out).voting == load_gate().voting
    again = learn_file(decisions(200), out)
    assert not again.kept, "the same decisions teach nothing more"
    found = read_gate(out, LEXICON)
    save_gate(replace(found, meta={**found.meta, "refit_of": "older"}), out)
    assert gate_in_use(out) is load_gate(), "a new version's weights are not hidden by what was learned before"
    assert learn_file(decisions(200), out).kept, "and learning again brings it back"
    out.write_bytes(b"no gate")
    assert gate_in_use(out) is load_gate(), "a damaged file stops nothing"


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (Decision("d", "q", "en", "healthy", "confirmed"), "not in themes.toml"),
        (Decision("d", "q", "en", "health", "maybe"), "write one of"),
        (Decision("d", "q", "en", "health", "recoded"), "right_theme belongs"),
        (Decision("d", "q", "en", "health", "confirmed", "food"), "right_theme belongs"),
    ],
)
def test_bad_decisions_are_refused(decision: Decision, message: str) -> None:
    with pytest.raises(LearnError, match=message):
        learn([decision], load_gate())
