"""A report as a workbook: contents first, one sheet a table, the text last."""

import datetime
import math
from fractions import Fraction
from typing import Literal

from ...core.text import Language, Text
from ...io.bookpages import Book, BookCell, BookColumn, BookLine, BookTable, book_bytes
from ..visible import visible
from . import wording
from .blocks import Bullets, Cell, ColumnKind, Facts, Figure, Paragraph, Report, Table
from .numbering import Heading, Numbered, caption, numbered
from .widths import characters

__all__ = ["render_xlsx"]

_MOST = 32_000
_NARROWEST, _WIDEST, _ROOM = 7.0, 60.0, 3.0
_HEAD_LINES = 2
_REPORT = Text("正文", "Report")
_FOOTER = Text("第 &P 页，共 &N 页", "Page &P of &N")
_DAY = "yyyy-mm-dd"
_DEGREES = "0.000000"
_WHOLE: dict[ColumnKind, str] = {
    "minutes": "0",
    "points": "0.0",
    "year": "0",
    "degrees": _DEGREES,
}
_BROKEN: dict[ColumnKind, str] = {
    "people": "#,##0",
    "metres": "#,##0",
    "minutes": "0.0",
    "points": "0.0",
    "year": "0",
    "degrees": _DEGREES,
    "yuan": "#,##0.00",
}


def render_xlsx(report: Report, language: Language, *, paper: Literal["a4", "a3"] = "a4") -> bytes:
    """Return a report as the bytes of an .xlsx file; the same report gives the same bytes.

    Numbers are numbers: percentages as Excel has them (0.47 shown as 47.0%), what rounds to
    nought or to a hundred without being so is shown as ``<0.1 %`` and ``>99.9 %``; what is
    unknown is the word for it. Text that a spreadsheet would take for a formula is marked as in
    the CSV tables.

    Parameters
    ----------
    report, language
        The content, and the language of all words but those of the planner's own.
    paper
        Its size when printed.
    """
    lines = list(numbered(report))
    tables = [
        (line.block, line.number)
        for line in lines
        if isinstance(line, Numbered) and isinstance(line.block, Table)
    ]
    return book_bytes(
        Book(
            title=visible(report.title, 255),
            day=report.date,
            cover=_cover(report, [table for table, _ in tables], language),
            tables=tuple(_table(table, number, language) for table, number in tables),
            text=tuple(_text(lines, language)),
            names=(wording.CONTENTS.of(language), _REPORT.of(language)),
            footer=_FOOTER.of(language),
        ),
        paper=paper,
    )


def _say(words: Text | str, language: Language) -> str:
    return wording.shown(words, language, _MOST)


def _cover(report: Report, tables: list[Table], language: Language) -> tuple[BookLine, ...]:
    day = wording.long_date(report.date, language)
    head = [
        BookLine("title", wording.titled(report.title, language)),
        BookLine("heading", _say(report.subtitle, language)),
        BookLine("fact", _say(wording.DATE, language), BookCell(day)),
        *(
            BookLine("fact", _say(term, language), _fact(value, language))
            for term, value in report.front
        ),
        *_run(report, language),
        BookLine("text", _say(report.approval, language)),
    ]
    if report.notice:
        head.append(BookLine("text", _say(report.notice, language)))
    head.append(BookLine("heading", wording.CONTENTS.of(language)))
    return (*head, *(_link(table, number, language) for number, table in enumerate(tables, 1)))


def _run(report: Report, language: Language) -> list[BookLine]:
    """Return the line of the run, where no fact on the front has it."""
    if wording.RUN in dict(report.front):
        return []
    return [BookLine("fact", _say(wording.RUN, language), BookCell(_say(report.run_id, language)))]


def _link(table: Table, number: int, language: Language) -> BookLine:
    kind, words = caption(table, language)
    return BookLine("link", f"{kind} {number}  {words}", table=number - 1)


def _table(table: Table, number: int, language: Language) -> BookTable:
    kind, title = caption(table, language)
    columns = []
    for place, column in enumerate(table.columns):
        head = _say(column.label, language)
        words = (wording.cell_words(row[place], column.kind, language) for row in table.rows)
        longest = max((2 * characters(word) for word in words), default=0.0)
        width = max(longest, 2 * math.ceil(characters(head) / _HEAD_LINES) + 1) + _ROOM
        width = round(min(max(width, _NARROWEST), _WIDEST), 1)
        columns.append(BookColumn(head, column.kind != "text", width))
    notes = (
        wording.note_mark(place, len(table.notes), language) + _say(note, language)
        for place, note in enumerate(table.notes, 1)
    )
    return BookTable(
        name=f"{kind}{'' if language == 'zh' else ' '}{number} {title}",
        title=f"{kind} {number}  {title}",
        columns=tuple(columns),
        rows=tuple(
            tuple(
                _cell(value, column.kind, language)
                for value, column in zip(row, table.columns, strict=True)
            )
            for row in table.rows
        ),
        totals=table.totals,
        notes=tuple(notes) if table.rows else (wording.NOTHING.of(language), *notes),
    )


def _cell(value: Cell, kind: ColumnKind, language: Language) -> BookCell:
    """Return a cell: a number under a format where it is one, else its words."""
    if isinstance(value, datetime.date):
        return BookCell(value, _DAY)
    if isinstance(value, str | Text):
        return BookCell(_say(value, language))
    words = wording.cell_words(value, kind, language)
    if not wording.is_number(value):
        return BookCell(words, faint=value is None)
    exact = Fraction(str(value))
    number = int(exact) if exact.denominator == 1 else float(exact)
    form = _form(words, kind, whole=exact.denominator == 1)
    return BookCell(float(exact / 100) if kind == "percent" else number, form)


def _form(words: str, kind: ColumnKind, *, whole: bool) -> str:
    if words[0] in "<>":
        # What rounds to nought or to all of them is said in words, above and below nought.
        plain = words.replace("\u00a0", "")
        return f'"{plain}";"{plain}"'
    if kind == "percent":
        return "0.0%"
    if whole:
        return _WHOLE.get(kind, "#,##0")
    return _BROKEN.get(kind, "#,##0.0##")


def _fact(value: Cell, language: Language) -> BookCell:
    if isinstance(value, datetime.date):
        return BookCell(wording.long_date(value, language))
    return _cell(value, "number", language)


def _text(lines: list[Heading | Numbered], language: Language) -> list[BookLine]:
    made: list[BookLine] = []
    for line in lines:
        if isinstance(line, Heading):
            made.append(BookLine("heading", line.words(language)))
        else:
            made += _block(line, language)
    return made


def _block(line: Numbered, language: Language) -> list[BookLine]:
    block = line.block
    if isinstance(block, Paragraph):
        mark = wording.WARNING.of(language) if block.kind == "warning" else ""
        return [BookLine("text", mark + _say(block.text, language))]
    if isinstance(block, Bullets):
        marks = [f"{n}. " if block.numbered else "• " for n in range(1, len(block.items) + 1)]
        return [
            BookLine("text", mark + _say(item, language))
            for mark, item in zip(marks, block.items, strict=True)
        ]
    if isinstance(block, Facts):
        return [
            BookLine("fact", _say(term, language), _fact(value, language))
            for term, value in block.rows
        ]
    if isinstance(block, Table):
        return [_link(block, line.number, language)]
    kind, words = caption(block, language)
    about = block.alt if isinstance(block, Figure) else block.elsewhere
    told = _say(about, language)
    return [BookLine("text", f"{kind} {line.number}  {words}{wording.AFTER.of(language)}{told}")]
