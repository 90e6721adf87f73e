"""From documents to claims and stories: every claim is a quote; neighbours change nothing; the cost of hostile
text grows with its length only."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.text.pipeline import TextDocument, TextRows, process_documents
from tests.growth import assert_grows_gently

from .fakes import main, tag

DAY = datetime(2026, 11, 20)
REPORT = (
    "Heavy fighting between the army and rebels continued in Aleppo on Tuesday. At least 14 civilians were "
    "killed and 1,200 families "
    "were displaced. No airstrikes were reported in Idlib. Residents fear that rebels could use landmines.\n\n"
    "In 2011 protesters were arbitrarily detained in Idlib. This week 25 activists were arbitrarily arrested in Aleppo."
)


def document(identifier: str, text: str, title: str = "", **fields: object) -> TextDocument:
    values = {
        "source_id": "wire",
        "origin_family": "wire",
        "url": f"https://news.example/{identifier}",
        "published": DAY,
        **fields,
    }
    return TextDocument(id=identifier, title=title, text=text, **values)  # type: ignore[arg-type]


def run(*documents: TextDocument, window: object = ()) -> TextRows:
    return process_documents(documents, window, tagger=tag, main=main)  # type: ignore[arg-type]


def test_claims_of_a_report() -> None:
    rows = run(document("a", REPORT))
    claims = {(c.theme, c.region_id) for c in rows.claims}
    assert ("armed_clash", "SY-HL") in claims
    assert ("arbitrary_detention", "SY-HL") in claims
    assert ("displacement", "SY-HL") in claims  # the place of the sentence before
    assert not any(c.theme == "shelling_airstrike" for c in rows.claims)  # negated
    assert not any(c.theme == "mines_erw" for c in rows.claims)  # feared
    assert not any(c.region_id == "SY-ID" for c in rows.claims)  # past, or negated
    killed = [q.quantity for q in rows.quantities if q.quantity.unit == "killed"]
    assert [q.value for q in killed] == [14.0]
    detained = next(c for c in rows.claims if c.theme == "arbitrary_detention")
    assert detained.indicator_id == "L3"
    assert detained.polarity == -1
    assert detained.severity == 3
    assert rows.documents[0].language == "en"
    assert rows.documents[0].countries[0][0] == "SYR"


def test_a_title_can_be_quoted() -> None:
    rows = run(document("a", "Aid groups call for access.", title="Air strike kills 12 civilians in Idlib"))
    claim = next(c for c in rows.claims if c.part == "title")
    assert claim.quote == "Air strike kills 12 civilians in Idlib"
    assert claim.region_id == "SY-ID"


def test_arabic_and_dutch() -> None:
    rows = run(
        document("ar", "قتل ثلاثة مدنيين في غارات جوية على حلب أمس."),
        document("nl", "In Khartoem zijn 25 activisten willekeurig gearresteerd."),
    )
    found = {(c.document_id, c.theme, c.region_id) for c in rows.claims}
    assert ("ar", "shelling_airstrike", "SY-HL") in found
    assert ("nl", "arbitrary_detention", "SD-KH") in found
    assert ("ar", 3.0) in {(q.document_id, q.quantity.value) for q in rows.quantities}


def test_without_a_place_there_is_no_claim() -> None:
    assert run(document("a", "Heavy fighting between the two armies continued.")).claims == []
    declared = run(document("a", "Heavy fighting between the two armies continued.", countries=("YEM",)))
    assert {(c.iso3, c.region_rule) for c in declared.claims} == {("YEM", "declared:country")}


def test_unknown_language_is_kept_and_not_tagged() -> None:
    rows = run(document("zh", "人们星期一离开了城市。"))
    assert rows.documents[0].language == "und"
    assert rows.claims == []


def test_triggers_quote_their_sentence() -> None:
    rows = run(document("a", "Famine was declared in Khartoum. Aid is short."))
    assert [(t.trigger, t.quote, t.iso3) for t in rows.triggers] == [
        ("famine", "Famine was declared in Khartoum.", "SDN")
    ]


SENTENCES = st.sampled_from(
    [
        "Rebels attacked the village near Aleppo and 12 people were killed.",
        "No clashes were reported in Idlib.",
        "Torture of detainees in Kunduz continues.",
        "Farmers in Helmand lost 40 percent of the harvest.\n",
        "* Schools in Khartoum are closed.\n\n",
        "قصف على حلب.",
        "De gevechten in Khartoem gaan door.",
        "<p>x</p> \u202e\u0301 &amp;",
        "word " * 5,
    ]
)
DOCUMENTS = st.lists(st.lists(SENTENCES, min_size=0, max_size=6).map(" ".join), min_size=1, max_size=4)


@given(DOCUMENTS)
@settings(max_examples=60, deadline=None)
def test_offsets_cut_the_quote_and_tagging_is_deterministic(texts: list[str]) -> None:
    documents = [document(f"d{n}", text) for n, text in enumerate(texts)]
    first, second = run(*documents), run(*reversed(documents))
    by_id = {d.id: d for d in documents}
    for claim in first.claims:
        source = by_id[claim.document_id]
        assert (source.title if claim.part == "title" else source.text)[claim.start : claim.end] == claim.quote
        assert claim.quote
        assert claim.indicator_id or claim.profile
    for row in first.mentions:
        assert by_id[row.document_id].text[row.start : row.end] == row.mention.text
    assert sorted(first.claims, key=lambda c: c.claim_id) == sorted(second.claims, key=lambda c: c.claim_id)


@given(DOCUMENTS)
@settings(max_examples=40, deadline=None)
def test_an_unrelated_document_changes_no_other_claims(texts: list[str]) -> None:
    documents = [document(f"d{n}", text) for n, text in enumerate(texts)]
    stranger = document(
        "zz", "A volcano erupted far away and ash covered the harbour of a quiet island.", url="https://far.example/1"
    )
    alone, together = run(*documents).claims, run(*documents, stranger).claims
    assert [c for c in together if c.document_id != "zz"] == alone


@pytest.mark.parametrize(
    "text",
    [
        "Clashes " * 125_000,
        "a" * 1_000_000,
        "e\u0301\u0302" * 300_000,
        "\u202e\u2066\u200b\u200d" * 250_000,
        "<p>killed 12</p>" * 60_000,
        "\ud800 Torture in Aleppo.",
        "1,000 killed " * 70_000,
        "",
    ],
    ids=["words", "line", "marks", "bidi", "markup", "surrogate", "numbers", "empty"],
)
def test_hostile_text(text: str) -> None:
    rows = run(document("h", text))  # reads the tables, too, outside the measure
    assert_grows_gently(lambda part: run(document("h", part)), text[: len(text) // 4], text)
    assert all(text[c.start : c.end] == c.quote for c in rows.claims)


def test_reports_end_to_end(real: Path) -> None:
    lines = (real / "text" / "themes_reliefweb.jsonl").read_text(encoding="utf-8").splitlines()[:40]
    documents = [document(row["id"], row["text"]) for row in map(json.loads, lines)]
    rows = process_documents(documents)
    texts = {d.id: d.text for d in documents}
    assert len(rows.documents) == len(documents)
    assert rows.claims
    assert all(texts[c.document_id][c.start : c.end] == c.quote for c in rows.claims)
    assert len({c.iso3 for c in rows.claims}) > 5


def test_a_reference_is_no_statement() -> None:
    text = "See Landmines. Zie Ontvoeringen. Two men were killed by a landmine in Aleppo on Friday."
    quotes = {claim.quote for claim in run(document("a", text)).claims}
    assert quotes == {"Two men were killed by a landmine in Aleppo on Friday."}


def test_a_word_inside_an_expression_of_another_dimension_is_no_claim_of_its_own() -> None:
    rows = run(document("a", "High food insecurity was seen in Aleppo: 12,000 people skip meals every day."))
    assert {claim.theme for claim in rows.claims} == {"food"}
    both = run(
        document("b", "In Aleppo 12,000 suffer severe food insecurity, and insecurity on the roads is increasing.")
    )
    assert {claim.theme for claim in both.claims} == {"food", "insecurity"}
