"""Stories: the same page, copies, the same story, series and revisions; independent origins; measuring pairs."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingest.text.evaluate_stories import auc, evaluate_stories
from ingest.text.fingerprints import Fingerprint, containment, fingerprint, story_weights, url_key
from ingest.text.gate import load_gate
from ingest.text.stories import Member, cluster, forget, stories

DAY = datetime(2026, 11, 1, 8)
WEIGHTS = story_weights(load_gate().idf)
ATTACK = (
    "Gunmen on motorbikes stormed the weekly market in Djibo on Sunday and killed at least 31 traders, the "
    "governor of the Sahel "
    "region said. Witnesses described burning stalls and people running towards the army post. Soldiers "
    "arrived two hours later."
)
OTHER_WORDS = (
    "At least 31 traders died when armed men on motorbikes attacked the Djibo market on Sunday, according to "
    "the regional governor. "
    "Stalls were set alight and survivors fled to an army post; troops came after two hours, witnesses said."
)
ELSEWHERE = (
    "The central bank raised its interest rate for the third time this year in an attempt to slow inflation, "
    "and analysts expect "
    "another rise before the summer as the price of imported wheat keeps climbing."
)


def print_of(
    identifier: str,
    text: str,
    *,
    hours: float = 0,
    family: str = "",
    title: str = "",
    url: str = "",
    places: tuple[str, ...] = ("BFA",),
) -> Fingerprint:
    return fingerprint(
        document_id=identifier,
        title=title,
        text=text,
        source_id=family or identifier,
        origin_family=family or identifier,
        url=url,
        published=DAY + timedelta(hours=hours),
        places=places,
        word_weights=WEIGHTS,
    )


def relations(members: list[Member]) -> dict[str, str]:
    return {m.document_id: m.relation for m in members}


def test_a_copy_and_a_retold_story_join_and_another_subject_does_not() -> None:
    members = cluster(
        [
            print_of("a", ATTACK),
            print_of("b", "Breaking news. " + ATTACK, hours=2),
            print_of("c", OTHER_WORDS, hours=5),
            print_of("d", ELSEWHERE, hours=5),
        ]
    )
    assert relations(members) == {"a": "first", "b": "copy", "c": "same_story", "d": "first"}
    assert len(stories(members)) == 2


def test_the_same_story_needs_days_close_and_a_shared_place() -> None:
    far = cluster([print_of("a", ATTACK), print_of("c", OTHER_WORDS, hours=24 * 9)])
    assert relations(far)["c"] == "first"
    abroad = cluster([print_of("a", ATTACK), print_of("c", OTHER_WORDS, hours=1, places=("PER",))])
    assert relations(abroad)["c"] == "first"


def test_an_edited_page_is_a_revision_and_an_unchanged_one_the_same_page() -> None:
    first = print_of("a", ATTACK, url="https://www.news.example/a?utm_source=x")
    again = print_of("b", ATTACK, hours=1, url="http://news.example/a/")
    edited = print_of("c", ATTACK + " The toll rose to 33.", hours=2, url="https://news.example/a#top")
    members = cluster([first, again, edited])
    assert relations(members) == {"a": "first", "b": "same_page", "c": "revision"}
    assert len({m.cluster_id for m in members}) == 1


def test_a_series_is_an_update_and_no_duplicate() -> None:
    body = (
        "Rainfall was below average in the north. Staple prices were stable in most markets that were "
        "visited by the teams."
    )
    one = print_of("w1", body, family="agency", title="Food security bulletin, issue 11, March 2026")
    two = print_of(
        "w2",
        body + " Prices rose in two towns.",
        hours=700,
        family="agency",
        title="Food security bulletin, issue 12, April 2026",
    )
    three = print_of("w3", body, hours=1400, family="agency", title="Food security bulletin, issue 13, May 2026")
    members = cluster([one, two, three])
    assert relations(members) == {"w1": "first", "w2": "update", "w3": "update"}
    assert len({m.cluster_id for m in members}) == 3
    assert members[1].series_id == members[2].series_id == members[0].cluster_id


def test_independent_origins() -> None:
    quoted = (
        "According to Borderland Watch, 31 traders were killed in Djibo on Sunday by gunmen on "
        "motorbikes who burned the market stalls. "
    )
    members = cluster(
        [
            print_of("x", quoted + "The paper spoke to a farmer.", family="paper-x"),
            print_of("y", quoted + "The governor did not answer calls from this newspaper.", hours=1, family="paper-y"),
            print_of(
                "z",
                "Gunmen on motorbikes killed 31 traders in Djibo on Sunday and burned the stalls of the market.",
                hours=2,
                family="wire-z",
            ),
        ]
    )
    found = stories(members)
    assert len(found) == 1
    assert len(found[0].document_ids) == 3
    assert found[0].n_origins == 2  # two papers quoting one body are one origin


def test_a_day_at_a_time_gives_the_same_clusters() -> None:
    prints = [
        print_of("a", ATTACK),
        print_of("b", ATTACK, hours=2),
        print_of("c", OTHER_WORDS, hours=30),
        print_of("d", ELSEWHERE, hours=30),
    ]
    at_once = cluster(prints)
    window = cluster(prints[:2])
    window += cluster(prints[2:], window)
    assert at_once == window
    assert cluster(list(reversed(prints))) == at_once


def test_old_members_are_forgotten() -> None:
    members = cluster([print_of("a", ATTACK), print_of("b", ELSEWHERE, hours=24 * 40)])
    assert [m.document_id for m in forget(members, members[1].fingerprint)] == ["b"]


def test_containment_bounds() -> None:
    a = print_of("a", ATTACK)
    assert containment(a, a) == 1.0
    assert containment(a, print_of("d", ELSEWHERE)) == 0.0
    assert containment(a, print_of("e", "")) == 0.0


@pytest.mark.parametrize("url", ["", "not a url", "http://[broken", "https://x.example/a?b=1&utm_medium=q"])
def test_url_key_never_fails(url: str) -> None:
    assert isinstance(url_key(url), str)


def test_measuring_pairs(tmp_path: Path) -> None:
    pairs = [
        {"a": ATTACK, "b": OTHER_WORDS, "overall": 1.0},
        {
            "a": {"text": ATTACK, "title": "Market attack"},
            "b": {"text": ATTACK + " More follows.", "title": "Attack"},
            "overall": 1.3,
        },
        {"a": ATTACK, "b": ELSEWHERE, "overall": 4.0},
        {"a": OTHER_WORDS, "b": ELSEWHERE, "overall": 3.7},
    ]
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(json.dumps(pair) for pair in pairs), encoding="utf-8")
    figures = evaluate_stories(
        path, places_of=lambda text, language: frozenset({"BFA"}) if "Djibo" in text else frozenset()
    )
    assert figures["auc"] == 1.0
    assert figures["false_merges"] == {"copy": 0, "story": 0}
    assert figures["pairs"] == 4
    path.write_text('{"a": "x"}', encoding="utf-8")
    with pytest.raises(ValueError, match="line 1 needs"):
        evaluate_stories(path)


def test_auc_against_counting() -> None:
    import numpy as np

    same, value = np.array([True, True, False, False]), np.array([0.9, 0.4, 0.4, 0.1])
    assert auc(same, value) == 0.875
    assert auc(np.array([True]), np.array([1.0])) is None
