"""Chips, links and tables: everything is a word too, every id is a link, outside text is shown as written."""

from __future__ import annotations

import csv
import io
import json
import operator
import re
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest

from dashboard import bands, draw, router, table
from dashboard.language import LANGUAGES
from tests.dashboard.page_kit import HOSTILE, page

TAGS = re.compile(r"<(script|b>Evil|img|iframe)", re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chip_says_its_word(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    shown = page(monkeypatch, language)
    for key in bands.KEYS:
        assert bands.word(key, language) in draw.band(shown, key)
        assert bands.word(key, language) in draw.band(shown, key, short=True)
    for confidence in ("very_low", "low", "moderate", "high"):
        assert bands.stated("confidence", confidence, language).lower() in draw.confidence_chip(shown, confidence)
    for state in ("assessed", "stale", "insufficient", "fine", "quiet", "broken", "disabled", "never"):
        assert shown.word(f"state.{state}") in draw.state_chip(shown, state)
    for category in ("A0", "A1", "A2", "A3", "A4", "AU"):
        assert category in draw.category_chip(shown, category)


def test_an_unknown_that_points_to_severe_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = page(monkeypatch)
    severe = draw.band_chip(shown, {"state": "insufficient", "level": 4, "indicative_level": 5})
    assert "Insufficient information; what is known points to: Exceptional" in severe
    assert "rw-known-5" in severe
    mild = draw.band_chip(shown, {"state": "insufficient", "level": 4, "indicative_level": 1})
    assert "points to" not in mild


def test_every_evidence_id_is_a_link_and_the_rest_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [f"ipc:AFG|2023-04|{n}&x" for n in range(9)] + ["wdi:1"]
    found = draw.evidence_links(page(monkeypatch), ids)
    assert found.count("<a ") == 10
    assert found.count("<details") == 1
    assert "id=ipc%3AAFG%7C2023-04%7C0%26x" in found
    assert "lang=en" in found
    assert "IPC Global Partners<" in found
    assert draw.evidence_links(page(monkeypatch), []) == ""


def test_without_the_page_there_is_text_and_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = page(monkeypatch, paths=())
    assert "<a " not in draw.evidence_links(shown, ["ipc:1", "ipc:2"])
    assert "IPC" in draw.evidence_links(shown, ["ipc:1"])


def test_hostile_text_is_shown_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = page(monkeypatch)
    row = {"region_id": HOSTILE, "name_en": HOSTILE, "text_en": HOSTILE, "evidence_ids": ["evil:<script>", HOSTILE]}
    columns = [table.Column(HOSTILE, lambda r: r["name_en"]), table.Column("n", lambda r: r["evidence_ids"])]
    pieces = [
        draw.region_link(shown, row),
        draw.reasons(shown, [row]),
        draw.evidence_links(shown, row["evidence_ids"]),
        draw.chip(HOSTILE, HOSTILE, HOSTILE),
        table.table_html(shown, [row], columns, HOSTILE),
    ]
    for piece in pieces:
        assert not TAGS.search(piece)
        assert "&lt;script&gt;" in piece or "%3Cscript%3E" in piece


def test_files_hold_every_row_and_run_no_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[dict[str, Any]] = [
        {"name": "=1+1", "day": date(2026, 1, 2), "n": None, "ids": ["a", "b"]},
        {"name": "é\x07", "day": None, "n": -2.5, "ids": []},
    ]
    columns = [table.Column(name, operator.itemgetter(name)) for name in ("name", "day", "n", "ids")]
    lines = list(csv.reader(io.StringIO(table.as_csv(rows, columns).decode("utf-8-sig"))))
    assert lines == [["name", "day", "n", "ids"], ["'=1+1", "2026-01-02", "", "a; b"], ["é\x07", "", "-2.5", ""]]
    sheet = openpyxl.load_workbook(io.BytesIO(table.as_xlsx(rows, columns))).active
    assert sheet is not None
    assert [[c.value for c in r] for r in sheet.iter_rows()][1] == ["'=1+1", "2026-01-02", None, "a; b"]
    assert {c.data_type for r in sheet.iter_rows() for c in r} <= {"s", "n", "inlineStr"}
    first = json.loads(table.as_json(rows, columns))[0]
    assert first == {"name": "=1+1", "day": "2026-01-02", "n": None, "ids": ["a", "b"]}


def test_a_table_names_its_rows_and_leaves_file_columns_out(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = [table.Column("a", lambda r: r["a"]), table.Column("hidden", lambda r: 7, only_files=True)]
    found = table.table_html(page(monkeypatch), [{"a": None}], columns)
    assert '<th scope="row">-</th>' in found
    assert "hidden" not in found
    assert b"hidden" in table.as_csv([{"a": 1}], columns)


def test_the_router_leaves_other_origins_and_other_tabs_to_the_browser() -> None:
    assert "url.origin !== window.location.origin" in router.JS
    for key in ("ctrlKey", "metaKey", "shiftKey", "altKey"):
        assert key in router.JS


def test_the_first_page_is_the_root_address(monkeypatch: pytest.MonkeyPatch) -> None:
    class First:
        url_path = ""

    shown = page(monkeypatch)
    shown = replace(shown, pages={"situation": First(), "region": "page"})
    assert draw.address(shown, "situation") == "./?lang=en"
    assert draw.address(shown, "region", region="AF-BAL") == "region?lang=en&region=AF-BAL"


def test_a_caption_that_repeats_the_heading_is_for_screen_readers_and_empty_cells_are_marked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    columns = [
        table.Column("Name", lambda row: row["name"]),
        table.Column("Deaths", lambda row: row["deaths"], None, True),
    ]
    rows: list[dict[str, Any]] = [{"name": "Balkh", "deaths": None}, {"name": "Herat", "deaths": 0}]
    shown = table.table_html(page(monkeypatch), rows, columns, "Deaths", headed=True)
    assert '<caption class="rw-unseen">Deaths</caption>' in shown
    assert '<td class="rw-number rw-none" data-label="Deaths">-</td>' in shown
    assert '<td class="rw-number" data-label="Deaths">0</td>' in shown, "a measured zero is something"


def test_commands_in_a_sentence_are_set_apart_and_the_rest_is_text() -> None:
    assert draw.commands("run `returnwatch up` & wait") == "run <code>returnwatch up</code> &amp; wait"
    assert draw.commands("a ` alone <b>") == "a ` alone &lt;b&gt;"
    assert not TAGS.search(draw.commands(f"`{HOSTILE}`"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_entered_says_so(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    shown = page(monkeypatch, language)
    assert shown.word("common.entered") in draw.evidence_links(shown, ["ledger:3"])
