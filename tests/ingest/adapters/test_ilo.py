"""ILOSTAT: the model and the surveys are two variables, world regions are left out, scope is held."""

import pytest

from ingest.adapters import ilo
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, expected, observations, problems, source

URL = "https://rplumber.ilo.org/data/indicator/?id=UNE_2EAP_SEX_AGE_RT_A&ref_area=SYR+IRQ&type=code&format=.csv"
FILE = ANSWERS / "ilo" / "unemployment.csv"


def rows_of(body, url=URL):
    return list(ilo.parse(answer(body, url), source()))


def test_the_rows_written_down_beside_the_answer():
    assert [compact(row) for row in rows_of(FILE)] == expected("ilo", "unemployment.expected.json")


def test_reported_unemployment_is_another_variable():
    body = FILE.read_text().replace("UNE_2EAP", "UNE_DEAP")
    assert {row.variable for row in observations(rows_of(body, URL.replace("2EAP", "DEAP")))} == {
        "unemployment_rate_reported"
    }


def test_scope_and_unknown_areas():
    with pytest.raises(AdapterError, match="asked EMP_2WAP"):
        rows_of(FILE, URL.replace("UNE_2EAP", "EMP_2WAP"))
    with pytest.raises(AdapterError, match="asked AFG"):
        rows_of(FILE, URL.replace("SYR+IRQ", "AFG"))
    world = "https://rplumber.ilo.org/data/indicator/?id=UNE_2EAP_SEX_AGE_RT_A"
    assert observations(rows_of(FILE.read_text().replace("SYR,", "X01,"), world)) == []
    assert [p.kind for p in problems(rows_of(FILE.read_text().replace("SYR,", "QQQ,"), world))].count("bad_row") == 3


def test_requests():
    one = source(
        adapter="ilo",
        urls=("https://rplumber.ilo.org/data/indicator/?id={indicator}&ref_area={countries}",),
        countries=("SYR", "IRQ"),
        options={"indicators": ["UNE_2EAP_SEX_AGE_RT_A"]},
    )
    assert [request.url.split("?")[1] for request in ilo.requests(one, None)] == [
        "id=UNE_2EAP_SEX_AGE_RT_A&ref_area=SYR+IRQ"
    ]
