"""Feeds: the rows of every form, hostile and broken ones, and the strict reader against feedparser."""

import json
import re
import subprocess
import sys
from collections import Counter

import pytest

from ingest import catalog, variables
from ingest.adapters import _feed_entries, feed
from ingest.model import AdapterError
from ingest.parse import parse_answer
from ingest.parse_places import World
from tests.ingest.adapters.helpers import (
    ANSWERS,
    answer,
    compact,
    documents,
    expected,
    manifest,
    problems,
    source,
)

URL = "https://notes.example.org/feed"


def rows_of(body, url=URL, **facts):
    return list(feed.parse(answer(body, url), source(**facts)))


def rss(*items, head=""):
    return f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>t</title>{"".join(items)}</channel></rss>'


def item(**parts):
    return "<item>" + "".join(f"<{name}>{text}</{name}>" for name, text in parts.items()) + "</item>"


# -- forms --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("rss.xml", "rss.expected.json"),
        ("atom.xml", "atom.expected.json"),
        ("rdf.xml", "rdf.expected.json"),
        ("feed.json", "feed_json.expected.json"),
    ],
)
def test_the_rows_written_down_beside_the_feed(name, rows):
    found = rows_of(ANSWERS / "feed" / name, store_fulltext=True)
    assert [compact(row) for row in found] == expected("feed", rows)


def test_text_is_kept_only_where_the_catalog_allows_it():
    assert all(document.text is None for document in documents(rows_of(ANSWERS / "feed" / "rss.xml")))


def test_a_broken_feed_gives_what_can_be_read():
    clean = (ANSWERS / "feed" / "rss.xml").read_text()
    broken = clean.replace("<title>Road closed</title>", "<title>Road & bridge <br> closed</title>")
    with pytest.raises(_feed_entries.etree.XMLSyntaxError):
        _feed_entries.etree.fromstring(broken.encode())
    titles = [document.title for document in documents(rows_of(broken))]
    assert len(titles) == 3
    assert titles[1].startswith("Road & bridge")


def test_the_title_of_the_dutch_gazette_stands_in_the_description():
    body = rss(
        item(title="stcrt-2026-1 : Ministerie", description="Besluit; WBV 2026/1", link="https://z.example.nl/1")
    )
    (document,) = rows_of(body, options={"title_from_description": True, "kind": "policy"})
    assert document.title == "Besluit; WBV 2026/1 (stcrt-2026-1 : Ministerie)"
    assert document.kind == "policy"
    assert document.key == document.url == "https://z.example.nl/1"


def test_the_countries_of_a_source_are_those_of_its_documents_when_they_are_few():
    body = rss(item(title="x"))
    assert documents(rows_of(body, countries=("SYR",)))[0].countries == ("SYR",)
    assert documents(rows_of(body, countries=("AFG", "SDN", "SOM", "SYR")))[0].countries == ()
    assert documents(rows_of(body))[0].countries == ()


def test_identity_is_stable_and_falls_back_from_guid_to_link_to_words():
    one = item(title="a", guid="g1", link="https://n.example.org/1")
    two = item(title="b", link="https://n.example.org/2")
    three = item(title="c", pubDate="Tue, 03 Nov 2026 09:15:00 GMT")
    keys = [document.key for document in documents(rows_of(rss(one, two, three)))]
    assert keys[:2] == ["g1", "https://n.example.org/2"]
    assert keys == [document.key for document in reversed(documents(rows_of(rss(three, two, one))))]
    assert rows_of(rss(item(title="c", pubDate="Wed, 04 Nov 2026 09:15:00 GMT")))[0].key != keys[2]


def test_doubled_guids_stay_two_rows_for_the_loader_to_judge():
    rows = rows_of(rss(item(title="a", guid="g"), item(title="b", guid="g")))
    assert [(row.key, row.title) for row in rows] == [("g", "a"), ("g", "b")]


# -- dates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written", ["Mon, 09 Jun 0025 10:00:00 GMT", "0025-06-09", "9999-12-31T00:00:00Z", "Fri, 31 Dec 9999 23:59:59 GMT"]
)
def test_an_impossible_date_is_reported_and_the_words_are_kept(written):
    problem, document = rows_of(rss(item(title="a", pubDate=written)))
    assert problem.kind == "bad_date"
    assert document.published is None
    assert document.attributes["dates_as_written"] == {"published": written}


def test_a_missing_date_is_no_problem():
    (document,) = rows_of(rss(item(title="a")))
    assert document.published is None


# -- hostile ------------------------------------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>'


@pytest.mark.parametrize(
    "head",
    [
        BOMB,
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd"> %p;]>',
    ],
)
def test_declared_entities_are_refused_unread(head):
    with pytest.raises(AdapterError, match="declares XML entities"):
        rows_of(rss(item(title="&l9;&x;"), head=head))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_entities_hidden_from_the_first_look_are_refused_too(encoding):
    head = f"<!--{' ' * 70_000}-->{BOMB}"
    body = rss(item(title="start &l9; end"), head=head).replace('"1.0"', f'"1.0" encoding="{encoding}"', 1)
    with pytest.raises(AdapterError, match="declares XML entities"):
        rows_of(body.encode(encoding))


def test_neither_reader_expands_an_entity_or_opens_a_file(tmp_path):
    """The second wall: what if a declaration came past the first one."""
    secret = tmp_path / "secret.txt"
    secret.write_text("quiet words")
    for head in (BOMB, f'<!DOCTYPE rss [<!ENTITY l9 SYSTEM "{secret.as_uri()}">]>'):
        told = answer(rss(item(title="start &l9; end", link="https://n.example.org/1"), head=head), URL)
        found = repr([*_feed_entries._clean(told.body), *_feed_entries._tolerant(told)])
        assert "quiet words" not in found
        assert "haha" not in found


def test_scripts_and_controls_do_not_reach_a_title():
    bodies = ["&lt;script&gt;x()&lt;/script&gt;Wells", "<![CDATA[<script>x()</script>Wells]]>", "We&#x200b;lls&#x202e;"]
    assert [d.title for d in documents(rows_of(rss(*(item(title=body) for body in bodies))))] == ["Wells"] * 3


@pytest.mark.parametrize("link", ["javascript:alert(1)", " JAVASCRIPT:x", "data:text/html,x", "file:///etc/passwd"])
def test_only_web_links_are_kept(link):
    body = rss(f'<item><title>a</title><link>{link}</link><enclosure url="{link}" type="x/y" length="1"/></item>')
    (document,) = rows_of(body)
    assert (document.url, document.attachments) == ("", ())


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html><body>Please wait</body></html>",
        "\ufeff\n <HTML><head><title>Access denied</title></head></HTML>",
        "<!-- cached --><html lang='en'></html>",
        '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x"><html><p>moved</p></html>',
        "<html><body>" + item(title="a") + "</body></html>",
    ],
)
def test_a_page_is_no_feed(page):
    with pytest.raises(AdapterError, match="feed"):
        rows_of(page)


@pytest.mark.parametrize(
    "body", ["plain words", b"\x00\x01\x02\xff" * 50, "{", '{"items": []}', '{"a":' * 100_000, "%PDF-1.7"]
)
def test_what_is_no_feed_is_refused(body):
    with pytest.raises(AdapterError):
        rows_of(body)


@pytest.mark.parametrize(
    "items", ["null", '"x"', "[1]", '[{"tags": 5}]', '[{"authors": 3, "author": 4}]', '[{"attachments": {"url": 1}}]']
)
def test_a_strange_json_feed_gives_no_documents(items):
    body = f'{{"version": "https://jsonfeed.org/version/1.1", "items": {items}}}'
    assert documents(rows_of(body)) == []


@pytest.mark.parametrize("body", ["", "  \n", rss(), '<feed xmlns="http://www.w3.org/2005/Atom"></feed>'])
def test_an_empty_feed_has_no_rows_and_is_no_fault(body):
    assert rows_of(body) == []


def test_twenty_megabytes_in_one_element_are_refused():
    body = rss(item(title="a", description="x" * 20_000_000))
    with pytest.raises(AdapterError, match="too large for the tolerant reader"):
        rows_of(body)


def _large(items, filler):
    yield b'<?xml version="1.0"?><rss version="2.0"><channel>'
    for number in range(items):
        yield (
            f"<item><title>Item {number}</title><link>https://n.example.org/{number}</link>"
            f"<guid>{number}</guid><pubDate>Tue, 03 Nov 2026 09:15:00 GMT</pubDate>"
            f"<description>{filler}</description></item>"
        ).encode()
    yield b"</channel></rss>"


# The reader's trees live outside Python's own memory, so the peak of a process of its own is measured.
MEASURE = """
import sys
from ingest.adapters import _feed_entries, feed
from tests.ingest.adapters.helpers import answer, source
from tests.memory import peak_megabytes
from pathlib import Path
told, entry = answer(Path(sys.argv[1]), "https://notes.example.org/feed"), source()
assert len(told.body) > _feed_entries.TOLERANT_LIMIT
before = peak_megabytes()
rows = sum(1 for _ in feed.parse(told, entry))
print(rows, peak_megabytes() - before)
"""


@pytest.mark.parametrize(
    ("items", "characters"),
    [(8_500, 1_000), pytest.param(100_000, 400, marks=pytest.mark.slow)],
)
def test_memory_does_not_grow_with_the_feed(root, tmp_path, items, characters):
    with (tmp_path / "feed.xml").open("wb") as file:
        file.writelines(_large(items, "y" * characters))
    command = [sys.executable, "-c", MEASURE, str(tmp_path / "feed.xml")]
    said = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=600, check=True)
    rows, megabytes = map(float, said.stdout.split())
    assert rows == items
    assert megabytes < 8


def test_a_large_feed_that_breaks_says_so_after_what_could_be_read():
    body = b"".join(_large(8_500, "y" * 1_000)).replace(b"</channel></rss>", b"<item><title>broken</channel>")
    *found, fault = feed.parse(answer(body, URL), source())
    assert [row.title for row in found] == [f"Item {number}" for number in range(8_500)]
    assert (fault.kind, fault.where) == ("partly_read", "after entry 8500")
    assert "no clean feed" in fault.message


def test_a_large_feed_that_breaks_at_once_is_refused():
    body = b"<rss><channel><item><title>" + b"y" * (_feed_entries.TOLERANT_LIMIT + 1) + b"</channel>"
    with pytest.raises(AdapterError, match="no clean feed"):
        list(feed.parse(answer(body, URL), source()))


def test_the_good_entries_of_a_large_broken_feed_are_stored_and_the_fault_is_an_issue():
    body = b"".join(_large(8_500, "y" * 1_000)).replace(b"</channel></rss>", b"<item><title>broken</channel>")
    world = World(variables.load(), frozenset(), lambda places: [])
    parsed = parse_answer(answer(body, URL), source(), feed, world)
    assert (parsed.state, parsed.rows) == ("good", 8_500)
    assert [issue.kind for issue in parsed.issues] == ["partly_read"]


# -- the strict reader and feedparser say the same ------------------------------------------------------------------

CAPTURED = ("gdacs", "nl_bekendmakingen", "easa_czib", "un_news")
OTHERS = ("us-rss.xml", "norway-rss.xml")


MEANT = (
    "gdacs_eventtype", "gdacs_eventid", "gdacs_alertlevel", "gdacs_episodealertlevel", "gdacs_iscurrent",
    "gdacs_glide", "gdacs_fromdate", "gdacs_todate", "gdacs_country", "gdacs_iso3", "gdacs_severity_value",
    "gdacs_severity_unit", "geo_lat", "geo_long", "georss_point",
)  # fmt: skip


def _captured_feeds(real):
    for source_id in CAPTURED:
        yield from (path for path, _ in manifest(real, source_id) if path.suffix == ".xml")
    yield from (real / "answers" / "travel_advice_17gov" / name for name in OTHERS)
    yield from (real / "answers" / "gdacs" / f"gdacs-{number}.xml" for number in (1, 2))


def _comparable(rows):
    return [compact(row) | {"attributes": row.attributes.get("dates_as_written")} for row in documents(rows)]


def test_both_readers_say_the_same_of_every_captured_feed(real):
    entry, compared = source(), 0
    for path in _captured_feeds(real):
        if path.stat().st_size > 500_000:
            continue  # 115 entries take the tolerant reader a second; the 24 hour feed has the same form
        told = answer(path, "https://feed.example.org/rss")
        clean, tolerant = _feed_entries._clean(told.body), list(_feed_entries._tolerant(told))
        assert clean
        strict = [row for n, e in enumerate(clean, 1) for row in feed.document(e, told, entry, n)]
        loose = [row for n, e in enumerate(tolerant, 1) for row in feed.document(e, told, entry, n)]
        assert _comparable(strict) == _comparable(loose)
        for ours, theirs in zip(clean, tolerant, strict=True):
            for name in MEANT:
                assert ours.extra.get(name) == theirs.extra.get(name)
        compared += len(clean)
    assert compared > 200


def test_both_readers_say_the_same_of_our_own_feeds():
    for name in ("rss.xml", "atom.xml"):
        told = answer(ANSWERS / "feed" / name, URL)
        found = []
        for reader in (_feed_entries._clean(told.body), _feed_entries._tolerant(told)):
            found.append([r for n, e in enumerate(reader, 1) for r in feed.document(e, told, source(), n)])
        assert _comparable(found[0]) == _comparable(found[1])


def test_the_captured_official_gazette(real, root):
    entry = catalog.load(root / "sources.toml")["nl_bekendmakingen"]
    ((path, url),) = manifest(real, "nl_bekendmakingen")
    rows = list(feed.parse(answer(path, url), entry))
    assert not problems(rows)
    assert len({row.key for row in rows}) == len(rows) == path.read_bytes().count(b"<item>") == 150
    written = Counter(re.findall(r"<pubDate>\w+, (\d+) \w+ 2022 00:00:00 \+0200</pubDate>", path.read_text()))
    assert Counter(str(row.published.day) for row in rows) == {str(int(day)): n for day, n in written.items()}
    assert sum(written.values()) == 150
    assert {row.kind for row in rows} == {"policy"}


def test_the_captured_news_have_titles_without_leading_blanks_and_pictures(real):
    ((path, url),) = manifest(real, "un_news")
    rows = rows_of(path, url)
    assert len(documents(rows)) == path.read_bytes().count(b"<item>") == 6
    assert all(row.title == row.title.strip() and row.attachments and row.published for row in rows)


def test_the_json_feed_of_the_standard_is_read_by_its_own_words():
    told = json.loads((ANSWERS / "feed" / "feed.json").read_text())
    assert len(documents(rows_of(ANSWERS / "feed" / "feed.json"))) == sum(isinstance(i, dict) for i in told["items"])
