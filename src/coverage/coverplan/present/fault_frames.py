"""The fault report as tables to read in a notebook."""

import pandas as pd

from ..core.errors import InputError, Problem
from ..core.text import Language, Text
from .fault_tables import plain_table
from .faults import CheckReport, Fault, touched
from .visible import visible

__all__ = ["show_faults"]

_ROWS_NAMED, _VALUES_NAMED, _CELL_CHARACTERS = 6, 3, 300

_HEADS = (
    Text("严重程度", "severity"),
    Text("文件", "file"),
    Text("行", "rows"),
    Text("列或键", "column or key"),
    Text("说明", "what"),
    Text("发现", "found"),
    Text("涉及", "touches"),
    Text("改法", "to mend"),
)
_SEVERITY = {True: Text("错误", "error"), False: Text("提醒", "warning")}


def show_faults(
    report: CheckReport, table: str | None = None, *, language: Language | None = None
) -> pd.DataFrame:
    """Return what a check found, to read in a notebook: faults, or one of its tables.

    Parameters
    ----------
    report
        Of `coverplan.check_study`.
    table
        None: the faults, those of one kind in one row, in the order to mend them. Else the id of a
        table of the report: ``meeting`` (what only shows when files meet), ``datum`` (of each
        file, with the shift and what it does to coverage), ``columns`` (what columns were taken
        for), ``people`` (how they add up), ``network`` (pieces of road) or ``files``.
    language
        Of the words; the study's own where it is None.

    Returns
    -------
    DataFrame
        Headings in words.

    Raises
    ------
    InputError
        When the report has no such table: with errors some cannot be made.

    Examples
    --------
    >>> import coverplan as cp
    >>> report = cp.check_study("no-such-file.toml")
    >>> found = cp.show_faults(report, language="en")
    >>> found[["severity", "file", "what"]].values.tolist()
    [['error', 'no-such-file.toml', 'there is no such study file']]
    """
    speak = language or report.language
    if table is None:
        rows = [_row(fault, speak) for fault in report.faults]
        return pd.DataFrame(rows, columns=[head.of(speak) for head in _HEADS], dtype=object)
    known = {one.id: one for one in report.tables}
    if table not in known:
        raise InputError([_no_table(table, list(known))])
    shown = known[table].shown()
    frame = plain_table(shown, speak)
    frame.columns = pd.Index([words.of(speak) for words in shown.heads.values()])
    return frame


def _row(fault: Fault, language: Language) -> tuple[str, ...]:
    first = fault.first
    expected = "" if first.expected is None else first.expected.of(language)
    values = dict.fromkeys(_said(p.found, language) for p in fault.problems if p.found is not None)
    cells = (
        _SEVERITY[fault.error].of(language),
        first.file or "",
        _listed([str(row) for row in fault.rows], _ROWS_NAMED),
        first.column or "",
        fault.title.of(language),
        _listed(list(values), _VALUES_NAMED),
        touched(fault).of(language),
        " ".join(part for part in (expected, first.mend.of(language)) if part),
    )
    return tuple(visible(cell, _CELL_CHARACTERS) for cell in cells)


def _said(found: str | Text, language: Language) -> str:
    return found.of(language) if isinstance(found, Text) else found


def _listed(words: list[str], most: int) -> str:
    return ", ".join(words[:most]) + (f" … ({len(words)})" if len(words) > most else "")


def _no_table(table: str, known: list[str]) -> Problem:
    return Problem(
        code="check.table",
        what=Text("检查报告里没有这张表", "the report has no such table"),
        column="table",
        found=table,
        expected=Text("、".join(known), ", ".join(known)),
        mend=Text("改用其中之一；有错误时有的表算不出", "name one of these; errors keep some away"),
    )
