"""What the API answers: each a plain function from what was asked to an answer, over the reading functions."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from assessment.ledger import Entry, LedgerError
from assessment.read import Reader
from dashboard import bands, brief, shell
from dashboard.api_format import CSV, GEOJSON, JSON, as_json, rows_as_csv
from dashboard.language import DEFAULT, LANGUAGES
from dashboard.partners import partners

MOST = 2000  # rows in one answer


class ApiError(Exception):
    """An answer that cannot be given: HTTP status, a code for programs, what is wrong, what to do."""

    def __init__(self, status: int, code: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.remedy = status, code, message, remedy


@dataclass(frozen=True)
class Asked:
    """One request: the snapshot it is answered from, parts of the path, parameters, the clock (naive UTC)."""

    reader: Reader
    path: Mapping[str, str]
    parameters: Mapping[str, str]
    now: datetime


@dataclass(frozen=True)
class Answer:
    """A finished answer."""

    body: bytes
    media_type: str = JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def _known(asked: Asked, *names: str) -> None:
    """A parameter nobody knows is a mistake, not something to pass over."""
    unknown = [name for name in asked.parameters if name not in names]
    if unknown:
        raise _wrong(f"unknown parameter {', '.join(sorted(unknown))}", f"use {', '.join(names) or 'none'}")


def _wrong(message: str, remedy: str) -> ApiError:
    return ApiError(400, "bad_request", message, remedy)


def _number(asked: Asked, name: str, default: int, most: int) -> int:
    text = asked.parameters.get(name, str(default))
    if not (text.isascii() and text.isdigit() and int(text) <= most):
        raise _wrong(
            f"{name} must be a whole number from 0 to {most}, not {text[:40]!r}", f"leave {name} out or correct it"
        )
    return int(text)


def _iso3(text: str | None) -> str | None:
    if text is None:
        return None
    if not (len(text) == 3 and text.isascii() and text.isalpha()):
        raise _wrong(f"{text[:40]!r} is no country", "use three letters of ISO 3166-1, such as AFG")
    return text.upper()


def _about(asked: Asked) -> dict[str, Any]:
    """What every list says of where it comes from."""
    snapshot = asked.reader.snapshot
    return {name: snapshot[name] for name in ("snapshot_id", "run_id", "as_of", "made_at", "starter")}


def _listed(asked: Asked, name: str, rows: list[dict[str, Any]]) -> Answer:
    """A list as JSON with its origin, or as CSV when the path ends in .csv; limit and offset cut it."""
    limit, offset = _number(asked, "limit", MOST, MOST), _number(asked, "offset", 0, 1_000_000)
    shown = rows[offset : offset + limit]
    if asked.path.get("kind") == "csv":
        disposition = {"Content-Disposition": f'attachment; filename="returnwatch-{name}.csv"'}
        return Answer(rows_as_csv(shown), CSV, headers=disposition)
    if asked.path.get("kind", "json") != "json":
        raise ApiError(404, "not_found", f"there is no {name} as {asked.path['kind'][:20]!r}", "use .json or .csv")
    return Answer(as_json({**_about(asked), "total": len(rows), "offset": offset, name: shown}))


def regions(asked: Asked) -> Answer:
    """Regions in short, worst first."""
    _known(asked, "country", "dimension", "limit", "offset")
    wanted = asked.parameters.get("dimension", "overall")
    return _listed(asked, "regions", asked.reader.regions(_iso3(asked.parameters.get("country")), wanted))


def region(asked: Asked) -> Answer:
    """One region in full."""
    _known(asked)
    return Answer(as_json({**_about(asked), "region": asked.reader.region(asked.path["region_id"].upper())}))


def brief_file(asked: Asked) -> Answer:
    """The two-page brief of a region as a file."""
    _known(asked, "lang")
    language, kind = asked.parameters.get("lang", DEFAULT), asked.path["kind"]
    if language not in LANGUAGES:
        raise _wrong(f"there is no brief in {language[:20]!r}", f"use lang={' or lang='.join(LANGUAGES)}")
    if kind not in brief.FORMATS:
        raise ApiError(404, "not_found", f"there is no brief as {kind[:20]!r}", f"use {', '.join(brief.FORMATS)}")
    region_id = asked.path["region_id"].upper()
    facts = brief.collect(asked.reader, region_id, entries=_entries(), now=asked.now, partners=partners())
    name = brief.file_name(facts, language, kind)
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Brief-Version": facts.version}
    return Answer(brief.render(asked.reader, facts, language, kind), brief.FORMATS[kind], headers=headers)


def _entries() -> Sequence[Entry]:
    """The record of decisions when there is one; asking never makes it."""
    place = os.environ.get("RETURNWATCH_LEDGER") or str(shell.data_dir() / "ledger.sqlite")
    if "://" not in place and not Path(place).exists():
        return ()
    try:
        return shell.open_ledger().entries()
    except LedgerError as error:
        raise ApiError(
            503, "ledger_closed", f"what people decided cannot be read: {error}", "ask again later"
        ) from None


def countries(asked: Asked) -> Answer:
    """Every country, worst first."""
    _known(asked, "limit", "offset")
    return _listed(asked, "countries", asked.reader.countries())


def country(asked: Asked) -> Answer:
    """One country in full."""
    _known(asked)
    return Answer(as_json({**_about(asked), "country": asked.reader.country(_iso3(asked.path["iso3"]) or "")}))


def map_(asked: Asked) -> Answer:
    """A country's regions as GeoJSON with their bands; regions without an outline have geometry null."""
    _known(asked)
    if asked.path["kind"] != "geojson":
        raise ApiError(404, "not_found", "a map is GeoJSON", "end the path with .geojson")
    iso3 = _iso3(asked.path["iso3"]) or ""
    assessed = {row["region_id"]: row for row in asked.reader.regions(iso3)}
    features = [
        {
            "type": "Feature",
            "id": shape["region_id"],
            "properties": _of_map(assessed.get(shape["region_id"])) | {"approximate": shape["approximate"]},
            "geometry": {"type": "MultiPolygon", "coordinates": shape["polygons"]} if shape["polygons"] else None,
        }
        for shape in asked.reader.shapes(iso3)["regions"]
    ]
    return Answer(as_json({"type": "FeatureCollection", **_about(asked), "iso3": iso3, "features": features}), GEOJSON)


def _of_map(row: Mapping[str, Any] | None) -> dict[str, Any]:
    """Properties of a region on the map; a region nobody assessed has none but "assessed": false."""
    if row is None:
        return {"assessed": False}
    named = {name: row[name] for name in ("region_id", "iso3", "name_en", "name_nl", "suggested_category")}
    keys = {f"band_{name}": bands.key(dimension) for name, dimension in row["dimensions"].items()}
    return {"assessed": True, **named, "band": bands.overall_key(row), **keys}


def evidence(asked: Asked) -> Answer:
    """From an evidence id to the row, its source and the archive record."""
    _known(asked, "id", "as_of")
    wanted = asked.path.get("evidence_id") or asked.parameters.get("id", "")
    if not wanted:
        raise _wrong("no evidence is named", "put its id into the path or ask with ?id=")
    found = asked.reader.evidence(wanted, _day(asked.parameters.get("as_of")))
    return Answer(as_json({**_about(asked), "evidence": found}))


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _wrong(f"{text[:40]!r} is no day", "write it as 2026-11-23") from None


def alerts(asked: Asked) -> Answer:
    """Alerts of the run shown, or with open=false also earlier ones; what people decided stands in the application."""
    _known(asked, "country", "open", "limit", "offset")
    text = asked.parameters.get("open", "true")
    if text not in ("true", "false"):
        raise _wrong(f"open must be true or false, not {text[:20]!r}", "leave it out for the alerts of the newest run")
    return _listed(asked, "alerts", asked.reader.alerts(text == "true", _iso3(asked.parameters.get("country"))))


def sources(asked: Asked) -> Answer:
    """Every source with its state at this moment."""
    _known(asked, "limit", "offset")
    return _listed(asked, "sources", asked.reader.sources(asked.now))


def runs(asked: Asked) -> Answer:
    """Every run in the snapshot, newest first."""
    _known(asked, "limit", "offset")
    return _listed(asked, "runs", asked.reader.runs())


def health(asked: Asked) -> Answer:
    """Whether there is something to answer from, and how old it is."""
    _known(asked)
    about = asked.reader.snapshot
    age = (asked.now - about["made_at"]).total_seconds() / 3600
    return Answer(
        as_json(
            {
                "status": "ok",
                **_about(asked),
                "age_hours": round(max(age, 0.0), 1),
                "sources_broken": about["sources_broken"],
                "sources_stale": about["sources_stale"],
            }
        )
    )


def openapi(asked: Asked) -> Answer:
    """The OpenAPI document."""
    from dashboard.api_openapi import document

    _known(asked)
    return Answer(as_json(document()))


def unknown_path(asked: Asked) -> Answer:
    """Whatever else is asked below /api."""
    raise ApiError(404, "not_found", "there is no such address", "see /api/v1/openapi.json for what can be asked")


# Path -> function. Lists come as .json (or nothing) and .csv.
ANSWERS: dict[str, Callable[[Asked], Answer]] = {
    "/health": health,
    "/openapi.json": openapi,
    "/regions": regions,
    "/regions.{kind}": regions,
    "/regions/{region_id}": region,
    "/regions/{region_id}/brief.{kind}": brief_file,
    "/countries": countries,
    "/countries.{kind}": countries,
    "/countries/{iso3}": country,
    "/map/{iso3}.{kind}": map_,
    "/evidence": evidence,
    "/evidence/{evidence_id:path}": evidence,
    "/alerts": alerts,
    "/alerts.{kind}": alerts,
    "/sources": sources,
    "/sources.{kind}": sources,
    "/runs": runs,
    "/runs.{kind}": runs,
}
OF_THE_MOMENT = frozenset(
    {health, sources, brief_file}
)  # depend on the clock or on decisions, not on the snapshot alone
