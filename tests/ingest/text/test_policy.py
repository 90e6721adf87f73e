"""Policy texts as rows and changes; travel advice levels."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingest.text.advice_levels import level_changes, level_of, read_summary
from ingest.text.policy import areas_named, read_country_chapters
from ingest.text.policy_countries import country_code
from ingest.text.policy_versions import changed_rows, compare_versions, merge_versions, plain

CHAPTER = """### C7

####Landgebonden beleid

### 4

####Het asielbeleid ten aanzien van Soedan

### 4.1

####Besluitmoratorium

Ten aanzien van Soedan geldt een besluit in de zin van artikel 43 Vw.
### 4.2

####Risicogroepen in de zin van paragraaf C2/3.2  Vc

De IND beschouwt de volgende categorieën vreemdelingen als risicogroep:

* journalisten;

* leden van de oppositie.
### *Ad a.*

Dit geldt ook voor bloggers.
### 4.3

####Uitzonderlijke situatie in de zin van paragraaf C2/3.3  Vc

In de provincies Noord- en Zuid-Darfur is sprake van een uitzonderlijke situatie.
### 4.4

####Vertrekmoratorium

Ten aanzien van Soedan geldt geen besluit in de zin van artikel 45 Vw.
### C8

####Overige

Dit hoort niet bij een land.
"""
DAY, LATER = date(2026, 1, 1), date(2026, 6, 1)


def test_chapters_become_rows() -> None:
    rows = read_country_chapters(CHAPTER, DAY)
    assert [(r.iso3, r.item, r.answer) for r in rows] == [
        ("SDN", "decision_moratorium", "yes"),
        ("SDN", "risk_groups", "yes"),
        ("SDN", "exceptional_situation", "yes"),
        ("SDN", "departure_moratorium", "no"),
    ]
    assert rows[1].groups == ("journalisten", "leden van de oppositie")
    assert "bloggers" in rows[1].quote
    assert rows[2].areas == ("Noord-Darfur", "Zuid-Darfur")
    assert all(CHAPTER[r.start : r.end] == r.quote for r in rows)


def test_a_new_version_changes_only_what_was_reworded() -> None:
    new = (
        CHAPTER.replace("geldt een besluit", "geldt geen besluit")
        .replace("####Vertrekmoratorium", "#### **Vertrekmoratorium**")
        .replace("4.4", "4.5")
    )
    before, after = read_country_chapters(CHAPTER, DAY), read_country_chapters(new, LATER)
    changes = changed_rows(before, after)
    assert [(c.item, c.old.answer, c.new.answer) for c in changes if c.old and c.new] == [
        ("decision_moratorium", "yes", "no")
    ]
    merged = {row.item: row.valid_from for row in merge_versions([before, after])}
    assert merged["decision_moratorium"] == LATER
    assert merged["departure_moratorium"] == DAY
    assert [(c.kind, c.heading) for c in compare_versions(CHAPTER, new)] == [("changed", "Besluitmoratorium")]


def test_added_and_removed_items() -> None:
    without = CHAPTER.replace(
        "####Vertrekmoratorium\n\nTen aanzien van Soedan geldt geen besluit in de zin van artikel 45 Vw.\n", ""
    )
    change = changed_rows(read_country_chapters(CHAPTER, DAY), read_country_chapters(without, LATER))
    assert [(c.item, c.new) for c in change] == [("departure_moratorium", None)]
    assert [c.kind for c in compare_versions(CHAPTER, without)] == ["removed", "removed"]


def test_format_only_edits_are_no_change() -> None:
    assert (
        compare_versions(
            "# Title\n\nSee [the list](http://a.example).", "# TITLE\n\nSee  [the list](http://b.example).\n"
        )
        == []
    )
    assert plain("**Bold** “text”") == plain('bold "text"')


ONE_LINE = """## C7/12. Het asielbeleid ten aanzien van de Republiek Jemen

### 12.1. Besluitmoratorium

Er geldt met ingang van 1 juni 2024 een besluitmoratorium voor vreemdelingen uit Jemen.

### 12.2 Vertrekmoratorium

Geen.

### 12.3 Risicoprofielen

De IND wijst de volgende groepen aan als risicoprofiel:
- journalisten; en
- mensenrechtenactivisten.

### Ad b.

Ook bloggers.

### 12.4 Uitzonderlijke situatie (artikel 15c)

De minister neemt aan dat er in de gouvernementen Taiz en Ibb een uitzonderlijke situatie is.

### 12.5 Binnenlands beschermingsalternatief

De IND neemt geen binnenlands beschermingsalternatief aan.

## C8 Verblijf voor onbepaalde tijd

### 1 Besluitmoratorium

Dit hoort niet bij een land.
"""
IN_BOLD = (
    "**Het landgebonden beleid voor Jemen**\r\n\r\n**Besluit- en vertrekmoratorium:**\r\n\r\n"
    "Ten aanzien van Jemen geldt geen besluit- en vertrekmoratorium.\r\n\r\n**Risicogroepen**\r\n\r\n"
    "De IND heeft met betrekking tot Jemen geen risicogroepen aangewezen. **Let op**: dit verandert.\r\n"
)


def test_headings_may_stand_on_one_line_with_their_number() -> None:
    rows = read_country_chapters(ONE_LINE, DAY)
    assert {r.iso3 for r in rows} == {"YEM"}
    assert [(r.item, r.answer) for r in rows] == [
        ("decision_moratorium", "yes"), ("departure_moratorium", "no"), ("risk_groups", "yes"),
        ("exceptional_situation", "yes"), ("internal_alternative", "no"),
    ]  # fmt: skip
    assert rows[2].groups == ("journalisten", "mensenrechtenactivisten")
    assert rows[2].quote.endswith("Ook bloggers."), "a heading inside an item belongs to its text"
    assert rows[3].areas == ("Taiz", "Ibb")
    assert all(ONE_LINE[r.start : r.end] == r.quote for r in rows)


def test_headings_may_be_bold_lines() -> None:
    rows = read_country_chapters(IN_BOLD, DAY)
    assert [(r.iso3, r.item, r.answer) for r in rows] == [
        ("YEM", "decision_and_departure_moratorium", "no"), ("YEM", "risk_groups", "no"),
    ]  # fmt: skip
    assert all(IN_BOLD[r.start : r.end] == r.quote for r in rows)
    assert "Let op" in rows[1].quote, "bold words are no heading"


@pytest.mark.parametrize(
    ("heading", "text", "answer"),
    [
        ("Besluitmoratorium", "Er geldt voor Jemen geen besluit in de zin van artikel 43.", "no"),
        ("Besluitmoratorium", "Voor Jemen is een besluitmoratorium van kracht: besluitmoratorium is ingesteld.", "yes"),
        ("Risicogroepen", "De IND heeft uitsluitend de volgende risicogroepen aangewezen: journalisten.", "yes"),
        ("Vlucht- en vestigingsalternatief", "Een vlucht- of vestigingsalternatief is aanwezig in Aden.", "yes"),
        ("Vlucht- en vestigingsalternatief", "In Jemen is geen vlucht- of vestigingsalternatief aanwezig.", "no"),
        ("Vlucht- en vestigingsalternatief", "De IND neemt geen vlucht- en vestigingsalternatief aan in Jemen.", "no"),
        ("Vlucht- en vestigingsalternatief", "De IND neemt een vlucht- en vestigingsalternatief aan in Aden.", "yes"),
        ("Systematische blootstelling", "Niet van toepassing.", "no"),
        ("Bescherming", "Het algemene beleid is van toepassing.", None),
        (
            "Willekeurig geweld",
            "In Aden is geen sprake van willekeurig geweld, in Taiz wel sprake van dat geweld.",
            None,
        ),
    ],
)
def test_answers_of_the_first_sentence(heading: str, text: str, answer: str | None) -> None:
    chapter = f"####Het asielbeleid ten aanzien van Jemen\n\n####{heading}\n\n{text}\n"
    assert [row.answer for row in read_country_chapters(chapter, DAY)] == [answer]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("de Islamitische Republiek Afghanistan", "AFG"),
        ("Republiek Congo", "COG"),
        ("Democratische Republiek Congo", "COD"),
        ("Centraal-Afrikaanse Republiek", "CAF"),
        ("Wit-Rusland", "BLR"),
        ("Syrië", "SYR"),
        ("Congo DRC (Democratische Republiek Congo)", "COD"),
        ("Rusland", "RUS"),
        ("Ivoorkust", "CIV"),
        ("Atlantis", None),
    ],
)
def test_country_names(name: str, code: str | None) -> None:
    assert country_code(name) == code


def test_areas_are_named_after_a_word_for_area() -> None:
    assert areas_named("personen afkomstig uit Kunduz, Helmand en Uruzgan") == ("Kunduz", "Helmand", "Uruzgan")
    assert areas_named("De IND beoordeelt dit in ieder geval.") == ()


NAMED = {
    "Besluitmoratorium",
    "Vertrekmoratorium",
    "Groepsvervolging",
    "Risicogroepen",
    "Uitzonderlijke situatie",
    "Systematische blootstelling",
    "Kwetsbare minderheidsgroepen",
    "Bescherming door autoriteiten en/of internationale organisaties",
    "Vlucht- en vestigingsalternatief",
}


@pytest.mark.parametrize("day", ["2014-02-13", "2014-10-01"])
def test_the_panel_is_reproduced(real: Path, day: str) -> None:
    folder = real / "nl_vc_c7"
    text = (folder / f"{day}.md").read_text(encoding="utf-8")
    rows = read_country_chapters(text, date.fromisoformat(day))
    found = defaultdict(set)
    for row in rows:
        assert row.iso3, row.country
        assert text[row.start : row.end] == row.quote
        found[row.country.casefold(), row.heading.casefold()].add(plain(row.quote))
    with (folder / "country_policy_panel_2014.csv").open(encoding="utf-8") as file:
        panel = [r for r in csv.DictReader(file) if r["valid_from"] == day]
    missed = [r for r in panel if plain(r["text"]) not in found[r["country_nl"].casefold(), r["item"].casefold()]]
    assert len(panel) > 330
    assert not [r for r in missed if r["item"] in NAMED]
    assert {r["country_nl"] for r in missed} <= {"Turkije"}, "the panel reads chapter C8 on as Turkey's, the last of C7"
    assert len(rows) == len(panel) - len(missed) + (day == "2014-02-13")  # its last item, which runs into C8 there


def test_what_changed_between_the_two_versions(real: Path) -> None:
    texts = [(real / "nl_vc_c7" / f"{d}.md").read_text(encoding="utf-8") for d in ("2014-02-13", "2014-10-01")]
    old, new = (read_country_chapters(t, d) for t, d in zip(texts, (date(2014, 2, 13), date(2014, 10, 1)), strict=True))
    with (real / "nl_vc_c7" / "country_policy_panel_2014.csv").open(encoding="utf-8") as file:
        panel: dict[str, dict[tuple[str, str], str]] = {d: {} for d in ("2014-02-13", "2014-10-01")}
        for row in csv.DictReader(file):
            if row["valid_from"] in panel and row["item"] in NAMED:
                panel[row["valid_from"]][row["country_nl"], row["item"]] = plain(row["text"])
    before, after = panel.values()
    expected = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    ours = {(c.country, c.heading) for c in changed_rows(old, new) if c.heading in NAMED}
    assert expected
    assert expected <= ours | {key for key in expected if key[1] == "Vertrekmoratorium"}


@pytest.mark.parametrize(
    ("wording", "level"),
    [
        ("Level 4: Do Not Travel", 4),
        ("Avoid all travel", 4),
        ("AVOID NON-ESSENTIAL TRAVEL (with regional advisories)", 3),
        ("Reconsider your need to travel", 3),
        ("Exercise a high degree of caution", 2),
        ("Take normal security precautions", 1),
        ("FCDO advises against all but essential travel", 3),
        ("Niet reizen (rood)", 4),
        ("Oranje: alleen noodzakelijke reizen", 3),
        ("Rode gebieden: niet reizen", 4),
        ("Sicherheitsstufe 4", 4),
        ("Teilreisewarnung", None),
        ("Unusual risk", None),
        ("Exercise normal safety and security precautions", 1),
        ("No summary found", None),
        ("Other", None),
        ("", None),
    ],
)
def test_levels(wording: str, level: int | None) -> None:
    assert level_of(wording) == level


def summary(**levels: str) -> list[dict[str, str]]:
    return [{"destination": country, "risk_level": wording} for country, wording in levels.items()]


def test_level_changes_ignore_format_and_unknowns() -> None:
    old = read_summary("x", summary(Chad="Avoid all travel", Mali="Do not travel", Niger="Other", Togo="Level 2"))
    new = read_summary(
        "x",
        summary(
            Chad="AVOID ALL TRAVEL (with regional advisories)",
            Mali="Reconsider your need to travel",
            Niger="Avoid all travel",
            Peru="Level 1",
        ),
    )
    assert [(c.country, c.old, c.new) for c in level_changes(old, new, DAY)] == [("Mali", 4, 3)]


def test_every_level_change_the_summaries_allow(real: Path) -> None:
    """Walk the captured lists back through the dated changes and find each change again from two readings."""
    folder = real / "advisories"
    dated = json.loads((folder / "level_changes_clean.json").read_text(encoding="utf-8"))
    wording = {
        "canada": [
            "",
            "Take normal security precautions",
            "Exercise a high degree of caution",
            "Avoid non-essential travel",
            "Avoid all travel",
        ],
        "australia": [
            "",
            "Exercise normal safety precautions",
            "Exercise a high degree of caution",
            "Reconsider your need to travel",
            "Do not travel",
        ],
        "unitedstates": [
            "",
            "Level 1: Exercise Normal Precautions",
            "Level 2: Exercise Increased Caution",
            "Level 3: Reconsider Travel",
            "Level 4: Do Not Travel",
        ],
    }
    allowed = found = 0
    for publisher, words in wording.items():
        current: list[dict[str, Any]] = json.loads((folder / f"{publisher}_summary.json").read_text(encoding="utf-8"))
        changes = sorted((c for c in dated if c[1] == publisher), reverse=True)
        for day in dict.fromkeys(c[0] for c in changes):
            earlier = [dict(row) for row in current]
            expected = set()
            for _, _, country, old, new in (c for c in changes if c[0] == day):
                row = next((r for r in earlier if r["destination"] == country), None)
                if row is None or level_of(str(row["risk_level"])) != new:
                    continue  # the list has renamed or dropped this destination since
                row["risk_level"] = words[old].upper()
                expected.add((country, old, new))
            got = level_changes(
                read_summary(publisher, earlier), read_summary(publisher, current), date.fromisoformat(day)
            )
            assert {(c.country, c.old, c.new) for c in got} == expected
            allowed, found = allowed + len(expected), found + len(got)
            current = earlier
    assert allowed == found >= 0.97 * len(dated)
