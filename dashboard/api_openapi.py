"""The OpenAPI document of the API, made from the functions that answer it."""

from __future__ import annotations

import functools
import re
from typing import Any

from dashboard import api_answers, brief
from dashboard.language import LANGUAGES

_ROWS = {
    "regions": "one per assessed region: names, bands of the three dimensions, confidence, reasons, evidence ids",
    "countries": "one per country: regions per level, share assessed, worst region",
    "alerts": "one per alert: rule, statistic, baseline, texts in English and Dutch, evidence ids, shared cause",
    "sources": "one per source: publisher, licence, rhythm, state, last good run, rows, issues, remedy",
    "runs": "one per run: day, framework, code, seed, digest of the inputs",
}
_PARAMETERS: dict[str, dict[str, Any]] = {
    "country": {"description": "three letters of ISO 3166-1", "schema": {"type": "string", "pattern": "^[A-Za-z]{3}$"}},
    "dimension": {
        "description": "which dimension orders the list",
        "schema": {"type": "string", "enum": ["overall", "legal", "physical", "material"], "default": "overall"},
    },
    "limit": {"schema": {"type": "integer", "minimum": 0, "maximum": api_answers.MOST}},
    "offset": {"schema": {"type": "integer", "minimum": 0, "default": 0}},
    "open": {
        "description": "false: also alerts of earlier runs",
        "schema": {"type": "string", "enum": ["true", "false"]},
    },
    "as_of": {
        "description": "the vintage known at the end of this day",
        "schema": {"type": "string", "format": "date"},
    },
    "id": {"description": "an evidence id", "schema": {"type": "string"}},
    "lang": {"schema": {"type": "string", "enum": list(LANGUAGES)}},
}
_OF_PATH: dict[str, tuple[str, ...]] = {
    "/regions": ("country", "dimension", "limit", "offset"),
    "/regions/{region_id}/brief.{kind}": ("lang",),
    "/countries": ("limit", "offset"),
    "/evidence": ("id", "as_of"),
    "/evidence/{evidence_id}": ("as_of",),
    "/alerts": ("country", "open", "limit", "offset"),
    "/sources": ("limit", "offset"),
    "/runs": ("limit", "offset"),
}
_ERROR = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}


@functools.cache
def document() -> dict[str, Any]:
    """OpenAPI 3.1."""
    paths = {}
    for path, function in api_answers.ANSWERS.items():
        shown = path.replace(":path", "")
        paths[f"/api/v1{shown}"] = {"get": _operation(shown, function)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ReturnWatch",
            "version": "1",
            "description": "Country information for voluntary return, read-only. Country information, not a judgement "
            "on a person; it can start no removal. No data (null) is never the same as zero.",
            "license": {"name": "EUPL-1.2"},
        },
        "paths": paths,
        "components": {
            "schemas": {
                "Error": {
                    "type": "object",
                    "required": ["error"],
                    "properties": {
                        "error": {
                            "type": "object",
                            "required": ["code", "message", "remedy"],
                            "properties": {name: {"type": "string"} for name in ("code", "message", "remedy")},
                        }
                    },
                },
                **{name.capitalize(): _list_schema(name, text) for name, text in _ROWS.items()},
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _operation(path: str, function: Any) -> dict[str, Any]:
    plain = path.removesuffix(".{kind}") if path.count("{") == 1 else path
    named = [
        {"name": name, "in": "path", "required": True, "schema": _of_name(path, name)}
        for name in re.findall(r"{(\w+)}", path)
    ]
    asked = [{"name": name, "in": "query", **_PARAMETERS[name]} for name in _OF_PATH.get(plain, ())]
    return {
        "operationId": f"{function.__name__.strip('_')}_{len(path)}",
        "summary": " ".join((function.__doc__ or "").split()),
        "parameters": named + asked,
        "responses": {
            "200": {"description": "the answer", "headers": {"ETag": {"schema": {"type": "string"}}},
                    "content": _content(path, plain)},
            "304": {"description": "what If-None-Match names is still the answer"},
            **{status: {"description": text, **_ERROR} for status, text in _FAULTS.items()},
        },
    }  # fmt: skip


_FAULTS = {
    "400": "a parameter is wrong", "401": "the token is missing or wrong", "403": "only this machine is answered",
    "404": "there is no such thing here", "405": "nothing can be written", "503": "nothing is published yet",
}  # fmt: skip


def _of_name(path: str, name: str) -> dict[str, Any]:
    if name == "kind":
        kinds = list(brief.FORMATS) if "brief" in path else ["geojson"] if "map" in path else ["json", "csv"]
        return {"type": "string", "enum": kinds}
    return {"type": "string"}


def _content(path: str, plain: str) -> dict[str, Any]:
    name = plain.strip("/")
    if "brief" in path:
        return {kind: {"schema": {"type": "string", "format": "binary"}} for kind in brief.FORMATS.values()}
    if "map" in path:
        return {"application/geo+json": {"schema": {"type": "object"}}}
    schema = {"$ref": f"#/components/schemas/{name.capitalize()}"} if name in _ROWS else {"type": "object"}
    found: dict[str, Any] = {"application/json": {"schema": schema}}
    return found | {"text/csv": {"schema": {"type": "string"}}} if path.endswith(".{kind}") else found


def _list_schema(name: str, text: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["snapshot_id", "as_of", "total", name],
        "properties": {
            "snapshot_id": {"type": "string"},
            "run_id": {"type": ["string", "null"]},
            "as_of": {"type": ["string", "null"], "format": "date"},
            "made_at": {"type": "string", "format": "date-time"},
            "starter": {"type": "boolean", "description": "nothing but shipped figures is in it"},
            "total": {"type": "integer"},
            "offset": {"type": "integer"},
            name: {"type": "array", "description": text, "items": {"type": "object"}},
        },
    }
