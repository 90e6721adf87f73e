"""The report: plain words first, good and bad, in both languages, whole on its own, nothing left unfilled."""

import re
from html.parser import HTMLParser

import pytest

from assessment.validation import plots
from assessment.validation.report import plain_words, render_html, render_text, words
from assessment.validation.thresholds import Figure, judged, written
from assessment.validation.validate import plain


def result() -> dict:
    table = {"caption": "levels", "columns": ["level", "deaths_ahead", "interval_95"],
             "rows": [[1, float("nan"), None], [2, 1.25, (0.5, 2.0)]]}  # fmt: skip
    about = {"outcome": "onset", "horizon": 1, "lag": 1, "rows": 10, "events": 3, "base_rate": 0.3, "countries": 2,
             "blocks": "country", "verdict": "x"}  # fmt: skip
    rows = [["returnwatch", 0.8], ["zero", 0.1]]
    task = {"caption": "task", "columns": ["forecast", "average_precision"], "rows": rows, "about": about}
    dots = plots.dots("average_precision", [("returnwatch", 0.8, None, True), ("preds_x_rf_history", 0.7, None, False)])
    bars = plots.bars("sobol", [("legal: never seen", 0.9)])
    tests = [
        judged("V1", {"occurrence": Figure(0.83, 900, (0.7, 0.9)),
                      "onset": Figure(None, 0, why={"en": "none <b>", "nl": "geen"})},
               tables=[task], plots=[dots | {"about": ["any_event", 1]}, bars]),
        judged("V2", {"ratio": Figure(1.5, 4)}, tables=[table]),
        judged("V3", {}),
    ]  # fmt: skip
    basis = {"made": "2026-11-28T10:00", "as_of": "2026-11-28", "framework": "t", "units": 5, "countries": 2,
             "first": "2015-01", "last": "2022-12", "train_to": "2019-12", "lag": 1}  # fmt: skip
    return plain({
        "written": "2026-11-28", "quick": True, "basis": basis, "history_as_good": [["any_death", 12]], "tests": tests,
        "metrics": {"used": ["brier"], "refused": {"accuracy": "a question: why"}},
    })  # fmt: skip


class Balance(HTMLParser):
    """Every tag that opens closes, in order; no script and no address outside."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        assert tag != "script"
        assert not [value for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_data(self, data):
        self.texts.append(data)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_page_is_whole_and_starts_with_plain_words(language: str) -> None:
    page = render_html(result(), language)
    reader = Balance()
    reader.feed(page)
    assert reader.open == []
    text = " ".join(reader.texts)
    entry = words()
    first = [text.index(entry[key][language]) for key in ("plain", "holds", "fails", "unknown", "tests")]
    assert first == sorted(first)
    assert "{" not in text.split("}", 40)[-1]
    assert "<b>" not in page.replace("&lt;b&gt;", "")
    assert entry["forecast"]["rf"][language] in text
    assert entry["outcome"]["onset"][language] in text
    assert "nan" not in text.lower().split()
    assert entry["choice"]["never_seen"][language] in text


def test_each_test_is_told_by_its_verdict_and_failures_are_named() -> None:
    told = plain_words(result(), "en")
    assert [line[:2] for line in told["pass"]] == ["V1"]
    assert [line[:2] for line in told["fail"]] == ["V2"]
    assert "found 1.500, limit ≥ 2" in told["fail"][0]
    assert "\n" not in told["pass"][0]
    assert [line[:2] for line in told["not_enough_data"]] == ["V1"] * 7 + ["V3"]
    assert any(line.endswith(": none <b>.") for line in told["not_enough_data"])
    assert "any death, 12 month(s)" in told["history"][0]
    assert "ranks better than history alone" in plain_words(result() | {"history_as_good": []}, "en")["history"][0]


def test_the_text_has_a_line_per_check() -> None:
    text = render_text(result())
    for test in ("V1", "V2", "V3"):
        for check in written()[1][test]:
            assert re.search(rf"^  {test}\s+{check.check_id}\b", text, re.M)


def test_every_word_is_there_in_both_languages_and_no_verdict_is_safe() -> None:
    def leaves(entry):
        if set(entry) == {"en", "nl"}:
            yield entry
        else:
            for inner in entry.values():
                assert isinstance(inner, dict)
                yield from leaves(inner)

    for test in written()[1]:
        assert set(words()["plain_text"][test]) == {"pass", "fail", "not_enough_data"}
    for entry in leaves(words()):
        assert entry["en"].strip()
        assert entry["nl"].strip()
        assert re.findall(r"\{(\w+)", entry["en"]) == re.findall(r"\{(\w+)", entry["nl"])
    for verdict in words()["verdict"].values():
        assert "safe" not in verdict["en"]
        assert "veilig" not in verdict["nl"]
