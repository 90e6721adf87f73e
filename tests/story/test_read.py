"""The reading functions over a small published snapshot: nothing dangles, parts sum, no data stays None."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment import framework as frameworks
from assessment.explain import evidence_of
from assessment.framework import DIMENSIONS
from assessment.read import NoSnapshot, NotFound, Reader
from assessment.read_change import parts_between
from assessment.read_documents import plain, snippet
from assessment.read_regions import _as_one, overall_state
from assessment.read_violence import months_to
from assessment.uncertainty import point_scores
from dashboard.pipeline import publish_now, save_assessment
from ingest import catalog
from ingest.refresh_report import RefreshReport
from tests.story.conftest import NOW

COUNTRIES = ["AFG", "SOM"]
THEN, BEFORE = date(2023, 6, 30), date(2022, 12, 31)
NUMBERED = {"score", "raw_value", "contribution", "deaths", "point"}  # a row with one of these opens to its evidence


@pytest.fixture(scope="module")
def published(starter: tuple[Path, RefreshReport], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two countries as of two days (the later one is shown), with one document of our own in two vintages."""
    data = tmp_path_factory.mktemp("read")
    shutil.copy(starter[0] / "warehouse.duckdb", data / "warehouse.duckdb")
    with duckdb.connect(str(data / "warehouse.duckdb")) as connection:
        _add_documents(connection)
    framework = frameworks.load()
    save_assessment(data, BEFORE, framework, COUNTRIES, kind="history", now=NOW)
    save_assessment(data, THEN, framework, COUNTRIES, kind="current", now=NOW)
    publish_now(data, NOW)
    return data / "published"


def _add_documents(connection: duckdb.DuckDBPyConnection) -> None:
    rows = [
        ("easa_czib:one", "Airspace of Afghanistan", "Fire <b>and</b> mörser near Balkh & Herat", "2023-01-01", None),
        ("easa_czib:two", "Roads closed", "Nothing but snow", "2023-02-01", "2023-02-02"),
        ("easa_czib:two", "Roads open", "Nothing but snow, the roads are open", "2023-02-02", None),
        ("easa_czib:three", "airspace of afghanistan", "A second copy", "2023-01-01", None),
        ("easa_czib:four", "Bulletin <4>", "Artillery shelling killed 14 civilians in Balkh on Monday. All was quiet.",
         "2023-01-15", None),
    ]  # fmt: skip
    for document_id, title, summary, known_at, superseded_at in rows:
        connection.execute(
            """
            INSERT INTO document (document_id, source_id, row_digest, title, url, kind, published, summary, countries,
                topics, attachments, attributes, retrieved_at, known_at, known_basis, superseded_at, run_id,
                answer_digest)
            SELECT $id, 'easa_czib', md5($title), $title, 'https://example.org/' || $id, $kind, $known_at, $summary,
                ['AFG'], ['airspace'], [], '{}', $known_at, $known_at, 'published', $superseded_at, 'test',
                (SELECT digest FROM answer WHERE source_id = 'easa_czib' LIMIT 1)
            """,
            {
                "id": document_id,
                "kind": "report" if document_id.endswith("four") else "policy",
                "title": title,
                "summary": summary,
                "known_at": known_at,
                "superseded_at": superseded_at,
            },
        )


@pytest.fixture(scope="module")
def reader(published: Path) -> Iterator[Reader]:
    with Reader.open(published) as found:
        yield found


def dicts(answer: Any) -> Iterator[dict[Any, Any]]:
    """Every dict anywhere in an answer."""
    if isinstance(answer, dict):
        yield answer
    for value in answer.values() if isinstance(answer, dict) else answer if isinstance(answer, (list, tuple)) else ():
        yield from dicts(value)


def evidence_ids(answer: Any) -> set[str]:
    return {name for row in dicts(answer) for name in row.get("evidence_ids") or ()}


def test_every_evidence_id_of_every_page_resolves_to_an_archive_record(reader: Reader, published: Path) -> None:
    answers: list[Any] = [reader.countries(), reader.regions(), reader.changes(), reader.alerts(open_only=False)]
    answers += [reader.country(iso3) for iso3 in COUNTRIES] + [reader.search(limit=100), reader.claims()]
    answers += [reader.search(filters={"what": "all"}, limit=100), reader.stories(), reader.policy_changes()]
    names = [row["region_id"] for row in reader.regions()]
    assert len(names) > 40
    for name in names:
        answers += [reader.region(name), reader.violence_trend(name, 24), reader.trend(name, "material")]
    wanted = {name for answer in answers for name in evidence_ids(answer)}
    assert len(wanted) > 300
    with duckdb.connect(str(published / reader.snapshot["file"]), read_only=True) as connection:
        rows = evidence_of(connection, sorted(wanted))
    assert [name for name, row in rows.items() if not row["warc_file"] or not row["licence"]] == []
    positions = {row["position_id"] for iso3 in COUNTRIES for row in reader.positions(iso3)}
    assert positions & wanted, "gates cite official positions"
    for name in sorted(positions):
        assert reader.evidence(name)["row"]["url"].startswith("https://"), name
    elsewhere = wanted - rows.keys() - positions
    assert elsewhere == {name for name in wanted if name.startswith(("easa_czib:", "claim:"))}, "texts; others are rows"
    assert any(name.startswith("claim:") for name in elsewhere)
    for name in sorted(elsewhere) + sorted(rows)[:: max(1, len(rows) // 200)]:
        found = reader.evidence(name)
        assert found["archive"], name
        assert found["archive"]["warc_file"], name
        assert found["source"]["licence"], name
        assert found["figure"] or found["quote"], name


def test_rows_with_numbers_carry_evidence(reader: Reader) -> None:
    """A score with data behind it names that data; only a never-seen indicator has none."""
    for row in dicts(reader.region("AF-BAL")["dimensions"]):
        if NUMBERED & row.keys() and "indicator_id" in row:
            assert "evidence_ids" in row
            if row.get("origin") in ("own", "inherited"):
                assert row["evidence_ids"], row["indicator_id"]


def test_an_evidence_id_gives_the_figure_with_its_unit(reader: Reader) -> None:
    hunger = next(
        i for i in reader.region("AF-BAL")["dimensions"]["material"]["indicators"] if i["indicator_id"] == "M4"
    )
    found = reader.evidence(hunger["items"][0]["evidence_ids"][0])
    assert found["kind"] == "observation"
    assert found["figure"]["unit"]
    assert found["figure"]["region_id"] == "AF-BAL"
    assert found["archive"]["url"].startswith("https://starter.invalid/ipc/")
    with pytest.raises(NotFound, match="ipc:nothing"):
        reader.evidence("ipc:nothing")
    with pytest.raises(NotFound, match="was not known on 1990-01-01"):
        reader.evidence(found["evidence_id"], as_of=date(1990, 1, 1))


def test_older_vintages_stand_behind_the_newest(reader: Reader) -> None:
    found = reader.evidence("easa_czib:two")
    assert found["row"]["title"] == "Roads open"
    assert [row["title"] for row in found["history"]] == ["Roads closed"]
    assert reader.evidence("easa_czib:two", as_of=date(2023, 2, 1))["row"]["title"] == "Roads closed"


def test_parts_of_a_change_sum_to_it(reader: Reader) -> None:
    shown, before = (run["run_id"] for run in reader.runs())
    moved = 0
    for row in reader.regions():
        answer = reader.diff(before, shown, row["region_id"])
        for dimension in DIMENSIONS:
            part = answer["dimensions"][dimension]
            assert part["change"] == pytest.approx(part["after"]["point"] - part["before"]["point"], abs=1e-12)
            assert sum(p["contribution"] for p in part["parts"]) == pytest.approx(part["change"], abs=1e-9)
            assert all(p["indicator_id"] for p in part["parts"]), "the framework is the same: nothing is unexplained"
            moved += bool(part["parts"])
    assert moved > 50
    back = reader.diff(shown, before, "AF-BAL")["dimensions"]["material"]["change"]
    assert back == pytest.approx(-reader.diff(before, shown, "AF-BAL")["dimensions"]["material"]["change"])
    assert reader.region("AF-BAL")["change"] == reader.diff(before, shown, "AF-BAL")


FRAMEWORK = frameworks.load()
SCORE = st.one_of(st.just(np.nan), st.floats(0, 100))
VECTOR = st.lists(SCORE, min_size=len(FRAMEWORK.indicators), max_size=len(FRAMEWORK.indicators))


@settings(max_examples=150, deadline=None)
@given(before=VECTOR, after=VECTOR, dimension=st.sampled_from(DIMENSIONS))
def test_parts_between_any_two_states_sum_and_unchanged_indicators_have_none(
    before: list[float], after: list[float], dimension: str
) -> None:
    _check_parts(np.array([before]), np.array([after]), dimension)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_parts_of_five_thousand_random_changes(dimension: str) -> None:
    """Whole vectors at once: some values unchanged, some never seen before or after."""
    random = np.random.default_rng(7)
    old, new = (random.uniform(0, 100, (5000, len(FRAMEWORK.indicators))) for _ in range(2))
    new = np.where(random.random(new.shape) < 0.3, old, new)
    for values in (old, new):
        values[random.random(values.shape) < 0.2] = np.nan
    _check_parts(old, new, dimension)


def _check_parts(old: np.ndarray, new: np.ndarray, dimension: str) -> None:
    parts = parts_between(FRAMEWORK, dimension, old, new)
    change = point_scores(FRAMEWORK, dimension, new)[0] - point_scores(FRAMEWORK, dimension, old)[0]
    assert parts.sum(axis=1) == pytest.approx(change, abs=1e-9)
    for column, indicator in enumerate(FRAMEWORK.indicators):
        x, y, part = old[:, column], new[:, column], parts[:, column]
        same = (x == y) | (np.isnan(x) & np.isnan(y)) | (indicator.dimension != dimension)
        assert (part[same] == 0).all()
        seen = ~np.isnan(x) & ~np.isnan(y)
        assert (part[seen] * (y - x)[seen] >= 0).all(), "an indicator that rose cannot have lowered the score"


def test_changes_name_both_directions_and_a_reason_of_the_same_direction(reader: Reader) -> None:
    found = reader.changes()
    assert found
    for row in found:
        before, after = ((s["level"], s["state"] == "insufficient") for s in (row["before"], row["after"]))
        assert before != after
        assert row["direction"] == ("worse" if after > before else "better")
        if row["reason"]:
            assert (row["reason"]["contribution"] < 0) == (row["direction"] == "worse")
            assert row["reason"]["text_nl"]
            assert row["reason"]["text_en"]
    directions = [row["direction"] for row in found]
    assert directions == sorted(directions, reverse=True), "worse first"
    assert reader.changes(since=BEFORE) == found
    assert reader.changes(since=BEFORE - timedelta(days=1)) == []


def test_a_country_as_one_lets_known_severe_outweigh_unknown_and_unknown_outweigh_milder(reader: Reader) -> None:
    def row(state: str, level: int, hint: int | None = None) -> dict[str, Any]:
        return {"state": state, "level": level, "indicative_level": hint}

    severe, mild, unknown = row("assessed", 4), row("assessed", 2), row("insufficient", 4, 5)
    assert _as_one([mild, unknown, severe]) == {"state": "assessed", "level": 4, "indicative_level": 5}
    assert _as_one([mild, unknown]) == {"state": "insufficient", "level": 4, "indicative_level": 5}
    assert _as_one([mild, row("stale", 3)]) == {"state": "stale", "level": 3, "indicative_level": None}
    assert _as_one([])["state"] is None
    for dimension in (*DIMENSIONS, "overall"):
        for country in reader.countries(dimension)[: len(COUNTRIES)]:
            regions = reader.regions(country["iso3"], dimension)
            assert sum(country["level_counts"].values()) == len(regions)
            assert country["worst_region"] == regions[0]["region_id"]
    with pytest.raises(NotFound):
        reader.countries("nonsense")


def test_alerts_of_runs_made_for_the_past_are_nobodys_task(reader: Reader, published: Path) -> None:
    with duckdb.connect(str(published / reader.snapshot["file"]), read_only=True) as connection:
        rows = connection.execute("SELECT alert_id, kind FROM assessment.alert JOIN assessment.run USING (run_id)")
        found = rows.fetchall()
    past = {alert for alert, kind in found if kind == "history"} - {a for a, kind in found if kind == "current"}
    assert past
    assert not past & {row["alert_id"] for row in reader.alerts(open_only=False)}


def test_lists_are_worst_first_and_agree_with_the_stored_rows(reader: Reader, published: Path) -> None:
    rows = reader.regions("AFG")
    assert len(rows) == 34
    assert [(-r["overall_level"], r["sort_key"]) for r in rows] == sorted(
        (-r["overall_level"], r["sort_key"]) for r in rows
    )
    legal = [r["dimensions"]["legal"] for r in reader.regions(dimension="legal")]
    assert [(-d["level"], d["p20"]) for d in legal] == sorted((-d["level"], d["p20"]) for d in legal)
    assert [r["region_id"] for r in reader.relocation("AFG")] == [r["region_id"] for r in rows][::-1]
    with duckdb.connect(str(published / reader.snapshot["file"]), read_only=True) as connection:
        stored = connection.execute(
            "SELECT region_id, dimension, p20, level, state FROM assessment.dimension_score WHERE run_id = $run",
            {"run": reader.snapshot["run_id"]},
        ).fetchall()
    shown = {r["region_id"]: r["dimensions"] for r in reader.regions()}
    assert len(stored) == 3 * len(shown)
    for region_id, dimension, p20, level, state in stored:
        mine = shown[region_id][dimension]
        assert (mine["p20"], mine["level"], mine["state"]) == (p20, level, state)
    first = reader.countries()[0]
    assert sum(first["level_counts"].values()) == first["regions"] > 0
    assert [c["iso3"] for c in reader.countries() if c["monitored"]] == [
        c["iso3"] for c in reader.countries()[: len(COUNTRIES)]
    ]


def test_what_a_page_gets_is_its_own(reader: Reader) -> None:
    """A page that changes what it got changes nobody else's answer."""
    reader.regions("AFG")[0]["dimensions"]["legal"]["level"] = 0
    reader.regions("AFG")[0]["overall_level"] = 0
    assert all(r["overall_level"] and r["dimensions"]["legal"]["level"] for r in reader.regions("AFG"))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("assessed", 2), ("assessed", 5), ("insufficient", 4)], "assessed"),
        ([("assessed", 3), ("assessed", 2), ("insufficient", 4)], "insufficient"),
        ([("stale", 3), ("assessed", 2), ("assessed", 1)], "stale"),
        ([("insufficient", 4), ("insufficient", 5), ("insufficient", 4)], "insufficient"),
    ],
)
def test_a_known_severe_dimension_outweighs_an_unknown_one(rows: list[tuple[str, int]], expected: str) -> None:
    assert overall_state({"state": state, "level": level} for state, level in rows) == expected


def test_overall_state_agrees_with_the_category(reader: Reader) -> None:
    for row in reader.regions():
        before = row["category_before_gates"]
        assert (row["overall_state"] == "insufficient") == (before == "AU"), row["region_id"]
        assert row["suggested_category"] == before or row["suggested_category"] in ("A0", "A1"), "gates only worsen"


def test_gaps_in_a_trend_stay_gaps(reader: Reader) -> None:
    rows = reader.trend("AF-BAL", "physical", months=12)
    assert [row["as_of"] for row in rows if row["run_id"]] == [BEFORE, THEN]
    assert len(rows) == 12
    assert all(row["p20"] is None and row["state"] is None for row in rows if not row["run_id"])
    with pytest.raises(NotFound, match="dimension"):
        reader.trend("AF-BAL", "weather")


def test_violence_counts_what_the_panel_says(reader: Reader, published: Path) -> None:
    """Deaths of one region and month by a statement of its own; months nobody covers are None and not zero."""
    month = date(2021, 8, 1)
    with duckdb.connect(str(published / reader.snapshot["file"]), read_only=True) as connection:
        deaths = connection.execute(
            """
            SELECT sum(value) FROM observation
            WHERE variable = 'panel_deaths' AND region_id = 'AF-BAL' AND date_trunc('month', ref_start) = $month
              AND superseded_at IS NULL
            """,
            {"month": month},
        ).fetchone()
    rows = reader.violence_trend("AF-BAL", months=36)
    assert len(rows) == 36
    assert (rows[0]["month"], rows[-1]["month"]) == (date(2020, 7, 1), date(2023, 6, 1))
    found = next(row for row in rows if row["month"] == month)
    assert found["base_source"] == "ucdp_panel"
    assert deaths is not None
    assert found["deaths"] == deaths[0] > 0
    early = reader.violence_trend("AF-BAL", months=600)[0]
    assert early["events"] is None
    assert early["covered"] is False


def test_months_end_with_the_given_one() -> None:
    assert months_to(date(2024, 2, 29), 3) == [date(2023, 12, 1), date(2024, 1, 1), date(2024, 2, 1)]


def test_search_finds_words_without_accents_and_escapes_the_rest(reader: Reader) -> None:
    found = reader.search("MORSER balkh")
    assert found["total"] == 1
    text = found["hits"][0]["snippet_html"]
    assert "&lt;b&gt;and&lt;/b&gt; <mark>mörser</mark> near <mark>Balkh</mark> &amp; Herat" in text
    assert reader.search("100% _")["total"] == 0, "wildcards are words"
    assert reader.search('"roads are open"')["total"] == 1
    assert reader.search("closed")["total"] == 0, "an older vintage is not found"
    assert reader.search("balkh", {"region": "AF-BAL", "country": "AFG", "kind": "policy"})["total"] == 1
    assert reader.search("balkh", {"since": date(2023, 1, 2)})["total"] == 1
    assert reader.search(limit=1, offset=1)["total"] == reader.search()["total"]
    beyond = reader.search(limit=1, offset=10_000)
    assert (beyond["total"], beyond["hits"]) == (reader.search()["total"], [])
    with pytest.raises(NotFound, match="filter 'colour'"):
        reader.search("x", {"colour": "red"})


def test_search_without_its_file_scans(published: Path, reader: Reader, tmp_path: Path) -> None:
    shutil.copytree(published, tmp_path / "published")
    for file in (tmp_path / "published").glob("*.search.sqlite"):
        file.unlink()
    with Reader.open(tmp_path / "published") as scanning:
        for words, filters in (("MORSER balkh", {}), ("balkh", {"region": "AF-BAL", "kind": "policy"}), ("", {})):
            found, ranked = scanning.search(words, filters, 100), reader.search(words, filters, 100)
            assert (found["full_text"], ranked["full_text"]) == (False, True)
            assert found["total"] == ranked["total"]
            assert found["hits"][0].keys() == ranked["hits"][0].keys()
        assert scanning.search("balkh", {"what": "claims"})["hits"] == []


def test_claims_are_searched_opened_and_cut_from_their_document(reader: Reader) -> None:
    found = reader.claims(status="suggested", iso3="AFG", theme="shelling_airstrike")
    assert found["total"] == len(found["hits"]) == 1
    claim = found["hits"][0]
    assert (claim["quote"], claim["region_id"]) == (
        "Artillery shelling killed 14 civilians in Balkh on Monday.",
        "AF-BAL",
    )
    assert (claim["n_origins"], claim["status"]) == (1, "suggested")
    hits = reader.search("shelling balkh", {"what": "claims", "region": "AF-BAL", "theme": "shelling_airstrike"})[
        "hits"
    ]
    assert [hit["claim_id"] for hit in hits] == [claim["claim_id"]]
    assert "Artillery <mark>shelling</mark> killed 14 civilians in <mark>Balkh</mark>" in hits[0]["snippet_html"]
    assert hits[0]["title_html"] == "Bulletin &lt;4&gt;"
    document = reader.document("easa_czib:four")
    passage = document["passages"][0]
    assert document["summary"][passage["start_at"] : passage["end_at"]] == passage["quote"] == claim["quote"]
    places = {(m["name"], m["region_id"]) for m in document["mentions"]}
    assert ("Balkh", "AF-BAL") in places
    assert [(q["unit"], q["value"]) for q in document["quantities"]] == [("killed", 14.0)]
    evidence = reader.evidence(claim["claim_id"])
    assert (evidence["kind"], evidence["quote"]) == ("claim", claim["quote"])
    assert evidence["archive"]["warc_file"]
    assert reader.claims(status="suggested", limit=1, offset=999)["hits"] == []
    with pytest.raises(NotFound, match="what"):
        reader.search("x", {"what": "everything"})


def test_a_reworded_policy_text_shows_which_paragraph_changed(reader: Reader) -> None:
    found = reader.policy_changes(iso3="AFG", kind="paragraph")
    assert found["total"] == 1
    change = found["hits"][0]
    assert (change["old_text"], change["new_text"]) == ("Nothing but snow", "Nothing but snow, the roads are open")
    assert change["paragraphs"] == [{"change": "changed", "old": change["old_text"], "new": change["new_text"]}]
    assert (change["title"], change["effective"]) == ("Roads open", date(2023, 2, 2))
    assert reader.evidence(change["evidence_ids"][0])["row"]["title"] == "Roads open"
    assert reader.policy_changes(iso3="SOM")["hits"] == []
    assert reader.policy_changes(since=date(2030, 1, 1), limit=1, offset=5) == {"total": 0, "hits": []}
    assert reader.policy_items("AFG") == []


def test_stories_count_documents_and_independent_origins(reader: Reader) -> None:
    found = reader.stories(iso3="AFG", region_id="AF-BAL")
    told = {row["cluster_id"]: row for row in found["hits"]}
    story = told[reader.document("easa_czib:four")["cluster_id"]]
    assert (story["n_documents"], story["n_origins"], story["title"]) == (1, 1, "Bulletin <4>")
    assert found["total"] == len(found["hits"])


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=400), words=st.lists(st.text(min_size=1, max_size=6), max_size=4))
def test_a_snippet_never_lets_markup_through(text: str, words: list[str]) -> None:
    found = snippet(text, [plain(word) for word in words], length=60)
    rest = found.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in rest
    assert ">" not in rest
    assert found.count("<mark>") == found.count("</mark>")


def test_a_document_opens_with_its_copies(reader: Reader) -> None:
    found = reader.document("easa_czib:one")
    assert [row["document_id"] for row in found["duplicates"]] == ["easa_czib:three"]
    assert found["archive"]["warc_file"]
    assert found["text"] is None
    for stray in ("easa_czib:none", "nothing", "ipc:x"):
        with pytest.raises(NotFound):
            reader.document(stray)


def test_sources_say_how_they_do(reader: Reader, published: Path, root: Path) -> None:
    rows = {row["source_id"]: row for row in reader.sources()}
    assert rows["ipc"]["rows"] > 1000
    assert rows["ipc"]["state"] == "never", "shipped figures are no contact with the source"
    assert rows["ipc"]["must_have"] is None
    assert reader.snapshot["starter"] is True
    assert (reader.snapshot["as_of"], reader.snapshot["framework_version"]) == (THEN, FRAMEWORK.version)
    with Reader.open(published, catalog=catalog.load(root / "sources.toml")) as informed:
        assert {row["source_id"] for row in informed.sources()} == set(rows)
        assert all(isinstance(row["must_have"], list) for row in informed.sources())
    for issue in reader.issues():
        assert issue["remedy"]


def test_method_explain_compare_and_country(reader: Reader) -> None:
    method = reader.method()
    assert method["same_as_run"] is True
    assert {i["indicator_id"] for i in method["indicators"]} >= {i.id for i in FRAMEWORK.indicators}
    assert all(len(i["text"]) > 40 for i in method["indicators"])
    assert len(method["gates"]) == 12
    assert reader.explain("AF-BAL")["region"]["iso3"] == "AFG"
    table = reader.compare(["AF-BAL", "SO-BN"])
    for row in table["indicators"]:
        assert set(row["values"]) == {"AF-BAL", "SO-BN"}
    country = reader.country("AFG")
    assert len(country["regions"]) == 34
    assert [d["document_id"] for d in country["policy_documents"]][:1] == ["easa_czib:two"]
    assert sum(t["level_counts"].get("U", 0) for t in country["trend"]) >= 0
    assert {t["as_of"] for t in country["trend"]} == {BEFORE, THEN}


@pytest.mark.parametrize(
    "question",
    [
        lambda r: r.region("balkh"),
        lambda r: r.country("XXX"),
        lambda r: r.violence_trend("AF-XX"),
        lambda r: r.trend("AF-XX", "legal"),
        lambda r: r.regions(dimension="weather"),
        lambda r: r.compare(["AF-BAL"]),
        lambda r: r.explain("AF-BAL", date(1999, 1, 1)),
        lambda r: r.diff("no", "no", "AF-BAL"),
    ],
)
def test_what_is_not_there_is_said(reader: Reader, question: Callable[[Reader], object]) -> None:
    with pytest.raises(NotFound):
        question(reader)


def test_a_region_misspelt_gets_a_hint(reader: Reader) -> None:
    with pytest.raises(NotFound, match="AF-BAL"):
        reader.region("Balkh")


def test_without_a_snapshot_and_without_an_assessment(tmp_path: Path, starter: tuple[Path, RefreshReport]) -> None:
    with pytest.raises(NoSnapshot, match="returnwatch"):
        Reader.open(tmp_path / "published")
    shutil.copy(starter[0] / "warehouse.duckdb", tmp_path / "warehouse.duckdb")
    publish_now(tmp_path, NOW)
    with Reader.open(tmp_path / "published") as bare:
        assert bare.regions() == bare.alerts() == bare.changes() == bare.runs() == []
        assert all(row["worst_level"] is None for row in bare.countries())
        assert bare.snapshot["run_id"] is None
        assert bare.warm().sources()
        with pytest.raises(NotFound, match="returnwatch assess"):
            bare.region("AF-BAL")


def test_a_newer_snapshot_is_taken_up_and_the_older_stays_open(
    tmp_path: Path, starter: tuple[Path, RefreshReport]
) -> None:
    shutil.copy(starter[0] / "warehouse.duckdb", tmp_path / "warehouse.duckdb")
    publish_now(tmp_path, NOW)
    with Reader.open(tmp_path / "published") as first:
        assert first.refresh() is first
        publish_now(tmp_path, datetime(2026, 11, 23, 13, 0))
        with first.refresh() as second:
            assert second.snapshot["snapshot_id"] > first.snapshot["snapshot_id"]
            assert first.sources()


def test_many_threads_get_the_same_answers(published: Path) -> None:
    with Reader.open(published) as shared:
        names = [row["region_id"] for row in shared.regions()][:12]
        alone = {name: (shared.region(name), shared.violence_trend(name)) for name in names}
        wrong: list[str] = []

        def ask(mine: list[str]) -> None:
            wrong.extend(n for n in mine if (shared.region(n), shared.violence_trend(n)) != alone[n])

        threads = [threading.Thread(target=ask, args=(names[i:] + names[:i],)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
