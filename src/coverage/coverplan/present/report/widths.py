"""How wide the columns of a table must be on paper, and on which paper it stands."""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ...core.text import Language
from . import wording
from .blocks import Table

__all__ = ["Fitted", "Measure", "characters", "fitted", "lines_of", "measured", "millimetres"]

_MM = 25.4 / 72
_HALF = 0.54
"""Width of a Latin letter or a digit, in widths of a Chinese character."""
PADDING_MM = 3.0
"""Left and right of the words of a cell together."""
_SIZES = (10.5, 9.0, 7.5)
"""Letters of a table in points: 五号, 小五, 六号."""
_LONG = 26.0
"""Width in Chinese characters up to which a column is given room before all columns share it."""
_SLACK, _BETWEEN = 0.2, 0.25
"""Room for rounding, and between a Chinese character and a letter or a digit."""


@dataclass(frozen=True, slots=True)
class _Ease:
    """How words may be broken.

    Names up to a width stand on one line, all else gets a width at least, and headings take so
    many lines at most.
    """

    name: float
    sentence: float
    lines: int


_COMFORT, _FAIR, _TIGHT = _Ease(10, 13, 2), _Ease(6, 8, 3), _Ease(4, 5, 3)


@dataclass(frozen=True, slots=True)
class Measure:
    """What a column needs, in widths of a Chinese character.

    Parameters
    ----------
    numeric
        Whether its cells must stand on one line.
    longest, head, token
        Its longest cell, its heading, and the longest piece of the heading that holds together.
    """

    numeric: bool
    longest: float
    head: float
    token: float

    @classmethod
    def of(cls, head: str, cells: Sequence[str], *, numeric: bool) -> "Measure":
        """Measure the words of a column."""
        pieces = max((characters(piece) for piece in head.split()), default=0.0)
        token = 2.0 if any(map(_full, head)) else pieces  # Chinese may be broken anywhere
        longest = max((characters(cell) for cell in cells), default=0.0)
        return cls(numeric, longest, characters(head), token)

    def least(self, ease: _Ease = _COMFORT) -> float:
        """Return the width below which the column is no more read with so much ease."""
        head = max(self.token, self.head / ease.lines)
        short = self.numeric or self.longest <= ease.name
        return max(self.longest if short else ease.sentence, head) + _SLACK

    @property
    def wished(self) -> float:
        """Width at which the column would not wrap, up to a limit."""
        return max(self.least(), min(max(self.longest, self.head) + _SLACK, _LONG))


@dataclass(frozen=True, slots=True)
class Fitted:
    """A table fitted to paper: whether it lies across, its letters in points, widths in mm."""

    across: bool
    points: float
    widths_mm: tuple[float, ...]


def characters(words: str) -> float:
    """Return the width of words, in widths of a Chinese character.

    Examples
    --------
    >>> characters("乡镇"), round(characters("12,345"), 2)
    (2.0, 3.24)
    """
    full = sum(map(_full, words))
    between = sum(
        _full(left) != _full(right) and left.isalnum() and right.isalnum()
        for left, right in pairwise(words)
    )
    return full + _HALF * (len(words) - full) + _BETWEEN * between


def _full(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def millimetres(count: float, points: float) -> float:
    """Return the width of a cell with so many Chinese characters."""
    return count * points * _MM + PADDING_MM


def measured(table: Table, language: Language) -> list[Measure]:
    """Measure the columns of a table.

    Parameters
    ----------
    table, language
        The table, and the language that its words will be in.
    """
    return [
        Measure.of(
            wording.shown(column.label, language),
            [wording.cell_words(row[place], column.kind, language) for row in table.rows],
            numeric=column.kind != "text",
        )
        for place, column in enumerate(table.columns)
    ]


def fitted(columns: Sequence[Measure], upright_mm: float, across_mm: float) -> Fitted:
    """Fit a table: upright before across as long as it reads well, larger letters before smaller.

    Parameters
    ----------
    columns
        What each column needs.
    upright_mm, across_mm
        Room between the margins of the two ways to lay the paper.
    """
    tries = (
        (False, _SIZES[0], _COMFORT),
        (False, _SIZES[1], _COMFORT),
        (False, _SIZES[1], _FAIR),
        (True, _SIZES[0], _COMFORT),
        (True, _SIZES[1], _COMFORT),
        (True, _SIZES[1], _TIGHT),
        (True, _SIZES[2], _TIGHT),
    )
    for across, points, ease in tries:
        room = across_mm if across else upright_mm
        least = [millimetres(column.least(ease), points) for column in columns]
        if sum(least) <= room:
            return Fitted(across, points, _shared(columns, least, room, points))
    squeeze = across_mm / sum(least)
    return Fitted(True, _SIZES[2], tuple(width * squeeze for width in least))


def _shared(
    columns: Sequence[Measure], least: list[float], room: float, points: float
) -> tuple[float, ...]:
    """Share out the room that is left: first to columns that would wrap, then to all."""
    wishes = [
        max(0.0, millimetres(column.wished, points) - width)
        for column, width in zip(columns, least, strict=True)
    ]
    left = room - sum(least)
    given = min(1.0, left / sum(wishes)) if sum(wishes) > 0 else 0.0
    widths = [width + given * wish for width, wish in zip(least, wishes, strict=True)]
    stretch = room / sum(widths)
    return tuple(width * stretch for width in widths)


def lines_of(words: str, width_mm: float, points: float) -> int:
    """Return how many lines words take in a cell.

    Parameters
    ----------
    words, width_mm, points
        The words, the width of the cell, and the size of the letters.
    """
    room = (width_mm - PADDING_MM) / (points * _MM)
    return max(1, math.ceil(characters(words) / room))
