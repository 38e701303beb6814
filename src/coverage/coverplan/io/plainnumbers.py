"""Columns of plain numbers read at once: what a large table nearly always holds."""

import re
import warnings
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

_ROWS = 65_536
_PLAIN = re.compile(r"[0-9.+\-,]*")


def blocks_of(cells: Sequence[str]) -> Iterator[tuple[int, Sequence[str], str | None]]:
    """Yield cells of a column in blocks: where each begins, its cells, and their text if plain.

    Plain is what holds digits, points and signs alone: its cells joined by commas.

    Examples
    --------
    >>> [text for _, _, text in blocks_of(["12", "-0.5"])]
    ['12,-0.5']
    >>> [text for _, _, text in blocks_of(["12", "约300"])]
    [None]
    """
    for begin in range(0, len(cells), _ROWS):
        block = cells[begin : begin + _ROWS]
        text = ",".join(block)
        plain = text.count(",") == len(block) - 1 and _PLAIN.fullmatch(text) is not None
        yield begin, block, text if plain else None


def plain_numbers(text: str) -> NDArray[np.float64] | None:
    """Return the numbers of a plain block; None where one of its cells is no number.

    They are what `coverplan.io.cells.as_number` reads, cell by cell.

    Examples
    --------
    >>> plain_numbers("12,-0.5").tolist()
    [12.0, -0.5]
    >>> plain_numbers("12,,5") is None, plain_numbers("1.2.3") is None
    (True, True)
    """
    with warnings.catch_warnings():
        # What is no number ends the reading with a warning (an error in numpy to come).
        warnings.simplefilter("error")
        try:
            numbers = np.fromstring(text, dtype=np.float64, sep=",")
        except (DeprecationWarning, ValueError):
            return None
    fits = len(numbers) == text.count(",") + 1 and np.isfinite(numbers).all()
    return numbers if fits else None
