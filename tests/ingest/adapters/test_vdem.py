"""V-Dem: the few columns of the core file, and the charts; territories apart, dead states left out."""

import csv
import io
import zipfile

import pytest

from ingest.adapters import vdem
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, manifest, observations, problems, source

INBOX = "inbox:///vdem/V-Dem-CY-Core-v16.csv"
CHART = "https://ourworldindata.org/grapher/rule-of-law-index.csv"


def core(body=ANSWERS / "vdem" / "core.csv", url=INBOX):
    return list(vdem.parse(answer(body, url), source()))


def test_the_answer_scale_is_brought_to_one_and_bounds_come_along():
    by_key = {row.key: row for row in observations(core())}
    torture = by_key["freedom_from_torture|AFG|2024"]
    assert (torture.value, torture.value_low, torture.value_high) == (0.125, 0.05, 0.225)
    rule = by_key["rule_of_law_index|AFG|2024"]
    assert (rule.value, rule.value_low, rule.value_high) == (0.04, 0.02, 0.09)
    assert by_key["physical_integrity_index|AFG|2024"].value_low is None
    assert "freedom_from_political_killings|AFG|2024" not in by_key  # empty is no data


def test_their_code_for_the_west_bank_is_not_taken_for_palestine():
    places = {row.key.split("|")[1]: row.place for row in observations(core()) if row.place.iso3 == "PSE"}
    assert {name: place.precision for name, place in places.items()} == {"Gaza Strip": "region", "West Bank": "region"}


def test_dead_states_are_known_and_unknown_ones_a_problem():
    rows = core()
    assert [problem.where for problem in problems(rows, "unknown_code")] == ["Utopia"]
    assert [problem.message for problem in problems(rows, "bad_row")] == ["1.4 is outside 0 to 1"]
    assert {row.place.iso3 for row in observations(rows)} == {"AFG", "PSE"}  # Iraq's row falls as a whole


def test_the_zip_gives_the_same_rows():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.write(ANSWERS / "vdem" / "core.csv", "V-Dem-CY-Core-v16.csv")
        archive.writestr("codebook.pdf", b"%PDF")
    assert core(stream.getvalue(), "inbox:///vdem/V-Dem-CY-Core-v16_csv.zip") == core()


def test_a_chart_with_bounds_and_a_chart_nobody_knows():
    body = (
        "Entity,Code,Year,Rule of Law index,Rule of Law index (lower bound),Rule of Law index (upper bound)\n"
        "Kosovo,OWID_KOS,2024,0.4,0.3,0.5\nAsia (population-weighted),,2024,0.5,,\nPalestine/Gaza,,2024,0.1,,\n"
    )
    rows = list(vdem.parse(answer(body, CHART), source()))
    assert [(row.place.iso3, row.value, row.value_low, row.value_high) for row in rows] == [
        ("XKX", 0.4, 0.3, 0.5),
        ("PSE", 0.1, None, None),
    ]
    extra = list(
        vdem.parse(answer(body.replace("Code,Year", "Code,Year,Notes").replace(",2024,", ",2024,,"), CHART), source())
    )
    assert ([problem.where for problem in problems(extra)], observations(extra)) == (["Notes"], rows)
    with pytest.raises(AdapterError, match="Happiness"):
        list(vdem.parse(answer("Entity,Code,Year,Happiness\nIraq,IRQ,2024,5\n", CHART), source()))


def test_the_captured_charts(real):
    for path, url in manifest(real, "vdem"):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            table = list(csv.DictReader(lines))
        states = [row for row in table if row["Code"] and not row["Code"].startswith("OWID_")]
        apart = [row for row in table if row["Entity"] in {*vdem.APART_NAMES, "Kosovo"} and row not in states]
        rows = list(vdem.parse(answer(path, url), source()))
        assert len(observations(rows)) == len(states) + len(apart)
        assert not problems(rows)
        assert max(row.ref_start.year for row in observations(rows)) == max(int(row["Year"]) for row in table)
