"""Pages and read-only API in one process on one port; `returnwatch serve` runs this file with Streamlit."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

LOG = logging.getLogger("returnwatch.server")
# Modules with cached functions are imported before the runtime is there, which Streamlit would say of each of them.
logging.getLogger("streamlit.runtime.caching.cache_data_api").setLevel(logging.ERROR)

from dashboard import api  # noqa: E402


@asynccontextmanager
async def ready(application: object) -> AsyncIterator[None]:
    """Open the publication and the outlines beside the start, so that nobody's first page waits for them."""
    threading.Thread(target=_warm, name="warm", daemon=True).start()
    yield


def _warm() -> None:
    try:
        api.warm()
    except Exception:  # the first page or answer says what is wrong, in the reader's words
        LOG.info("nothing_warmed", exc_info=True)


class AtOnce:
    """ASGI middleware: answers leave without the kernel's waiting for more to send (TCP_NODELAY).

    Streamlit binds its port without naming the protocol, and asyncio then leaves Nagle's algorithm on: the second half
    of a small answer, and a small message to a page, waited up to 40 ms for the receipt of the one before.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; the connection is reached where the server shows it (uvicorn does)."""
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        connection = transport.get_extra_info("socket") if transport is not None else None
        if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await self.app(scope, receive, send)


app = st.App("app.py", routes=api.routes(), lifespan=ready, middleware=[Middleware(AtOnce)])
