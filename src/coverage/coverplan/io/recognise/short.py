"""Looking at the head of a large table instead of at all of it."""

import csv
import itertools
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl

from ...core.errors import InputError
from ..bookparts import MOST_BYTES, too_large, unpacked_bytes
from ..cells import cell_text
from ..content import unreadable
from ..sheets import read_csv_rows
from ..tables import Table, read_table

HEAD_ROWS = 2000
"""Records looked at; a file with more is recognised by these."""

_WHOLE_BYTES = 4_000_000
_HEAD_BYTES = 2_000_000


def suffix_of(path: Path) -> str:
    """Return how a name ends, in small letters; ``.osm.pbf`` is one end."""
    name = path.name.lower()
    return ".osm.pbf" if name.endswith(".osm.pbf") else path.suffix.lower()


def head_of_csv(full: Path, file: str) -> tuple[Table, int, bool]:
    """Return the first records of a CSV file, how many it has (about), and whether these are all.

    Raises
    ------
    InputError
        As `read_table`.
    """
    size = full.stat().st_size
    if size <= _WHOLE_BYTES:
        try:
            table = read_table(full, file, may_be_empty=True)
        except InputError as error:
            if {problem.code for problem in error.problems} != {"file.cells"}:
                raise
            # A row with a cell too many: what the table is shows all the same.
            table = _of_rows([[str(cell) for cell in row] for _, row in read_csv_rows(full, file)])
        return table, len(table.frame), True
    with full.open("rb") as stream:
        raw = stream.read(_HEAD_BYTES)
    taken = len(raw)
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raw = raw[: taken // 2 * 2].decode("utf-16", errors="ignore").encode("utf-8")
    lines = raw.splitlines(keepends=True)
    about = round(size * max(len(lines) - 1, 1) / taken)
    return _read_lines(lines[:-1][: HEAD_ROWS + 1] or lines, file), about, False


def _read_lines(lines: list[bytes], file: str) -> Table:
    with tempfile.TemporaryDirectory() as folder:
        short = Path(folder) / "head.csv"
        for part in (lines, lines[: len(lines) // 2]):
            short.write_bytes(b"".join(part))
            try:
                return read_table(short, file, may_be_empty=True)
            except InputError as error:
                # The cut may go through a quoted cell of several lines.
                last = error
    raise last


def sheets_of(full: Path, file: str) -> list[tuple[str, bool, bool]]:
    """Return the sheets of a workbook: name, whether it can be seen, whether it holds a value.

    Raises
    ------
    InputError
        When it is no workbook, or too large.
    """
    try:
        size = unpacked_bytes(full)
    except Exception as error:
        raise InputError([unreadable(full, file, "table")]) from error
    if size > MOST_BYTES:
        raise InputError([too_large(file, size)])
    # Opened here, since the library leaves a file that it cannot read open.
    with full.open("rb") as opened:
        try:
            book = openpyxl.load_workbook(opened, read_only=True, data_only=True)
        except Exception as error:
            raise InputError([unreadable(full, file, "table")]) from error
        try:
            return [(s.title, s.sheet_state == "visible", _holds(s)) for s in book.worksheets]
        finally:
            book.close()


def _holds(sheet: Any) -> bool:
    sheet.reset_dimensions()
    return any(c not in {None, ""} for cells in sheet.values for c in cells)


def head_of_sheet(full: Path, file: str, sheet: str) -> tuple[Table, int, bool]:
    """Return the first records of a sheet, as `head_of_csv` does of a file.

    A sheet with faults that a reader must refuse, such as a formula without its result, is
    looked at as it stands: what it is shows all the same, and reading it says what is wrong.

    Raises
    ------
    InputError
        As `read_table`.
    """
    if full.stat().st_size <= _WHOLE_BYTES:
        try:
            table = read_table(full, file, sheet, may_be_empty=True)
        except InputError as error:
            if {problem.code for problem in error.problems} & _HOPELESS:
                raise
        else:
            return table, len(table.frame), True
    book = openpyxl.load_workbook(full, read_only=True)
    try:
        in_all = book[sheet].max_row
        book[sheet].reset_dimensions()
        values = itertools.islice(book[sheet].values, 2 * HEAD_ROWS)
        rows = [[cell_text(cell) for cell in row] for row in values]
    finally:
        book.close()
    table = _of_rows([row for row in rows if any(row)][: HEAD_ROWS + 1])
    whole = len(rows) < 2 * HEAD_ROWS
    return table, len(table.frame) if whole else max((in_all or 0) - 1, len(rows)), whole


_HOPELESS = frozenset({"file.empty", "file.unreadable", "file.too_large", "file.no_table"})


def _of_rows(rows: list[list[str]]) -> Table:
    """Return the table of some rows; cells beyond the width of most rows are left out."""
    widths = Counter(max((i for i, cell in enumerate(row, 1) if cell), default=0) for row in rows)
    width = max(widths, key=lambda one: (widths[one], one), default=0)
    with tempfile.TemporaryDirectory() as folder:
        short = Path(folder) / "head.csv"
        with short.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(row[:width] for row in rows)
        return read_table(short, "head.csv", may_be_empty=True)
