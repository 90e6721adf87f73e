"""Every sub-national place the captured answers name, as each source writes it: country, place fields, number of rows.

Read straight from the files, not through the adapters, so that the two can be told apart when a figure drops.
"""

from __future__ import annotations

import csv
import json
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import pandas as pd

FIELDS = ("region_name", "region_code", "district_name", "district_code", "latitude", "longitude")
Key = tuple[Any, ...]  # iso3 and the six fields


def key(iso3: str, **fields: Any) -> Key:
    """One place; empty text and NaN become None."""
    values = []
    for name in FIELDS:
        value = fields.get(name)
        missing = value is None or value != value or (isinstance(value, str) and not value.strip())
        values.append(None if missing else float(value) if name in ("latitude", "longitude") else str(value).strip())
    return (iso3, *values)


def rows_of(path: Path, encoding: str = "utf-8-sig") -> Iterator[dict[str, str]]:
    """Rows of a CSV without its HXL row."""
    with path.open(encoding=encoding, newline="") as file:
        for row in csv.DictReader(file):
            if not any(str(value).startswith("#") for value in row.values()):
                yield row


def ucdp(frame: pd.DataFrame, country: Any) -> Iterator[Key]:
    """Events placed in a region or nearer (where_prec 1-4)."""
    for row in frame.to_dict("records"):
        if row["where_prec"] <= 4:
            yield key(country(row["country"]), region_name=row["adm_1"], district_name=row["adm_2"],
                      latitude=row["latitude"], longitude=row["longitude"])  # fmt: skip


def panel(real: Path, country: Any) -> Iterator[Key]:
    """UCDP panel units "Country | region"."""
    for row in rows_of(real / "ucdp_panel/ucdp_adm1_month_2010-2022.csv"):
        yield key(country(row["country"]), region_name=row["unit"].split("|", 1)[1])


def awsd(real: Path, country: Any) -> Iterator[Key]:
    """Aid worker incidents with a region, a district or a point."""
    for row in rows_of(real / "awsd/incidents.csv"):
        iso3 = country(row["Country Code"]) or country(row["Country"])
        yield key(iso3, region_name=row["Region"], district_name=row["District"],
                  latitude=number(row.get("Latitude")), longitude=number(row.get("Longitude")))  # fmt: skip


def number(text: Any) -> float | None:
    """A float, or None for anything else."""
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def insecurity_insight(real: Path) -> Iterator[Key]:
    """Four JSON files and the health workbook; country-level precision (codes in brackets above 3) is left out."""
    records: list[dict[str, Any]] = []
    for name in ("aidWorkerKIKA", "education", "foodSecurity", "protection"):
        records += json.loads((real / f"insecurity_insight/{name}.json").read_text(encoding="utf-8"))
    book = next((real / "insecurity_insight").glob("*.xlsx"))
    records += pd.read_excel(book).iloc[1:].to_dict("records")
    for row in records:
        if "country" not in str(row.get("Geo Precision")).lower():
            yield key(str(row["Country ISO"]).strip(), region_name=row.get("Admin 1"),
                      latitude=number(row.get("Latitude")), longitude=number(row.get("Longitude")))  # fmt: skip


def hapi(path: Path) -> Iterator[Key]:
    """A HAPI table: names and p-codes of admin 1 and 2; rows with an error are issues already and left out."""
    for row in rows_of(path):
        if not row.get("error"):
            yield key(row["location_code"], region_name=row["admin1_name"] or row["provider_admin1_name"],
                      region_code=row["admin1_code"], district_code=row.get("admin2_code"),
                      district_name=row.get("admin2_name") or row.get("provider_admin2_name"))  # fmt: skip


def hno(real: Path) -> Iterator[Key]:
    """Humanitarian needs overviews."""
    for row in rows_of(real / "hno/hpc_hno_2024.csv"):
        yield key(row["Country ISO3"], region_name=row["Admin 1 Name"], region_code=row["Admin 1 PCode"],
                  district_name=row["Admin 2 Name"], district_code=row["Admin 2 PCode"])  # fmt: skip


def wfp(real: Path) -> Iterator[Key]:
    """WFP prices: admin 1, admin 2 and the market's point. The national files name their country in the file name."""
    for path in sorted((real / "wfp_prices").glob("wfp_food_prices_*.csv")):
        for row in rows_of(path):
            iso3 = row.get("countryiso3") or path.stem[-3:].upper()
            yield key(iso3, region_name=row["admin1"], district_name=row["admin2"],
                      latitude=number(row["latitude"]), longitude=number(row["longitude"]))  # fmt: skip


def wfp_names_only(real: Path) -> Iterator[Key]:
    """The same without points and districts: how far the spellings alone carry."""
    for iso3, name, *_ in wfp(real):
        yield key(iso3, region_name=name)


def dtm(real: Path) -> Iterator[Key]:
    """IOM displacement at admin 1 and 2."""
    for path in sorted((real / "dtm").glob("displacement-admin[12]-*.json")):
        for row in json.loads(path.read_text(encoding="utf-8"))["result"]:
            yield key(path.stem[-3:].upper(), region_name=row["admin1Name"], region_code=row["admin1Pcode"],
                      district_name=row.get("admin2Name"), district_code=row.get("admin2Pcode"))  # fmt: skip


def hungermap(real: Path) -> Iterator[Key]:
    """WFP HungerMap regions."""
    for path in sorted((real / "hungermap").glob("*-region-*.json")):
        for row in json.loads(path.read_text(encoding="utf-8"))["body"]:
            yield key(row["country"]["iso3"], region_name=row["region"]["name"])


def mpi(real: Path) -> Iterator[Key]:
    """Poverty by region, HAPI's table and the national survey table."""
    for row in rows_of(real / "material/mpi_hapi_poverty_rate_global.csv"):
        yield key(row["location_code"], region_name=row["admin1_name"] or row["provider_admin1_name"],
                  region_code=row["admin1_code"])  # fmt: skip
    for row in rows_of(real / "material/mpi_global_trends.csv"):
        yield key(row["Country ISO3"], region_name=row["Admin 1 Name"], region_code=row["Admin 1 PCode"])


def shdi(real: Path) -> Iterator[Key]:
    """Regions of the subnational human development index: often groups of several provinces."""
    for row in rows_of(real / "material/shdi_gdl.csv"):
        if row["Level"] == "Subnat":
            yield key(row["ISO_Code"], region_name=row["Region"])


def cadre_harmonise(real: Path) -> Iterator[Key]:
    """Cadre Harmonisé, admin 1 and 2."""
    for row in pd.read_excel(real / "ipc/cadre_harmonise_caf_ipc.xlsx").to_dict("records"):
        yield key(row["adm0_pcod3"], region_name=row["adm1_name"], region_code=row["adm1_pcod2"],
                  district_name=row["adm2_name"], district_code=row["adm2_pcod2"])  # fmt: skip


def ipc(real: Path) -> Iterator[Key]:
    """IPC areas, which may be provinces, districts or zones."""
    for row in rows_of(real / "ipc/ipc_global_area_long.csv"):
        yield key(row["Country"], region_name=row["Level 1"] or row["Area"], district_name=row["Area"])


def idmc(real: Path) -> Iterator[Key]:
    """Internal displacement updates: points only."""
    for row in json.loads((real / "idmc_idu/idmc_idu.json").read_text(encoding="utf-8")):
        yield key(row["iso3"], latitude=row["latitude"], longitude=row["longitude"])


def population(real: Path) -> Iterator[Key]:
    """Common operational population figures."""
    for row in rows_of(real / "population/cod_population_admin1.csv"):
        yield key(row["ISO3"], region_name=row["ADM1_NAME"], region_code=row["ADM1_PCODE"])


def pcodes(real: Path, level: str) -> Iterator[Key]:
    """OCHA's own names, without their codes, so that the spelling has to do."""
    for row in rows_of(real / "pcodes/global_pcodes_adm_1_2.csv"):
        if row["Admin Level"] == level:
            yield key(row["Location"], region_name=row["Name"])


def sources(real: Path, country: Any) -> dict[str, Counter[Key]]:
    """{source: places with the number of rows that name them}; places without anything sub-national are left out."""
    with zipfile.ZipFile(real / "ucdp_ged/ged191-bgd.zip") as archive:
        ged = pd.read_csv(TextIOWrapper(archive.open("ged191.csv"), "utf-8"))
    tables: dict[str, Iterable[Key]] = {
        "ucdp panel (names)": panel(real, country),
        "ucdp ged 19.1": ucdp(ged, country),
        "ucdp candidate": ucdp(pd.read_excel(real / "ucdp_ged/GEDEvent_v26_0_2.xlsx"), country),
        "ucdp syria": ucdp(pd.read_parquet(real / "ucdp_ged/ucdp_syria_2016-2019.parquet"), country),
        "awsd": awsd(real, country),
        "insecurity insight": insecurity_insight(real),
        "hapi conflict 2025": hapi(real / "hapi/hdx_hapi_conflict_event_global_2025.csv"),
        "hapi conflict 1997": hapi(real / "hapi/hdx_hapi_conflict_event_global_1997.csv"),
        "hapi idps": hapi(real / "hapi/hdx_hapi_idps_global.csv"),
        "hapi presence": hapi(real / "hapi/hdx_hapi_operational_presence_global.csv"),
        "hapi needs": hapi(real / "hapi/hdx_hapi_humanitarian_needs_global_2024.csv"),
        "hno": hno(real),
        "ipc areas": ipc(real),
        "cadre harmonise": cadre_harmonise(real),
        "wfp prices": wfp(real),
        "wfp prices (names)": wfp_names_only(real),
        "dtm": dtm(real),
        "hungermap": hungermap(real),
        "mpi": mpi(real),
        "shdi (groups)": shdi(real),
        "cod population": population(real),
        "idmc points": idmc(real),
        "pcodes admin 1 (names)": pcodes(real, "1"),
    }
    return {name: Counter(one for one in keys if one[0] and any(one[1:])) for name, keys in tables.items()}
