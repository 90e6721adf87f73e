"""Search: found in every spelling, filtered, escaped, safe against any text."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.text.search import Filters, SearchError, query
from ingest.text.search_build import Item, build
from ingest.text.search_words import snippet

ITEMS = [
    Item(
        "a",
        "document",
        "Fighting in Hodeidah",
        "Heavy clashes <script>alert(1)</script> & shelling near the port of Ḥodeidah.",
        "u",
        "wire",
        "en",
        date(2026, 1, 2),
        ("YEM",),
        ("YE-HU",),
        ("armed_clash",),
    ),
    Item(
        "b",
        "document",
        "قصف على إدلب",
        "قُتل مدنيون في القصف على مدينة إدلب.",
        "u",
        "sana",
        "ar",
        date(2026, 1, 3),
        ("SYR",),
        ("SY-ID",),
        ("shelling_airstrike",),
    ),
    Item("c", "document", "Eénmalig", "De burgers zijn gevlucht naar Deir ez-Zôr.", "u", "krant", "nl", None, ("SYR",)),
    Item(
        "d",
        "claim",
        "",
        "Clashes closed the road.",
        "u",
        "wire",
        "en",
        date(2026, 2, 1),
        ("YEM",),
        (),
        ("route_airport",),
    ),
]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    path = tmp_path / "search.sqlite"
    assert build(ITEMS, path) == 4
    return path


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("hodeidah", ["a"]),
        ("HODEIDAH clashes", ["a"]),
        ("clash*", ["a", "d"]),
        ("clashes -shelling", ["d"]),
        ('"heavy clashes"', ["a"]),
        ('"clashes heavy"', []),
        ("deir zor", ["c"]),
        ("eenmalig", ["c"]),
        ("ادلب", ["b"]),
        ("القصف", ["b"]),
        ("قصف", ["b"]),
        ("nothing here", []),
    ],
)
def test_words(index: Path, text: str, ids: list[str]) -> None:
    assert sorted(r.id for r in query(index, text)) == ids


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(countries=("SYR",)), ["b", "c"]),
        (Filters(countries=("SYR", "YEM"), kind="document"), ["a", "b", "c"]),
        (Filters(regions=("SY-ID",)), ["b"]),
        (Filters(themes=("route_airport",)), ["d"]),
        (Filters(languages=("nl", "ar")), ["b", "c"]),
        (Filters(sources=("wire",)), ["a", "d"]),
        (Filters(since=date(2026, 1, 3)), ["b", "d"]),
        (Filters(since=date(2026, 1, 3), until=date(2026, 1, 31)), ["b"]),
        (Filters(since=date(2027, 1, 1)), []),
        (Filters(until=date(2025, 1, 1)), []),
        (Filters(), ["a", "b", "c", "d"]),
    ],
)
def test_filters(index: Path, filters: Filters, ids: list[str]) -> None:
    assert sorted(r.id for r in query(index, "", filters)) == ids


def test_filters_and_words_together(index: Path) -> None:
    assert [r.id for r in query(index, "clashes", Filters(kind="claim"))] == ["d"]
    assert [r.id for r in query(index, "clashes", Filters(countries=("SYR",)))] == []


def test_no_words_lists_the_newest_first(index: Path) -> None:
    assert [r.id for r in query(index, "", limit=2)] == ["d", "b"]


def test_snippets_are_escaped_and_marked(index: Path) -> None:
    result = query(index, "hodeidah")[0]
    assert "<mark>Ḥodeidah</mark>" in result.snippet
    assert "<mark>Hodeidah</mark>" in result.title
    assert "<script" not in result.snippet
    assert "&lt;script&gt;" in result.snippet
    assert result.day == date(2026, 1, 2)


def test_a_long_text_is_cut_around_the_word() -> None:
    cut = snippet("start " * 300 + "needle " + "end " * 300, ["needle"])
    assert cut.startswith("… ")
    assert cut.endswith(" …")
    assert "<mark>needle</mark>" in cut
    assert len(cut) < 320


def test_the_file_is_replaced_whole(index: Path) -> None:
    assert build(ITEMS[:1], index) == 1
    assert [r.id for r in query(index, "")] == ["a"]
    assert not index.with_name(index.name + ".new").exists()


def test_errors_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SearchError, match="publish a snapshot"):
        query(tmp_path / "none.sqlite", "x")
    other = tmp_path / "other.sqlite"
    other.write_bytes(b"SQLite format 3\x00" + b"x" * 200)
    with pytest.raises(SearchError, match="not a search index"):
        query(other, "x")


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_safe_query(index: Path, text: str) -> None:
    for result in query(index, text):
        bare = result.snippet.replace("<mark>", "").replace("</mark>", "")
        assert "<" not in bare


def test_a_damaged_text_can_be_indexed(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    build([Item("x", "document", "\ud800 title", "nul \x00 byte \udfff")], path)
    assert [r.id for r in query(path, "byte")] == ["x"]
