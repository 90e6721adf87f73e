"""Population per unit: totals apart from bands, the year the figures stand for, the finest unit with a code."""

import csv

from ingest.adapters import cod_population
from tests.ingest.adapters.helpers import ANSWERS, answer, compact, expected, manifest, observations, problems, source

URL = "https://data.humdata.org/dataset/cod-ps-global/cod_population_admin1.csv"
FILE = ANSWERS / "cod_population" / "cod_population_admin1.csv"


def test_the_rows_written_down_beside_the_answer():
    rows = cod_population.parse(answer(FILE, URL), source())
    assert [compact(row) for row in rows] == expected("cod_population", "cod_population_admin1.expected.json")


def test_a_new_column_is_reported_once():
    body = FILE.read_text().replace("Reference_year", "Method,Reference_year", 1)
    head, _, *rest = body.splitlines()
    body = "\n".join([head, *(line.replace(",2014,", ",census,2014,") for line in rest)])
    rows = list(cod_population.parse(answer(body, URL), source()))
    assert [problem.where for problem in problems(rows, "unused_field")] == ["Method"]


def test_the_captured_file(real):
    ((path, url),) = manifest(real, "cod_population")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        table = [row for row in csv.DictReader(lines) if not row["ISO3"].startswith("#")]
    rows = observations(list(cod_population.parse(answer(path, url), source())))
    assert len(rows) == len({row.key for row in rows}) == len(table)
    totals = [row for row in rows if row.variable == "population"]
    assert len(totals) == sum(row["Population_group"] == "T_TL" for row in table)
    assert sum(row.value for row in totals) == sum(
        int(r["Population"]) for r in table if r["Population_group"] == "T_TL"
    )
