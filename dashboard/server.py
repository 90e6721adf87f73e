"""Pages and read-only API in one process on one port; `returnwatch serve` runs this file with Streamlit."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

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


app = st.App("app.py", routes=api.routes(), lifespan=ready)
