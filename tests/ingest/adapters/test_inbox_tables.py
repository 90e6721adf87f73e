"""Tables that are dropped into the inbox: each captured one gives exactly the figures an independent count finds."""

import csv
import math
import re

import pyarrow.parquet
import pytest

from ingest import adapters, catalog, variables
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import answer, events, observations, problems

FILES = {
    "shdi": "material/shdi_gdl.csv",
    "wgi": "governance/wgi_1996_2022_long.csv",
    "wjp": "governance/wjp_2012_2024.csv",
    "wdi_unemployment": "material/wdi/API_SL.UEM.TOTL.ZS_DS2_en_csv_v2_36.csv",
    "wdi_inflation": "material/wdi/API_FP.CPI.TOTL.ZG_DS2_en_csv_v2_287.csv",
    "wdi_gdp_growth": "material/wdi/API_NY.GDP.MKTP.KD.ZG_DS2_en_csv_v2_260.csv",
    "wdi_secondary_enrolment": "material/wdi/API_SE.SEC.ENRR_DS2_en_csv_v2_758.csv",
    "owid_hdi": "material/owid_hdi.csv",
    "undp_hdr": "material/hdr_2021_22_composite.csv",
    "mpi_trends": "material/mpi_global_trends.csv",
    "unhcr_solutions": "displacement/unhcr_solutions.parquet",
    "asylum_decisions_nld": "displacement/unhcr_asylum_decisions_NLD.csv",
    "idmc_gidd_idps": "displacement/idmc_gidd_idps.csv",
    "vdem_judicial_constraints": "governance/vdem_judicial_constraints.csv",
    "ucdp_panel": "ucdp_panel/ucdp_adm1_month_2010-2022.csv",
    "ucdp_syria": "ucdp_ged/ucdp_syria_2016-2019.parquet",
}


@pytest.fixture(scope="module")
def sources(root):
    return catalog.load(root / "sources.toml")


def read(sources, real, source_id, file=None):
    path = real / (file or FILES[source_id])
    one = sources[source_id]
    rows = adapters.load(one.adapter).parse(answer(path, f"inbox:///{source_id}/{path.name}", source_id=source_id), one)
    return list(rows)


def lines_of(real, source_id, above=0):
    with (real / FILES[source_id]).open(encoding="utf-8-sig", newline="") as lines:
        for _ in range(above):
            next(lines)
        return list(csv.DictReader(lines))


def years(table, columns):
    return sum(bool(row[column].strip(" .-")) for row in table for column in columns)


@pytest.mark.parametrize("source_id", sorted(FILES))
def test_a_captured_table_fits_its_entry(sources, real, source_id):
    one, rows = sources[source_id], read(sources, real, source_id)
    found = observations(rows) + events(rows)
    assert not problems(rows)
    assert one.min_rows <= len(found) <= one.max_rows
    assert set(one.must_have) <= {row.place.iso3 for row in found}
    assert min(row.ref_start for row in found) >= one.earliest
    assert len({row.key for row in found}) == len(found)
    assert {row.variable for row in observations(rows)} | {row.kind for row in events(rows)} <= set(variables.load())


def test_subnational_development(sources, real):
    table, rows = lines_of(real, "shdi"), read(sources, real, "shdi")
    assert len(rows) == years(table, [str(year) for year in range(1990, 2022)])
    regional = {row.key.rsplit("|", 1)[0] for row in rows if row.place.precision == "region"}
    with_values = [row for row in table if row["Level"] == "Subnat" and years([row], map(str, range(1990, 2022)))]
    assert len(regional) == len({(row["ISO_Code"], row["Region"]) for row in with_values})
    (one,) = [row.value for row in rows if row.key == "subnational_hdi|SOM|Banadir|2021"]
    assert one == float(next(row["2021"] for row in table if row["Region"] == "Banadir"))


def test_governance_indicators(sources, real):
    table, rows = lines_of(real, "wgi"), read(sources, real, "wgi")
    assert len(rows) == sum(row["iso3"] != "ANT" for row in table)  # a state that is no more
    assert {row.dimensions["code"] for row in rows} == {"CC", "GE", "PV", "RL", "RQ", "VA"}
    assert math.isclose(
        sum(row.value for row in rows if row.dimensions["code"] == "PV"),
        sum(float(r["estimate"]) for r in table if r["dimension"].startswith("Political") and r["iso3"] != "ANT"),
    )


def test_rule_of_law_index(sources, real):
    table, rows = lines_of(real, "wjp"), read(sources, real, "wjp")
    assert len(rows) == 9 * len(table)  # the overall score and eight factors, none missing
    assert {row.ref_end.year - row.ref_start.year for row in rows} == {0, 1}
    assert {row.dimensions["factor"] for row in rows} == {"overall", *"12345678"}


@pytest.mark.parametrize("source_id", [name for name in FILES if name.startswith("wdi_")])
def test_world_bank_tables(sources, real, source_id):
    table, rows = lines_of(real, source_id, above=4), read(sources, real, source_id)
    countries = {row.key.split("|")[1] for row in rows}
    kept = [row for row in table if row["Country Code"] in countries]
    assert len(rows) == years(kept, [str(year) for year in range(1960, 2026)])
    left = [row for row in table if row not in kept and years([row], map(str, range(1960, 2026)))]
    groupings = re.compile(r"World|Africa|Asia|Europe|America|income|dividend|IDA|IBRD|[Ss]mall states|area|Union|OECD|"
                           r"Least developed|Fragile|poor countries|Channel Islands")  # fmt: skip
    assert left
    assert [row["Country Name"] for row in left if not groupings.search(row["Country Name"])] == []


def test_a_table_of_another_indicator_is_refused(sources, real):
    with pytest.raises(AdapterError, match=r"expected 'FP\.CPI\.TOTL\.ZG'"):
        read(sources, real, "wdi_inflation", FILES["wdi_unemployment"])


def test_two_publications_of_one_index_agree(sources, real):
    chart = {row.key: row.value for row in read(sources, real, "owid_hdi")}
    report = {row.key: row.value for row in read(sources, real, "undp_hdr")}
    assert len(chart) == len([row for row in lines_of(real, "owid_hdi") if row["Code"] not in ("", "OWID_WRL")])
    assert chart.keys() == report.keys()
    assert all(math.isclose(chart[key], report[key], abs_tol=1e-3) for key in chart)


def test_poverty_at_two_surveys_is_the_same_as_in_the_other_layout(sources, real):
    table, rows = lines_of(real, "mpi_trends"), read(sources, real, "mpi_trends")
    columns = ["MPI", "Headcount Ratio", "Intensity of Deprivation", "Vulnerable to Poverty", "In Severe Poverty"]
    assert len(rows) == years(table, columns)
    assert all(0 <= row.value <= 1 for row in rows)
    assert sum(row.place.precision == "country" for row in rows) == years(
        [row for row in table if not row["Admin 1 Name"] and not row["Admin 1 PCode"]], columns
    )


def test_returns(sources, real):
    table = pyarrow.parquet.read_table(real / FILES["unhcr_solutions"]).to_pylist()
    table = [row for row in table if row["coo_iso"] not in ("UNK", "XXA", "TIB")]
    rows = read(sources, real, "unhcr_solutions")
    for variable in ("returned_refugees", "returned_idps"):
        figures = [row[variable] for row in table if row[variable] is not None]
        found = [row.value for row in rows if row.variable == variable]
        assert (len(found), sum(found)) == (len(figures), sum(figures))


def test_dutch_decisions(sources, real):
    table = [row for row in lines_of(real, "asylum_decisions_nld") if row["coo_iso"] not in ("UNK", "XXA", "TIB")]
    rows = read(sources, real, "asylum_decisions_nld")
    assert len(rows) == 4 * len(table)
    for outcome in ("recognized", "other", "rejected", "closed"):
        found = sum(row.value for row in rows if row.dimensions["outcome"] == outcome)
        assert found == sum(int(row[f"dec_{outcome}"]) for row in table)
    assert sum(row.value for row in rows) == sum(int(row["dec_total"]) for row in table)


def test_displaced_people_and_fillers(sources, real):
    table, rows = lines_of(real, "idmc_gidd_idps"), read(sources, real, "idmc_gidd_idps")
    for column, variable in (("total_displacement", "idps_present"), ("new_displacement", "new_conflict_displacement")):
        told = [row for row in table if row[f"{column}_rounded"]]
        found = [row for row in rows if row.variable == variable]
        assert (len(found), sum(row.value for row in found)) == (len(told), sum(float(row[column]) for row in told))
    assert {row.place.region_name for row in rows} == {None, "Abyei"}


def test_judicial_constraints(sources, real):
    table, rows = lines_of(real, "vdem_judicial_constraints"), read(sources, real, "vdem_judicial_constraints")
    known = [row for row in table if row["Code"] and not row["Code"].startswith("OWID_")]
    found = [row for row in rows if row.place.precision == "country" and row.place.iso3 != "XKX"]
    assert len(found) == sum(bool(row["judicial_constr_vdem_owid"]) for row in known)
    assert all(row.value_low <= row.value <= row.value_high for row in rows)


def test_syria_as_points(sources, real):
    table = pyarrow.parquet.read_table(real / FILES["ucdp_syria"]).to_pylist()
    rows = events(read(sources, real, "ucdp_syria"))
    assert (len(rows), sum(row.deaths_best for row in rows)) == (len(table), sum(row["best"] for row in table))
    vague = sum(row["where_prec"] >= 5 for row in table)
    assert sum(row.place.precision == "country" for row in rows) == vague


HOSTILE = [
    b"", b"\x00\x01\x02", b"<html></html>", b"null", b"[]", b"{}", b'"text"', b"a,b\n1,2\n", b"\xff\xfe\xfa",
    b"PK\x03\x04garbage", b"PAR1garbagePAR1", b"country,unit,month,n_events,n_sb,n_ns,n_os,deaths\n,,,,,,,\n",
    b'"Data Source","x",\n\n"Country Name","Country Code","Indicator Code","2020"\n"?","?","FP.CPI.TOTL.ZG","?"\n',
    b"iso3,country_name,year,new_displacement,new_displacement_rounded,total_displacement,total_displacement_rounded\n"
    b"?,?,?,?,?,?,?\nIRQ,Iraq,2020,-5,-5,1e400,1\n",
]  # fmt: skip


@pytest.mark.parametrize("source_id", sorted(FILES))
@pytest.mark.parametrize("body", HOSTILE)
def test_a_strange_table_is_refused_or_reported_and_never_a_crash(sources, source_id, body):
    one = sources[source_id]
    try:
        rows = list(adapters.load(one.adapter).parse(answer(body, f"inbox:///{source_id}/table.csv"), one))
    except AdapterError:
        return
    assert observations(rows) + events(rows) == []
