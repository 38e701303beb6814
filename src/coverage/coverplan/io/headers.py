"""Finding the header of a table: below titles, over one row or several, with merged cells."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..core.errors import InputError, Problem
from ..core.text import Text
from .angles import as_angle
from .bookparts import Span
from .cells import as_number, as_year
from .columns import is_usual

Line = tuple[int, list[str]]
"""Row number as a spreadsheet shows it, and its cells as text."""

_MOST_TITLES = 8
_MOST_LEVELS = 4
_LOOKED_AT = 30
_LABEL = re.compile(
    r"：|[\u4e00-\u9fff]\s*:|^[（(]?单位|^\d{4}\s*年.*[月日度]$|^第.{1,4}季度$|^附件|^表\s*\d"
)


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table.

    Parameters
    ----------
    names
        Words of each column, the levels joined by ``/``; empty where a column has none.
    first, end
        Which of the lines hold it: from ``first`` to before ``end``.
    notes
        What a planner should know of how it was found: warnings.
    """

    names: list[str]
    first: int
    end: int
    notes: tuple[Problem, ...] = ()


def find_header(lines: Sequence[Line], spans: Sequence[Span], file: str) -> Header:
    """Return the header of a table: its first line below titles, and lower levels of it.

    A title is a line of one cell, or of few that say what they are (填报单位：…), above lines with
    more. Cells of two levels are joined: 床位数 over 护理型 is 床位数/护理型.

    Parameters
    ----------
    lines
        Rows with a value, as text; at least one.
    spans
        Merged cells of a workbook.
    file
        Name for messages.

    Raises
    ------
    InputError
        When there is a title, and what stands below it looks like a record.
    """
    first = 0
    while first < min(len(lines) - 1, _MOST_TITLES) and _is_title(lines, first):
        first += 1
    if first and any(_is_value(cell) for cell in lines[first][1]):
        raise InputError([_no_header(file, lines, first)])
    end = _end(lines, first, spans)
    names = _joined(lines[first:end], spans) if end > first + 1 else list(lines[first][1])
    notes = [_below_titles(file, lines, first)] if first else []
    notes += [_of_levels(file, lines[first:end], names)] if end > first + 1 else []
    return Header(names, first, end, tuple(notes))


def _is_title(lines: Sequence[Line], i: int) -> bool:
    filled = [cell for cell in lines[i][1] if cell]
    below = lines[i + 1 : i + 1 + _LOOKED_AT]
    most = max(sum(cell != "" for cell in cells) for _, cells in below)
    if len(filled) == 1:
        return most > 1 and not is_usual(filled[0])
    labels = [bool(_LABEL.search(cell)) for cell in filled]
    return (all(labels) and most >= len(filled)) or (any(labels) and 2 * len(filled) <= most)


def _is_value(cell: str) -> bool:
    """Return whether a cell holds a number; a year may head a column."""
    return (as_number(cell) is not None and as_year(cell) is None) or as_angle(cell) is not None


def _end(lines: Sequence[Line], first: int, spans: Sequence[Span]) -> int:
    """Return the line after the header: merged cells tell, else how the cells fill each other."""
    top = lines[first][0]
    here = [span for span in spans if span.top == top]
    deepest = min(max((span.bottom for span in here), default=top), top + _MOST_LEVELS - 1)
    last = len(lines) - 1
    end = first + 1
    while end < last and lines[end][0] <= deepest:
        end += 1
    if end == first + 1 and end < last and _under_groups(lines[end][1], here):
        end += 1
    if here:
        return end
    while end < last and end - first < _MOST_LEVELS and _goes_on(lines, first, end):
        end += 1
    return end


def _under_groups(under: list[str], spans: Sequence[Span]) -> bool:
    """Return whether a line names the columns under cells merged across."""
    wide = [span for span in spans if span.right > span.left]
    apart = [c for c, cell in enumerate(under) if not any(s.left <= c <= s.right for s in wide)]
    told = all(any(under[s.left : s.right + 1]) for s in wide)
    return bool(wide) and told and not any(_is_value(under[c]) for c in apart)


def _goes_on(lines: Sequence[Line], first: int, end: int) -> bool:
    """Return whether line ``end`` is one more level of the header that began at ``first``."""
    under = lines[end][1]
    filled = [c for c, cell in enumerate(under) if cell]
    if len(filled) <= 1 or any(_is_value(under[c]) for c in filled):
        return False
    width = max(len(cells) for _, cells in lines[first : end + 1])
    above = [
        next((cells[c] for _, cells in lines[first:end] if _at(cells, c)), "") for c in range(width)
    ]
    blank = [c for c in filled if not above[c]]
    if not blank or not all(c in blank or _begins_group(above, under, c) for c in filled):
        return False
    # Either the others stand alone above, or every column is named here and records follow.
    alone = any(above[c] and not _at(under, c) for c in range(width))
    return alone or (len(filled) == width and any(map(_is_value, lines[end + 1][1])))


def _begins_group(cells: list[str], under: list[str], c: int) -> bool:
    """Return whether a cell stands over several: the next one is empty, but not that below."""
    return not _at(cells, c + 1) and bool(_at(under, c + 1))


def _at(cells: list[str], c: int) -> str:
    return cells[c] if c < len(cells) else ""


def _joined(lines: Sequence[Line], spans: Sequence[Span]) -> list[str]:
    """Return the words of each column, from its highest level to its lowest."""
    width = max(len(cells) for _, cells in lines)
    levels = [_level(lines, k, spans, width) for k in range(len(lines))]
    names = []
    for words in zip(*levels, strict=True):
        told = [word for word in words if word]
        names.append("/".join(word for k, word in enumerate(told) if k == 0 or told[k - 1] != word))
    return names


def _level(lines: Sequence[Line], k: int, spans: Sequence[Span], width: int) -> list[str]:
    """Return one level of a header, the words of a group over each of its columns."""
    row, cells = lines[k]
    words = [_at(cells, c) for c in range(width)]
    merged = [span for span in spans if span.top == row and span.right > span.left]
    for span in merged:
        words[span.left : span.right + 1] = [_at(words, span.left)] * len(
            words[span.left : span.right + 1]
        )
    if merged or k == len(lines) - 1:
        return words
    below = [any(_at(under, c) for _, under in lines[k + 1 :]) for c in range(width)]
    for c in range(1, width):
        if not words[c] and below[c] and below[c - 1]:
            words[c] = words[c - 1]
    return words


def _rows_text(lines: Sequence[Line]) -> str:
    rows = [row for row, _ in lines]
    return str(rows[0]) if len(rows) == 1 else f"{rows[0]}–{rows[-1]}"


def _titles(lines: Sequence[Line], first: int) -> str:
    return " | ".join(cell for _, cells in lines[:first] for cell in cells if cell)


def _below_titles(file: str, lines: Sequence[Line], first: int) -> Problem:
    row = lines[first][0]
    return Problem(
        code="file.header",
        what=Text(
            f"表头取自第 {row} 行；以上 {first} 行是标题，没有读取",
            f"row {row} was taken as the header; the title above it was not read",
        ),
        file=file,
        row=row,
        found=_titles(lines, first),
        mend=Text(
            "核对表头是否在这一行；标题里若写了单位（如万人），先换算",
            "check that it is the header; convert what the title says is in other units",
        ),
        severity="warning",
    )


def _of_levels(file: str, lines: Sequence[Line], names: list[str]) -> Problem:
    return Problem(
        code="file.header_levels",
        what=Text(
            f"表头占第 {_rows_text(lines)} 行，上下各级的文字用 / 连接",
            f"the header takes rows {_rows_text(lines)}; the words of its levels are joined by /",
        ),
        file=file,
        row=lines[0][0],
        found=" | ".join(name for name in names if "/" in name),
        mend=Text(
            "核对连接后的列名；在研究文件的 columns 中按连接后的列名填写",
            "check the joined names; columns in the study file uses them",
        ),
        severity="warning",
    )


def _no_header(file: str, lines: Sequence[Line], first: int) -> Problem:
    row = lines[first][0]
    return Problem(
        code="file.header",
        what=Text(
            f"第 {row} 行以上像是标题，这一行却像是记录：找不到表头",
            f"what stands above row {row} looks like a title, that row like a record: "
            "no header was found",
        ),
        file=file,
        row=row,
        found=_titles(lines, first),
        expected=Text("各列都有名称的一行表头", "a header that names every column"),
        mend=Text("给每一列补上名称", "give every column a name"),
    )
