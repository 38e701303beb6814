"""A workbook laid out to be read and printed: contents, one sheet a table, the text of a report.

Numbers stay numbers under a format, text is text whatever it begins with, links lead to sheets of
the same workbook and nowhere else.
"""

import datetime
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from .workbook import columns_of, packed, put, safe_title
from .write import harmless

__all__ = ["Book", "BookCell", "BookColumn", "BookLine", "BookTable", "book_bytes"]

Value: TypeAlias = str | float | datetime.date

_PAPER = {"a3": 8, "a4": 9}
_ACROSS = 6
"""Columns beyond which a sheet is printed across."""
_HEAD_ROW = 2
_GREY = PatternFill("solid", fgColor="FFE9EFF4")
_THIN = Side(style="thin", color="FFC3CCD4")
_LINES = Border(top=_THIN, bottom=_THIN, left=_THIN, right=_THIN)
_LINE, _PADDING, _TALLEST, _HEAD_HEIGHT = 16.5, 3.0, 400.0, 28.0
"""Heights of rows in points. They are set: not every program finds them by itself."""
_LINES_WIDE = (24.0, 88.0)


def _font(size: float = 10, colour: str = "FF1B2733", **more: object) -> Font:
    return Font(name="Microsoft YaHei", size=size, color=colour, **more)


_PLAIN, _BOLD, _SOFT = _font(), _font(bold=True), _font(colour="FF6B7680")
_LINK = _font(colour="FF1E5D8E", underline="single")
_HEADS = {"title": _font(16, bold=True), "heading": _font(12, bold=True)}


@dataclass(frozen=True, slots=True)
class BookCell:
    """A cell: its value, the format of a number or a day, whether it says that it is unknown."""

    value: Value
    form: str = "General"
    faint: bool = False


@dataclass(frozen=True, slots=True)
class BookColumn:
    """A column: heading, whether its cells are set right, and its width in digits."""

    head: str
    right: bool
    width: float


@dataclass(frozen=True, slots=True)
class BookTable:
    """A sheet with one table.

    Parameters
    ----------
    name, title
        What its sheet is named by, and its caption.
    columns, rows, totals, notes
        Its content; how many of the last rows are totals; what stands below.
    """

    name: str
    title: str
    columns: tuple[BookColumn, ...]
    rows: tuple[tuple[BookCell, ...], ...]
    totals: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BookLine:
    """A line of words: a heading, a text, a term with its value, or a link to a table.

    Parameters
    ----------
    kind, words
        What it is, and its words.
    value
        The value of a term.
    table
        Which table a link leads to, from 0.
    """

    kind: Literal["title", "heading", "text", "fact", "link"]
    words: str
    value: BookCell | None = None
    table: int = -1


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook.

    Parameters
    ----------
    title, day
        For its properties.
    cover, tables, text
        First sheet, one sheet a table, last sheet; the last is left out where it is empty.
    names
        Names of the first sheet and the last.
    footer
        Below every printed page: ``&P`` and ``&N`` are its number and how many there are.
    """

    title: str
    day: datetime.date
    cover: tuple[BookLine, ...]
    tables: tuple[BookTable, ...]
    text: tuple[BookLine, ...]
    names: tuple[str, str]
    footer: str


def book_bytes(book: Book, *, paper: Literal["a4", "a3"] = "a4") -> bytes:
    """Return a workbook; the same content gives the same bytes.

    Parameters
    ----------
    book, paper
        What stands in it, and the paper it is printed on.
    """
    made = openpyxl.Workbook()
    made.remove(made.active)
    taken: set[str] = set()
    cover = made.create_sheet(safe_title(book.names[0], taken))
    sheets = [made.create_sheet(safe_title(table.name, taken)) for table in book.tables]
    _lines(cover, book.cover, sheets)
    for sheet, table in zip(sheets, book.tables, strict=True):
        _table(sheet, table)
    if book.text:
        _lines(made.create_sheet(safe_title(book.names[1], taken)), book.text, sheets)
    for sheet in made.worksheets:
        across = sheet in sheets and sheet.max_column > _ACROSS
        _printed(sheet, book.footer, _PAPER[paper], across=across)
    known = made.properties
    known.title, known.creator, known.lastModifiedBy = _text(book.title), "coverplan", "coverplan"
    known.created = known.modified = datetime.datetime.combine(book.day, datetime.time())
    return packed(made)


def _text(words: str) -> str:
    return str(harmless(words))


def _write(cell: Cell, value: Value) -> None:
    if isinstance(value, datetime.date):
        cell.value = value
    else:
        put(cell, _text(value) if isinstance(value, str) else value)


def _table(sheet: Worksheet, table: BookTable) -> None:
    _write(sheet.cell(1, 1), table.title)
    sheet.cell(1, 1).font = _font(13, bold=True)
    sheet.row_dimensions[1].height = 24
    for number, column in enumerate(table.columns, 1):
        cell = sheet.cell(_HEAD_ROW, number)
        _write(cell, column.head)
        cell.font, cell.fill, cell.border = _BOLD, _GREY, _LINES
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    widths = [column.width for column in table.columns]
    heads = [BookCell(column.head) for column in table.columns]
    sheet.row_dimensions[_HEAD_ROW].height = _height(heads, widths) + _PADDING
    for place, row in enumerate(table.rows, _HEAD_ROW + 1):
        sheet.row_dimensions[place].height = _height(row, widths)
        total = place > _HEAD_ROW + len(table.rows) - table.totals
        for number, (cell, column) in enumerate(zip(row, table.columns, strict=True), 1):
            _cell(sheet.cell(place, number), cell, right=column.right, total=total)
    data = len(table.rows) - table.totals
    sheet.freeze_panes = f"{'A' if table.columns[0].right else 'B'}{_HEAD_ROW + 1}"
    if data:
        last = get_column_letter(len(table.columns))
        sheet.auto_filter.ref = f"A{_HEAD_ROW}:{last}{_HEAD_ROW + data}"
    sheet.print_title_rows = f"1:{_HEAD_ROW}"
    for place, note in enumerate(table.notes, _HEAD_ROW + len(table.rows) + 2):
        _write(sheet.cell(place, 1), note)
        sheet.cell(place, 1).font = _SOFT


def _cell(cell: Cell, given: BookCell, *, right: bool, total: bool) -> None:
    _write(cell, given.value)
    cell.number_format = given.form
    cell.border = _LINES
    side = "right" if right else "left"
    wrap = isinstance(given.value, str)
    cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=wrap, indent=int(wrap))
    cell.font = _BOLD if total else _SOFT if given.faint else _PLAIN
    if total:
        cell.fill = _GREY


def _height(cells: Iterable[BookCell], widths: Iterable[float]) -> float:
    """Return how tall a row must be for its words to be seen."""
    lines = max(
        math.ceil(columns_of(cell.value) / (width - 1)) if isinstance(cell.value, str) else 1
        for cell, width in zip(cells, widths, strict=True)
    )
    return min(max(lines, 1) * _LINE + _PADDING, _TALLEST)


def _lines(sheet: Worksheet, lines: Sequence[BookLine], tables: Sequence[Worksheet]) -> None:
    """Write words in two columns: headings and terms in the first, all else in the second."""
    for letter, width in zip("AB", _LINES_WIDE, strict=True):
        sheet.column_dimensions[letter].width = width
    for row, line in enumerate(lines, 1):
        head, left = line.kind in _HEADS, line.kind in {*_HEADS, "fact"}
        cell = sheet.cell(row, 1 if left else 2)
        _write(cell, line.words)
        cell.alignment = Alignment(vertical="center" if head else "top", wrap_text=not head)
        cell.font = _HEADS.get(line.kind, _PLAIN)
        if line.value is not None:
            _cell(sheet.cell(row, 2), line.value, right=False, total=False)
            sheet.cell(row, 2).border = Border()
        if line.kind == "link":
            name = tables[line.table].title.replace("'", "''")
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{name}'!A1")
            cell.font = _LINK
        words = BookCell(line.words)
        pair = (words, line.value or BookCell("")) if left else (BookCell(""), words)
        sheet.row_dimensions[row].height = _HEAD_HEIGHT if head else _height(pair, _LINES_WIDE)
    sheet.sheet_view.showGridLines = False


def _printed(sheet: Worksheet, footer: str, paper: int, *, across: bool) -> None:
    setup = sheet.page_setup
    setup.paperSize, setup.orientation = paper, "landscape" if across else "portrait"
    setup.fitToWidth, setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = footer
