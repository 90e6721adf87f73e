"""The server around the pages: what is set on the connection of every request."""

from __future__ import annotations

import asyncio
import socket
import threading
import urllib.request
from typing import Any

import uvicorn

from dashboard.server import AtOnce
from tests.browser.server import DIRECT


def test_a_small_answer_does_not_wait_for_the_receipt_of_the_one_before() -> None:
    seen: list[int] = []

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        connection = receive.__self__.transport.get_extra_info("socket")
        seen.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    for application in (answer, AtOnce(answer)):
        with socket.socket() as port:  # bound as Streamlit binds it: without naming the protocol
            port.bind(("127.0.0.1", 0))
            server = uvicorn.Server(uvicorn.Config(application, lifespan="off", log_level="error"))
            running = threading.Thread(target=server.run, kwargs={"sockets": [port]}, daemon=True)
            running.start()
            try:
                port.listen()
                address = f"http://127.0.0.1:{port.getsockname()[1]}"
                assert DIRECT.open(urllib.request.Request(address), timeout=30).read() == b"ok"
            finally:
                server.should_exit = True
                running.join(30)
    assert seen[0] == 0, "the server does this by itself now: AtOnce can go"
    assert seen[1] != 0


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "done"})


def test_a_server_that_hides_its_connection_is_served_all_the_same() -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(AtOnce(_nothing)({"type": "http"}, receive, send))
    assert sent == [{"type": "done"}]
