"""A table of a page: accessible HTML with chips and links, and the same rows as CSV, XLSX and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import streamlit as st

from dashboard.page import Page, escape

Row = Mapping[str, Any]
Chart = str | Callable[[], bytes]  # an SVG, or what makes one when asked for
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXCEL_CELL = 32_767  # characters a cell of Excel can hold


@dataclass(frozen=True)
class Column:
    """One column: its heading, the plain value (for the files) and, when it differs, the cell as HTML."""

    label: str
    value: Callable[[Row], Any]
    cell: Callable[[Row], str] | None = None  # HTML with outside text escaped; None: the value as text
    numeric: bool = False
    only_files: bool = False  # ids and raw numbers that belong in an export, not on the page
    only_page: bool = False  # a drawing of what other columns say in numbers


def show(
    page: Page, rows: Sequence[Row], columns: Sequence[Column], *, name: str, caption: str = "", tall: bool = False,
    charts: Sequence[Chart] = (), headed: bool = False,
) -> None:  # fmt: skip
    """The table and, below it, its downloads. name: of the files, without extension; unique on the page.

    tall: a long table that scrolls in a frame of its own, with its heading in sight. headed: the heading above says the
    same as the caption, which is for screen readers then.
    """
    st.html(table_html(page, rows, columns, caption, tall, headed=headed))
    downloads(page, rows, columns, name, charts)


def table_html(
    page: Page, rows: Sequence[Row], columns: Sequence[Column], caption: str = "", tall: bool = False, *,
    headed: bool = False,
) -> str:  # fmt: skip
    """The table alone; the first column names the row."""
    shown = [column for column in columns if not column.only_files]
    head = "".join(f'<th scope="col"{_side(c)}>{escape(c.label)}</th>' for c in shown)
    body = "".join(f"<tr>{''.join(_cell(page, c, row, n == 0) for n, c in enumerate(shown))}</tr>" for row in rows)
    unseen = ' class="rw-unseen"' if headed else ""
    said = f"<caption{unseen}>{escape(caption)}</caption>" if caption else ""
    label, kind = escape(caption or shown[0].label), "rw-table rw-tall" if tall else "rw-table"
    return (
        f'<div class="{kind}" role="region" tabindex="0" aria-label="{label}"><table>{said}'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _side(column: Column) -> str:
    return ' class="rw-number"' if column.numeric else ""


def _cell(page: Page, column: Column, row: Row, heads: bool) -> str:
    body = column.cell(row) if column.cell else escape(text(page, column.value(row)))
    if heads:
        return f'<th scope="row">{body}</th>'
    kinds = " ".join(name for name, holds in (("rw-number", column.numeric), ("rw-none", body in ("", "-"))) if holds)
    side = f' class="{kinds}"' if kinds else ""
    return f'<td{side} data-label="{escape(column.label)}">{body}</td>'


def text(page: Page, value: Any) -> str:
    """A value in the reader's form; "-" when there is none."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return page.word("common.yes" if value else "common.no")
    if isinstance(value, (int, float)):
        return page.words.number(value, 2)
    if isinstance(value, datetime):
        return page.words.moment(value)
    if isinstance(value, date):
        return page.words.day(value)
    if isinstance(value, (list, tuple, set)):
        return ", ".join(text(page, item) for item in value)
    return str(value)


def downloads(
    page: Page, rows: Sequence[Row], columns: Sequence[Column], name: str, charts: Sequence[Chart] = ()
) -> None:
    """A small menu with the rows as CSV, XLSX and JSON and `charts` as SVG; each file is made when asked for."""
    columns = [column for column in columns if not column.only_page]
    with st.popover(page.word("common.download"), type="tertiary", key=f"downloads_{name}"):
        for kind, mime, make in (
            ("csv", "text/csv", as_csv), ("xlsx", XLSX, as_xlsx), ("json", "application/json", as_json),
        ):  # fmt: skip
            st.download_button(
                page.word("common.download_as", kind=kind.upper()),
                data=_maker(make, rows, columns),
                file_name=f"returnwatch-{name}-{page.reader.snapshot['as_of']}.{kind}",
                mime=mime,
                key=f"download_{name}_{kind}",
                on_click="ignore",
                type="tertiary",
            )
        for number, chart in enumerate(charts, start=1):
            st.download_button(
                page.word("common.download_chart", number=number if len(charts) > 1 else ""),
                data=chart.encode() if isinstance(chart, str) else chart,
                file_name=f"returnwatch-{name}-{number}-{page.reader.snapshot['as_of']}.svg",
                mime="image/svg+xml",
                key=f"download_{name}_svg_{number}",
                on_click="ignore",
                type="tertiary",
            )


def _maker(
    make: Callable[[Sequence[Row], Sequence[Column]], bytes], rows: Sequence[Row], columns: Sequence[Column]
) -> Callable[[], bytes]:
    return lambda: make(rows, columns)


def _plain(value: Any) -> Any:
    """A value for a file: dates in ISO form, lists joined, None stays None."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple, set)):
        return "; ".join(str(item) for item in value)
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _inert(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return "'" + value if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def as_csv(rows: Sequence[Row], columns: Sequence[Column]) -> bytes:
    """UTF-8 with a byte-order mark, which Excel needs to read accents."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.label for column in columns])
    writer.writerows([_inert(_plain(column.value(row))) for column in columns] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_json(rows: Sequence[Row], columns: Sequence[Column]) -> bytes:
    """A list of objects; lists stay lists, dates in ISO form."""
    found = [{column.label: column.value(row) for column in columns} for row in rows]
    return json.dumps(found, ensure_ascii=False, indent=1, default=_json_default).encode()


def _json_default(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return sorted(value) if isinstance(value, (set, frozenset)) else str(value)


def as_xlsx(rows: Sequence[Row], columns: Sequence[Column]) -> bytes:
    """One sheet; text is text, never a formula."""
    import openpyxl  # a tenth of a second that only a download pays
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("ReturnWatch")
    sheet.append([column.label for column in columns])
    for row in rows:
        values = (_inert(_plain(column.value(row))) for column in columns)
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", v)[:EXCEL_CELL] if isinstance(v, str) else v for v in values])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
