"""Harm after return on its page: a caseworker reports, a second person judges, nobody is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from assessment import monitoring
from assessment.ledger_check import verify
from dashboard.language import load
from dashboard.views import harm
from tests.dashboard.policy_walk import PolicyOffice, press, said, submit
from tests.policy_scene import NOW, Run, prepare

WORDS = load("en")
NOTE = "Held at the airport; the family had to pay."
REPORT = {
    "iso3": "AFG",
    "region_id": "AF-BAL",
    "what": "detention",
    "month": "2026-10",
    "note": NOTE,
    "heard": "family",
}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PolicyOffice]:
    prepare(tmp_path, [Run("run-1", date(2026, 11, 22))])
    found = PolicyOffice(tmp_path, NOW)
    yield found
    found.close()


def filled(test: AppTest, note: str = NOTE, *, read: bool = True) -> AppTest:
    """The form as a caseworker fills it in; place and month stand there already."""
    test.selectbox(key="harm_what_0").set_value("detention")
    test.selectbox(key="harm_heard_0").set_value("family")
    test.text_area(key="harm_note_0").set_value(note)
    test.checkbox(key="harm_read_0").set_value(read)
    return press(test, "harm_send")


def reported(office: PolicyOffice, name: str = "vera", *roles: str) -> str:
    return monitoring.report(office.ledger, office.who(name, *roles), REPORT, NOW).object


def buttons(test: AppTest) -> list[str]:
    return [button.label for button in test.button]


def test_a_caseworker_reports_from_the_region_and_the_form_begins_anew(office: PolicyOffice) -> None:
    test = filled(office.open("harm", "vera", region="AF-BAL"))
    assert WORDS("harm.sent") in said(test)
    (entry,) = office.ledger.entries()
    assert (entry.kind, entry.object, entry.actor) == ("harm_reported", "harm:1", "vera")
    assert entry.payload == {**REPORT, "month": "2026-11"}
    assert test.text_area(key="harm_note_1").value == ""
    shown = said(test)
    assert f"1: {WORDS('harm.what.detention')}, Balkh" in shown.replace("\\", "")
    assert NOTE in shown, "whoever wrote it may read it"
    assert WORDS("harm.own") in shown
    assert WORDS("harm.judge") not in buttons(test)
    assert verify(office.ledger).holds


@pytest.mark.parametrize(
    ("note", "read", "word"),
    [("", True, "harm.needed"), (NOTE, False, "harm.needed"), ("Name: Ahmad", True, "refused.recognisable"),
     ("dossier 123456", True, "refused.recognisable"), ("mail anna@example.org", True, "refused.personal"),
     ("held since 03-10-2026", True, "refused.recognisable")],
)  # fmt: skip
def test_what_is_missing_or_names_somebody_is_refused(office: PolicyOffice, note: str, read: bool, word: str) -> None:
    test = filled(office.open("harm", "vera", region="AF-BAL"), note, read=read)
    assert WORDS(word) in said(test).replace("\\", "")
    assert office.ledger.entries() == []
    assert test.text_area(key="harm_note_0").value == note, "nothing typed is lost"


def test_the_form_says_that_nobody_is_named_and_what_it_cannot_see(office: PolicyOffice) -> None:
    shown = said(office.open("harm", "vera"))
    assert WORDS("harm.nobody") in shown
    assert "cannot recognise a name" in shown
    assert WORDS("harm.none_hint") in shown


def test_a_second_person_lifts_it_and_the_one_who_reported_cannot(office: PolicyOffice) -> None:
    name = reported(office, "boris", "reviewer")
    own = office.open("harm", "boris", "reviewer", report=name)
    assert WORDS("harm.own") in said(own)
    assert WORDS("harm.judge") not in buttons(own)
    test = office.open("harm", "judith", "jurist", report=name)
    assert NOTE in said(test)
    assert WORDS("harm.judge_needed") in said(submit(test, WORDS("harm.judge")))
    test.radio(key=f"outcome_{name}").set_value("not_confirmed")
    test.text_input(key=f"reason_{name}").set_value("It was somebody else.")
    test = submit(test, WORDS("harm.judge"))
    assert WORDS("harm.saved.not_confirmed") in said(test)
    assert WORDS("harm.outcome.not_confirmed") in said(test)
    assert [e.kind for e in office.ledger.entries()] == ["harm_reported", "harm_judged"]
    assert not monitoring.harm_state(office.ledger.entries())[name].counts
    assert WORDS("harm.none") in said(office.open("harm", "judith", "jurist"))
    assert "It was somebody else." in said(office.open("harm", "anna", "analyst", state="all"))


def test_a_name_in_the_reason_is_refused(office: PolicyOffice) -> None:
    name = reported(office)
    test = office.open("harm", "boris", "reviewer", report=name)
    test.radio(key=f"outcome_{name}").set_value("confirmed")
    test.text_input(key=f"reason_{name}").set_value("Mr. Karimi told it himself.")
    assert WORDS("refused.recognisable") in said(submit(test, WORDS("harm.judge")))
    assert len(office.ledger.entries()) == 1


def test_other_caseworkers_see_that_it_counts_and_not_the_words(office: PolicyOffice) -> None:
    name = reported(office, "vera")
    shown = said(office.open("harm", "willem", report=name))
    assert WORDS("harm.outcome.open") in shown
    assert NOTE not in shown
    assert WORDS("harm.heard.family") not in shown
    assert WORDS("harm.only") in shown


def test_evidence_of_a_gate_leads_to_the_report(office: PolicyOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    name = reported(office)
    gone: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr("dashboard.page.Page.go", lambda self, path, **values: gone.append((path, values)))
    office.open("evidence", "anna", "analyst", id="ledger:1")
    assert gone[0] == ("harm", {"report": name})


@pytest.mark.parametrize("language", ["nl", "en"])
def test_both_languages_show_every_state(office: PolicyOffice, language: str) -> None:
    office.language = language
    words = load(language)
    for outcome in (None, "confirmed", "not_confirmed"):
        name = reported(office)
        if outcome:
            monitoring.judge(office.ledger, office.who("boris", "reviewer"), name, outcome, "Two sources.", NOW)
    shown = said(office.open("harm", "anna", "analyst", state="all"))
    assert all(words(f"harm.outcome.{state}") in shown for state in ("open", "confirmed", "not_confirmed"))


def test_months_count_back_over_the_turn_of_a_year() -> None:
    found = harm.months(date(2026, 2, 14))
    assert found[:4] == ["2026-02", "2026-01", "2025-12", "2025-11"]
    assert len(found) == len(set(found)) == harm.MONTHS
