"""What every answer of the ReliefWeb API shares: the envelope with its records, and the link to the next page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.adapters import _scope
from ingest.catalog import Source
from ingest.model import AdapterError, Answer, Request


def follow(answer: Answer, source: Source) -> Iterator[Request]:
    """The next page; the source's limit of requests ends it."""
    following = _scope.under(_scope.json_of(answer), "links", "next", "href")
    if following:
        yield Request(str(following))


def records(answer: Answer) -> list[Any]:
    """The records of a list or of a by-id answer (an array of one). AdapterError when the service refuses."""
    data = _scope.json_of(answer)
    if isinstance(data, dict) and "error" in data:
        raise AdapterError(f"ReliefWeb refuses: {data['error']}", "apply for an application name and set its variable")
    if not isinstance(data, dict) or not isinstance(data.get("data"), list):
        raise _scope.not_recognised(answer, data)
    return data["data"]
