"""Stories: the same page, copies, the same story, series and revisions; independent origins; measuring pairs."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from ingest.text import story_words
from ingest.text.evaluate_stories import auc, evaluate_stories
from ingest.text.fingerprints import Fingerprint, containment, fingerprint, url_key
from ingest.text.stories import Member, cluster, forget, is_same_story, stories
from ingest.text.tokens import fold

DAY = datetime(2026, 11, 1, 8)
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


def test_other_regions_of_one_country_need_closer_words() -> None:
    one = print_of("a", ATTACK, places=("BFA", "BF-12"))
    assert is_same_story(one, print_of("c", OTHER_WORDS, places=("BFA", "BF-12")))
    assert is_same_story(one, print_of("c", OTHER_WORDS, places=("BFA",))), "a text that names the country alone"
    assert not is_same_story(one, print_of("c", OTHER_WORDS, places=("BFA", "BF-08")))
    assert is_same_story(one, print_of("c", ATTACK, places=("BFA", "BF-08")))


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


def told() -> list[tuple[str, str, str]]:
    """(happening, language, text) of the invented cases."""
    cases = tomllib.loads((Path(__file__).parent / "cases" / "stories.toml").read_text(encoding="utf-8"))["happening"]
    return [
        (case["name"], language, text)
        for case in cases
        for language, texts in case.items()
        if language != "name"
        for text in texts
    ]


def written(path: Path, pairs: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(json.dumps(pair) for pair in pairs), encoding="utf-8")
    return path


def test_invented_happenings_are_told_apart_in_and_across_languages(tmp_path: Path) -> None:
    texts = told()
    pairs = [
        {"a": a, "b": b, "overall": 1.0 if one == other else 4.0}
        for (one, _, a), (other, _, b) in combinations(texts, 2)
    ]
    found = evaluate_stories(written(tmp_path / "pairs.jsonl", pairs))
    assert len({language for _, language, _ in texts}) >= 8
    assert found["same"] >= 40
    assert found["auc"] >= 0.98
    assert found["false_merges"] == {"copy": 0, "story": 0}
    assert found["true_merges"]["story"] >= 12, "some are known for one although no sentence is shared"


def test_a_story_is_found_in_another_language_by_its_figures_and_region() -> None:
    flood = [(language, text) for name, language, text in told() if name == "flood"]
    other = next(text for name, language, text in told() if name == "another flood")
    prints = [
        print_of(f"{number}-{language}", text, hours=number, places=("AFG", "AF-BGL"))
        for number, (language, text) in enumerate(flood)
    ]
    members = cluster([*prints, print_of("9-other", other, hours=9, places=("PAK", "PK-SD"))])
    assert {language for language, _ in flood} == {"en", "nl", "de", "ar"}
    clusters = {member.document_id: member.cluster_id for member in members}
    assert len({clusters[print_.document_id] for print_ in prints}) == 1
    assert clusters["9-other"] not in {clusters[print_.document_id] for print_ in prints}


def test_figures_alone_need_a_region_and_most_of_the_figures() -> None:
    def told_of(identifier: str, numbers: str, places: tuple[str, ...]) -> Fingerprint:
        return print_of(identifier, f"{identifier} {identifier}word {numbers}", places=places)

    one = told_of("aaa", "43, 120 and 14", ("AFG", "AF-BGL"))
    assert is_same_story(one, told_of("bbb", "120 en 43 of 14", ("AFG", "AF-BGL")))
    assert not is_same_story(one, told_of("ccc", "120 en 43 of 14", ("AFG",))), "a country is no region"
    assert not is_same_story(one, told_of("ddd", "120 en 43 of 15", ("AFG", "AF-BGL"))), "two are not enough"
    many = " ".join(str(number) for number in range(10, 60))
    assert not is_same_story(one, told_of("eee", f"120 {many}", ("AFG", "AF-BGL"))), "a table holds any number"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("18,000 people", {"18000"}), ("18.000 mensen", {"18000"}), ("18\u202f000 personnes", {"18000"}),
        ("1.250.000 euro", {"1250000"}), ("\u0664\u0663 شخصا", {"43"}),
        ("In 2024 fielen 7 doden en 31 gewonden", {"31"}),
        ("killed 31, 120 houses", {"31", "120"}), ("", set()), ("\U00010a40\U00010a41 \u2460\u2461", {"12"}),
    ],
)  # fmt: skip
def test_a_number_is_one_number_however_it_is_written(text: str, numbers: set[str]) -> None:
    assert print_of("n", text).numbers == numbers


def test_common_words_weigh_nothing_and_names_most() -> None:
    table = story_words.weights()
    assert table.shape == (story_words.CELLS,)
    for word in ("the", "of", "und", "het", "que", "في", "что", "bir", "ayaa", "katika", "چې", "ነው"):
        assert table[story_words.cell(fold(word))] <= 1.0, word
    for word in ("djibo", "trabelzi", "saltivka", "urozgan"):
        assert table[story_words.cell(word)] == story_words.COMMONEST - story_words.UNLISTED, word


def test_measuring_pairs(tmp_path: Path) -> None:
    pairs: list[dict[str, Any]] = [
        {"a": ATTACK, "b": OTHER_WORDS, "overall": "1.0"},
        {
            "a": {"text": ATTACK, "title": "Market attack", "published": "2026-11-01T08:00:00+02:00"},
            "b": {"text": ATTACK + " More follows.", "title": "Attack", "published": "no date", "language": None},
            "overall": 1.3,
        },
        {"a": ATTACK, "b": ELSEWHERE, "overall": 4},
        {"a": OTHER_WORDS, "b": ELSEWHERE, "overall": "3,7"},
        {"a": "", "b": {"text": None, "title": None}, "overall": 4.0},
        {"a": ATTACK * 900, "b": "地震袭击了该地区，造成许多人死亡。" * 500, "overall": 3.9},
        {"a": ATTACK, "b": ATTACK, "overall": None},
        {"a": ATTACK, "b": ATTACK, "overall": float("nan")},
        {"a": ATTACK, "b": ATTACK, "overall": " "},
        {"a": ATTACK, "b": ATTACK},
    ]
    path = written(tmp_path / "pairs.jsonl", pairs)
    figures = evaluate_stories(
        path, places_of=lambda text, language: frozenset({"BFA"}) if "Djibo" in text else frozenset()
    )
    assert figures["auc"] == 1.0
    assert figures["false_merges"] == {"copy": 0, "story": 0}
    assert (figures["pairs"], figures["left_out"], figures["same"]) == (6, 4, 2)
    assert figures["true_merges"] == {"copy": 1, "story": 2}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"a": "x"}', "line 1 needs"), ("[1, 2]", "line 1 needs"), ("{", "line 1 is no JSON"), ("", "no line has"),
        ('{"a": "x", "b": "y", "overall": "same"}', "line 1: overall 'same' is no number"),
        ('{"a": "x", "b": "y", "overall": null}', "no line has"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_pair_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        evaluate_stories(path)


def test_auc_against_counting() -> None:
    import numpy as np

    same, value = np.array([True, True, False, False]), np.array([0.9, 0.4, 0.4, 0.1])
    assert auc(same, value) == 0.875
    assert auc(np.array([True]), np.array([1.0])) is None
