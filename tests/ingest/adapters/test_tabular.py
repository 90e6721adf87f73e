"""Tables as published: marks, tags, delimiters, encodings, zips and workbooks."""

import io
import zipfile

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest

from ingest.adapters import _tabular
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import answer

URL = "https://a.example.org/table.csv"


def read(body, **options):
    return _tabular.read(answer(body, URL), **options)


@pytest.mark.parametrize(
    "body",
    [
        b"a,b\n1,2\n",
        b"\xef\xbb\xbfa,b\r\n1,2\r\n",
        b"a;b\n1;2\n",
        b"a\tb\n1\t2\n",
        b'"a","b"\n"1","2"\n\n',
        b"a,b\n#x,#y\n1,2\n",
        b"a,b\n#x,\n1,2\n",
    ],
)
def test_one_table_in_many_coats(body):
    table = read(body)
    assert (table.header, [list(row) for row in table.rows], table.faults) == (("a", "b"), [["1", "2"]], [])


def test_a_tag_row_is_kept_aside_and_only_there():
    table = read(b"a,b\n#adm1+name,#value\n1,2\n#3,#4\n")
    assert [list(row) for row in table.rows] == [["1", "2"], ["#3", "#4"]]
    assert table.hxl == ("#adm1+name", "#value")


def test_ragged_lines_are_faults_and_the_rest_goes_on():
    table = read(b"a,b\n1\n1,2,3\n4,5\n")
    assert [list(row) for row in table.rows] == [["4", "5"]]
    assert [fault.where for fault in table.faults] == ["row 2", "row 3"]


def test_cells_may_hold_line_breaks():
    assert [list(row) for row in read(b'a,b\n"x\ny",2\n').rows] == [["x\ny", "2"]]


def test_windows_text_is_read_and_said_so():
    table = read("a,b\nTürkiye,2\n".encode("cp1252"))
    assert next(iter(table.rows))[0] == "Türkiye"
    assert [fault.kind for fault in table.faults] == ["encoding"]


def test_missing_columns_are_named():
    with pytest.raises(AdapterError, match="columns c, d are missing; the table has a, b"):
        read(b"a,b\n1,2\n").need("a", "c", "d")
    table = read(b"a,b\n1,2\n")
    assert (table.need("b"), table.column("z", "b"), table.column("z")) == ([1], 1, None)
    assert list(table.records()) == [{"a": "1", "b": "2"}]


def zipped(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_dot_", "."), text)
    return stream.getvalue()


def test_the_largest_csv_of_a_zip():
    table = read(zipped(readme_dot_txt="x\n", data_dot_csv="a,b\n1,2\n3,4\n"))
    assert [list(row) for row in table.rows] == [["1", "2"], ["3", "4"]]
    with pytest.raises(AdapterError, match="no CSV in the zip"):
        read(zipped(codebook_dot_pdf="x"))
    with pytest.raises(AdapterError, match="broken zip"):
        read(b"PK\x03\x04 broken")


def test_a_zip_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(_tabular, "MAX_UNPACKED", 5)
    with pytest.raises(AdapterError, match="refused"):
        read(zipped(data_dot_csv="a,b\n1,2\n"))


def test_a_workbook_with_titles_tags_and_two_sheets():
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["nothing here"])
    sheet = book.create_sheet("Data 2025")
    for row in (["A title"], [], ["a", "b", None], ["#x", "#y"], [1, None], [None, None], [2, "z"]):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    table = read(stream.getvalue(), sheet="data", header="a")
    assert table.header[:2] == ("a", "b")
    assert [row[:2] for row in table.rows] == [(1, None), (2, "z")]
    with pytest.raises(AdapterError, match="no sheet like 'x'"):
        read(stream.getvalue(), sheet="x")
    with pytest.raises(AdapterError, match="no header row with 'q'"):
        read(stream.getvalue(), sheet="data", header="q")


def test_an_empty_header_is_refused():
    with pytest.raises(AdapterError):
        read(b"\n\n")


def test_titles_above_the_header_are_left_out_when_a_cell_of_it_is_known():
    body = b'\xef\xbb\xbf"Source","Bank",\n\n"a","b"\n"1","2"\n'
    table = read(body, header="b")
    assert (table.header, list(table.rows)) == (("a", "b"), [["1", "2"]])
    assert read(b"x,y\n1,2\n", header="b").header == ("x", "y")  # no such cell: the first line, for `need` to judge
    assert [fault.where for fault in faults_of(b"t,,\na,b\n1,2\n3\n", header="b")] == ["row 4"]


def faults_of(body, **options):
    table = read(body, **options)
    list(table.rows)
    return table.faults


def test_parquet_keeps_types_and_says_when_it_is_broken():
    sink = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({" a ": [1, None], "b": ["x", "y"]}), sink)
    table = read(sink.getvalue())
    assert (table.header, list(table.rows)) == (("a", "b"), [(1, "x"), (None, "y")])
    with pytest.raises(AdapterError, match="broken Parquet"):
        read(b"PAR1 and nothing else")
