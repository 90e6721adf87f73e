"""Who is told where: a TOML file with channels, read once per run. Addresses are secrets and are never shown."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from assessment.notify import Channel
from assessment.roles import ROLES
from assessment.settings_file import open_to_others, read_toml

PLACE = "RETURNWATCH_NOTIFY"  # environment: path of the file
ADDRESS = "RETURNWATCH_NOTIFY_"  # environment: + name of the channel in capitals: its Apprise address
_KEYS = frozenset({"name", "role", "countries", "digest", "digest_hour", "quiet", "address"})


class NotifyError(Exception):
    """The file cannot be used; one line per fault, never an address."""


@dataclass(frozen=True)
class NotifyConfig:
    """channels; addresses: channel -> Apprise address; base: public address of the dashboard, "" for none."""

    channels: tuple[Channel, ...]
    addresses: Mapping[str, str]
    zone: ZoneInfo
    base: str = ""


def read(path: Path) -> NotifyConfig:
    """The channels of a file. Raises NotifyError with every fault."""
    raw = read_toml(path, NotifyError, "write it as docs/notifications.md says")
    faults: list[str] = []
    channels, addresses = [], {}
    for number, entry in enumerate(raw.get("channel", []), 1):
        found = [f"{path.name}: channel {entry.get('name', number)}: {fault}" for fault in _faults(entry)]
        faults += found
        if not found:
            channel = _channel(entry)
            channels.append(channel)
            address = os.environ.get(ADDRESS + channel.name.upper().replace("-", "_")) or entry.get("address")
            if address:
                addresses[channel.name] = str(address)
            else:
                faults.append(f"{path.name}: channel {channel.name}: no address; set {ADDRESS}… or `address`")
    names = [channel.name for channel in channels]
    faults += [f"{path.name}: channel {name} stands twice" for name in sorted({n for n in names if names.count(n) > 1})]
    if any("address" in entry for entry in raw.get("channel", [])) and open_to_others(path):
        faults.append(f"{path.name} holds addresses and others can read it; run chmod 600 {path}")
    try:
        zone = ZoneInfo(raw.get("timezone", "Europe/Amsterdam"))
    except (ZoneInfoNotFoundError, ValueError):
        faults.append(f"{path.name}: timezone must be a name such as Europe/Amsterdam")
    if faults:
        raise NotifyError("\n".join(faults))
    return NotifyConfig(tuple(channels), addresses, zone, str(raw.get("base", "")))


def _faults(entry: Mapping[str, Any]) -> list[str]:
    faults = [f"unknown key {key!r}; known: {', '.join(sorted(_KEYS))}" for key in entry if key not in _KEYS]
    name = entry.get("name")
    if not isinstance(name, str) or not name.replace("-", "").isalnum() or not name.isascii():
        faults.append("name must be letters, digits and -")
    if entry.get("role") not in ROLES:
        faults.append(f"role must be one of {', '.join(ROLES)}")
    countries = entry.get("countries", [])
    if not isinstance(countries, list) or any(not isinstance(c, str) or len(c) != 3 for c in countries):
        faults.append('countries must be a list such as ["AFG", "SYR"]; leave it out for all')
    hour = entry.get("digest_hour", 8)
    if not isinstance(hour, int) or not 0 <= hour <= 23:
        faults.append("digest_hour must be an hour from 0 to 23")
    try:
        _quiet(entry.get("quiet"))
    except (ValueError, TypeError):
        faults.append('quiet must be two times such as ["22:00", "07:00"]')
    return faults


def _channel(entry: Mapping[str, Any]) -> Channel:
    return Channel(
        entry["name"], entry["role"], frozenset(entry.get("countries", [])), bool(entry.get("digest", False)),
        entry.get("digest_hour", 8), _quiet(entry.get("quiet")),
    )  # fmt: skip


def _quiet(value: Any) -> tuple[time, time] | None:
    if value is None:
        return None
    begins, ends = value
    return time.fromisoformat(begins), time.fromisoformat(ends)
