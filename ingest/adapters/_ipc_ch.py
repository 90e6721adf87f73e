"""Cadre Harmonisé (West Africa and the Sahel): one row per admin-2 area, round and period, as a workbook.

`chtype` current or projected; the period is the season `reference_label` of `reference_year`; `phase35` is phases 3 to
5 together. A round is dated by its season, whose last day counts as the day of publication. `usethisperiod` N marks a
period that a later round replaced: kept, with dimension `superseded`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from ingest.adapters import _scope, _tabular
from ingest.adapters._ipc_area import CURRENT, FIRST
from ingest.adapters._numbers import month_span, number, whole, within
from ingest.model import Observation, Place, Problem

SEASONS = {"Jan-May": (1, 5), "Jun-Aug": (6, 8), "Sep-Dec": (9, 12)}
KINDS = {"current": CURRENT, "projected": FIRST}
PLACE = (
    "adm0_pcod3", "adm0_5_name", "adm1_name", "adm1_pcod2", "adm2_name", "adm2_pcod2", "adm1_5_name", "adm2_5_name",
    "adm3_name",
)  # fmt: skip
LEVELS = ("adm0_5_name", "adm1_name", "adm1_5_name", "adm2_name", "adm2_5_name", "adm3_name")  # all of a key
ROUND = ("exercise_label", "exercise_year", "chtype", "reference_label", "reference_year", "usethisperiod")
PHASES = {"phase35": "3+", **{f"phase{n}": str(n) for n in range(1, 6)}}
USED = (*PLACE, *ROUND, "population", "phase_class", *PHASES)
# Codes of the finer levels, and the outcome indicators behind the classification: shown nowhere, kept in the archive.
IGNORED_STARTS = ("adm", "exercise_", "reference_", "FCG_", "HDDS_", "HHS_", "LhHCSCat_", "rCSI_")
IGNORED = {"notes", "foodconsumption_phase", "livelihoods_phase", "nutrition_phase", "mortality_phase"}


def of_workbook(table: _tabular.Table) -> Iterator[Observation | Problem]:
    """Up to eight Observations per row: people analysed, per phase and 3+, and the class of the area."""
    need = dict(zip(USED, table.need(*USED), strict=True))
    ignored = IGNORED | {name for name in table.header if name.startswith(IGNORED_STARTS)}
    yield from _scope.unused_fields(table.header, USED, ignored)
    for row in table.rows:
        cells = {name: row[at] for name, at in need.items()}
        try:
            yield from list(_row(cells))  # the whole row or none of it
        except ValueError as error:
            names = ("adm0_pcod3", "adm1_name", "adm2_name", "exercise_label", "exercise_year", "chtype")
            where = " ".join(str(cells[name]) for name in names if cells[name] is not None)
            yield Problem("bad_row", str(error), where, "compare with the publisher's workbook")
    yield from table.faults


def _text(value: Any) -> str:
    return str(value).strip() if value is not None else ""


def _row(cells: dict[str, Any]) -> Iterator[Observation]:
    iso3 = _scope.iso3_of(_text(cells["adm0_pcod3"]))
    kind = KINDS.get(_text(cells["chtype"]))
    if iso3 is None or kind is None:
        raise ValueError(f"unknown country {cells['adm0_pcod3']!r} or kind {cells['chtype']!r}")
    start, end = _season(cells["reference_label"], cells["reference_year"])
    analysis, published = _season(cells["exercise_label"], cells["exercise_year"])
    levels = [_text(cells[name]) for name in LEVELS]
    label = " / ".join(part for part in levels if part) or "country"
    dimensions = {"period": kind, "analysis": f"{analysis:%Y-%m}", "area": label}
    if _text(cells["usethisperiod"]).upper() == "N":
        dimensions["superseded"] = "yes"
    place = _place(iso3, cells)
    base = "|".join((iso3, f"{analysis:%Y-%m}", *levels, kind, str(start)))
    analysed = within(number(cells["population"]), 0, 2e9)
    figures: Sequence[tuple[str, Any]] = (("all", analysed), *((name, number(cells[c])) for c, name in PHASES.items()))
    for phase, value in figures:
        if within(value, 0, 2e9) is not None and analysed != 0:  # nobody analysed: zeros would not be measured
            yield Observation(
                f"{base}|{phase}", "ipc_population", place, start, end, value, denominator=analysed,
                published=datetime.combine(published, time()), dimensions={**dimensions, "phase": phase},
                projection=kind != CURRENT,
            )  # fmt: skip
    phase_class = within(number(cells["phase_class"]), 1, 5)
    if phase_class is not None:
        yield Observation(
            f"{base}|class", "ipc_phase", place, start, end, phase_class, dimensions=dimensions,
            published=datetime.combine(published, time()), projection=kind != CURRENT,
        )  # fmt: skip


def _place(iso3: str, cells: dict[str, Any]) -> Place:
    region, district = _text(cells["adm1_name"]) or None, _text(cells["adm2_name"]) or None
    if region is None:
        return Place(iso3, precision="country")
    return Place(
        iso3, region, _text(cells["adm1_pcod2"]) or None, district, _text(cells["adm2_pcod2"]) or None,
        precision="district" if district else "region",
    )  # fmt: skip


def _season(label: Any, year: Any) -> tuple[date, date]:
    if label not in SEASONS:
        raise ValueError(f"unknown season {label!r}")
    first, last = SEASONS[label]
    return month_span(whole(year), first)[0], month_span(whole(year), last)[1]
