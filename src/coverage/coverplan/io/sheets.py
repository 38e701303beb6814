"""Rows of cells out of CSV files and workbooks, exactly as they stand, or the fault of the file."""

import csv
import itertools
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from ..core.errors import InputError, Problem
from ..core.text import Text
from .bookparts import (
    MOST_BYTES,
    Layout,
    Span,
    hidden_notes,
    layout_of,
    too_large,
    unpacked_bytes,
)
from .cells import clean
from .content import empty, kind_of, no_table, unreadable
from .csvtext import CsvText, csv_text

Rows = list[tuple[int, list[Any]]]
"""Row number as a spreadsheet shows it, and the cells; rows without any value are left out."""

_CELL_CHARACTERS = 1_000_000
_MOST_ROWS = 10_000_000
_MOST_CELLS = 200_000_000
_SHOWN = 12
_LOOKED_AT = 20
_REMEMBERED = 65_536


def read_csv_rows(
    full: Path,
    file: str,
    done: Callable[[int], None] | None = None,
    encoding: str | None = None,
) -> Rows:
    """Return the rows of a CSV file as clean text, in whatever encoding Chinese offices save it.

    Parameters
    ----------
    full, file
        Where it is, and its name for messages.
    done
        Called now and then with the bytes read since the last call.
    encoding
        What the study states of it; None: recognised.

    Raises
    ------
    InputError
        When it is not text, is too large, its quotes do not match, or a separator is used that
        cannot be told from text.
    """
    _check_size(full.stat().st_size, file)
    if kind_of(full)[0] in {"zip", "xls", "sqlite", "parquet", "pdf", "binary", "closed", "empty"}:
        raise InputError([unreadable(full, file, "table")])
    text = csv_text(full, file, encoding)
    separator = _separator(text, file)
    csv.field_size_limit(_CELL_CHARACTERS)
    reader = csv.reader(text.lines(done), delimiter=separator, strict=True)
    rows, n_cells = list[tuple[int, list[Any]]](), 0
    for row, cells in _records(reader, text, file):
        n_cells += len(cells)
        # Most of these may be nothing but commas: memory is for cells, not for bytes.
        if row > _MOST_ROWS or n_cells > _MOST_CELLS:
            raise InputError([too_many_cells(file, row, n_cells)])
        if any(cells):
            rows.append((row, cells))
    return rows


def _check_size(size: int, file: str) -> None:
    if size > MOST_BYTES:
        raise InputError([too_large(file, size)])


def _records(reader: Any, text: CsvText, file: str) -> Iterator[tuple[int, list[str]]]:
    """Yield records with their numbers as in a spreadsheet; a cell of two lines is one row."""
    row = 0
    # Names of units come again and again: cleaned once, and kept once.
    cleaned = lru_cache(_REMEMBERED)(clean)
    while True:
        row += 1
        begin = reader.line_num
        try:
            cells = [cell.strip() if cell.isascii() else cleaned(cell) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            if "field limit" in str(error):
                raise InputError([_long_cell(file, row)]) from error
            lines = list(itertools.islice(text.lines(), begin + 1))
            raise InputError([_quotes(file, row, lines[-1])]) from error
        yield row, cells


def _separator(text: CsvText, file: str) -> str:
    """Return what stands in most of the first lines: comma, tabulator or semicolon."""
    lines = [line for line in itertools.islice(text.lines(), _LOOKED_AT) if line.strip()]
    found = {mark: sum(mark in line for line in lines) for mark in ",\t;"}
    if any(found.values()):
        # Of equals the one that parts the most cells; then the one named first.
        return max(found, key=lambda mark: (found[mark], sum(x.count(mark) for x in lines)))
    for line in lines[:5]:
        for mark in "，；":
            if mark in line:
                raise InputError([_full_width(file, mark)])
    return ","


def _full_width(file: str, mark: str) -> Problem:
    return Problem(
        code="file.separator",
        what=Text("各列用全角标点隔开", "columns are separated by a full-width mark"),
        file=file,
        row=1,
        found=mark,
        expected=Text("英文逗号 ,", "a comma ,"),
        mend=Text("把它替换为英文逗号，或另存为 .xlsx", "replace it by commas, or save as .xlsx"),
    )


def too_many_cells(file: str, rows: int, cells: int) -> Problem:
    """Return the fault of a table with more rows or cells than are kept in memory."""
    return Problem(
        code="file.too_large",
        what=Text("表格太大，没有读取", "the table is too large; it was not read"),
        file=file,
        found=Text(
            f"到第 {rows:,} 行已有 {cells:,} 个单元格", f"{cells:,} cells up to row {rows:,}"
        ),
        expected=Text(
            f"不超过 {_MOST_ROWS:,} 行、{_MOST_CELLS:,} 个单元格",
            f"at most {_MOST_ROWS:,} rows and {_MOST_CELLS:,} cells",
        ),
        mend=Text(
            "核对文件；只保留需要的行和列", "check the file; keep the rows and columns needed"
        ),
    )


def _long_cell(file: str, row: int) -> Problem:
    return Problem(
        code="file.long_cell",
        what=Text("有一个单元格过长", "a cell is too long"),
        file=file,
        row=row,
        found=Text(f"超过 {_CELL_CHARACTERS:,} 个字", f"more than {_CELL_CHARACTERS:,} characters"),
        expected=Text("表格的单元格", "the cell of a table"),
        mend=Text(
            '核对文件；若引号不成对，补上或删去多余的 "',
            'check the file; where quotes do not match, close them or remove the stray "',
        ),
    )


def _quotes(file: str, row: int, line: str) -> Problem:
    return Problem(
        code="file.quotes",
        what=Text("从这一行起引号不成对", "from this row on the quotes do not match"),
        file=file,
        row=row,
        found=line,
        expected=Text('成对的 "', 'pairs of "'),
        mend=Text(
            '删去多余的引号；文字中的引号写成 ""，或改用 .xlsx',
            'remove the stray quote; a quote within text is written "", or use .xlsx',
        ),
    )


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as its file has it.

    Parameters
    ----------
    rows
        Its rows that hold any value.
    spans
        Cells merged into one; a CSV file has none.
    notes
        What a planner should know of how it was read: warnings, and errors of single cells.
    """

    rows: Rows
    spans: tuple[Span, ...] = ()
    notes: tuple[Problem, ...] = ()


def read_excel_rows(full: Path, file: str, sheet: str | None) -> Sheet:
    """Return a sheet of a workbook: the one named, else the first to be seen that holds a value.

    Raises
    ------
    InputError
        When it is no workbook, has no such sheet, or is too large.
    """
    try:
        _check_size(unpacked_bytes(full), file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = _values(full, sheet, results=True)
            layout = layout_of(full, book.taken) if book.rows else Layout()
    except InputError:
        raise
    except Exception as error:
        raise InputError([unreadable(full, file, "table")]) from error
    if sheet is not None and sheet not in book.names:
        raise InputError([no_table(file, sheet, list(book.names))])
    if not book.rows:
        raise InputError([empty(file)])
    notes = _formulas(full, file, book)
    notes += [_others(file, book)] if sheet is None and book.others else []
    notes += hidden_notes(file, book.rows, layout)
    return Sheet(book.rows, layout.spans, tuple(notes))


@dataclass(frozen=True, slots=True)
class _Book:
    """The names of the sheets, the one taken and its rows, and others that hold values too."""

    names: tuple[str, ...]
    taken: str = ""
    rows: Rows = field(default_factory=list)
    others: tuple[str, ...] = ()


def _values(full: Path, sheet: str | None, *, results: bool) -> _Book:
    # Opened here, since the library leaves a file that it cannot read open.
    with full.open("rb") as opened:
        book = openpyxl.load_workbook(opened, read_only=True, data_only=results)
        try:
            return _taken(book, sheet)
        finally:
            book.close()


def _taken(book: openpyxl.Workbook, sheet: str | None) -> _Book:
    names = tuple(s.title for s in book.worksheets)
    if sheet is not None:
        rows = _filled_rows(book[sheet]) if sheet in names else []
        return _Book(names, sheet, rows)
    seen = [s for s in book.worksheets if s.sheet_state == "visible"] or book.worksheets
    holding = [s.title for s in book.worksheets if _holds(s)]
    taken = next((s for s in seen if s.title in holding), None)
    if taken is None:
        return _Book(names)
    others = tuple(name for name in holding if name != taken.title)
    return _Book(names, taken.title, _filled_rows(taken), others)


def _filled_rows(sheet: Any) -> Rows:
    sheet.reset_dimensions()
    rows = ((i, list(cells)) for i, cells in enumerate(sheet.values, 1))
    return [(i, cells) for i, cells in rows if any(c not in {None, ""} for c in cells)]


def _holds(sheet: Any) -> bool:
    sheet.reset_dimensions()
    return any(c not in {None, ""} for cells in sheet.values for c in cells)


def _others(file: str, book: _Book) -> Problem:
    return Problem(
        code="file.sheets",
        what=Text(
            f"工作簿有几张工作表，读取的是“{book.taken}”",
            f'the workbook has several sheets; "{book.taken}" was read',
        ),
        file=file,
        found=Text("、".join(book.others[:_SHOWN]), ", ".join(book.others[:_SHOWN])),
        mend=Text(
            '若要另一张，在研究文件中写明 table = "…"',
            'to take another, say in the study file: table = "..."',
        ),
        severity="warning",
    )


def _formulas(full: Path, file: str, book: _Book) -> list[Problem]:
    """Return the faults of formulas whose results nobody saved: their cells read as empty."""
    with zipfile.ZipFile(full) as parts:
        sheets = [n for n in parts.namelist() if n.startswith("xl/worksheets/")]
        if not any(re.search(rb"<f[ >/]", parts.read(name)) for name in sheets):
            return []
    have = dict(book.rows)
    formulas = _values(full, book.taken, results=False).rows
    return [
        _no_result(file, row, i, cell)
        for row, cells in formulas
        for i, cell in enumerate(cells)
        if isinstance(cell, str) and cell.startswith("=") and not _has(have.get(row, []), i)
    ]


def _has(cells: list[Any], i: int) -> bool:
    return i < len(cells) and cells[i] is not None


def _no_result(file: str, row: int, column: int, formula: str) -> Problem:
    return Problem(
        code="file.formula",
        what=Text("公式没有保存结果", "a formula without its result"),
        file=file,
        row=row,
        column=get_column_letter(column + 1),
        found=formula,
        expected=Text("数值或文字", "a value"),
        mend=Text(
            "在 Excel 中打开并保存一次，或把公式粘贴为数值",
            "open and save it once in Excel, or paste values over the formulas",
        ),
    )
