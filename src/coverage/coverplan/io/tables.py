"""Reading CSV and Excel tables as text, with the row numbers a planner sees."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from openpyxl.utils import get_column_letter

from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from .cells import as_number, as_year, cell_text
from .content import empty
from .sheets import Rows, read_csv_rows, read_excel_rows

TABLE_SUFFIXES = frozenset({".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls"})

_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060"))


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it stands in the file.

    Parameters
    ----------
    file
        Name to use in messages.
    frame
        Values as text (empty where a cell is empty).
    rows
        Row number of each record as a spreadsheet shows it, the header being row 1.
    repeated
        Names that head more than one column: which one is meant cannot be known.
    """

    file: str
    frame: pd.DataFrame
    rows: np.ndarray
    repeated: tuple[str, ...] = ()

    def keep(self, mask: np.ndarray) -> "Table":
        """Return the records a boolean mask keeps, with their row numbers."""
        return Table(
            self.file, self.frame[mask].reset_index(drop=True), self.rows[mask], self.repeated
        )


def read_table(
    full: Path, file: str, sheet: str | None = None, *, may_be_empty: bool = False
) -> Table:
    """Return the records of a CSV or Excel file; records with no value at all are left out.

    Parameters
    ----------
    full, file, sheet
        Where it is, its name for messages, and the sheet of a workbook.
    may_be_empty
        Whether a header without any record says that there is nothing.

    Raises
    ------
    InputError
        When the file is not readable as what its name says, or holds no record.
    """
    excel = full.suffix.lower().startswith(".xls")
    rows = read_excel_rows(full, file, sheet) if excel else read_csv_rows(full, file)
    if len(rows) < (1 if may_be_empty else 2):
        raise InputError([empty(file)])
    _check_header(rows, file)
    names, repeated = _names([cell_text(cell) for cell in rows[0][1]])
    records = [(row, [cell_text(cell) for cell in cells]) for row, cells in rows[1:]]
    _check_widths(records, len(names), file)
    width = len(names)
    frame = pd.DataFrame(
        [cells[:width] + [""] * (width - len(cells)) for _, cells in records],
        columns=pd.Index(names, dtype=object),
        dtype=object,
    )
    return Table(file, frame, np.array([row for row, _ in records], dtype=int), repeated)


def _names(header: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Return the names of columns on one line, all different, and those that come twice."""
    names: list[str] = []
    repeated: list[str] = []
    for i, raw in enumerate(header, 1):
        name = " ".join(raw.translate(_INVISIBLE).split()) or f"({get_column_letter(i)})"
        if name in names:
            repeated.append(name)
            name = f"{name} ({get_column_letter(i)})"
        names.append(name)
    return names, tuple(dict.fromkeys(repeated))


def _check_header(rows: Rows, file: str) -> None:
    """Refuse a title above the header: one filled cell, and several in a row below."""
    filled = [sum(cell_text(cell) != "" for cell in cells) for _, cells in rows[:5]]
    if filled[0] == 1 and max(filled) > 1:
        header = next(row for (row, _), n in zip(rows, filled, strict=False) if n > 1)
        title = next(cell_text(cell) for cell in rows[0][1] if cell_text(cell))
        raise InputError([_title(file, header, title)])


def _title(file: str, header: int, title: str) -> Problem:
    return Problem(
        code="file.header",
        what=Text(
            f"第一行像是标题，表头似乎在第 {header} 行",
            f"the first row looks like a title; the header seems to be in row {header}",
        ),
        file=file,
        row=header,
        found=title,
        expected=Text("第一行就是表头", "the header in the first row"),
        mend=Text("删去表头以上的行", "remove the rows above the header"),
    )


def _check_widths(records: Rows, width: int, file: str) -> None:
    problems = Problems()
    for row, cells in records:
        if any(cells[width:]):
            problems.add(
                Problem(
                    code="file.cells",
                    what=Text("这一行的单元格比表头多", "a row has more cells than the header"),
                    file=file,
                    row=row,
                    found=str(next(cell for cell in cells[width:] if cell)),
                    expected=Text(f"{width} 列", f"{width} columns"),
                    mend=Text(
                        "补上表头；文字中有逗号的单元格要加双引号",
                        "complete the header; put quotes around text with commas",
                    ),
                )
            )
    problems.raise_if_any()


def check_repeated(table: Table, used: Iterable[str], problems: Problems) -> None:
    """Note columns that are used but whose names head more than one column."""
    for name in sorted(set(used) & set(table.repeated)):
        problems.add(
            Problem(
                code="column.repeated",
                what=Text("同名的列不止一个，不知用哪一个", "more than one column has this name"),
                file=table.file,
                row=1,
                column=name,
                mend=Text("改名或删去多余的一列", "rename one of them, or remove it"),
            )
        )


def numbers(
    table: Table,
    column: str,
    problems: Problems,
    *,
    code: str,
    expected: Text,
    low: float = -np.inf,
    high: float = np.inf,
    optional: bool = False,
    years: bool = False,
) -> np.ndarray:
    """Return a column as numbers, NaN where it holds none; every wrong cell becomes a problem.

    Parameters
    ----------
    table, column
        What to read.
    problems
        Where faults go.
    code, expected
        Identifier of the fault, and what should have been there.
    low, high
        Bounds, inclusive.
    optional
        Whether a cell may be empty.
    years
        Whether the cells name years.
    """
    values = np.full(len(table.frame), np.nan)
    read = as_year if years else as_number
    for i, text in enumerate(table.frame[column]):
        number = read(text)
        if number is not None and low <= number <= high:
            values[i] = number
        elif not (optional and not text):
            problems.add(
                Problem(
                    code=code,
                    what=Text("数值不能使用", "a value cannot be used"),
                    file=table.file,
                    row=int(table.rows[i]),
                    column=column,
                    found=text,
                    expected=expected,
                    mend=_LEAVE_EMPTY if optional else _NO_ZERO,
                )
            )
    return values


_NO_ZERO = Text(
    "改正这些单元格；不知道的值不要填 0",
    "correct these cells; do not write 0 for what is not known",
)
_LEAVE_EMPTY = Text(
    "改正这些单元格；不知道的值留空", "correct these cells; leave empty what is not known"
)
