"""GOV.UK: notes dated by their title, removals kept as evidence, and "no warning" told from "not stated"."""

import json
import re

import pytest

from ingest.adapters import govuk
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, documents, manifest, observations, problems, source

API = "https://www.gov.uk/api/content"
ADVICE = f"{API}/foreign-travel-advice/mali"


def advice(**details):
    page = json.loads((ANSWERS / "govuk" / "advice.json").read_text())
    page["details"] |= details
    return json.dumps(page)


def rows_of(body, url=ADVICE, **facts):
    return list(govuk.parse(answer(body, url), source(**facts)))


def test_an_empty_list_of_warnings_is_level_one_and_a_missing_list_is_unknown():
    (level,) = observations(rows_of(advice(alert_status=[])))
    assert (level.value, level.text, level.dimensions["scope"]) == (1.0, "no warning", "whole_country")
    rows = rows_of(advice(alert_status=None))
    assert observations(rows) == []
    assert [problem.message for problem in problems(rows)] == ["no alert_status"]


def test_the_strictest_warning_counts_and_an_unknown_one_stops_the_level():
    both = ["avoid_all_but_essential_travel_to_whole_country", "avoid_all_travel_to_whole_country"]
    assert [level.value for level in observations(rows_of(advice(alert_status=both)))] == [4.0]
    rows = rows_of(advice(alert_status=[*both, "avoid_the_beach"]))
    assert observations(rows) == []
    assert "avoid_the_beach" in problems(rows, "unknown_code")[0].message


def test_another_country_than_the_asked_one_fails_the_answer():
    with pytest.raises(AdapterError, match="asked chad, got mali"):
        rows_of(ANSWERS / "govuk" / "advice.json", f"{API}/foreign-travel-advice/chad")


def test_a_country_nobody_knows_is_a_problem_and_no_row():
    page = json.loads(advice())
    page["base_path"], page["details"]["country"]["name"] = "/foreign-travel-advice/atlantis", "Atlantis"
    (problem,) = rows_of(json.dumps(page), f"{API}/foreign-travel-advice/atlantis")
    assert problem.kind == "unknown_code"


def test_what_follows_from_each_page():
    def followed(name):
        told = answer(ANSWERS / "govuk" / name, f"{API}/x")
        return [request.url.removeprefix(API) for request in govuk.follow(told, source())]

    assert followed("collection.json") == ["/government/publications/a", "/government/publications/b"]
    assert followed("publication.json") == ["/government/publications/atland-notes/service-accessible"]
    assert followed("note.json") == followed("advice.json") == []


def test_the_captured_publication_has_every_note_and_every_change(real):
    (path, url) = next(pair for pair in manifest(real, "uk_cpin") if "publication" in pair[0].name)
    page = json.loads(path.read_text())
    rows = rows_of(path, url)
    notes = [row for row in documents(rows) if row.kind == "policy"]
    changes = [row for row in documents(rows) if row.kind == "notice"]
    files = [a for a in page["details"]["attachments"] if a["attachment_type"] == "file"]
    assert len(changes) == len(page["details"]["change_history"]) == 37
    assert len(notes) == len(files)
    assert not problems(rows)
    assert {row.countries for row in documents(rows)} == {("AFG",)}
    taken_down = [row for row in changes if row.withdrawn]
    written = [c for c in page["details"]["change_history"] if re.search("remov|withdr|taken down", c["note"].lower())]
    assert len(taken_down) == len(written) > 0
    assert any(str(row.withdrawn) == "2021-08-16" for row in taken_down)  # a day after Kabul fell
    for note in notes:  # the month of the title, never the last change of the page
        assert note.published.strftime("%B %Y") in note.title
        assert note.published.day == 1


def test_the_captured_travel_advice(real):
    nepal = real / "answers" / "travel_advice_17gov" / "uk-nepal.json"
    (level,) = observations(rows_of(nepal, f"{API}/foreign-travel-advice/nepal"))
    assert (level.place.iso3, level.value, level.text) == ("NPL", 1.0, "no warning")
    for path, url in manifest(real, "uk_travel"):
        stated = json.loads(path.read_text())["details"]["alert_status"]
        levels = observations(rows_of(path, url))
        assert [level.text for level in levels if level.text != "no warning"] == ([", ".join(stated)] if stated else [])
