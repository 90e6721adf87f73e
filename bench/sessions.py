"""Many people at once: sessions that speak the server's own protocol, without the cost of a browser each."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

Stop = tuple[str, Mapping[str, str]]  # page, parameters
PATIENCE = 60.0  # seconds for one page


@dataclass(frozen=True)
class Change:
    """One page change of one session. seconds: from the request to the end of the page's run."""

    path: str
    seconds: float
    bytes: int


async def change(socket: ClientConnection, path: str, parameters: Mapping[str, str]) -> Change:
    """Ask for a page and take everything until its run has ended."""
    asked = BackMsg()
    asked.rerun_script.query_string = urlencode(parameters)
    asked.rerun_script.page_name = path
    started, received = time.perf_counter(), 0
    await socket.send(asked.SerializeToString())
    async with asyncio.timeout(PATIENCE):
        while True:
            raw = await socket.recv()
            assert isinstance(raw, bytes)
            received += len(raw)
            said = ForwardMsg.FromString(raw)
            if said.WhichOneof("type") == "page_not_found":
                raise LookupError(f"the server knows no page {path!r}")
            if said.WhichOneof("type") == "script_finished" and said.script_finished == 0:
                return Change(path, time.perf_counter() - started, received)


async def person(address: str, stops: Sequence[Stop], pause: float, seed: int) -> list[Change]:
    """One session: every stop in turn, with a pause for reading of half to one and a half times `pause`."""
    draw = random.Random(seed)
    found = []
    url = address.replace("http://", "ws://") + "/_stcore/stream"
    async with connect(url, subprotocols=["streamlit"], max_size=None, proxy=None, open_timeout=PATIENCE) as socket:  # type: ignore[list-item]
        await asyncio.sleep(draw.uniform(0, pause))
        for path, parameters in stops:
            found.append(await change(socket, path, parameters))
            await asyncio.sleep(pause * draw.uniform(0.5, 1.5))
    return found


async def crowd(address: str, stops: Sequence[Stop], people: int, pause: float) -> list[Change]:
    """All of them at the same time, each beginning at another stop."""
    turned = [[*stops[i % len(stops) :], *stops[: i % len(stops)]] for i in range(people)]
    every = await asyncio.gather(*(person(address, mine, pause, seed) for seed, mine in enumerate(turned)))
    return [one for mine in every for one in mine]
