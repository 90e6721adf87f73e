"""The crawl against a local server that misbehaves: each fault ends in its own kind, with words; the others go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest import crawl_process
from ingest.archive import Archive
from ingest.crawl import GOOD, KINDS, Job, Outcome, Progress
from ingest.model import Request
from tests.ingest.crawl_helpers import FACTS, job, run, source
from tests.ingest.crawl_server import EMPTY_FEED, FEED, Server

SITE = Path(__file__).parent / "crawl_site"

# path -> (kind, HTTP status, what the message must say)
EXPECTED = {
    "/ok": ("answered", 200, ""),
    "/missing": ("not_found", 404, "HTTP 404"),
    "/forbidden": ("client_error", 403, "HTTP 403"),
    "/broken": ("server_error", 500, "HTTP 500"),
    "/flaky": ("answered", 200, ""),
    "/busy": ("answered", 200, ""),
    "/very-busy": ("throttled", 429, "3,600 s"),
    "/silent": ("timeout", None, "within 1 s"),
    "/drip": ("timeout", None, "within 1 s"),
    "/endless": ("too_large", None, "1,000,000 bytes"),
    "/big": ("too_large", None, "1,000,000 bytes"),
    "/bomb": ("too_large", None, "1,000,000 bytes"),
    "/not-gzip": ("bad_encoding", None, "Content-Encoding"),
    "/half-gzip": ("truncated", None, "too early"),
    "/gzip": ("answered", 200, ""),
    "/deflate": ("answered", 200, ""),
    "/brotli": ("answered", 200, ""),
    "/truncated": ("truncated", None, "before the answer did"),
    "/closed": ("server_error", None, "without an answer"),
    "/garbage": ("server_error", None, "no valid HTTP"),
    "/loop": ("redirect_limit", 302, "more than 5 redirects"),
    "/moved": ("answered", 200, ""),
    "/to?http://10.1.2.3/": ("refused", 302, "10.1.2.3 is a private address"),
    "/to?http://169.254.10.10/": ("refused", 302, "link-local"),
    "/to?http://169.254.169.254/latest/meta-data/": ("refused", 302, "metadata"),
    "/to?http://[fd00:ec2::254]/latest/": ("refused", 302, "metadata"),
    "/to?http://127.0.0.1:9/": ("refused", 302, "127.0.0.1 is a loopback address"),
    "/to?http://[::1]:9/": ("refused", 302, "::1 is a loopback address"),
    "/to?http://[::ffff:10.0.0.1]/": ("refused", 302, "10.0.0.1 is a private address"),
    "/to?http://0.0.0.0:9/": ("refused", 302, "unspecified"),
    "/to?http://224.0.0.1/": ("refused", 302, "multicast"),
    "/to?http://2130706433/": ("refused", None, ""),
    "/to?http://[::1": ("refused", 302, "Invalid IPv6"),
    "/to?http://localhost:9/": ("refused", None, "localhost leads to"),
    "/to?file:///etc/passwd": ("refused", 302, "no web address"),
    "/html": ("answered", 200, ""),
    "/octets": ("answered", 200, ""),
    "/bad-utf8": ("answered", 200, ""),
    "/empty-feed": ("answered", 200, ""),
    "/empty": ("answered", 200, ""),
    "/etag": ("unchanged", 304, "not changed"),
    "/unasked-304": ("server_error", 304, "HTTP 304"),
    "/cookie": ("answered", 200, ""),
    "/closed-to-robots": ("refused", None, "robots.txt"),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path, Path]]:
    """(server, archive folder, file that lists every connection of the crawl process)."""
    folder = tmp_path_factory.mktemp("crawl")
    connects = folder / "connects"
    server = Server(folder)
    with pytest.MonkeyPatch.context() as patch:
        crawl_process.stop()  # a child of another test module does not watch its connections
        patch.setenv("PYTHONPATH", str(SITE))
        patch.setenv("RETURNWATCH_TEST_CONNECTS", str(connects))
        patch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # must not be used
        patch.setenv("http_proxy", "http://127.0.0.1:9")
        yield server, folder / "archive", connects
        crawl_process.stop()
    server.close()


@pytest.fixture(scope="module")
def outcomes(world: tuple[Server, Path, Path]) -> dict[str, Any]:
    """Every behaviour in one crawl, each as a source of its own: path -> its outcomes; also how long it took."""
    server, archive, _ = world
    jobs, ids = [], {}
    for number, path in enumerate(EXPECTED):
        url = server.url(path)
        ids[path] = f"source_{number}"
        validators = {url: ('"v1"', None)} if path == "/etag" else {}
        patience = 1.0 if path in ("/silent", "/drip") else FACTS["timeout_seconds"]
        jobs.append(job(ids[path], url, validators=validators, timeout_seconds=patience))
        if path == "/closed-to-robots":
            server.robots[url.split("/")[2]] = b"User-agent: returnwatch\nDisallow: /closed\n"
    ids["tls"] = "source_tls"
    jobs.append(job("source_tls", server.url("/ok", tls=True, host="tls")))
    ids["nowhere"] = "source_nowhere"
    jobs.append(job("source_nowhere", "http://no-such-host.invalid/feed"))
    ids["nobody"] = "source_nobody"
    jobs.append(job("source_nobody", "http://127.0.0.1:1/feed"))
    ids["not_ours"] = "source_not_ours"
    jobs.append(job("source_not_ours", server.url("/private"), allow_private=False))
    by_source = run(jobs, archive)
    return {path: by_source[source_id] for path, source_id in ids.items()}


@pytest.mark.parametrize("path", list(EXPECTED))
def test_each_behaviour_ends_in_its_kind(outcomes: dict[str, Any], path: str) -> None:
    kind, status, words = EXPECTED[path]
    (outcome,) = outcomes[path]
    assert (outcome.kind, outcome.status) == (kind, status), outcome
    assert words in outcome.message
    assert outcome.kind in KINDS
    if kind not in GOOD:
        assert len(outcome.remedy) > 20, "a person needs to know what to do"
        assert "{" not in outcome.remedy


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("tls", "tls_error", "self-signed certificate"),
        ("nowhere", "dns_error", "no-such-host.invalid"),
        ("nobody", "server_error", "cannot be reached"),
        ("not_ours", "refused", "loopback"),
    ],
)
def test_connections_that_do_not_come_about(outcomes: dict[str, Any], name: str, kind: str, words: str) -> None:
    (outcome,) = outcomes[name]
    assert outcome.kind == kind, outcome
    assert words in outcome.message
    assert outcome.remedy


def test_no_connection_leaves_the_machine(outcomes: dict[str, Any], world: tuple[Server, Path, Path]) -> None:
    asked = set(world[2].read_text().split())
    assert asked, "the watch on connections did not run"
    assert all(address.startswith("127.0.0.") for address in asked), asked
    assert world[0].asked["/private"] == 0


def test_hosts_do_not_wait_for_each_other(outcomes: dict[str, Any], world: tuple[Server, Path, Path]) -> None:
    """While one host has asked for two seconds of patience, others are asked, in each order of the list."""
    times = world[0].times
    first, second = times["/busy"]
    meanwhile = [path for path, moments in times.items() if any(first < moment < second for moment in moments)]
    assert len(meanwhile) > 3, meanwhile


def test_what_was_answered_is_in_the_archive(outcomes: dict[str, Any], world: tuple[Server, Path, Path]) -> None:
    archive = Archive(world[1])
    for path, body in (("/ok", FEED), ("/gzip", FEED), ("/deflate", FEED), ("/brotli", FEED), ("/empty", b""),
                       ("/empty-feed", EMPTY_FEED), ("/moved", FEED)):  # fmt: skip
        record = outcomes[path][0].record
        answer = archive.read(record)
        assert answer.body == body, path
        assert "content-encoding" not in answer.headers
        assert record.run_id == "run-1"
    assert archive.verify() == []
    kept = {record.url for record in archive.records()}
    assert outcomes["/missing"][0].url in kept, "an error page is an answer too"


def test_a_redirect_keeps_the_asked_address(outcomes: dict[str, Any], world: tuple[Server, Path, Path]) -> None:
    record = outcomes["/moved"][0].record
    assert record.url.endswith("/moved")
    assert record.final_url.endswith("/ok")


def test_headers_are_honest_and_no_cookies_kept(outcomes: dict[str, Any], world: tuple[Server, Path, Path]) -> None:
    server, folder, _ = world
    sent = server.headers["/ok"]
    assert sent["user-agent"] == "ReturnWatch/0.1 (+mailto:test@example.org)"
    assert sent["accept-encoding"] == "gzip, deflate, br"
    assert server.headers["/etag"]["if-none-match"] == '"v1"'
    assert "set-cookie" not in Archive(folder).read(outcomes["/cookie"][0].record).headers


def test_tries_are_few_and_retry_after_is_obeyed(outcomes: dict[str, Any], world: tuple[Server, Path, Path]) -> None:
    server = world[0]
    assert server.asked["/broken"] == 3
    assert server.asked["/very-busy"] == 1, "an hour is not waited for, and nothing is asked meanwhile"
    assert server.asked["/missing"] == 1
    first, second = server.times["/busy"]
    assert second - first >= 1.95


def test_robots_is_obeyed_before_asking(outcomes: dict[str, Any], world: tuple[Server, Path, Path]) -> None:
    assert world[0].asked["/closed-to-robots"] == 0


def test_delay_between_requests_to_one_host(world: tuple[Server, Path, Path]) -> None:
    server, archive, _ = world
    urls = [server.url(f"/slow/{number}", host="slow") for number in range(4)]
    by_source = run([job("slow", *urls, delay_seconds=0.3)], archive)
    assert [outcome.kind for outcome in by_source["slow"]] == ["answered"] * 4
    times = sorted(server.times[f"/slow/{number}"][0] for number in range(4))
    # 0.9 s as the crawl counts it; the server's own clock may start late on a busy machine, never run fast
    assert times[-1] - times[0] > 0.5, times


def test_following_pages_stays_within_limits(world: tuple[Server, Path, Path]) -> None:
    server, archive, _ = world
    start = server.url("/pages/1", host="pages")
    by_source = run([job("paging", start, adapter="crawl_paging")], archive)
    asked = [outcome.url.rsplit("/", 1)[1] for outcome in by_source["paging"]]
    assert asked == ["1", "2", "3"], "every page once"
    few = run([job("few", server.url("/pages/1", host="few"), adapter="crawl_paging", max_requests=2)], archive)["few"]
    assert [outcome.kind for outcome in few] == ["answered", "answered", "refused"]
    assert "more than 2 requests" in few[-1].message
    away = run([job("away", server.url("/pages/elsewhere", host="away"), adapter="crawl_paging")], archive)["away"]
    assert {outcome.kind for outcome in away} == {"answered", "refused"}
    assert "not on a host of this source" in away[-1].message


def test_a_fault_in_an_adapter_stays_with_its_source(world: tuple[Server, Path, Path]) -> None:
    server, archive, _ = world
    by_source = run(
        [
            job("faulty", server.url("/pages/raise", host="raise"), adapter="crawl_paging"),
            job("absent", server.url("/x"), adapter="no_such_adapter"),
            job("fine", server.url("/fine")),
        ],
        archive,
    )
    assert [outcome.kind for outcome in by_source["faulty"]] == ["answered", "crashed"]
    assert "could not say what follows" in by_source["faulty"][1].message
    assert [outcome.kind for outcome in by_source["absent"]] == ["crashed"]
    assert [outcome.kind for outcome in by_source["fine"]] == ["answered"]


def test_an_unchanged_list_still_leads_to_pages_never_got(world: tuple[Server, Path, Path]) -> None:
    server, archive, _ = world
    start = server.url("/pages/1", host="list")
    cut_off = run([job("list", start, adapter="crawl_paging", max_requests=1)], archive)["list"]
    assert [outcome.kind for outcome in cut_off] == ["answered", "refused"]
    validators = {start: (cut_off[0].record.etag, cut_off[0].record.last_modified)}  # type: ignore[union-attr]
    again = run([job("list", start, adapter="crawl_paging", validators=validators)], archive)["list"]
    ends = [(outcome.url[-1], outcome.kind) for outcome in again]
    assert ends == [("1", "unchanged"), ("2", "answered"), ("3", "answered")]
    third = run([job("list", start, adapter="crawl_paging", validators=validators)], archive)["list"]
    assert [outcome.kind for outcome in third] == ["unchanged"], "what was got is not asked again"


def test_many_unchanged_addresses_of_one_host(world: tuple[Server, Path, Path]) -> None:
    """They are asked in one go, at the pace of the host; a changed one is taken, a faulty one goes the long way."""
    server, archive, _ = world
    paths = ["/etag/1", "/etag/2", "/fresh", "/etag/3", "/flaky", "/etag/4", "/missing", "/etag/5"]
    urls = [server.url(path, host="many") for path in paths]
    server.robots[urls[0].split("/")[2]] = b"User-agent: *\nDisallow: /etag/5\n"
    server.asked["/flaky"], server.times["/flaky"] = 0, []
    validators = dict.fromkeys(urls, ('"v1"', None))
    found = run([job("many", *urls, validators=validators, delay_seconds=0.15)], archive)["many"]
    kinds = {outcome.url: outcome.kind for outcome in found}
    assert len(found) == len(paths), "one outcome each"
    assert [kinds[url] for url in urls] == [
        "unchanged", "unchanged", "answered", "unchanged", "answered", "unchanged", "not_found", "refused",
    ]  # fmt: skip
    assert "robots.txt" in next(outcome for outcome in found if outcome.kind == "refused").message
    server.times["/missing"] = server.times["/missing"][-1:]  # it was asked for in another test
    times = sorted(moment for path in paths for moment in server.times.get(path, ()))
    assert times[-1] - times[0] > 0.6 * 0.15 * (len(times) - 1), "the pace of the host"
    assert server.asked["/etag/5"] == 0


def test_a_killed_child_does_not_take_the_parent_along(world: tuple[Server, Path, Path]) -> None:
    server, archive, _ = world
    jobs = [
        job("quick", server.url("/quick")),
        job("deadly", server.url("/pages/die", host="die"), adapter="crawl_paging"),
        job("late", server.url("/late"), server.url("/later", host="/late"), delay_seconds=3.0),
    ]
    seen: list[Progress] = []
    by_source = run(jobs, archive, progress=seen.append)
    assert [outcome.kind for outcome in by_source["quick"]] == ["answered"]
    assert [outcome.kind for outcome in by_source["deadly"]] == ["answered"], "archived and told before it died"
    assert by_source["late"][-1].kind == "crashed"
    assert "signal 9" in by_source["late"][-1].message
    assert len(seen) == 4
    assert seen[-1].done == seen[-1].total == 4
    assert [outcome.kind for outcome in run([job("next", server.url("/next"))], archive)["next"]] == ["answered"]


def test_a_crawl_that_takes_too_long_is_stopped(world: tuple[Server, Path, Path]) -> None:
    server, archive, _ = world
    jobs = [job("good", server.url("/good")), job("stuck", server.url("/silent", host="stuck"), timeout_seconds=30)]
    run([job("warm", server.url("/warm"))], archive)  # the child is there: its start does not count
    by_source = run(jobs, archive, wall_seconds=5)  # the server would let go after 20 s, as a fault of another kind
    assert [outcome.kind for outcome in by_source["good"]] == ["answered"]
    (stuck,) = by_source["stuck"]
    assert (stuck.kind, stuck.record) == ("crashed", None)
    assert "too long" in stuck.message
    assert Archive(archive).read(by_source["good"][0].record).body == FEED


def test_the_key_is_never_kept(world: tuple[Server, Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    server, archive, _ = world
    monkeypatch.setenv("TEST_SOURCE_KEY", "s3cret/key")
    url = server.url("/keyed?key=s3cret%2Fkey&x=1", host="keyed")
    facts = {"key_variable": "TEST_SOURCE_KEY", "key_help": "Ask the test."}
    keyed = source("keyed", url.split("?")[0], **facts)
    by_source = run([Job(keyed, (Request(url, headers={"Authorization": "s3cret/key"}),), {})], archive)
    (outcome,) = by_source["keyed"]
    assert outcome.kind == "answered"
    assert outcome.url.endswith("/keyed?key=KEY&x=1")
    assert server.headers["/keyed?key=s3cret%2Fkey&x=1"]["authorization"] == "s3cret/key"
    assert b"s3cret" not in b"".join(
        str(Archive(archive).read(record)).encode() for record in Archive(archive).records(source_id="keyed")
    )


def test_a_proxy_is_used_when_it_is_named_and_only_then(
    world: tuple[Server, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fixture sets http_proxy to a port nobody listens on: every other test shows that it is not used."""
    server, archive, _ = world
    monkeypatch.setenv("RETURNWATCH_PROXY", server.url("", host="proxy"))
    jobs = [
        job("far", "http://far.invalid/report", allow_private=False),
        job("inside", "http://10.0.0.9/report", "http://localhost:9/report", allow_private=False),
        job("near", server.url("/near", host="not-by-proxy")),
    ]
    by_source = run(jobs, archive)
    assert [outcome.kind for outcome in by_source["far"]] == ["answered"]
    assert server.asked["http://far.invalid/report"] == 1
    assert [outcome.kind for outcome in by_source["inside"]] == ["refused", "refused"]
    assert [outcome.kind for outcome in by_source["near"]] == ["answered"]
    assert server.asked["/near"] >= 1


def test_without_a_network_only_servers_of_ones_own_are_asked(
    world: tuple[Server, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, archive, _ = world
    monkeypatch.setattr("ingest.crawl.offline_reason", lambda hosts: f"{len(list(hosts))} hosts tried")
    jobs = [
        job("far", "https://one.example/a", "https://one.example/b", allow_private=False),
        job("away", "https://two.example/a", allow_private=False),
        job("near", server.url("/near")),
    ]
    by_source = run(jobs, archive)
    assert [outcome.kind for outcome in by_source["far"]] == ["offline", "offline"]
    assert by_source["away"][0].message == "there is no network: 2 hosts tried"
    assert [outcome.kind for outcome in by_source["near"]] == ["answered"]


def test_outcomes_travel_as_lines() -> None:
    outcome = Outcome("one", "http://x.example/ü", "timeout", None, None, "a — b", "wait", 1.5)
    import json

    assert Outcome.from_dict(json.loads(outcome.to_line())) == outcome
