"""IPC acute food insecurity and Cadre Harmonisé: people per phase and area, current and projected.

Forms, told apart by header or shape: long files on the Humanitarian Data Exchange; the table of the Humanitarian API;
the IPC API's `analyses` (a list, no rows), `population` and `areas` (GeoJSON: no period, so Problems only); the Cadre
Harmonisé workbook. Traps handled: "3+" repeats 3, 4 and 5; projections are flagged; an analysis announced for the
future has no figures; shares are of the people analysed, not of the population (denominator); areas are not always
admin-1 regions; an analysis may cover a part of the country only.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ingest.adapters import _hdx, _ipc_api, _ipc_ch, _ipc_long, _scope, _tabular
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Observation, Problem, Request

OPTIONS: dict[str, type] = {"files": str}


def requests(source: Source, since: datetime | None) -> Iterator[Request]:
    """Dataset records, or the API's addresses per country with the key as the parameter it demands."""
    key = source.key()
    for template in source.urls:
        for url in _scope.per_country(template, source.countries):
            yield Request(url.replace("{key}", key or ""))


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """The files of a dataset's record."""
    if _hdx.is_record(answer):
        yield from _hdx.files(answer, source.options.get("files", r"ipc_.*_area_long\.csv"))


def parse(answer: Answer, source: Source) -> Iterator[Observation | Problem]:
    """ipc_population: one per area, period and phase; ipc_phase: the class of an area where the source states it."""
    if _hdx.is_record(answer):
        return
    if answer.body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"[", b"{"):
        yield from _json(answer)
        return
    table = _tabular.read(answer)
    if "chtype" in table.header:
        yield from _ipc_ch.of_workbook(table)
    elif "ipc_phase" in table.header:
        yield from _ipc_long.of_hapi(table, answer)
    elif "Validity period" in table.header:
        yield from _ipc_long.of_file(table, answer)
    else:
        raise _scope.not_recognised(answer, table.header[:8])


def _json(answer: Answer) -> Iterator[Observation | Problem]:
    data = _scope.json_of(answer)
    if isinstance(data, dict) and data.get("type") == "FeatureCollection":
        yield from _ipc_api.of_areas(_scope.rows_in(answer, data.get("features") or []))
    elif isinstance(data, dict):
        said = data.get("message") or data.get("error") or list(data)
        raise AdapterError(f"the service answered {said!r} to {answer.url}", "check the key and the address")
    elif all("analysis_date" in item for item in _scope.rows_in(answer, data)):
        yield from _ipc_api.of_population(data, answer)
    elif not all({"id", "title"} <= set(item) for item in data):
        raise _scope.not_recognised(answer, data[:1])
