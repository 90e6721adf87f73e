"""Files on the Humanitarian Data Exchange: ask for the dataset's record, then follow to the files that fit a pattern.

A file's address holds two random ids and changes when the publisher replaces it; the dataset's name does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from ingest.adapters import _scope
from ingest.model import AdapterError, Answer, Request


def is_record(answer: Answer) -> bool:
    """True when the answer is a dataset's record (CKAN package_show), which holds no rows itself."""
    return "package_show" in _scope.path_of(answer)


def files(answer: Answer, pattern: str) -> Iterator[Request]:
    """A request for every file of the record whose whole name matches `pattern`; AdapterError when none does."""
    record = _scope.json_of(answer)
    if not isinstance(record, dict) or not record.get("success", True):
        said = record.get("error") if isinstance(record, dict) else record
        raise AdapterError(f"the exchange refused {answer.url}: {said}", "check the dataset's name on data.humdata.org")
    resources: list[dict[str, Any]] = record.get("result", record).get("resources") or []
    urls = [str(item.get("download_url") or item.get("url") or "") for item in resources]
    names = [unquote(urlsplit(url).path.rsplit("/", 1)[-1]) for url in urls]
    found = [url for url, name in zip(urls, names, strict=True) if re.fullmatch(pattern, name, re.I)]
    if not found:
        raise AdapterError(
            f"no file like {pattern!r} in {answer.url}; it has {', '.join(names)[:300]}",
            "correct options.files of the source in sources.toml",
        )
    for url in dict.fromkeys(found):
        yield Request(url)
