"""From an adapter's rows to rows that may stand: checks, identities, places, and adapters that misbehave."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import parse_checks
from ingest.archive import Archive
from ingest.issues import MOST_PER_KIND, Collector, Issue
from ingest.model import AdapterError, Answer, Document, Event, Observation, Place, Problem, digest_of
from ingest.parse import Parsed, parse_answer
from ingest.parse_pool import ParsePool, Task
from ingest.parse_world import _modules, load_world, reference_digest, version_of
from tests.ingest import warehouse_kit as kit
from tests.ingest.warehouse_kit import WORLD, source

AT = datetime(2026, 11, 20)
HERE = Place("XAA", region_name="north", precision="region")


def answer(content: bytes = b"{}") -> Answer:
    return Answer("alpha", "https://alpha.example/data.json", 200, {}, content, AT, digest_of(content))


def parsed(rows: Sequence, adapter_source=None) -> Parsed:
    """What comes of the given rows."""
    adapter = ModuleType("given")
    adapter.parse = lambda answer, source: iter(rows)  # type: ignore[attr-defined]
    return parse_answer(answer(), adapter_source or source("alpha"), adapter, WORLD)


def observation(key: str = "k", value: Any = 1.0, **fields) -> Observation:
    given = {"variable": "population", "place": HERE, "ref_start": date(2025, 1, 1), "ref_end": date(2025, 1, 31)}
    return Observation(key=key, value=value, **{**given, **fields})


def event(key: str = "k", **fields) -> Event:
    given = {"kind": "battle", "place": HERE, "ref_start": date(2025, 1, 1), "ref_end": date(2025, 1, 1)}
    return Event(key=key, **{**given, **fields})


def only(found: Parsed, family: str = "observation") -> dict:
    (row,) = found.tables[family].to_pylist()
    return row


def kinds(found: Parsed) -> list[str]:
    return [issue.kind for issue in found.issues]


# -- checks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (observation(variable="no_such_variable"), "unknown_code"),
        (observation(variable="battle"), "unknown_code"),  # an event is no observation
        (event(kind="population"), "unknown_code"),
        (observation(place=Place("ZZZ")), "unknown_country"),
        (observation(place=Place("xaa")), "unknown_country"),
        (observation(key=""), "bad_row"),
        (observation(value=math.nan), "bad_number"),
        (observation(value=math.inf), "bad_number"),
        (observation(value="many"), "bad_number"),
        (observation(ref_start=date(1994, 12, 31)), "bad_date"),
        (observation(ref_start=date(2025, 2, 1)), "bad_date"),  # ends before it starts
        (observation(ref_start=date(2026, 11, 23), ref_end=date(2026, 11, 23)), "bad_date"),
        (observation(ref_start=date(2026, 1, 1), ref_end=date(2027, 12, 31), projection=True), "bad_date"),
        (observation(ref_start="2025-01-01"), "bad_date"),
        (observation(ref_start=date(25, 1, 1)), "bad_date"),
        (event(ref_start=date(9999, 1, 1), ref_end=date(9999, 1, 1)), "bad_date"),
    ],
)
def test_rows_that_cannot_stand_are_issues_with_a_remedy(row, kind: str) -> None:
    found = parsed([row, observation("good")])
    assert (found.state, found.rows, kinds(found)) == ("good", 1, [kind])
    assert found.issues[0].remedy


@pytest.mark.parametrize(
    ("row", "family", "field", "expected", "kind"),
    [
        (event(deaths_best=-1.0), "event", "deaths_best", None, "bad_number"),
        (event(deaths_best=0.0), "event", "deaths_best", 0.0, None),
        (event(injured=math.nan), "event", "injured", None, "bad_number"),
        (event(url="javascript:alert(1)"), "event", "url", None, "bad_row"),
        (event(published=datetime(9999, 1, 1)), "event", "published", None, "bad_date"),
        (event(published=date(2025, 2, 1)), "event", "published", datetime(2025, 2, 1), None),
        (
            event(published=datetime(2025, 2, 1, 2, tzinfo=timezone(timedelta(hours=2)))),
            "event", "published", datetime(2025, 2, 1), None,
        ),
        (observation(place=Place("XAA", latitude=95.0, longitude=1.0)), "observation", "latitude", None,
         "bad_coordinates"),
        (observation(place=Place("XAA", latitude=5.0)), "observation", "latitude", None, "bad_coordinates"),
        (observation(place=Place("XAA", precision="street")), "observation", "precision", "unknown", "unknown_code"),
        (observation(value=None), "observation", "value", None, None),
        (observation(value=-3.5), "observation", "value", -3.5, None),
        (observation(ref_start=datetime(2025, 1, 1, 5)), "observation", "ref_start", date(2025, 1, 1), None),
        (Document("k", "T", published=datetime(2031, 1, 1)), "document", "published", None, "bad_date"),
        (Document("k", "T", url="data:text/html,x"), "document", "url", "", "bad_row"),
        (Document("k", "T", countries=("XAA", "ZZZ")), "document", "countries", ["XAA"], "unknown_country"),
        (Document("k", "a\x00b\ud800c"), "document", "title", "ab?c", None),
    ],
)  # fmt: skip
def test_fields_that_cannot_stand_become_null_and_the_row_stays(row, family, field, expected, kind) -> None:
    found = parsed([row])
    assert only(found, family)[field] == expected
    assert kinds(found) == ([kind] if kind else [])


def test_a_period_that_has_begun_may_end_later_and_projections_may_begin_later() -> None:
    year = observation("index", ref_start=date(2026, 1, 1), ref_end=date(2026, 12, 31))
    ahead = observation("ahead", ref_start=date(2027, 3, 1), ref_end=date(2027, 6, 30), projection=True)
    assert parsed([year, ahead]).rows == 2


def test_text_is_kept_only_where_the_catalog_allows() -> None:
    document = Document("k", "T", text="the whole text")
    assert only(parsed([document]), "document")["text"] is None
    assert only(parsed([document], source("alpha", store_fulltext=True)), "document")["text"] == "the whole text"


def test_attributes_are_json_whatever_they_hold() -> None:
    held = {"b": math.nan, "a": [math.inf, "x\x00y\ud800"], "d": date(2025, 1, 1), "é": {"n": 1}}
    assert only(parsed([event(attributes=held)]), "event")["attributes"] == (
        '{"a": [null, "xy?"], "b": null, "d": "2025-01-01", "é": {"n": 1}}'
    )


# -- places ----------------------------------------------------------------------------------------------------------


def test_places_become_regions_and_each_unplaced_name_is_one_issue_with_its_count() -> None:
    nowhere = Place("XAA", region_name="Nowhere", district_name="Lost", precision="district")
    found = parsed([observation("a"), *(observation(f"n{i}", place=nowhere) for i in range(3))])
    rows = {row["observation_id"]: row for row in found.tables["observation"].to_pylist()}
    assert (rows["alpha:a"]["region_id"], rows["alpha:a"]["place_rule"]) == ("XA-N", "name")
    assert rows["alpha:n1"]["region_id"] is None
    assert rows["alpha:n1"]["place_name"] == "Lost, Nowhere"
    (issue,) = found.issues
    assert (issue.kind, issue.count, issue.where) == ("unplaced", 3, "XAA")
    assert "Lost, Nowhere" in issue.message


def test_national_rows_are_not_unplaced() -> None:
    centroid = Place("XAA", latitude=1.0, longitude=2.0, precision="country")
    assert kinds(parsed([observation(place=centroid), observation("b", place=Place("XAA"))])) == []


# -- identities ------------------------------------------------------------------------------------------------------


def test_one_key_for_the_same_fact_twice_is_one_row() -> None:
    found = parsed([observation(), observation()])
    assert (found.rows, kinds(found)) == (1, [])


def test_one_key_for_two_facts_loses_neither_and_the_order_in_the_answer_does_not_matter() -> None:
    one, two = observation(value=1.0), observation(value=2.0)
    found, turned = parsed([one, two]), parsed([two, one])
    ids = {row["observation_id"]: row["value"] for row in found.tables["observation"].to_pylist()}
    assert set(ids.values()) == {1.0, 2.0}
    assert ids == {row["observation_id"]: row["value"] for row in turned.tables["observation"].to_pylist()}
    assert kinds(found) == ["duplicate_key"]
    suffixed = next(key for key in ids if "~" in key)
    assert suffixed.startswith("alpha:k~")
    assert len(suffixed) == len("alpha:k~") + 8


_changes = st.sampled_from(
    [("value", 2.0), ("variable", "political_terror_state"), ("ref_end", date(2025, 2, 1)), ("projection", True),
     ("text", "x"), ("dimensions", {"sector": "food"}), ("place", Place("XAA", region_name="south")),
     ("published", datetime(2025, 3, 1)), ("denominator", 3.0)]
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(change=_changes)
def test_the_digest_changes_with_everything_the_source_says(change) -> None:
    field, value = change
    plain, changed = parsed([observation()]), parsed([observation(**{field: value})])
    assert only(plain)["row_digest"] != only(changed)["row_digest"]


def test_the_digest_does_not_depend_on_how_a_place_is_resolved() -> None:
    adapter = ModuleType("given")
    adapter.parse = lambda answer, source: iter([observation()])  # type: ignore[attr-defined]
    blind = kit.World(WORLD.variables, WORLD.countries, lambda places: [None] * len(places))
    with_region, without = (only(parse_answer(answer(), source("alpha"), adapter, w)) for w in (WORLD, blind))
    assert with_region["region_id"] != without["region_id"]
    assert with_region["row_digest"] == without["row_digest"]


def test_what_a_reader_could_have_known() -> None:
    plain, dated = parsed([observation()]), parsed([observation(published=datetime(2025, 2, 3))])
    assert (only(plain)["history_at"], only(plain)["history_basis"]) == (datetime(2025, 3, 2), "lag")
    assert (only(dated)["history_at"], only(dated)["history_basis"]) == (datetime(2025, 2, 3), "published")
    revised = Document("k", "T", published=datetime(2025, 1, 1), revised=datetime(2025, 6, 1))
    assert only(parsed([revised]), "document")["history_at"] == datetime(2025, 6, 1)
    assert only(parsed([Document("k", "T")]), "document")["history_at"] is None


# -- adapters that misbehave -----------------------------------------------------------------------------------------


def _raises(error: Exception) -> Callable:
    def parse(answer: Answer, source: object) -> Iterator:
        yield observation()
        raise error

    return parse


@pytest.mark.parametrize(
    ("parse", "kind"),
    [
        (_raises(AdapterError("asked AFG, got 190 countries", "tell the publisher")), "answer_rejected"),
        (_raises(KeyError("value")), "adapter_crashed"),
        (_raises(RecursionError()), "adapter_crashed"),
        (lambda answer, source: iter(["not a row"]), "adapter_crashed"),
        (lambda answer, source: None, "adapter_crashed"),
    ],
)
def test_an_answer_that_cannot_be_trusted_gives_no_row_at_all(parse, kind: str) -> None:
    adapter = ModuleType("bad")
    adapter.parse = parse  # type: ignore[attr-defined]
    found = parse_answer(answer(), source("alpha"), adapter, WORLD)
    assert (found.state, found.rows, found.tables, kinds(found)) == ("rejected", 0, {}, [kind])
    assert found.issues[0].where == "https://alpha.example/data.json"


def test_problems_of_the_adapter_become_issues_beside_the_rows() -> None:
    found = parsed([Problem("unused_field", "column 'x' is new", "header"), observation()])
    assert (found.rows, kinds(found)) == (1, ["unused_field"])
    assert found.issues[0].remedy


def test_ten_thousand_bad_rows_are_a_bounded_number_of_issues_that_still_count_all() -> None:
    collector = Collector()
    for number in range(10_000):
        collector.add(Issue("alpha", "bad_number", f"value {number}"))
    found = collector.all()
    assert len(found) == MOST_PER_KIND + 1
    assert sum(issue.count for issue in found) == 10_000


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.none(), st.integers(), st.binary()))
def test_any_text_can_be_stored(value) -> None:
    found = parse_checks.text(value)
    assert (found is None) == (value is None)
    if found is not None:
        assert "\x00" not in found
        found.encode("utf-8")  # raises for half surrogates


# -- child processes -------------------------------------------------------------------------------------------------

_BAD_ADAPTER = """
import os, time
from ingest.model import Problem
def parse(answer, source):
    if answer.body == b"crash":
        os._exit(7)
    if answer.body == b"hang":
        time.sleep(60)
    if answer.body == b"eat":
        hold = []
        while True:
            hold.append(bytes(100_000_000))
    yield Problem("note", answer.body.decode())
"""


@pytest.fixture(scope="module")
def pool_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A path of modules with one extra adapter package entry, seen by child processes through the environment."""
    folder = tmp_path_factory.mktemp("extra")
    (folder / "sitecustomize.py").write_text(
        f"import ingest.adapters, sys, importlib.util\ningest.adapters.__path__.append({str(folder / 'more')!r})\n"
    )
    (folder / "more").mkdir()
    (folder / "more" / "misbehaving.py").write_text(_BAD_ADAPTER)
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(folder), str(Path(__file__).resolve().parents[2]), before or ""])
    yield folder
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


def _in_children(tmp_path: Path, bodies: Sequence[bytes], seconds: float) -> list[tuple[str, str]]:
    """(kind, message) of the first issue of each answer, parsed in child processes by the misbehaving adapter."""
    bad = source("alpha").model_copy(update={"adapter": "misbehaving"})
    with Archive(tmp_path / "archive") as archive:
        tasks = []
        for number, content in enumerate(bodies):
            given = Answer("alpha", f"https://alpha.example/{number}", 200, {}, content, AT, digest_of(content))
            tasks.append(Task(bad, archive.append(given, run_id="live-1")))
    reference_dir = kit.small_reference(tmp_path / "reference")
    pool = ParsePool(tmp_path / "archive", reference_dir, tmp_path / "spool", 1, seconds_per_answer=seconds)
    with pool as parse:
        found = [(result.issues[0].kind, result.issues[0].message) for result in parse(tasks)]
    assert not (tmp_path / "spool").exists()
    return found


def test_an_answer_that_kills_or_hangs_its_process_takes_only_itself_along(pool_site: Path, tmp_path: Path) -> None:
    found = _in_children(tmp_path, [b"one", b"crash", b"two", b"hang", b"three"], 15.0)  # a start counts too
    assert [kind for kind, _ in found] == ["note", "adapter_crashed", "note", "adapter_crashed", "note"]
    assert [message for kind, message in found if kind == "note"] == ["one", "two", "three"]


@pytest.mark.slow
def test_an_answer_that_eats_memory_meets_its_bound(pool_site: Path, tmp_path: Path) -> None:
    found = _in_children(tmp_path, [b"one", b"eat", b"two"], 60.0)
    assert [kind for kind, _ in found] == ["note", "adapter_crashed", "note"]
    assert "MemoryError" in found[1][1]


# -- versions --------------------------------------------------------------------------------------------------------


def test_the_version_changes_with_adapter_helpers_facts_and_reference(root: Path) -> None:
    plain = source("alpha")
    assert version_of(plain, "r1") == version_of(plain, "r1")
    assert version_of(plain, "r1") != version_of(plain, "r2")
    assert version_of(plain, "r1") != version_of(source("alpha", publication_lag_days=3), "r1")
    assert version_of(plain, "r1") == version_of(source("alpha", schedule="5 5 * * *", publisher="Other"), "r1")
    helpers = {path.name for path in _modules("ingest.adapters.feed")}
    assert {"feed.py", "_dates.py"} <= helpers  # what an adapter imports shapes its rows too


def test_the_real_reference_places_names_codes_and_points(root: Path) -> None:
    folder = root / "data" / "reference"
    world = load_world(folder)
    assert "AFG" in world.countries
    wanted = [
        Place("AFG", region_name="Kabul"),
        Place("SYR", region_name="Aleppo"),
        Place("AFG", latitude=34.53, longitude=69.17, precision="point"),
        Place("AFG", region_name="Atlantis"),
    ]
    regions = [match.region_id if match else None for match in world.locate(wanted)]
    assert regions == ["AF-KAB", "SY-HL", "AF-KAB", None]
    assert reference_digest(folder) == reference_digest(folder)
