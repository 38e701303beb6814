"""Values of a report as words: one rule for every rendering, in both languages."""

import datetime
import math
from fractions import Fraction

from ...core.text import Language, Text
from ..visible import visible
from .blocks import Cell, ColumnKind

__all__ = [
    "AFTER",
    "CONTENTS",
    "DATE",
    "FIGURE",
    "MAP",
    "NOTE",
    "NOTHING",
    "NO_PICTURE",
    "RUN",
    "TABLE",
    "UNKNOWN",
    "WARNING",
    "cell_words",
    "fact_words",
    "heading_number",
    "is_number",
    "long_date",
    "note_mark",
    "share_words",
    "shown",
    "titled",
]

UNKNOWN = Text("未知", "unknown")
TABLE, FIGURE, MAP = Text("表", "Table"), Text("图", "Figure"), Text("地图", "Map")
CONTENTS = Text("目录", "Contents")
NOTE, WARNING = Text("注：", "Note: "), Text("注意：", "Please note: ")
AFTER = Text("：", ": ")
NOTHING = Text("（无）", "(none)")
NO_PICTURE = Text("（本文件未附此图）", "(not drawn in this file) ")
RUN, DATE = Text("运行编号", "Run"), Text("日期", "Date")

_YES, _NO = Text("是", "yes"), Text("否", "no")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_HAN = "〇一二三四五六七八九"
_TEN = 10
_CELL, _RUNNING = 300, 6000
_WHOLE = 100
_NARROW = "\u00a0"
_MINUS = "\u2212"
_DECIMALS = {"percent": 1, "points": 1, "minutes": 1, "metres": 0, "people": 0, "number": 3}


def shown(words: Text | str, language: Language, limit: int = _RUNNING) -> str:
    """Return words on one line, without what cannot be seen, cut where they are endless."""
    return visible(words if isinstance(words, str) else words.of(language), limit)


def titled(words: Text | str, language: Language) -> str:
    """Return the words of a title, a heading or a caption, cut where no page could hold them."""
    return visible(words if isinstance(words, str) else words.of(language), _CELL)


def is_number(value: Cell) -> bool:
    """Return whether a value is a finite number, which truth and days are not."""
    return (
        isinstance(value, int | float | Fraction) and not isinstance(value, bool) and _known(value)
    )


def _known(value: Cell) -> bool:
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))


def cell_words(value: Cell, kind: ColumnKind, language: Language) -> str:
    r"""Return a cell of a table as it is printed.

    Parameters
    ----------
    value, kind, language
        The value, what its column holds, and the language.

    Examples
    --------
    >>> cell_words(12345, "people", "zh"), cell_words(None, "people", "zh")
    ('12,345', '未知')
    >>> cell_words(Fraction(9999, 100), "percent", "en")
    '>99.9\xa0%'
    """
    if not _known(value) or value is None:
        return UNKNOWN.of(language)
    if isinstance(value, bool):
        return (_YES if value else _NO).of(language)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, int | float | Fraction):
        return _number(value, kind)
    return shown(value, language, _CELL)


def fact_words(value: Cell, language: Language) -> str:
    """Return the value of a fact: as in a table, with days as running text has them."""
    if isinstance(value, datetime.date):
        return long_date(value, language)
    if isinstance(value, Text | str):
        return shown(value, language)
    return cell_words(value, "number", language)


def note_mark(number: int, notes: int, language: Language) -> str:
    """Return what stands before a note of a table: the word before the first, numbers of several.

    Examples
    --------
    >>> note_mark(1, 1, "zh"), note_mark(1, 2, "zh"), note_mark(2, 2, "zh")
    ('注：', '注：1. ', '2. ')
    """
    word = NOTE.of(language) if number == 1 else ""
    return word + (f"{number}. " if notes > 1 else "")


def long_date(day: datetime.date, language: Language) -> str:
    """Return a day as running text has it.

    Examples
    --------
    >>> long_date(datetime.date(2025, 12, 31), "zh")
    '2025年12月31日'
    """
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def share_words(percent: Fraction) -> str:
    r"""Return a percentage to one decimal; neither 0 nor 100 unless it is so.

    Examples
    --------
    >>> share_words(Fraction(1, 1000)), share_words(Fraction(999_999, 10_000))
    ('<0.1\xa0%', '>99.9\xa0%')
    """
    return _tenths(percent, below_whole=True) + f"{_NARROW}%"


def heading_number(numbers: tuple[int, ...], language: Language) -> str:
    """Return the number of a heading, from the numbers of those above it down to its own.

    Chinese headings count as official documents do (GB/T 9704-2012, 7.3.3), English ones in
    decimals.

    Examples
    --------
    >>> [heading_number((12, 3, 4, 5)[:k], "zh") for k in (1, 2, 3, 4)]
    ['十二、', '（三）', '4. ', '（5）']
    >>> heading_number((12, 3), "en")
    '12.3 '
    """
    if language == "en":
        return ".".join(map(str, numbers)) + " "
    own = numbers[-1]
    forms = (f"{_han(own)}、", f"（{_han(own)}）", f"{own}. ", f"（{own}）")
    return forms[min(len(numbers), len(forms)) - 1]


def _han(number: int) -> str:
    tens, ones = divmod(number, _TEN)
    if tens >= _TEN:
        return str(number)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_HAN[tens]}十"
    return head + (_HAN[ones] if ones or not tens else "")


def _number(value: float | Fraction, kind: ColumnKind) -> str:
    exact = Fraction(str(value)) if isinstance(value, float) else Fraction(value)
    if kind == "percent":
        return share_words(exact)
    if kind == "points":
        return _tenths(exact, below_whole=False)
    if kind == "year":
        return str(_rounded(exact, 0))
    if kind == "degrees":
        # With a plain hyphen before: places are copied into other programs.
        return f"{float(exact):.6f}"
    whole = exact.denominator == 1
    decimals = 0 if whole else 2 if kind == "yuan" else _DECIMALS.get(kind, 3)
    return _grouped(exact, decimals, trim=kind == "number")


def _tenths(exact: Fraction, *, below_whole: bool) -> str:
    """Return a number to one decimal; one too small to be seen is said to be so."""
    tenths = _rounded(exact, 1)
    if tenths == 0 and exact:
        return "<0.1" if exact > 0 else f">{_MINUS}0.1"
    if below_whole and exact < _WHOLE and tenths == _WHOLE * _TEN:
        return ">99.9"
    return _grouped(exact, 1)


def _grouped(exact: Fraction, decimals: int, *, trim: bool = False) -> str:
    scaled = _rounded(exact, decimals)
    whole, rest = divmod(abs(scaled), _TEN**decimals)
    tail = f"{rest:0{decimals}d}" if decimals else ""
    if trim:
        tail = tail.rstrip("0")
    sign = _MINUS if scaled < 0 else ""
    return f"{sign}{whole:,}" + (f".{tail}" if tail else "")


def _rounded(exact: Fraction, decimals: int) -> int:
    """Return a number in units of its last decimal, half away from nought."""
    scaled = abs(exact) * _TEN**decimals
    count: int = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return count if exact >= 0 else -count
