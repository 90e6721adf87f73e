"""The brief as a Word file: staff edit their advice in it. The same content gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)  # every entry of the file carries this day: no clock in it
_LOCALES = {"nl": "nl-NL", "en": "en-GB"}


def docx(content: Mapping[str, Any], as_of: datetime) -> bytes:
    """The Word file. as_of: the day of the data, as the file's own date."""
    document = Document()
    _prepare(document, content, as_of)
    document.add_paragraph(_text(f"ReturnWatch · {content['kind']}"))
    document.add_heading(_text(content["heading"]), level=1)
    if content["native"]:
        document.add_paragraph(_text(content["native"]))
    advice = content["advice"]
    document.add_paragraph(_text(advice["heading"]))
    run = document.add_paragraph().add_run(_text(f"{advice['words']} ({advice['category']})"))
    run.bold, run.font.size = True, Pt(14)
    document.add_paragraph(_text(" ".join(advice["lines"])))
    for fact in content["facts"]:
        _line(document, fact["label"], fact["value"])
    _bold(document, content["notice"][0])
    for said in content["warnings"]:
        _bold(document, said)
    first, *rest = content["sections"]
    _section(document, first)
    document.add_heading(_text(content["bands"]["title"]), level=2)
    document.add_paragraph(_text(content["bands"]["intro"]))
    for band in content["bands"]["three"]:
        document.add_heading(_text(f"{band['name']}: {band['word']}"), level=3)
        document.add_paragraph(_text(" ".join(line for line in (*band["lines"], band["none"]) if line)))
        _items(document, band["reasons"], band["more"])
    for part in rest:
        _section(document, part)
    _bold(document, " ".join(content["notice"]))
    for line in content["foot"]:
        document.add_paragraph(_text(line)).runs[0].font.size = Pt(8)
    return _fixed(document)


def _prepare(document: DocumentType, content: Mapping[str, Any], as_of: datetime) -> None:
    about = document.core_properties
    about.title, about.author, about.language = _text(content["title"]), "ReturnWatch", content["language"]
    about.created = about.modified = as_of
    about.comments, about.keywords = "", content["version"]
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    style = document.styles["Normal"]
    style.font.size = Pt(10)
    style.paragraph_format.space_after = Pt(3)
    language = style.element.get_or_add_rPr()
    mark = language.makeelement(qn("w:lang"), {qn("w:val"): _LOCALES[content["language"]]})
    language.append(mark)


def _section(document: DocumentType, part: Mapping[str, Any]) -> None:
    document.add_heading(_text(part["title"]), level=2)
    if part["intro"]:
        document.add_paragraph(_text(" ".join(part["intro"])))
    _items(document, part["items"], part["more"])


def _items(document: DocumentType, rows: list[dict[str, Any]], more: str) -> None:
    for row in rows:
        text = row["text"] + (f" ({row['note']})" if row["note"] else "")
        text += f" [{', '.join(str(number) for number in row['refs'])}]" if row["refs"] else ""
        text += f" {row['ask']}" if row["ask"] else ""
        text += f" {row['url']}" if row.get("url") else ""
        _line(document, row["lead"], text, style="List Bullet")
    if more:
        document.add_paragraph(_text(more))


def _line(document: DocumentType, lead: str, text: str, style: str | None = None) -> None:
    paragraph = document.add_paragraph(style=style)
    if lead:
        paragraph.add_run(_text(lead)).bold = True
        paragraph.add_run(" " if lead.startswith("[") else ": ")
    paragraph.add_run(_text(text))


def _bold(document: DocumentType, text: str) -> None:
    document.add_paragraph().add_run(_text(text)).bold = True


def _text(text: str) -> str:
    """Text without the characters that no Word file can hold."""
    return _NOT_XML.sub("", text)


def _fixed(document: DocumentType) -> bytes:
    """The file with its entries dated alike: python-docx writes the clock into each of them."""
    made = io.BytesIO()
    document.save(made)
    fixed = io.BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            about = zipfile.ZipInfo(entry, _ZIP_DAY)
            about.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(about, old.read(entry))
    return fixed.getvalue()
