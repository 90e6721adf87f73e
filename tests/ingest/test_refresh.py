"""A refresh from the catalog to rows: what is new, changed or same, who failed, what a restart does."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingest import refresh_load
from ingest.crawl import Outcome
from ingest.model import Answer, digest_of
from ingest.publish import publish
from ingest.refresh import RefreshError, refresh
from ingest.refresh_report import RefreshReport
from ingest.warehouse import Warehouse
from tests.ingest import warehouse_kit as kit
from tests.ingest.warehouse_kit import NOW, Web, body, row, rows_of, source

URL = "https://alpha.example/data.json"


@pytest.fixture
def reference_dir(tmp_path: Path) -> Path:
    return kit.small_reference(tmp_path / "reference")


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    kit.use_small_adapter(monkeypatch)


class Site:
    """A data folder and its web, refreshed as often as a test likes."""

    def __init__(self, folder: Path, reference_dir: Path) -> None:
        self.data, self.reference_dir, self.web = folder, reference_dir, Web()
        self.sources = {"alpha": source("alpha")}

    def refresh(self, now: datetime = NOW, **options) -> RefreshReport:
        self.web.now = now
        return refresh(self.data, self.sources, now=now, tools=self.web.tools(self.reference_dir), **options)

    def line(self, report: RefreshReport, source_id: str = "alpha") -> tuple:
        found = next(line for line in report.sources if line.source == source_id)
        return found.state, found.new, found.changed, found.same, found.issues

    def rows(self, sql: str, **values) -> list[tuple]:
        return rows_of(self.data / "warehouse.duckdb", sql, **values)


@pytest.fixture
def site(tmp_path: Path, reference_dir: Path) -> Site:
    return Site(tmp_path / "data", reference_dir)


def test_new_same_and_changed_rows_are_told_apart_and_the_old_vintage_stays(site: Site) -> None:
    site.web.pages[URL] = body(row("a", 1), row("b", 2))
    assert site.line(site.refresh()) == ("ok", 2, 0, 0, 0)
    later = NOW + timedelta(days=1)
    site.web.pages[URL] = body(row("a", 1), row("b", 3), row("c", 4))
    assert site.line(site.refresh(later)) == ("ok", 1, 1, 1, 0)
    found = site.rows(
        "SELECT observation_id, value, known_at, superseded_at FROM observation ORDER BY observation_id, known_at"
    )
    lag = datetime(2025, 1, 31) + timedelta(days=30)  # the first good run is history: known from the end plus the lag
    assert found == [
        ("alpha:a", 1.0, lag, None),
        ("alpha:b", 2.0, lag, later),
        ("alpha:b", 3.0, later, None),
        ("alpha:c", 4.0, later, None),
    ]


def test_the_same_bytes_again_are_unchanged_and_a_304_is_too(site: Site) -> None:
    site.web.pages[URL] = body(row("a"), row("b"))
    site.refresh()
    assert site.line(site.refresh(NOW + timedelta(hours=1))) == ("unchanged", 0, 0, 2, 0)
    site.web.etags = True
    site.web.pages[URL] = body(row("a"), row("b"), row("c"))
    assert site.line(site.refresh(NOW + timedelta(hours=2))) == ("ok", 1, 0, 2, 0)
    assert site.line(site.refresh(NOW + timedelta(hours=3))) == ("unchanged", 0, 0, 3, 0)
    assert URL in site.web.validators


def test_rows_that_vanish_stay_and_a_flip_back_is_a_third_vintage(site: Site) -> None:
    for day, value in enumerate((1, 2, 1)):
        site.web.pages[URL] = body(row("a", value), *([row("gone")] if day == 0 else []))
        site.refresh(NOW + timedelta(days=day))
    assert [
        value
        for (value,) in site.rows("SELECT value FROM observation WHERE observation_id = 'alpha:a' ORDER BY known_at")
    ] == [1, 2, 1]
    assert site.rows("SELECT superseded_at FROM observation WHERE observation_id = 'alpha:gone'") == [(None,)]


def test_one_failing_source_leaves_the_others_alone_and_loses_nothing(site: Site) -> None:
    site.sources = {name: source(name) for name in ("alpha", "beta", "gamma", "delta")}
    for name in site.sources:
        site.web.pages[f"https://{name}.example/data.json"] = body(row("a"))
    site.refresh()
    site.web.pages |= {
        "https://beta.example/data.json": "timeout",
        "https://gamma.example/data.json": b"<html>not json</html>",
        "https://delta.example/data.json": body(error="the service says no"),
        URL: body(row("a"), row("b")),
    }
    report = site.refresh(NOW + timedelta(days=1))
    assert [site.line(report, name)[0] for name in site.sources] == ["ok", "failed", "failed", "failed"]
    assert report.exit_code() == 3
    assert site.rows("SELECT count(*) FROM observation WHERE superseded_at IS NULL") == [(5,)]
    found = dict(site.rows("SELECT source_id, kind || ': ' || remedy FROM issue"))
    assert found["beta"] == "timeout: do something about timeout"
    assert found["gamma"].startswith("adapter_crashed: ")
    assert found["delta"] == "answer_rejected: ask again"


def test_rejected_answers_stay_failed_when_they_come_again(site: Site) -> None:
    site.web.pages[URL] = body(error="no")
    assert site.line(site.refresh())[0] == "failed"
    again = site.refresh(NOW + timedelta(days=1))
    assert site.line(again)[0] == "failed"
    assert again.exit_code() == 2
    assert site.rows("SELECT first_seen, last_seen, count FROM issue") == [(NOW, NOW + timedelta(days=1), 1)]


def test_offline_is_said_once_and_is_no_issue(site: Site) -> None:
    site.sources = {name: source(name) for name in ("alpha", "beta")}
    for name in site.sources:
        site.web.pages[f"https://{name}.example/data.json"] = "offline"
    report = site.refresh()
    assert report.offline
    assert len(report.messages) == 1
    assert report.exit_code() == 2
    assert site.rows("SELECT count(*) FROM issue") == [(0,)]


def test_below_minimum_takes_in_new_rows_but_no_corrections_until_the_source_is_whole_again(site: Site) -> None:
    site.sources = {"alpha": source("alpha", min_rows=3)}
    site.web.etags = True
    site.web.pages[URL] = body(row("a", 1), row("b", 2), row("c", 3))
    site.refresh()
    site.web.pages[URL] = body(row("a", 99), row("d", 4))
    report = site.refresh(NOW + timedelta(days=1))
    assert site.line(report) == ("below_minimum", 1, 0, 1, 1)
    assert "at least 3" in (report.sources[0].message or "")
    assert site.rows("SELECT value FROM observation WHERE observation_id = 'alpha:a'") == [(1.0,)]
    # the same short answer is asked for in full again, and still not believed
    assert site.line(site.refresh(NOW + timedelta(days=2)))[0] == "below_minimum"
    site.web.pages[URL] = body(row("a", 99), row("b", 2), row("d", 4))
    assert site.line(site.refresh(NOW + timedelta(days=3))) == ("ok", 0, 1, 2, 0)


def test_missing_must_have_country_is_below_minimum_and_names_it(site: Site) -> None:
    site.sources = {"alpha": source("alpha", must_have=("XAA", "XBB"))}
    site.web.pages[URL] = body(row("a"))
    report = site.refresh()
    assert site.line(report)[0] == "below_minimum"
    assert "XBB" in (report.sources[0].message or "")


def test_unchanged_addresses_count_towards_the_minimum(site: Site) -> None:
    second = "https://alpha.example/more.json"
    site.sources = {"alpha": source("alpha", urls=(URL, second), min_rows=3)}
    site.web.etags = True
    site.web.pages |= {URL: body(row("a"), row("b")), second: body(row("c"))}
    site.refresh()
    site.web.pages[second] = body(row("c", 7))
    assert site.line(site.refresh(NOW + timedelta(days=1))) == ("ok", 0, 1, 2, 0)


def test_an_empty_answer_is_empty_not_broken_unless_rows_were_promised(site: Site) -> None:
    site.web.pages[URL] = body()
    assert site.line(site.refresh())[0] == "empty"
    site.sources = {"alpha": source("alpha", min_rows=10)}
    site.web.pages[URL] = body(note="other bytes")
    assert site.line(site.refresh(NOW + timedelta(days=1)))[0] == "below_minimum"


def test_some_addresses_failing_is_partial(site: Site) -> None:
    site.sources = {"alpha": source("alpha", urls=(URL, "https://alpha.example/gone.json"))}
    site.web.pages[URL] = body(row("a"))
    report = site.refresh()
    assert site.line(report) == ("partial", 1, 0, 0, 1)
    assert report.exit_code() == 3


def test_a_killed_run_is_taken_up_by_the_next_one(site: Site) -> None:
    site.web.pages[URL] = body(row("a"))

    def die() -> None:
        raise KeyboardInterrupt

    site.web.before_return = die
    with pytest.raises(KeyboardInterrupt):
        site.refresh()
    assert site.rows("SELECT state FROM run") == [("running",)]
    site.web.before_return = None
    site.web.pages[URL] = body(row("b"))
    site.refresh(NOW + timedelta(days=1))
    assert site.rows("SELECT observation_id FROM observation ORDER BY 1") == [("alpha:a",), ("alpha:b",)]
    assert sorted(site.rows("SELECT state FROM run")) == [("done",), ("interrupted",)]


def test_coverage_is_there_after_a_run_killed_between_rows_and_coverage(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.web.pages[URL] = body(row("a"))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(refresh_load, "refresh_coverage", die)
        with pytest.raises(KeyboardInterrupt):
            site.refresh()
    assert site.rows("SELECT (SELECT count(*) FROM observation), (SELECT count(*) FROM coverage)") == [(1, 0)]
    site.refresh(NOW + timedelta(days=1))
    assert site.rows("SELECT count(*) FROM coverage") == [(1,)]


def test_history_is_backdated_only_in_the_first_good_run(site: Site) -> None:
    published = row("p", published="2025-03-01T10:00:00")
    site.web.pages[URL] = body(published, row("l", start="2025-01-01", end="2025-01-31"))
    site.refresh()
    site.web.pages[URL] = body(
        published, row("l", start="2025-01-01", end="2025-01-31"), row("late", start="2025-02-01")
    )
    site.refresh(NOW + timedelta(days=1))
    assert site.rows("SELECT observation_id, known_at, known_basis FROM observation ORDER BY observation_id") == [
        ("alpha:l", datetime(2025, 3, 2), "lag"),
        ("alpha:late", NOW + timedelta(days=1), "retrieved"),
        ("alpha:p", datetime(2025, 3, 1, 10), "published"),
    ]


def test_unknown_source_is_answered_with_the_nearest(site: Site) -> None:
    with pytest.raises(RefreshError, match="did you mean 'alpha'"):
        site.refresh(only=["alfa"])


def test_disabled_sources_are_not_asked_and_say_why(site: Site) -> None:
    site.sources = {"alpha": source("alpha", disabled="needs an agreement; write to the publisher")}
    report = site.refresh()
    assert site.line(report)[0] == "disabled"
    assert "agreement" in (report.sources[0].message or "")
    assert site.web.asked == []


def test_due_only_asks_what_is_due_and_nothing_twice(site: Site) -> None:
    site.sources = {"alpha": source("alpha"), "beta": source("beta", schedule="0 6 1 * *")}
    for name in site.sources:
        site.web.pages[f"https://{name}.example/data.json"] = body(row("a"))
    site.refresh(due_only=True)
    assert site.refresh(NOW + timedelta(hours=1), due_only=True).nothing_due
    site.web.asked.clear()
    report = site.refresh(NOW + timedelta(days=1), due_only=True)
    assert [line.source for line in report.sources] == ["alpha"]
    assert site.web.asked == [URL]


def test_a_changed_adapter_or_fact_parses_the_archived_answers_again(site: Site) -> None:
    site.web.pages[URL] = body(row("a", region="north"), row("old", start="1990-01-01"))
    assert site.line(site.refresh()) == ("ok", 1, 0, 0, 1)
    site.sources = {"alpha": source("alpha", earliest="1980-01-01")}
    site.web.pages[URL] = "server_error"
    site.refresh(NOW + timedelta(days=1))
    assert site.rows("SELECT count(*) FROM observation") == [(2,)]
    assert site.rows("SELECT kind FROM issue") == [("server_error",)]


def test_an_inbox_file_enters_once_through_the_adapter(site: Site) -> None:
    site.web.pages[URL] = "not_found"
    folder = site.data / "inbox" / "alpha"
    folder.mkdir(parents=True)
    (folder / "my rows.json").write_bytes(body(row("a"), row("b")))
    (site.data / "inbox" / "stray.csv").write_text("x")
    assert site.line(site.refresh())[1:4] == (2, 0, 0)
    assert site.rows("SELECT url, state FROM answer") == [("inbox:///alpha/my%20rows.json", "good")]
    assert ("unknown_source",) in site.rows("SELECT kind FROM issue")
    assert site.line(site.refresh(NOW + timedelta(days=1)))[1:4] == (0, 0, 0)
    (folder / "my rows.json").write_bytes(body(row("a", 5), row("b")))
    assert site.line(site.refresh(NOW + timedelta(days=2)))[1:4] == (0, 1, 1)


def test_a_refused_inbox_file_is_not_read_at_every_turn(site: Site) -> None:
    site.sources = {"alpha": source("alpha", urls=())}
    folder = site.data / "inbox" / "alpha"
    folder.mkdir(parents=True)
    (folder / "rows.json").write_bytes(body(error="this is another file"))
    assert site.line(site.refresh())[0] == "failed"
    assert site.refresh(NOW + timedelta(days=1), due_only=True).nothing_due
    assert site.rows("SELECT count(*) FROM answer") == [(1,)]


def test_coverage_follows_rows(site: Site) -> None:
    site.sources = {"alpha": source("alpha", countries=("XAA", "XBB")), "beta": source("beta")}
    site.web.pages |= {
        URL: body(row("a", start="2024-01-01", end="2024-12-31"), row("b", start="2025-01-01", end="2025-06-30")),
        "https://beta.example/data.json": body(
            row("e", type="event", start="2024-02-01", end="2024-02-01"),
            row("f", type="event", start="2024-05-01", end="2024-05-01", iso3="XBB"),
        ),
    }
    site.refresh()
    found = site.rows("SELECT source_id, iso3, covered_from::VARCHAR, covered_to::VARCHAR FROM coverage ORDER BY ALL")
    assert found == [
        ("alpha", "XAA", "2024-12-31", "2025-06-30"),
        ("alpha", "XBB", "2024-12-31", "2025-06-30"),
        ("beta", "XAA", "2024-02-01", "2024-05-01"),
        ("beta", "XBB", "2024-02-01", "2024-05-01"),
    ]


def test_the_json_form(site: Site) -> None:
    site.web.pages[URL] = body(row("a"))
    found = site.refresh().to_json()
    line = found["sources"][0]
    assert {"source", "state", "new", "changed", "same", "issues", "seconds"} <= set(line)
    assert (line["source"], line["new"]) == ("alpha", 1)


def test_rows_a_killed_run_left_unpublished_are_noticed_by_the_next_run(site: Site) -> None:
    site.web.pages[URL] = body(row("a"))
    assert site.refresh().changed_anything
    published = site.data / "published"
    assert site.refresh(NOW + timedelta(minutes=1)).changed_anything  # nobody published

    def publish_now(now: datetime) -> None:
        with Warehouse(site.data / "warehouse.duckdb").writer() as connection:
            publish(connection, published, made_at=now, code_version="test")

    publish_now(NOW + timedelta(minutes=2))
    assert not site.refresh(NOW + timedelta(minutes=3)).changed_anything
    assert not site.refresh(NOW + timedelta(minutes=4), due_only=True).changed_anything
    assert site.refresh(NOW + timedelta(hours=3), due_only=True).changed_anything  # the page of sources would grow old
    publish_now(NOW + timedelta(hours=4))
    site.web.pages[URL] = body(row("a", 2))
    site.refresh(NOW + timedelta(hours=5))
    assert site.refresh(NOW + timedelta(hours=5, minutes=1)).unpublished


def test_error_pages_and_parts_of_answers_are_kept_but_never_parsed(site: Site) -> None:
    plain = site.web._one

    def with_status(archive, of, url, run_id, validators) -> Outcome:
        page = body(row("part"))
        answer = Answer(of.id, url, 206, {}, page, site.web.now, digest_of(page))
        record = archive.append(answer, run_id=run_id)
        return Outcome(of.id, url, "truncated", 206, record, "only a part came", "ask again", 0.1)

    site.web._one = with_status  # type: ignore[method-assign]
    assert site.line(site.refresh())[:2] == ("failed", 0)
    assert site.rows("SELECT status, state FROM answer") == [(206, None)]
    site.web._one = plain  # type: ignore[method-assign]
    site.web.pages[URL] = body(row("part"))
    assert site.line(site.refresh(NOW + timedelta(days=1)))[:2] == ("ok", 1)


def test_the_same_replay_twice_reports_nothing_new_and_leaves_every_table_as_it_was(site: Site, tmp_path: Path) -> None:
    files = [tmp_path / "answers.warc.gz"]
    files[0].write_bytes(b"only its digest counts here")
    site.web.pages[URL] = body(row("a"), row("b", region="nowhere"))
    first = site.refresh(replay=files)
    before = kit.content(site.data / "warehouse.duckdb")
    assert site.rows("SELECT new_rows FROM source_run") == [(2,)]
    again = site.refresh(replay=files)
    assert first.run_id == again.run_id
    assert (site.line(first), site.line(again)) == (("ok", 2, 0, 0, 1), ("unchanged", 0, 0, 2, 0))
    assert kit.content(site.data / "warehouse.duckdb") == before
    site.refresh(replay=files, only=["alpha"])  # the same sources by name are the same run
    assert site.rows("SELECT count(*) FROM run") == [(1,)]
