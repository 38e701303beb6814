"""Cells of a table of targets: words, exact numbers, years and settings, or what is wrong."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from ..core.errors import Problem, Problems, Severity
from ..core.text import Text
from .cells import as_number, as_year
from .targetwords import SETTINGS, Words, choices, folded, nearest, nearest_word

_FIRST_YEAR, _LAST_YEAR = 1949, 2100
_DASH = re.compile(r"\s*(?:[-–—~～至]|到)\s*")
_NUMBERLESS = frozenset({"rule", "increase"})

_MEND = Text(
    "改正这一格；在此之前这一行不参与判断，其余各行照常",
    "correct the cell; until then this row is not judged, all others are",
)


@dataclass(slots=True)
class Row:
    """One row of a table of targets, and what is wrong with it.

    Parameters
    ----------
    file, number
        File and row as a spreadsheet shows it, for messages.
    cells
        Text of each cell by the key of its column, "" where the table has no such column.
    columns
        What the table calls the columns it has.
    severity
        Of the faults: a planner's faulty row is left out with a warning.
    faults
        Found so far.
    """

    file: str
    number: int
    cells: Mapping[str, str]
    columns: Mapping[str, str]
    severity: Severity = "warning"
    faults: Problems = field(default_factory=Problems)

    def text(self, key: str) -> str:
        """Return a cell on one line, without characters a terminal would act upon."""
        raw = self.cells.get(key, "")
        return " ".join("".join(c if c.isprintable() else " " for c in raw).split())

    def fault(self, key: str, what: Text, expected: Text, *, near: Text = Text("", "")) -> None:
        """Note a fault of one cell.

        Parameters
        ----------
        key, what, expected
            Key of the column, what is wrong, and what would have been right.
        near
            What was probably meant.
        """
        self.faults.add(
            Problem(
                code=f"target.{key}",
                what=what,
                mend=Text(near.zh + _MEND.zh, near.en + _MEND.en),
                file=self.file,
                row=self.number,
                column=self.columns.get(key, key),
                found=self.text(key),
                expected=expected,
                severity=self.severity,
            )
        )


def choice_of(row: Row, key: str, words: Words, *, otherwise: str | None = None) -> str | None:
    """Return the word of the register a cell means, None where a fault was noted.

    Parameters
    ----------
    row, key
        The row, and the key of the column.
    words
        What the cell may say, folded, and what it means.
    otherwise
        What an empty cell means; without it an empty cell is a fault.
    """
    text = row.text(key)
    if not text and otherwise is not None:
        return otherwise
    found = words.get(folded(text))
    if found is None:
        row.fault(
            key,
            Text("这一格的词不认识", "the word in this cell is not known"),
            choices(words),
            near=nearest_word(text, words) if text else Text("", ""),
        )
    return found


def value_of(row: Row, operator: str | None) -> tuple[Fraction | None, Fraction | None, str]:
    """Return lower and upper value and the setting a cell names; unknown is None, never 0.

    Parameters
    ----------
    row, operator
        The row, faults noted in it, and its operator (None where that cell is faulty).
    """
    text = row.text("value")
    if not text:
        if operator == "in_range":
            _value_fault(row, Text("区间没有上下限", "a range without its ends"), _RANGE)
        return None, None, ""
    if operator in _NUMBERLESS:
        what = Text("这种关系没有数值", "this operator takes no value")
        _value_fault(row, what, Text("空", "an empty cell"))
        return None, None, ""
    if text.startswith("@"):
        return None, None, _setting(row, text[1:].strip())
    if operator == "in_range":
        return (*_range(row, text), "")
    value = fraction_of(text)
    if value is None:
        _value_fault(row, NOT_READ, _A_NUMBER)
    elif value == 0 and operator in _ASKS_NOTHING_OF_0:
        _value_fault(row, _ASKS_NOTHING_OF_0[operator], _ABOVE_0)
    return value, None, ""


def _setting(row: Row, name: str) -> str:
    if name not in SETTINGS:
        row.fault(
            "value",
            Text("没有这项设置", "there is no such setting"),
            Text("、".join(f"@{s}" for s in SETTINGS), ", ".join(f"@{s}" for s in SETTINGS)),
            near=nearest(name, SETTINGS),
        )
    return name


def _range(row: Row, text: str) -> tuple[Fraction | None, Fraction | None]:
    ends = [fraction_of(end) for end in _DASH.split(text)]
    if len(ends) != 2 or None in ends:  # noqa: PLR2004 - a range has two ends
        _value_fault(row, NOT_READ, _RANGE)
        return None, None
    low, high = ends
    if low is not None and high is not None and low > high:
        what = Text("区间的下限大于上限", "the lower end of the range is above the upper")
        _value_fault(row, what, _RANGE)
    return low, high


def _value_fault(row: Row, what: Text, expected: Text) -> None:
    row.fault("value", what, expected)


NOT_READ = Text("数值不能使用", "the value cannot be used")
_ASKS_NOTHING_OF_0 = {
    ">=": Text("“不低于 0”什么都没有要求", "“at least 0” asks nothing"),
    "<": Text("“低于 0”谁也做不到", "nothing is “less than 0”"),
}
_ABOVE_0 = Text(
    "大于 0 的数；没有数字就留空（未知）",
    "a number above 0; nothing where there is none (not known)",
)
_RANGE = Text("下限-上限，如 1-2", "low-high, such as 1-2")
_A_NUMBER = Text(
    "0 或更大的数、分数 1/3、百分数 70%、@设置，或留空（未知）",
    "a number of 0 or more, 1/3, 70%, @setting, or nothing (not known)",
)


def fraction_of(text: str) -> Fraction | None:
    """Return the exact number of 0 or more a cell states, None where it states none.

    Examples
    --------
    >>> fraction_of("1/3"), fraction_of("70%"), fraction_of("１,２００"), fraction_of("约300")
    (Fraction(1, 3), Fraction(7, 10), Fraction(1200, 1), None)
    """
    plain = text.translate(_WIDE).replace(" ", "")
    if plain.endswith("%"):
        part = _number(plain[:-1])
        return None if part is None else part / 100
    over, slash, under = plain.partition("/")
    if slash:
        top, bottom = _number(over), _number(under)
        return top / bottom if top is not None and bottom else None
    return _number(plain)


def _number(plain: str) -> Fraction | None:
    if as_number(plain) is None or plain.startswith("-"):
        return None
    return Fraction(plain.replace(",", ""))


_WIDE = str.maketrans("０１２３４５６７８９．，－＋％／", "0123456789.,-+%/")


def year_of(row: Row, key: str, *, needed: bool = False) -> int | None:
    """Return the year a cell names, None where it is empty or a fault was noted.

    Parameters
    ----------
    row, key
        The row, and the key of the column.
    needed
        Whether an empty cell is a fault.
    """
    text = row.text(key)
    if not text and not needed:
        return None
    year = as_year(text)
    if year is None or not _FIRST_YEAR <= year <= _LAST_YEAR:
        row.fault(key, Text("不是年份", "this is no year"), Text("如 2025", "such as 2025"))
        return None
    return int(year)
