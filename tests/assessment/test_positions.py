"""Positions: the shipped table is sound, faulty rows are refused with what to write, time and knowledge decide."""

import csv
from dataclasses import replace
from datetime import date, timedelta

import pytest

from assessment import positions
from assessment.positions import PositionError, in_force, load

ROW = """
[[position]]
id = "a"
authority = "EUAA"
iso3 = "XAA"
regions = ["XA-1", "XA-2"]
kind = "15c"
level = "high"
quote = "our words"
url = "https://example.org/a"
valid_from = 2022-03-01
valid_to = 2022-12-31
verified_by = "analyst"
known_at = 2022-03-05
"""


@pytest.fixture
def reference(root):
    with (root / "data/reference/regions.csv").open(encoding="utf-8") as file:
        return {row["region_id"]: row["iso3"] for row in csv.DictReader(file)}


def table(tmp_path, text):
    path = tmp_path / "positions.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_shipped_table_is_sound_and_names_real_regions(reference):
    shipped = load(regions=reference)
    assert len({p.position_id for p in shipped}) == len(shipped)
    assert {p.region_id for p in shipped if p.iso3 == "SYR"} == {"SY-ID", "SY-HL", "SY-RA", "SY-DY", "SY-HA", "SY-DR"}
    assert not any(p.iso3 == "YEM" for p in shipped)  # no EUAA guidance exists


def test_what_was_in_force_when(reference):
    shipped = load(regions=reference)

    def levels(iso3, day):
        return {(p.region_id, p.kind, p.level) for p in in_force(shipped, day) if p.iso3 == iso3}

    assert ("SY-ID", "15c", "mere_presence") in levels("SYR", date(2023, 2, 8))
    assert not levels("SYR", date(2023, 2, 7))
    assert not levels("SYR", date(2024, 5, 1))
    assert levels("AFG", date(2026, 11, 23)) == {(None, "non_return", None)}
    assert (None, "departure_moratorium", None) in levels("SDN", date(2024, 7, 8))
    assert (None, "departure_moratorium", None) not in levels("SDN", date(2024, 7, 9))
    assert ("SD-DW", "15c", "lower") in levels("SDN", date(2025, 1, 1))
    assert not any(region == "SD-DE" for region, _, _ in levels("SDN", date(2025, 1, 1)))


def test_both_borders_of_validity_and_of_knowledge(tmp_path):
    one, two = load(table(tmp_path, ROW))
    assert (one.region_id, two.region_id) == ("XA-1", "XA-2")
    assert in_force([one], date(2022, 3, 4)) == ()  # valid, but not known yet
    assert in_force([one], date(2022, 3, 4), known_by=date(2022, 3, 5)) == (one,)
    assert in_force([one], date(2022, 12, 31)) == (one,)
    assert in_force([one], date(2023, 1, 1)) == ()
    open_ended = replace(one, valid_to=None)
    assert in_force([open_ended], date(2022, 12, 31) + timedelta(days=4000)) == (open_ended,)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('authority = "EUAA"', 'authority = "Press"', "authority must be one of"),
        ('level = "high"', 'level = "highest"', "level 'highest' is not one of"),
        ('level = "high"', "", "level is missing"),
        ('kind = "15c"', 'kind = "rating"', "kind must be one of"),
        ('verified_by = "analyst"', 'verified_by = "J. Jansen"', "must be a role"),
        ("valid_to = 2022-12-31", "valid_to = 2022-01-01", "valid_to lies before"),
        ("known_at = 2022-03-05", "", "known_at is missing"),
        ("known_at = 2022-03-05", 'known_at = "soon"', "plain dates"),
        ('url = "https://example.org/a"', 'url = "page 3"', "url must be"),
        ('quote = "our words"', 'qoute = "our words"', "unknown key 'qoute'"),
        ('level = "high"\n', 'level = "high_in_part"\n', None),
        ('regions = ["XA-1", "XA-2"]\n', "", None),
        ("[[position]]", ROW + "[[position]]", "used twice"),
    ],
)
def test_faults_are_named(tmp_path, old, new, says):
    assert old in ROW
    path = table(tmp_path, ROW.replace(old, new, 1))
    if says is None:
        assert load(path)
        return
    with pytest.raises(PositionError, match=says):
        load(path)


def test_unknown_region_and_part_without_region(tmp_path):
    with pytest.raises(PositionError, match="not a region of XAA"):
        load(table(tmp_path, ROW), regions={"XA-1": "XAA", "XA-2": "XBB"})
    text = ROW.replace('regions = ["XA-1", "XA-2"]\n', "").replace('"high"', '"high_in_part"')
    with pytest.raises(PositionError, match="must name the region"):
        load(table(tmp_path, text))
    with pytest.raises(PositionError, match="does not exist"):
        load(tmp_path / "none.toml")


def test_row_has_the_columns_of_the_schema(root):
    schema = (root / "assessment/schema.sql").read_text(encoding="utf-8")
    body = schema.split("assessment.official_position (")[1].split(");")[0]
    assert all(name in body for name in positions.load()[0].row())
