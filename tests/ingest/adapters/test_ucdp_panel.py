"""The panel of violence per region and month: what is written is kept, what is absent is left to the reader."""

import csv
from datetime import date

import pytest

from ingest.adapters import ucdp_panel
from ingest.model import AdapterError, Place
from tests.ingest.adapters.helpers import answer, observations, problems, source

URL = "inbox:///ucdp_panel/panel.csv"
HEADER = "country,unit,month,n_events,n_sb,n_ns,n_os,deaths\n"


def read(body):
    return list(ucdp_panel.parse(answer(body, URL), source()))


def test_five_figures_per_unit_and_month():
    rows = read(HEADER + "Yemen (North Yemen),Yemen (North Yemen) | Taiz governorate,2015-04-01,7,5,0,2,0\n")
    assert {row.variable: row.value for row in rows} == {
        "panel_events": 7, "panel_state_based": 5, "panel_non_state": 0, "panel_one_sided": 2, "panel_deaths": 0,
    }  # fmt: skip
    assert {row.place for row in rows} == {Place("YEM", region_name="Taiz governorate", precision="region")}
    assert {(row.ref_start, row.ref_end) for row in rows} == {(date(2015, 4, 1), date(2015, 4, 30))}
    assert rows[0].key == "panel_events|Yemen (North Yemen) | Taiz governorate|2015-04"


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("Iraq,Syria | Homs,2015-04-01,1,1,0,0,1", "is not 'Iraq'"),
        ("Iraq,Iraq,2015-04-01,1,1,0,0,1", "the name of a region"),
        ("Iraq,Iraq | ,2015-04-01,1,1,0,0,1", "the name of a region"),
        ("Iraq,Iraq | Anbar,2015-04-02,1,1,0,0,1", "not the first day"),
        ("Iraq,Iraq | Anbar,2015-04-01,3,1,0,0,1", "1 over the three types"),
        ("Iraq,Iraq | Anbar,2015-04-01,1,1,0,0,-1", "-1 deaths"),
        ("Iraq,Iraq | Anbar,2015-04-01,1,1,0,0,", "no whole number"),
        ("Utopia,Utopia | Anbar,2015-04-01,1,1,0,0,1", "unknown"),
    ],
)
def test_a_row_that_cannot_be_is_a_problem_and_gives_nothing(line, word):
    rows = read(f"{HEADER}{line}\n")
    assert not observations(rows)
    assert word in problems(rows)[0].message


def test_another_table_is_refused():
    with pytest.raises(AdapterError, match="columns country, unit"):
        read("week,adm1,y\n1,2,3\n")


def test_the_captured_panel(real):
    path = real / "ucdp_panel" / "ucdp_adm1_month_2010-2022.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        table = list(csv.DictReader(lines))
    rows = read(path)
    found = observations(rows)
    assert not problems(rows)
    assert len(found) == 5 * len(table) == len({row.key for row in found})
    for column, variable in ucdp_panel.MEASURES.items():
        assert sum(row.value for row in found if row.variable == variable) == sum(int(row[column]) for row in table)
    assert len({(row.place.iso3, row.place.region_name) for row in found}) == len({row["unit"] for row in table})
    assert len({row.place.iso3 for row in found}) == len({row["country"] for row in table})
    assert not any(row.value == 0 for row in found if row.variable == "panel_events")
