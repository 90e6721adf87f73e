"""Names to addresses for the HTTP client, with every address judged before it is handed on."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from ingest.crawl_guard import Refused, why_not

DNS_SECONDS = 10.0


class Resolver(AbstractResolver):
    """Resolves a name once, judges every address it has, and hands on exactly those. One bad address among good ones
    refuses the name: that is how a name server leads a crawler astray."""

    def __init__(
        self,
        *,
        private_allowed: bool = False,
        lookup: Callable[..., Any] = socket.getaddrinfo,
        seconds: float = DNS_SECONDS,
    ) -> None:
        self.private_allowed = private_allowed
        self.lookup = lookup
        self.seconds = seconds

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises OSError when the name does not resolve, Refused when it leads where we do not go."""
        try:
            found = await asyncio.wait_for(
                asyncio.to_thread(self.lookup, host, port, family, socket.SOCK_STREAM), self.seconds
            )
        except TimeoutError:
            raise OSError(socket.EAI_AGAIN, f"no name server answered within {self.seconds:g} s") from None
        for info in found:
            reason = why_not(str(info[4][0]), private_allowed=self.private_allowed)
            if reason:
                raise Refused(f"{host} leads to {reason}" if host != info[4][0] else reason)
        return [
            ResolveResult(
                hostname=host, host=str(address[0]), port=port, family=kind, proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, protocol, _, address in found
        ]  # fmt: skip

    async def close(self) -> None:
        """Nothing is held open."""


async def judge(host: str) -> None:
    """Refused when an address that a proxy would be asked for is private, as far as this machine can tell."""
    try:
        reason = why_not(str(ipaddress.ip_address(host)))
    except ValueError:
        with suppress(OSError):  # names that only the proxy can resolve
            await Resolver().resolve(host)
        return
    if reason:
        raise Refused(reason)
