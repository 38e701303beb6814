"""The fault report as tables: one row for each fault, none folded, headings that stay the same."""

from collections.abc import Iterable

import pandas as pd

from ..core.errors import Problem
from ..core.text import Language, Text
from ..domain.fault_reasons import reason_of
from .faults import Cell, FaultTable, fold
from .visible import visible

FAULT_COLUMNS = (
    "severity", "severity_label", "code", "file", "row", "column", "what", "found", "expected",
    "why", "people", "sites", "mend",
)  # fmt: skip
"""Columns of ``faults.csv``."""

_SEVERITY = {"error": Text("错误", "error"), "warning": Text("提醒", "warning")}
_CELL_CHARACTERS = 2000


def faults_table(problems: Iterable[Problem], language: Language) -> pd.DataFrame:
    """Return one row for each fault, in the order to mend them.

    Parameters
    ----------
    problems, language
        The faults, and the language of their words.

    Returns
    -------
    DataFrame
        Columns `FAULT_COLUMNS`; ``people`` and ``sites`` are empty where not known, ``found`` is
        empty also where an empty value was met.
    """
    rows = [_row(p, language) for fault in fold(problems) for p in fault.problems]
    frame = pd.DataFrame(rows, columns=list(FAULT_COLUMNS), dtype=object)
    whole = ["row", "people", "sites"]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def _row(p: Problem, language: Language) -> tuple[object, ...]:
    why = reason_of(p.code)
    return (
        p.severity,
        _SEVERITY[p.severity].of(language),
        p.code,
        _cell(p.file, language),
        p.row,
        _cell(p.column, language),
        _cell(p.what, language),
        _cell(p.found, language),
        _cell(p.expected, language),
        _cell(why, language),
        p.people,
        p.sites,
        _cell(p.mend, language),
    )


def _cell(value: str | Text | None, language: Language) -> str:
    if value is None:
        return ""
    words = value.of(language) if isinstance(value, Text) else value
    return visible(words, _CELL_CHARACTERS)


def plain_table(table: FaultTable, language: Language) -> pd.DataFrame:
    """Return a table of the report for a file: keys as headings, unknown left empty."""
    rows = [tuple(_plain(cell, language) for cell in row) for row in table.rows]
    return pd.DataFrame(rows, columns=list(table.heads), dtype=object)


def _plain(cell: Cell, language: Language) -> object:
    return _cell(cell, language) if isinstance(cell, str | Text) else cell
