"""Which addresses may be connected to, and whether there is a network at all.

A source (or a redirect, or a name server that answers differently the second time) must not lead the crawler to the
machine itself, its network or a cloud's metadata service. Every address a name resolves to is judged (crawl_resolve),
and the address a socket is opened to is judged once more. Light to import: every command does.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

PROBE_SECONDS = 6.0  # for each of the two steps of `offline_reason`
PROBE_HOSTS = 6
_METADATA = {
    ipaddress.ip_address(text) for text in ("168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254")
}
_GLOBAL_V6 = ipaddress.ip_network("2000::/3")
_TUNNELS = [ipaddress.ip_network(text) for text in ("2001::/32", "2002::/16")]  # Teredo and 6to4 hide an IPv4 address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # how networks without IPv4 reach public IPv4 addresses

AddressInfo = tuple[Any, Any, int, str, tuple[Any, ...]]


class Refused(Exception):
    """The address may not be connected to; the message says which and why."""


def why_not(address: str, *, private_allowed: bool = False) -> str | None:
    """Why this address (as text) may not be connected to; None when it may. `private_allowed` lets through private
    and loopback addresses (a server of one's own), never metadata, link-local, multicast or unspecified ones."""
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return f"{address!r} is no address"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return why_not(str(ip.ipv4_mapped), private_allowed=private_allowed)
        if ip in _NAT64:
            return why_not(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)), private_allowed=private_allowed)
    kind = _kind(ip)
    if kind is None or (private_allowed and kind in ("a loopback", "a private")):
        return None
    return f"{address} is {kind} address"


def _kind(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str | None:
    if ip in _METADATA:
        return "a cloud metadata"
    if ip.is_unspecified:
        return "the unspecified"
    if ip.is_loopback:
        return "a loopback"
    if ip.is_link_local:
        return "a link-local (or cloud metadata)"
    if ip.is_multicast:
        return "a multicast"
    if ip.version == 6 and (ip not in _GLOBAL_V6 or any(ip in net for net in _TUNNELS)):
        return "a private" if ip.is_private and int(ip) >> 121 == 0x7E else "a reserved"
    if ip.is_reserved:
        return "a reserved"
    return None if ip.is_global else "a private"


def check_socket(info: AddressInfo, *, private_allowed: bool = False) -> socket.socket:
    """A socket for this address; raises Refused before there is one. This is the last look before connecting."""
    family, kind, protocol, _, address = info
    reason = why_not(str(address[0]), private_allowed=private_allowed)
    if reason:
        raise Refused(reason)
    return socket.socket(family=family, type=kind, proto=protocol)


def offline_reason(
    hosts: Iterable[tuple[str, int]],
    *,
    lookup: Callable[..., Sequence[AddressInfo]] = socket.getaddrinfo,
    connect: Callable[[tuple[Any, ...], float], None] | None = None,
    route: Callable[[], bool] | None = None,
    seconds: float = PROBE_SECONDS,
) -> str | None:
    """Why there is no network, from trying a few of the (host, port) to be asked; None when there is one or it cannot
    be told. Takes at most twice `seconds`; one host that answers is enough. When no name exists, one that always does
    is looked up: publishers move, example.org (RFC 2606) does not."""
    chosen = sorted(set(hosts))
    chosen = chosen[:: max(1, len(chosen) // PROBE_HOSTS)][:PROBE_HOSTS]
    if not chosen:
        return None
    connect, route = connect or _connect, route or has_route

    def try_one(host: str, port: int) -> bool | OSError:
        error: bool | OSError = False  # only private addresses: not ours to try, and no sign of a missing network
        try:
            addresses = [info[4] for info in lookup(host, port, 0, socket.SOCK_STREAM)]
            for address in [one for one in addresses if why_not(str(one[0])) is None][:2]:
                try:
                    connect(address, seconds)
                    return True
                except OSError as failure:
                    error = failure
        except OSError as failure:
            error = failure
        return error

    found = _try_all(try_one, chosen, 2 * seconds)
    errors = [one for one in found if isinstance(one, OSError)]
    if True in found or not errors or (len(errors) == 1 and route()):
        return None  # one host that does not exist or does not listen says nothing about the network
    if all(isinstance(error, socket.gaierror) and error.errno == socket.EAI_NONAME for error in errors):
        with suppress(OSError):
            lookup("example.org", 443, 0, socket.SOCK_STREAM)
            return None
    names = sorted({str(error.strerror or error) or type(error).__name__ for error in errors})
    return f"none of {len(chosen)} hosts could be reached ({'; '.join(names[:2])})"


def has_route() -> bool:
    """Whether this machine knows a way to a public address; asks the kernel, sends nothing."""
    for family, address in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as made:
                made.connect((address, 9))
                return True
        except OSError:
            continue
    return False


def _try_all(
    attempt: Callable[[str, int], bool | OSError], hosts: Sequence[tuple[str, int]], seconds: float
) -> list[bool | OSError]:
    """Try all at once in threads that die with the process: name servers that do not answer cannot be interrupted.
    Ends as soon as one is True; a timeout stands for those still busy."""
    results: list[bool | OSError] = [TimeoutError("no answer")] * len(hosts)
    news = threading.Condition()
    left = set(range(len(hosts)))

    def run(number: int, host: str, port: int) -> None:
        found = attempt(host, port)
        with news:
            results[number] = found
            left.discard(number)
            news.notify()

    for number, (host, port) in enumerate(hosts):
        threading.Thread(target=run, args=(number, host, port), daemon=True, name=f"probe-{host}").start()
    end = time.monotonic() + seconds
    with news:
        while left and True not in results and time.monotonic() < end:
            news.wait(max(0.01, end - time.monotonic()))
        return list(results)


def _connect(address: tuple[Any, ...], seconds: float) -> None:
    family = socket.AF_INET6 if ":" in str(address[0]) else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as made:
        made.settimeout(seconds)
        made.connect(address)
