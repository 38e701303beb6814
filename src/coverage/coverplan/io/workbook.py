"""Writing tables as an Excel workbook: numbers stay numbers, and no text becomes a formula."""

import datetime
import io
import math
import re
import unicodedata
import zipfile
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from .write import harmless
from .zipped import restamped

Fills = Mapping[str, Mapping[str, str]]
"""Heading of a column -> text of a cell -> colour of its ground, six hexadecimal digits."""

_NO_FILLS: Fills = MappingProxyType({})
_MOST_CHARACTERS = 32_767
"""An Excel cell holds no more."""
_WIDEST, _NARROWEST = 60, 6
_TITLE = 31
_ROOM = 2
"""Beside the text, for the arrow of the filter."""
_STAMP = datetime.datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook's dates have no zone
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HEAD = PatternFill("solid", fgColor="FFE7E6E6")


def write_xlsx(
    sheets: Mapping[str, pd.DataFrame], path: Path, *, styles: Fills = _NO_FILLS
) -> None:
    """Write one sheet per table; the same bytes for the same tables.

    The heading is bold and stays in view, every column can be filtered, text is wrapped and its
    columns are as wide as it needs (a Chinese character counts two), up to a limit. Text is
    written as text, whatever it begins with, and is marked as in CSV where a spreadsheet would
    take it for a formula; control characters become spaces and what no cell can hold is cut off
    with "…".

    Parameters
    ----------
    sheets
        Title -> table; a title is made one Excel accepts, and unique.
    path
        The file.
    styles
        Grounds of cells by heading and text: colour stands beside the word, never in its place.

    Raises
    ------
    ValueError
        When there is no table.
    OSError
        When the file cannot be written.
    """
    if not sheets:
        raise ValueError("no table")
    book = openpyxl.Workbook()
    book.remove(book.active)
    taken: set[str] = set()
    for title, frame in sheets.items():
        _sheet(book.create_sheet(safe_title(title, taken)), frame, styles)
    book.properties.creator = "coverplan"
    book.properties.created = book.properties.modified = _STAMP
    path.write_bytes(packed(book))


def packed(book: openpyxl.Workbook) -> bytes:
    """Return a workbook as bytes, without the hour that `save` would stamp into it."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED) as archive:
        ExcelWriter(book, archive).write_data()
    return restamped(kept.getvalue())


def safe_title(title: str, taken: set[str]) -> str:
    r"""Return a title Excel accepts: at most 31 characters, none of ``[]:*?/\``, unique."""
    words = re.sub(r"[\[\]:*?/\\]", " ", _NO_XML.sub(" ", title))
    base = " ".join(words.split()).strip("'") or "sheet"
    if base.casefold() == "history":
        base = f"{base}_"  # Excel keeps that name to itself
    name, number = base[:_TITLE].strip("'"), 1
    while name.casefold() in taken:
        number += 1
        tail = f" ({number})"
        name = base[: _TITLE - len(tail)] + tail
    taken.add(name.casefold())
    return name


def _sheet(sheet: Worksheet, frame: pd.DataFrame, styles: Fills) -> None:
    heads = [str(column) for column in frame.columns]
    top, plain = Alignment(wrap_text=True, vertical="top"), Alignment(vertical="top")
    for number, head in enumerate(heads, 1):
        cell = sheet.cell(1, number)
        put(cell, _value(head) or "")
        cell.font, cell.fill, cell.alignment = Font(bold=True), _HEAD, top
        values = [_value(value) for value in frame.iloc[:, number - 1]]
        marked = {
            word: PatternFill("solid", fgColor=f"FF{colour}")
            for word, colour in styles.get(head, {}).items()
        }
        for row, value in enumerate(values, 2):
            if value is None:
                continue
            cell = sheet.cell(row, number)
            put(cell, value)
            cell.alignment = top if isinstance(value, str) else plain
            if isinstance(value, str) and value in marked:
                cell.fill = marked[value]
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = _width([head, *values])
    sheet.freeze_panes = "A2"
    if heads:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(frame) + 1}"


def _value(value: object) -> str | float | bool | None:
    """Return a value as a cell holds it, None for an empty cell."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating | Fraction):
        number = float(value)
        return number if math.isfinite(number) else None
    text = str(harmless(str(value)))
    text = _NO_XML.sub(" ", text)
    if len(text) > _MOST_CHARACTERS:
        text = text[: _MOST_CHARACTERS - 1] + "…"
    return text or None


def put(cell: Cell, value: str | float | bool) -> None:  # noqa: FBT001 - a cell's value
    """Write a value into a cell; text stays text, whatever it begins with."""
    cell.value = value
    if isinstance(value, str):
        # openpyxl takes a leading "=" for a formula and "#N/A" for an error: both are text here.
        cell.data_type = "s"


def _width(values: list[str | float | bool | None]) -> float:
    longest = max(columns_of(line) for v in values for line in _lines(v))
    return float(min(max(longest + _ROOM, _NARROWEST), _WIDEST))


def _lines(value: str | float | bool | None) -> list[str]:  # noqa: FBT001 - a cell's value
    # A line wider than a column may be is wrapped: beyond that its length says nothing.
    return [line[:_WIDEST] for line in ("" if value is None else str(value)).split("\n")]


def columns_of(line: str) -> int:
    """Return how many columns a line takes: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
