"""Situation, country, region, compare in every state: filled, partial, empty, wrong, no ledger, hostile text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest

from assessment.read import Reader
from dashboard.language import LANGUAGES, load
from dashboard.views import compare, country, region, situation
from tests.dashboard.view_scene import HOSTILE, Seen, look

VIEWS: list[tuple[ModuleType, dict[str, str]]] = [
    (situation, {}),
    (situation, {"country": "AFG", "dimension": "physical", "since": "2020-12-31"}),
    (country, {"country": "AFG"}),
    (country, {}),
    (region, {"region": "AF-BAL"}),
    (region, {"country": "AFG"}),
    (compare, {"regions": "AF-BAL,AF-KAB", "dimension": "material"}),
    (compare, {"of": "countries", "countries": "AFG"}),
]
OWN = re.compile(r"(https?://|\./|[a-z]+(\?|$))")  # a web address or a page of the application
TAGS = {"div", "span", "p", "b", "i", "a", "ol", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "caption"}
TAGS |= {"section", "details", "summary", "h3", "h4", "bdi", "blockquote", "dl", "dt", "dd", "br"}


class Strict(HTMLParser):
    """Notes every tag we never write, every handler and every address that leaves the application by script."""

    def __init__(self) -> None:
        super().__init__()
        self.strange: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.strange.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (name == "href" and not OWN.match(value or "")):
                self.strange.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("view", "parameters"), VIEWS, ids=[f"{v.PATH}-{len(p)}" for v, p in VIEWS])
def test_hostile_text_is_shown_as_written(
    reader: Reader, ledger: Path, view: ModuleType, parameters: dict[str, str], language: str
) -> None:
    seen = look(reader, view, ledger, language, **parameters)
    parser = Strict()
    parser.feed(seen.html)
    assert parser.strange == []
    spoiled = {situation.PATH, region.PATH, compare.PATH} if parameters else {situation.PATH}
    if view.PATH in spoiled and "of" not in parameters:
        assert HOSTILE[:40] in " ".join(parser.text), "the text itself is there, as text"


@pytest.mark.parametrize("view", [situation, country, region, compare], ids=lambda v: v.PATH)
@pytest.mark.parametrize("language", LANGUAGES)
def test_without_an_assessment_every_page_says_what_to_do(
    bare: Reader, ledger: Path, view: ModuleType, language: str
) -> None:
    seen = look(bare, view, ledger, language)
    assert load(language)("situation.empty_todo").split("`")[0] in seen.html
    assert seen.components == []


def test_the_map_is_drawn_with_its_table_and_legend(reader: Reader, ledger: Path) -> None:
    seen = look(reader, situation, ledger)
    assert sum("returnwatch_map" in str(component.proto) for component in seen.components) == 1
    assert "rw-legend" in seen.html
    assert 'href="country?country=AFG"' in seen.html


def test_two_clicks_lead_from_the_map_to_the_passage(reader: Reader, ledger: Path) -> None:
    """The map's click opens the region; there every reason links to its evidence."""
    found = look(reader, region, ledger, region="AF-KAB")
    reasons = [r for d in reader.region("AF-KAB")["dimensions"].values() for r in d["reasons"]]
    assert reasons
    linked = _evidence_links(found)
    for reason in reasons:
        assert set(reason["evidence_ids"]) <= linked, reason


def _evidence_links(seen: Seen) -> set[str]:
    from html import unescape
    from urllib.parse import parse_qs, urlsplit

    links = (urlsplit(unescape(link)) for link in re.findall(r'href="(evidence\?[^"]*)"', seen.html))
    return {name for link in links for name in parse_qs(link.query).get("id", [])}


def test_every_evidence_link_of_the_pages_resolves(reader: Reader, ledger: Path) -> None:
    looks = [
        look(reader, situation, ledger, country="AFG"),
        look(reader, country, ledger, country="AFG"),
        look(reader, region, ledger, region="AF-KAB"),
        look(reader, compare, ledger, regions="AF-KAB,AF-HER"),
    ]
    wanted = set().union(*map(_evidence_links, looks))
    assert len(wanted) > 30
    for name in sorted(wanted):
        assert reader.evidence(name)["evidence_id"] == name


def test_every_indicator_shows_its_value_or_that_there_is_none(reader: Reader, ledger: Path) -> None:
    seen = look(reader, region, ledger, "nl", region="AF-KAB")
    rows = [i for d in reader.region("AF-KAB")["dimensions"].values() for i in d["indicators"]]
    for row in rows:
        assert row["name_nl"] in seen.html
        if row["raw_value"] is not None:
            assert set(row["evidence_ids"]) <= _evidence_links(seen)


def test_an_unknown_dimension_says_how_it_counts_and_what_is_known(reader: Reader, ledger: Path) -> None:
    rows = [r for r in reader.regions("AFG") if r["dimensions"]["legal"]["state"] == "insufficient"]
    assert rows
    dimension = rows[0]["dimensions"]["legal"]
    seen = look(reader, region, ledger, region=rows[0]["region_id"])
    assert f"Treated as level {dimension['level']}" in seen.html
    severe = dimension["indicative_level"] is not None and dimension["indicative_level"] >= 4
    assert ("What is known points to level" in seen.html) >= severe


@pytest.mark.parametrize(
    ("view", "name", "value"),
    [(region, "region", "AF-XXX"), (country, "country", "QQQ"), (compare, "regions", "AF-XXX,AF-BAL")],
    ids=["region", "country", "compare"],
)
def test_a_wrong_address_says_so_and_offers_a_choice(
    reader: Reader, ledger: Path, view: ModuleType, name: str, value: str
) -> None:
    seen = look(reader, view, ledger, **{name: value})
    assert "rw-empty" in seen.html
    assert len(seen.test.selectbox) + len(seen.test.multiselect) == 1


def test_nonsense_in_the_address_counts_as_the_default(reader: Reader, ledger: Path) -> None:
    seen = look(reader, situation, ledger, dimension="<script>", country="ZZZ", since="yesterday", page="-1")
    assert sum("returnwatch_map" in str(component.proto) for component in seen.components) == 1
    assert load("en")("situation.all_countries") in str(seen.test.selectbox[0].options)


@pytest.mark.parametrize(("view", "parameters"), [VIEWS[0], VIEWS[2], VIEWS[4]], ids=["situation", "country", "region"])
def test_a_ledger_that_is_away_is_said_and_the_page_still_stands(
    reader: Reader, view: ModuleType, parameters: dict[str, str]
) -> None:
    seen = look(reader, view, None, **parameters)
    assert load("en")("common.ledger_closed") in seen.html
    assert "rw-table" in seen.html


def test_changes_name_both_directions_with_their_reason(reader: Reader, ledger: Path) -> None:
    rows = reader.changes(reader.runs()[-1]["as_of"])
    assert {row["direction"] for row in rows} == {"worse", "better"}
    seen = look(reader, situation, ledger, since="2020-12-31")
    counted = {side: sum(row["direction"] == side for row in rows) for side in ("worse", "better")}
    assert load("en")("situation.counted", day="31 December 2020", **counted) in seen.html


def test_countries_and_regions_without_data_are_partial_and_not_wrong(reader: Reader, ledger: Path) -> None:
    seen = look(reader, country, ledger, country="NLD")
    assert load("en")("country.not_assessed") in seen.html
    assert load("en")("region.no_route") in seen.html
