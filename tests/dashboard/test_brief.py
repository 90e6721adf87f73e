"""The brief's content: the order of the caseworker's page, nothing softened, nothing unknown shown as fine."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from assessment.framework import DIMENSIONS
from dashboard.brief_content import content
from dashboard.brief_parts import CUT, FIRST_PAGE, SECOND_PAGE, budget, clip, figure, measured
from dashboard.language import LANGUAGES, load
from tests.dashboard import brief_kit as kit

EN = load("en")


def section(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(part for part in found["sections"] if part["id"] == name)


def said(found: Any) -> str:
    return json.dumps(found, ensure_ascii=False)


def test_the_order_is_the_one_of_the_caseworkers_page() -> None:
    found = content(kit.facts(), EN)
    assert [part["id"] for part in found["sections"]] == [
        "gates", "unknowns", "route", "cards", "perspective", "contacts", "sources",
    ]  # fmt: skip
    assert [row["id"] for row in found["bands"]["three"]] == list(DIMENSIONS)
    assert found["notice"][0].startswith("This is country information, not a judgement on your client.")
    assert [fact["value"] for fact in found["facts"][:2]] == ["23 November 2026", "22 January 2027"]


def test_without_a_decision_the_suggestion_is_said_to_be_one() -> None:
    advice = content(kit.facts(), EN)["advice"]
    assert advice["status"] == "suggestion"
    assert "nobody has decided" in advice["heading"]
    assert advice["words"] == "Only at the person's own informed wish, with extra safeguards"


def test_a_decision_in_force_is_shown_and_a_differing_suggestion_beside_it() -> None:
    found = content(kit.facts(standing=kit.standing()), EN)
    assert found["advice"]["heading"] == "Advice in force"
    assert found["advice"]["category"] == "A1"
    text = " ".join(found["advice"]["lines"])
    assert "In force since 2 November 2026." in text
    assert "checked by a second person, signed by a jurist" in text
    assert "Reason: Roads are closed." in text
    assert "The newest assessment suggests: Only at the person's own informed wish" in text
    assert "somebody@example.org" not in said(found), "no staff name leaves the house"


@pytest.mark.parametrize(("status", "expires"), [("lapsed", None), ("override_expired", "2026-11-20")])
def test_advice_whose_time_is_over_is_never_shown_as_in_force(status: str, expires: str | None) -> None:
    found = content(kit.facts(standing=kit.standing(status, "A2", expires=expires)), EN)
    assert found["advice"]["heading"] in ("Lapsed advice", "Advice whose time is over")
    assert "Until somebody decides again" in " ".join(found["advice"]["lines"])


def test_insufficient_information_names_what_the_known_part_warns_of() -> None:
    rows = {name: kit.dimension(name) for name in DIMENSIONS}
    rows["legal"] = kit.dimension("legal", state="insufficient", level=5, indicative_level=5,
                                  why_insufficient=["coverage", "core:L2", "core:L3"])  # fmt: skip
    rows["material"] = kit.dimension("material", state="insufficient", level=4, indicative_level=None,
                                     why_insufficient=["blackout"])  # fmt: skip
    legal, physical, material = content(kit.with_region(kit.facts(), dimensions=rows), EN)["bands"]["three"]
    assert legal["word"] == "Insufficient information; what is known points to: exceptional"
    assert legal["lines"][1] == "Too little is known: too few indicators have data, a core indicator is missing."
    assert physical["word"] == "Serious concern"
    assert material["word"] == "Insufficient information: count it as severe"
    assert material["key"] == "U"


def test_a_gate_that_made_a_band_worse_is_said() -> None:
    rows = {name: kit.dimension(name) for name in DIMENSIONS}
    rows["physical"] = kit.dimension("physical", level=5, level_before_gates=3)
    found = content(kit.with_region(kit.facts(), dimensions=rows, gates=[kit.gate()]), EN)
    assert found["bands"]["three"][1]["lines"][-1] == "A gate made this worse; without it: Serious concern."
    gate = section(found, "gates")["items"][0]
    assert gate["lead"] == "Moratorium in force"
    assert gate["note"] == "since 27 June 2024, example.org"


def test_no_gate_does_not_clear_the_region_and_a_note_is_no_gate() -> None:
    note = {**kit.gate("No acceptable route to the region. Whether the arrival point is open is unknown."),
            "effect": "note"}  # fmt: skip
    part = section(content(kit.with_region(kit.facts(), gates=[note]), EN), "gates")
    assert part["intro"] == [EN("brief.gates.none")]
    assert (part["items"][0]["lead"], part["items"][0]["text"]) == (
        "Note", "Whether the arrival point is open is unknown."
    )  # fmt: skip


def test_no_information_about_a_group_is_shown_like_depends_and_never_like_not_substantiated() -> None:
    cards = [kit.card("N", "minors"), kit.card("?", "lgbti"), kit.card("W", "women"), kit.card("C", "stateless")]
    part = section(content(kit.with_region(kit.facts(), profile_cards=cards), EN), "cards")
    tones = {row["lead"]: row["tone"] for row in part["items"]}
    assert [row["tone"] for row in part["items"][:3]] == ["5", "U", "2"], "worst first"
    assert tones["LGBTI people"] == tones["Stateless and undocumented people"] == "U"
    assert len(part["items"]) == 11
    assert "treat as depending on circumstances" in " ".join(part["intro"])


def test_no_group_at_risk_is_left_out_of_the_tightest_brief() -> None:
    tight = content(kit.hostile(), EN, budget(len(FIRST_PAGE) - 1, len(SECOND_PAGE) - 1))
    text = said(section(tight, "cards"))
    for profile in kit.facts().profiles:
        assert profile["name_en"] in text


def test_alerts_people_settled_are_not_open_and_do_not_change_the_version() -> None:
    alert = {"alert_id": "a:1", "text_en": "Deaths rose", "text_nl": "Meer doden", "opened": kit.AS_OF}
    found = kit.facts(alerts=[alert])
    assert [row["lead"] for row in section(content(found, EN), "gates")["items"]] == ["Open alert"]
    assert content(found, EN)["facts"][1]["value"] == "23 December 2026", "an open alert shortens the time"
    settled = replace(found, settled=frozenset({"a:1"}))
    assert section(content(settled, EN), "gates")["items"] == []
    assert settled.version == found.version


def test_six_topics_each_with_a_question_and_what_is_known() -> None:
    beside = [
        {"indicator_id": "D2", "value": 48.38, "text": None, "ref_end": date(2025, 12, 31),
         "source_id": "source_legal_1", "evidence_ids": ["a:1"]},
        {"indicator_id": "D2", "value": 2.0, "text": None, "ref_end": date(2023, 12, 31),
         "source_id": "source_legal_2", "evidence_ids": ["a:2"]},
    ]  # fmt: skip
    part = section(content(kit.with_region(kit.facts(), perspective=beside), EN), "perspective")
    assert len(part["items"]) == 6
    assert all(row["ask"].endswith("?") for row in part["items"])
    support = part["items"][-1]["text"]
    assert "48.4 people returned per 1,000 inhabitants in a year (31 December 2025)" in support
    assert "(31 December 2023)" not in support, "the newest counts"
    assert next(row for row in part["items"] if row["lead"] == "Medical care")["text"] == "No information."


def test_unknowns_name_core_indicators_first_and_count_the_rest() -> None:
    found = content(kit.facts(), EN, budget(4, 0))
    row = section(found, "unknowns")["items"][0]
    assert row["text"].startswith("Rule of law and access to a court; Protection by those in control.")
    assert row["note"] == "5 more; page Region"


def test_without_routes_the_way_is_unknown_and_with_them_it_names_the_worst_part() -> None:
    assert section(content(kit.facts(), EN), "route")["intro"][0] == EN("brief.route.none")
    ways = [kit.route(), kit.route("closed")]
    part = section(content(kit.with_region(kit.facts(), routes=ways), EN), "route")
    assert part["items"][0]["text"] == (
        "From Kabul through Kabul, Balkh. Worst part: Kabul, information of 1 September 2026."
    )
    assert part["items"][1]["lead"] == "Other way: the arrival point is closed"
    assert "just before travel" in part["intro"][0]


def test_partners_are_the_recorded_ones_or_none() -> None:
    assert section(content(kit.facts(), EN), "contacts")["intro"] == [EN("brief.contacts.none")]
    partner = {"name": "A recorded partner", "what": "housing", "contact": "+000", "checked": kit.AS_OF}
    rows = section(content(kit.facts(partners=[partner]), EN), "contacts")["items"]
    assert [(row["lead"], row["note"]) for row in rows] == [("A recorded partner", "+000, 23 November 2026")]


def test_every_reason_names_a_source_that_stands_in_the_list_with_its_day() -> None:
    found = content(kit.facts(), EN)
    listed = {row["lead"]: row for row in section(found, "sources")["items"]}
    for band in found["bands"]["three"]:
        for reason in band["reasons"]:
            assert reason["note"] == "for this region, 31 August 2026"
            assert all(f"[{number}]" in listed for number in reason["refs"])
            assert reason["refs"]
    assert all("information of 31 August 2026" in row["text"] for row in listed.values())
    assert all(row["note"] == "fetched 22 November 2026" for row in listed.values())


def test_what_a_run_worked_out_names_no_publisher() -> None:
    found = kit.facts()
    physical = kit.dimension("physical")
    physical["indicators"][0]["items"][0]["source_id"] = "computed"
    found = kit.with_region(found, dimensions={**found.region["dimensions"], "physical": physical})
    rows = section(content(found, EN), "sources")["items"]
    assert [row["note"] for row in rows if row["text"] == EN("brief.sources.computed")] == [""]


def test_warnings_of_starter_data_age_silence_and_broken_sources() -> None:
    assert content(kit.facts(), EN)["warnings"] == []
    found = content(kit.hostile(), EN)["warnings"]
    assert [text.split()[0] for text in found] == ["Starter", "The", "Reporting", "The", "3"]
    young = replace(kit.facts(), today=date(2026, 12, 7))
    assert content(young, EN)["warnings"] == []
    assert content(replace(young, today=date(2026, 12, 8)), EN)["warnings"] == [EN("brief.warn.old", days=14)]


def test_the_version_is_the_same_in_both_languages_and_changes_with_the_facts() -> None:
    plain = kit.facts()
    assert content(plain, EN)["version"] == content(plain, load("nl"))["version"] == plain.version
    assert re.fullmatch(r"AF-BAL\.0123456789abcdef\.[0-9a-f]{12}", plain.version)
    assert kit.with_region(plain, gates=[kit.gate()]).version != plain.version
    decided = replace(plain, standing=kit.standing())
    assert decided.version == f"{plain.version}.12"
    assert replace(plain, today=date(2027, 1, 1)).version == plain.version


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_brief_is_complete_in_each_language_and_never_says_safe(language: str) -> None:
    words = load(language)
    full = kit.with_region(
        kit.facts(standing=kit.standing()), gates=[kit.gate()], routes=[kit.route()], profile_cards=[kit.card("W")]
    )
    text = said(content(full, words))
    assert not re.search(
        r"\b(safe|unsafe|veilig|onveilig)\b", text.replace("Safe water", "").replace("Veilig water", ""), re.I
    )
    assert "{" not in text.replace('{"', "").replace("[{", "").replace(", {", "").replace(": {", "")


def test_what_is_shortened_says_so_and_where_the_rest_stands() -> None:
    assert content(kit.facts(), EN)["shortened"] == ""
    tight = content(kit.hostile(), EN, budget(3, 3))
    assert tight["shortened"] == EN("brief.more.shortened")
    assert section(tight, "gates")["more"] == "38 more; page Region"


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("short", 10, "short"),
        ("one two three four", 12, f"one two{CUT}"),
        ("x" * 50, 10, f"xxxxxxxx{CUT}"),
        ("a\u202eb\x00c\nd", 20, "a b c d"),
        ("", 5, ""),
    ],
)
def test_outside_text_is_one_line_of_bounded_length_without_turning_marks(text: str, most: int, expected: str) -> None:
    assert clip(text, most) == expected
    assert len(clip(text, most)) <= most


def test_values_are_phrases_with_three_digits_in_the_readers_form() -> None:
    dutch = load("nl")
    assert figure(dutch, 0.0841) == "0,0841"
    assert figure(dutch, 59.64) == "59,6"
    assert figure(dutch, 1234.5) == "1.234"
    assert figure(dutch, 0.0) == "0"
    assert figure(dutch, 2.0) == "2"
    assert measured(dutch, "P6", "code 0-4", 3.0) == "code 3 op een schaal van 0 (geen probleem) tot 4 (zeer slecht)"
    assert measured(dutch, "X9", "ells", 3.0) == "3 (ells)"
