"""Rows of a table that are no records: totals, notes below, section titles, repeated headers."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..core.errors import Problem
from ..core.text import Text
from .bookparts import Span
from .cells import as_number
from .headers import Line

_TOTAL = re.compile(
    r"[一二三四五六七八九十]?[、.]?.{0,12}(?:合计|总计|共计|小计)(?:\(.{0,6}\))?:?"
    r"|(?:sub|grand)?-?totals?:?"
)
_PART = re.compile(r"小计|subtotal|sub-total")
_NOTE = re.compile(
    r"(?:注|备注|说明|附注|注释|填表|制表|审核|复核|负责人|单位负责人|经办|联系|电话|数据来源|资料来源|"
    r"来源|填报|日期|统计时间|截止|截至|盖章|notes?|sources?|remarks?|preparedby)[^:]{0,12}:"
    r"|注\d?[.、]|※"
)
_NO_SUM = re.compile(
    r"率|比例|比重|占比|平均|均|%|％|经度|纬度|坐标|年份|时间|日期|代码|编码|编号|序号|电话|"
    r"percent|share|rate|mean|lon|lat|code|year|phone",
    re.IGNORECASE,
)
_LONGEST_COUNT = 4
"""Digits of a running number; a longer number in front of a total is a code, and a record's."""

_NUMBERED = re.compile(r"[(]?(\d{1,2})[)]?")
_CHAPTER = re.compile(r"[(]?[一二三四五六七八九十]{1,3}[)、.]")
_LETTERED = "甲乙丙丁戊己庚辛壬癸"
_LEAST_NUMBERED = 3


@dataclass(frozen=True, slots=True)
class Kept:
    """The records of a table, and what is to be said of the rows that are none."""

    lines: list[Line]
    notes: tuple[Problem, ...] = ()


def records_of(
    lines: Sequence[Line],
    header: Sequence[Line],
    names: Sequence[str],
    spans: Sequence[Span],
    file: str,
) -> Kept:
    """Return the records among the rows below a header.

    Left out, each with a note, are totals (合计, 总计, 共计, 小计; their figures are compared with
    the rows), notes below the table (注：, 填表人：), section titles (merged across the table,
    or counted 一、 and alone in their row), the header again, and a row that numbers the columns.

    Parameters
    ----------
    lines
        Rows below the header.
    header, names
        The rows of the header, and the name of each column.
    spans
        Merged cells of a workbook.
    file
        Name for messages.
    """
    notes: list[Problem] = []
    kept = list(lines)
    if kept and _numbers_columns(kept[0][1], names):
        notes.append(_said(file, "file.column_numbers", kept[:1], _COLUMN_NUMBERS))
        kept = kept[1:]
    kept = _without(kept, _again(kept, header), file, "file.header_again", _AGAIN, notes)
    below = _notes_below(kept, len(names))
    kept = _without(kept, below, file, "file.notes", _NOTES, notes)
    kept = _without(
        kept, _sections(kept, spans, len(names)), file, "file.sections", _SECTIONS, notes
    )
    totals = [line for line in kept if is_total(line[1])]
    if totals and len(totals) < len(kept):
        notes.append(_said(file, "file.totals", totals, _TOTALS))
        notes += _differences(kept, totals, names, file)
        rows = {row for row, _ in totals}
        kept = [line for line in kept if line[0] not in rows]
    return Kept(kept, tuple(notes))


def is_total(cells: Sequence[str]) -> bool:
    """Return whether a row is a total: its first word says so, a running number may precede it.

    Examples
    --------
    >>> is_total(["", "合 计", "120"]), is_total(["330624000000", "合计", "120"])
    (True, False)
    """
    for cell in cells:
        if cell and not (cell.isdigit() and len(cell) <= _LONGEST_COUNT):
            # Most cells of large tables are told apart by this alone.
            if cell.isascii() and "t" not in cell and "T" not in cell:
                return False
            return _TOTAL.fullmatch(_folded(cell)) is not None
    return False


def _folded(cell: str) -> str:
    return "".join(unicodedata.normalize("NFKC", cell[:60]).casefold().split())


def _without(
    lines: list[Line], out: list[Line], file: str, code: str, what: Text, notes: list[Problem]
) -> list[Line]:
    if not out:
        return lines
    notes.append(_said(file, code, out, what))
    rows = {row for row, _ in out}
    return [line for line in lines if line[0] not in rows]


def _numbers_columns(cells: list[str], names: Sequence[str]) -> bool:
    """Return whether a row says only which column is which: 甲 乙 1 2 3, or (1) (2) (3)."""
    words = [unicodedata.normalize("NFKC", cell[:8]) for cell in cells if cell]
    letters = [word for word in words if len(word) == 1 and word in _LETTERED]
    found = [_NUMBERED.fullmatch(word) for word in words[len(letters) :]]
    named = sum(name != "" for name in names)
    if len(words) < max(_LEAST_NUMBERED, named) or words[: len(letters)] != letters:
        return False
    counted = [int(match.group(1)) for match in found if match is not None]
    return (
        len(counted) == len(found)
        and letters == list(_LETTERED[: len(letters)])
        and counted == list(range(1, len(counted) + 1))
    )


def _again(lines: list[Line], header: Sequence[Line]) -> list[Line]:
    wanted = [_filled(cells) for _, cells in header]
    return [line for line in lines if _filled(line[1]) in wanted]


def _filled(cells: Sequence[str]) -> list[str]:
    return [cell for cell in cells if cell]


def _notes_below(lines: list[Line], width: int) -> list[Line]:
    """Return the rows from the first note below the table on; none of them is a record."""
    thin = min(2, width - 1)
    start = len(lines)
    for i in range(len(lines) - 1, -1, -1):
        filled = _filled(lines[i][1])
        note = len(filled) < max(width, 2) and _NOTE.match(_folded(filled[0])) is not None
        if note:
            start = i
        elif len(filled) > thin:
            break
    return lines[start:]


def _sections(lines: list[Line], spans: Sequence[Span], width: int) -> list[Line]:
    """Return the rows whose only cell is merged across, or counts as titles do (一、): titles."""
    wide = {span.top for span in spans if span.top == span.bottom and span.right > span.left + 1}
    alone = [(line, filled[0]) for line in lines if len(filled := _filled(line[1])) == 1]
    # Saved as text a table has lost its merged cells.
    text = width >= _LEAST_NUMBERED
    return [
        line
        for line, cell in alone
        if line[0] in wide or (text and _CHAPTER.match(_folded(cell)) is not None)
    ]


def _differences(
    lines: list[Line], totals: list[Line], names: Sequence[str], file: str
) -> list[Problem]:
    """Return where a total is not the sum of its rows."""
    rows = {row for row, _ in totals}
    records = [line for line in lines if line[0] not in rows]
    found: list[Problem] = []
    for i, line in enumerate(lines):
        if line[0] in rows and len(found) < _MOST_COMPARED:
            part = any(_PART.search(_folded(cell)) for cell in line[1] if cell)
            block = _block(lines, i, rows) if part else records
            found += _unlike(line, block, names, file)
    return found


def _block(lines: list[Line], i: int, totals: set[int]) -> list[Line]:
    """Return the records a subtotal is of: those before it; those after it where it leads them."""
    before = i
    while before and lines[before - 1][0] not in totals:
        before -= 1
    if before < i:
        return lines[before:i]
    after = i + 1
    while after < len(lines) and lines[after][0] not in totals:
        after += 1
    return lines[i + 1 : after]


def _unlike(
    total: Line, block: Sequence[Line], names: Sequence[str], file: str
) -> Iterable[Problem]:
    row, cells = total
    for c, name in enumerate(names):
        given = _exact(cells[c]) if c < len(cells) else None
        if given is None or not name or _NO_SUM.search(name):
            continue
        column = [line[1][c] for line in block if c < len(line[1]) and line[1][c]]
        values = [value for cell in column if (value := _exact(cell)) is not None]
        if not values or len(values) < len(column):
            continue
        if sum(values) != given:
            yield _differs(file, row, name, cells[c], sum(values, Fraction(0)))


def _exact(cell: str) -> Fraction | None:
    number = as_number(cell)
    return None if number is None else Fraction(repr(number))


def _differs(file: str, row: int, column: str, given: str, rows: Fraction) -> Problem:
    total = f"{float(rows):.12g}"
    return Problem(
        code="file.totals_differ",
        what=Text("合计与各行之和不符", "a total is not the sum of its rows"),
        file=file,
        row=row,
        column=column,
        found=given,
        expected=Text(f"各行之和 {total}", f"the sum of the rows, {total}"),
        mend=Text(
            "查清缺了哪一行，或哪个数有误；计算用各行",
            "find the row that is missing or wrong; the rows are what counts",
        ),
        severity="warning",
    )


_COLUMN_NUMBERS = Text("表头下面的列号行没有读取", "the row that numbers the columns was not read")
_AGAIN = Text("重复的表头没有读取", "the header comes again; it was not read")
_NOTES = Text("表下的说明没有读取", "notes below the table were not read")
_SECTIONS = Text("小标题没有读取", "section titles were not read")
_TOTALS = Text("合计行不是记录，没有读取", "totals are no records; they were not read")


def _said(file: str, code: str, lines: Sequence[Line], what: Text) -> Problem:
    """Return the note on rows left out: how many, which is the first, what they say."""
    words = [" ".join(_filled(cells))[:_SHOWN_CHARACTERS] for _, cells in lines[:_SHOWN]]
    n = len(lines)
    rows = "、".join(str(row) for row, _ in lines[:_SHOWN]) + ("…" if n > _SHOWN else "")
    rows_en = rows.replace("、", ", ")
    return Problem(
        code=code,
        what=Text(f"{what.zh}（{n} 行：第 {rows} 行）", f"{what.en} ({n}: row {rows_en})"),
        file=file,
        row=lines[0][0],
        found=" | ".join(words),
        mend=Text(
            "核对；若其中有记录，改写该行", "check them; rewrite a row that is a record after all"
        ),
        severity="warning",
    )


_SHOWN = 6
_MOST_COMPARED = 50
_SHOWN_CHARACTERS = 30
