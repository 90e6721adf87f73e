"""PDF files: text page by page, pictures said to be pictures, and files that are none refused."""

import io

import pikepdf
import pytest

from ingest.adapters import pdf
from ingest.model import AdapterError
from tests.ingest.adapters.helpers import answer, documents, problems, source

URL = "https://files.example.org/reports/report%201.pdf"


def made(*pages, title="", password=""):
    """A PDF with these texts, one per page, each line where a line of print would be; an empty one has no text."""
    document = pikepdf.new()
    font = document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1,
                                                     BaseFont=pikepdf.Name.Helvetica))  # fmt: skip
    for line in pages:
        page = document.add_blank_page(page_size=(400, 400))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        words = line.replace("\n", ") Tj 0 -14 Td (")
        page.Contents = document.make_stream(f"BT /F1 12 Tf 20 350 Td ({words}) Tj ET".encode() if line else b"")
    if title:
        document.docinfo["/Title"] = title
    out = io.BytesIO()
    document.save(out, encryption=pikepdf.Encryption(owner="o", user=password) if password else False)
    return out.getvalue()


def test_each_page_keeps_its_own_text():
    body = made("Fighting near the river", "", "Return of 40 families", title="Monthly\u202e note")
    (document,) = pdf.parse(answer(body, URL), source(store_fulltext=True, language="en", countries=("SSD",)))
    assert document.text.split(pdf.PAGE_BREAK) == ["Fighting near the river", "", "Return of 40 families"]
    assert (document.title, document.key, document.countries) == ("Monthly note", URL, ("SSD",))
    assert document.summary == "Fighting near the river"
    assert document.attributes == {"pages": 3}
    (short,) = pdf.parse(answer(body, URL), source())
    assert short.text is None


def test_running_heads_are_dropped_and_what_is_said_once_stays():
    said = ("No road is open.", "Nobody was hurt.", "Schools opened.", "Fighting stopped.", "Aid came.")
    body = made(*(f"Monthly note 2026\n{line}\nPage {number} of 5" for number, line in enumerate(said, 1)))
    (document,) = pdf.parse(answer(body, URL), source(store_fulltext=True))
    assert document.text.split(pdf.PAGE_BREAK) == list(said)
    few = ["Head\none", "Head\ntwo", "", "Head\nthree"]
    assert pdf.without_running_heads(few) == few, "on three pages with text nothing is dropped"


def test_the_title_of_a_file_without_one_is_its_name_and_a_redirect_is_its_address():
    (document,) = pdf.parse(answer(made("x"), URL, final_url="https://files.example.org/moved.pdf"), source())
    assert document.title == "report 1.pdf"
    assert document.url == "https://files.example.org/moved.pdf"


def test_pages_that_are_pictures_are_said_to_be():
    rows = list(pdf.parse(answer(made("", ""), URL), source(store_fulltext=True)))
    assert documents(rows)[0].text is None
    assert "pages are pictures" in problems(rows)[0].message


def test_a_book_is_read_to_its_limit(monkeypatch):
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)
    rows = list(pdf.parse(answer(made("a", "b", "c"), URL), source()))
    assert documents(rows)[0].attributes == {"pages": 2}
    assert problems(rows)[0].message == "3 pages, 2 were read"


@pytest.mark.parametrize(
    "body",
    [b"", b"<!DOCTYPE html><html>moved</html>", b"%PDF-1.7\n", b"%PDF-1.4 broken" * 20, made("secret", password="p")],
    ids=["empty", "page", "cut", "broken", "locked"],
)
def test_what_cannot_be_opened_is_refused(body):
    with pytest.raises(AdapterError, match="PDF") as refused:
        list(pdf.parse(answer(body, URL), source()))
    assert refused.value.remedy
