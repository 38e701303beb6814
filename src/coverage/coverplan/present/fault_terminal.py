"""The fault report on a terminal: what stops a run first, each with why and how to mend it."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text as Styled

from ..core.errors import render_problems
from ..core.text import Language, Text
from .faults import Cell, CheckReport, Fault, FaultTable, count_words, touched
from .terminal import plain
from .visible import visible

_ERRORS_SHOWN, _WARNINGS_SHOWN = 30, 12
_CELL_CHARACTERS = 60
_LINE_CHARACTERS = 2000


def fault_lines(fault: Fault, number: int, language: Language) -> str:
    """Return a fault as one paragraph: what, where, found, how to mend it, why, and whom."""
    paragraphs = render_problems(fault.problems, language)
    lines = [f"{number}. {paragraphs[0]}"]
    if len(paragraphs) > 1:
        more = len(paragraphs) - 1
        same = Text(
            f"同类还有 {more} 条，见 faults.csv", f"{more} more of this kind: see faults.csv"
        )
        lines.append(f"  {same.of(language)}")
    if fault.why is not None:
        lines.append(("  为何要紧：" if language == "zh" else "  why: ") + fault.why.of(language))
    touches = touched(fault).of(language)
    lines.append(("  涉及：" if language == "zh" else "  touches: ") + touches)
    every = "\n".join(lines).split("\n")
    return "\n".join(visible(line, _LINE_CHARACTERS) for line in every)


def print_report(console: Console, report: CheckReport, language: Language) -> None:
    """Print a fault report: the counts, errors, warnings, then what shows when files meet.

    Parameters
    ----------
    console, report, language
        Where, what, and in which words.
    """
    faults = report.faults
    errors = [fault for fault in faults if fault.error]
    warnings = [fault for fault in faults if not fault.error]
    head = f"{visible(report.title)}　{report.date}".strip("　")
    console.print(plain(head, "bold"))
    if report.notice:
        console.print(plain(visible(report.notice, _LINE_CHARACTERS), "italic"), soft_wrap=True)
    style = "red bold" if errors else "yellow bold" if warnings else "green"
    console.print(plain(count_words(faults).of(language), style), soft_wrap=True)
    first = Text("■ 错误：先改这些", "■ Errors: mend these first")
    then = Text("▲ 提醒：不妨碍运行", "▲ Warnings: they stop nothing")
    for title, colour, some, most in (
        (first, "red bold", errors, _ERRORS_SHOWN),
        (then, "yellow bold", warnings, _WARNINGS_SHOWN),
    ):
        if some:
            console.print(Styled(title.of(language), style=colour))
            _print_faults(console, some, most, language)
    for table in report.tables:
        for line in _BRIEFLY.get(table.id, _nothing)(table, language):
            console.print(plain(line), soft_wrap=True)


def _print_faults(console: Console, faults: Sequence[Fault], most: int, language: Language) -> None:
    for number, fault in enumerate(faults[:most], 1):
        console.print(plain(fault_lines(fault, number, language)), soft_wrap=True)
    if len(faults) > most:
        rest = len(faults) - most
        more = Text(f"……其余 {rest} 类见 faults.html", f"... {rest} more kinds: see faults.html")
        console.print(plain(more.of(language)))


def _meeting_lines(table: FaultTable, language: Language) -> list[str]:
    """Return what was found when the files met, one line each, and how much was not found."""
    found = [_by_head(table, row) for row in table.rows]
    some = [row for row in found if row["number"]]
    lines = [f"● {table.title.of(language)}"] if found else []
    for row in some:
        cells = {key: cell_words(cell, language) for key, cell in row.items()}
        whole = f" / {cells['of']}" if cells["of"] else ""
        names = f" ({cells['names']})" if cells["names"] else ""
        colon = "：" if language == "zh" else ": "
        told = f"{cells['what']} {cells['number']}{whole} {cells['measure']}{names}"
        lines.append(f"  {cells['where']}{colon}{told}")
    none = len(found) - len(some)
    nothing = Text(f"另查 {none} 项，没有发现", f"{none} more were looked for and not found")
    return [*lines, f"  {nothing.of(language)}"] if none else lines


def _column_lines(table: FaultTable, language: Language) -> list[str]:
    """Return one line for each file: what was looked for, and the column taken for it."""
    parts: dict[tuple[str, str], list[str]] = {}
    for row in (_by_head(table, row) for row in table.rows):
        if row["column"]:
            meaning = cell_words(row["meaning"], language)
            taken = f"{meaning} ← {cell_words(row['column'], language)}"
            parts.setdefault((str(row["file"]), str(row["part"])), []).append(taken)
    listed = "，" if language == "zh" else ", "
    lines = [f"● {table.title.of(language)}"] if parts else []
    for (file, part), every in parts.items():
        lines.append(f"  {visible(file, _CELL_CHARACTERS)} [{part}]  {listed.join(every)}")
    return lines


def _by_head(table: FaultTable, row: Sequence[Cell]) -> dict[str, Cell]:
    return dict(zip(table.heads, row, strict=True))


def _nothing(_: FaultTable, __: Language) -> list[str]:
    return []


_BRIEFLY = {"meeting": _meeting_lines, "columns": _column_lines}
"""Tables that are shown in a few lines here; the others stand in the page and the files."""


def cell_words(cell: Cell, language: Language, limit: int = _CELL_CHARACTERS) -> str:
    """Return a cell as people read it; what is not known says so.

    Examples
    --------
    >>> cell_words(12345, "en"), cell_words(None, "en"), cell_words(0.5, "zh")
    ('12,345', 'unknown', '0.5')
    """
    if cell is None:
        return "未知" if language == "zh" else "unknown"
    if isinstance(cell, Text):
        return visible(cell.of(language), limit)
    if isinstance(cell, str):
        return visible(cell, limit)
    return f"{cell:,}" if isinstance(cell, int) else f"{cell:,.6g}"
