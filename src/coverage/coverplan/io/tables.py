"""Reading CSV and Excel tables as text, with the row numbers a planner sees."""

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from ..core.errors import InputError, Problem, Problems
from ..core.text import Text

TABLE_SUFFIXES = frozenset({".csv", ".txt", ".tsv", ".xlsx", ".xlsm"})


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it stands in the file.

    Parameters
    ----------
    file
        Name to use in messages.
    frame
        Values as text (empty where a cell is empty), or as a geometry column ``geometry``.
    rows
        Row number of each record as a spreadsheet shows it, the header being row 1.
    """

    file: str
    frame: pd.DataFrame
    rows: np.ndarray

    def keep(self, mask: np.ndarray) -> "Table":
        """Return the records a boolean mask keeps, with their row numbers."""
        return Table(self.file, self.frame[mask].reset_index(drop=True), self.rows[mask])


def read_table(full: Path, file: str, sheet: str | None = None) -> Table:
    """Return the records of a CSV or Excel file; records with no value at all are left out.

    Raises
    ------
    InputError
        When the file is not readable as what its name says, or holds no record.
    """
    try:
        frame = _read_excel(full, sheet) if full.suffix.lower().startswith(".xls") else _csv(full)
    except (ValueError, KeyError, OSError, BadZipFile, pd.errors.ParserError) as error:
        raise InputError([_unreadable(file, error)]) from error
    frame = frame.fillna("").map(_as_text)
    frame.columns = [str(name).strip() for name in frame.columns]
    rows = np.arange(2, len(frame) + 2)
    filled = (frame != "").any(axis=1).to_numpy() if len(frame.columns) else np.zeros(0, bool)
    table = Table(file, frame, rows).keep(filled)
    if not len(table.frame):
        raise InputError([_empty(file)])
    return table


def _read_excel(full: Path, sheet: str | None) -> pd.DataFrame:
    return pd.read_excel(full, sheet_name=sheet or 0, dtype=object, engine="openpyxl")


def _csv(full: Path) -> pd.DataFrame:
    """Read UTF-8, with or without a mark, or else GB18030, which every GBK file also is."""
    separator = "\t" if full.suffix.lower() == ".tsv" else ","
    raw = full.read_bytes()
    try:
        raw.decode("utf-8-sig")
        encoding = "utf-8-sig"
    except UnicodeDecodeError:
        encoding = "gb18030"
    return pd.read_csv(full, sep=separator, dtype=str, keep_default_na=False, encoding=encoding)


def _as_text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def as_number(text: str) -> float | None:
    """Return the number a cell holds, None where it holds none; full-width digits are digits."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    try:
        number = float(plain)
    except ValueError:
        return None
    return number if np.isfinite(number) else None


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
    """
    values = np.full(len(table.frame), np.nan)
    for i, text in enumerate(table.frame[column]):
        number = as_number(text)
        if (number is None and not (optional and not text)) or (
            number is not None and not low <= number <= high
        ):
            problems.add(
                Problem(
                    code=code,
                    what=Text("数值不能使用", "a value cannot be used"),
                    file=table.file,
                    row=int(table.rows[i]),
                    column=column,
                    found=text or "（空）",
                    expected=expected,
                    mend=Text(
                        "改正这些单元格；不知道的值不要填 0",
                        "correct these cells; do not write 0 for what is not known",
                    ),
                )
            )
        elif number is not None:
            values[i] = number
    return values


def _unreadable(file: str, error: Exception) -> Problem:
    return Problem(
        code="file.unreadable",
        what=Text("文件无法读取", "the file cannot be read"),
        file=file,
        found=str(error).splitlines()[0] if str(error) else type(error).__name__,
        mend=Text(
            "用生成它的软件重新打开并另存，检查扩展名与内容是否一致",
            "open it in the program that made it, save it again, check that name and content agree",
        ),
    )


def _empty(file: str) -> Problem:
    return Problem(
        code="file.empty",
        what=Text("文件中没有任何记录", "there is no record in the file"),
        file=file,
        mend=Text("检查表头是否在第一行，数据是否在第一张工作表", "check header and sheet"),
    )
