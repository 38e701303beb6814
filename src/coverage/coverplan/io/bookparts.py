"""What stands in a workbook beside the values of its cells: merged cells, hidden rows, size."""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter, range_boundaries

from ..core.errors import Problem
from ..core.text import Text

MOST_BYTES = 1 << 30
"""A table is not larger: a small file that unpacks to more was made to fill the memory."""

_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=\"([A-Z0-9:$]+)\"")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\bhidden=\"(?:1|true)\"[^>]*>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^>]*?\bhidden=\"(?:1|true)\"[^>]*>")
_NUMBER_OF = {name: re.compile(rb"\b" + name + rb"=\"(\d+)\"") for name in (b"r", b"min", b"max")}
_MOST_COLUMNS = 16_384
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Span:
    """Cells merged into one.

    Parameters
    ----------
    top, bottom
        First and last row as a spreadsheet numbers them, both belonging to it.
    left, right
        First and last column, from 0, both belonging to it.
    """

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How the cells of a sheet lie.

    Parameters
    ----------
    spans
        Merged cells.
    hidden_rows
        Numbers of the rows nobody sees.
    hidden_columns
        Columns nobody sees, from 0.
    """

    spans: tuple[Span, ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()


def unpacked_bytes(full: Path) -> int:
    """Return how large the parts of a workbook are in all, by its table of contents."""
    with zipfile.ZipFile(full) as parts:
        return sum(part.file_size for part in parts.infolist())


def too_large(file: str, size: int) -> Problem:
    """Return the fault of a table that is larger than `MOST_BYTES`."""
    return Problem(
        code="file.too_large",
        what=Text("表格太大，没有读取", "the table is too large; it was not read"),
        file=file,
        found=Text(f"{size / 1e9:.1f} GB", f"{size / 1e9:.1f} GB"),
        expected=Text(f"不超过 {MOST_BYTES / 1e9:.1f} GB", f"at most {MOST_BYTES / 1e9:.1f} GB"),
        mend=Text(
            "核对文件；只保留需要的工作表、行和列",
            "check the file; keep the sheets, rows and columns that are needed",
        ),
    )


def layout_of(full: Path, sheet: str) -> Layout:
    """Return how the cells of a sheet lie, read from its XML without building the cells."""
    reader = ExcelReader(str(full), read_only=True)
    try:
        reader.read_manifest()
        reader.read_workbook()
        targets = [rel.target for found, rel in reader.parser.find_sheets() if found.name == sheet]
        xml = reader.archive.read(targets[0]) if targets else b""
    finally:
        reader.archive.close()
    return Layout(
        tuple(_span(ref.decode("ascii")) for ref in _MERGED.findall(xml)),
        tuple(_whole(b"r", row) for row in _ROW.findall(xml)),
        tuple(i for column in _COLUMN.findall(xml) for i in _columns(column)),
    )


def hidden_notes(file: str, rows: list[tuple[int, list[Any]]], layout: Layout) -> list[Problem]:
    """Return what to say of rows and columns that nobody sees but that were read."""
    filled = {row for row, _ in rows}
    hidden = [row for row in layout.hidden_rows if row in filled]
    columns = [
        i
        for i in layout.hidden_columns
        if any(i < len(cells) and cells[i] not in {None, ""} for _, cells in rows)
    ]
    notes = []
    if hidden:
        what = Text(
            f"有 {len(hidden)} 个隐藏的行，照常读取", f"{len(hidden)} hidden rows were read too"
        )
        notes.append(_hidden(file, what, row=hidden[0]))
    if columns:
        letters = [get_column_letter(i + 1) for i in columns[:_SHOWN]]
        what = Text(
            f"有 {len(columns)} 个隐藏的列（{'、'.join(letters)}），照常读取",
            f"{len(columns)} hidden columns ({', '.join(letters)}) were read too",
        )
        notes.append(_hidden(file, what))
    return notes


def _hidden(file: str, what: Text, row: int | None = None) -> Problem:
    return Problem(
        code="file.hidden",
        what=what,
        file=file,
        row=row,
        mend=Text(
            "取消隐藏并核对；不该计入的删去", "unhide and check them; remove what should not count"
        ),
        severity="warning",
    )


def _span(ref: str) -> Span:
    left, top, right, bottom = range_boundaries(ref)
    return Span(int(top or 1), int(bottom or 1), int(left or 1) - 1, int(right or 1) - 1)


def _whole(name: bytes, tag: bytes) -> int:
    found = _NUMBER_OF[name].search(tag)
    return int(found.group(1)) if found else 0


def _columns(tag: bytes) -> range:
    first, last = _whole(b"min", tag), _whole(b"max", tag)
    return range(max(first, 1) - 1, min(last, _MOST_COLUMNS))
