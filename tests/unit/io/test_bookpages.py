"""A workbook to be read: names of sheets that Excel takes, links that hold, rows tall enough."""

import datetime
import io

import openpyxl
import pytest

from coverplan.io.bookpages import Book, BookCell, BookColumn, BookLine, BookTable, book_bytes

DAY = datetime.date(2025, 12, 31)
NAMES = ("表1 a[b]:c*?/\\d", "表2 it's '甲'", "表2 It's '甲'", "长" * 60, "长" * 61, "history", "")


def table(name, words="x"):
    columns = (BookColumn("词", False, 20.0), BookColumn("数", True, 8.0))
    return BookTable(name, name, columns, ((BookCell(words), BookCell(7, "0")),), 0, ("=注",))


@pytest.fixture(scope="module")
def book():
    cover = (
        BookLine("title", "=题"),
        BookLine("fact", "编号", BookCell("-1")),
        *(BookLine("link", name, table=n) for n, name in enumerate(NAMES)),
    )
    tables = (table(NAMES[0], "长" * 95), *(table(name) for name in NAMES[1:]))
    made = Book("=题", DAY, cover, tables, (), ("目录", "正文"), "&P / &N")
    return openpyxl.load_workbook(io.BytesIO(book_bytes(made, paper="a3")))


def test_names_of_sheets_are_short_unique_and_without_signs(book):
    names = book.sheetnames
    assert len(names) == len(NAMES) + 1
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert names[-2:] == ["history_", "sheet"]


def test_links_lead_to_their_sheets(book):
    links = [c.hyperlink for row in book["目录"] for c in row if c.hyperlink]
    assert [link.location for link in links] == [
        "'" + name.replace("'", "''") + "'!A1" for name in book.sheetnames[1:]
    ]


def test_words_are_text_and_rows_are_tall_enough(book):
    sheet = book.worksheets[1]
    assert {sheet[place].data_type for place in ("A1", "A3", "A5")} <= {"s", "inlineStr"}
    assert sheet["A5"].value == "'=注"
    assert [c.value for c in book["目录"]["A"][:2]] == ["'=题", "编号"]
    assert book["目录"]["B2"].value == "'-1"
    lines = 190 / 19  # 95 characters of two columns, in a column of 20
    assert sheet.row_dimensions[3].height == pytest.approx(lines * 16.5 + 3)
    assert book.worksheets[2].row_dimensions[3].height == pytest.approx(19.5)
    assert {s.page_setup.paperSize for s in book.worksheets} == {8}
