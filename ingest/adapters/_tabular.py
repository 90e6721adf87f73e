"""Tables as published: CSV (any common delimiter, byte-order mark, HXL row, zip), XLSX and Parquet, as rows of cells.

Rows are read one by one, so that a table of some hundred megabytes fits. What is wrong with single lines is collected
in `Table.faults` while the rows are read; an adapter yields it at the end.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.adapters import _scope
from ingest.model import AdapterError, Answer, Problem

csv.field_size_limit(10_000_000)  # polygons and long source lists stand in single cells
MAX_UNPACKED = 2_000_000_000  # bytes; a zip that unpacks to more is refused


@dataclass(slots=True)
class Table:
    """Header and rows; every row has as many cells as the header. CSV cells are text, others are typed or None."""

    header: tuple[str, ...]
    rows: Iterator[Sequence[Any]]
    faults: list[Problem] = field(default_factory=list)
    hxl: tuple[str, ...] = ()  # the row of #tags, when there is one

    def column(self, *names: str) -> int | None:
        """Index of the first of `names` that is a column; None when none is."""
        return next((self.header.index(name) for name in names if name in self.header), None)

    def need(self, *names: str) -> list[int]:
        """Indexes of columns that must be there; AdapterError names those that are not."""
        missing = [name for name in names if name not in self.header]
        if missing:
            raise AdapterError(
                f"columns {', '.join(missing)} are missing; the table has {', '.join(self.header)[:300]}",
                "the publisher changed the layout: compare the archived answer with the adapter",
            )
        return [self.header.index(name) for name in names]

    def records(self) -> Iterator[dict[str, Any]]:
        """Rows as dicts: slower than cells by index, easier to read."""
        for row in self.rows:
            yield dict(zip(self.header, row, strict=True))


def is_xlsx(body: bytes) -> bool:
    """True for an Excel workbook (a zip that holds xl/workbook.xml)."""
    return body[:2] == b"PK" and any(name.startswith("xl/") for name in _names(body))


def read(answer: Answer, *, sheet: str | None = None, header: str | None = None) -> Table:
    """The table in an answer: Parquet, XLSX, zipped CSV or CSV.

    `header`: a cell only the header row holds; the lines above it (titles, dates) are left out. A workbook must hold
    it; a CSV without it starts at its first line.
    """
    body = _scope.data_of(answer)
    if body[:4] == b"PAR1":
        return read_parquet(body)
    if is_xlsx(body):
        return read_xlsx(body, sheet=sheet, header=header)
    if body[:2] == b"PK":
        return _from_zip(answer, header)
    return read_csv(body, where=answer.url, header=header)


def read_csv(body: bytes, *, where: str = "", header: str | None = None) -> Table:
    """CSV bytes as a Table. UTF-8 first, then Windows-1252 with a Problem that says so."""
    faults: list[Problem] = []
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = body.decode("cp1252", errors="replace")
        faults.append(
            Problem(
                "encoding", f"not UTF-8 ({error.reason} at byte {error.start}): read as Windows-1252", where, "none"
            )
        )
    return _table(io.StringIO(text, newline=""), faults, where, header)


def read_parquet(body: bytes) -> Table:
    """A Parquet file as a Table, read in batches; AdapterError when it is broken."""
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(body))
    except (pyarrow.ArrowException, OSError) as error:
        raise AdapterError(f"broken Parquet file: {error}", "make the file again") from None
    names = tuple(name.strip() for name in file.schema_arrow.names)
    return Table(names, _batches(file, len(names)))


def _batches(file: Any, width: int) -> Iterator[Sequence[Any]]:
    import pyarrow

    try:
        for batch in file.iter_batches():
            yield from zip(*(batch.column(index).to_pylist() for index in range(width)), strict=True)
    except (pyarrow.ArrowException, OSError) as error:
        raise AdapterError(f"broken Parquet file: {error}", "make the file again") from None


def _table(stream: io.TextIOBase, faults: list[Problem], where: str, mark: str | None = None) -> Table:
    start = stream.read(65536)
    stream.seek(0)
    above = _lines_above(start, mark) if mark else 0
    lines = csv.reader(stream, delimiter=_delimiter(start, above))
    try:
        for _ in range(above):
            next(lines)
        header = next(lines)
    except (StopIteration, csv.Error) as error:
        raise AdapterError(f"no header row in {where}: {error}", "look at the archived answer") from None
    header = [name.strip().removeprefix("\ufeff") for name in header]
    table = Table(tuple(header), iter(()), faults)
    table.rows = _cells(lines, table, where, above + 1)
    return table


def _lines_above(start: str, mark: str) -> int:
    """How many rows stand above the one with the cell `mark`, looked for in the first 50; 0 when none has it."""
    sign = _delimiter(start, 0)
    try:
        for number, row in enumerate(csv.reader(io.StringIO(start, newline=""), delimiter=sign)):
            if mark in (cell.strip().removeprefix("\ufeff") for cell in row):
                return number
            if number >= 50:
                break
    except csv.Error:
        pass  # the block may end within a quoted cell; the reader of the whole table says what is wrong
    return 0


def _delimiter(start: str, above: int = 0) -> str:
    first = (start.split("\n")[above:] or [""])[0]
    return max(",;\t|", key=first.count) if any(sign in first for sign in ",;\t|") else ","


def _cells(lines: Iterator[list[str]], table: Table, where: str, top: int) -> Iterator[list[str]]:
    width, number = len(table.header), top
    try:
        for row in lines:
            number += 1
            if len(row) == width:
                if number == top + 1 and is_hxl(row):
                    table.hxl = tuple(row)
                    continue
                yield row
            elif any(cell.strip() for cell in row):
                table.faults.append(
                    Problem(
                        "bad_row", f"{len(row)} cells, the header has {width}", f"row {number}", "look at that line"
                    )
                )
    except csv.Error as error:
        raise AdapterError(f"row {number + 1} of {where} is no CSV: {error}", "look at the archived answer") from None


def is_hxl(row: Sequence[Any]) -> bool:
    """True for a row of HXL tags: every filled cell starts with # and at least one does."""
    filled = [str(cell).strip() for cell in row if cell not in (None, "")]
    return bool(filled) and all(cell.startswith("#") for cell in filled)


def _names(body: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return archive.namelist()
    except zipfile.BadZipFile:
        return []


def _from_zip(answer: Answer, header: str | None) -> Table:
    """The largest CSV inside a zip."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(answer.body))
    except zipfile.BadZipFile as error:
        raise AdapterError(f"broken zip from {answer.url}: {error}", "fetch it again") from None
    inside = [item for item in archive.infolist() if item.filename.lower().endswith((".csv", ".tsv", ".txt"))]
    if not inside:
        raise AdapterError(f"no CSV in the zip from {answer.url}: {', '.join(_names(answer.body))[:200]}")
    largest = max(inside, key=lambda item: item.file_size)
    if largest.file_size > MAX_UNPACKED:
        raise AdapterError(f"{largest.filename} unpacks to {largest.file_size} bytes: refused", "check the file")
    stream = io.TextIOWrapper(archive.open(largest), encoding="utf-8-sig", errors="replace", newline="")
    return _table(stream, [], largest.filename, header)


def read_xlsx(body: bytes, *, sheet: str | None = None, header: str | None = None) -> Table:
    """One sheet (the first, or the one whose name contains `sheet`) of a workbook; `header` finds the header row."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise AdapterError(
            f"broken Excel file: {error}", "open it in a spreadsheet programme and save it again"
        ) from None
    names = [name for name in book.sheetnames if sheet is None or sheet.lower() in name.lower()]
    if not names:
        raise AdapterError(f"no sheet like {sheet!r}; the workbook has {', '.join(book.sheetnames)}")
    lines = book[names[0]].iter_rows(values_only=True)
    for number, row in enumerate(lines, 1):
        cells = [str(cell).strip() if cell is not None else "" for cell in row]
        if (header in cells) if header else any(cells):
            table = Table(tuple(cells), iter(()))
            table.rows = _sheet_rows(lines, table, number)
            return table
        if number > 50:
            break
    raise AdapterError(f"no header row with {header!r} in the first 50 rows of sheet {names[0]!r}")


def _sheet_rows(lines: Iterator[tuple[Any, ...]], table: Table, number: int) -> Iterator[Sequence[Any]]:
    width = len(table.header)
    for count, row in enumerate(lines, 1):
        if not any(cell not in (None, "") for cell in row):
            continue
        if count == 1 and is_hxl(row):
            table.hxl = tuple(str(cell or "") for cell in row)
            continue
        yield tuple(row[:width]) + (None,) * (width - len(row))
