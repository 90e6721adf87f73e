"""The register as files: everything public is in them, nobody's name is, hostile words do nothing."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from assessment import register
from assessment.ledger_state import open_counter_evidence
from dashboard import register_files, table
from dashboard.language import LANGUAGES, load
from dashboard.page import Page
from dashboard.views.register import columns
from tests.assessment.test_register import decide
from tests.dashboard.policy_walk import PATHS, PolicyOffice
from tests.policy_scene import NOW, Run, prepare

REASON = '=HYPERLINK("https://evil.example") #strong[x] $y$ "quoted"'


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PolicyOffice]:
    monkeypatch.setattr("streamlit.query_params", {})
    prepare(tmp_path, [Run("run-1", date(2026, 11, 22))])
    found = PolicyOffice(tmp_path, NOW)
    decide(found.ledger, found.reader, "AF-BAL", NOW)
    decide(found.ledger, found.reader, "AF-HER", NOW)
    open_counter_evidence(found.ledger, found.who("vera"), "AF-BAL", "region AF-BAL", "The road is open.", NOW)
    yield found
    found.close()


def page_of(office: PolicyOffice, language: str) -> Page:
    pages = dict.fromkeys(PATHS, "page")
    return Page(office.reader, load(language), office.who("vera"), lambda: office.ledger, NOW, pages)


def test_json_holds_decisions_reports_and_the_head_but_no_name(office: PolicyOffice) -> None:
    entries = office.ledger.entries()
    made = register_files.as_json(register.history(entries), entries, office.ledger.head())
    found = json.loads(made)
    assert [row["region_id"] for row in found["decisions"]] == ["AF-HER", "AF-BAL"]
    assert found["reports"][0]["deadline"] == "2026-12-07"
    assert (found["head"]["seq"], len(found["head"]["hash"])) == (9, 64)
    assert not any(name in made.decode() for name in ("anna", "boris", "vera"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_and_the_pdf_hold_every_decision(office: PolicyOffice, language: str) -> None:
    page = page_of(office, language)
    rows = [{**row, "reason_en": REASON, "reason_nl": REASON} for row in register.history(office.ledger.entries())]
    sheet = openpyxl.load_workbook(io.BytesIO(table.as_xlsx(rows, columns(page)))).active
    assert sheet.max_row == 3
    cells = [cell for line in sheet.iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f"], "no formula"

    pytest.importorskip("typst", reason="typst is not installed (extra brief)")
    import pypdfium2

    made = register_files.as_pdf(page, rows, columns(page), office.ledger.head())
    document = pypdfium2.PdfDocument(made)
    text = "".join(part.get_textpage().get_text_range() for part in document)
    assert page.words.of({"name_en": "Balkh", "name_nl": "Balch"}, "name") in text
    assert "#strong[x]" in text.replace("\r\n", ""), "words are words, never markup"
    assert load(language)("register.title") in text
    assert b"/MarkInfo" in made, "tagged"
