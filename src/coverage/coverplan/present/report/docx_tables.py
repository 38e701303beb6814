"""Tables of a document: real ones, whose heading repeats and whose rows stay whole."""

from ...core.text import Language
from . import wording
from .blocks import Cell, Facts, Table
from .docx_look import twips
from .docx_parts import Node, node, paragraph, run
from .widths import Fitted, lines_of

__all__ = ["facts_table", "report_table"]

_WHOLE_MM = 95
"""Height up to which a table is kept on one page."""
_TOGETHER, _SHORT = 3, 9
"""Last rows that stay together; facts up to which a table of facts is kept on one page."""
_LEADING, _ROOM_MM = 0.47, 1.2
"""Height of a line in millimetres a point, and room above and below it."""
_TERM, _FACT = 0.3, 12.0


def report_table(table: Table, fit: Fitted, language: Language) -> Node:
    """Return a table on paper.

    Parameters
    ----------
    table, fit, language
        The table, its columns fitted to the paper, and the language.
    """
    widths = [twips(width) for width in fit.widths_mm]
    heads = [
        _cell(wording.shown(column.label, language), width, fit.points, side="center", keep=True)
        for column, width in zip(table.columns, widths, strict=True)
    ]
    rows = [node("tr", node("trPr", node("cantSplit"), node("tblHeader")), *heads)]
    last = len(table.rows) - 1
    whole = _height(table, fit, language) < _WHOLE_MM
    for number, row in enumerate(table.rows):
        # The last rows and the notes below them stay together, so that no total stands alone.
        keep = whole or number >= last - _TOGETHER
        keep = keep and (number < last or bool(table.notes))
        total = number > last - table.totals
        rows.append(_row(table, row, widths, fit.points, language, keep=keep, bold=total))
    if not table.rows:
        rows.append(_nothing(sum(widths), len(widths), fit.points, language))
    return _table(widths, rows, wording.titled(table.title, language), heading=True)


def _height(table: Table, fit: Fitted, language: Language) -> float:
    """Return about how tall the rows of a table are, in millimetres."""
    height = 0.0
    for row in table.rows:
        lines = max(
            lines_of(wording.cell_words(value, column.kind, language), width, fit.points)
            for value, column, width in zip(row, table.columns, fit.widths_mm, strict=True)
        )
        height += lines * fit.points * _LEADING + _ROOM_MM
        if height > _WHOLE_MM:
            break
    return height


def facts_table(facts: Facts, width_mm: float, language: Language) -> Node:
    """Return facts as a table of two columns.

    Parameters
    ----------
    facts, width_mm, language
        The facts, the room between the margins, and the language.
    """
    term = twips(width_mm * _TERM)
    widths = [term, twips(width_mm) - term]
    last = len(facts.rows) - 1
    rows = []
    for number, (label, value) in enumerate(facts.rows):
        keep = last < _SHORT and number < last
        words = (wording.shown(label, language), wording.fact_words(value, language))
        cells = [
            _cell(word, width, _FACT, side="left", keep=keep, bold=place == 0)
            for place, (word, width) in enumerate(zip(words, widths, strict=True))
        ]
        rows.append(node("tr", node("trPr", node("cantSplit")), *cells))
    return _table(widths, rows, "", heading=False)


def _table(widths: list[int], rows: list[Node], title: str, *, heading: bool) -> Node:
    looks = [
        node("tblStyle", val="ReportTable"),
        node("tblW", w=sum(widths), type="dxa"),
        node("jc", val="center"),
        node("tblLayout", type="fixed"),
        node("tblLook", val="0420" if heading else "0400", firstRow=int(heading), noVBand=1),
    ]
    looks += [node("tblCaption", val=title)] * bool(title)
    grid = node("tblGrid", *(node("gridCol", w=width) for width in widths))
    return node("tbl", node("tblPr", *looks), grid, *rows)


def _row(
    table: Table,
    row: tuple[Cell, ...],
    widths: list[int],
    points: float,
    language: Language,
    *,
    keep: bool,
    bold: bool,
) -> Node:
    cells = [
        _cell(
            wording.cell_words(value, column.kind, language),
            width,
            points,
            side="left" if column.kind == "text" else "right",
            keep=keep,
            bold=bold,
        )
        for value, column, width in zip(row, table.columns, widths, strict=True)
    ]
    return node("tr", node("trPr", node("cantSplit")), *cells)


def _nothing(width: int, columns: int, points: float, language: Language) -> Node:
    words = wording.NOTHING.of(language)
    cell = _cell(words, width, points, side="center", span=columns)
    return node("tr", node("trPr", node("cantSplit")), cell)


def _cell(
    words: str,
    width: int,
    points: float,
    *,
    side: str,
    keep: bool = False,
    bold: bool = False,
    span: int = 1,
) -> Node:
    spans = [node("gridSpan", val=span)] * (span > 1)
    looks = node("tcPr", node("tcW", w=width, type="dxa"), *spans, node("vAlign", val="center"))
    line = paragraph(
        "TableText",
        run(words, bold=bold, points=points),
        keep=node("keepNext") if keep else None,
        side=node("jc", val=side),
    )
    return node("tc", looks, line)
