"""Evidence pages: record, vintage of a day, document with marked passages, hostile words, search, who sees what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from assessment.ledger_alerts import alert_state
from assessment.read_alerts import gathered, queue
from dashboard.language import LANGUAGES, load
from dashboard.pipeline import publish_now
from dashboard.views._evidence_document import marked
from dashboard.views.positions import diff_html
from ingest.refresh_tools import Folders
from ingest.warehouse import Warehouse
from tests.dashboard.policy_walk import PolicyOffice, press, said, submit
from tests.policy_scene import HOSTILE, NOW, Run, prepare, vintage

WORDS = load("en")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published twice: the observation of ipc was corrected in between."""
    data = tmp_path_factory.mktemp("evidence")
    prepare(data, [Run("run-1", date(2026, 11, 22), alerts=("AF-BAL",))])
    with Warehouse(Folders(data).warehouse).writer() as connection:
        vintage(connection, "ipc", "ipc:AFG|2026", NOW + timedelta(days=1), 55.0)
    publish_now(data, NOW + timedelta(days=1))
    return data


@pytest.fixture
def office(folder: Path) -> Iterator[PolicyOffice]:
    found = PolicyOffice(folder, NOW + timedelta(days=2))
    yield found
    found.close()


def test_a_record_opens_to_its_source_archive_and_earlier_vintages(office: PolicyOffice) -> None:
    shown = said(office.open("evidence", "vera", id="ipc:AFG|2026"))
    for part in ("Publisher ipc", ">55 <span>%</span>", "returnwatch-000001.warc.gz", "d-ipc-20261124", "CC BY 4.0",
                 "https://ipc.example/data", "a measured share"):  # fmt: skip
        assert part in shown, part
    assert ">40<" in shown, "the earlier vintage"
    then = said(office.open("evidence", "vera", id="ipc:AFG|2026", as_of="2026-11-23"))
    assert ">40 <span>%</span>" in then


@pytest.mark.parametrize("parameters", [{"id": "ipc:nothing"}, {"document": "ipc:nothing"}, {"id": "zzz"}])
def test_what_is_not_there_says_so(office: PolicyOffice, parameters: dict[str, str]) -> None:
    assert WORDS("evidence.not_found") in said(office.open("evidence", "vera", **parameters))


def test_hostile_words_stay_words(office: PolicyOffice) -> None:
    test = office.open("evidence", "anna", "analyst", document="ipc:doc-2")
    shown = said(test)
    assert "&lt;script&gt;" in shown
    assert "<script>" not in "".join(str(e.proto.body) for e in test.get("html"))
    assert "\\<script\\>" in test.title[0].value
    for kind in ("documents", "events", "claims"):
        found = office.open("evidence", "anna", "analyst", **{"in": kind, "q": HOSTILE})
        assert "<script>" not in "".join(str(e.proto.body) for e in found.get("html"))


def test_staff_search_and_a_caseworker_opens_what_a_page_cites(office: PolicyOffice) -> None:
    shown = said(office.open("evidence", "anna", "analyst", q="fighting", country="AFG"))
    assert "Families flee fighting in Balkh" in shown
    assert "**1 found**" in shown
    events = said(office.open("evidence", "anna", "analyst", **{"in": "events", "region": "AF-BAL"}))
    assert "Clash near Mazar" in events
    nothing = said(office.open("evidence", "anna", "analyst", **{"in": "events", "until": "2020-01-01"}))
    assert WORDS("evidence.found_none") in nothing
    assert "is no day" in said(office.open("evidence", "anna", "analyst", since="yesterday"))
    viewer = office.open("evidence", "vera", q="fighting")
    assert WORDS("evidence.viewer") in said(viewer)
    assert "Families flee" not in said(viewer)


def test_passages_are_marked_and_escaped() -> None:
    assert marked("a <b> c", [(2, 5)]) == "a <mark>&lt;b&gt;</mark> c"
    assert marked("abcdef", [(1, 4), (2, 5), (9, 12)]) == "a<mark>bcd</mark><mark>e</mark>f"
    long = "x" * 5000
    shown = marked(long + "END" + long, [(5000, 5003)], longest=100)
    assert "<mark>END</mark>" in shown
    assert len(shown) < 2000


def test_a_diff_shows_what_went_and_what_came() -> None:
    assert diff_html("# Head\n- old <b>\n+ new") == (
        '<div class="rw-diff"><p><b>Head</b></p><p><del>old &lt;b&gt;</del></p><p><ins>new</ins></p></div>'
    )


def test_the_queue_goes_by_deadline_then_severity() -> None:
    def alert(name: str, day: int, rule: str, direction: str = "worse") -> dict[str, object]:
        return {"alert_id": name, "deadline": date(2026, 11, day), "rule": rule, "direction": direction}

    rows = [
        alert("late", 28, "arrival"), alert("better", 25, "level_better", "better"), alert("stale", 25, "staleness"),
        alert("rise", 25, "sharp_rise"),
    ]  # fmt: skip
    assert [row["alert_id"] for row in queue(rows, {}, rows)] == ["rise", "stale", "better", "late"]
    found = queue(rows, {}, rows[:1])
    assert [row["alert_id"] for row in found] == ["rise", "stale", "late", "better"], "better news that went, last"
    assert [row["found_now"] for row in found] == [False, False, True, False]


def arrival(name: str, **more: object) -> dict[str, object]:
    return {
        "alert_id": name, "rule": "arrival", "iso3": "AFG", "direction": "worse", "opened": date(2026, 11, 22),
        "deadline": date(2026, 11, 23), "text_en": "Closed.", "text_nl": "Gesloten.", "state": "open", "mine": False,
        "found_now": True, "standing": None, **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [{"state": "taken"}, {"found_now": False}, {"direction": "none"}, {"iso3": "SOM"}, {"text_en": "Open."},
     {"opened": date(2026, 11, 21)}, {"rule": "blackout"}],
)  # fmt: skip
def test_only_what_says_and_stands_the_same_shares_a_line(other: dict[str, object]) -> None:
    rows = [arrival("a"), arrival("b", **other), arrival("c")]
    found = [[row["alert_id"] for row in line["alike"]] for line in gathered(rows)]
    assert found == [["a", "c"], ["b"]], "none is lost, and the order of the queue stays"


def _decide_both(office: PolicyOffice) -> None:
    """One act on the two regions of Afghanistan; the one of Somalia has another cause."""
    words = load(office.language)
    name = next(row["cause"] for row in office.reader.alerts() if row["region_id"] == "AF-BAL")
    page = press(office.open("alerts", "anna", "analyst", cause=name), "cause_take")
    submit(page, words("alerts.decide_together", count=2))
    assert alert_state(office.ledger.entries())["alert-AF-BAL"].state == "taken", "without a reason nothing is decided"
    page.segmented_control(key="cause_disposition").set_value("real")
    page.text_area(key="cause_reason").set_value("One airport closed.")
    submit(page, words("alerts.decide_together", count=2))
    states = alert_state(office.ledger.entries())
    assert {alert: s.disposition for alert, s in states.items()} == {"alert-AF-BAL": "real", "alert-AF-HER": "real"}
    one = said(office.open("alerts", "anna", "analyst", alert="alert-AF-HER"))
    assert words("alerts.together_act", count=2) in one, "the history of each opens to the act"
    assert "One airport closed." in one
    page = office.open("alerts", "boris", "reviewer", cause=name)
    page.text_input(key="cause_reopen_reason").set_value("It was another one.")
    submit(page, words("alerts.reopen_together", count=2))
    assert {s.state for s in alert_state(office.ledger.entries()).values()} == {"open"}
    assert words("alerts.only_analyst") in said(office.open("alerts", "vera", cause=name))


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_change_of_an_arrival_point_is_one_line_that_opens_to_each_region(tmp_path: Path, language: str) -> None:
    prepare(tmp_path, [Run("run-1", date(2026, 11, 22), alerts=("AF-BAL", "AF-HER", "SO-BY"))])
    with Warehouse(Folders(tmp_path).warehouse).writer() as connection:
        connection.execute("UPDATE assessment.alert SET rule = 'arrival', text_en = 'It closed', text_nl = 'Dicht'")
    publish_now(tmp_path, NOW)
    office = PolicyOffice(tmp_path, NOW, language)
    text, regions = {"en": ("It closed", "2 regions"), "nl": ("Dicht", "2 regio&#x27;s")}[language]
    try:
        for view in ("alerts", "situation"):
            shown = said(office.open(view, "anna", "analyst"))
            assert shown.count(f"{text}<") + shown.count(f"{text} <") == 2, f"{view}: one line a country"
            assert shown.count(f"<summary>{regions}</summary>") == 1
            for region in ("AF-BAL", "AF-HER", "SO-BY"):
                assert f"alert=alert-{region}" in shown, f"{view}: {region} opens to its own alert"
        one = said(office.open("alerts", "anna", "analyst", alert="alert-AF-HER"))
        assert "vdem" in one, "with its evidence"
        _decide_both(office)
    finally:
        office.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", ["evidence", "alerts", "advice", "positions", "register", "harm"])
def test_every_page_opens_for_every_role_in_both_languages(office: PolicyOffice, view: str, language: str) -> None:
    office.language = language
    for roles in ((), ("analyst",), ("reviewer",), ("jurist",), ("admin",)):
        test = office.open(view, "somebody", *roles)
        assert test.title[0].value == load(language)(f"{view}.title")
