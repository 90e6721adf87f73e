"""Addresses that may not be connected to, also through names; and telling no network from a missing host."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.crawl_fetch import _failure
from ingest.crawl_guard import Refused, check_socket, offline_reason, why_not
from ingest.crawl_resolve import Resolver

NEVER = ["169.254.169.254", "169.254.0.1", "fe80::1%eth0", "fd00:ec2::254", "168.63.129.16", "100.100.100.200",
         "0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255", "240.0.0.1", "2002:7f00:1::", "2001:0:1::",
         "fec0::1", "64:ff9b:1::1", "::7f00:1", "nonsense"]  # fmt: skip
OWN_ONLY = ["127.0.0.1", "127.8.9.1", "::1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd12::1",
            "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "198.18.0.1"]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", NEVER)
def test_never(address: str) -> None:
    assert why_not(address)
    assert why_not(address, private_allowed=True)


@pytest.mark.parametrize("address", OWN_ONLY)
def test_only_for_a_server_of_ones_own(address: str) -> None:
    assert why_not(address)
    assert why_not(address, private_allowed=True) is None


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert why_not(address) is None


@given(st.ip_addresses(v=4))
def test_every_form_of_an_ipv4_address_is_judged_alike(ip: ipaddress.IPv4Address) -> None:
    plain = why_not(str(ip))
    assert bool(why_not(f"::ffff:{ip}")) == bool(why_not(f"64:ff9b::{ip}")) == bool(plain)
    if plain is None:
        assert ip.is_global
        assert not ip.is_multicast


def info(address: str) -> tuple[Any, ...]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return (family, socket.SOCK_STREAM, 6, "", (address, 80))


def test_one_bad_address_among_good_ones_refuses_the_name() -> None:
    resolver = Resolver(lookup=lambda *args: [info("8.8.8.8"), info("10.0.0.5")])
    with pytest.raises(Refused, match=r"mixed\.example leads to 10\.0\.0\.5"):
        asyncio.run(resolver.resolve("mixed.example", 80))
    good = asyncio.run(Resolver(lookup=lambda *args: [info("8.8.8.8")]).resolve("good.example", 443))
    assert [found["host"] for found in good] == ["8.8.8.8"]


def test_a_name_server_that_does_not_answer() -> None:
    stop = threading.Event()

    async def ask() -> None:
        with pytest.raises(OSError, match="no name server answered within"):
            await Resolver(lookup=lambda *args: stop.wait(5), seconds=0.05).resolve("slow.example", 80)
        stop.set()

    asyncio.run(ask())


def test_the_address_of_the_socket_is_judged_once_more() -> None:
    """A name that leads elsewhere the second time (DNS rebinding), or an address that never was a name."""
    for address in ("127.0.0.1", "169.254.169.254", "::1"):
        with pytest.raises(Refused):
            check_socket(info(address))
    with pytest.raises(Refused):
        check_socket(info("169.254.169.254"), private_allowed=True)
    check_socket(info("127.0.0.1"), private_allowed=True).close()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://rebind.example:9/", "http://[::1]:9/"])
def test_a_session_never_asks_for_a_refused_connection(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole client: a resolver that lies (it says the second answer was vetted) still does not get a socket."""

    class Lying(Resolver):
        async def resolve(self, host: str, port: int = 0, family: Any = 0) -> Any:
            vetted = {"hostname": host, "host": "127.0.0.1", "port": port, "family": socket.AF_INET}
            return [vetted | {"proto": 6, "flags": 0}]

    def asked(*args: Any) -> None:
        raise AssertionError(f"a connection was asked for: {args}")

    async def ask() -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", asked, raising=False)
        connector = aiohttp.TCPConnector(resolver=Lying(), socket_factory=check_socket)
        async with aiohttp.ClientSession(connector=connector) as session:
            with pytest.raises(Refused, match="loopback"):
                await session.get(url)

    asyncio.run(ask())


def none_exists(host: str, *args: Any) -> Any:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def try_later(host: str, *args: Any) -> Any:
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


def public(host: str, *args: Any) -> Any:
    return [info("8.8.8.8")]


def refuses(address: Any, seconds: float) -> None:
    raise ConnectionRefusedError(111, "Connection refused")


def accepts(address: Any, seconds: float) -> None:
    return None


HOSTS = [("a.example", 443), ("b.example", 443), ("c.example", 80)]


def test_no_name_resolves_and_nothing_connects() -> None:
    assert "Name or service not known" in str(offline_reason(HOSTS, lookup=none_exists, connect=accepts))
    assert "Temporary failure" in str(offline_reason(HOSTS, lookup=try_later, connect=accepts))
    assert "Connection refused" in str(offline_reason(HOSTS, lookup=public, connect=refuses))
    assert "none of 3 hosts" in str(offline_reason(HOSTS, lookup=public, connect=refuses))


def test_one_host_that_answers_is_a_network() -> None:
    def some(host: str, *args: Any) -> Any:
        return public(host) if host == "b.example" else none_exists(host)

    assert offline_reason(HOSTS, lookup=some, connect=accepts) is None
    assert offline_reason([], lookup=none_exists) is None


def test_publishers_that_moved_are_not_a_missing_network() -> None:
    def moved(host: str, *args: Any) -> Any:
        return public(host) if host == "example.org" else none_exists(host)

    assert offline_reason(HOSTS, lookup=moved, connect=accepts) is None
    assert offline_reason(HOSTS[:1], lookup=none_exists, connect=refuses, route=lambda: True) is None
    assert offline_reason(HOSTS[:1], lookup=none_exists, connect=refuses, route=lambda: False)


def test_private_hosts_are_not_tried_and_say_nothing() -> None:
    asked: list[Any] = []

    def private(host: str, *args: Any) -> Any:
        return [info("192.168.1.1")]

    assert offline_reason(HOSTS, lookup=private, connect=lambda address, seconds: asked.append(address)) is None
    assert asked == []


def test_name_servers_that_hang_are_not_waited_for() -> None:
    stop = threading.Event()
    ended: list[str] = []

    def hangs(host: str, *args: Any) -> list[Any]:
        stop.wait(60)
        ended.append(host)
        return []

    reason = offline_reason(HOSTS, lookup=hangs, connect=accepts, seconds=0.1)
    waited_for = list(ended)
    stop.set()
    assert waited_for == []
    assert "no answer" in str(reason)


def test_faults_nobody_thought_of_still_have_a_kind() -> None:
    failure = _failure(RuntimeError("odd"), "x.example", 5)
    assert (failure.kind, failure.message) == ("server_error", "RuntimeError: odd")
