"""Profiles: every cell exists, no information is never good news, nothing about a person can be written."""

import inspect
import tomllib
from datetime import date

import pytest

from assessment import profiles
from assessment.profiles import Card, ProfileError, cards, load

AS_OF = date(2024, 6, 30)
CARD = """
[[card]]
profile = "lgbti"
iso3 = "XAA"
statement = "N"
quote = "our words"
url = "https://example.org"
stated = 2024-01-01
grade = "low"
"""


def table(tmp_path, *more):
    path = tmp_path / "profiles.toml"
    path.write_text(profiles.SHIPPED.read_text(encoding="utf-8") + "".join(more), encoding="utf-8")
    return load(path)


def test_every_profile_for_every_country_is_no_information_by_default(root):
    shipped = load()
    found = cards(shipped, ["XBB", "XAA"], AS_OF)
    assert len(found) == 2 * len(shipped.profiles) == 22
    assert {c.statement for c in found} == {"?"}
    assert {c.shown_like for c in found} == {"C"}
    assert all(p.questions["en"] and len(p.questions["en"]) == len(p.questions["nl"]) for p in shipped.profiles)
    themes = tomllib.loads((root / "ingest/text/themes.toml").read_text(encoding="utf-8"))["theme"]
    used = {name for theme in themes.values() for name in theme.get("profiles", ())}
    assert used <= {p.id for p in shipped.profiles}


def test_cards_by_country_region_and_day(tmp_path):
    region = CARD.replace('iso3 = "XAA"', 'iso3 = "XAA"\nregion_id = "XA-1"').replace('"N"', '"W"')
    newer = CARD.replace("2024-01-01", "2024-05-01").replace('"N"', '"C"')
    later = CARD.replace("2024-01-01", "2024-07-01").replace('"N"', '"W"')
    found = [c for c in cards(table(tmp_path, CARD, region, newer, later), ["XAA"], AS_OF) if c.profile == "lgbti"]
    assert [(c.region_id, c.statement) for c in found] == [(None, "C"), ("XA-1", "W")]
    early = [c for c in cards(table(tmp_path, CARD), ["XAA"], date(2023, 12, 31)) if c.profile == "lgbti"]
    assert [c.statement for c in early] == ["?"]


def test_two_statements_of_one_day_show_the_worse(tmp_path):
    both = table(tmp_path, CARD.replace('"N"', '"W"'), CARD)
    assert next(c for c in cards(both, ["XAA"], AS_OF) if c.profile == "lgbti").statement == "W"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"lgbti"', '"somebody"', "is not in the table"),
        ('"N"', '"S"', "statement must be one of"),
        ('quote = "our words"', "", "quote is missing"),
        ('grade = "low"', 'grade = "sure"', "grade must be one of"),
        ("2024-01-01", '"January"', "plain date"),
        ('grade = "low"', 'grade = "low"\nclient = "x"', "unknown key 'client'"),
    ],
)
def test_faults_are_named(tmp_path, old, new, says):
    with pytest.raises(ProfileError, match=says):
        table(tmp_path, CARD.replace(old, new))


def test_nothing_about_a_person_can_be_stored(root, monkeypatch, tmp_path):
    def refuse(*_, **__):
        raise AssertionError("profiles must not write")

    for name in ("write_text", "write_bytes", "touch", "mkdir"):
        monkeypatch.setattr(f"pathlib.Path.{name}", refuse)
    cards(load(), ["XAA"], AS_OF)
    public = {n for n, f in inspect.getmembers(profiles, inspect.isfunction) if f.__module__ == profiles.__name__}
    assert {n for n in public if not n.startswith("_")} == {"load", "cards"}
    body = (root / "assessment/schema.sql").read_text(encoding="utf-8").split("assessment.profile_card (")[1]
    columns = {line.split()[0] for part in body.split(");")[0].split("\n") for line in part.split(",") if line.split()}
    assert columns - {"--"} >= set(Card("a", "b", None, "?").row())
    assert not columns & {"client", "person", "name", "user", "case_id", "actor"}
