"""The brief as a tagged PDF (PDF/UA-1) of exactly two A4 pages; the same content gives the same bytes."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import typst

from dashboard import bands
from dashboard.brief_parts import FIRST_PAGE, SECOND_PAGE, Budget, budget
from dashboard.language import Words

TEMPLATE = Path(__file__).with_name("brief.typ")
FONTS = Path(__file__).with_name("static") / "fonts"
PAGES = 2
LOOKS = ({"size": 9.2, "air": 1.0}, {"size": 8.6, "air": 0.5}, {"size": 8.2, "air": 0.0})  # points; room between lines
SECOND_PAGE_BEGINS = "cards"
_LONG = re.compile(r"\S{34,}")
_EXACT = ("url", "title", "version", "foot")  # addresses, bookmarks, and what people copy
_PIECE = 16  # characters of a word without end between two places where it may break


class BriefError(Exception):
    """The brief cannot be made; the message says what to do."""


def pdf(make: Callable[[Budget], dict[str, Any]], words: Words, map_svg: str | None) -> bytes:
    """The PDF. `make` gives the content for a budget; each page is shortened until it fits. Raises BriefError."""
    first = second = look = 0
    while True:
        content = make(budget(first, second))
        made = _compile(content, words, map_svg, LOOKS[look])
        pages, begins = _layout(made, next(s["title"] for s in content["sections"] if s["id"] == SECOND_PAGE_BEGINS))
        if pages == PAGES and begins == 1:
            return made
        if look + 1 < len(LOOKS):  # smaller letters before fewer words
            look += 1
        elif begins > 1 and first + 1 < len(FIRST_PAGE):
            first += 1
        elif pages - begins > 1 and second + 1 < len(SECOND_PAGE):
            second += 1
        else:
            raise BriefError(
                f"the brief of {content['region_id']} does not fit on two pages; shorten the decision's reason or the "
                "texts of its gates, or use --format html"
            )


def _compile(content: dict[str, Any], words: Words, map_svg: str | None, look: dict[str, float]) -> bytes:
    data = _data(content, words, bool(map_svg)) | look
    # Any: the package takes a mapping of names to bytes, its type stubs do not say so yet.
    files: Any = {"main.typ": TEMPLATE.read_bytes(), "data.json": json.dumps(data, ensure_ascii=False).encode()}
    if map_svg:
        files["map.svg"] = map_svg.encode()
    try:
        made = typst.compile(files, font_paths=[str(FONTS)], ignore_system_fonts=True, pdf_standards=["ua-1"])
    except typst.TypstError as error:
        raise BriefError(f"the brief of {content['region_id']} cannot be set: {error.message}") from error
    assert isinstance(made, bytes)
    return made


def _data(content: dict[str, Any], words: Words, has_map: bool) -> dict[str, Any]:
    """What the template reads: the content with long words made breakable, and the swatches."""
    plain: dict[str, Any] = _breakable(content)
    plain |= {
        "map": has_map,
        "page": words("brief.page"),
        "swatches": {key: _swatch(key, 12) for key in bands.KEYS},
        "strips": {key: _swatch(key, 160) for key in bands.KEYS},
    }
    return plain


def _breakable(value: Any) -> Any:
    """A copy in which words without end may break: text never runs over the edge of the paper."""
    if isinstance(value, str):
        return _LONG.sub(lambda found: _pieces(found[0]), value)
    if isinstance(value, dict):
        return {key: item if key in _EXACT else _breakable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_breakable(item) for item in value]
    return value


def _pieces(word: str) -> str:
    return "\u200b".join(word[i : i + _PIECE] for i in range(0, len(word), _PIECE))


@functools.cache
def _swatch(key: str, width: int) -> str:
    """A band's colour and pattern as a small picture, in the colours of paper."""
    look = bands.LOOKS[key]
    stroke = bands.HATCH[0] if key == bands.UNKNOWN else look.light_ink
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 12"><defs><pattern id="p" width="8" height="8" '
        f'patternUnits="userSpaceOnUse"><path d="{look.tile or "M0 0"}" stroke="{stroke}" stroke-width="1.1" '
        f'stroke-opacity="0.6" fill="none"/></pattern></defs><rect width="{width}" height="12" fill="{look.light}"/>'
        f'<rect width="{width}" height="12" fill="url(#p)"/></svg>'
    )


def _layout(made: bytes, title: str) -> tuple[int, int]:
    """(pages, page on which the second half begins, counted from 0), read from the bookmarks."""
    document = pypdfium2.PdfDocument(made)
    try:
        for mark in document.get_toc():
            target = mark.get_dest()
            if mark.get_title() == title and target is not None:
                return len(document), target.get_index()
        raise BriefError("the brief has no bookmarks; the template dashboard/brief.typ lost its headings")
    finally:
        document.close()
