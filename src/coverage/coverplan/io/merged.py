"""Merged cells among the records of a workbook: their value counts for each of their cells."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from ..core.errors import InputError, Problem
from ..core.text import Text
from .bookparts import Span
from .headers import Line


def fill_merged(
    lines: Sequence[Line], spans: Sequence[Span], width: int, file: str
) -> tuple[list[Line], set[tuple[int, int]], list[Problem]]:
    """Return records with the value of each merged cell in all of its cells.

    Parameters
    ----------
    lines
        The records: row number and cells.
    spans
        Merged cells of the sheet.
    width
        Columns of the table; beyond them nothing is filled.
    file
        Name for messages.

    Returns
    -------
    tuple
        The records; row number and column (from 0) of each cell whose value several share; and a
        note of how many there are.

    Raises
    ------
    InputError
        When merged cells overlap, as no spreadsheet lets them.
    """
    if not spans:
        return list(lines), set(), []
    numbers = [row for row, _ in lines]
    filled = [(row, cells + [""] * (width - len(cells))) for row, cells in lines]
    shared: set[tuple[int, int]] = set()
    merged, visited, first = 0, 0, 0
    for span in spans:
        begin = bisect_left(numbers, span.top)
        rows = range(begin, bisect_right(numbers, span.bottom))
        columns = range(span.left, min(span.right + 1, width))
        text = filled[begin][1][span.left] if rows and columns else ""
        if not text or numbers[begin] != span.top or len(rows) * len(columns) == 1:
            continue
        visited += len(rows) * len(columns)
        if visited > len(lines) * width:
            raise InputError([_overlap(file, span.top)])
        for i in rows:
            filled[i][1][span.left : columns.stop] = [text] * len(columns)
            shared.update((numbers[i], c) for c in columns)
        merged += 1
        first = first or span.top
    notes = [_filled(file, first, merged, visited - merged)] if merged else []
    return filled, shared, notes


def _overlap(file: str, row: int) -> Problem:
    return Problem(
        code="file.merged_overlap",
        what=Text("合并单元格互相重叠，文件已损坏", "merged cells overlap: the file is damaged"),
        file=file,
        row=row,
        mend=Text("在 Excel 中打开，另存一次", "open it in Excel, and save it again"),
    )


def _filled(file: str, row: int, merged: int, cells: int) -> Problem:
    return Problem(
        code="file.merged",
        what=Text(
            f"{merged} 个合并单元格：内容补到其中 {cells} 个空格里",
            f"{merged} merged cells: what they say was filled into {cells} empty cells",
        ),
        file=file,
        row=row,
        mend=Text(
            "核对；取消合并并逐行填写最可靠",
            "check them; unmerged cells, filled row by row, are safest",
        ),
        severity="warning",
    )


def several_rows(file: str, row: int, column: str, found: str) -> Problem:
    """Return the fault of a number that stands in one merged cell for several rows."""
    return Problem(
        code="file.merged_number",
        what=Text(
            "一个合并单元格的数对应几行，不知道各行是多少",
            "one merged cell holds the number of several rows: the share of each is not known",
        ),
        file=file,
        row=row,
        column=column,
        found=found,
        expected=Text("每行一个数", "one number in each row"),
        mend=Text("取消合并，逐行填写", "unmerge it, and give each row its number"),
    )
