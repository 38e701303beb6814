"""Rows of cells out of CSV files and workbooks, exactly as they stand, or the fault of the file."""

import csv
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from ..core.errors import InputError, Problem
from ..core.text import Text
from .content import empty, kind_of, no_table, unreadable

Rows = list[tuple[int, list[Any]]]
"""Row number as a spreadsheet shows it, and the cells; rows without any value are left out."""

_CELL_CHARACTERS = 1_000_000


def read_csv_rows(full: Path, file: str) -> Rows:
    """Return the rows of a CSV file, in whatever encoding Chinese offices save it.

    Raises
    ------
    InputError
        When it is not text, its quotes do not match, or a separator is used that cannot be told
        from text.
    """
    if kind_of(full)[0] in {"zip", "xls", "sqlite", "parquet", "pdf", "binary", "closed", "empty"}:
        raise InputError([unreadable(full, file, "table")])
    text = _decode(full, file)
    separator = _separator(text, file)
    csv.field_size_limit(_CELL_CHARACTERS)
    lines = text.splitlines(keepends=True)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    return [(row, cells) for row, cells in _records(reader, lines, file) if any(cells)]


def _records(reader: Any, lines: list[str], file: str) -> Iterator[tuple[int, list[str]]]:
    """Yield records with their numbers as in a spreadsheet; a cell of two lines is one row."""
    row = 0
    while True:
        row += 1
        begin = reader.line_num
        try:
            cells = [str(cell).strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError([_quotes(file, row, lines[min(begin, len(lines) - 1)])]) from error
        yield row, cells


def _decode(full: Path, file: str) -> str:
    """Read UTF-8 or UTF-16 by their marks, UTF-8 without, or GB18030, which any GBK file is."""
    raw = full.read_bytes()
    encodings = ("utf-16",) if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    why = Text("既不是 UTF-8，也不是 GBK 文字", "neither UTF-8 nor GBK text")
    raise InputError([unreadable(full, file, "table", why)])


def _separator(text: str, file: str) -> str:
    """Return the separator of the first line that has one: comma, else tabulator or semicolon."""
    for line in text.splitlines()[:5]:
        for mark in ",\t;":
            if mark in line:
                return mark
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


def read_excel_rows(full: Path, file: str, sheet: str | None) -> Rows:
    """Return the rows of a sheet of a workbook: the one named, else the first.

    Raises
    ------
    InputError
        When it is no workbook, has no such sheet, or holds formulas without their results.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            names, rows = _values(full, sheet, results=True)
    except Exception as error:
        raise InputError([unreadable(full, file, "table")]) from error
    if sheet is not None and sheet not in names:
        raise InputError([no_table(file, sheet, names)])
    if not rows:
        raise InputError([empty(file)])
    _check_formulas(full, file, sheet, rows)
    return rows


def _values(full: Path, sheet: str | None, *, results: bool) -> tuple[list[str], Rows]:
    book = openpyxl.load_workbook(full, read_only=True, data_only=results)
    try:
        names = [s.title for s in book.worksheets]
        if not names or (sheet is not None and sheet not in names):
            return names, []
        chosen = book[sheet or names[0]]
        chosen.reset_dimensions()
        rows = [(i, list(cells)) for i, cells in enumerate(chosen.values, 1)]
    finally:
        book.close()
    return names, [(i, cells) for i, cells in rows if any(c not in {None, ""} for c in cells)]


def _check_formulas(full: Path, file: str, sheet: str | None, rows: Rows) -> None:
    """Refuse formulas whose results nobody saved: their cells would be read as empty."""
    with zipfile.ZipFile(full) as parts:
        sheets = [n for n in parts.namelist() if n.startswith("xl/worksheets/")]
        if not any(re.search(rb"<f[ >/]", parts.read(name)) for name in sheets):
            return
    have = dict(rows)
    _, formulas = _values(full, sheet, results=False)
    bad = [
        (row, i, cell)
        for row, cells in formulas
        for i, cell in enumerate(cells)
        if isinstance(cell, str) and cell.startswith("=") and not _has(have.get(row, []), i)
    ]
    if bad:
        raise InputError([_no_result(file, *fault) for fault in bad])


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
