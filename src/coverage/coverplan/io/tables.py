"""Reading CSV and Excel tables as text, with the row numbers a planner sees."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from openpyxl.utils import get_column_letter

from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.database import DatabaseUrl
from .cells import as_number, as_year, cell_text
from .collecting import without_collection
from .content import empty
from .database import no_plain_table
from .headers import Line, find_header
from .leftout import records_of
from .merged import fill_merged, several_rows
from .plainnumbers import blocks_of, plain_numbers
from .sheets import Rows, Sheet, read_csv_rows, read_excel_rows

TABLE_SUFFIXES = frozenset({".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls"})


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
    shared
        Row number and column of cells whose value is that of a merged cell over several.
    """

    file: str
    frame: pd.DataFrame
    rows: np.ndarray
    repeated: tuple[str, ...] = ()
    shared: frozenset[tuple[int, str]] = frozenset()

    def words(self, column: str) -> list[str]:
        """Return the cells of a column."""
        return list(self.frame[column].to_numpy(dtype=object))

    def keep(self, mask: np.ndarray) -> "Table":
        """Return the records a boolean mask keeps, with their row numbers."""
        frame = self.frame[mask].reset_index(drop=True)
        return replace(self, frame=frame, rows=self.rows[mask])


def read_table(
    full: Path,
    file: str,
    sheet: str | None = None,
    *,
    may_be_empty: bool = False,
    problems: Problems | None = None,
    encoding: str | None = None,
    done: Callable[[int], None] | None = None,
) -> Table:
    """Return the records of a CSV or Excel file as a bureau has it.

    Titles above the header, totals, notes below and rows without any value are left out; the
    levels of a header are joined; a merged cell counts for each of its cells.

    Parameters
    ----------
    full, file, sheet
        Where it is, its name for messages, and the sheet of a workbook.
    may_be_empty
        Whether a header without any record says that there is nothing.
    problems
        Where what a planner should know of all that is noted: warnings, and formulas without
        their results, whose cells are read as empty; without it such formulas are raised.
    encoding
        Of a CSV file, where the study states it.
    done
        Called now and then with the bytes of a CSV file read since the last call.

    Raises
    ------
    InputError
        When the file is not readable as what its name says, or holds no record.
    """
    least = 1 if may_be_empty else 2
    with without_collection():
        found = _sheet(full, file, sheet, encoding, done)
        lines = found.rows
        if len(lines) < least:
            _pass_on(found.notes, problems)
            raise InputError([empty(file)])
        try:
            header = find_header(lines, found.spans, file)
            above = lines[header.first : header.end]
            kept = records_of(lines[header.end :], above, header.names, found.spans, file)
        except InputError:
            # Where the file cannot be used in the end, these are faults of it as well.
            _pass_on(found.notes, problems)
            raise
        _pass_on(_of_use(found.notes, {row for row, _ in [*above, *kept.lines]}), problems)
        records, shared, merged = fill_merged(kept.lines, found.spans, len(header.names), file)
        if len(records) + 1 < least:
            raise InputError([empty(file)])
        if problems is not None:
            problems.extend([*header.notes, *kept.notes, *merged])
        names, repeated = _names(header.names)
        _check_widths(records, len(names), file)
        return _table(file, records, names, repeated, shared)


def _of_use(notes: Iterable[Problem], rows: set[int]) -> list[Problem]:
    """Return notes without formulas in rows nobody reads, such as a total below the records."""
    return [note for note in notes if note.code != "file.formula" or note.row in rows]


def _pass_on(notes: Iterable[Problem], problems: Problems | None) -> None:
    """Note what was met in a file; without a place for it, raise the errors."""
    noted = Problems(list(notes))
    if problems is None:
        noted.raise_if_any()
    else:
        problems.extend(noted)


def _sheet(
    full: Path,
    file: str,
    sheet: str | None,
    encoding: str | None,
    done: Callable[[int], None] | None,
) -> Sheet:
    """Return the rows of a file as text."""
    if isinstance(full, DatabaseUrl):
        raise InputError([no_plain_table(file)])
    if full.suffix.lower().startswith(".xls"):
        found = read_excel_rows(full, file, sheet)
        return replace(found, rows=_as_text(found.rows))
    return Sheet(read_csv_rows(full, file, done, encoding))


def _as_text(rows: Rows) -> list[Line]:
    """Return the rows of a workbook as text, those without any left out."""
    for _, cells in rows:
        # In their place: not twice in memory.
        cells[:] = map(cell_text, cells)
    return [line for line in rows if any(line[1])]


def _table(
    file: str,
    records: list[Line],
    names: list[str],
    repeated: tuple[str, ...],
    shared: set[tuple[int, int]],
) -> Table:
    width = len(names)
    frame = pd.DataFrame({c: _column(records, c) for c in range(width)})
    frame.columns = pd.Index(names, dtype=object)
    return Table(
        file,
        frame,
        np.array([row for row, _ in records], dtype=int),
        repeated,
        frozenset((row, names[c]) for row, c in shared if c < width),
    )


def _column(records: list[Line], c: int) -> pd.api.extensions.ExtensionArray | np.ndarray:
    """Return a column, empty where a row ends before it: a fifth of the memory objects need."""
    cells = [row[c] if c < len(row) else "" for _, row in records]
    try:
        return pd.array(cells, dtype="str")
    except UnicodeEncodeError:
        # Half of a character, as damaged workbooks have.
        return np.array(cells, dtype=object)


def _names(header: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Return the names of columns on one line, all different, and those that come twice."""
    names: list[str] = []
    repeated: list[str] = []
    for i, raw in enumerate(header, 1):
        name = " ".join(raw.split()) or f"({get_column_letter(i)})"
        if name in names:
            repeated.append(name)
            name = f"{name} ({get_column_letter(i)})"
        names.append(name)
    return names, tuple(dict.fromkeys(repeated))


def _check_widths(records: list[Line], width: int, file: str) -> None:
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
    shared: bool = False,
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
    shared
        Whether the number of a merged cell may count for each of its rows, as a year does; that
        of people or beds may not.
    """
    values = np.full(len(table.frame), np.nan)
    read = as_year if years else as_number
    singly = years or (bool(table.shared) and not shared)
    for i, text in _not_plain(table, column, values, low, high, one_by_one=singly):
        number = read(text)
        if number is not None and low <= number <= high:
            if years or shared or (int(table.rows[i]), column) not in table.shared:
                values[i] = number
            else:
                problems.add(several_rows(table.file, int(table.rows[i]), column, text))
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


def _not_plain(
    table: Table, column: str, values: np.ndarray, low: float, high: float, *, one_by_one: bool
) -> Iterator[tuple[int, str]]:
    """Set the values of plain numbers within bounds; yield the cells to be looked at singly."""
    for begin, cells, text in blocks_of(table.words(column)):
        fits = np.zeros(len(cells), dtype=bool)
        plain = None if text is None or one_by_one else plain_numbers(text)
        if plain is not None:
            fits = (plain >= low) & (plain <= high)
            values[begin : begin + len(cells)][fits] = plain[fits]
        for i in np.flatnonzero(~fits).tolist():
            yield begin + i, cells[i]


_NO_ZERO = Text(
    "改正这些单元格；不知道的值不要填 0",
    "correct these cells; do not write 0 for what is not known",
)
_LEAVE_EMPTY = Text(
    "改正这些单元格；不知道的值留空", "correct these cells; leave empty what is not known"
)
