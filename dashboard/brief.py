"""The caseworker's printed brief of a region: the same content as PDF, web page and Word file.

    facts = brief.collect(reader, "AF-BAL", entries=ledger.entries(), now=now, partners=partners())
    file = brief.render(reader, facts, "nl", "pdf")

The same run, decision and language give the same bytes: no clock stands in any of the files.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, time

from assessment.read import NotFound, Reader
from dashboard import bands, brief_html, shapes
from dashboard.brief_content import content
from dashboard.brief_facts import Facts, collect
from dashboard.brief_pdf import BriefError, pdf
from dashboard.language import LANGUAGES, load

__all__ = ["FORMATS", "BriefError", "collect", "content", "file_name", "map_svg", "render"]

FORMATS = {
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
KEPT = 64  # files, about 100 kB each
MAP_SIZE = (300, 280)  # pixels at which the outlines are thinned


def render(reader: Reader, facts: Facts, language: str, kind: str) -> bytes:
    """The brief as a file. language: nl or en. kind: one of FORMATS. Raises BriefError."""
    if language not in LANGUAGES:
        raise BriefError(f"there is no brief in {language!r}; use one of {', '.join(LANGUAGES)}")
    if kind not in FORMATS:
        raise BriefError(f"there is no brief as {kind!r}; use one of {', '.join(FORMATS)}")
    words = load(language)
    whole, picture = content(facts, words), map_svg(reader, facts, language)
    if kind == "html":
        return brief_html.document(whole, picture)
    if kind == "pdf":
        key = hashlib.sha256(json.dumps([whole, picture], ensure_ascii=False).encode()).hexdigest()
        return _remembered(key, lambda: pdf(lambda budget: content(facts, words, budget), words, picture))
    from dashboard.brief_docx import docx  # python-docx takes a quarter of a second that only Word files pay

    return docx(whole, datetime.combine(facts.snapshot["as_of"], time()))


_kept: OrderedDict[str, bytes] = OrderedDict()
_lock = threading.Lock()


def _remembered(key: str, make: Callable[[], bytes]) -> bytes:
    """Many people print the same few regions: the files made last are kept."""
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = make()
    with _lock:
        _kept[key] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def map_svg(reader: Reader, facts: Facts, language: str) -> str | None:
    """The country's regions by their overall band with this one outlined; None where no shapes are known."""
    try:
        drawing = shapes.of_country(reader.shapes(facts.region["iso3"]), *MAP_SIZE)
    except NotFound:
        return None
    if facts.region["region_id"] not in drawing.paths and facts.region["region_id"] not in drawing.dots:
        return None
    keys = {name: bands.overall_key(row) for name, row in facts.names.items()}
    title = content(facts, load(language))["map_alt"]
    return shapes.static_svg(drawing, keys, title, highlighted=facts.region["region_id"])


def file_name(facts: Facts, language: str, kind: str) -> str:
    """returnwatch-AF-BAL-2026-11-28-nl.pdf."""
    return f"returnwatch-{facts.region['region_id']}-{facts.snapshot['as_of']}-{language}.{kind}"
