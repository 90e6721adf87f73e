"""The page Sources: every state, one source alone, hostile words, rhythm in words."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from assessment.read import Reader
from dashboard.language import LANGUAGES, load
from dashboard.page import escape
from dashboard.rhythm import rhythm
from dashboard.views import sources
from tests.dashboard.view_scene import HOSTILE, look


class Changed(Reader):
    """A reader some of whose sources are in a state of the test's choosing."""

    changes: dict[str, dict[str, Any]]

    def sources(self, now: datetime | None = None) -> list[dict[str, Any]]:
        return [{**row, **self.changes.get(row["source_id"], {})} for row in super().sources(now)]

    def issues(self, source_id: str | None = None) -> list[dict[str, Any]]:
        found = [{"message": HOSTILE, "where_in": HOSTILE, "remedy": HOSTILE, "last_seen": datetime(2026, 1, 2),
                  "first_seen": datetime(2026, 1, 1), "count": 3, "url": "javascript:alert(1)", "warc_file": None,
                  "record_id": None}]  # fmt: skip
        return found * 250 if source_id == "ipc" else []


@pytest.fixture
def changed(bare: Reader) -> Reader:
    found = Changed.open(bare._folder)
    found.changes = {
        "ipc": {"state": "broken", "message": HOSTILE, "remedy": "ask again", "since": datetime(2026, 1, 2),
                "publisher": HOSTILE, "rows": 3, "min_rows": 1000, "urls": ["javascript:alert(1)", "https://ipc.example/"]},
        "vdem": {"state": "stale", "remedy": "wait", "message": "old", "must_have": ["AFG", "SOM"]},
        "pts": {"state": "fine", "remedy": "", "message": ""},
        "wgi": {"state": "disabled", "remedy": "get a key", "message": "needs a key"},
    }  # fmt: skip
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_needs_somebody_stands_first_with_what_to_do(changed: Reader, language: str) -> None:
    html = look(changed, sources, None, language).html
    words = load(language)
    places = [html.index(f"source={name}") for name in ("ipc", "vdem", "wgi", "pts")]
    assert places == sorted(places)
    assert "ask again" in html
    assert escape(words("sources.below", rows=words.number(3), least=words.number(1000))) in html
    assert HOSTILE[:25] not in html


def test_a_state_in_the_address_narrows_the_list(changed: Reader) -> None:
    html = look(changed, sources, None, state="stale").html
    assert "source=vdem" in html
    assert "source=ipc" not in html
    assert "source=ipc" in look(changed, sources, None, state="nonsense").html


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_source_in_full_and_its_problems(changed: Reader, language: str) -> None:
    seen = look(changed, sources, None, language, source="ipc")
    words = load(language)
    assert HOSTILE[:25] not in seen.html
    assert 'href="javascript' not in seen.html
    assert 'href="https://ipc.example/"' in seen.html
    assert escape(words("sources.since", day=words.day(datetime(2026, 1, 2)))) in seen.html
    shown = words("sources.shown_of", shown=words.number(200), total=words.number(250))
    assert shown in [caption.value for caption in seen.test.caption]
    html = look(changed, sources, None, language, source="vdem").html
    assert escape(words("sources.must_have", names="AFG, SOM")) in html
    assert words("sources.no_issues") in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_source_is_said_and_the_list_follows(bare: Reader, language: str) -> None:
    html = look(bare, sources, None, language, source="<b>none").html
    assert escape(load(language)("sources.unknown", source="<b>none")) in html
    assert "source=ipc" in html


def test_shipped_figures_alone_are_said_to_be_that(bare: Reader) -> None:
    seen = look(bare, sources, None)
    assert escape(load("en")("sources.starter")) in seen.html
    assert "never" in seen.html, "loading the shipped figures is no answer of a publisher"


def test_an_empty_catalog_is_said(bare: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reader, "sources", lambda self, now=None: [])
    assert load("en")("sources.none") in look(bare, sources, None).html


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ("7 * * * *", "every hour"),
        ("35 */3 * * *", "8 times a day"),
        ("40 6,15 * * *", "2 times a day"),
        ("5 7 * * *", "every day"),
        ("40 6 * * 1-5", "5 times a week"),
        ("5 6 * * 1", "every week"),
        ("45 7 10 * *", "every month"),
        ("0 0 1 6 *", "less than once a month"),
    ],
)
def test_the_rhythm_is_said_as_the_turns_come(schedule: str, said: str) -> None:
    assert rhythm(load("en"), schedule) == said


def test_every_source_of_the_catalog_has_words_for_its_parts(bare: Reader, root: Path) -> None:
    for row in bare.sources():
        for language in LANGUAGES:
            words = load(language)
            assert words(f"sources.redistribution.{row['redistribution']}")
            assert words(f"sources.level_of.{row['level']}")
            assert words(f"state.{row['state']}")
