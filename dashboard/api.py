"""The read-only API under /api/v1: the answers of the pages as JSON, CSV, GeoJSON and brief, from the same functions.

One error form: {"error": {"code", "message", "remedy"}}. Answers about one publication carry its name as ETag, so that
a client that has them already is answered 304. Nothing can be written. Without a sign-in only this machine is answered;
with one, requests carry the token of RETURNWATCH_API_TOKEN.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assessment.read import NoSnapshot, NotFound, Reader
from dashboard import api_answers, shell, sign_in, sign_in_config
from dashboard.api_answers import Answer, ApiError, Asked
from dashboard.api_format import JSON, as_json

PREFIX = "/api/v1"
TOKEN = "RETURNWATCH_API_TOKEN"
SHORTEST_TOKEN = 32
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
KEPT_BYTES = 64 * 1024 * 1024
LOG = logging.getLogger("returnwatch.api")


def routes() -> list[Route]:
    """Every route, for `st.App(routes=...)`; the last one answers whatever else is asked below /api."""
    found = [
        Route(f"{PREFIX}{path}", _endpoint(function, open_to_all=path == "/health"), methods=METHODS)
        for path, function in api_answers.ANSWERS.items()
    ]
    return [*found, Route("/api/{rest:path}", _endpoint(api_answers.unknown_path), methods=METHODS)]


def _endpoint(function: Callable[[Asked], Answer], open_to_all: bool = False) -> Callable[[Request], Response]:
    """A plain function as an endpoint: checked, answered from memory where it can be, every fault in the one form."""

    def endpoint(request: Request) -> Response:
        now = shell.utc_now()
        try:
            if request.method not in ("GET", "HEAD"):
                raise ApiError(
                    405, "read_only", f"{request.method} is not answered", "ask with GET; nothing is written"
                )
            if not open_to_all:
                allow(request)
            return _answer(request, function, now)
        except ApiError as error:
            return _error(error)
        except NotFound as error:
            return _error(ApiError(404, "not_found", str(error), f"see {PREFIX}/openapi.json for what can be asked"))
        except NoSnapshot as error:
            return _error(
                ApiError(503, "nothing_published", str(error), "run `returnwatch up` or `returnwatch refresh`")
            )
        except Exception:
            number = f"{now:%Y%m%d-%H%M%S}"
            LOG.exception("api_failed path=%s number=%s", request.url.path, number)
            remedy = f"look for number {number} in the log of the server"
            return _error(ApiError(500, "fault", "the answer could not be made", remedy))

    return endpoint


def warm() -> None:
    """Read what every first request needs. Raises NoSnapshot."""
    reader = shell.reader()
    known = next((row["iso3"] for row in reader.countries() if row["monitored"]), None)
    if known:
        reader.shapes(known)
        reader.world()


def _answer(request: Request, function: Callable[[Asked], Answer], now: datetime) -> Response:
    reader = shell.reader()
    asked = Asked(reader, dict(request.path_params), dict(request.query_params), now)
    steady = function not in api_answers.OF_THE_MOMENT
    tag = f'"{reader.snapshot["snapshot_id"]}"'
    if steady and _has(request, tag):
        return Response(status_code=304, headers=_headers(tag))
    answer = _remembered(reader, request, lambda: function(asked)) if steady else function(asked)
    if not steady:
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
        if _has(request, tag):
            return Response(status_code=304, headers=_headers(tag))
    return Response(
        answer.body, answer.status, headers={**_headers(tag), **answer.headers}, media_type=answer.media_type
    )


def _has(request: Request, tag: str) -> bool:
    """Whether the client holds this version: If-None-Match, weak or strong, one or several."""
    held = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")]
    return tag in held or "*" in held


def _headers(tag: str) -> dict[str, str]:
    """Ask again each time, cheaply; never into a shared cache."""
    return {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Authorization",
    }


def _error(error: ApiError) -> Response:
    body = as_json({"error": {"code": error.code, "message": error.message, "remedy": error.remedy}})
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if error.status == 405:
        headers["Allow"] = "GET, HEAD"
    return Response(body, error.status, headers=headers, media_type=JSON)


def allow(request: Request) -> None:
    """Raises ApiError when this request may not be answered. Denied by default."""
    if not sign_in.configured():
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
        if not sign_in_config.loopback(host):
            raise ApiError(
                403,
                "not_here",
                "without a sign-in only this machine is answered",
                "configure it as docs/sign-in.md says",
            )
        return
    wanted = os.environ.get(TOKEN, "")
    if len(wanted) < SHORTEST_TOKEN:
        raise ApiError(
            401, "closed", "the API is closed while a sign-in is configured",
            f"the administrator sets {TOKEN} to at least {SHORTEST_TOKEN} random characters",
        )  # fmt: skip
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        raise ApiError(401, "no_token", "the token is missing or wrong", "send it as Authorization: Bearer TOKEN")


_kept: OrderedDict[tuple[str, str], Answer] = OrderedDict()
_kept_lock = threading.Lock()


def _remembered(reader: Reader, request: Request, make: Callable[[], Answer]) -> Answer:
    """An answer about one publication never changes: the ones asked last are kept, up to KEPT_BYTES."""
    key = (f"{shell.data_dir()} {reader.snapshot['snapshot_id']}", f"{request.url.path}?{request.url.query}")
    with _kept_lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    answer = make()
    with _kept_lock:
        for old in [other for other in _kept if other[0] != key[0]]:
            del _kept[old]
        _kept[key] = answer
        while sum(len(one.body) for one in _kept.values()) > KEPT_BYTES:
            _kept.popitem(last=False)
    return answer
